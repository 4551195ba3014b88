"""The second road: look at what torch layers do, with no formula of a receptive field or of a cost.

Fields: a batch of N signals, the i-th a single 1 at pixel i, runs through torch's convolutions (all weights 1) and
max pooling. A cell's output for signal i is positive exactly if the cell sees pixel i, because no
term can cancel; square windows do the same along both axes, so one axis is enough. Nothing is padded, so that
no cell sees a border; N doubles until there are two cells.
Costs: a real ``Conv2d`` on the ``meta`` device says how many values it puts out and how many weights a filter has.
Letters: the side is measured for many stacks and fitted by a polynomial.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from solvers.layers.oracle import fit_polynomial

if TYPE_CHECKING:
    import torch

Window = tuple[str, int, int, int]
"""Kind, kernel, stride, dilation."""

PROBE = 12
"""Side of the map on which the published, size-free cost question is tried; any multiple of the stride will do."""


def field(windows: Sequence[Window]) -> tuple[int, int]:
    """Return side and jump of a stack: how far the first cell sees, and how far the second starts from it."""
    size = 16
    while (signals := _through(windows, size)) is None or signals.shape[-1] < 2:
        size *= 2
    first, second = (_lit(signals[:, 0, cell]) for cell in (0, 1))
    return max(first) - min(first) + 1, min(second) - min(first)


def _lit(column: torch.Tensor) -> list[int]:
    """Return where a column is positive."""
    return [pixel for pixel, value in enumerate(cast("list[float]", column.tolist())) if value > 0]


def _through(windows: Sequence[Window], size: int) -> torch.Tensor | None:
    """Return what the layers make of ``size`` dots, or None if a window is larger than so short a signal."""
    import torch

    signals = torch.eye(size, dtype=torch.float64).unsqueeze(1)
    try:
        for window in windows:
            signals = _behind(window, signals)
    except RuntimeError:
        return None
    return signals


def _behind(window: Window, signals: torch.Tensor) -> torch.Tensor:
    import torch
    from torch.nn.functional import max_pool1d

    kind, kernel, stride, dilation = window
    if kind == "pool":
        return max_pool1d(signals, kernel, stride=stride)
    weight = torch.ones(1, 1, kernel, dtype=torch.float64)
    return torch.conv1d(signals, weight, stride=stride, dilation=dilation)


def layers_needed(kernel: int, width: int) -> int:
    """Return how many convolutions a cell must be traced down through until it reaches ``width`` pixels.

    The trace through one layer is its transposed convolution, the gradient of a cell.
    """
    import torch

    trace = torch.ones(1, 1, 1, dtype=torch.float64)
    weight = torch.ones(1, 1, kernel, dtype=torch.float64)
    depth = 0
    while len(_lit(trace[0, 0])) < width:
        trace = torch.nn.functional.conv_transpose1d(trace, weight).clamp(max=1)
        depth += 1
    return depth


@cache
def formulas() -> Mapping[str, str]:
    """Return the side of L convolutions of side K as a polynomial, fitted to what torch does."""

    def side(at: Mapping[str, int]) -> int:
        return field([("conv", at["K"], 1, 1)] * at["L"])[0]

    return {"side": fit_polynomial(side, {"L": 2, "K": 2}, base={})}


def around(below: Sequence[Window], layer: Window, next_kernel: int) -> dict[str, Any]:
    """Return the side after the downsampling layer, and after the convolution that follows it."""
    return {
        "after": field([*below, layer])[0],
        "next_field": field([*below, layer, ("conv", next_kernel, 1, 1)])[0],
    }


def costs(
    *,
    width: int,
    height: int,
    kernel: int,
    stride: int,
    padding: int,
    next_kernel: int,
    channels: int,
    filters: int,
    pooled_channels: int,
    pooled_filters: int,
) -> dict[str, Any]:
    """Return the multiply-accumulates that torch's shapes tell, their ratio, and how the numbers of weights compare."""
    import torch

    down = torch.nn.Conv2d(
        channels, pooled_channels, kernel, stride=stride, padding=padding, device="meta"
    )  # the geometry is the same for a pooling layer
    plain = torch.empty(1, channels, height, width, device="meta")
    full, without = _counted(plain, channels, filters, next_kernel)
    pooled, with_layer = _counted(down(plain), pooled_channels, pooled_filters, next_kernel)
    verdict = {True: "more", False: "fewer"}[with_layer > without] if with_layer != without else "same"
    return {"macs_full": full, "macs_pooled": pooled, "ratio": Fraction(pooled, full), "weights": verdict}


def _counted(signal: torch.Tensor, channels: int, filters: int, kernel: int) -> tuple[int, int]:
    """Return multiply-accumulates and weights of a size-keeping convolution.

    Every value that the layer puts out is one dot product with one of its filters.
    """
    import torch

    layer = torch.nn.Conv2d(channels, filters, kernel, padding="same", device="meta")
    return layer(signal).numel() * layer.weight[0].numel(), layer.weight.numel()


def tiling(kernel: int) -> dict[str, Any]:
    """Return how many cells of the map below one cell of max pooling sees per side, and the share of work left.

    The work is that of a 3 x 3 convolution on a map of PROBE * kernel cells a side.
    """
    side = PROBE * kernel
    counted = costs(
        width=side,
        height=side,
        kernel=kernel,
        stride=kernel,
        padding=0,
        next_kernel=3,
        channels=2,
        filters=2,
        pooled_channels=2,
        pooled_filters=2,
    )
    return {"factor": field([("pool", kernel, kernel, 1)])[0], "ratio": counted["ratio"]}
