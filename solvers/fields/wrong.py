"""What students answer who hold a misconception about receptive fields or about downsampling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from solvers.fields.exact import INPUT, Cost, Field, Window, compare, extend, fields, pooled_size

FORMULAS: Mapping[str, Mapping[str, str]] = {
    "product": {"side": "L*K"},
    "power": {"side": "K**L"},
    "no-centre": {"side": "L*(K-1)"},
    "half-kernel": {"side": "1+L*(K-1)/2"},
}
"""What each misconception makes of L convolutions of side K."""


def product(windows: Sequence[Window]) -> int:
    """Add the windows' sides (L K for equal ones)."""
    return sum(kernel for _, kernel, _, _ in windows)


def power(windows: Sequence[Window]) -> int:
    """Multiply the windows' sides (K^L for equal ones)."""
    return prod(kernel for _, kernel, _, _ in windows)


def no_centre(windows: Sequence[Window]) -> int:
    """Forget the pixel that is there before any layer."""
    return fields(windows)[-1].side - 1


def half_kernel(windows: Sequence[Window]) -> int | None:
    """Let each window reach to one side only; None where that is no whole number of pixels."""
    growth = fields(windows)[-1].side - 1
    return None if growth % 2 else 1 + growth // 2


def padding_counts(windows: Sequence[Window], padding: int) -> int:
    """Count the padding as seen pixels."""
    return fields(windows)[-1].side + padding


def ignore_jump(windows: Sequence[Window]) -> int:
    """Let every layer add its own window in input pixels, whatever the strides below it."""
    return 1 + sum(dilation * (kernel - 1) for _, kernel, _, dilation in windows)


def ignore_dilation(windows: Sequence[Window]) -> int:
    """Take a dilated window for a dense one."""
    return fields([(kind, kernel, stride, 1) for kind, kernel, stride, _ in windows])[-1].side


def dilation_is_gaps(windows: Sequence[Window]) -> int:
    """Put as many gaps between taps as the dilation says, one too many, in the dilated layers."""
    wider = [(kind, kernel, stride, d + 1 if d > 1 else 1) for kind, kernel, stride, d in windows]
    return fields(wider)[-1].side


def pool_adds_nothing(windows: Sequence[Window]) -> int:
    """Let pooling layers only thin out the map, because they have no weights."""
    return fields([(kind, 1 if kind == "pool" else kernel, s, d) for kind, kernel, s, d in windows])[-1].side


def stride_too_early(windows: Sequence[Window]) -> int:
    """Multiply a layer's growth by the jump of its own output."""
    field = INPUT
    for _, kernel, stride, dilation in windows:
        jump = field.jump * stride
        field = Field(field.side + dilation * (kernel - 1) * jump, jump)
    return field.side


def last_stride_only(windows: Sequence[Window]) -> Field:
    """Take the latest stride above 1 for the jump, instead of the product of all."""
    field = INPUT
    for _, kernel, stride, dilation in windows:
        jump = stride if stride > 1 else field.jump
        field = Field(field.side + dilation * (kernel - 1) * field.jump, jump)
    return field


def depth_by_product(kernel: int, width: int) -> int:
    """Return the smallest L with L K >= width."""
    return -(-width // kernel)


def depth_by_power(kernel: int, width: int) -> int:
    """Return the smallest L with K^L >= width."""
    depth = 0
    while kernel**depth < width:
        depth += 1
    return depth


def depth_without_centre(kernel: int, width: int) -> int:
    """Return the smallest L with L (K - 1) >= width."""
    return -(-width // (kernel - 1))


def depth_by_half_kernel(kernel: int, width: int) -> int:
    """Return the smallest L with 1 + L (K - 1) / 2 >= width."""
    return -(-2 * (width - 1) // (kernel - 1))


def area_not_side(below: Sequence[Window], layer: Window, _: int) -> dict[str, Any]:
    """Multiply the side by what the area of a tile is."""
    return {"after": fields(below)[-1].side * layer[2] ** 2}


def pool_unseen(below: Sequence[Window], layer: Window, next_kernel: int) -> dict[str, Any]:
    """Leave the field as it was below a pooling layer, because it has no weights; {} for a convolution."""
    if layer[0] != "pool":
        return {}
    before = fields(below)[-1]
    return {"after": before.side, "next_field": extend(before, ("conv", next_kernel, 1, 1)).side}


def always_doubles(below: Sequence[Window], layer: Window, next_kernel: int) -> dict[str, Any]:
    """Multiply the side in pixels by the stride, whatever it was before."""
    before = fields(below)[-1]
    after = Field(before.side * layer[2], before.jump * layer[2])
    return {"after": after.side, "next_field": extend(after, ("conv", next_kernel, 1, 1)).side}


def jump_unchanged(below: Sequence[Window], layer: Window, next_kernel: int) -> dict[str, Any]:
    """Let the layer widen the field but not the steps of what follows."""
    before = fields(below)[-1]
    return {"next_field": extend(before, layer).side + (next_kernel - 1) * before.jump}


def compute_halves(cost: Cost) -> dict[str, Any]:
    """Divide the positions along one axis only (half the work for stride 2 and equal channels)."""
    width, _ = pooled_size(cost)
    return _work(cost, width * cost.height, cost.pooled_channels * cost.pooled_filters)


def same_channels(cost: Cost) -> dict[str, Any]:
    """Forget that the channels were multiplied; {} where they were not."""
    if (cost.channels, cost.filters) == (cost.pooled_channels, cost.pooled_filters):
        return {}
    width, height = pooled_size(cost)
    return _work(cost, width * height, cost.channels * cost.filters)


def parameters_fall(cost: Cost) -> dict[str, Any]:
    """Let the number of weights follow the number of positions."""
    width, height = pooled_size(cost)
    after = width * height * cost.pooled_channels * cost.pooled_filters
    return {"weights": compare(after, cost.width * cost.height * cost.channels * cost.filters)}


def tile_area(kernel: int) -> dict[str, Any]:
    """Count the cells that a window covers instead of its side."""
    return {"factor": kernel**2}


def tile_unseen(_: int) -> dict[str, Any]:
    """Leave the field as it is."""
    return {"factor": 1}


def tile_multiplies(kernel: int) -> dict[str, Any]:
    """Say the right factor for a wrong reason: in cells of the map below it is right."""
    return {"factor": kernel}


def halved_tiling(kernel: int) -> dict[str, Any]:
    """Divide the work by the stride of one axis."""
    return {"ratio": Fraction(1, kernel)}


def _work(cost: Cost, positions: int, planes: int) -> dict[str, Any]:
    full = cost.width * cost.height * cost.next_kernel**2 * cost.channels * cost.filters
    pooled = positions * cost.next_kernel**2 * planes
    return {"macs_pooled": pooled, "ratio": Fraction(pooled, full)}
