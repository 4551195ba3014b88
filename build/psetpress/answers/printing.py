"""Formulas as plain text (their normal form) and as LaTeX, in the order in which they were written."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from psetpress.answers.formula import Formula, Operator, fold
from psetpress.answers.numbers import exact_decimal, latex_number
from psetpress.answers.plain import GREEK

_SUM, _QUOTIENT, _PRODUCT, _SIGNED, _BUILT, _ATOM = range(6)
"""How tightly a piece holds together; a power, and a fraction in LaTeX, is built."""

_AROUND: Mapping[str, tuple[str, str]] = {
    "floor": (r"\left\lfloor ", r"\right\rfloor"),
    "ceil": (r"\left\lceil ", r"\right\rceil"),
    "abs": (r"\left|", r"\right|"),
    "sqrt": (r"\sqrt{", "}"),
    "exp": (r"\exp\left(", r"\right)"),
    "log": (r"\ln\left(", r"\right)"),
}


class Piece(NamedTuple):
    """A printed part of a formula and how tightly it holds together."""

    text: str
    level: int

    @property
    def signed(self) -> bool:
        """Whether it starts with a minus sign, which may not follow another operator."""
        return self.text.startswith("-")


class Plain:
    """The algebra that prints plain text, with no more parentheses than it needs."""

    def number(self, value: Fraction) -> Piece:
        """Return a decimal, or scientific notation where that is long."""
        short = exact_decimal(value)
        if short is None or len(short) > 20:
            context = Context(prec=3000)  # no number of a formula has more digits
            short = str(context.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize(context))
        return Piece(short.lower(), _ATOM)

    def symbol(self, name: str) -> Piece:
        """Return the name."""
        return Piece(name, _ATOM)

    def negative(self, x: Piece) -> Piece:
        """Return ``-x``."""
        return Piece("-" + _wrap(x, _BUILT if x.signed else _PRODUCT, "()"), _SIGNED)

    def binary(self, operator: Operator, a: Piece, b: Piece) -> Piece:
        """Return the operation, sums with spaces, all else tight."""
        if operator in "+-":
            return Piece(f"{a.text} {operator} {_right(b, operator, '()')}", _SUM)
        if operator == "^":
            return Piece(f"{_wrap(a, _ATOM, '()')}^{_wrap(b, _ATOM, '()')}", _BUILT)
        left = _wrap(a, _QUOTIENT, "()")
        if operator == "/":
            return Piece(f"{left}/{_wrap(b, _BUILT, '()')}", _QUOTIENT)
        right = _wrap(b, _BUILT if b.signed else _PRODUCT, "()")
        return Piece(f"{left}*{right}", _QUOTIENT if a.level == _QUOTIENT else _PRODUCT)

    def call(self, function: str, x: Piece) -> Piece:
        """Return the call."""
        return Piece(f"{function}({x.text})", _ATOM)


class Latex:
    r"""The algebra that prints LaTeX for math mode: ``\frac`` for ``/``, thin products, stretching brackets."""

    def number(self, value: Fraction) -> Piece:
        """Return a decimal."""
        text = latex_number(value)
        return Piece(text, _PRODUCT if "cdot" in text else _ATOM)

    def symbol(self, name: str) -> Piece:
        """Return the symbol with its subscript."""
        return Piece(latex_symbol(name), _ATOM)

    def negative(self, x: Piece) -> Piece:
        """Return ``-x``."""
        return Piece("-" + _wrap(x, _BUILT if x.signed else _PRODUCT, _STRETCHED), _SIGNED)

    def binary(self, operator: Operator, a: Piece, b: Piece) -> Piece:
        """Return the operation."""
        if operator in "+-":
            return Piece(f"{a.text} {operator} {_right(b, operator, _STRETCHED)}", _SUM)
        if operator == "/":
            return Piece(rf"\frac{{{a.text}}}{{{b.text}}}", _BUILT)
        if operator == "^":
            return Piece(f"{_wrap(a, _ATOM, _STRETCHED)}^{{{b.text}}}", _BUILT)
        left = _wrap(a, _PRODUCT, _STRETCHED)
        right = _wrap(b, _BUILT if b.signed else _PRODUCT, _STRETCHED)
        return Piece(left + (r" \cdot " if right[0].isdigit() else " ") + right, _PRODUCT)

    def call(self, function: str, x: Piece) -> Piece:
        """Return the function or its brackets."""
        before, after = _AROUND[function]
        return Piece(before + x.text + after, _BUILT if function in ("exp", "log") else _ATOM)


_STRETCHED = (r"\left(", r"\right)")


@lru_cache(maxsize=4096)
def normal(parsed: Formula) -> str:
    """Return plain text that reads as a formula of the same normal form.

    >>> from psetpress.answers.formula import formula
    >>> normal(formula("((2P)) (K-1)/S", ("K", "P", "S")))
    '2*P*(K - 1)/S'
    """
    return fold(parsed, Plain()).text


@lru_cache(maxsize=4096)
def latex(parsed: Formula) -> str:
    r"""Return LaTeX for math mode.

    >>> from psetpress.answers.formula import formula
    >>> latex(formula("K**2*C*F", ("C", "F", "K")))
    'K^{2} C F'
    """
    return fold(parsed, Latex()).text


def latex_symbol(name: str) -> str:
    r"""Return a symbol as LaTeX: Greek letters by name, digits and what follows ``_`` as a subscript.

    >>> latex_symbol("sigma_l"), latex_symbol("n_in"), latex_symbol("g2")
    ('\\sigma_{l}', 'n_{\\mathrm{in}}', 'g_{2}')
    """
    base, _, below = name.partition("_")
    if not below and (stem := base.rstrip("0123456789")):
        base, below = stem, base[len(stem) :]
    return _letters(base) + (f"_{{{_letters(below)}}}" if below else "")


def _letters(word: str) -> str:
    if word in GREEK:
        return "\\" + word
    return word if len(word) == 1 or word.isdigit() else rf"\mathrm{{{word.replace('_', ',')}}}"


def _wrap(piece: Piece, level: int, brackets: tuple[str, str] | str) -> str:
    """Return the piece in brackets unless it holds together at ``level``."""
    return piece.text if piece.level >= level else brackets[0] + piece.text + brackets[1]


def _right(piece: Piece, operator: str, brackets: tuple[str, str] | str) -> str:
    """Return the right side of a sum or difference."""
    if piece.signed:
        return brackets[0] + piece.text + brackets[1]
    return _wrap(piece, _SUM if operator == "+" else _QUOTIENT, brackets)
