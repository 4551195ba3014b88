"""What students answer who hold a misconception about the shapes of layers: in letters and in integers.

The functions that share a name with a key of the formula tables are the same belief about a given layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isqrt
from typing import Any

from solvers.layers.exact import (
    Conv,
    LostConv,
    LostPool,
    Pool,
    between,
    conv_shape,
    lost_kernel,
    lost_strides,
    pool_shape,
)

Formulas = Mapping[str, Mapping[str, str]]

CONV_FORMULAS: Formulas = {
    "forgot-channels": {"weights": "K**2*F"},
    "forgot-bias": {"biases": "0"},
    "bias-per-weight-plane": {"biases": "C*F"},
    "one-bias": {"biases": "1"},
    "bias-per-pixel": {"biases": "(floor((W+2*P-K)/S)+1)*(floor((H+2*P-K)/S)+1)*F"},
    "pad-once": {"width": "floor((W+P-K)/S)+1", "height": "floor((H+P-K)/S)+1"},
    "ceil": {"width": "ceiling((W+2*P-K)/S)+1", "height": "ceiling((H+2*P-K)/S)+1"},
    "no-plus-one": {"width": "floor((W+2*P-K)/S)", "height": "floor((H+2*P-K)/S)"},
    "channels-kept": {"channels": "C"},
    "swap-wh": {"width": "floor((H+2*P-K)/S)+1", "height": "floor((W+2*P-K)/S)+1"},
}
"""What each misconception changes in the formulas of a convolution layer."""

POOL_FORMULAS: Formulas = {
    "stride-equals-kernel": {"width": "W/K", "height": "H/K"},
    "stride-one": {"width": "W-K+1", "height": "H-K+1"},
    "pool-has-weights": {},
    "channels-reduced": {"channels": "C/K"},
    "ceil": {"width": "ceiling((W-K)/S)+1", "height": "ceiling((H-K)/S)+1"},
}
"""What each misconception changes in the formulas of a pooling layer."""


def forgot_channels(layer: Conv) -> dict[str, Any]:
    """Give a filter K^2 weights, whatever the depth of its input."""
    return {"weight_count": layer.kernel**2 * layer.filters}


def forgot_bias(_: Conv) -> dict[str, Any]:
    """Count no biases."""
    return {"bias_count": 0}


def bias_per_weight_plane(layer: Conv) -> dict[str, Any]:
    """Give each filter one bias for every channel that it reads."""
    return {"bias_count": layer.channels * layer.filters}


def one_bias(_: Conv) -> dict[str, Any]:
    """Let all filters share one bias."""
    return {"bias_count": 1}


def bias_per_pixel(layer: Conv) -> dict[str, Any]:
    """Give every entry of the output its own bias."""
    width, height, filters = conv_shape(layer)
    return {"bias_count": width * height * filters}


def pad_once(layer: Conv) -> dict[str, Any]:
    """Take P for the padding of both sides together: W + P - K."""
    return _conv_axes(layer, lambda size: (size + layer.padding - layer.kernel) // layer.stride + 1)


def ceil(layer: Conv) -> dict[str, Any]:
    """Round a broken number of strides up."""
    return _conv_axes(layer, lambda size: -(-(size + 2 * layer.padding - layer.kernel) // layer.stride) + 1)


def no_plus_one(layer: Conv) -> dict[str, Any]:
    """Count the moves of the window and not its positions."""
    return _conv_axes(layer, lambda size: (size + 2 * layer.padding - layer.kernel) // layer.stride)


def channels_kept(layer: Conv) -> dict[str, Any]:
    """Leave the number of channels as it was."""
    return {"shape": (*conv_shape(layer)[:2], layer.channels)}


def swap_wh(layer: Conv) -> dict[str, Any]:
    """Write the height first."""
    width, height, filters = conv_shape(layer)
    return {"shape": (height, width, filters)}


def lost_forgot_channels(layer: LostConv) -> dict[str, Any]:
    """Take K^2 F for the number of weights; this yields a kernel only where C is a square number."""
    area = (layer.parameters - layer.out_channels) // layer.out_channels
    return {"kernel": isqrt(area)} if isqrt(area) ** 2 == area else {}


def lost_pad_once(layer: LostConv) -> dict[str, Any]:
    """Solve floor((n + P - K) / S) + 1 = n' for the smallest P."""
    return _first_padding(between(*((2 * low, 2 * high) for low, high in _bounds(layer, layer.stride, 0))))


def lost_ceil(layer: LostConv) -> dict[str, Any]:
    """Solve ceil((n + 2P - K) / S) + 1 = n' for the smallest P."""
    return _first_padding(between(*_bounds(layer, layer.stride, 1 - layer.stride)))


def lost_no_plus_one(layer: LostConv) -> dict[str, Any]:
    """Solve floor((n + 2P - K) / S) = n' for the smallest P."""
    return _first_padding(between(*_bounds(layer, layer.stride, layer.stride)))


def stride_equals_kernel(layer: Pool) -> dict[str, Any]:
    """Cut the map into tiles as large as the window; the belief is right where S = K."""
    if layer.stride == layer.kernel:
        return {}
    return {"shape": (layer.width // layer.kernel, layer.height // layer.kernel, layer.channels)}


def stride_one(layer: Pool) -> dict[str, Any]:
    """Move the window by one, whatever the stride."""
    return _pool_axes(layer, lambda size: size - layer.kernel + 1)


def pool_has_weights(layer: Pool) -> dict[str, Any]:
    """Give each channel a window of K^2 weights."""
    return {"parameter_count": layer.kernel**2 * layer.channels}


def channels_reduced(layer: Pool) -> dict[str, Any]:
    """Let the window pool channels as well (where K divides their number)."""
    if layer.channels % layer.kernel:
        return {}
    return {"shape": (*pool_shape(layer)[:2], layer.channels // layer.kernel)}


def pool_ceil(layer: Pool) -> dict[str, Any]:
    """Round a broken number of strides up."""
    return _pool_axes(layer, lambda size: -(-(size - layer.kernel) // layer.stride) + 1)


def lost_stride_equals_kernel(layer: LostPool) -> dict[str, Any]:
    """Take the window's side for the stride."""
    if lost_strides(layer)[0] == layer.kernel:
        return {}
    narrowest = layer.kernel * layer.out_width
    return {"stride": layer.kernel, "narrowest": narrowest, "widest": narrowest + layer.kernel - 1}


def lost_pool_ceil(layer: LostPool) -> dict[str, Any]:
    """Know the stride, but look for the widths at which the rounded-up number of positions stays the same."""
    stride = lost_strides(layer)[0]
    widest = stride * (layer.out_width - 1) + layer.kernel
    return {"narrowest": widest - stride + 1, "widest": widest}


def lost_only_this_width(layer: LostPool) -> dict[str, Any]:
    """Expect every other width to give another output, as if nothing were ever dropped."""
    return {"narrowest": layer.width, "widest": layer.width}


def _conv_axes(layer: Conv, axis: Callable[[int], int]) -> dict[str, Any]:
    return {"shape": (axis(layer.width), axis(layer.height), layer.filters)}


def _pool_axes(layer: Pool, axis: Callable[[int], int]) -> dict[str, Any]:
    return {"shape": (axis(layer.width), axis(layer.height), layer.channels)}


def _bounds(layer: LostConv, stride: int, shift: int) -> list[tuple[int, int]]:
    """Return, per axis, the bounds of the padding of both sides together, moved by a mistake's ``shift``."""
    kernel = lost_kernel(layer)
    return [
        (stride * (out - 1) + kernel - size + shift, stride * out + kernel - size + shift)
        for size, out in ((layer.width, layer.out_width), (layer.height, layer.out_height))
    ]


def _first_padding(paddings: tuple[int, ...]) -> dict[str, Any]:
    """Return the first padding that a belief finds; {} where it finds none and the student must stop."""
    return {"padding": paddings[0]} if paddings else {}
