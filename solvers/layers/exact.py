"""Output shapes and parameter counts of one layer, in letters and in integers.

A feature map is W x H x C. A square window of side K moves by S over the map, which carries P zeros
on every side; positions where the window would stick out are dropped (floor). Shapes are returned as
(width, height, channels). The formulas are strings in the syntax of ``psetpress.answers.Expression``.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt
from typing import Any, NamedTuple

CONV_FORMULAS: Mapping[str, str] = {
    "weights": "K**2*C*F",
    "biases": "F",
    "width": "floor((W+2*P-K)/S)+1",
    "height": "floor((H+2*P-K)/S)+1",
    "channels": "F",
}
"""A convolution layer with F filters (EECS 182 HW3 3(a))."""

POOL_FORMULAS: Mapping[str, str] = {
    "width": "floor((W-K)/S)+1",
    "height": "floor((H-K)/S)+1",
    "channels": "C",
}
"""A pooling layer without padding (EECS 182 HW3 3(b))."""


class Conv(NamedTuple):
    """A convolution layer and the map it receives."""

    width: int
    height: int
    channels: int
    kernel: int
    padding: int
    stride: int
    filters: int


class Pool(NamedTuple):
    """A pooling layer and the map it receives."""

    width: int
    height: int
    channels: int
    kernel: int
    stride: int


class LostConv(NamedTuple):
    """What is left of a convolution layer: both shapes, the stride, all parameters (biases included)."""

    width: int
    height: int
    channels: int
    stride: int
    out_width: int
    out_height: int
    out_channels: int
    parameters: int


class LostPool(NamedTuple):
    """What is left of a pooling layer: both shapes and the window's side."""

    width: int
    height: int
    channels: int
    kernel: int
    out_width: int
    out_height: int


def positions(size: int, kernel: int, stride: int, padding: int = 0) -> int:
    """Return how often a window fits along an axis: floor((size + 2 padding - kernel) / stride) + 1.

    Raises ValueError for a window that is larger than the padded axis.
    """
    span = size + 2 * padding - kernel
    if span < 0:
        raise ValueError(f"a window of {kernel} does not fit into {size} + 2 * {padding}; it must be no larger")
    return span // stride + 1


def size_for(count: int, kernel: int, stride: int, padding: int = 0, spare: int = 0) -> int:
    """Return the size of an axis on which the window has ``count`` positions and ``spare`` cells are left over."""
    return stride * (count - 1) + kernel - 2 * padding + spare


def conv_shape(layer: Conv) -> tuple[int, int, int]:
    """Return width, height and channels of a convolution layer's output."""
    return (
        positions(layer.width, layer.kernel, layer.stride, layer.padding),
        positions(layer.height, layer.kernel, layer.stride, layer.padding),
        layer.filters,
    )


def conv(layer: Conv) -> dict[str, Any]:
    """Return weights (K^2 C for each of F filters), biases (one a filter) and the output's shape."""
    return {
        "weight_count": layer.kernel**2 * layer.channels * layer.filters,
        "bias_count": layer.filters,
        "shape": conv_shape(layer),
    }


def pool_shape(layer: Pool) -> tuple[int, int, int]:
    """Return width, height and channels of a pooling layer's output."""
    return (
        positions(layer.width, layer.kernel, layer.stride),
        positions(layer.height, layer.kernel, layer.stride),
        layer.channels,
    )


def pool(layer: Pool) -> dict[str, Any]:
    """Return the output's shape and the number of parameters; a maximum has none."""
    return {"shape": pool_shape(layer), "parameter_count": 0}


def spans(layer: Conv | Pool) -> dict[str, Any]:
    """Return, per axis, how far the window can move (W + 2P - K) and how many whole strides that is."""
    padding = layer.padding if isinstance(layer, Conv) else 0
    room = tuple(size + 2 * padding - layer.kernel for size in (layer.width, layer.height))
    return {
        "span": room,
        "steps": tuple(span // layer.stride for span in room),
        "binding": _binding(room, layer),
    }


def _binding(room: tuple[int, ...], layer: Conv | Pool) -> bool:
    return any(span % layer.stride for span in room)


def lose_conv(layer: Conv) -> LostConv:
    """Return what is left of a layer when its filters and its padding are forgotten."""
    counted = conv(layer)
    total = counted["weight_count"] + counted["bias_count"]
    return LostConv(layer.width, layer.height, layer.channels, layer.stride, *conv_shape(layer), total)


def lose_pool(layer: Pool) -> LostPool:
    """Return what is left of a pooling layer when its stride is forgotten."""
    width, height, _ = pool_shape(layer)
    return LostPool(layer.width, layer.height, layer.channels, layer.kernel, width, height)


def lost_kernel(layer: LostConv) -> int:
    """Return K from (K^2 C + 1) F parameters. Raises ValueError if no whole K fits."""
    area = Fraction(layer.parameters - layer.out_channels, layer.channels * layer.out_channels)
    kernel = isqrt(int(area))
    if area != kernel**2:
        raise ValueError(f"{layer.parameters} parameters leave K^2 = {area}; it must be a square number")
    return kernel


def lost_paddings(layer: LostConv) -> tuple[int, ...]:
    """Return every P with floor((n + 2P - K) / S) + 1 = n' on both axes, that is S(n'-1) <= n + 2P - K < S n'."""
    kernel = lost_kernel(layer)
    return between(
        *(
            (layer.stride * (out - 1) + kernel - size, layer.stride * out + kernel - size)
            for size, out in ((layer.width, layer.out_width), (layer.height, layer.out_height))
        )
    )


def between(*bounds: tuple[int, int]) -> tuple[int, ...]:
    """Return every P >= 0 whose double lies in all half-open intervals [low, high)."""
    low, high = max(low for low, _ in bounds), min(high for _, high in bounds)
    return tuple(range(max(0, -(-low // 2)), -(-high // 2)))


def lost_conv(layer: LostConv) -> dict[str, Any]:
    """Return filters, kernel and padding of a layer. Raises ValueError unless exactly one padding fits."""
    paddings = lost_paddings(layer)
    if len(paddings) != 1:
        raise ValueError(f"the paddings {paddings} fit {layer}; exactly one must")
    return {"filter_count": layer.out_channels, "kernel": lost_kernel(layer), "padding": paddings[0]}


def lost_conv_steps(layer: LostConv) -> dict[str, Any]:
    """Return the intermediate results of :func:`lost_conv`: K^2, and the bounds of n + 2P - K and of P."""
    kernel, padding = lost_kernel(layer), lost_paddings(layer)[0]
    return {
        "weights": layer.parameters - layer.out_channels,
        "planes": layer.channels * layer.out_channels,
        "area": kernel**2,
        "reach": tuple(layer.stride * (out - 1) for out in (layer.out_width, layer.out_height)),
        "limit": tuple(layer.stride * out for out in (layer.out_width, layer.out_height)),
        "gap": (layer.width - kernel, layer.height - kernel),
        "span": (layer.width - kernel + 2 * padding, layer.height - kernel + 2 * padding),
    }


def lost_strides(layer: LostPool) -> tuple[int, ...]:
    """Return every S with floor((n - K) / S) = n' - 1 on both axes, for outputs of at least 2 x 2 cells."""
    spans_and_steps = (
        (layer.width - layer.kernel, layer.out_width - 1),
        (layer.height - layer.kernel, layer.out_height - 1),
    )
    low = max(span // (steps + 1) + 1 for span, steps in spans_and_steps)
    high = min(span // steps for span, steps in spans_and_steps)
    return tuple(range(low, high + 1))


def lost_pool(layer: LostPool) -> dict[str, Any]:
    """Return the stride, and the narrowest and widest input that give the same output width.

    Raises ValueError unless exactly one stride fits.
    """
    strides = lost_strides(layer)
    if len(strides) != 1:
        raise ValueError(f"the strides {strides} fit {layer}; exactly one must")
    narrowest = strides[0] * (layer.out_width - 1) + layer.kernel
    return {"stride": strides[0], "narrowest": narrowest, "widest": narrowest + strides[0] - 1}


def lost_pool_steps(layer: LostPool) -> dict[str, Any]:
    """Return the intermediate results of :func:`lost_pool`: spans, whole strides in them, and the leftover."""
    stride = lost_strides(layer)[0]
    room = (layer.width - layer.kernel, layer.height - layer.kernel)
    steps = (layer.out_width - 1, layer.out_height - 1)
    return {
        "span": room,
        "steps": steps,
        "below": tuple(Fraction(span, step + 1) for span, step in zip(room, steps, strict=True)),
        "above": tuple(Fraction(span, step) for span, step in zip(room, steps, strict=True)),
        "reach": stride * steps[0],
        "spare": stride - 1,
    }
