"""What a bundle's run says of its documents, read from the file it writes beside the PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from psetpress.shards.jobs import Box, Piece

POINT = 72 / 72.27 / 65536
"""PDF points in an sp."""


@dataclass
class Facts:
    """What the run says of one document.

    ``info`` and the titles of ``bookmarks`` (level, destination, title) are PDF strings in parentheses.
    """

    pages: int = 0
    info: dict[str, str] = field(default_factory=dict[str, str])
    bookmarks: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])
    boxes: list[Box] = field(default_factory=list[Box])
    pieces: list[Piece] = field(default_factory=list[Piece])


def read(text: str) -> dict[int, Facts]:
    """Return the facts by the documents' numbers."""
    found: dict[int, Facts] = {}
    facts = Facts()
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "document":
            facts = found.setdefault(int(rest), Facts())
        else:
            _note(facts, kind, rest)
    return found


def _note(facts: Facts, kind: str, rest: str) -> None:
    match kind:
        case "pages":
            facts.pages = int(rest)
        case "bookmark":
            level, name, title = rest.split(" ", 2)
            facts.bookmarks.append((int(level), name, title))
        case "box":
            key, *numbers = rest.split(" ")
            if key[0].isdigit() and "+" not in key:  # the others lie between parts
                page, *lengths = map(int, numbers)
                facts.boxes.append(_box(key, page, lengths))
        case "piece":
            key, *numbers = rest.split(" ")
            facts.pieces.append(Piece(key, *map(int, numbers)))
        case _:
            facts.info[kind] = rest


def _box(key: str, page: int, lengths: Sequence[int]) -> Box:
    """Return a box from its upper left corner, width and height in sp."""
    x, y, width, height = lengths
    corners = (x, y - height, x + width, y)
    return Box(key, page, *(round(length * POINT, 3) for length in corners))


def places(boxes: list[Box]) -> tuple[Box, ...]:
    """Return one box for every part and page: the smallest that holds all of the part's boxes there."""
    joined: dict[tuple[str, int], Box] = {}
    for box in boxes:
        old = joined.get((box.part, box.page), box)
        joined[box.part, box.page] = Box(
            box.part, box.page, min(old.x0, box.x0), min(old.y0, box.y0), max(old.x1, box.x1), max(old.y1, box.y1)
        )
    return tuple(joined.values())
