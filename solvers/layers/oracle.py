"""The second road: build the layer in torch on the ``meta`` device and read off what it has and does.

Numbers: a variant's layer is built as ``torch.nn.Conv2d`` or ``torch.nn.MaxPool2d``; its parameters are
counted and the shape of its output is read. Lost layers: torch layers are tried one after the other until
they reproduce the known shapes. Letters: the formulas are fitted to what torch reports for many small
layers and returned only if they reproduce all of them: a polynomial is interpolated (counts, channels);
an axis is interpolated at stride 1, where it is affine, and then its division by S is fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import count, product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

Sizes = Mapping[str, int]
"""The sizes of a layer by letter, as the formulas name them: W, H, C, K, P, S, F."""
Measure = Callable[[Sizes], int]
"""What torch reports for a layer of these sizes."""

BASE = {"W": 7, "H": 5, "C": 2, "K": 2, "P": 1, "S": 1, "F": 3}
"""The sizes of the letters that a fit does not vary."""
PROBES = {"W": range(6, 10), "H": range(6, 10), "P": range(3), "K": range(1, 4), "S": range(1, 5)}
"""The layers that a fitted axis formula must reproduce: every phase of every stride up to 4."""


def conv(
    *, width: int, height: int, channels: int, kernel: int, padding: int, stride: int, filters: int
) -> dict[str, Any]:
    """Return weights, biases and output shape (width, height, channels) of a real ``Conv2d``."""
    layer = _conv(channels, filters, kernel, padding, stride)
    assert layer.bias is not None
    return {
        "weight_count": layer.weight.numel(),
        "bias_count": layer.bias.numel(),
        "shape": _shape(layer, width, height, channels),
    }


def pool(*, width: int, height: int, channels: int, kernel: int, stride: int) -> dict[str, Any]:
    """Return output shape and number of parameters of a real ``MaxPool2d``."""
    layer = _pool(kernel, stride)
    return {"shape": _shape(layer, width, height, channels), "parameter_count": _parameters(layer)}


def lost_conv(
    *,
    width: int,
    height: int,
    channels: int,
    stride: int,
    out_width: int,
    out_height: int,
    out_channels: int,
    parameters: int,
) -> dict[str, Any]:
    """Return the one (filters, kernel, padding) whose ``Conv2d`` has these shapes and parameters.

    Raises ValueError unless exactly one layer has them.
    """
    kernel = next(k for k in count(1) if _parameters(_conv(channels, out_channels, k, 0, stride)) >= parameters)
    if _parameters(_conv(channels, out_channels, kernel, 0, stride)) != parameters:
        raise ValueError(f"no kernel has {parameters} parameters; exactly one must")
    found: list[int] = []
    for padding in count(max(0, -(-(kernel - min(width, height)) // 2))):
        out = _shape(_conv(channels, out_channels, kernel, padding, stride), width, height, channels)
        if out == (out_width, out_height, out_channels):
            found.append(padding)
        if out[0] > out_width:  # and wider still for every larger padding
            break
    if len(found) != 1:
        raise ValueError(f"the paddings {found} fit; exactly one must")
    return {"filter_count": out_channels, "kernel": kernel, "padding": found[0]}


def lost_pool(
    *, width: int, height: int, channels: int, kernel: int, out_width: int, out_height: int
) -> dict[str, Any]:
    """Return the one stride that reproduces the shape, and the extreme widths that keep the output width.

    Raises ValueError unless exactly one stride does.
    """
    wanted = (out_width, out_height, channels)
    found = [s for s in range(1, width + 1) if _shape(_pool(kernel, s), width, height, channels) == wanted]
    if len(found) != 1:
        raise ValueError(f"the strides {found} fit {wanted}; exactly one must")
    layer = _pool(kernel, found[0])
    widths = [w for w in range(kernel, 2 * width + kernel) if _shape(layer, w, height, channels) == wanted]
    return {"stride": found[0], "narrowest": min(widths), "widest": max(widths)}


@cache
def conv_formulas() -> Mapping[str, str]:
    """Return the formulas of a convolution layer, fitted to torch."""

    def counted(what: str) -> Measure:
        return lambda at: int(_conv_at(at)[what])

    def sized(axis: int) -> Measure:
        return lambda at: _conv_at(at)["shape"][axis]

    return {
        "weights": fit_polynomial(counted("weight_count"), {"K": 2, "C": 1, "F": 1}),
        "biases": fit_polynomial(counted("bias_count"), {"K": 1, "C": 1, "F": 1}),
        "width": fit_axis(sized(0), ("W", "P", "K")),
        "height": fit_axis(sized(1), ("H", "P", "K")),
        "channels": fit_polynomial(sized(2), {"K": 1, "C": 1, "F": 1}),
    }


def _conv_at(at: Sizes) -> dict[str, Any]:
    return conv(
        width=at["W"],
        height=at["H"],
        channels=at["C"],
        kernel=at["K"],
        padding=at["P"],
        stride=at["S"],
        filters=at["F"],
    )


@cache
def pool_formulas() -> Mapping[str, str]:
    """Return the formulas of a pooling layer, fitted to torch."""

    def sized(axis: int) -> Measure:
        return lambda at: _shape(_pool(at["K"], at["S"]), at["W"], at["H"], at["C"])[axis]

    return {
        "width": fit_axis(sized(0), ("W", "K")),
        "height": fit_axis(sized(1), ("H", "K")),
        "channels": fit_polynomial(sized(2), {"K": 1, "C": 1}),
    }


def fit_polynomial(measure: Measure, degrees: Mapping[str, int], base: Sizes = BASE) -> str:
    """Return the polynomial of at most these degrees that ``measure`` follows; the rest is fixed by ``base``.

    Interpolates letter by letter, then checks one more value of each letter in all combinations.
    Raises ValueError if ``measure`` is no such polynomial.
    """
    fitted = _sympy().expand(_interpolate(measure, list(degrees), degrees, base))
    for values in product(*(range(1, degree + 3) for degree in degrees.values())):
        at = dict(zip(degrees, values, strict=True))
        if fitted.subs(at) != measure({**base, **at}):
            raise ValueError(f"the count at {at} is not {fitted}")
    return str(fitted)


def _interpolate(measure: Measure, letters: list[str], degrees: Mapping[str, int], at: Sizes) -> Any:
    """Return Lagrange's polynomial over the grid 1..degree + 1 of every letter."""
    if not letters:
        return _sympy().Integer(measure(at))
    first, rest = letters[0], letters[1:]
    nodes = list(range(1, degrees[first] + 2))
    values = [_interpolate(measure, rest, degrees, {**at, first: node}) for node in nodes]
    return _sympy().interpolating_poly(len(nodes), _sympy().Symbol(first), nodes, values)


def fit_axis(measure: Measure, letters: tuple[str, ...]) -> str:
    """Return floor((affine count - shift) / S) + shift, for the one shift that fits all probes.

    At stride 1 the count is affine in the letters; its slopes are differences of two counts. What stride S
    divides is that count less the positions that are there at any stride, the shift. Raises ValueError
    unless exactly one shift fits.
    """
    start = measure(BASE)
    slopes = {letter: measure({**BASE, letter: BASE[letter] + 1}) - start for letter in letters}
    constant = start - sum(slope * BASE[letter] for letter, slope in slopes.items())
    fits = [shift for shift in range(-3, 4) if _reproduces(measure, slopes, constant, shift)]
    if len(fits) != 1:
        raise ValueError(f"the shifts {fits} fit all layers; exactly one must")
    affine = constant - fits[0] + sum(slope * _sympy().Symbol(letter) for letter, slope in slopes.items())
    return str(_sympy().floor(affine / _sympy().Symbol("S")) + fits[0])


def _reproduces(measure: Measure, slopes: Mapping[str, int], constant: int, shift: int) -> bool:
    letters = [*slopes, "S"]
    for values in product(*(PROBES[letter] for letter in letters)):
        at = dict(zip(letters, values, strict=True))
        affine = constant + sum(slope * at[letter] for letter, slope in slopes.items())
        if (affine - shift) // at["S"] + shift != measure({**BASE, **at}):
            return False
    return True


def _sympy() -> Any:
    """Return sympy, imported late; as Any, because its functions carry no types."""
    import sympy

    return sympy


def _conv(channels: int, filters: int, kernel: int, padding: int, stride: int) -> torch.nn.Conv2d:
    import torch

    return torch.nn.Conv2d(channels, filters, kernel, stride=stride, padding=padding, device="meta")


def _pool(kernel: int, stride: int) -> torch.nn.MaxPool2d:
    import torch

    return torch.nn.MaxPool2d(kernel, stride=stride)


def _parameters(layer: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in layer.parameters())


def _shape(layer: torch.nn.Module, width: int, height: int, channels: int) -> tuple[int, int, int]:
    """Return (width, height, channels) of a layer's output; torch orders them (N, C, H, W)."""
    import torch

    _, c, h, w = layer(torch.empty(1, channels, height, width, device="meta")).shape
    return int(w), int(h), int(c)
