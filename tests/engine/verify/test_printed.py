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
from psetpress.verify import page, printed

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
        monkeypatch.setattr(page, "_templates", lambda: words)
        return list(printed.unseen(drawing.given("toy", problem, params, "standard")))

    return unseen


def test_a_page_that_shows_everything_hides_nothing(told: Any, toy: SimpleNamespace) -> None:
    assert told(WORDS["addition"], toy.PROBLEM, toy.Params(3, 4)) == []


def test_a_parameter_that_is_not_printed_is_named_with_a_change_that_proves_it(told: Any, toy: SimpleNamespace) -> None:
    assert told("Add $<< p.a >>$ and a number.", toy.PROBLEM, toy.Params(3, 4)) == [
        "the key depends on b, but the page is the same for 4 and 3",
        "the key depends on b, but the page is the same for 4 and 5",
    ]


@pytest.mark.parametrize("wrong", ["p.b + 1", "p.b * 2", "p.a + p.b", "-p.b"])
def test_a_page_that_prints_another_number_is_found_out(told: Any, toy: SimpleNamespace, wrong: str) -> None:
    says = told(f"Add $<< p.a >>$ and $<< {wrong} >>$.", toy.PROBLEM, toy.Params(3, 14))
    assert "the key depends on b, but the page does not print it: nowhere does 14 become 15" in says


@pytest.mark.parametrize("worded", ["<< p.b|words >>", "$3 << p.b|signed >>$", "$\\frac{<< p.b >>}{7}$, $<< p.b >>$"])
def test_numbers_may_stand_there_as_words_or_behind_a_sign(told: Any, toy: SimpleNamespace, worded: str) -> None:
    assert told(f"Add $<< p.a >>$ and {worded}.", toy.PROBLEM, toy.Params(13, 4)) == []


def test_what_a_formula_leaves_out_need_not_stand_there(told: Any, toy: SimpleNamespace) -> None:
    """Nobody writes 1x; from 1 to 2 the page gains the 2."""
    worded = "Add << p.a >> and <% if p.b != 1 %><< p.b >><% endif %>x."
    assert told(worded, toy.PROBLEM, toy.Params(3, 1)) == []


def test_a_record_says_what_stands_for_a_parameter(told: Any, toy: SimpleNamespace) -> None:
    doubled = "Add $<< p.a >>$ and half of $<< 2 * p.b >>$."
    assert told(doubled, toy.PROBLEM, toy.Params(3, 14))
    declared = toy.variation(printed_as={"b": lambda p: (2 * p.b,)})
    assert told(doubled, declared, toy.Params(3, 14)) == []
    assert told("Add $<< p.a >>$ and $<< p.b >>$.", declared, toy.Params(3, 14))


def test_every_choice_of_a_word_is_tried(told: Any, toy: SimpleNamespace) -> None:
    """What a parameter says in words must change the page, too."""
    choosing = toy.variation(
        solve=lambda p: {"sum": int(p.style == "words"), "product": 0}, oracle=lambda p: {}, misconceptions=()
    )
    assert told("Add in << p.style >>.", choosing, toy.Params(3, 4)) == []
    assert told("Add somehow.", choosing, toy.Params(3, 4)) == [
        "the key depends on style, but the page is the same for plain and words"
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
