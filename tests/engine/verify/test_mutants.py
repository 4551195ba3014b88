"""Mutants: each wrong solver is caught, and one that the oracle cannot tell is named with what would catch it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import click
import pytest

from psetpress import registry
from psetpress.proving import ProofError
from psetpress.verify import digits, mutants
from psetpress.verify.digits import Outcome
from psetpress.verify.mutants import Trial


@pytest.fixture(autouse=True)
def no_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy is in tests/, not in a bank; digits have tests of their own."""
    monkeypatch.setattr(digits, "outcome", lambda name, variants: Outcome(name, 0, (), ()))


def test_every_sort_of_mutant_is_tried_and_caught(toy: SimpleNamespace, bank: Callable[..., None]) -> None:
    bank(toy=toy.variation(edges=()))
    trial = mutants.tried("toy")
    assert trial.survivors == []
    assert trial.caught["misconception"] == 2
    assert trial.caught["stale answers"] == 2
    # sum and product: off by one, begins late (the same number), sign, wrong rounding
    assert trial.caught["fault"] == 8
    # a and b commute, and the entries of pair decide nothing
    assert trial.caught["swapped parameters"] == 0
    assert trial.idle >= 2


def test_an_oracle_that_cannot_tell_lets_a_mutant_survive(toy: SimpleNamespace, bank: Callable[..., None]) -> None:
    """This oracle takes the product from `solve`: whatever solve says is proved."""
    problem: Any = toy.variation(edges=())

    def oracle(p: Any) -> dict[str, int]:
        return {"sum": p.a + p.b, "product": registry.load("toy").solve(p)["product"]}

    def as_mutated(variant: Any, mutant: Any) -> Any:
        bank(toy=toy.variation(edges=(), oracle=oracle, solve=mutant.solve))
        return honest(variant, mutant)

    bank(toy=toy.variation(edges=(), oracle=oracle))
    honest = mutants._mutated
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mutants, "_mutated", as_mutated)
        trial = mutants.tried("toy")
    assert problem.title == "A toy"
    surviving = [text for text in trial.survivors if text.startswith('off by one in answer "product" on Params(')]
    assert len(surviving) == 1
    assert surviving[0].endswith(': the oracle must work out "product" by itself')
    assert not [text for text in trial.survivors if 'answer "sum"' in text]


def test_swapped_parameters_are_tried_where_they_decide(toy: SimpleNamespace, bank: Callable[..., None]) -> None:
    def difference(p: Any) -> dict[str, int]:
        return {"sum": p.a - p.b, "product": p.a * p.b}

    bank(toy=toy.variation(edges=(), solve=difference, oracle=difference, misconceptions=()))
    assert mutants.tried("toy").caught["swapped parameters"] == 1


def test_a_mutant_that_fails_is_caught(toy: SimpleNamespace, bank: Callable[..., None]) -> None:
    """A misconception that answers something else than a number stops every build."""
    variants = list(mutants._variants("toy", toy.variation(edges=())))
    trial = Trial("toy")
    mutants._try(trial, "fault", mutants.Mutant("broken", lambda p: {"sum": "seven", "product": 1}, ""), variants)
    assert trial.caught == Counter(fault=1)


def test_a_mutant_that_changes_nothing_is_no_wrong_solver(toy: SimpleNamespace) -> None:
    variants = list(mutants._variants("toy", toy.PROBLEM))
    trial = Trial("toy")
    mutants._try(trial, "fault", mutants.Mutant("the same", toy.PROBLEM.solve, ""), variants)
    assert (trial.tried, trial.idle) == (0, 1)


def test_a_problem_that_is_not_proved_is_no_ground_for_mutants(toy: SimpleNamespace, bank: Callable[..., None]) -> None:
    bank(toy=toy.variation(oracle=lambda p: {"sum": 0, "product": 0}))
    with pytest.raises(ProofError, match=r"^toy fails before anything is mutated: answer \"sum\": solve says 7"):
        mutants.tried("toy")


def test_digits_are_counted_with_the_rest(
    toy: SimpleNamespace, bank: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bank(toy=toy.variation(edges=()))
    outcome = Outcome("toy", 5, ("a",), ("solvers/toy.py, line 3, column 1: 2 changed to 3",))  # type: ignore[arg-type]
    monkeypatch.setattr(digits, "outcome", lambda name, variants: outcome)
    trial = mutants.tried("toy")
    assert trial.caught["digit"] == 5
    assert trial.shared == ["solvers/toy.py, line 3, column 1: 2 changed to 3"]
    assert trial.survivors == []
    says = "toy: changes the question itself: solvers/toy.py, line 3, column 1: 2 changed to 3"
    assert says in mutants.as_text([trial])


def test_the_report_counts_and_names_survivors() -> None:
    one = Trial("fir", Counter(misconception=3, fault=5), 2, [])
    other = Trial("conv", Counter(digit=1), survivors=["sign on Params(): the oracle must work it out"])
    lines = click.unstyle(mutants.as_text([one, other])).splitlines()
    assert lines[0].split() == ["fir", "8", "of", "8", "caught,", "2", "change", "nothing"]
    assert lines[1].split()[:4] == ["conv", "1", "of", "2"]
    assert lines[2] == "conv: survives: sign on Params(): the oracle must work it out"
    assert lines[3] == "9 of 10 mutants caught (5 fault, 3 misconception, 1 digit)"


@pytest.mark.parametrize("name", [name for name in registry.names() if registry.load(name).misconceptions])
def test_every_misconception_in_place_of_solve_is_caught(name: str) -> None:
    """The quick part of `psetpress verify --mutants`: functions replaced, no source changed."""
    trial = mutants.tried(name)
    assert trial.survivors == []
    assert trial.caught["misconception"] == len(registry.load(name).misconceptions)
