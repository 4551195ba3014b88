"""The size of a fully connected layer, counted."""

from __future__ import annotations


def weights(inputs: int, outputs: int) -> int:
    """Return the number of weights of ``x W + b`` with x in R^inputs: one for each input and output."""
    return inputs * outputs


def parameters(inputs: int, outputs: int) -> int:
    """Return the number of weights and biases; there is one bias for each output."""
    return weights(inputs, outputs) + outputs
