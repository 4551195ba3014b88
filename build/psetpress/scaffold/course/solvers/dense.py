"""The size of a fully connected layer: counted, built, and miscounted."""

from __future__ import annotations


def weights(inputs: int, outputs: int) -> int:
    """Return the number of weights of ``x W + b`` with x in R^inputs: one for each input and output."""
    return inputs * outputs


def parameters(inputs: int, outputs: int) -> int:
    """Return the number of weights and biases; there is one bias for each output."""
    return weights(inputs, outputs) + outputs


def oracle_parameters(inputs: int, outputs: int) -> int:
    """Return the number of learned elements of ``torch.nn.Linear(inputs, outputs)``: the second road."""
    import torch  # late: torch takes seconds to import

    layer = torch.nn.Linear(inputs, outputs, device="meta")
    return sum(tensor.numel() for tensor in layer.parameters())


def without_bias(inputs: int, outputs: int) -> int:
    """Count the weights only: a misconception."""
    return inputs * outputs


def bias_per_input(inputs: int, outputs: int) -> int:
    """Give every input a bias instead of every output: a misconception."""
    return inputs * outputs + inputs
