"""What the documents of one student share: words that several of them print, and what each solution sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psetpress.templates import strip
from psetpress.tex import TeX

if TYPE_CHECKING:
    from psetpress.figures import Drawing
    from psetpress.targets import Slot, Target

GAP = TeX("\ue002")
"""Stands for the answer space in a passage: a private-use character, which no document needs."""


@dataclass(frozen=True)
class Space:
    """The answer space of a statement, which documents leave or leave out."""

    slots: Sequence[Slot]
    inside: TeX


@dataclass(frozen=True)
class Passage:
    """An intro or a statement as a template wrote it, and what it did to the document on the way.

    ``said`` are the shared definitions that it printed, ``drawings`` the figures that it shows.
    """

    words: TeX
    space: Space | None
    said: frozenset[str]
    drawings: Mapping[str, Drawing]

    def on(self, target: Target) -> TeX:
        """Return the words with the answer space that ``target`` leaves."""
        if self.space is None:
            return self.words
        return strip(self.words.replace(GAP, target.respond(self.space.slots, self.space.inside)))


@dataclass
class Memory:
    """Passages by item, block and what the document had said before; what solutions see by item."""

    passages: dict[tuple[str, str, frozenset[str]], Passage] = field(
        default_factory=dict[tuple[str, str, frozenset[str]], Passage]
    )
    solved: dict[str, Mapping[str, object]] = field(default_factory=dict[str, Mapping[str, object]])
