"""Images on a torus and networks without their weights: plain records, no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Rows: TypeAlias = tuple[str, ...]
"""Pixels row by row: "1" is ink, "0" is white."""


@dataclass(frozen=True)
class Stamp:
    """A pattern on an otherwise white image; it goes around the edges where it does not fit.

    ``top`` and ``left``, counted from 1, say where its first row and column are.
    """

    rows: Rows
    top: int
    left: int


@dataclass(frozen=True)
class Network:
    """Two layers of circular convolution with ReLU, then global average pooling (GAP).

    Filters are ``kernel`` x ``kernel``, the stride is 1. Before each convolution ``before`` rows and
    columns are added on top and at the left, ``after`` at the bottom and at the right.
    """

    kernel: int
    before: int
    after: int


@dataclass(frozen=True)
class Size:
    """Height and width of an image in pixels."""

    height: int
    width: int
