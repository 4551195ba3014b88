"""The manifest: the whole record of a build, the same bytes every time, and read back exactly."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress import __version__, codec, drawing, manifest
from psetpress.answers import (
    Choice,
    Distribution,
    Expression,
    Integer,
    Kind,
    Matrix,
    Number,
    Shape,
    Signal,
    Written,
)
from psetpress.assignment import assemble
from psetpress.drawing import Variant
from psetpress.records import Part
from psetpress.setfile import SetFile
from psetpress.streams import Stream

pytestmark = pytest.mark.usefixtures("bank")

F = Fraction
SetOf = Callable[..., SetFile]
FILES = {"key.pdf": b"key", "handout.pdf": b"handout"}


def record(file: SetFile, *variants: Variant) -> dict[str, Any]:
    return json.loads(written(file, *variants))


def written(file: SetFile, *variants: Variant) -> bytes:
    """Return the manifest of these variants for the items of a set in order."""
    assignment = assemble("hw", file, "hw.toml")
    by_item = {item.name: variant for item, variant in zip(assignment.items(), variants, strict=True)}
    return manifest.compose(assignment, by_item, {"seed": 7}, FILES)


@pytest.fixture
def variant(toy: SimpleNamespace) -> Variant:
    return drawing.given("toy", toy.PROBLEM, toy.Params(3, 4, F(1, 3)), "standard")


# --- what it holds -----------------------------------------------------------------------------


def test_the_head_names_set_versions_points_and_files(set_of: SetOf, variant: Variant) -> None:
    found = record(set_of("toy", title="Ü & <1>"), variant)
    del found["variants"]
    assert found == {
        "format": 1,
        "set": "hw",
        "title": "Ü & <1>",
        "provenance": {"seed": 7},
        "versions": {
            "psetpress": __version__,
            **{
                name: importlib.metadata.version(name)
                for name in ("numpy", "torch", "sympy", "scipy", "scikit-learn", "matplotlib")
            },
        },
        "points": 5,
        "files": {
            "handout.pdf": hashlib.sha256(b"handout").hexdigest(),
            "key.pdf": hashlib.sha256(b"key").hexdigest(),
        },
    }


def test_a_variant_holds_parameters_answers_and_misconceptions(set_of: SetOf, variant: Variant) -> None:
    asked = {"use": "toy", "id": "again", "points": {"addition": "1/3", "multiplication": 2.5}, "level": "easy"}
    (found,) = record(set_of(asked), variant)["variants"]
    assert found == {
        "item": "again",
        "problem": "toy",
        "version": 1,
        "level": "standard",  # of the variant: what was drawn is the record
        "identity": variant.identity,
        "attempts": 0,
        "rejected": {},
        "params": {"a": 3, "b": 4, "scale": "1/3", "style": "plain", "pair": [0, 0]},
        "parts": [
            {
                "id": "1.a",
                "name": "addition",
                "points": "1/3",
                "answers": {"sum": {"kind": "integer", "value": 7, "text": "7"}},
                "misconceptions": {"multiplies": {"sum": 12}},
            },
            {
                "id": "1.b",
                "name": "multiplication",
                "points": 2.5,
                "answers": {"product": {"kind": "integer", "value": 12, "text": "12"}, "reason": {"kind": "written"}},
                "misconceptions": {"adds": {"product": 7}},
            },
        ],
    }


def test_a_drawn_variant_tells_its_attempts(set_of: SetOf, toy: SimpleNamespace) -> None:
    drawn = drawing.draw("toy", toy.PROBLEM, "easy", Stream("seed 3", "hw", "", "toy"))
    (found,) = record(set_of("toy"), drawn)["variants"]
    assert (found["attempts"], found["rejected"]) == (drawn.attempts, drawn.rejected)


def test_parts_that_are_not_asked_are_not_recorded(set_of: SetOf, variant: Variant) -> None:
    (found,) = record(set_of({"use": "toy", "parts": ["addition"]}), variant)["variants"]
    assert [part["name"] for part in found["parts"]] == ["addition"]


# --- a class -----------------------------------------------------------------------------------


def test_a_class_has_one_manifest_in_which_each_variant_names_its_student(set_of: SetOf, variant: Variant) -> None:
    assignment = assemble("hw", set_of("toy"), "hw.toml")
    (one,) = manifest.records(assignment, {"toy": variant})
    variants = [json.dumps({"student": student, **one}) for student in ("s1", "s2")]
    students = [{"id": "s1", "code": "A"}, {"id": "s2", "code": "B"}]
    head = manifest.head(assignment, {"students": 2})
    text = "".join(manifest.lines(head, students, variants, {"b": "2", "a": "1"}))
    assert json.loads(text) == {
        **head,
        "students": students,
        "variants": [{"student": student, **one} for student in ("s1", "s2")],
        "files": {"a": "1", "b": "2"},
    }
    assert text.endswith("}\n")
    assert list(json.loads(text)["files"]) == ["a", "b"]


# --- bytes -------------------------------------------------------------------------------------


def test_the_same_build_gives_the_same_bytes(set_of: SetOf, variant: Variant, tmp_path: Path, monkeypatch: Any) -> None:
    one = written(set_of("toy"), variant)
    monkeypatch.chdir(tmp_path)
    assert written(set_of("toy"), variant) == one


def test_the_order_of_the_files_does_not_matter(
    set_of: SetOf, variant: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = written(set_of("toy"), variant)
    monkeypatch.setitem(globals(), "FILES", dict(reversed(FILES.items())))
    assert written(set_of("toy"), variant) == one


def test_it_names_no_date_path_or_machine(set_of: SetOf, variant: Variant) -> None:
    text = written(set_of("toy"), variant).decode()
    assert not re.search(r"\d{4}-\d{2}-\d{2}|\d{2}:\d{2}", text)
    for word in (str(Path.cwd()), str(Path.home()), "hw.toml", "/tmp"):
        assert word not in text


def test_it_is_strict_json_in_utf8_that_ends_its_last_line(set_of: SetOf, variant: Variant) -> None:
    content = written(set_of("toy", title="Ü"), variant)
    assert "Ü".encode() in content
    assert content.endswith(b"}\n")

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(content, parse_constant=refuse)


def test_numbers_that_json_lacks_are_refused(set_of: SetOf, variant: Variant) -> None:
    assignment = assemble("hw", set_of("toy"), "hw.toml")
    with pytest.raises(ValueError, match="not JSON compliant"):
        manifest.compose(assignment, {"toy": variant}, {"seed": float("nan")}, {})


# --- reading back ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"), [(F(2), 2), (F(0), 0), (F(5, 2), 2.5), (F(1, 10), 0.1), (F(1, 3), "1/3")]
)
def test_points_are_numbers_where_that_is_exact(value: Fraction, expected: object) -> None:
    assert manifest.number(value) == expected
    assert type(manifest.number(value)) is type(expected)


@given(st.fractions(0, 10**6, max_denominator=10**6))
def test_points_read_back_exactly(value: Fraction) -> None:
    assert codec.exact(json.loads(json.dumps(manifest.number(value)))) == value


def test_parameters_read_back(set_of: SetOf, variant: Variant, toy: SimpleNamespace) -> None:
    (found,) = record(set_of("toy"), variant)["variants"]
    params = codec.load(toy.Params, found["params"], "manifest")
    assert params == variant.params
    assert codec.identity(found["problem"], toy.PROBLEM, codec.dump(params)) == found["identity"]


EVERY_KIND: list[tuple[Kind[Any], Any, Any]] = [
    (Integer(), 3, 4),
    (Number(), F(1, 3), 0.1),
    (Signal(), (-2, (1, F(1, 2))), (0, (1,))),
    (Matrix(), ((1, 2), (3, F(4, 3))), ((1, 2), (3, 4))),
    (Shape(), (3, 4, 5), (3, 4)),
    (Choice({"left": "to the left", "right": "to the right"}), "left", "right"),
    (Expression(symbols=("W", "K")), "W**2 + K", "W + K"),
    (Distribution(), (F(3), F(1, 4)), (3, 1)),
    (Distribution(), ((1, 2), ((1, F(1, 2)), (F(1, 2), 1))), ((0, 0), ((1, 0), (0, 1)))),
    (Written(), None, None),
]


@pytest.mark.parametrize(("kind", "right", "wrong"), EVERY_KIND, ids=lambda value: getattr(value, "name", None))
def test_answers_of_every_kind_read_back(
    set_of: SetOf, bank: Callable[..., None], toy: SimpleNamespace, kind: Kind[Any], right: Any, wrong: Any
) -> None:
    answers = {"x": right} if kind.proved else {}
    belief = type(toy.ADDS)(name="belief", says="", solve=lambda p: {"x": wrong} if kind.proved else {}, feedback="")
    problem = toy.variation(
        parts=(Part(name="part", points=F(1), answers={"x": kind}),),
        solve=lambda p: answers,
        misconceptions=(belief,),
    )
    bank(toy=problem)
    variant = drawing.given("toy", problem, toy.Params(3, 4), "standard")
    ((part,),) = [found["parts"] for found in record(set_of("toy"), variant)["variants"]]
    found = part["answers"]["x"]
    assert found["kind"] == kind.name
    if kind.proved:
        assert kind.from_json(found["value"]) == kind.value(right)
        assert kind.match(kind.value(right), kind.parse(found["text"])).ok
        assert kind.from_json(part["misconceptions"]["belief"]["x"]) == kind.value(wrong)
    else:
        assert set(found) == {"kind"}
