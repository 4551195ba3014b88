"""Tallies add up, and say shares and spreads that can be counted by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from psetpress.verify.survey import KEPT, Failure, Survey, Tally


def tally(**changes: object) -> Tally:
    made = Tally("toy", "easy")
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_tallies_add_up() -> None:
    failure = Failure("toy", "easy", 3, "two roads", "differ", "Params()")
    one = tally(
        tried=2, attempts=5, seconds=[0.1, 0.3], identities={"a", "b"}, keys=Counter({"1": 2}), slowest=(0.3, 4)
    )
    other = tally(
        tried=1,
        failed=1,
        attempts=1,
        seconds=[0.2],
        identities={"b", "c"},
        keys=Counter({"1": 1, "2": 1}),
        answers={"x": Counter({"7": 1})},
        effort={"digits": [3]},
        rejected=Counter({"tie": 2}),
        slowest=(0.2, 9),
        found=Counter({"two roads": 30}),
        failures=[failure],
    )
    one.add(other)
    assert one.found == {"two roads": 30}
    assert (one.tried, one.failed, one.attempts) == (3, 1, 6)
    assert one.acceptance == 0.5
    assert one.median == 0.2
    assert one.identities == {"a", "b", "c"}
    assert one.guess == 3 / 4
    assert one.rejected == {"tie": 2}
    assert one.slowest == (0.3, 4)
    assert one.failures == [failure]
    assert one.effort == {"digits": [3]}


def test_guesses_name_the_commonest_value_of_each_answer_the_most_guessable_first() -> None:
    made = tally(answers={"x": Counter({"1": 1, "2": 3}), "law": Counter({"linear": 4})})
    assert made.guesses() == [("law", "linear", 1.0), ("x", "2", 0.75)]


@pytest.mark.parametrize(
    ("sizes", "expected"), [(list(range(101)), (5, 50, 95)), ([4], (4, 4, 4)), ([1, 9], (1, 1, 9)), ([], None)]
)
def test_a_spread_is_of_the_5th_to_the_95th_percentile(sizes: list[int], expected: object) -> None:
    assert tally(effort={"digits": sizes}).spread("digits") == expected


def test_an_empty_tally_has_no_shares() -> None:
    made = Tally("toy", "easy")
    assert (made.acceptance, made.median, made.guess, made.guesses()) == (0.0, 0.0, 0.0, [])
    assert made.spread("digits") is None


def test_a_survey_adds_its_tallies() -> None:
    survey = Survey([tally(asked=3, tried=3, busy=1.5), tally(asked=1, tried=1, failed=1, busy=0.5)], 1.0, jobs=2)
    assert (survey.asked, survey.tried, survey.failed, survey.complete, survey.rate) == (4, 4, 1, True, 2.0)


def test_a_survey_is_complete_if_every_tally_is() -> None:
    assert not Survey([tally(asked=3, tried=4), tally(asked=2, tried=1)], 1.0, jobs=2).complete


def test_a_variant_that_fails_is_counted_once_and_every_finding_of_it() -> None:
    made = tally()
    for seed in range(KEPT):
        made.fail(seed, [("stored", "gone"), ("two roads", "differ")], "P")
    made.fail(99, [], "P")
    assert made.failed == KEPT
    assert made.found == {"stored": KEPT, "two roads": KEPT}
    assert len(made.failures) == KEPT
    assert made.failures[1] == Failure("toy", "easy", 0, "two roads", "differ", "P")


def test_what_is_proved_has_a_key() -> None:
    assert tally(tried=3).proved == 0
    assert tally(tried=3, keys=Counter({"1": 2, "2": 1})).proved == 3
