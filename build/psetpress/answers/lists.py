"""Lists as students write them: brackets, rows, and entries between commas, ampersands or spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from psetpress.answers.arithmetic import read_number
from psetpress.answers.base import Unreadable, quote
from psetpress.answers.numbers import Real
from psetpress.answers.plain import MAX_DEPTH

MAX_ENTRIES = 2500
"""Of a matrix or signal: 50 x 50, more than anyone writes by hand."""

_CLOSES = {"(": ")", "[": "]", "{": "}"}
_WRAPPER = re.compile(r"(?:[A-Za-z]+\.)?(?:array|tensor|asarray|matrix|Matrix|Tensor)\s*(?=\()")
_DTYPE = re.compile(r",\s*(?:dtype|device|requires_grad)\s*=\s*[\w.'\":]+")


def split(text: str, separators: str) -> list[str]:
    """Return the stripped pieces of ``text`` between ``separators`` that stand outside all brackets.

    >>> split("1, (2, 3), 4", ",")
    ['1', '(2, 3)', '4']

    Raises :class:`Unreadable` where brackets do not match.
    """
    pieces, start = list[str](), 0
    awaited: list[str] = []
    for position, sign in enumerate(text):
        if sign in _CLOSES:
            awaited.append(_CLOSES[sign])
            if len(awaited) > MAX_DEPTH:
                raise Unreadable(f"brackets are nested deeper than {MAX_DEPTH}")
        elif sign in ")]}":
            if not awaited or awaited.pop() != sign:
                raise Unreadable(f'a "{sign}" closes nothing')
        elif not awaited and sign in separators:
            pieces.append(text[start:position].strip())
            start = position + 1
    if awaited:
        raise Unreadable(f'a "{awaited[-1]}" is missing')
    return [*pieces, text[start:].strip()]


def inside(text: str) -> str | None:
    """Return what stands between the brackets around the whole of ``text``, None if there are none.

    >>> inside("[1, 2]"), inside("(1)(2)")
    ('1, 2', None)

    Raises :class:`Unreadable` where brackets are nested too deep.
    """
    if len(text) < 2 or _CLOSES.get(text[0]) != text[-1]:
        return None
    depth = 0
    for position, sign in enumerate(text):
        depth += (sign in _CLOSES) - (sign in ")]}")
        if depth > MAX_DEPTH:
            raise Unreadable(f"brackets are nested deeper than {MAX_DEPTH}")
        if depth == 0:
            return text[1:-1].strip() if position == len(text) - 1 else None
    return None


def is_list(text: str) -> bool:
    """Say whether ``text`` is a bracketed list; parentheses around one number are arithmetic."""
    body = inside(text)
    return body is not None and (text[0] != "(" or len(split(body, ",;")) > 1 or inside(body) is not None)


def items(text: str) -> list[str]:
    """Return the entries of one row: between commas, else ampersands, else spaces. Raises :class:`Unreadable`.

    >>> items("1, 2 + 3, 4"), items("1 -2 3")
    (['1', '2 + 3', '4'], ['1', '-2', '3'])
    """
    for separator in (",", "&"):
        pieces = split(text, separator)
        if len(pieces) > 1:
            if not pieces[-1]:
                del pieces[-1]  # as in "1, 2,"
            if "" in pieces:
                raise Unreadable(f'beside a "{separator}" an entry is missing')
            return pieces
    return [piece for piece in split(text, " \n") if piece]


def rows(text: str) -> list[list[str]]:
    """Return the entries of a matrix by rows: nested brackets, or rows between semicolons or line breaks.

    >>> rows("[[1, 2], [3, 4]]") == rows("1 2; 3 4") == rows("array([[1, 2],[3, 4]])")
    True

    Raises :class:`Unreadable`.
    """
    text = _unwrapped(text)
    pieces = [piece for piece in split(text, ",; \n") if piece]
    if pieces == [text] and is_list(text):
        return rows(inside(text) or "")
    if pieces and all(is_list(piece) for piece in pieces):
        return [items(inside(piece) or "") for piece in pieces]
    return [items(line) for line in split(text, ";\n") if line]


def numbers(entries: Sequence[str]) -> tuple[Real, ...]:
    """Return the numbers that ``entries`` stand for. Raises :class:`Unreadable` with the entry."""
    if len(entries) > MAX_ENTRIES:
        raise Unreadable(f"{len(entries)} entries are too many (at most {MAX_ENTRIES})")
    return tuple(_number(entry) for entry in entries)


def _number(entry: str) -> Real:
    try:
        return read_number(entry)
    except Unreadable as reason:
        raise Unreadable(f"in the entry {quote(entry)}, {reason}") from None


def _unwrapped(text: str) -> str:
    """Return what NumPy and torch print without the words around it."""
    found = _WRAPPER.match(text)
    if found is None:
        return text
    return inside(_DTYPE.sub("", text[found.end() :]).strip()) or text
