"""Rubrics: what a reader judges, and what each misconception costs and answers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import drawing, rubric
from psetpress.assignment import assemble
from psetpress.drawing import Variant
from psetpress.rubric import Line
from psetpress.setfile import SetFile

pytestmark = pytest.mark.usefixtures("bank")

F = Fraction
Asked = Callable[..., tuple[list[Line], list[Line]]]


@pytest.fixture
def asked(set_of: Callable[..., SetFile], toy: SimpleNamespace) -> Asked:
    """Return the lines of both parts for the variant (a, b), with points of the set's own."""

    def lines(a: int, b: int, problem: Any = toy.PROBLEM, **points: Any) -> tuple[list[Line], list[Line]]:
        variant: Variant = drawing.given("toy", problem, toy.Params(a, b), "standard")
        item = next(assemble("hw", set_of({"use": "toy", "points": points}), "hw.toml").items())
        first, second = item.parts
        return rubric.lines(first, variant), rubric.lines(second, variant)

    return lines


def test_a_part_has_its_items_then_its_misconceptions(asked: Asked) -> None:
    addition, multiplication = asked(3, 4)
    assert addition == [
        Line(F(-1), "no-work", "The work is missing.", {}),
        Line(F(-3, 2), "multiplies", "multiplies the numbers", {"sum": 12}),  # 3/4 of 2 points: a quarter is credit
    ]
    assert multiplication == [
        Line(F(-3, 2), "adds", "adds the numbers", {"product": 7}),  # one of two answers: half of 3 points
    ]


def test_points_of_the_set_scale_every_line(asked: Asked) -> None:
    addition, multiplication = asked(3, 4, addition=4, multiplication="1/2")
    assert [line.points for line in addition] == [F(-2), F(-3)]
    assert [line.points for line in multiplication] == [F(-1, 4)]


def test_a_part_worth_nothing_deducts_nothing(asked: Asked) -> None:
    addition, _ = asked(3, 4, addition=0)
    assert [line.points for line in addition] == [0, 0]


def test_a_misconception_that_does_not_apply_is_no_line(asked: Asked) -> None:
    assert asked(0, 1)[1] == []


def test_a_misconception_that_gives_the_right_answer_is_no_line(asked: Asked) -> None:
    addition, multiplication = asked(2, 2)
    assert [line.name for line in addition] == ["no-work"]
    assert multiplication == []


def test_a_misconception_shows_only_where_it_is_wrong(asked: Asked, toy: SimpleNamespace) -> None:
    """It answers both parts but is wrong in the first alone."""
    both = toy.variation(
        misconceptions=(
            type(toy.ADDS)(name="both", says="guesses", solve=lambda p: {"sum": 0, "product": p.a * p.b}, feedback=""),
        )
    )
    addition, multiplication = asked(3, 4, both)
    assert addition[1:] == [Line(F(-2), "both", "guesses", {"sum": 0})]
    assert multiplication == []


def test_full_credit_costs_nothing(asked: Asked, toy: SimpleNamespace) -> None:
    kind = type(toy.ADDS)(name="lucky", says="", solve=lambda p: {"sum": 0}, feedback="", credit=F(1))
    assert asked(3, 4, toy.variation(misconceptions=(kind,)))[0][-1].points == 0


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (1, F(-3, 4)),  # exactly three quarters of the point
        ("1.1", F(-3, 4)),  # 0.825 is nearer to 0.75 than to 1
        ("1.2", F(-1)),  # 0.9 is nearer to 1
        ("0.3", F(-1, 4)),  # 0.225
        ("0.05", F(-1, 20)),  # a quarter is the least, but no part loses more than it has
    ],
)
def test_misconceptions_cost_quarters_of_a_point(asked: Asked, points: object, expected: Fraction) -> None:
    addition, _ = asked(3, 4, addition=points)
    assert addition[1].points == expected
