"""What the stages of a build bring, put together for a whole class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psetpress import shards
from psetpress.shards import Piece

if TYPE_CHECKING:
    from fractions import Fraction

    from psetpress.classroom.seats import Seat
    from psetpress.classroom.tasks import Printed, Written
    from psetpress.shards import Box, Spaces


@dataclass
class Results:
    """What is known of a class's papers so far, by student id."""

    spaces: Spaces = field(default_factory=dict[tuple[str, int], tuple[int, int]])
    costs: dict[str, dict[str, set[Fraction]]] = field(default_factory=dict[str, "dict[str, set[Fraction]]"])
    identities: dict[str, dict[str, str]] = field(default_factory=dict[str, "dict[str, str]"])
    variants: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    answers: dict[str, dict[str, str]] = field(default_factory=dict[str, "dict[str, str]"])
    unrecorded: set[str] = field(default_factory=set[str])
    digests: dict[str, str] = field(default_factory=dict[str, str])
    places: dict[str, tuple[int, tuple[Box, ...]]] = field(default_factory=dict[str, "tuple[int, tuple[Box, ...]]"])
    overfull: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])
    notes: list[str] = field(default_factory=list[str])

    def add_written(self, some: Written) -> None:
        """Take in what the writing of a shard brought."""
        pieces = (Piece(*place, *size) for place, size in some.spaces.items())
        self.spaces = shards.merge(pieces, self.spaces)
        for part, lines in some.costs.items():
            for name, costs in lines.items():
                self.costs.setdefault(part, {}).setdefault(name, set()).update(costs)
        self.identities |= some.identities
        self.variants |= some.variants
        self.answers |= some.answers
        self.unrecorded |= some.unrecorded
        self.failed |= some.failed

    def add_printed(self, some: Printed) -> None:
        """Take in what the printing of a shard brought."""
        self.digests |= some.digests
        self.places |= some.places
        self.overfull += some.overfull
        self.failed |= some.failed

    def outline(self, seats: Sequence[Seat]) -> tuple[Box, ...]:
        """Return where the parts lie on the paper of everybody, or of most."""
        counted = Counter(self.places[seat.id] for seat in seats)
        (_, boxes), times = max(counted.items(), key=lambda entry: (entry[1], entry[0]))
        if times < len(seats):  # somebody's document had to be compiled alone
            others = len(seats) - times
            self.notes.append(f"{others} handout{'s have' if others > 1 else ' has'} other pages than outline.csv says")
        return boxes

    def warnings(self) -> list[str]:
        """Return what a reader should know of the papers."""
        missing = [f"the key lacks the experiment {name}: it has not been recorded" for name in sorted(self.unrecorded)]
        return [*missing, *self.notes, *sorted(self.overfull)]
