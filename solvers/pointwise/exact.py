"""Which 1x1 convolutions multiply every input by one scalar, exactly.

At each position (i, j) the layer computes y = W x + b, with the same W (channels out, channels in) and b
everywhere. It maps every input x to alpha x if and only if it keeps the number of channels, has stride 1 and
no padding, W = alpha I and b = 0: the zero image gives b, and an image with a single 1, in channel c, gives
column c of W.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from solvers.pointwise.layers import Layer, Rows, Trial, Vector

Verdict = Literal["yes", "no"]
Reason = Literal["channels", "stride", "padding", "bias", "mixing", "diagonal"]

ZERO = Fraction(0)


class Failure(NamedTuple):
    """The first condition that a layer misses; channels are counted from 1.

    ``mixing``: input channel ``source`` reaches output channel ``target`` with weight ``values[0]``.
    ``diagonal``: channels ``source`` and ``target`` are multiplied by ``values``. ``bias``: ``values`` is b.
    """

    reason: Reason
    source: int | None = None
    target: int | None = None
    values: Vector = ()


def check(trial: Trial) -> None:
    """Raise ValueError for a layer whose sizes do not fit together, or to its pixel."""
    layer = trial.layer
    rows, columns = len(layer.weights), {len(row) for row in layer.weights}
    if len(columns) != 1 or columns == {0}:
        raise ValueError(f"weights {layer.weights!r}: rows of one length, at least 1, are needed")
    if layer.groups < 1 or rows % layer.groups:
        raise ValueError(f"{layer.groups} groups: a divisor of the {rows} output channels is needed")
    if len(layer.bias) not in {0, rows}:
        raise ValueError(f"{len(layer.bias)} biases: none, or {rows}, are needed")
    if layer.stride < 1 or layer.padding < 0:
        raise ValueError(f"stride {layer.stride}, padding {layer.padding}: at least 1 and 0 are needed")
    if len(trial.pixel) != channels(layer) or not any(trial.pixel):
        raise ValueError(f"pixel {trial.pixel!r}: {channels(layer)} values are needed, not all of them 0")


def channels(layer: Layer) -> int:
    """Return the number of input channels."""
    return layer.groups * len(layer.weights[0])


def dense(layer: Layer) -> Rows:
    """Return W, (channels out, channels in): the groups are blocks on its diagonal, zeros beside them."""
    if layer.groups == 1:
        return layer.weights
    width, height = len(layer.weights[0]), len(layer.weights) // layer.groups
    zero = (ZERO,)
    return tuple(
        zero * (width * (f // height)) + row + zero * (width * (layer.groups - 1 - f // height))
        for f, row in enumerate(layer.weights)
    )


def respond(layer: Layer, pixel: Vector) -> Vector:
    """Return what the layer makes of the values of a pixel (that its stride does not skip)."""
    width, height = len(layer.weights[0]), len(layer.weights) // layer.groups
    blocks = [pixel[start : start + width] for start in range(0, len(pixel), width)]
    products = tuple(_dot(row, blocks[f // height]) for f, row in enumerate(layer.weights))
    return tuple(y + b for y, b in zip(products, layer.bias, strict=True)) if layer.bias else products


def _dot(weights: Vector, values: Vector) -> Fraction:
    """Return the sum of products; most weights are zero."""
    products = [w * x for w, x in zip(weights, values, strict=True) if w]
    return sum(products[1:], products[0]) if products else ZERO


def failure(layer: Layer) -> Failure | None:
    """Return the first condition that the layer misses, or None if it multiplies by one scalar."""
    if len(layer.weights) != channels(layer):
        return Failure("channels")
    if layer.stride > 1 or layer.padding:
        return Failure("stride" if layer.stride > 1 else "padding")
    if any(layer.bias):
        return Failure("bias", values=layer.bias)
    matrix = dense(layer)
    for f, row in enumerate(matrix):
        for c, weight in enumerate(row):
            if f != c and weight:
                return Failure("mixing", c + 1, f + 1, (weight,))
    for c, row in enumerate(matrix):
        if row[c] != matrix[0][0]:
            return Failure("diagonal", 1, c + 1, (matrix[0][0], row[c]))
    return None


def scalar(layer: Layer) -> Fraction | None:
    """Return the alpha with which the layer multiplies every input, or None if there is none."""
    return None if failure(layer) else layer.weights[0][0]


def ratio(image: Vector, pixel: Vector) -> Fraction | None:
    """Return the r with image = r * pixel, or None if there is none. ``pixel`` is not zero."""
    if len(image) != len(pixel):
        return None
    r = next(y / x for y, x in zip(image, pixel, strict=True) if x)
    return r if all(y == r * x for y, x in zip(image, pixel, strict=True)) else None


def answers(layers: Sequence[Layer]) -> tuple[tuple[Verdict, ...], Vector]:
    """Say of each layer whether it multiplies every input by one scalar; return the scalars of those that do."""
    found = [scalar(layer) for layer in layers]
    verdicts: tuple[Verdict, ...] = tuple("no" if alpha is None else "yes" for alpha in found)
    return verdicts, tuple(alpha for alpha in found if alpha is not None)


def work(trials: Sequence[Trial]) -> dict[str, Any]:
    """Return for each trial the failure or None, the scalar or None, and the ratio seen at its pixel or None."""
    return {
        "cases": tuple(
            {
                "failure": failure(trial.layer),
                "scalar": scalar(trial.layer),
                "seen": ratio(respond(trial.layer, trial.pixel), trial.pixel),
                "size": (channels(trial.layer), len(trial.layer.weights)),
            }
            for trial in trials
        )
    }
