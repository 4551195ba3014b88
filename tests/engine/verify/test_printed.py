"""What the page prints must lead to the key: numbers survive their print, and nothing that decides is hidden."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress import drawing
from psetpress.templates import Templates
from psetpress.verify import printed

WORDS = {
    "addition": "Add $<< p.a >>$ and $<< p.b >>$.",
    "multiplication": "Multiply them.",
}


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch, folder: Callable[..., Path], bank: Callable[..., None]
) -> Callable[..., list[str]]:
    """Say what is hidden on the page of the toy when its addition is worded like this."""

    def unseen(addition: str, problem: Any, params: Any) -> list[str]:
        bank(toy=problem)
        blocks = {**WORDS, "addition": addition}
        respond = {
            "addition": "<< respond() >>",
            "multiplication": '<< respond(labels={"product": "P", "reason": "R"}) >>',
        }
        template = "".join(f"<% block {name} %>{text}{respond[name]}<% endblock %>" for name, text in blocks.items())
        words = Templates([folder("words", {"problems/toy.tex.j2": template})], marked=False)
        monkeypatch.setattr(printed, "_templates", lambda: words)
        return list(printed.unseen(drawing.given("toy", problem, params, "standard")))

    return unseen


def test_a_page_that_shows_everything_hides_nothing(told: Any, toy: SimpleNamespace) -> None:
    assert told(WORDS["addition"], toy.PROBLEM, toy.Params(3, 4)) == []


def test_a_parameter_that_is_not_printed_is_named_with_a_change_that_proves_it(told: Any, toy: SimpleNamespace) -> None:
    assert told("Add $<< p.a >>$ and a number.", toy.PROBLEM, toy.Params(3, 4)) == [
        "the key depends on b, but the page is the same for 4 and 3",
        "the key depends on b, but the page is the same for 4 and 5",
    ]


def test_a_rounded_print_hides_digits(told: Any, toy: SimpleNamespace) -> None:
    scaled = toy.variation(
        solve=lambda p: {"sum": int(p.scale.denominator), "product": 0}, oracle=lambda p: {}, misconceptions=()
    )
    params = toy.Params(3, 4, Fraction(1, 7))
    assert told("Write $<< p.scale >>$.", scaled, params) == []
    (says,) = told("Write $<< p.scale|decimal(4) >>$.", scaled, params)
    assert says.startswith("the key depends on scale, but the page is the same for 1/7 and ")


def test_a_parameter_without_effect_may_stay_hidden(told: Any, toy: SimpleNamespace) -> None:
    """The toy's scale and pair change no answer."""
    assert told("Add $<< p.a >>$ and $<< p.b >>$.", toy.PROBLEM, toy.Params(3, 4, Fraction(2), "words", (1, 2))) == []


def test_a_change_that_solve_refuses_shows_nothing(told: Any, toy: SimpleNamespace) -> None:
    def solve(p: Any) -> dict[str, int]:
        if p.b != 4:
            raise ValueError("four only")
        return {"sum": p.a + p.b, "product": p.a * p.b}

    problem = toy.variation(solve=solve, misconceptions=())
    assert told("Add $<< p.a >>$ and four.", problem, toy.Params(3, 4)) == []


@given(st.fractions(), st.integers(), st.booleans())
def test_every_number_is_read_back_from_its_print(x: Fraction, n: int, flag: bool) -> None:
    read = printed.as_read((x, n, flag, "text", None))
    assert read == (x, n, flag, "text", None)
    assert [type(value) for value in read] == [Fraction, int, bool, str, type(None)]
