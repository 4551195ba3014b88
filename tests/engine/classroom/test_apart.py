"""Apart: who draws a taken variant draws again, and what never varies is said on one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import press
from psetpress.classroom import apart, seats, studio
from psetpress.classroom.seats import Seat
from psetpress.classroom.studio import Plan, Studio
from psetpress.coursekey import CourseKey
from psetpress.roster import Student
from psetpress.streams import Stream

KEY = CourseKey(bytes(32))


@pytest.fixture
def room(tmp_path: Path, bank: Callable[..., None], toy: SimpleNamespace) -> Studio:
    """A set that asks for sums of small numbers, for the same sum of everybody, and for a given one."""

    def small(rng: Any, level: str) -> Any:
        return toy.Params(1, int(rng.integers(1, 4)))

    bank(small=toy.variation(draw=small), fixed=toy.variation(draw=lambda *_: toy.Params(1, 2), few="it is fixed"))
    source = tmp_path / "sums.toml"
    source.write_text(
        'title = "S"\n[[question]]\ntitle = "Q"\n'
        'problem = ["small", "fixed", {use = "small", id = "given", params = {a = 2, b = 2}}]\n'
    )
    studio.of.cache_clear()
    return Studio(Plan(source, (), KEY.stream_key, ("handout",)))


def identities(room: Studio, class_: list[Seat]) -> dict[str, dict[str, str]]:
    return {each.id: {name: one.identity for name, one in room.draw(each).items()} for each in class_}


def sit(*ids: str) -> list[Seat]:
    return seats.seat([Student(each) for each in ids], KEY, "sums")


def test_three_students_of_three_variants_get_all_of_them(room: Studio) -> None:
    class_ = sit("anna", "ben", "cleo")
    kept, notes = apart.keep(room, class_, identities(room, class_))
    assert len({found["small"] for found in identities(room, kept).values()}) == 3
    assert notes == ["the same for everybody: fixed"]
    assert all("given" not in each.again and "fixed" not in each.again for each in kept)


def test_who_shares_is_said(room: Studio) -> None:
    class_ = sit(*"abcd")
    _, notes = apart.keep(room, class_, identities(room, class_))
    assert notes == [
        "the same for everybody: fixed",
        "small: 2 of 4 students share a variant with another, up to 2 the same one; 3 different ones were found",
    ]


def test_one_student_shares_with_nobody(room: Studio) -> None:
    class_ = sit("anna")
    assert apart.keep(room, class_, identities(room, class_)) == (class_, [])


def test_who_comes_later_changes_nobody(room: Studio) -> None:
    class_ = sit("anna", "ben", "cleo")
    kept, _ = apart.keep(room, class_, identities(room, class_))
    fewer, _ = apart.keep(room, class_[:2], identities(room, class_[:2]))
    assert kept[:2] == fewer


def test_who_could_not_be_drawn_for_has_no_seat(room: Studio) -> None:
    class_ = sit("anna", "ben", "cleo")
    kept, _ = apart.keep(room, class_, identities(room, class_[1:]))
    assert [each.id for each in kept] == ["ben", "cleo"]


def test_another_draw_that_fails_is_the_students_own_trouble(
    room: Studio, toy: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays theirs, so that the writing of their paper says what is wrong, and nobody else is kept from one."""
    class_ = sit(*"abc")
    drawn = identities(room, class_)
    for found in drawn.values():
        found["small"] = "taken"
    real = press.variant

    def fails(item: Any, stream: Stream, **options: Any) -> Any:
        if stream.student == "b":
            raise press.PsetpressError("no luck")
        return real(item, stream, **options)

    monkeypatch.setattr(press, "variant", fails)
    kept, _ = apart.keep(room, class_, drawn)
    assert [each.again.get("small", 0) for each in kept[:2]] == [0, 1]
    assert len(kept) == 3
