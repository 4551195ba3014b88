"""What goes into a shard and what comes out of it: plain values, which travel between processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from psetpress.latex import Document


@dataclass(frozen=True)
class Job:
    """A document to be made under a name, such as ``student/handout``, that no other of the bundle bears."""

    name: str
    document: Document


class Box(NamedTuple):
    """A place on paper that belongs to a part: page from 1, corners in PDF points from the lower left of the page."""

    part: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float


class Piece(NamedTuple):
    """What lies between two good places for a page break: its key and number, and two lengths.

    ``lead`` is the space above it, unless it begins a page, and ``height`` its own, both in sp (65536 to a
    TeX point). A piece higher than a page is as high as the pages that it takes.
    """

    key: str
    number: int
    lead: int
    height: int


@dataclass(frozen=True)
class Made:
    """A finished job: the PDF, LaTeX's complaints and the places of its parts; or the error and no PDF."""

    name: str
    pdf: bytes = b""
    pages: int = 0
    overfull: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    error: str = ""
