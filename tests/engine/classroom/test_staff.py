"""The staff's tables: as spreadsheets read them, in the order of roster and set."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from psetpress.classroom import staff
from psetpress.classroom.seats import Seat
from psetpress.roster import Student

ANNA = Seat(Student("anna", "Anna, née Ü", "a@x.edu", "A"), "anna", "AAAA-AAAA-A")
BEN = Seat(Student("=ben"), "ben~1", "BBBB-BBBB-B")


def rows(table: bytes) -> list[list[str]]:
    return [*csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""))]


def test_a_table_says_that_it_is_utf_8_and_ends_its_lines_as_spreadsheets_do() -> None:
    assert staff.table(["ä"], [["ö"]]) == b"\xef\xbb\xbf\xc3\xa4\r\n\xc3\xb6\r\n"


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2)))
def test_every_text_comes_back(cells: list[list[str]]) -> None:
    assert rows(staff.table(["a", "b"], cells))[1:] == cells


def test_answers_stand_in_the_order_of_the_set() -> None:
    """Part 10.a comes after 2.c; an answer that only some are asked for is empty for the others."""
    found = {"anna": {"10.a": "9", "2.c.shift": "1", "2.c.scale": "2"}, "=ben": {"2.c.extra": "3", "10.a": "8"}}
    assert rows(staff.answers([ANNA, BEN], found, ["2.c", "10.a"])) == [
        ["id", "code", "2.c.shift", "2.c.scale", "2.c.extra", "10.a"],
        ["anna", "AAAA-AAAA-A", "1", "2", "", "9"],
        ["=ben", "BBBB-BBBB-B", "", "", "3", "8"],
    ]


def test_who_has_no_answers_has_no_row() -> None:
    assert rows(staff.answers([ANNA, BEN], {"=ben": {"1.a": "3"}}, ["1.a"])) == [
        ["id", "code", "1.a"],
        ["=ben", "BBBB-BBBB-B", "3"],
    ]


def test_the_map_leads_from_students_to_papers() -> None:
    identities = {"anna": {"toy": "f00"}, "=ben": {"toy": "b00"}}
    assert rows(staff.roster_map([ANNA, BEN], identities, ["toy"])) == [
        ["id", "name", "email", "section", "folder", "code", "variant of toy"],
        ["anna", "Anna, née Ü", "a@x.edu", "A", "anna", "AAAA-AAAA-A", "f00"],
        ["=ben", "", "", "", "ben~1", "BBBB-BBBB-B", "b00"],
    ]
