"""Receptive fields of stacks of windows, and the work of a convolution before and after downsampling.

A layer is a square window: ``(kind, kernel, stride, dilation)``, kind ``"conv"`` or ``"pool"``. The receptive
field r is the side, in input pixels and ignoring borders, of the square that one cell can see; the jump j is
the distance in input pixels between the centers of neighbouring cells. From r = j = 1 at the input,

    r <- r + dilation (kernel - 1) j,    j <- j stride

(Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural networks", eq. 1).
Work is counted in multiply-accumulates; additions of biases are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Any, NamedTuple

from solvers.layers.exact import positions

FORMULAS: Mapping[str, str] = {"side": "L*(K-1)+1"}
"""L convolutions of filter size K and stride 1 (EECS 182 HW3 3(c))."""

Window = tuple[str, int, int, int]
"""Kind, kernel, stride, dilation."""


class Field(NamedTuple):
    """What a cell sees: the side of its receptive field, and the jump between neighbouring cells."""

    side: int
    jump: int


INPUT = Field(1, 1)
"""A pixel sees itself."""


def extend(field: Field, window: Window) -> Field:
    """Return the field one layer further up."""
    _, kernel, stride, dilation = window
    return Field(field.side + dilation * (kernel - 1) * field.jump, field.jump * stride)


def fields(windows: Sequence[Window]) -> list[Field]:
    """Return the field of the input and of every layer's output."""
    return list(accumulate(windows, extend, initial=INPUT))


def layers_needed(kernel: int, width: int) -> int:
    """Return the smallest L with L (K - 1) + 1 >= width. The kernel must be larger than 1."""
    return -(-(width - 1) // (kernel - 1))


def growth_steps(windows: Sequence[Window]) -> dict[str, Any]:
    """Return the recursion layer by layer.

    ``rows``: dilation, window side minus one, jump below, growth, side, jump; ``terms``: the side as a sum, the
    pixel itself first.
    """
    seen = fields(windows)
    rows = [
        (dilation, kernel - 1, below.jump, above.side - below.side, above.side, above.jump)
        for (_, kernel, _, dilation), below, above in zip(windows, seen, seen[1:], strict=False)
    ]
    return {"rows": rows, "terms": [INPUT.side, *(row[3] for row in rows)]}


def depth_steps(kernel: int, width: int) -> dict[str, Any]:
    """Return what L - 1 layers see and what L layers see, for the smallest sufficient L."""
    depth = layers_needed(kernel, width)
    return {
        "growth": kernel - 1,
        "wanted": width - 1,
        "too_small": (depth - 1) * (kernel - 1) + 1,
        "enough": depth * (kernel - 1) + 1,
    }


class Cost(NamedTuple):
    """The convolution after a downsampling layer, with and without that layer.

    The map of ``width`` x ``height`` would reach it as it is with ``channels``, and through the downsampling
    layer (``kernel``, ``stride``, ``padding``) with ``pooled_channels``. The convolution has side
    ``next_kernel``, stride 1 and a padding that keeps the size.
    """

    width: int
    height: int
    kernel: int
    stride: int
    padding: int
    next_kernel: int
    channels: int
    filters: int
    pooled_channels: int
    pooled_filters: int


def pooled_size(cost: Cost) -> tuple[int, int]:
    """Return width and height of the map after the downsampling layer."""
    return (
        positions(cost.width, cost.kernel, cost.stride, cost.padding),
        positions(cost.height, cost.kernel, cost.stride, cost.padding),
    )


def costs(cost: Cost) -> dict[str, Any]:
    """Return the convolution's multiply-accumulates W' H' K^2 C F without and with the layer, and their ratio.

    ``weights`` says whether it then has ``fewer``, the ``same`` number of, or ``more`` weights than without.
    """
    width, height = pooled_size(cost)
    full = cost.width * cost.height * cost.next_kernel**2 * cost.channels * cost.filters
    pooled = width * height * cost.next_kernel**2 * cost.pooled_channels * cost.pooled_filters
    return {
        "macs_full": full,
        "macs_pooled": pooled,
        "ratio": Fraction(pooled, full),
        "weights": compare(cost.pooled_channels * cost.pooled_filters, cost.channels * cost.filters),
    }


def compare(after: int | Fraction, before: int | Fraction) -> str:
    """Return ``fewer``, ``same`` or ``more``."""
    return "same" if after == before else "fewer" if after < before else "more"


def around(below: Sequence[Window], layer: Window, next_kernel: int) -> dict[str, Any]:
    """Return the side after the downsampling layer, and after the convolution that follows it."""
    after = extend(fields(below)[-1], layer)
    return {"after": after.side, "next_field": extend(after, ("conv", next_kernel, 1, 1)).side}


def tiling(kernel: int) -> dict[str, Any]:
    """Return what pooling with stride = kernel does to any map: side of the cells covered, share of work left."""
    return {"factor": kernel, "ratio": Fraction(1, kernel**2)}


def tiling_steps(kernel: int) -> dict[str, Any]:
    """Return what the worked answer of :func:`tiling` quotes.

    ``example``: side before, side after, and what multiplying would give, behind one 3 x 3 convolution;
    ``doubled_out``, ``doubled_both``: share of work when output channels, or input channels too, are doubled;
    ``activations``: share of activations with doubled channels.
    """
    before, after = fields([("conv", 3, 1, 1), ("pool", kernel, kernel, 1)])[1:]
    share = Fraction(1, kernel**2)
    return {
        "area": kernel**2,
        "growth": kernel - 1,
        "example": (before.side, after.side, before.side * kernel),
        "doubled_out": 2 * share,
        "doubled_both": 4 * share,
        "activations": 2 * share,
    }


def around_steps(below: Sequence[Window], layer: Window, cost: Cost) -> dict[str, Any]:
    """Return the fields below, after the layer and after the next convolution, and the factors of the costs."""
    seen = fields([*below, layer, ("conv", cost.next_kernel, 1, 1)])
    before, after, beyond = seen[-3:]
    plain = extend(before, ("conv", cost.next_kernel, 1, 1))
    width, height = pooled_size(cost)
    return {
        "before": before,
        "after": after,
        "growth": after.side - before.side,
        "next_growth": beyond.side - after.side,
        "plain_growth": plain.side - before.side,
        "reach": (layer[1] - 1, cost.next_kernel - 1),
        "terms": growth_steps(below)["terms"],
        "pooled": (width, height),
        "span": tuple(n + 2 * cost.padding - cost.kernel for n in (cost.width, cost.height)),
        "positions": (cost.width * cost.height, width * height),
        "positions_ratio": Fraction(width * height, cost.width * cost.height),
        "weight_counts": (
            cost.next_kernel**2 * cost.channels * cost.filters,
            cost.next_kernel**2 * cost.pooled_channels * cost.pooled_filters,
        ),
        "weights_ratio": Fraction(cost.pooled_channels * cost.pooled_filters, cost.channels * cost.filters),
    }
