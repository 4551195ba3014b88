"""Formulas as data: a safe reader of arithmetic and symbols, and a fold over what it read.

Text is cut into tokens by one regular expression; numbers and symbols are put aside in a table and
replaced by place holders, so Python's own parser (``ast``) sees only place holders, operators,
parentheses and the few known functions. Nothing is ever evaluated by Python: :func:`fold` walks
the tree and hands each operation to an :class:`Algebra` (exact numbers, LaTeX, polynomials).
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Literal, Protocol, TypeVar

from psetpress.answers.base import Unreadable, quote
from psetpress.answers.plain import plain
from psetpress.answers.tokens import FUNCTIONS, Token, tokenize

MAX_LENGTH = 1000
"""Characters of one formula."""
Operator = Literal["+", "-", "*", "/", "^"]
T = TypeVar("T")

_OPERATORS: dict[type[ast.operator], Operator] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*"},
    **{ast.Div: "/", ast.Pow: "^"},
}


class Algebra(Protocol[T]):
    """What a formula can be folded into. Methods raise :class:`Unreadable` where a result has no meaning."""

    def number(self, value: Fraction) -> T:
        """Return a number of the formula."""
        ...

    def symbol(self, name: str) -> T:
        """Return a symbol of the formula."""
        ...

    def negative(self, x: T) -> T:
        """Return ``-x``."""
        ...

    def binary(self, operator: Operator, a: T, b: T) -> T:
        """Return ``a operator b``."""
        ...

    def call(self, function: str, x: T) -> T:
        """Return ``function(x)`` for a function among the values of :data:`psetpress.answers.tokens.FUNCTIONS`."""
        ...


@dataclass(frozen=True, eq=False)
class Formula:
    """What was read: numbers and symbols from left to right, and a tree whose names are their places."""

    leaves: tuple[Fraction | str, ...]
    tree: ast.expr = field(repr=False)

    def symbols(self) -> frozenset[str]:
        """Return the symbols that occur."""
        return frozenset(leaf for leaf in self.leaves if isinstance(leaf, str))

    def functions(self) -> frozenset[str]:
        """Return the functions that occur."""
        calls = (node.func for node in ast.walk(self.tree) if isinstance(node, ast.Call))
        return frozenset(name.id for name in calls if isinstance(name, ast.Name))


@lru_cache(maxsize=4096)
def formula(text: str, symbols: tuple[str, ...] = ()) -> Formula:
    """Read ``text`` with the given ``symbols``.

    >>> formula("2P(K-1)", ("K", "P")).leaves
    (Fraction(2, 1), 'P', 'K', Fraction(1, 1))

    Raises :class:`Unreadable` with the place and the reason.
    """
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"{quote(text, 20)} is too long ({len(text)} characters, at most {MAX_LENGTH})")
    tokens = tokenize(plain(text), symbols)
    if not tokens:
        raise Unreadable("nothing is written")
    return Formula(_leaves(tokens), _tree(tokens))


def fold(parsed: Formula, algebra: Algebra[T]) -> T:
    """Return what ``algebra`` makes of the formula, from the leaves up."""
    return _fold(parsed.tree, parsed.leaves, algebra)


def _fold(node: ast.AST, leaves: Sequence[Fraction | str], algebra: Algebra[T]) -> T:
    match node:
        case ast.Name(id=place):
            leaf = leaves[int(place[1:])]
            return algebra.symbol(leaf) if isinstance(leaf, str) else algebra.number(leaf)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return algebra.negative(_fold(inner, leaves, algebra))
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _fold(inner, leaves, algebra)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            a = _fold(left, leaves, algebra)
            return algebra.binary(_OPERATORS[type(op)], a, _fold(right, leaves, algebra))
        case ast.Call(func=ast.Name(id=function), args=[inner]) if function in FUNCTIONS:
            return algebra.call(function, _fold(inner, leaves, algebra))
        case _:
            raise Unreadable("this is not arithmetic")


def _leaves(tokens: Sequence[Token]) -> tuple[Fraction | str, ...]:
    return tuple(
        Fraction(token.text) if token.type == "number" else token.text
        for token in tokens
        if token.type in ("number", "symbol")
    )


def _tree(tokens: Sequence[Token]) -> ast.expr:
    """Let Python's parser order the operations; it sees place holders only."""
    source: list[str] = []
    count = 0
    for token in tokens:
        if token.type in ("number", "symbol"):
            source.append(f"_{count}")
            count += 1
        else:
            source.append("**" if token.text == "^" else token.text)
    try:
        return ast.parse(" ".join(source), mode="eval").body
    except SyntaxError:
        raise Unreadable(_incomplete(tokens)) from None


def _incomplete(tokens: Sequence[Token]) -> str:
    """Say where an operand is missing, the only thing that can still be wrong."""
    for left, right in zip(tokens, (*tokens[1:], None), strict=True):
        if not left.ends and left.text != "(" and (right is None or not (right.starts or right.text in "+-")):
            return f'after "{left.text}" something is missing'
        if left.text == "(" and right is not None and right.text in ("*", "/", "^"):
            return f'before "{right.text}" something is missing'
    return f'before "{tokens[0].text}" something is missing'
