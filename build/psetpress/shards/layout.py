r"""Equal pages for a class: how much space each piece of a document needs in whoever's it is highest.

The class reads it from ``psetlayout.tex`` beside the document, alone and in a bundle alike, so a student
who compiles an own source gets the same pages.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from psetpress.shards.jobs import Piece

if TYPE_CHECKING:
    from psetpress.latex import Document

LAYOUT = "psetlayout.tex"
"""The file beside a document that says how its pages are laid out."""

Spaces = Mapping[tuple[str, int], tuple[int, int]]
"""Lead and height in sp by a piece's key and number."""


def merge(pieces: Iterable[Piece], known: Spaces | None = None) -> Spaces:
    """Return the greatest lead and height by key and number; ``known`` is what an earlier merge returned.

    Maxima do not depend on order, so neither does the layout depend on how a class is handed out to workers.
    """
    spaces = dict(known or {})
    for key, number, lead, height in pieces:
        before = spaces.get((key, number), (lead, 0))
        spaces[key, number] = (max(before[0], lead), max(before[1], height))
    return spaces


def write(spaces: Spaces) -> bytes:
    r"""Return ``psetlayout.tex``: a ``\reserve`` for every piece; those that nobody has in between are empty."""
    last: dict[str, int] = {}
    for key, number in spaces:
        last[key] = max(last.get(key, 0), number)
    lines = ["% How much space the parts take in the longest document of the class, so that all have equal pages."]
    for key in sorted(last):
        for number in range(1, last[key] + 1):
            lead, height = spaces.get((key, number), (0, 0))
            lines.append(rf"\reserve{{{key}/{number}}}{{{lead}sp}}{{{height}sp}}")
    return ("\n".join(lines) + "\n").encode()


def laid_out(document: Document, layout: bytes) -> Document:
    """Return ``document`` with the layout of its class."""
    return dataclasses.replace(document, files={**document.files, LAYOUT: layout})
