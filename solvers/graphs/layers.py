"""Which layer a question is about: data, which both roads are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Norm = Literal["batch", "moments", "layer", "mean", "rms", "softmax"]
"""Batch normalization, the same with the variance from two moments, layer normalization, centering only,
division by the root mean square, and the softmax function."""


@dataclass(frozen=True)
class Layer:
    """A normalization, what comes before it and what comes after it."""

    norm: Norm = "batch"
    before: Literal["", "linear", "affine"] = ""
    """Nothing, A = XW, or A = XW + b."""
    scale: Literal["", "gamma", "gamma-beta"] = "gamma-beta"
    """Nothing, Y = gamma Z, or Y = gamma Z + beta."""
    after: Literal["", "relu", "dropout"] = ""
    """Nothing, a rectifier, or multiplication by a given mask."""
    skip: bool = False
    """Whether X is added in the end."""
