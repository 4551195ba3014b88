"""The layers that an architecture is made of: plain records, no arithmetic.

Convolutions and fully-connected layers have biases; a convolution has stride 1 and is padded with
zeros so that it keeps width and height; a pooling window moves by its own side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True)
class Conv:
    """A convolutional layer of ``filters`` square filters, ``kernel`` (odd) pixels wide."""

    kernel: int
    filters: int


@dataclass(frozen=True)
class Pool:
    """Max pooling over squares, ``size`` pixels wide, that do not overlap."""

    size: int


@dataclass(frozen=True)
class Flatten:
    """Turn width x height x channels into one vector."""


@dataclass(frozen=True)
class Dense:
    """A fully-connected layer of ``units`` outputs."""

    units: int


Layer: TypeAlias = Conv | Pool | Flatten | Dense

Shape: TypeAlias = tuple[int, ...]
"""``(width, height, channels)`` of a feature map, ``(length,)`` of a vector."""

Column = Literal["parameters", "activations"]
"""The two columns of the table of an architecture."""


@dataclass(frozen=True)
class Cell:
    """A cell of that table: row 0 is the input, row k the k-th layer."""

    row: int
    column: Column
