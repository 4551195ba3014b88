"""The second road: torch differentiates its own losses twice, and separation is sought angle by angle."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, pi, sin
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from solvers.logistic.samples import Classes, Data, Odds

NOISE = 1e-9
"""What counts as zero: far above rounding, far below any product or eigenvalue of small whole numbers."""


def curvature(data: Data, odds: Odds) -> tuple[list[list[float]], list[float]]:
    """Return the Hessian (2, 2) of torch's loss, and its eigenvalues, the smaller first."""
    matrix = _hessian(data, _logarithms([odds])[0])
    return _lists(matrix), _spectrum(matrix)


def landscape(data: Data) -> tuple[str, str, str]:
    """Return whether the loss is strictly convex, whether the data are separable, and how many minimizers there are.

    Strictly convex: the least eigenvalue of the Hessian, at a point where no weight vanishes, is positive. The
    rest is read off the signs of v^T x for every direction v in which one of them vanishes, and one between
    each two of these.
    """
    import torch

    least = _spectrum(_hessian(data, torch.tensor([0.1, -0.2], dtype=torch.float64)))[0]
    vectors = [
        (row[0] * sign, row[1] * sign)
        for row, label in zip(data.rows, data.labels, strict=True)
        for sign in [1 if label == 1 else -1]
    ]
    margins = [
        [x * cos(angle) + y * sin(angle) for x, y in vectors] for angle in _angles([atan2(y, x) for x, y in vectors])
    ]
    separable = any(min(margin) > NOISE for margin in margins)
    falling = any(min(margin) > -NOISE and max(margin) > NOISE for margin in margins)
    count = "none" if falling else "one" if least > NOISE else "many"
    return "yes" if least > NOISE else "no", "yes" if separable else "no", count


def softmax(classes: Classes) -> dict[str, Any]:
    """Return the gradient (3, 2), the block (2, 2) and the dimension of the kernel of the Hessian (6, 6)."""
    import torch

    weights = _logarithms(classes.odds)
    rows = torch.tensor(classes.rows, dtype=torch.float64)
    labels = torch.tensor(classes.labels) - 1

    def loss(weights: Tensor) -> Tensor:
        return torch.nn.functional.cross_entropy(rows @ weights.T, labels, reduction="sum")

    differential: Any = torch.autograd.functional
    second = differential.hessian(loss, weights)
    a, b = classes.block
    return {
        "gradient": _lists(differential.jacobian(loss, weights)),
        "block": _lists(second[a - 1, :, b - 1, :]),
        "dimension": sum(abs(value) < NOISE for value in _spectrum(second.reshape(6, 6))),
    }


def _hessian(data: Data, weights: Tensor) -> Tensor:
    """Return the second derivatives of the summed cross-entropy at ``weights``."""
    import torch

    rows = torch.tensor(data.rows, dtype=torch.float64)
    labels = torch.tensor(data.labels, dtype=torch.float64)

    def loss(weights: Tensor) -> Tensor:
        return torch.nn.functional.binary_cross_entropy_with_logits(rows @ weights, labels, reduction="sum")

    differential: Any = torch.autograd.functional
    return differential.hessian(loss, weights)


def _spectrum(matrix: Tensor) -> list[float]:
    """Return the eigenvalues of a symmetric matrix, the least first."""
    import torch

    linalg: Any = torch.linalg
    return linalg.eigvalsh(matrix).tolist()


def _logarithms(odds: Sequence[Odds]) -> Tensor:
    import torch

    return torch.tensor([[float(ratio) for ratio in each] for each in odds], dtype=torch.float64).log()


def _angles(directions: Sequence[float]) -> list[float]:
    """Return the angles at right angles to ``directions``, and the middles between neighboring ones."""
    critical = sorted({(angle + turn) % (2 * pi) for angle in directions for turn in (pi / 2, -pi / 2)})
    following = [*critical[1:], critical[0] + 2 * pi]
    return [*critical, *((a + b) / 2 for a, b in zip(critical, following, strict=True))]


def _lists(matrix: Tensor) -> list[list[float]]:
    return [[float(entry) for entry in row] for row in matrix]
