"""The network that notebook 3 of EECS 182 HW3 gives to start from, counted layer by layer, and its budget of steps."""

from __future__ import annotations

from typing import NamedTuple

CONVOLUTIONS = ((16, 1, 2), (32, 1, 2), (64, 2, 1))
"""Filters, stride, and the side of the max pooling that follows (1: none); all are 3 x 3 with padding 1."""

KERNEL, HIDDEN = 3, 256


class Layer(NamedTuple):
    """A layer with parameters: the shape that leaves it, pooled, and what batch normalization of it would add."""

    name: str
    shape: tuple[int, ...]
    parameters: int
    normalized: int


def layers(side: int, channels: int, classes: int) -> tuple[Layer, ...]:
    """Return the layers for square images of ``side`` pixels; shapes are (channels, height, width) or (units,)."""
    rows: list[Layer] = []
    for number, (filters, stride, pool) in enumerate(CONVOLUTIONS, 1):
        side = -(-side // stride) // pool
        weights = KERNEL**2 * channels * filters
        rows.append(Layer(f"conv{number}", (filters, side, side), weights + filters, 2 * filters))
        channels = filters
    flat = channels * side * side
    return (*rows, Layer("fc1", (HIDDEN,), (flat + 1) * HIDDEN, 0), Layer("fc2", (classes,), (HIDDEN + 1) * classes, 0))


def totals(rows: tuple[Layer, ...]) -> tuple[int, int]:
    """Return the number of parameters without and with batch normalization."""
    plain = sum(row.parameters for row in rows)
    return plain, plain + sum(row.normalized for row in rows)


def steps(images: int, batch: int, epochs: int) -> int:
    """Return the number of gradient steps: the last batch of an epoch may be smaller.

    >>> steps(50_000, 32, 5)
    7815
    """
    return -(-images // batch) * epochs
