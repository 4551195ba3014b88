"""The catalog: what `psetpress list` says."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import catalog
from psetpress.catalog import Catalog, as_json, as_text, entries
from psetpress.errors import UsageError

PLACE: Any = SimpleNamespace(sets={"demo": "demo.toml", "hw3": "hw3.toml"})


@pytest.fixture(autouse=True)
def two(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(toy=toy.PROBLEM, another=toy.variation(title="Another", topics=("algebra", "arithmetic"), levels=("easy",)))


def test_an_entry_says_what_an_author_chooses_by() -> None:
    toy, another = entries(PLACE).problems
    assert toy == catalog.Entry(
        name="toy",
        title="A toy",
        topics=("arithmetic",),
        levels=("easy", "standard", "hard"),
        parts=("addition", "multiplication"),
        points=5.0,
        minutes=1,
        source="made up",
        version=1,
    )
    assert another.levels == ("easy",)


def test_a_topic_chooses_problems_and_keeps_the_sets() -> None:
    assert [entry.name for entry in entries(PLACE, "algebra").problems] == ["another"]
    assert [entry.name for entry in entries(PLACE, "arithmetic").problems] == ["toy", "another"]
    assert entries(PLACE, "algebra").sets == ("demo", "hw3")


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("algebar", 'no problem has the topic "algebar" (did you mean "algebra"?); topics are algebra, arithmetic'),
        ("", 'no problem has the topic ""; topics are algebra, arithmetic'),
    ],
)
def test_an_unknown_topic_is_answered_with_the_known_ones(topic: str, expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        entries(PLACE, topic)
    assert caught.value.message == expected


def test_as_text() -> None:
    assert as_text(entries(PLACE)) == (
        "toy      A toy (arithmetic; 5 points, 1 min; easy, standard, hard)\n"
        "another  Another (algebra, arithmetic; 5 points, 1 min; easy)\n"
        "\n"
        "sets: demo, hw3"
    )


def test_as_json() -> None:
    found = json.loads(as_json(entries(PLACE)))
    assert found["sets"] == ["demo", "hw3"]
    assert [problem["name"] for problem in found["problems"]] == ["toy", "another"]
    assert found["problems"][0]["parts"] == ["addition", "multiplication"]
    assert found["problems"][0]["points"] == 5


def test_an_empty_workspace() -> None:
    assert as_text(Catalog((), ())) == "no problems\n\nsets: none"


def test_an_empty_workspace_has_no_topics(bank: Callable[..., None]) -> None:
    bank()
    with pytest.raises(UsageError, match=r'^no problem has the topic "x"; topics are none$'):
        entries(PLACE, "x")
