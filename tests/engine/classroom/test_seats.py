"""Seats: folders, codes and streams by the roster alone; shards, and what is left of one that is taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.classroom import seats
from psetpress.classroom.seats import EVERYBODY, SIZE, Seat, Shard, seat, shards
from psetpress.coursekey import CourseKey
from psetpress.roster import Student
from psetpress.streams import Stream

KEY = CourseKey(b"k" * 32)


def sit(*ids: str) -> list[Seat]:
    return seat([Student(each) for each in ids], KEY, "hw1")


def test_seats_follow_the_roster() -> None:
    first, second = sit("anna", "../b")
    assert (first.id, first.folder) == ("anna", "anna")
    assert second.folder == "b~" + second.folder[2:]
    assert first.code != second.code


def test_a_student_who_comes_later_changes_nobody() -> None:
    assert sit("anna", "ben", "cleo")[:2] == sit("anna", "ben")


def test_a_stream_is_the_students_own_and_salted_where_the_seat_says_so() -> None:
    plain, again = Seat(Student("anna"), "anna", ""), Seat(Student("anna"), "anna", "", {"toy": 2})
    assert plain.stream("key", "hw1", "toy") == Stream("key", "hw1", "anna", "toy")
    assert again.stream("key", "hw1", "toy") == Stream("key", "hw1", "anna", "toy again 2")
    assert again.stream("key", "hw1", "other") == Stream("key", "hw1", "anna", "other")


@given(st.integers(0, 4 * SIZE))
def test_shards_hold_everybody_once_in_order(students: int) -> None:
    class_ = [Seat(Student(str(number)), str(number), "") for number in range(students)]
    cut = [*shards(class_)]
    assert [each for shard in cut for each in shard.seats] == class_
    assert [shard.number for shard in cut] == [*range(len(cut))]
    assert all(len(shard.seats) == SIZE for shard in cut[:-1])


def test_the_shards_before_a_new_student_stay() -> None:
    class_ = sit(*map(str, range(2 * SIZE + 1)))
    assert [*shards(class_)][:2] == [*shards(class_[:-1])]


def test_pieces_know_their_shard_and_no_two_are_called_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "SIZE", 3)
    cut = [*shards(sit(*map(str, range(8))))]
    pieces = [piece for shard in cut for piece in shard.alone()]
    assert [piece.home for piece in pieces] == [0, 0, 0, 1, 1, 1, 2, 2]
    assert [piece.number for piece in pieces] == [-1, -2, -3, -4, -5, -6, -7, -8]
    assert [piece.seats for piece in pieces] == [(each,) for shard in cut for each in shard.seats]
    assert [shard.home for shard in cut] == [0, 1, 2]


def test_the_shard_of_everybody_is_no_piece_of_a_class() -> None:
    assert Shard(EVERYBODY, ()).home > 10_000_000
