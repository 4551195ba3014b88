"""Handing in: the staff's files, and a manifest that lists all that is delivered and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from psetpress.classroom import handing, seats, studio
from psetpress.classroom.handing import Keys
from psetpress.classroom.results import Results
from psetpress.classroom.seats import Seat, Shard
from psetpress.classroom.studio import Plan, Studio
from psetpress.classroom.tasks import Identify, Printed, Write
from psetpress.classroom.workshop import Workshop
from psetpress.coursekey import CourseKey
from psetpress.latex import Document, compile_pdf
from psetpress.roster import Student
from psetpress.shards import Box

KEY = CourseKey(bytes(32))
BOXES = (Box("1.a", 1, 0.0, 0.0, 9.0, 9.0),)


@pytest.fixture
def class_() -> list[Seat]:
    return seats.seat([Student("anna", "Anna"), Student("ann"), Student("ben", "Ben")], KEY, "sums")


@pytest.fixture
def room(school: Any) -> Studio:
    return studio.of(Plan(school.source, school.folders, KEY.stream_key, ("handout",)))


@pytest.fixture
def place(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "handed", "m")


@pytest.fixture
def results(room: Studio, class_: list[Seat], place: Workshop) -> Results:
    """What is known when all three are written and printed."""
    found, shard = Results(), Shard(0, tuple(class_))
    drawn = Identify(room.plan, shard).run().drawn
    found.add_written(Write(replace(room.plan, documents=()), shard, drawn).run())
    names = [f"students/{seat.folder}/handout.pdf" for seat in class_]
    digests = {name: place.stage(name, name.encode()) for name in names}
    found.add_printed(Printed(shard, digests=digests, places={seat.id: (1, BOXES) for seat in class_}))
    return found


def staged(place: Workshop, name: str) -> bytes:
    return (place.root / "new" / name).read_bytes()


def test_the_manifest_lists_all_that_is_handed_in(
    school: Any, room: Studio, class_: list[Seat], results: Results, place: Workshop
) -> None:
    names = handing.stage(room, school.order((), key=KEY, documents=("handout",)), class_, results, place)
    manifest = json.loads(staged(place, "manifest.json"))
    assert names[-1] == "manifest.json"
    assert {*names[:-1]} == {
        *(f"students/{name}/handout.pdf" for name in ("anna", "ann", "ben")),
        *(f"staff/{name}.csv" for name in ("answers", "roster-map", "outline")),
    }
    assert manifest["files"] == {name: hashlib.sha256(staged(place, name)).hexdigest() for name in names[:-1]}
    assert manifest["provenance"] == {"course key": KEY.fingerprint, "students": 3}
    assert manifest["students"] == [
        {"id": seat.id, "folder": f"students/{seat.folder}", "code": seat.code} for seat in class_
    ]
    assert [record["student"] for record in manifest["variants"]] == ["anna", "ann", "ben"]
    assert KEY.stream_key.encode() not in staged(place, "manifest.json")


def test_who_failed_is_nowhere(
    school: Any, room: Studio, class_: list[Seat], results: Results, place: Workshop
) -> None:
    """Not even by a folder that begins as another's."""
    order = school.order((), key=KEY, documents=("handout",))
    names = handing.stage(room, order, class_[::2], results, place)
    assert [name for name in names if name.startswith("students/")] == [
        "students/anna/handout.pdf",
        "students/ben/handout.pdf",
    ]
    for name in ("manifest.json", "staff/answers.csv", "staff/roster-map.csv"):
        assert class_[1].code.encode() not in staged(place, name)
        assert class_[2].code.encode() in staged(place, name)


def test_without_handouts_there_is_no_outline(
    school: Any, room: Studio, class_: list[Seat], results: Results, place: Workshop
) -> None:
    bare = replace(results, places={}, digests={})
    names = handing.stage(room, school.order((), documents=("rubric",)), class_, bare, place)
    assert names == ["staff/answers.csv", "staff/roster-map.csv", "manifest.json"]


def test_keys_are_bound_in_the_order_of_the_roster(
    school: Any, room: Studio, class_: list[Seat], results: Results, place: Workshop, paper: Callable[..., Document]
) -> None:
    printed(room, class_, results, place, paper).save(results)
    names = handing.stage(room, school.order((), documents=("key",)), class_, results, place)
    assert "staff/keys.pdf" in names
    with pikepdf.open(place.root / "new/staff/keys.pdf") as book, book.open_outline() as outline:
        assert [entry.title for entry in outline.root] == ["Anna (anna)", "ann", "Ben (ben)"]
        assert len(book.pages) == 3
        assert str(book.docinfo["/Title"]) == "Sums: answer keys"
    digest = json.loads(staged(place, "manifest.json"))["files"]["staff/keys.pdf"]
    assert digest == hashlib.sha256(staged(place, "staff/keys.pdf")).hexdigest()


def printed(
    room: Studio, seats: Sequence[Seat], results: Results, place: Workshop, paper: Callable[..., Document]
) -> Keys:
    """Print a key of one page for every seat, the last one first, and return the book that has grown meanwhile."""
    one, keys = compile_pdf(paper("page")).pdf, Keys(room, seats, place)
    for seat in reversed(seats):
        if seat.id not in results.failed:
            name = f"students/{seat.folder}/key.pdf"
            results.digests[name] = place.stage(name, one)
            keys.grow(results)
    return keys


def test_a_book_of_keys_grows_as_far_as_is_known(
    room: Studio, class_: list[Seat], results: Results, place: Workshop, paper: Callable[..., Document]
) -> None:
    one, keys = compile_pdf(paper("page")).pdf, Keys(room, class_, place)
    for seat, pages in ((class_[1], 0), (class_[0], 2), (class_[2], 3)):
        name = f"students/{seat.folder}/key.pdf"
        results.digests[name] = place.stage(name, one)
        keys.grow(results)
        keys.save(results)
        with pikepdf.open(place.root / "new/staff/keys.pdf") as book:
            assert len(book.pages) == pages


def test_the_book_of_keys_passes_over_who_failed(
    room: Studio, class_: list[Seat], results: Results, place: Workshop, paper: Callable[..., Document]
) -> None:
    results.failed["ann"] = "no luck"
    printed(room, class_, results, place, paper).save(results)
    with pikepdf.open(place.root / "new/staff/keys.pdf") as book, book.open_outline() as outline:
        assert [entry.title for entry in outline.root] == ["Anna (anna)", "Ben (ben)"]
