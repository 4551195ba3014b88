"""The second road: run a torch layer on every mask there is, and weigh the outputs by the masks' probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from torch.nn import Linear


def moments(
    drop: Fraction, inputs: Sequence[int], weights: Sequence[int], bias: int, others: Sequence[int] = ()
) -> dict[str, Any]:
    """Return mean, variance and test-time value of the unit, and its covariance with the ``others`` unit, as floats.

    ``torch.nn.Dropout`` in evaluation mode gives the test-time value.
    """
    import torch

    layer = _layer(weights, bias, others)
    x = torch.tensor(inputs, dtype=torch.float64)
    masks = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * len(inputs)).reshape(
        -1, len(inputs)
    )
    p = torch.tensor(float(drop), dtype=torch.float64)
    chances = torch.where(masks > 0, 1 - p, p).prod(dim=1)
    with torch.no_grad():
        outputs = layer(masks * x / (1 - p))  # (masks, units)
        test = layer(torch.nn.Dropout(float(drop)).eval()(x))
    mean = chances @ outputs
    centered = outputs - mean
    covariance = centered.T @ (chances.unsqueeze(1) * centered)
    answers = {"mean": float(mean[0]), "variance": float(covariance[0, 0]), "test": float(test[0])}
    return answers | ({"covariance": float(covariance[0, 1])} if others else {})


def _layer(weights: Sequence[int], bias: int, others: Sequence[int]) -> Linear:
    """Return a linear layer of the unit and, with weights for it, the other one (without a bias)."""
    import torch

    rows = [weights, others] if others else [weights]
    layer = torch.nn.Linear(len(weights), len(rows), dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(rows, dtype=torch.float64))
        layer.bias.copy_(torch.tensor([bias, 0][: len(rows)], dtype=torch.float64))
    return layer
