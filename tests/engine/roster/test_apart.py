"""Variants apart: distinct while there are enough, the same however the class grows."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.roster.apart import AT_LEAST, BUDGET, Apart, Identify, distinct, salted
from psetpress.streams import Stream


def uniform(variants: int, course: str = "a course") -> Identify:
    """Draw one of so many variants, all equally likely, from an own generator for each student and salt."""
    return lambda student, again: str(random.Random(f"{course} {student} {again}").randrange(variants))


def held(result: Apart, identify: Identify) -> dict[str, str]:
    """Return the identity that each student ends with."""
    return {student: identify(student, again) for student, again in result.again.items()}


def class_of(size: int) -> list[str]:
    return [f"s{number}" for number in range(size)]


def counting(identify: Identify, calls: list[tuple[str, int]]) -> Identify:
    def counted(student: str, again: int) -> str:
        calls.append((student, again))
        return identify(student, again)

    return counted


def test_who_meets_nobody_keeps_the_own_stream() -> None:
    result = distinct("abc", lambda student, again: student)
    assert result == Apart({"a": 0, "b": 0, "c": 0}, (), 3)
    assert (result.sharing, result.note("conv")) == (0, "")


def test_who_comes_later_draws_again() -> None:
    drawn = {("a", 0): "x", ("b", 0): "x", ("b", 1): "y", ("c", 0): "y", ("c", 1): "x", ("c", 2): "z"}
    calls: list[tuple[str, int]] = []
    result = distinct("abc", counting(lambda student, again: drawn[student, again], calls))
    assert result.again == {"a": 0, "b": 1, "c": 2}
    assert calls == [*drawn]


def test_a_class_without_students_is_apart() -> None:
    assert distinct([], uniform(1)) == Apart({}, (), 0)


@pytest.mark.parametrize(("students", "variants"), [(300, 10_000), (300, 1000), (300, 400), (40, 40), (6, 6), (2, 2)])
def test_a_class_is_apart_where_there_are_enough_variants(students: int, variants: int) -> None:
    identify = uniform(variants)
    result = distinct(class_of(students), identify)
    assert len(set(held(result, identify).values())) == result.variants == students
    assert result.groups == ()


@pytest.mark.parametrize("variants", [1, 2, 7, 50])
def test_a_class_that_is_too_large_uses_every_variant_and_says_who_shares(variants: int) -> None:
    identify = uniform(variants)
    result = distinct(class_of(300), identify)
    holders = Counter(held(result, identify).values())
    assert result.variants == len(holders) == variants
    assert {len(group) for group in result.groups} == {count for count in holders.values() if count > 1}
    assert result.sharing == sum(count for count in holders.values() if count > 1)
    assert all(len({identify(student, result.again[student]) for student in group}) == 1 for group in result.groups)


def test_a_problem_without_randomness_costs_few_draws_and_is_counted() -> None:
    calls: list[tuple[str, int]] = []
    result = distinct(class_of(300), counting(lambda student, again: "fixed", calls))
    assert set(result.again.values()) == {0}
    assert result.groups == (tuple(class_of(300)),)
    assert len(calls) < 300 + AT_LEAST
    assert result.note("own-1") == "own-1: all 300 students have the same variant"


def test_the_work_is_bounded_however_the_variants_are_spread() -> None:
    """Few common variants and endless rare ones: every redraw is a gamble, and the budget ends it."""

    def identify(student: str, again: int) -> str:
        rng = random.Random(f"{student} {again}")
        return str(rng.randrange(3)) if rng.random() < 0.97 else str(rng.random())

    calls: list[tuple[str, int]] = []
    distinct(class_of(300), counting(identify, calls))
    assert len(calls) <= 300 * (1 + BUDGET)


def test_who_must_share_takes_what_fewest_have() -> None:
    """The fourth finds x twice and y once, so the class shares y as well."""
    drawn = {"a": ["x"], "b": ["x"] * 30, "c": ["y"], "d": ["x", "y"] * 15}
    result = distinct("abcd", lambda student, again: drawn[student][again])
    assert result.again == {"a": 0, "b": 0, "c": 0, "d": 1}
    assert result.groups == (("a", "b"), ("c", "d"))
    assert result.note("conv") == (
        "conv: 4 of 4 students share a variant with another, up to 2 the same one; 2 different ones were found"
    )


@given(st.integers(1, 40), st.integers(0, 30), st.integers(0, 30), st.integers())
def test_a_class_that_grows_at_its_end_keeps_its_variants(variants: int, first: int, more: int, course: int) -> None:
    identify = uniform(variants, str(course))
    before = distinct(class_of(first), identify).again
    after = distinct(class_of(first + more), identify).again
    assert {student: after[student] for student in before} == before


@given(st.integers(1, 40), st.integers(0, 60), st.integers())
def test_what_is_reported_is_what_was_given(variants: int, students: int, course: int) -> None:
    identify = uniform(variants, str(course))
    result = distinct(class_of(students), identify)
    holders = Counter(held(result, identify).values())
    assert result.variants == len(holders)
    assert result.sharing == sum(count for count in holders.values() if count > 1)
    assert len(result.groups) == sum(count > 1 for count in holders.values())
    assert list(result.again) == class_of(students)


def test_a_salted_stream_is_nobody_elses() -> None:
    stream = Stream("key", "hw3", "ada", "conv")
    assert salted(stream, 0) is stream
    again = [salted(stream, number) for number in range(1, 4)]
    assert [each.item for each in again] == ["conv again 1", "conv again 2", "conv again 3"]
    assert {each.student for each in again} == {"ada"}
    numbers = [tuple(each.generator(0).integers(0, 2**63, 4)) for each in [stream, *again]]
    assert len(set(numbers)) == 4
    assert isinstance(numbers[0][0], np.integer)
