"""What solutions see: answers by name, intermediate results, recorded results."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import drawing
from psetpress.proving import ProofError
from psetpress.seen import Names, Quoted, Shown, solved
from psetpress.tex import TeX


def seen(toy: SimpleNamespace, **changes: Any) -> Any:
    variant = drawing.given("toy", toy.variation(**changes), toy.Params(3, 4), "standard")
    return SimpleNamespace(**solved(variant))


def test_answers_print_themselves_and_have_a_value(toy: SimpleNamespace) -> None:
    answers = seen(toy).answers
    assert isinstance(answers.sum, Shown)
    assert (answers.sum.value, answers.sum.latex(), answers.sum.text()) == (7, "7", "7")
    assert [name for name, _ in answers] == ["sum", "product"]


def test_misconceptions_show_the_answers_that_they_change(toy: SimpleNamespace) -> None:
    wrong = seen(toy).wrong
    assert wrong.keys() == {"multiplies", "adds"}
    assert [(name, shown.value) for name, shown in wrong["multiplies"]] == [("sum", 12)]


def test_intermediate_results_are_attributes(toy: SimpleNamespace) -> None:
    work = seen(toy, work=lambda p: {"half": Fraction(p.a, 2), "values": (1, 2)}).work
    assert (work.half, work.values) == (Fraction(3, 2), (1, 2))
    assert "half" in work
    assert "sum" not in work


def test_intermediate_results_that_fail_are_named(toy: SimpleNamespace) -> None:
    with pytest.raises(ProofError, match=r"^work fails: ZeroDivisionError"):
        seen(toy, work=lambda p: {"none": p.a / 0})


def test_names_never_hide_one_another() -> None:
    assert [*Names(items=1, keys=2)] == [("items", 1), ("keys", 2)]


def test_a_recorded_result_shows_what_its_record_holds() -> None:
    quoted = Quoted(SimpleNamespace(scale="small"), TeX(""))
    assert quoted.exists
    assert quoted.scale == "small"
    assert not Quoted(None, TeX("missing")).exists
    with pytest.raises(AttributeError, match="claims"):
        _ = quoted.claims
