"""Set files joined with the bank: letters, points, constraints, and what does not fit together."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress.answers import Integer
from psetpress.assignment import AskedItem, Assignment, assemble
from psetpress.errors import UsageError
from psetpress.records import Part
from psetpress.setfile import SetFile, parse

pytestmark = pytest.mark.usefixtures("bank")

F = Fraction
SetOf = Callable[..., SetFile]


def item_of(file: SetFile) -> AskedItem:
    return next(assemble("hw", file, "hw.toml").items())


def refusal(file: SetFile) -> str:
    with pytest.raises(UsageError) as caught:
        assemble("hw", file, "hw.toml")
    return caught.value.message


def many_parts(count: int) -> tuple[Part[Any], ...]:
    return tuple(Part(name=f"p{n}", points=F(1), answers={f"x{n}": Integer()}) for n in range(count))


# --- what is asked -----------------------------------------------------------------------------


def test_an_assignment_has_the_records_points_and_letters(set_of: SetOf, toy: SimpleNamespace) -> None:
    assignment = assemble("hw", set_of("toy"), "hw.toml")
    (question,) = assignment.questions
    (item,) = question.items
    assert (assignment.name, question.number, question.title) == ("hw", 1, "One")
    assert (item.name, item.problem_name, item.problem, item.level) == ("toy", "toy", toy.PROBLEM, "standard")
    assert [(part.id, part.letter, part.name, part.points, part.scale) for part in item.parts] == [
        ("1.a", "a", "addition", F(2), F(1)),
        ("1.b", "b", "multiplication", F(3), F(1)),
    ]
    assert (question.points, assignment.points) == (F(5), F(5))
    assert (item.pinned, item.constraints) == (None, ())


def test_letters_run_through_the_problems_of_a_question_and_begin_again() -> None:
    questions = [
        {"title": "One", "problem": ["toy", {"use": "toy", "id": "more"}]},
        {"title": "Two", "problem": [{"use": "toy", "id": "x"}]},
    ]
    assignment = assemble("hw", parse({"title": "A", "question": questions}, "hw.toml"), "hw.toml")
    assert [[part.id for part in item.parts] for item in assignment.items()] == [
        ["1.a", "1.b"],
        ["1.c", "1.d"],
        ["2.a", "2.b"],
    ]


def test_parts_come_in_the_records_order(set_of: SetOf) -> None:
    item = item_of(set_of({"use": "toy", "parts": ["multiplication", "addition"]}))
    assert [part.name for part in item.parts] == ["addition", "multiplication"]
    assert [part.name for part in item_of(set_of({"use": "toy", "parts": ["addition"]})).parts] == ["addition"]


def test_points_of_the_set_scale_the_record(set_of: SetOf) -> None:
    first, second = item_of(set_of({"use": "toy", "points": {"multiplication": "1/3"}})).parts
    assert (first.points, first.scale) == (F(2), F(1))
    assert (second.points, second.scale) == (F(1, 3), F(1, 9))


def test_a_part_may_be_worth_nothing(set_of: SetOf, bank: Callable[..., None], toy: SimpleNamespace) -> None:
    assert item_of(set_of({"use": "toy", "points": {"addition": 0}})).parts[0].scale == 0
    bank(toy=toy.variation(parts=(Part(name="free", points=F(0), answers={"sum": Integer()}),)))
    assert item_of(set_of({"use": "toy", "points": {"free": 2}})).parts[0].scale == 0


def test_a_problems_level_goes_before_the_sets(set_of: SetOf) -> None:
    file = set_of("toy", {"use": "toy", "id": "b", "level": "easy"}, level="hard")
    assert [item.level for item in assemble("hw", file, "hw.toml").items()] == ["hard", "easy"]


def test_twenty_six_parts_have_letters_and_one_more_has_not(
    set_of: SetOf, bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    bank(toy=toy.variation(parts=many_parts(26)), more=toy.variation(parts=many_parts(1)))
    assert item_of(set_of("toy")).parts[-1].id == "1.z"
    assert refusal(set_of("toy", "more")) == (
        "hw.toml: question 1, more: a question has at most 26 parts; begin another question"
    )


# --- parameters --------------------------------------------------------------------------------


def test_parameters_can_be_given(set_of: SetOf, toy: SimpleNamespace) -> None:
    item = item_of(set_of({"use": "toy", "params": {"a": 1, "b": 2, "scale": 0.1, "pair": [3, 4]}}))
    assert item.pinned == toy.Params(1, 2, F(1, 10), "plain", (3, 4))


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"a": 1, "c": 2}, 'unknown parameter "c"; known are a, b, scale, style, pair'),
        ({"a": 1}, "parameter b is missing; the parameters are a, b, scale, style, pair"),
        ({"a": 1, "b": "2"}, 'b: must be a whole number, not "2"'),
        ({"a": 1, "b": 2, "style": "big"}, 'style: must be "plain" or "words", not "big"'),
    ],
)
def test_given_parameters_must_be_the_records(set_of: SetOf, params: dict[str, Any], expected: str) -> None:
    assert refusal(set_of({"use": "toy", "params": params})) == f"hw.toml: question 1, toy, params: {expected}"


@pytest.mark.parametrize(
    ("where", "holds", "fails", "reads"),
    [
        ({"a": 3}, {"a": 3}, {"a": 4}, "where a = 3"),
        ({"a": [3, 4]}, {"a": 4}, {"a": 5}, "where a = [3, 4]"),
        ({"scale": 0.1}, {"scale": F(1, 10)}, {"scale": F(1, 5)}, "where scale = 0.1"),
        ({"scale": ["1/3", 2]}, {"scale": F(1, 3)}, {"scale": F(3)}, 'where scale = ["1/3", 2]'),
        ({"style": "words"}, {"style": "words"}, {"style": "plain"}, 'where style = "words"'),
        ({"pair": [1, 2]}, {"pair": (1, 2)}, {"pair": (2, 1)}, "where pair = [1, 2]"),
        ({"pair": [[1, 2], [2, 1]]}, {"pair": (2, 1)}, {"pair": (1, 1)}, "where pair = [[1, 2], [2, 1]]"),
    ],
)
def test_where_allows_a_value_or_one_of_several(
    set_of: SetOf, toy: SimpleNamespace, where: dict[str, Any], holds: dict[str, Any], fails: dict[str, Any], reads: str
) -> None:
    ((text, constraint),) = item_of(set_of({"use": "toy", "where": where})).constraints
    assert text == reads
    assert constraint(toy.Params(**{"a": 1, "b": 1, **holds}))
    assert not constraint(toy.Params(**{"a": 1, "b": 1, **fails}))


def test_every_key_of_where_is_a_constraint(set_of: SetOf) -> None:
    constraints = item_of(set_of({"use": "toy", "where": {"a": 1, "b": 2}})).constraints
    assert [reads for reads, _ in constraints] == ["where a = 1", "where b = 2"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (
            {"sclae": 1},
            ', where: unknown parameter "sclae" (did you mean "scale"?); known are a, b, scale, style, pair',
        ),
        ({"a": "3"}, ', where: a: must be a whole number, not "3"'),
        ({"a": [3, "4"]}, ', where: a: must be a whole number, not "4"'),
        ({"style": ["words", "big"]}, ', where: style: must be "plain" or "words", not "big"'),
        ({"pair": [1, 2, 3]}, ", where: pair: must be an array of 2, not [1, 2, 3]"),
        ({"pair": [[1, 2], [1]]}, ", where: pair: must be an array of 2, not [1]"),
        (
            {"pare": [1, 2]},
            ', where: unknown parameter "pare" (did you mean "pair"?); known are a, b, scale, style, pair',
        ),
        ({"a": []}, ", where: a = [] allows no value"),
    ],
)
def test_where_must_be_possible(set_of: SetOf, where: dict[str, Any], expected: str) -> None:
    assert refusal(set_of({"use": "toy", "where": where})) == f"hw.toml: question 1, toy{expected}"


def test_given_parameters_leave_nothing_to_restrict(set_of: SetOf) -> None:
    assert refusal(set_of({"use": "toy", "params": {"a": 1, "b": 2}, "where": {"a": 1}})) == (
        "hw.toml: question 1, toy: params gives all parameters, so there is nothing for where to restrict; drop one"
    )


# --- what does not fit -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("toi", 'toi: unknown problem "toi"'),
        ({"use": "toi", "id": "x"}, 'x: unknown problem "toi"'),
        (
            {"use": "toy", "parts": ["adition"]},
            'toy, parts: unknown part "adition" (did you mean "addition"?); known are addition, multiplication',
        ),
        ({"use": "toy", "parts": []}, "toy: parts = [] asks nothing; the parts are addition, multiplication"),
        ({"use": "toy", "parts": ["addition", "addition"]}, 'toy, parts: "addition" is listed twice'),
        (
            {"use": "toy", "parts": ["multiplication"]},
            'toy: part "multiplication" refers to part "addition"; ask that one too',
        ),
        (
            {"use": "toy", "points": {"addtion": 1}},
            'toy, points: unknown part "addtion" (did you mean "addition"?); known are',
        ),
        (
            {"use": "toy", "parts": ["addition"], "points": {"multiplication": 1}},
            'toy, points: unknown part "multiplication"; known are addition',
        ),
    ],
)
def test_what_is_unknown_is_named_with_its_place(set_of: SetOf, problem: Any, expected: str) -> None:
    assert refusal(set_of(problem)).startswith(f"hw.toml: question 1, {expected}")


def test_a_level_that_the_problem_lacks(set_of: SetOf, bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(toy=toy.variation(levels=("easy", "standard")))
    assert refusal(set_of("toy", level="hard")) == (
        'hw.toml: question 1, toy: toy has no level "hard"; it has easy, standard'
    )


@pytest.mark.parametrize(
    ("points", "total", "expected"),
    [
        ({}, 6, "total = 6, but the points of the questions add up to 5 = 5"),
        ({"addition": "1/3"}, 3.25, "total = 3.25, but the points of the questions add up to 10/3 = 10/3"),
        ({"addition": 0.1}, "3.11", "total = 3.11, but the points of the questions add up to 3.1 = 3.1"),
    ],
)
def test_points_that_do_not_add_up(set_of: SetOf, points: dict[str, Any], total: Any, expected: str) -> None:
    assert refusal(set_of({"use": "toy", "points": points}, total=total)) == f"hw.toml: {expected}"


def test_the_sum_shows_every_question() -> None:
    questions = [
        {"title": "1", "problem": ["toy"]},
        {"title": "2", "problem": [{"use": "toy", "id": "x", "points": {"addition": 1}}]},
    ]
    file = parse({"title": "A", "total": 10, "question": questions}, "hw.toml")
    assert refusal(file) == "hw.toml: total = 10, but the points of the questions add up to 5 + 4 = 9"


def test_points_that_add_up_exactly(set_of: SetOf) -> None:
    """Ten times a tenth is one, though not in floats."""
    file = set_of({"use": "toy", "points": {"addition": 0.1, "multiplication": 0.2}}, total=0.3)
    assignment: Assignment = assemble("hw", file, "hw.toml")
    assert assignment.points == F(3, 10)


def test_a_published_set_asks_what_the_source_asks(set_of: SetOf) -> None:
    """Also where the set gives points to a part that the source lacks, or a total for all of them."""
    file = set_of({"use": "toy", "published": ["addition"], "points": {"multiplication": 4}}, total=6)
    assert [part.name for part in next(assemble("hw", file, "hw.toml").items()).parts] == ["addition", "multiplication"]
    published = assemble("hw", file, "hw.toml", published=True)
    assert [(part.name, part.id) for part in next(published.items()).parts] == [("addition", "1")]


def test_an_item_that_the_source_lacks_is_left_out_of_a_published_set(set_of: SetOf) -> None:
    file = set_of("toy", {"use": "toy", "id": "extra", "published": []})
    assert [item.name for item in assemble("hw", file, "hw.toml").items()] == ["toy", "extra"]
    assert [item.name for item in assemble("hw", file, "hw.toml", published=True).items()] == ["toy"]


def test_published_parts_must_exist(set_of: SetOf) -> None:
    expected = 'toy, published: unknown part "addtion" (did you mean "addition"?)'
    assert expected in refusal(set_of({"use": "toy", "published": ["addtion"]}))
