"""No two students share a variant where there are enough: whoever drew a taken one draws again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from psetpress.errors import PsetpressError
from psetpress.roster.apart import Apart, distinct

if TYPE_CHECKING:
    from psetpress.assignment import AskedItem
    from psetpress.classroom.seats import Seat
    from psetpress.classroom.studio import Studio

Identities = Mapping[str, Mapping[str, str]]
"""What each student draws first, by student id and item."""


def keep(room: Studio, seats: Sequence[Seat], identities: Identities) -> tuple[list[Seat], list[str]]:
    """Return the seats with the streams that keep them apart, and notes on those who share a variant after all."""
    drawn = [seat for seat in seats if seat.id in identities]
    items = [item for item in room.assignment.items() if item.pinned is None]
    found = {item.name: _kept(room, item, drawn, identities) for item in items}
    salts = {
        seat.id: {name: times for name, apart in found.items() if (times := apart.again[seat.id])} for seat in drawn
    }
    return [replace(seat, again=salts[seat.id]) for seat in drawn], [*_notes(found, len(drawn))]


def _kept(room: Studio, item: AskedItem, seats: Sequence[Seat], identities: Identities) -> Apart:
    by_id = {seat.id: seat for seat in seats}

    def identify(student: str, again: int) -> str:
        if not again:
            return identities[student][item.name]
        seat = replace(by_id[student], again={item.name: again})
        try:
            return room.variant(item, seat).identity
        except PsetpressError:
            return f"{student} {again}"  # nobody else's; who writes it says what is wrong

    return distinct(by_id, identify)


def _notes(found: Mapping[str, Apart], students: int) -> list[str]:
    """Return what to say of problems that are not different for everybody; those that never vary on one line."""
    if students < 2:
        return []
    alike = [name for name, apart in found.items() if apart.variants == 1]
    some = [note for name, apart in found.items() if apart.variants > 1 and (note := apart.note(name))]
    return [*([f"the same for everybody: {', '.join(alike)}"] if alike else []), *some]
