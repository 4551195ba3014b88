"""Results: what the shards bring, put together in any order."""

from __future__ import annotations

from fractions import Fraction

from psetpress.classroom.results import Results
from psetpress.classroom.seats import Seat, Shard
from psetpress.classroom.tasks import Printed, Written
from psetpress.roster import Student
from psetpress.shards import Box

ANNA, BEN, CLEO = (Seat(Student(name), name, "") for name in ("anna", "ben", "cleo"))
ONE, TWO = Shard(0, (ANNA, BEN)), Shard(1, (CLEO,))
HERE, THERE = (1, (Box("1.a", 1, 0.0, 0.0, 9.0, 9.0),)), (1, (Box("1.a", 1, 0.0, 0.0, 9.0, 8.0),))


def written() -> list[Written]:
    half, one = Fraction(1, 2), Fraction(1)
    return [
        Written(ONE, spaces={("a", 1): (5, 70)}, costs={"1.a": {"slip": {half}}}, unrecorded={"b"}),
        Written(
            TWO,
            spaces={("a", 1): (6, 60), ("a", 2): (1, 1)},
            costs={"1.a": {"slip": {one}, "more": {one}}},
            unrecorded={"a"},
            failed={"cleo": "no proof"},
        ),
    ]


def gathered(some: list[Written]) -> Results:
    results = Results()
    for each in some:
        results.add_written(each)
    return results


def test_spaces_and_costs_are_those_of_all_shards() -> None:
    results = gathered(written())
    assert results.spaces == {("a", 1): (6, 70), ("a", 2): (1, 1)}
    assert results.costs == {"1.a": {"slip": {Fraction(1, 2), Fraction(1)}, "more": {Fraction(1)}}}
    assert results.failed == {"cleo": "no proof"}
    assert results.warnings() == [
        "the key lacks the experiment a: it has not been recorded",
        "the key lacks the experiment b: it has not been recorded",
    ]


def test_the_order_of_the_shards_plays_no_part() -> None:
    assert gathered(written()) == gathered(written()[::-1])


def test_taking_in_a_shard_leaves_it_as_it_was() -> None:
    some = written()
    gathered(some)
    assert some[0].costs == {"1.a": {"slip": {Fraction(1, 2)}}}


def test_the_outline_is_everybodys() -> None:
    results = Results()
    results.add_printed(Printed(ONE, places={"anna": HERE, "ben": HERE}, digests={"f": "1"}))
    assert results.outline([ANNA, BEN]) == HERE[1]
    assert results.digests == {"f": "1"}
    assert results.warnings() == []


def test_several_handouts_are_many() -> None:
    results = Results(places={"anna": HERE, "ben": HERE, "cleo": HERE, "dan": THERE, "eve": (2, HERE[1])})
    students = [Seat(Student(name), name, "") for name in results.places]
    assert results.outline(students) == HERE[1]
    assert results.warnings() == ["2 handouts have other pages than outline.csv says"]


def test_the_outline_is_that_of_most_and_the_others_are_counted() -> None:
    results = Results()
    results.add_printed(Printed(ONE, places={"anna": THERE, "ben": HERE}, overfull=["z", "student anna: wide"]))
    results.add_printed(Printed(TWO, places={"cleo": HERE}))
    assert results.outline([ANNA, BEN, CLEO]) == HERE[1]
    assert results.warnings() == [
        "1 handout has other pages than outline.csv says",
        "student anna: wide",
        "z",
    ]
