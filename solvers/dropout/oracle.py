"""The second road: run a torch layer on every mask there is, and weigh the outputs by the masks' probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction


def moments(
    drop: Fraction, inputs: Sequence[int], weights: Sequence[int], bias: int, others: Sequence[int] = ()
) -> dict[str, Any]:
    """Return mean, variance and test-time value of the unit, and its covariance with the ``others`` unit, as floats.

    torch's dropout gives the test-time value when it is told that nothing is trained.
    """
    import torch
    from torch.nn.functional import dropout, linear

    rows, shifts = ([weights, others], [bias, 0]) if others else ([weights], [bias])  # the other unit has no bias
    layer = torch.tensor(rows, dtype=torch.float64), torch.tensor(shifts, dtype=torch.float64)
    x = torch.tensor(inputs, dtype=torch.float64)
    masks = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * len(inputs)).reshape(
        -1, len(inputs)
    )
    p = torch.tensor(float(drop), dtype=torch.float64)
    chances = torch.where(masks > 0, 1 - p, p).prod(dim=1)
    outputs = linear(masks * x / (1 - p), *layer)  # (masks, units)
    test = linear(dropout(x, float(drop), training=False), *layer)
    mean = chances @ outputs
    centered = outputs - mean
    covariance = centered.T @ (chances.unsqueeze(1) * centered)
    answers = {"mean": float(mean[0]), "variance": float(covariance[0, 0]), "test": float(test[0])}
    return answers | ({"covariance": float(covariance[0, 1])} if others else {})
