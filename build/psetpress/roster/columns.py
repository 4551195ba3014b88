"""Which column is what: the header names of Canvas, Gradescope, Moodle, Blackboard, Brightspace and people.

Canvas's gradebook: Student, ID, SIS User ID, SIS Login ID, Section, then assignments; below the header a row
that says "Points Possible", sometimes one of posting policies, and a student for tests at the end.
Gradescope's roster: First Name, Last Name, SID, Email, Role, Section; its grades: ..., SID, Email, Sections.
Moodle: First name, Last name, ID number, Email address. Blackboard: Last Name, First Name, Username,
Student ID. Brightspace: OrgDefinedId, Username, Last Name, First Name, Email.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from psetpress.errors import UsageError
from psetpress.roster import cells
from psetpress.roster.names import spoken
from psetpress.roster.tables import Row, Table

_KNOWN = {
    # Canvas's own "ID" means nothing outside Canvas, so the university's number goes first.
    "id": "SIS User ID, SID, Student ID, Student Number, Student No, ID Number, OrgDefinedId, Matriculation "
    "Number, Matrikelnummer, ID, UID, Net ID, User ID, Username, User Name, Login, SIS Login ID",
    "name": "Name, Full Name, Student Name, Display Name, Student",
    "first": "First Name, Given Name, Forename, First, Vorname",
    "last": "Last Name, Family Name, Surname, Last, Nachname",
    "email": "Email, E-mail Address, Mail, SIS Login ID",
    "section": "Section, Sections, Section Name, Group, Groups, Tutorial, Gruppe",
    "role": "Role",
}
"""What each field's column may be called, the best first; case, spaces and punctuation do not count."""

_STAFF = {"instructor", "teacher", "ta", "teachingassistant", "reader", "grader", "designer", "observer", "staff"}
_BRIGHTSPACE = "orgdefinedid"


@dataclass(frozen=True)
class Entry:
    """A student's cells and their line."""

    line: int
    id: str
    name: str
    email: str
    section: str

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield what each cell is called, and the cell."""
        yield from (("id", self.id), ("name", self.name), ("email", self.email), ("section", self.section))


@dataclass(frozen=True)
class Entries:
    """A table's students, the header of the column their ids are from, and what should be said about it."""

    entries: tuple[Entry, ...]
    id_column: str
    notes: tuple[str, ...]


Cells = Mapping[str, str]
"""A row's cells by the plain names of their columns."""


def entries(table: Table) -> Entries:
    """Return the students of ``table``; rows that are none (Canvas's points and test student, staff) are left out.

    Raises UsageError if no column holds ids, or two are called the same.
    """
    header = [cells.plain(cell) for cell in table.header.cells]
    _check_header(table, header)
    _check_widths(table)
    rows = [(row, dict(zip(header, row.cells, strict=False))) for row in table.rows]
    people = [(row, each) for row, each in rows if not _is_canvas_row(each)]
    students = [(row, each) for row, each in people if cells.plain(each.get("role", "")) not in _STAFF]
    column = _id_column(header, [each for _, each in students])
    found, mended = _entries(students, column)
    notes = [*_left_out(len(people) - len(students)), *_said_of_ids(table, header, column), *_said(mended)]
    return Entries(found, table.header.cells[header.index(column)], tuple(notes))


def _entries(students: Sequence[tuple[Row, Cells]], column: str) -> tuple[tuple[Entry, ...], dict[str, list[int]]]:
    """Return the students, and the lines on which something had to be undone."""
    found: list[Entry] = []
    mended: dict[str, list[int]] = defaultdict(list)
    for row, each in students:
        name, undone = cells.identifier(each.get(column, ""), hash_mark=column == _BRIGHTSPACE)
        entry = Entry(row.line, name, _name(each), _email(each), cells.words(_first(each, "section")))
        if any(value for _, value in entry.fields()):
            found.append(entry)
        if undone:
            mended[undone].append(row.line)
    return tuple(found), mended


def _left_out(staff: int) -> Iterator[str]:
    if staff:
        yield f"{staff} {'row' if staff == 1 else 'rows'} whose role is not a student's left out"


def _said_of_ids(table: Table, header: Sequence[str], column: str) -> Iterator[str]:
    if column not in _names("id"):
        yield (
            f'no column holds student ids, so the email addresses in "{table.header.cells[header.index(column)]}" '
            "are the ids; other ids later give every student another variant"
        )


def _said(mended: Mapping[str, list[int]]) -> Iterator[str]:
    for undone, lines in mended.items():
        more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
        yield f"{undone} left out on line{'s' * (len(lines) > 1)} {', '.join(map(str, lines[:5]))}{more}"


def _names(field: str) -> list[str]:
    return [cells.plain(name) for name in _KNOWN[field].split(", ")]


def _check_header(table: Table, header: Sequence[str]) -> None:
    if not {*_names("id"), *_names("email")} & {*header}:
        columns = ", ".join(f'"{cell[:40]}"' for cell in table.header.cells[:12])
        raise UsageError(
            f"{table.path}: line {table.header.line}: no column holds ids; the columns are {columns}; "
            f"accepted for ids are {_KNOWN['id']} (the first line of a roster names its columns)"
        )
    for name in {name for field in _KNOWN for name in _names(field)}:
        if header.count(name) > 1:
            first, second = [place + 1 for place, each in enumerate(header) if each == name][:2]
            raise UsageError(
                f"{table.path}: line {table.header.line}: columns {first} and {second} are both called "
                f'"{table.header.cells[first - 1]}"; rename or remove one'
            )


def _check_widths(table: Table) -> None:
    """Refuse a row with more cells than the header: its cells stand in the wrong columns."""
    for row in table.rows:
        if len(row.cells) > len(table.header.cells):
            raise UsageError(
                f"{table.path}: line {row.line} has {len(row.cells)} cells, the header has {len(table.header.cells)}; "
                'a cell that holds a separator needs quotes around it: "Lovelace, Ada" '
                f"(this line begins {' | '.join(row.cells)[:60]})"
            )


def _is_canvas_row(row: Cells) -> bool:
    """Say whether a row of Canvas's gradebook is no student: the points of assignments, the student for tests."""
    if "student" not in row or not {"sisuserid", "sisloginid"} & row.keys():
        return False
    name = row["student"].casefold()
    return name == "points possible" or (name in {"student, test", "test student"} and not row.get("sisuserid"))


def _id_column(header: Sequence[str], rows: Sequence[Cells]) -> str:
    """Return the name of the column of ids: the best that is there and not empty from top to bottom."""
    there = [name for name in [*_names("id"), *_names("email")] if name in header]
    return next((name for name in there if any(row.get(name) for row in rows)), there[0])


def _first(row: Cells, field: str) -> str:
    return next((row[name] for name in _names(field) if row.get(name)), "")


def _name(row: Cells) -> str:
    last, first = _first(row, "last"), _first(row, "first")
    if last or first:
        return cells.words(f"{first} {last}")
    return spoken(cells.words(_first(row, "name")))


def _email(row: Cells) -> str:
    """Return the email; a platform's login is one if it has an @."""
    found = next((row[name] for name in _names("email") if "@" in row.get(name, "")), "")
    return cells.words(found or row.get("email", ""))
