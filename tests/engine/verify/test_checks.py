"""The checks of a variant: an honest one passes all, and each defect is found by the check that is meant for it."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import drawing
from psetpress.answers import Integer, Matrix, Signal
from psetpress.answers.base import Match
from psetpress.records import Part, Reject
from psetpress.verify.checks import CHECKS, MALFORMED, Finding, examine


def drawn(problem: Any, params: Any) -> drawing.Variant:
    """Return the variant of these parameters as if it had been drawn."""
    return dataclasses.replace(drawing.given("toy", problem, params, "standard"), attempts=1)


def found(variant: drawing.Variant) -> dict[str, list[str]]:
    findings: dict[str, list[str]] = {}
    for check, says in examine(variant):
        findings.setdefault(check, []).append(says)
    return findings


def test_an_honest_variant_passes_every_check(toy: SimpleNamespace) -> None:
    for a, b in [(3, 4), (40, 1), (7, 12)]:
        assert examine(drawn(toy.PROBLEM, toy.Params(a, b))) == []


def test_a_wrong_solve_is_found_by_the_other_road(toy: SimpleNamespace) -> None:
    problem = toy.variation(solve=lambda p: {"sum": p.a + p.b + (p.a == 5), "product": p.a * p.b})
    assert examine(drawn(problem, toy.Params(3, 4))) == []
    assert found(drawn(problem, toy.Params(5, 4))) == {
        "two roads": ['answer "sum": solve says 10, the oracle says 9'],
    }


def test_a_misconception_that_is_right_is_found_on_drawn_variants_only(toy: SimpleNamespace) -> None:
    says = ['misconception "multiplies" gives the right answer', 'misconception "adds" gives the right answer']
    assert found(drawn(toy.PROBLEM, toy.Params(2, 2)))["misconceptions"] == says
    assert examine(drawing.given("toy", toy.PROBLEM, toy.Params(2, 2), "standard")) == []


def test_a_solve_that_remembers_is_found(toy: SimpleNamespace) -> None:
    calls: list[int] = []

    def solve(p: Any) -> dict[str, int]:
        calls.append(1)
        return {"sum": p.a + p.b + len(calls) - 1, "product": p.a * p.b}

    problem = toy.variation(solve=solve, misconceptions=())
    assert found(drawn(problem, toy.Params(3, 4)))["stored"] == ['answer "sum" changes when it is worked out again: 7']


@dataclasses.dataclass(frozen=True)
class Forgetful(Integer):
    """An integer whose JSON loses its last digit."""

    def to_json(self, value: int) -> Any:
        return value // 10


@dataclasses.dataclass(frozen=True)
class Generous(Integer):
    """An integer that takes anything for right."""

    def match(self, value: int, response: int) -> Match:
        return Match(True, "fine")


@dataclasses.dataclass(frozen=True)
class Silent(Integer):
    """An integer that takes no text for right, not even its own."""

    def match(self, value: int, response: int) -> Match:
        return Match(False, "no")


def of_kind(toy: SimpleNamespace, kind: Any) -> Any:
    parts = (Part(name="addition", points=Fraction(1), answers={"sum": kind, "product": Integer()}),)
    return toy.variation(parts=parts, misconceptions=())


def test_an_answer_that_json_does_not_keep_is_found(toy: SimpleNamespace) -> None:
    says = found(drawn(of_kind(toy, Forgetful()), toy.Params(30, 4)))["stored"]
    assert says == ['answer "sum" does not come back from JSON: 34']


def test_a_kind_that_accepts_what_is_wrong_is_found(toy: SimpleNamespace) -> None:
    says = found(drawn(of_kind(toy, Generous()), toy.Params(3, 4)))["responses"]
    assert says == ['answer "sum": the wrong answer 8 is accepted for 7']


def test_a_kind_whose_proof_is_no_proof_is_found(toy: SimpleNamespace) -> None:
    @dataclasses.dataclass(frozen=True)
    class Lax(Integer):
        def agrees(self, value: int, other: int) -> bool:
            return True

    says = found(drawn(of_kind(toy, Lax()), toy.Params(3, 4)))["responses"]
    assert says == ['answer "sum": two roads would agree on 7 and 8']


def test_a_solver_that_leaves_is_a_finding(toy: SimpleNamespace) -> None:
    def leaves(p: Any) -> Any:
        raise SystemExit(0)

    problem = toy.variation(oracle=leaves, misconceptions=())
    assert "oracle fails: SystemExit: 0" in found(drawn(problem, toy.Params(3, 4)))["two roads"][0]


def test_a_kind_that_refuses_the_right_answer_is_found(toy: SimpleNamespace) -> None:
    says = found(drawn(of_kind(toy, Silent()), toy.Params(3, 4)))["responses"]
    assert says == ['answer "sum": its own text 7 is not accepted']


@pytest.mark.parametrize("text", MALFORMED)
def test_a_kind_that_takes_nonsense_is_found(toy: SimpleNamespace, text: str) -> None:
    @dataclasses.dataclass(frozen=True)
    class Gullible(Integer):
        def read(self, text: str) -> int:
            return super().read("7" if text == nonsense else text)

    nonsense = text.strip()
    says = found(drawn(of_kind(toy, Gullible()), toy.Params(3, 4)))["responses"]
    assert says == [f'answer "sum": the malformed response "{text}" is accepted']


def test_a_refusal_without_help_is_found(toy: SimpleNamespace) -> None:
    @dataclasses.dataclass(frozen=True)
    class Curt(Integer):
        def _refusal(self, text: str, reason: str) -> Any:
            error = super()._refusal(text, reason)
            return type(error)("No.")

    says = found(drawn(of_kind(toy, Curt()), toy.Params(3, 4)))["responses"]
    assert len(says) == len(MALFORMED)
    assert all(one.endswith("does not say what is accepted: No.") for one in says)


def test_code_that_raises_is_a_finding(toy: SimpleNamespace) -> None:
    @dataclasses.dataclass(frozen=True)
    class Broken(Integer):
        def perturb(self, value: int) -> int:
            raise KeyError("perturb")

    variant = drawn(of_kind(toy, Broken()), toy.Params(3, 4))
    assert examine(variant) == [Finding("responses", "KeyError: 'perturb'")]


def test_a_predicate_that_should_have_rejected_is_found(toy: SimpleNamespace) -> None:
    problem = toy.variation(rejects=(Reject(name="odd", test=lambda p: p.a % 2 == 1),))
    assert found(drawn(problem, toy.Params(3, 4)))["degenerate"] == ['it should have been rejected: "odd"']
    assert examine(drawn(problem, toy.Params(4, 3))) == []


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        (Signal(), (2, (0, 0)), "zero throughout"),
        (Signal(), (2, (0, 1)), None),
        (Matrix(), ((0, 0), (0, 0)), "zero throughout"),
        (Matrix(), ((0, 0), (0, Fraction(1, 9))), None),
        (Integer(), 0, None),
    ],
)
def test_a_trivial_answer_is_found(toy: SimpleNamespace, kind: Any, value: Any, says: str | None) -> None:
    problem = toy.variation(
        parts=(Part(name="addition", points=Fraction(1), answers={"x": kind}),),
        solve=lambda _: {"x": value},
        oracle=lambda _: {"x": value},
        misconceptions=(),
    )
    expected = {} if says is None else {"degenerate": [f'answer "x" is {says}']}
    assert found(drawn(problem, toy.Params(3, 4))) == expected


def test_every_check_says_in_its_docstring_what_it_demands() -> None:
    assert all(str(check.__doc__).startswith("Demand ") for check in CHECKS.values())


def test_a_part_keeps_the_computed_answers_that_it_was_published_with(toy: SimpleNamespace) -> None:
    """Answers that vanish where they are hard leave nothing to prove."""
    parts = (Part(name="addition", points=Fraction(2), answers=lambda p: {"sum": Integer()} if p.a < 5 else {}),)
    problem = toy.variation(
        parts=parts,
        solve=lambda p: {"sum": p.a + p.b} if p.a < 5 else {},
        oracle=lambda p: {"sum": p.a + p.b} if p.a < 5 else {},
        misconceptions=(),
    )
    assert examine(drawn(problem, toy.Params(4, 4))) == []
    says = 'part "addition" asks for no computed answer, which the published variant does'
    assert found(drawn(problem, toy.Params(7, 4))) == {"degenerate": [says]}
