"""Equality of rational functions, decided by polynomial arithmetic (SymPy's sparse rings)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from typing import Any, NamedTuple

from psetpress.answers.base import Unreadable
from psetpress.answers.formula import Formula, Operator, fold

MAX_DEGREE = 16
"""Of numerator and denominator: what formulas of a few symbols need, worked out in milliseconds."""


def identical(a: Formula, b: Formula) -> bool | None:
    """Say whether two formulas are one rational function; None if one is none, or has too high a degree.

    With a = p/q and b = r/s the test is p*s == r*q, coefficient by coefficient.
    """
    symbols = sorted(a.symbols() | b.symbols())
    if not symbols:
        return None
    generators = _ring(len(symbols))
    quotients = _Quotients(generators[0], dict(zip(symbols, generators[1:], strict=True)))
    try:
        x, y = fold(a, quotients), fold(b, quotients)
    except Unreadable:
        return None
    return bool(x.above * y.below == y.above * x.below)


def _ring(count: int) -> Any:
    """Return the ring of rational polynomials in ``count`` variables, then the variables."""
    sympy: Any = import_module("sympy")
    names = [f"s{number}" for number in range(count)]  # SymPy never sees what a student wrote
    return sympy.ring(names, sympy.QQ)


class _Quotient(NamedTuple):
    """Numerator and denominator, bounds of their degrees, and the value of a number."""

    above: Any
    below: Any
    degrees: tuple[int, int]
    constant: Fraction | None = None


@dataclass(frozen=True)
class _Quotients:
    """The algebra of rational functions; degrees are bounded before a product is worked out."""

    ring: Any
    variables: Mapping[str, Any]

    def number(self, value: Fraction) -> _Quotient:
        return _Quotient(self.ring(value.numerator), self.ring(value.denominator), (0, 0), value)

    def symbol(self, name: str) -> _Quotient:
        return _Quotient(self.variables[name], self.ring(1), (1, 0))

    def negative(self, x: _Quotient) -> _Quotient:
        return x._replace(above=-x.above, constant=None if x.constant is None else -x.constant)

    def binary(self, operator: Operator, a: _Quotient, b: _Quotient) -> _Quotient:
        if operator == "^":
            return self._power(a, b.constant)
        if operator == "-":
            return self.binary("+", a, self.negative(b))
        if operator == "/":
            return self.binary("*", a, _turned(b))
        (p, q), (r, s) = a.degrees, b.degrees
        degrees = _bounded(p + r if operator == "*" else max(p + s, r + q), q + s)
        if operator == "*":
            return _Quotient(a.above * b.above, a.below * b.below, degrees)
        return _Quotient(a.above * b.below + b.above * a.below, a.below * b.below, degrees)

    def call(self, function: str, x: _Quotient) -> _Quotient:
        raise Unreadable(f"{function} is no rational function")

    def _power(self, base: _Quotient, exponent: Fraction | None) -> _Quotient:
        if exponent is None or exponent.denominator != 1 or abs(exponent) > MAX_DEGREE:
            raise Unreadable("only small whole powers are rational functions of bearable degree")
        if exponent < 0:
            return self._power(_turned(base), -exponent)
        n = int(exponent)
        degrees = _bounded(n * base.degrees[0], n * base.degrees[1])
        return _Quotient(base.above**n, base.below**n, degrees)


def _turned(x: _Quotient) -> _Quotient:
    if not x.above:
        raise Unreadable("it divides by zero")
    return _Quotient(x.below, x.above, (x.degrees[1], x.degrees[0]))


def _bounded(above: int, below: int) -> tuple[int, int]:
    if max(above, below) > MAX_DEGREE:
        raise Unreadable("the degree is too high")
    return above, below
