"""Draw, then judge: the first accepted attempt, or an error that says why there is none."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pytest

from psetpress import codec, drawing
from psetpress.drawing import Constraint, DrawError, draw
from psetpress.proving import ProofError
from psetpress.records import Reject
from psetpress.streams import Stream

STREAM = Stream("seed 0", "set", "", "toy")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten attempts are enough to be exhausted."""
    monkeypatch.setattr(drawing, "MAX_ATTEMPTS", 10)


def judge(problem: Any, params: Any, constraints: tuple[Constraint, ...] = ()) -> str | None:
    """Return why a draw rejects these parameters, or None if it takes them."""
    attempts = iter([params])
    once = dataclasses.replace(problem, draw=lambda rng, level: next(attempts))
    with mock.patch.object(drawing, "MAX_ATTEMPTS", 1):
        try:
            draw("toy", once, "standard", STREAM, constraints)
        except DrawError as error:
            return error.message.split("Rejected by: ")[1].split(": 1. ")[0]
    return None


# --- judging -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (3, 4, None),
        (0, 4, "nothing to add"),
        (2, 2, 'misconception "multiplies" gives the right answer'),
        (0, 0, "nothing to add"),
    ],
)
def test_the_first_predicate_that_rejects_is_named(toy: SimpleNamespace, a: int, b: int, expected: str | None) -> None:
    assert judge(toy.PROBLEM, toy.Params(a, b)) == expected


def test_constraints_come_first_then_predicates_then_misconceptions(toy: SimpleNamespace) -> None:
    even = ("where a = 2", lambda p: p.a == 2)
    assert judge(toy.PROBLEM, toy.Params(0, 0), (even,)) == "where a = 2 does not hold"
    assert judge(toy.PROBLEM, toy.Params(2, 0), (even,)) == "nothing to add"
    assert judge(toy.PROBLEM, toy.Params(2, 2), (even,)) == 'misconception "multiplies" gives the right answer'
    assert judge(toy.PROBLEM, toy.Params(2, 3), (even,)) is None


def test_predicates_guard_solve(toy: SimpleNamespace) -> None:
    """What a predicate rejects is never solved: solve may fail there."""
    problem = toy.variation(solve=lambda p: {"sum": 1 // p.a, "product": 0})
    assert judge(problem, toy.Params(0, 4)) == "nothing to add"


def test_a_misconception_that_does_not_apply_rejects_nothing(toy: SimpleNamespace) -> None:
    problem = toy.variation(rejects=())
    assert judge(problem, toy.Params(0, 1)) is None  # "adds" returns {} here


# --- drawing -----------------------------------------------------------------------------------


def test_the_same_stream_draws_the_same_variant(toy: SimpleNamespace) -> None:
    one, again = (draw("toy", toy.PROBLEM, "standard", STREAM) for _ in range(2))
    assert one == again
    assert one.params != draw("toy", toy.PROBLEM, "standard", STREAM._replace(key="seed 1")).params


def test_a_drawn_variant_holds_key_misconceptions_and_history(toy: SimpleNamespace) -> None:
    seen = [draw("toy", toy.PROBLEM, "easy", STREAM._replace(key=f"seed {seed}")) for seed in range(40)]
    for variant in seen:
        p = variant.params
        assert variant.answers == {"sum": p.a + p.b, "product": p.a * p.b}
        assert variant.wrong == {"multiplies": {"sum": p.a * p.b}, "adds": {"product": p.a + p.b}}
        assert variant.attempts == 1 + sum(variant.rejected.values())
        assert variant.level == "easy"
        assert variant.identity == codec.identity("toy", toy.PROBLEM, codec.dump(p))
    reasons = {reason for variant in seen for reason in variant.rejected}
    assert reasons == {"nothing to add", 'misconception "multiplies" gives the right answer'}


def test_the_first_accepted_attempt_is_taken(toy: SimpleNamespace) -> None:
    variant = draw("toy", toy.PROBLEM, "easy", Stream("seed 3", "set", "", "toy"))
    attempts = [toy.draw(Stream("seed 3", "set", "", "toy").generator(attempt), "easy") for attempt in range(20)]
    accepted = [params for params in attempts if judge(toy.PROBLEM, params) is None]
    assert variant.params == accepted[0]
    assert variant.attempts == attempts.index(accepted[0]) + 1


def test_constraints_hold_on_what_is_drawn(toy: SimpleNamespace) -> None:
    wanted = ("where a = 7", lambda p: p.a == 7)
    for seed in range(5):
        assert draw("toy", toy.PROBLEM, "standard", STREAM._replace(key=f"seed {seed}"), (wanted,)).params.a == 7


@pytest.mark.usefixtures("few")
def test_exhaustion_names_problem_stream_and_counts(toy: SimpleNamespace) -> None:
    never = ("where a = 99", lambda p: p.a == 99)
    with pytest.raises(DrawError) as caught:
        draw("toy", toy.PROBLEM, "easy", Stream("fall", "hw3", "ada", "again"), (never,))
    assert caught.value.message == (
        "toy: no variant at level easy in 10 attempts of stream hw3/again (fall, student ada). "
        "Rejected by: where a = 99 does not hold: 10. "
        "Loosen the constraint (or the predicate), or choose another level."
    )
    assert caught.value.exit_code == 1


@pytest.mark.usefixtures("few")
def test_exhaustion_counts_every_predicate_the_commonest_first(toy: SimpleNamespace) -> None:
    attempts = iter([(0, 1)] * 3 + [(2, 2)] * 6 + [(5, 5)])
    problem = toy.variation(
        draw=lambda rng, level: toy.Params(*next(attempts)),
        rejects=(*toy.PROBLEM.rejects, Reject(name="equal", test=lambda p: p.a == p.b == 5)),
    )
    with pytest.raises(DrawError) as caught:
        draw("toy", problem, "easy", STREAM)
    counts = 'misconception "multiplies" gives the right answer: 6; nothing to add: 3; equal: 1.'
    assert f"Rejected by: {counts}" in caught.value.message


def test_the_bound_leaves_room_for_a_constraint() -> None:
    """A family that accepts one attempt in 200 is exhausted in fewer than one of 10,000 streams."""
    assert (1 - 1 / 200) ** drawing.MAX_ATTEMPTS < 1e-4


# --- failures ----------------------------------------------------------------------------------


def test_a_draw_that_fails_names_problem_level_attempt_and_stream(toy: SimpleNamespace) -> None:
    problem = toy.variation(draw=lambda rng, level: rng.choice([]))
    with pytest.raises(ProofError) as caught:
        draw("toy", problem, "hard", STREAM)
    first, second = caught.value.message.split("\n")
    assert first.startswith("toy, level hard, attempt 1 of stream set/toy (seed 0): draw fails: ValueError: ")
    assert second == "  given: 'hard'"


def test_a_predicate_that_fails_is_named(toy: SimpleNamespace) -> None:
    problem = toy.variation(rejects=(Reject(name="odd", test=lambda p: p.c),))
    with pytest.raises(
        ProofError, match=r'attempt 1 of stream .*: reject "odd" fails: AttributeError: .*\n  given: Par'
    ):
        draw("toy", problem, "hard", STREAM)


def test_a_solver_that_fails_names_the_problem(toy: SimpleNamespace) -> None:
    with pytest.raises(ProofError, match=r"^toy: solve fails: ZeroDivisionError: .*\n  given: Params\(a=0, b=1"):
        drawing.given("toy", toy.variation(solve=lambda p: 1 // p.a), toy.Params(0, 1), "standard")


def test_a_solver_that_fails_on_a_draw_names_the_stream(toy: SimpleNamespace) -> None:
    problem = toy.variation(solve=lambda p: 1 // 0)
    with pytest.raises(ProofError, match=r"^toy, level easy, attempt \d of stream set/toy \(seed 0\): solve fails: "):
        draw("toy", problem, "easy", STREAM)


def test_numpy_integers_never_reach_a_variant(toy: SimpleNamespace) -> None:
    problem = toy.variation(draw=lambda rng, level: toy.Params(rng.integers(3, 9), 4))
    with pytest.raises(
        ProofError, match=r"^toy, level .*: Params\.a is np\.int64\(\d\) \(int64\), but is annotated as int$"
    ):
        draw("toy", problem, "standard", STREAM)


def test_parameters_must_be_the_records(toy: SimpleNamespace) -> None:
    with pytest.raises(ProofError, match=r"^toy: the parameters \(3, 4\) are no Params$"):
        drawing.given("toy", toy.PROBLEM, (3, 4), "standard")


# --- given parameters --------------------------------------------------------------------------


def test_given_parameters_are_not_judged(toy: SimpleNamespace) -> None:
    variant = drawing.given("toy", toy.PROBLEM, toy.Params(0, 0), "standard")
    assert variant.attempts == 0
    assert variant.rejected == {}
    assert variant.answers == {"sum": 0, "product": 0}
    assert variant.wrong == {"multiplies": {"sum": 0}}


def test_a_draw_depends_on_no_global_generator(toy: SimpleNamespace) -> None:
    state = np.random.get_state()[1].copy()
    draw("toy", toy.PROBLEM, "standard", STREAM)
    assert (np.random.get_state()[1] == state).all()
