"""Pointwise layers, that is, 1x1 convolutions: plain records, no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Vector: TypeAlias = tuple[Fraction, ...]
Rows: TypeAlias = tuple[Vector, ...]


@dataclass(frozen=True)
class Layer:
    """A 1x1 convolution; the padding is with zeros, on every side.

    ``weights`` has a row for each output channel and a column for each input channel of its group, as torch
    stores them; ``bias`` is empty where the layer has none. With ``groups`` g, channels in and out are cut into
    g blocks of equal size, and block k of the output sees block k of the input only.
    """

    weights: Rows
    bias: Vector = ()
    groups: int = 1
    stride: int = 1
    padding: int = 0


@dataclass(frozen=True)
class Trial:
    """A layer, and the values of one pixel of an image, channel by channel, that somebody sent through it."""

    layer: Layer
    pixel: Vector
