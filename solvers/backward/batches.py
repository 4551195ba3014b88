"""Batches whose statistics are exact, built backwards from them."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement

Deviations = tuple[int, ...]


@cache
def deviations(samples: int, variance: Fraction, largest: int) -> tuple[Deviations, ...]:
    """Return all sorted whole deviations from the mean, of size at most ``largest``, with this biased variance.

    >>> deviations(4, Fraction(9), 5)
    ((-5, 1, 1, 3), (-3, -3, 3, 3), (-3, -1, -1, 5))
    """
    total = samples * variance
    values = combinations_with_replacement(range(-largest, largest + 1), samples)
    return tuple(each for each in values if sum(each) == 0 and sum(v * v for v in each) == total)
