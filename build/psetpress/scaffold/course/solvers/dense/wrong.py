"""What students answer who miscount a fully connected layer."""

from __future__ import annotations


def without_bias(inputs: int, outputs: int) -> int:
    """Count the weights only."""
    return inputs * outputs


def bias_per_input(inputs: int, outputs: int) -> int:
    """Give every input a bias instead of every output."""
    return inputs * outputs + inputs
