"""Shapes: the sizes of a tensor, in the order that the question states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, TypeAlias

from psetpress.answers import lists
from psetpress.answers.arithmetic import read_number
from psetpress.answers.base import Kind, Match, Unreadable, quote
from psetpress.answers.numbers import elements, integer, text_number
from psetpress.answers.plain import plain

Sizes: TypeAlias = tuple[int, ...]

MAX_SIZES = 16
"""Axes of a tensor."""

_SIZE = re.compile(r"(?:torch\.)?Size\s*(?=[(\[])")
_CROSS = re.compile(r"(?<=[0-9)\s])[xX](?=[\s(0-9])|\bby\b")
_PRODUCT = re.compile(r"[0-9]+(?:\s?\*\s?[0-9]+)+")


@dataclass(frozen=True)
class Shape(Kind[Sizes]):
    """The sizes of a tensor, exact and in order; each may be left as a computation.

    >>> Shape().parse("28/2 x 28/2 x 10")
    (14, 14, 10)
    """

    name: ClassVar[str] = "shape"
    noun: ClassVar[str] = "a shape"

    @property
    def accepts(self) -> str:
        """What a response may look like."""
        return 'whole sizes such as "14 x 14 x 10", "(14, 14, 10)" or "28/2 x 28/2 x 10"'

    def value(self, raw: Any) -> Sizes:
        """Return a sequence of ints, or a single int, as sizes. Raises TypeError or ValueError."""
        sizes = elements(raw)
        try:
            return _sizes([raw] if sizes is None else sizes)
        except (TypeError, ValueError) as reason:
            raise type(reason)(f"Shape: ints are wanted, not {raw!r}: {reason}") from None

    def latex(self, value: Sizes) -> str:
        r"""Return the sizes joined by ``\times``."""
        return r" \times ".join(map(str, value))

    def text(self, value: Sizes) -> str:
        """Return the sizes joined by "x"."""
        return " x ".join(map(str, value))

    def read(self, text: str) -> Sizes:
        """Return the sizes; behind ``=`` their product may stand.

        A bare product such as 7*7*10 is refused: it may mean three sizes, or the single size 490.
        """
        source, *products = [side.strip() for side in plain(text).split("=")]
        if products and source.isalpha():  # as in "shape = (14, 14, 10)"
            source, *products = products
        sizes = tuple(_size(piece) for piece in _pieces(source))
        for product in products:
            if read_number(product) != prod(sizes):
                raise Unreadable(f"the sizes multiply to {prod(sizes)}, not to {quote(product, 20)}")
        return sizes

    def match(self, value: Sizes, response: Sizes) -> Match:
        """Compare exactly; says the first size that differs."""
        if response == value:
            return Match(True, "all sizes right")
        if len(response) != len(value):
            return Match(False, f"{_count(value)} expected, read {_count(response)} ({self.text(response)})")
        first = next(i for i, (a, b) in enumerate(zip(value, response, strict=True)) if a != b)
        return Match(False, f"size {first + 1} of {len(value)} wrong, where {response[first]} was read")

    def agrees(self, value: Sizes, other: Sizes) -> bool:
        """Compare exactly."""
        return value == other

    def perturb(self, value: Sizes) -> Sizes:
        """Return the shape with a larger last size."""
        return (*value[:-1], value[-1] + 1)

    def trivial(self, value: Sizes) -> str | None:
        """Refuse a tensor without elements."""
        return None if all(size > 0 for size in value) else "the shape of an empty tensor"

    def to_json(self, value: Sizes) -> list[int]:
        """Return the sizes."""
        return list(value)

    def restore(self, data: Any) -> Sizes:
        """Return the sizes."""
        sizes = elements(data)
        if sizes is None:
            raise TypeError("a list of ints is wanted")
        return _sizes(sizes)


def _sizes(raw: Iterable[Any]) -> Sizes:
    sizes = tuple(integer(size) for size in raw)
    if not sizes:
        raise ValueError("there are no sizes")
    return sizes


def _pieces(text: str) -> Sequence[str]:
    """Return the text of every size."""
    text = _SIZE.sub("", text, count=1)
    while (body := lists.inside(text)) is not None:
        text = body
    if _PRODUCT.fullmatch(text):
        several = " x ".join(re.findall("[0-9]+", text))
        raise Unreadable(f"{quote(text)} may be several sizes or one: write {several}, or the product's value")
    pieces = lists.split(_CROSS.sub("×", text), "×,")
    if len(pieces) > 1 and not pieces[-1] and text.endswith(","):
        del pieces[-1]  # as in (490,)
    if "" in pieces:
        raise Unreadable("a size is missing" if text else "nothing is written")
    if len(pieces) > MAX_SIZES:
        raise Unreadable(f"{len(pieces)} sizes are too many (at most {MAX_SIZES})")
    return pieces


def _size(piece: str) -> int:
    try:
        number = read_number(piece)
    except Unreadable as reason:
        raise Unreadable(f"in the size {quote(piece, 30)}, {reason}") from None
    if not isinstance(number, int):
        raise Unreadable(f"the size {quote(piece, 30)} is {text_number(number, digits=6)}, which is not whole")
    return number


def _count(sizes: Sizes) -> str:
    return "1 size" if len(sizes) == 1 else f"{len(sizes)} sizes"
