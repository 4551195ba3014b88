"""Numbers as students write them: decimals, fractions, scientific notation, and bounded arithmetic."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from psetpress.answers.base import Unreadable
from psetpress.answers.formula import Operator, fold, formula
from psetpress.answers.numbers import Real, reduced
from psetpress.answers.plain import plain

MAX_BITS = 4096
"""Of a numerator or denominator: over 1200 digits, yet every operation on them takes microseconds."""
MAX_EXPONENT = 1000

_ABOUT = re.compile(r"=? ?~")
_FLOATING: Mapping[str, Callable[[float], float]] = {"sqrt": math.sqrt, "exp": math.exp, "log": math.log}
_EXACT_AT: Mapping[tuple[str, Real], int] = {("exp", 0): 1, ("log", 1): 0}


@dataclass(frozen=True)
class Numbers:
    """The algebra of numbers: exact as long as it can be, floats after a root, ``exp`` or ``log``."""

    values: Mapping[str, Real] = field(default_factory=dict[str, Real])

    def number(self, value: Fraction) -> Real:
        """Return ``value``, as an int if it is whole."""
        return _bounded(value)

    def symbol(self, name: str) -> Real:
        """Return what the symbol stands for."""
        return math.pi if name == "pi" and name not in self.values else self.values[name]

    def negative(self, x: Real) -> Real:
        """Return ``-x``."""
        return -x

    def binary(self, operator: Operator, a: Real, b: Real) -> Real:
        """Return ``a operator b``. Raises :class:`Unreadable` without a real, bearable result."""
        try:
            return _bounded(_OPERATIONS[operator](a, b))
        except ZeroDivisionError:
            raise Unreadable("it divides by zero") from None
        except OverflowError:
            raise Unreadable("its value is too large") from None

    def call(self, function: str, x: Real) -> Real:
        """Return ``function(x)``. Raises :class:`Unreadable` outside the function's domain."""
        try:
            return _bounded(_call(function, x))
        except OverflowError:
            raise Unreadable("its value is too large") from None
        except ValueError:
            raise Unreadable(f"{function} of {float(x):g} is not a real number") from None


def read_number(text: str) -> Real:
    """Return the number that ``text`` stands for; ``~`` in front makes it a float, ``%`` behind a share.

    >>> read_number("3×3×10×10 + 10"), read_number("7/4"), read_number("1.5e-2"), read_number("~0.1")
    (910, Fraction(7, 4), Fraction(3, 200), 0.1)
    >>> read_number("75 %")
    Fraction(3, 4)

    Raises :class:`Unreadable`.
    """
    source = plain(text)
    exact = source.removeprefix("~")
    digits = exact.removesuffix("percent").rstrip().removesuffix("%")
    number = fold(formula(digits), Numbers())
    share = number if digits == exact else reduced(number * Fraction(1, 100))
    try:
        return share if exact == source else float(share)
    except OverflowError:
        raise Unreadable("its value is too large") from None


def read_sides(text: str) -> tuple[Real, ...]:
    """Return the numbers of a chain of equations, at least one.

    >>> read_sides("3*3*10 + 10 = 100"), read_sides("= 5")
    ((100, 100), (5,))

    Raises :class:`Unreadable`.
    """
    sides = [side.strip() for side in _ABOUT.sub("=~", plain(text)).split("=")]
    if len(sides) > 1 and not sides[0]:
        del sides[0]
    if len(sides) > 1 and "" in sides:
        raise Unreadable('beside "=" something is missing')
    return tuple(read_number(side) for side in sides)


def _power(base: Real, exponent: Real) -> Real:
    if abs(exponent) > MAX_EXPONENT:
        raise Unreadable(f"an exponent is too large (at most {MAX_EXPONENT})")
    if isinstance(exponent, int):
        if not isinstance(base, float):
            return _whole_power(base, exponent)
        return base**exponent
    if exponent == Fraction(1, 2):
        return _call("sqrt", base) if base >= 0 else _no_root(base)
    if base < 0:
        return _no_root(base)
    return float(base) ** float(exponent)


def _no_root(base: Real) -> Real:
    raise Unreadable(f"a broken power of {float(base):g} is not a real number")


def _whole_power(base: int | Fraction, exponent: int) -> Real:
    """Return an exact power. Raises OverflowError before it is worked out if it were too large."""
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if bits > 1 and bits * abs(exponent) > 2 * MAX_BITS:
        raise OverflowError
    return Fraction(base) ** exponent


def _quotient(a: Real, b: Real) -> Real:
    return a / b if isinstance(a, float) or isinstance(b, float) else Fraction(a) / b


_OPERATIONS: Mapping[Operator, Callable[[Real, Real], Real]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _quotient,
    "^": _power,
}


def _call(function: str, x: Real) -> Real:
    if function == "floor":
        return math.floor(x)
    if function == "ceil":
        return math.ceil(x)
    if function == "abs":
        return abs(x)
    if function == "sqrt" and not isinstance(x, float) and x >= 0:
        root = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
        if root * root == x:
            return root
    known = _EXACT_AT.get((function, x))
    return known if known is not None and not isinstance(x, float) else _FLOATING[function](float(x))


def _bounded(x: Real) -> Real:
    """Return ``x`` in lowest form. Raises OverflowError for what is too large to work with."""
    if isinstance(x, float):
        if not math.isfinite(x):
            raise OverflowError
        return x + 0.0
    if max(x.numerator.bit_length(), x.denominator.bit_length()) > MAX_BITS:
        raise OverflowError
    return reduced(x)
