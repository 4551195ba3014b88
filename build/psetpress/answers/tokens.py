"""The pieces of a formula: numbers, known names and signs, with every multiplication written out.

Two operands side by side are a product (``2P``, ``K^2 C F``, ``2(K-1)``) where that can be read in only one
way; ``1/2P`` is refused, and so are two numbers side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from psetpress.answers.base import Unreadable, quote
from psetpress.answers.plain import MAX_DEPTH
from psetpress.errors import nearest

FUNCTIONS = {"floor": "floor", "ceil": "ceil", "ceiling": "ceil", "sqrt": "sqrt", "exp": "exp"} | {
    **{"log": "log", "ln": "log", "abs": "abs", "Abs": "abs"},
}
"""What a response may call, and the function that each name means (``log`` is natural)."""
MAX_TOKENS = 250
"""Numbers, symbols and signs of one formula: bounds the depth of its tree as well."""
MAX_POWER_OF_TEN = 400
"""Of a number in scientific notation: beyond every float."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>\*\*|[-+*/^()×]))"
)
_TIMES_X = re.compile(r"(?<=[0-9)\s])[xX](?=[\s(0-9.])")
_INFINITE = {"nan", "inf", "infinity", "infty", "oo"}


@dataclass(frozen=True)
class Token:
    """A piece of a formula in normal writing."""

    type: Literal["number", "symbol", "function", "sign"]
    text: str

    @property
    def ends(self) -> bool:
        """Whether an operand may end here."""
        return self.type in ("number", "symbol") or self.text == ")"

    @property
    def starts(self) -> bool:
        """Whether an operand may start here."""
        return self.type != "sign" or self.text == "("


_STAR = Token("sign", "*")


def tokenize(source: str, symbols: tuple[str, ...]) -> list[Token]:
    """Return the tokens of ``source`` with every multiplication written out. Raises :class:`Unreadable`.

    >>> [token.text for token in tokenize("2P", ("P",))]
    ['2', '*', 'P']
    """
    if not {"x", "X"} & set(symbols):
        source = _TIMES_X.sub("*", source)
    tokens: list[Token] = []
    divides = [False]  # per open parenthesis: does the running product divide by its last factor?
    for token in _lex(source, symbols):
        if tokens and tokens[-1].ends and token.starts:
            _check_juxtaposition(tokens[-1], token, divides[-1])
            tokens.append(_STAR)
        if token.text == ")" and tokens and tokens[-1].text == "(":
            raise Unreadable("the parentheses () are empty")
        tokens.append(token)
        _track_division(divides, token)
        if len(tokens) > MAX_TOKENS:
            raise Unreadable(f"it has more than {MAX_TOKENS} numbers and signs")
    if len(divides) > 1:
        raise Unreadable('a "(" is not closed')
    return tokens


def _track_division(divides: list[bool], token: Token) -> None:
    if token.text == "(":
        divides.append(False)
    elif token.text == ")":
        divides.pop()
    elif token.type == "sign" and token.text != "^":
        divides[-1] = token.text == "/"
    if not divides:
        raise Unreadable('a ")" has no "("')
    if len(divides) > MAX_DEPTH:
        raise Unreadable(f"brackets are nested deeper than {MAX_DEPTH}")


def _check_juxtaposition(left: Token, right: Token, divides: bool) -> None:
    both = f"{left.text} {right.text}"
    if right.type == "number":
        raise Unreadable(f"between {quote(both)} an operator is missing")
    if divides:
        raise Unreadable(f'after "/" the product {quote(both)} can be read in two ways: write parentheses and "*"')


def _lex(source: str, symbols: tuple[str, ...]) -> Iterator[Token]:
    position = 0
    while position < len(source):
        found = _TOKEN.match(source, position)
        if found is None:
            raise Unreadable(_stray(source[position:].lstrip()[0]))
        position = found.end()
        if (digits := found["number"]) is not None:
            yield Token("number", _bounded(digits))
        elif (name := found["name"]) is not None:
            yield from _named(name, symbols, calls=source[position:].lstrip().startswith("("))
        else:
            yield Token("sign", {"**": "^", "×": "*"}.get(found["sign"], found["sign"]))


def _stray(sign: str) -> str:
    known = {",": "a comma is no decimal point and groups no digits: write 3.5 and 1000", "=": 'one "=" too many'}
    return known.get(sign, f"{quote(sign)} is not understood")


def _bounded(digits: str) -> str:
    power = re.split("[eE]", digits)[1:]
    if power and (len(power[0]) > 5 or abs(int(power[0])) > MAX_POWER_OF_TEN):
        raise Unreadable(f"{quote(digits)} is too large or too small")
    return digits


def _named(name: str, symbols: tuple[str, ...], *, calls: bool) -> Iterator[Token]:
    """Return the tokens of a run of letters: a symbol, a function, or known symbols side by side."""
    if name in symbols:
        yield Token("symbol", name)
    elif name in FUNCTIONS:
        if not calls:
            raise Unreadable(f'"{name}" needs its argument in parentheses')
        yield Token("function", FUNCTIONS[name])
    elif name == "pi" and not symbols:
        yield Token("symbol", name)
    else:
        yield from (Token("symbol", part) for part in _split(name, symbols))


def _split(name: str, symbols: tuple[str, ...]) -> list[str]:
    """Return the only way to read ``name`` as a product of symbols: "CF" as C times F."""
    ways = [[""]] + [list[str]() for _ in name]  # ways to read the first letters, two at most
    for end in range(1, len(name) + 1):
        for symbol in symbols:
            if name[:end].endswith(symbol):
                ways[end] = (ways[end] + [f"{way}*{symbol}" for way in ways[end - len(symbol)]])[:2]
    if len(ways[-1]) > 1:
        first, second = (way[1:] for way in ways[-1])
        raise Unreadable(f"{quote(name)} can be read as {first} or {second}: write the products out")
    if not ways[-1]:
        raise Unreadable(_unknown(name, symbols))
    return ways[-1][0][1:].split("*")


def _unknown(name: str, symbols: tuple[str, ...]) -> str:
    if name.lower() in _INFINITE:
        return f"{quote(name)} is not a finite number"
    if not symbols:
        return f"{quote(name)} is no number and no known function"
    known = ", ".join(symbols)
    hint = nearest(name, symbols) or next((f' (did you mean "{s}"?)' for s in symbols if s.lower() == name.lower()), "")
    return f"{quote(name)} is no known symbol{hint}; known are {known}, capital and small letters differ"
