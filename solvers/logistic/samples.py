"""Samples of a classification problem: plain records, no arithmetic.

Weights are logarithms of positive rational numbers, the odds ratios, so that every probability is rational:
a weight vector w = (ln r_1, ln r_2) is stored as (r_1, r_2).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Row: TypeAlias = tuple[int, int]
"""The two features of a sample."""
Odds: TypeAlias = tuple[Fraction, Fraction]
"""The exponentials of the two weights."""
Pair: TypeAlias = tuple[Fraction, Fraction]
Square: TypeAlias = tuple[Pair, Pair]


@dataclass(frozen=True)
class Data:
    """Samples of two classes: feature vectors and labels 0 or 1."""

    rows: tuple[Row, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True)
class Classes:
    """Samples of three classes, labels 1 to 3, and a weight vector for each class."""

    rows: tuple[Row, ...]
    labels: tuple[int, ...]
    odds: tuple[Odds, Odds, Odds]
    block: tuple[int, int]
    """The classes, counted from 1, whose weight vectors the second derivatives are taken by."""
