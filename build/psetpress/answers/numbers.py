"""Exact numbers: what solvers return, how it prints and is stored, and when two roads agree.

Integers and fractions stay exact; floats stay floats. Everywhere a :data:`Real` is one of ``int``,
``Fraction`` (never a whole one) and a finite ``float`` (never a negative zero).
"""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any, Literal, TypeAlias, cast

Exact: TypeAlias = int | Fraction
Real: TypeAlias = int | Fraction | float
Style: TypeAlias = Literal["auto", "frac", "decimal"]

DECIMALS = 6
"""A fraction prints as a decimal if that is exact with at most so many places."""
DIGITS = 6
"""Significant digits of a rounded number."""
AGREE_RTOL, AGREE_ATOL = 1e-9, 1e-12
"""Float noise between two roads: thousands of roundings of 1e-16, yet far below any misconception."""

_TINY, _HUGE = -4, 10
"""Decimal exponents below and from which a rounded number is written with a power of ten."""
_STORED = re.compile(r"-?[0-9]+/[0-9]+")


def real(raw: Any) -> Real:
    """Return the canonical number of ``raw``: Python, NumPy, torch and SymPy scalars are understood.

    >>> real(Fraction(4, 2)), real(0.5)
    (2, 0.5)

    Raises TypeError for what is no number (a bool is none), ValueError for infinities and NaN.
    """
    if type(raw) is int or type(raw) is Fraction:  # what exact solvers return: the usual case first
        return reduced(raw)
    raw = unarray(raw)
    if isinstance(raw, bool) or not isinstance(raw, numbers.Real):
        raise TypeError(f"a number is wanted, not {raw!r} ({type(raw).__name__})")
    if isinstance(raw, numbers.Rational):
        return reduced(Fraction(int(raw.numerator), int(raw.denominator)))
    number = float(raw)
    if not math.isfinite(number):
        raise ValueError(f"a finite number is wanted, not {number}")
    return number + 0.0  # -0.0 + 0.0 is 0.0


def integer(raw: Any) -> int:
    """Return ``raw`` as an int. Raises TypeError for floats too: a count that needs rounding is no count."""
    number = real(raw)
    if not isinstance(number, int):
        raise TypeError(f"an int is wanted, not {raw!r} ({type(raw).__name__})")
    return number


def unarray(raw: Any) -> Any:
    """Return a NumPy or torch array or scalar as nested lists or a Python number, all else unchanged."""
    tolist = getattr(raw, "tolist", None)
    return tolist() if callable(tolist) else raw


def elements(raw: Any) -> list[Any] | None:
    """Return the elements of a sequence or of a NumPy or torch array, None if ``raw`` is neither."""
    if type(raw) is tuple:  # what exact solvers return: the usual case first
        return list(cast("tuple[Any, ...]", raw))
    plain = unarray(raw)
    if not isinstance(plain, Sequence) or isinstance(plain, str):
        return None
    return list(cast("Sequence[Any]", plain))


def reduced(x: Real) -> Real:
    """Return a whole fraction as the int it is."""
    return x.numerator if isinstance(x, Fraction) and x.denominator == 1 else x


def agree(a: Real, b: Real) -> bool:
    """Say whether two numbers are one: exactly, or up to float noise where a float is involved.

    >>> agree(Fraction(1, 10), 0.1), agree(1, Fraction(1000000001, 1000000000))
    (True, False)
    """
    if not (isinstance(a, float) or isinstance(b, float)):
        return a == b
    try:
        x, y = float(a), float(b)
    except OverflowError:
        return False
    return abs(x - y) <= AGREE_ATOL + AGREE_RTOL * max(abs(x), abs(y))


def json_number(x: Real) -> int | float | str:
    """Return ``x`` in JSON types: a fraction as ``"3/2"``."""
    return str(x) if isinstance(x, Fraction) else x


def stored_number(data: Any) -> Real:
    """Return the number that :func:`json_number` wrote. Raises TypeError or ValueError."""
    if isinstance(data, str):
        if not _STORED.fullmatch(data):
            raise ValueError(f'a fraction is stored as "3/2", not as {data[:40]!r}')
        return real(Fraction(data))
    return real(data)


def latex_number(x: Any, style: Style = "auto", digits: int = DIGITS) -> str:
    r"""Return ``x`` as LaTeX for math mode.

    ``auto`` prints a fraction as a decimal if that is exact with at most six places, else as a
    ``\frac`` with the sign in front; ``frac`` never as a decimal; ``decimal`` rounds it. Rounded numbers,
    and floats in every style, have ``digits`` significant digits without trailing zeros.

    >>> latex_number(Fraction(-7, 4)), latex_number(Fraction(-2, 3)), latex_number(1.2e-5)
    ('-1.75', '-\\frac{2}{3}', '1.2\\cdot 10^{-5}')
    """
    number = real(x)
    if isinstance(number, int):
        return str(number)
    if isinstance(number, Fraction) and style != "decimal":
        short = None if style == "frac" else exact_decimal(number)
        return short if short is not None else _latex_fraction(number)
    mantissa, exponent = _rounded(number, digits)
    if exponent == 0:
        return mantissa
    power = f"10^{{{exponent}}}"
    return {"1": power, "-1": "-" + power}.get(mantissa, rf"{mantissa}\cdot {power}")


def text_number(x: Any, digits: int | None = None) -> str:
    """Return ``x`` as plain text that reads back as the same number.

    A float is marked by ``~``, because 0.1 would read back as the fraction 1/10. With ``digits`` a
    float is rounded instead, for people, and carries no mark.

    >>> text_number(Fraction(7, 4)), text_number(Fraction(1, 3)), text_number(0.1)
    ('1.75', '1/3', '~0.1')
    >>> text_number(1 / 30000, digits=3)
    '3.33e-5'
    """
    number = real(x)
    if isinstance(number, int):
        return str(number)
    if isinstance(number, Fraction):
        short = exact_decimal(number)
        return short if short is not None else str(number)
    if digits is None:
        return f"~{number!r}"
    mantissa, exponent = _rounded(number, digits)
    return f"{mantissa}e{exponent}" if exponent else mantissa


def exact_decimal(x: Fraction, places: int = DECIMALS) -> str | None:
    """Return ``x`` as a decimal if at most ``places`` places write it exactly, else None.

    >>> exact_decimal(Fraction(-1, 8)), exact_decimal(Fraction(1, 3))
    ('-0.125', None)
    """
    unit = 10**places
    if unit % x.denominator:
        return None
    whole, part = divmod(abs(x.numerator) * (unit // x.denominator), unit)
    digits = f"{part:0{places}d}".rstrip("0") if places else ""
    return ("-" if x < 0 else "") + str(whole) + ("." + digits if digits else "")


def _latex_fraction(x: Fraction) -> str:
    return ("-" if x < 0 else "") + rf"\frac{{{abs(x.numerator)}}}{{{x.denominator}}}"


def _rounded(x: Fraction | float, digits: int) -> tuple[str, int]:
    """Return mantissa and power of ten of ``x`` rounded half up; power 0 means it is written plainly."""
    context = Context(prec=digits, rounding=ROUND_HALF_UP)
    if isinstance(x, float):
        number = Decimal(repr(x))  # the digits that people see, not the binary value beneath them
        short = context.plus(number)
        lossless = short == number
    else:
        short, lossless = context.divide(Decimal(x.numerator), Decimal(x.denominator)), False
    power = short.adjusted() if short else 0
    if power < _TINY or power >= (_HUGE if lossless else digits):
        short = short.scaleb(-power)
    else:
        power = 0
    plain = f"{short:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain), power
