"""The second road: run many networks with random weights on the images, and compare what GAP puts out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from torch import Tensor

    from solvers.equivariance.images import Network, Size, Stamp

NETWORKS = 12
"""Random networks: ReLU hides a real difference in about one of twelve, so all of them hide none."""
CHANNELS = 3
"""Filters in each of their layers."""
SEED = 182
EQUAL = 1e-10
"""Largest difference of equal features: float64 sums of about a hundred terms near 1 err below 1e-13."""
DIFFERENT = 1e-5
"""Least difference of features that are not equal: one pixel in a hundred changes a mean by far more."""

NONE = -1
"""The entries of features that are not known."""


def simulate(size: Size, network: Network, stamps: Sequence[Stamp]) -> Tensor:
    """Return the features of all images, shape (images, NETWORKS * CHANNELS), in float64."""
    import torch
    from torch.nn.functional import conv2d, relu

    first, second = layers(network.kernel)
    x = torch.stack([render(size, stamp) for stamp in stamps]).unsqueeze(1)
    x = relu(conv2d(around(x, network), *first))
    x = relu(conv2d(around(x, network), *second, groups=NETWORKS))
    return x.mean(dim=(2, 3))


@cache
def layers(kernel: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Return weights and biases of both layers of all networks."""
    import torch

    generator = torch.Generator().manual_seed(SEED)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    maps = NETWORKS * CHANNELS
    first = normal(maps, 1, kernel, kernel), normal(maps)
    return first, (normal(maps, CHANNELS, kernel, kernel), normal(maps))


def render(size: Size, stamp: Stamp) -> Tensor:
    """Return an image as a matrix of zeros and ones: the pattern in a corner, rolled to its place."""
    import torch

    image = torch.zeros(size.height, size.width, dtype=torch.float64)
    pattern = torch.tensor([[float(pixel) for pixel in row] for row in stamp.rows], dtype=torch.float64)
    image[: pattern.shape[0], : pattern.shape[1]] = pattern
    return image.roll((stamp.top - 1, stamp.left - 1), dims=(0, 1))


def around(x: Tensor, network: Network) -> Tensor:
    """Return maps (N, C, H, W) with the rows and columns that circular padding adds."""
    from torch.nn.functional import pad

    sides = (network.before, network.after)
    return pad(x, (*sides, *sides), mode="circular")


def same(one: Tensor, other: Tensor) -> bool:
    """Say whether two images got equal features from all networks.

    Raises ArithmeticError for a difference that is neither rounding nor real.
    """
    difference = float((one - other).abs().max())
    if EQUAL < difference < DIFFERENT:
        raise ArithmeticError(f"features differ by {difference}: neither rounding nor a real difference")
    return difference <= EQUAL


def features(
    size: Size,
    network: Network,
    references: Sequence[Stamp],
    known: Sequence[tuple[Fraction, ...]],
    queries: Sequence[Stamp],
) -> list[tuple[Fraction, ...] | tuple[int, ...]]:
    """Return for each query the ``known`` features of the reference that all networks take it for.

    Where there is none the entries are NONE, which no mean of ReLU's outputs can be.
    """
    found = simulate(size, network, [*references, *queries])
    nothing = (NONE,) * len(known[0])
    given, asked = found[: len(references)], found[len(references) :]
    return [next((known[k] for k, one in enumerate(given) if same(one, query)), nothing) for query in asked]


def claims(size: Size, network: Network, pattern: Stamp, queries: Sequence[Stamp]) -> list[Literal["same", "open"]]:
    """Return for each query "same" if every network gives it the features of ``pattern``, else "open"."""
    first, *rest = simulate(size, network, [pattern, *queries])
    return ["same" if same(first, query) else "open" for query in rest]
