"""Proofs: both roads agree, or the message says where they part."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import interrupts, proving
from psetpress.answers import Integer, Number, Signal
from psetpress.drawing import Variant
from psetpress.proving import ProofError, call, canonical
from psetpress.records import Misconception, Part, Problem


@dataclass(frozen=True)
class Nothing:
    """No parameters."""


def one_answer(kind: Any, solve: Any, oracle: Any) -> Problem[Any]:
    """Return a problem whose one answer ``x`` has this kind and these roads."""
    return Problem[Any](
        title="",
        topics=(),
        source="",
        minutes=1,
        params=Nothing,
        draw=lambda rng, level: Nothing(),
        published=Nothing(),
        edges=(),
        solve=lambda _: {"x": solve},
        oracle=lambda _: {"x": oracle},
        parts=(Part(name="part", points=Fraction(1), answers={"x": kind}),),
    )


def given(problem: Problem[Any], params: Any) -> Variant:
    """Return the variant of these parameters, worked out by the problem's roads."""
    kinds = proving.kinds_of(problem, params)
    answers = proving.solve(problem, params, kinds)
    return Variant("toy", problem, params, "standard", kinds, answers, proving.misled(problem, params, kinds))


def misconception(**changes: Any) -> Misconception[Any]:
    return Misconception[Any](**{"name": "wrong", "says": "", "feedback": "", "solve": lambda p: {}, **changes})


# --- the roads ---------------------------------------------------------------------------------


def test_solve_returns_canonical_values_in_the_order_of_the_parts(toy: SimpleNamespace) -> None:
    backwards = toy.variation(solve=lambda p: {"product": Fraction(12), "sum": Fraction(14, 2)})
    answers = given(backwards, toy.Params(3, 4)).answers
    assert list(answers.items()) == [("sum", 7), ("product", 12)]
    assert {type(value) for value in answers.values()} == {int}


def test_a_written_answer_needs_no_road(toy: SimpleNamespace) -> None:
    assert "reason" not in given(toy.PROBLEM, toy.Params(1, 2)).answers


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        ({"sum": 1}, '"product" is missing'),
        ({}, '"product" is missing, "sum" is missing'),
        ({"sum": 1, "product": 1, "some": 1}, '"some" is unknown'),
        ({"sum": 1, "produkt": 1}, '"product" is missing, "produkt" is unknown'),
        ({"sum": 1, "product": 1, "reason": "why"}, '"reason" is unknown'),
    ],
)
@pytest.mark.parametrize("road", ["solve", "oracle"])
def test_roads_must_return_the_answers_of_the_parts(
    toy: SimpleNamespace, road: str, returned: dict[str, object], expected: str
) -> None:
    problem = toy.variation(**{road: lambda _: returned})
    with pytest.raises(ProofError) as caught:
        proving.disagreements(given(problem, toy.Params(1, 2)))
    assert caught.value.message == f"{road} does not return the answers of the parts: {expected}"


@pytest.mark.parametrize("road", ["solve", "oracle"])
def test_a_road_that_fails_says_how_and_for_what(toy: SimpleNamespace, road: str) -> None:
    problem = toy.variation(**{road: lambda p: 1 // p.a})
    with pytest.raises(ProofError) as caught:
        proving.disagreements(given(problem, toy.Params(0, 2)))
    first, second = caught.value.message.split("\n")
    assert first == f"{road} fails: ZeroDivisionError: integer division or modulo by zero"
    assert second.startswith("  given: Params(a=0, b=2, ")


def test_an_answer_of_another_type_is_named(toy: SimpleNamespace) -> None:
    problem = toy.variation(solve=lambda p: {"sum": 0.5, "product": 1})
    with pytest.raises(ProofError, match=r'^solve, answer "sum": Integer: an int is wanted, not 0\.5'):
        given(problem, toy.Params(1, 2))


def test_answers_that_cannot_be_named_are_an_error(toy: SimpleNamespace) -> None:
    part = Part[Any](name="part", points=Fraction(1), answers=lambda p: {"x": p.nothing})
    with pytest.raises(ProofError, match=r"^answers of the parts fails: AttributeError: 'Params' object has no"):
        given(toy.variation(parts=(part,)), toy.Params(1, 2))


def test_canonical_takes_no_written_answer() -> None:
    assert canonical({"x": Integer()}, {"x": Fraction(3)}, "solve") == {"x": 3}


def test_an_interruption_is_no_failure() -> None:
    def interrupted(_: object) -> None:
        raise interrupts.Interrupted

    def pretends(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(interrupts.Interrupted):
        call("solve", interrupted, None)
    with pytest.raises(ProofError, match=r"^solve fails: KeyboardInterrupt"):
        call("solve", pretends, None)


def test_a_solver_that_leaves_is_a_failure_and_the_systems_order_to_leave_is_none() -> None:
    def leaves(_: object) -> None:
        raise SystemExit(0)

    def ordered(_: object) -> None:
        raise interrupts.Terminated(143)

    with pytest.raises(ProofError, match=r"^solve fails: SystemExit: 0"):
        call("solve", leaves, None)
    with pytest.raises(interrupts.Terminated):
        call("solve", ordered, None)


def test_a_failure_is_told_of_which_variant() -> None:
    with pytest.raises(ProofError, match=r"^toy \(seed 1\): solve is wrong$"), proving.about("toy (seed 1)"):
        raise ProofError("solve is wrong")
    with pytest.raises(KeyError), proving.about("toy"):
        raise KeyError("mine")


# --- agreement ---------------------------------------------------------------------------------


def test_two_roads_that_agree_are_the_proof(toy: SimpleNamespace) -> None:
    for a in range(6):
        params = toy.Params(a, 7)
        assert proving.disagreements(given(toy.PROBLEM, params)) == []


def test_the_oracle_reads_no_note_of_solve(toy: SimpleNamespace) -> None:
    """It is given parameters of its own, equal and unspoilt."""

    def solve(p: Any) -> dict[str, int]:
        vars(p)["answer"] = {"sum": 1, "product": 2}
        return vars(p)["answer"]

    def read(p: Any) -> dict[str, int]:
        return vars(p).get("answer", {"sum": 0, "product": 0})

    found = proving.disagreements(given(toy.variation(solve=solve, oracle=read), toy.Params(3, 4)))
    assert [item.proved for item in found] == ["0", "0"]


def test_every_disagreement_names_both_answers(toy: SimpleNamespace) -> None:
    problem = toy.variation(solve=lambda p: {"sum": p.a + p.b, "product": p.a * p.b + 1})
    params = toy.Params(3, 4)
    found = proving.disagreements(given(problem, params))
    assert [str(item) for item in found] == ['answer "product": solve says 13, the oracle says 12']


@pytest.mark.parametrize(
    ("kind", "solved", "proved", "expected"),
    [
        (Number(), Fraction(1, 10), 0.1 + 1e-13, None),
        (Number(), Fraction(1, 10), 0.1001, "solve says 0.1, the oracle says ~0.1001"),
        (Number(rtol=Fraction(1, 10)), Fraction(1), Fraction(101, 100), "solve says 1, the oracle says 1.01"),
        (Signal(), (0, (1, 2)), (1, (1, 2)), "solve says "),
    ],
)
def test_proof_is_stricter_than_a_students_tolerance(kind: Any, solved: Any, proved: Any, expected: str | None) -> None:
    problem = one_answer(kind, solved, proved)
    found = proving.disagreements(given(problem, problem.published))
    assert [str(item).startswith(f'answer "x": {expected}') for item in found] == [True] * (expected is not None)


# --- misconceptions ----------------------------------------------------------------------------


def test_a_misconception_may_change_some_answers_or_none(toy: SimpleNamespace) -> None:
    assert given(toy.PROBLEM, toy.Params(3, 4)).wrong == {"multiplies": {"sum": 12}, "adds": {"product": 7}}
    assert given(toy.PROBLEM, toy.Params(0, 4)).wrong == {"multiplies": {"sum": 0}}


@pytest.mark.parametrize("name", ["product2", "reason"])
def test_a_misconception_answers_only_what_is_computed(toy: SimpleNamespace, name: str) -> None:
    item = misconception(solve=lambda p: {"sum": 1, name: 2})
    with pytest.raises(ProofError, match=rf'^misconception "wrong" returns unknown answers: {name}$'):
        given(toy.variation(misconceptions=(item,)), toy.Params(3, 4))


@pytest.mark.parametrize(
    ("solve", "expected"),
    [
        (lambda p: {"sum": 1 // p.a}, 'misconception "wrong" fails: ZeroDivisionError: '),
        (lambda p: {"sum": None}, 'misconception "wrong", answer "sum": Integer: a number is wanted, not None'),
    ],
)
def test_a_misconception_that_fails_is_named(toy: SimpleNamespace, solve: Any, expected: str) -> None:
    with pytest.raises(ProofError, match=f"^{expected}"):
        given(toy.variation(misconceptions=(misconception(solve=solve),)), toy.Params(0, 4))


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({}, []),
        ({"sum": 7}, ["wrong"]),
        ({"sum": 8}, []),
        ({"sum": 7, "product": 12}, ["wrong"]),
        ({"sum": 7, "product": 11}, []),
    ],
)
def test_a_misconception_coincides_only_in_all_it_answers(
    toy: SimpleNamespace, wrong: dict[str, int], expected: list[str]
) -> None:
    problem = toy.variation(misconceptions=(misconception(solve=lambda p: wrong),))
    assert list(proving.blind_spots(given(problem, toy.Params(3, 4)))) == expected


@pytest.mark.parametrize(("answer", "expected"), [(109, ["wrong"]), (111, [])])
def test_what_students_tolerance_accepts_coincides(answer: int, expected: list[str]) -> None:
    problem = one_answer(Number(rtol=Fraction(1, 10)), Fraction(100), Fraction(100))
    told = dataclasses.replace(problem, misconceptions=(misconception(solve=lambda _: {"x": answer}),))
    assert list(proving.blind_spots(given(told, problem.published))) == expected


def test_blind_spots_are_the_misconceptions_that_give_the_right_answer(toy: SimpleNamespace) -> None:
    for params, expected in [
        (toy.Params(2, 2), ["multiplies", "adds"]),
        (toy.Params(0, 0), ["multiplies"]),
        (toy.Params(3, 4), []),
    ]:
        assert list(proving.blind_spots(given(toy.PROBLEM, params))) == expected
