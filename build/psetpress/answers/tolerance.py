"""How near is near enough: one rule for every kind that holds numbers.

A response r is right for the value v if ``|r - v| <= atol + rtol * |v|``, compared as exact rational
numbers, both ends included. Zero follows from the rule: only ``atol`` counts there, and without one
it must be met exactly. Two allowances are never told because they take nothing away: float noise (see
:func:`psetpress.answers.numbers.agree`), and the key's own print: a float key accepts the digits that
it shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from psetpress.answers.numbers import AGREE_RTOL, DIGITS, Exact, Real, agree, text_number

PERCENT = Fraction(1, 100)
"""Twice what rounding to three significant digits can move a number."""

WIDEST = Fraction(1, 10)
"""A relative tolerance beyond this takes wrong answers for right ones: a forgotten factor, a neighbour's numbers."""

_UNIT = 10.0 ** (1 - DIGITS)
"""At least a unit of the last digit that the key prints, as a share of the number."""
_TINY = 1e-300
"""Below this floats lose their digits."""


def check(kind: str, rtol: object, atol: object) -> None:
    """Raise TypeError or ValueError for tolerances that are not exact numbers from zero up, or far too wide."""
    for name, given in (("rtol", rtol), ("atol", atol)):
        if isinstance(given, bool) or not isinstance(given, int | Fraction):
            raise TypeError(f"{kind}: {name} wants a Fraction such as Fraction(1, 100), not {given!r}")
        if given < 0:
            raise ValueError(f"{kind}: {name} cannot be negative, as {given} is")
        if name == "rtol" and given > WIDEST:
            raise ValueError(f"{kind}: rtol {given} would accept wrong answers; at most {WIDEST} is allowed")


def within(value: Real, response: Real, rtol: Fraction, atol: Fraction) -> bool:
    """Say whether ``response`` is near enough to the right ``value``.

    >>> within(100, 101, PERCENT, Fraction(0)), within(0, Fraction(1, 100), PERCENT, Fraction(0))
    (True, False)
    """
    if not (isinstance(value, float) or isinstance(response, float)):
        return value == response or (bool(rtol or atol) and _within_exactly(value, response, rtol, atol))
    if agree(value, response):
        return True
    if _far(value, response, rtol, atol):
        return False
    noise = Fraction(AGREE_RTOL) * abs(Fraction(value)) if isinstance(response, float) else Fraction(0)
    return abs(Fraction(response) - Fraction(value)) <= margin(value, rtol, atol) + noise


def _within_exactly(value: Exact, response: Exact, rtol: Fraction, atol: Fraction) -> bool:
    """Say whether |c/d - a/b| <= s/t + p/q * |a/b|, in whole numbers: both sides times b d q t."""
    a, b, c, d = value.numerator, value.denominator, response.numerator, response.denominator
    p, q, s, t = rtol.numerator, rtol.denominator, atol.numerator, atol.denominator
    return abs(c * b - a * d) * q * t <= (s * b * q + p * abs(a) * t) * d


def _far(value: Real, response: Real, rtol: Fraction, atol: Fraction) -> bool:
    """Say whether floats are enough to see that ``response`` is wrong: an exact comparison takes ten times as long.

    The room is made wider by far more than rounding, noise and the key's own print can be: a thousandth, a unit
    of the digits that are printed, and whatever floats cannot hold.
    """
    try:
        right = float(value)
        room = float(atol) + (float(rtol) + _UNIT) * abs(right)
        return abs(float(response) - right) > 1.001 * room + _TINY
    except OverflowError:
        return False


def margin(value: Real, rtol: Fraction, atol: Fraction) -> Fraction:
    """Return how far a right response may be from ``value``."""
    told = atol + rtol * abs(Fraction(value))
    return max(told, _half_a_digit(value)) if isinstance(value, float) else told


def beyond(value: Real, rtol: Fraction, atol: Fraction) -> Real:
    """Return a number near ``value`` that :func:`within` refuses."""
    room = 2 * margin(value, rtol, atol)
    step = room if room > Fraction(1, 10**6) else Fraction(1)  # clear of float noise
    if isinstance(value, float):
        return value + float(step) * (-1 if value > 0 else 1)  # towards and past zero: no overflow
    moved = Fraction(value) + step
    return moved.numerator if moved.denominator == 1 else moved


@lru_cache
def says(rtol: Fraction, atol: Fraction) -> str:
    """Return the rule as a clause for students.

    >>> says(PERCENT, Fraction(0))
    'within 1 % of the right value (0 must be exact)'
    """
    share = f"{text_number(100 * rtol)} % of the right value"
    if not rtol:
        return f"within {text_number(atol)} of the right value" if atol else "exact"
    return f"within {share} plus {text_number(atol)}" if atol else f"within {share} (0 must be exact)"


def entrywise(values: Iterable[Real], rtol: Fraction, atol: Fraction) -> tuple[Fraction, Fraction]:
    """Return the tolerances for entries of a signal or matrix: none if all ``values`` are integers.

    A table of integers is worked out by integer arithmetic, where "nearly" is a mistake.
    """
    return (Fraction(0), Fraction(0)) if all(isinstance(v, int) for v in values) else (rtol, atol)


def says_entrywise(rtol: Fraction, atol: Fraction) -> str:
    """Return the rule for entries as a clause for students."""
    return "exact" if not (rtol or atol) else f"exact if all values are integers, else each {says(rtol, atol)}"


def _half_a_digit(value: float) -> Fraction:
    """Return half a unit of the last digit that the key prints of a float."""
    return Fraction(10) ** (Decimal(repr(value)).adjusted() - DIGITS + 1) / 2 if value else Fraction(0)
