r"""Whose paper it is: name, id and section at the head of every page, the code that leads back at its foot.

A handout and a key know their owner by ``\student`` and ``\studentcode`` of the course class, which move
nothing else on the page: a document has the same pages with an owner and without.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, overload

from psetpress import tex
from psetpress.latex import Document
from psetpress.legible import legible, spelled

if TYPE_CHECKING:
    from psetpress.templates import Origin

_BEGIN = "\\begin{document}"
_UNNAMED = re.compile(r"\\hander\{(?:Your )?[Nn]ame\}\{\}")
"""The line that waits for the name of one who hands in alone."""

_LINE = re.compile(r"\S.{0,109}(?!\S)")
"""A line of whole words."""

_TITLE = 400
"""Characters of name and id in the title that a PDF viewer shows."""


@dataclass(frozen=True)
class Owner:
    """A student, and the code on the student's papers.

    ``symbol`` is the QR symbol of the code, a square of rows from the top, true where it is dark, without
    quiet zone: the margin of the page around it is wide enough. All but ``id`` may be empty.
    """

    id: str
    name: str = ""
    section: str = ""
    code: str = ""
    symbol: Sequence[Sequence[bool]] = ()


def owned(document: Document, owner: Owner) -> Document:
    """Return ``document`` as the copy of ``owner``; messages about its lines still lead to their templates."""
    head, begin, body = document.main.partition(_BEGIN)
    lines = [*_lines(owner)]
    known = "".join(f"{line}\n" for line in lines)
    if legible(owner.name):
        body = _UNNAMED.sub(lambda line: rf"{line[0][:-2]}{{\studentname}}", body, count=1)
    main = f"{head}{known}{begin}{body}"
    return dataclasses.replace(document, main=main, origins=_Origins(document.origins, head.count("\n"), len(lines)))


@dataclass(frozen=True, repr=False)
class _Origins(Sequence["Origin | None"]):
    """The origins of a document's lines when ``more`` lines that no template wrote stand before line ``before``.

    Only who explains an error asks, so the document's own are not looked at before: reading them off takes longer
    than all else that is done for an owner.
    """

    document: Sequence[Origin | None]
    before: int
    more: int

    @cached_property
    def _all(self) -> list[Origin | None]:
        if not self.document:
            return []
        return [*self.document[: self.before], *([None] * self.more), *self.document[self.before :]]

    @overload
    def __getitem__(self, index: int) -> Origin | None: ...
    @overload
    def __getitem__(self, index: slice) -> list[Origin | None]: ...
    def __getitem__(self, index: int | slice) -> Origin | list[Origin | None] | None:
        """Return the origin of a line, or those of several."""
        return self._all[index]

    def __len__(self) -> int:
        """Return the number of lines; 0 if no origin is known."""
        return len(self._all)


def _lines(owner: Owner) -> Iterator[str]:
    """Yield the lines of the preamble that know the owner."""
    yield rf"\student{{{legible(owner.name)}}}{{{spelled(owner.id)}}}{{{spelled(owner.section)}}}"
    who = f"{owner.name} ({owner.id})" if owner.name.strip() else owner.id
    yield rf"\studenttitle{{{tex.escape_unseen(who[:_TITLE])}}}"
    if owner.code:
        yield rf"\studentcode{{{tex.escape(owner.code)}}}{{{len(owner.symbol)}}}{{%"
        yield from _drawn(tuple(map(tuple, owner.symbol)))
        yield "}"


@lru_cache(maxsize=16)
def _drawn(symbol: tuple[tuple[bool, ...], ...]) -> list[str]:
    """Return the lines that draw a symbol, which all papers of a student share."""
    return _LINE.findall(path(symbol))


def path(symbol: Sequence[Sequence[bool]]) -> str:
    """Return the dark modules of a symbol as rectangles of a PDF path, in modules from the lower left corner.

    >>> path([[True, True], [False, True]])
    '0 1 2 1 re 1 0 1 1 re'
    """
    return " ".join(_rectangles(symbol))


def _rectangles(symbol: Sequence[Sequence[bool]]) -> Iterator[str]:
    for height, row in zip(reversed(range(len(symbol))), symbol, strict=True):
        start = 0
        for dark, run in groupby(row, bool):
            width = len([*run])
            if dark:
                yield f"{start} {height} {width} 1 re"
            start += width
