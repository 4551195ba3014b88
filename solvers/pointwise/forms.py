"""Layers of a given form: the building blocks of a draw. Nothing here is random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from solvers.pointwise.layers import Layer, Rows, Vector

ZERO = Fraction(0)


def diagonal(entries: Sequence[Fraction]) -> Layer:
    """Return the layer that multiplies channel c by ``entries[c]``, its zeros written out."""
    return Layer(tuple(tuple(a if i == j else ZERO for j in range(len(entries))) for i, a in enumerate(entries)))


def scaled(alpha: Fraction, channels: int) -> Layer:
    """Return alpha times the identity."""
    return diagonal([alpha] * channels)


def depthwise(entries: Sequence[Fraction]) -> Layer:
    """Return the layer that multiplies channel c by ``entries[c]``, with a group for each channel."""
    return Layer(tuple((a,) for a in entries), groups=len(entries))


def grouped(blocks: Sequence[Rows]) -> Layer:
    """Return the layer whose groups have these square weight matrices, all of one size."""
    return Layer(tuple(row for block in blocks for row in block), groups=len(blocks))


def biased(layer: Layer, bias: Vector) -> Layer:
    """Return ``layer`` with biases."""
    return replace(layer, bias=bias)


def with_options(layer: Layer, form: str) -> Layer:
    """Return ``layer`` strided, padded or with biases that are zero, where ``form`` says so."""
    match form:
        case "strided":
            return replace(layer, stride=2)
        case "padded":
            return replace(layer, padding=1)
        case "zero bias":
            return replace(layer, bias=(ZERO,) * len(layer.weights))
        case _:
            return layer


def keeping(alpha: Fraction, pixel: Vector, pair: tuple[int, int], column: Sequence[int]) -> Layer:
    """Return alpha I + u n^T with u = ``column`` and n orthogonal to ``pixel``, which it multiplies by alpha.

    n has the entries ``pixel[j]`` and ``-pixel[i]`` in the places i, j of ``pair``; u is not zero, so that with
    nonzero entries of the pixel the matrix is not diagonal.
    """
    i, j = pair
    normal = [ZERO] * len(pixel)
    normal[i], normal[j] = pixel[j], -pixel[i]
    return Layer(
        tuple(
            tuple((alpha if row == place else ZERO) + u * n for place, n in enumerate(normal))
            for row, u in enumerate(column)
        )
    )


def constant(alpha: Fraction, shape: tuple[int, int]) -> Layer:
    """Return the layer with the weight alpha everywhere; ``shape`` is (channels out, channels in)."""
    return Layer(((alpha,) * shape[1],) * shape[0])


def permuted(alpha: Fraction, order: Sequence[int]) -> Layer:
    """Return the layer whose output channel f is alpha times the input channel ``order[f]``; it may drop some."""
    return Layer(tuple(tuple(alpha if c == source else ZERO for c in range(len(order))) for source in order))


def dropping(alpha: Fraction, channels: int, kept: int) -> Layer:
    """Return alpha times the first ``kept`` rows of the identity."""
    return Layer(scaled(alpha, channels).weights[:kept])
