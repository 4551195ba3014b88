"""What the staff gets besides the papers: answers and codes as tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psetpress.classroom.seats import Seat


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file as spreadsheets read it: UTF-8 with a mark that says so."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def answers(seats: Sequence[Seat], found: Mapping[str, Mapping[str, str]], order: Sequence[str]) -> bytes:
    """Return ``answers.csv``: a row for every student, a column for every answer that somebody is asked for.

    ``order`` are the ids of the parts; the answers of a part stand in the order in which they were met.
    """
    met = dict.fromkeys(name for seat in seats for name in found.get(seat.id, ()))
    place = {part: number for number, part in enumerate(order)}
    names = sorted(met, key=lambda name: place[_part(name)])
    rows = [
        [seat.id, seat.code, *(found[seat.id].get(name, "") for name in names)] for seat in seats if seat.id in found
    ]
    return table(["id", "code", *names], rows)


def _part(name: str) -> str:
    """Return the part of an answer: ``2.c`` of ``2.c.shift``."""
    return ".".join(name.split(".")[:2])


def roster_map(seats: Iterable[Seat], identities: Mapping[str, Mapping[str, str]], items: Sequence[str]) -> bytes:
    """Return ``roster-map.csv``: who has which folder, code and variants."""
    return table(
        ["id", "name", "email", "section", "folder", "code", *(f"variant of {item}" for item in items)],
        (
            [*astuple(seat.student), seat.folder, seat.code, *(identities[seat.id][item] for item in items)]
            for seat in seats
        ),
    )
