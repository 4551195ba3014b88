"""Expressions: formulas in named symbols."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar

from psetpress.answers import points, symbolic
from psetpress.answers.base import Kind, Match, Unreadable
from psetpress.answers.formula import Formula, formula
from psetpress.answers.printing import latex, normal
from psetpress.answers.tokens import FUNCTIONS

_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")


@dataclass(frozen=True)
class Expression(Kind[str]):
    """A formula in ``symbols``, which are case-sensitive and stand for positive quantities.

    The canonical value is the formula in normal form. Two formulas are equal if they give the same at
    many points (:mod:`psetpress.answers.points`) and, where both are rational functions of bearable degree,
    if polynomial arithmetic says so (:mod:`psetpress.answers.symbolic`).

    >>> Expression(("W", "P", "K", "S")).parse("⌊(W+2P−K)/S⌋+1")
    'floor((W + 2*P - K)/S) + 1'
    """

    name: ClassVar[str] = "expression"
    noun: ClassVar[str] = "an expression"

    symbols: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "symbols", tuple(self.symbols))
        for symbol in self.symbols:
            if not _SYMBOL.fullmatch(symbol) or symbol in FUNCTIONS:
                raise ValueError(f"Expression: {symbol!r} cannot name a symbol")
        if len(set(self.symbols)) < len(self.symbols):
            raise ValueError(f"Expression: a symbol stands twice in {self.symbols!r}")

    @property
    def accepts(self) -> str:
        """What a response may look like, with the symbols."""
        functions = "with + - * / ^, parentheses, floor, ceil, sqrt, exp, log and abs"
        if not self.symbols:
            return f"a formula {functions}"
        return f"a formula in {', '.join(self.symbols)} {functions}; capital and small letters differ"

    @property
    def tolerance(self) -> str:
        """Every equal formula is right."""
        return "any equal formula"

    def value(self, raw: Any) -> str:
        """Return a string, an exact number or a SymPy expression in normal form. Raises TypeError or ValueError."""
        if not (isinstance(raw, str | int | Fraction) or hasattr(raw, "free_symbols")) or isinstance(raw, bool):
            raise TypeError(f"Expression: a formula is wanted, not {raw!r} ({type(raw).__name__})")
        try:
            return self.read(str(raw))
        except Unreadable as reason:
            raise ValueError(f"Expression: cannot read {str(raw)[:80]!r}: {reason}") from None

    def latex(self, value: str) -> str:
        """Return LaTeX in the order in which the formula is written."""
        return latex(self._formula(value))

    def text(self, value: str) -> str:
        """Return the normal form."""
        return value

    def read(self, text: str) -> str:
        """Return the normal form of ``text``, which is a formula of bearable length itself."""
        form = normal(self._formula(text))
        self._formula(form)
        return form

    def match(self, value: str, response: str) -> Match:
        """Compare as formulas; says a point at which they differ."""
        if value == response:
            return Match(True, "the same formula")
        return _compared(value, response, self.symbols)

    def agrees(self, value: str, other: str) -> bool:
        """Compare as formulas."""
        return self.match(value, other).ok is True

    def perturb(self, value: str) -> str:
        """Return the formula plus one."""
        return self.read(f"{value} + 1")

    def to_json(self, value: str) -> str:
        """Return the normal form."""
        return value

    def restore(self, data: Any) -> str:
        """Return the normal form."""
        if not isinstance(data, str):
            raise TypeError("a string is wanted")
        return self.read(data)

    def _formula(self, text: str) -> Formula:
        return formula(text, self.symbols)


@lru_cache(maxsize=4096)  # a class answers in few ways, and each comparison costs milliseconds
def _compared(value: str, response: str, symbols: tuple[str, ...]) -> Match:
    a, b = formula(value, symbols), formula(response, symbols)
    found = points.compare(a, b)
    if found.difference is None and (proof := symbolic.identical(a, b)) is not None:
        return Match(proof, f"symbolically {'equal' if proof else 'different'}")
    return Match(found.equal, found.says())
