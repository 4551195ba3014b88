"""The class: who gets a problem set, read from the list that a learning platform exports."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from psetpress.errors import UsageError
from psetpress.roster import cells, columns, tables
from psetpress.roster.columns import Entry

_SHOWN = 20
"""Complaints of one kind that are listed; a wrong column has as many as there are students."""


@dataclass(frozen=True)
class Student:
    """One row of the roster. ``id`` is text, leading zeros and all; the others may be empty."""

    id: str
    name: str = ""
    email: str = ""
    section: str = ""


@dataclass(frozen=True)
class Roster:
    """The students in the order of the file, and the ``notes`` that whoever gave the file should read."""

    students: tuple[Student, ...]
    notes: tuple[str, ...] = ()


def read(path: Path) -> Roster:
    """Return the roster at ``path``, a CSV file as spreadsheets, Canvas or Gradescope write it.

    Ids differ even where case and the encoding of accents do not count, so that no two students share
    a folder. Raises UsageError naming the file, the line, the value and what is accepted.
    """
    table = tables.read(path)
    found = columns.entries(table)
    if not found.entries:
        raise UsageError(f"{path}: lists no student; below the names of its columns it needs a row for each")
    complaints = [*_unusable(found.entries, found.id_column), *_repeated(found.entries, found.id_column)]
    if complaints:
        raise UsageError("\n".join(f"{path}: {each}" for each in _cut(complaints)))
    students = tuple(Student(entry.id, entry.name, entry.email, entry.section) for entry in found.entries)
    doubts = (_cut([*_nameless(found.entries)]), _cut([*_shared_emails(found.entries)]))
    notes = (*table.notes, *found.notes, *(doubt for each in doubts for doubt in each))
    return Roster(students, tuple(f"{path}: {note}" for note in notes))


def _unusable(entries: Iterable[Entry], column: str) -> Iterator[str]:
    for entry in entries:
        if not entry.id:
            yield (
                f"line {entry.line}: {_shown(entry.name or entry.email or entry.section)} has no id; "
                f'every student needs one in column "{column}"'
            )
        for what, value in entry.fields():
            wrong = _wrong(what, value)
            if wrong:
                yield f"line {entry.line}: {what} {_shown(value)} {wrong}"


def _wrong(what: str, value: str) -> str:
    """Return what is wrong with a cell and how to go on, or an empty string."""
    if control := cells.hidden(value):
        return f"holds the control character U+{ord(control):04X}; accepted are letters, digits, punctuation and spaces"
    if cells.is_formula(value):
        return "is a formula; a roster holds values: paste them as values before exporting the sheet"
    if what == "id" and (damage := cells.damage(value)):
        return f"{damage}; export the roster again, and format its column of ids as text before saving it"
    return ""


def _repeated(entries: Iterable[Entry], column: str) -> Iterator[str]:
    """Yield ids that are equal, or would be on a file system that ignores case or how accents are written."""
    first: dict[str, Entry] = {}
    for entry in (each for each in entries if each.id):
        before = first.setdefault(_folded(entry.id), entry)
        if before.id != entry.id:
            yield (
                f"line {entry.line}: id {_shown(entry.id)} is too close to {_shown(before.id)} on line {before.line}; "
                f'ids (column "{column}") must differ by more than case or how their characters are encoded'
            )
        elif before is not entry:
            yield (
                f"line {entry.line}: id {_shown(entry.id)} is already on line {before.line}; "
                f'every student needs an own one in column "{column}"'
            )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _nameless(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield who has no name in a roster that has names."""
    known = [*entries]
    if any(entry.name for entry in known):
        for entry in known:
            if not entry.name:
                yield f"line {entry.line}: id {_shown(entry.id)} has no name; the id stands in its place"


def _shared_emails(entries: Iterable[Entry]) -> Iterator[str]:
    lines: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        lines[entry.email.casefold()].append(entry.line)
    for email, where in lines.items():
        if email and len(where) > 1:
            yield f"email {_shown(email)} is on lines {', '.join(map(str, where))}"


def _shown(text: str) -> str:
    """Return a value for a message: in quotes, cut, and without what would confuse a terminal."""
    printed = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return f'"{printed[:60]}{"..." * (len(printed) > 60)}"'


def _cut(complaints: list[str]) -> list[str]:
    more = len(complaints) - _SHOWN
    return [*complaints[:_SHOWN], f"and {more} more"] if more > 0 else complaints
