"""Issued builds proved again: a key that has changed is found, and what cannot be read says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import drawing, manifest, press
from psetpress.answers import Matrix
from psetpress.assignment import assemble
from psetpress.errors import UsageError
from psetpress.records import Part
from psetpress.verify import reproof


@pytest.fixture
def issued(tmp_path: Path, set_of: Callable[..., Any], bank: Callable[..., None]) -> Path:
    """The manifest of a build that asked the toy twice."""
    assignment = assemble("set", set_of("toy", {"use": "toy", "id": "again"}), "set.toml")
    variants = press.draw(assignment, press.Order(tmp_path, seed=3))
    path = tmp_path / "manifest.json"
    path.write_bytes(manifest.compose(assignment, variants, {"seed": 3}, {}))
    return path


def test_a_build_whose_solvers_have_not_changed_holds(issued: Path) -> None:
    found = reproof.reprove(issued, jobs=1)
    assert [(one.item, one.problem, one.answers, one.holds) for one in found] == [
        ("toy", "toy", 2, True),
        ("again", "toy", 2, True),
    ]
    assert reproof.as_text(found) == "2 variants, 4 answers: 0 changed, 0 variants not proved"


def test_a_mended_solver_says_which_keys_were_wrong(
    issued: Path, bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    def mended(p: Any) -> dict[str, int]:
        return {"sum": p.a + p.b, "product": p.a * p.b + 1}

    bank(toy=toy.variation(solve=mended, oracle=mended, version=2))
    record = json.loads(issued.read_text())["variants"][0]
    product = record["parts"][1]["answers"]["product"]["value"]
    found = reproof.reprove(issued, jobs=1)
    assert not any(one.holds for one in found)
    assert reproof.as_text(found).splitlines()[:2] == [
        f'toy (toy): part 1.b, answer "product": issued as {product}, today {product + 1}',
        "toy (toy): note: issued by version 1 of the problem, proved by version 2",
    ]
    assert reproof.as_text(found).endswith("2 variants, 4 answers: 2 changed, 0 variants not proved")


def test_a_key_that_two_roads_dispute_is_not_proved(
    issued: Path, bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    bank(toy=toy.variation(oracle=lambda p: {"sum": -1, "product": p.a * p.b}))
    found = reproof.reprove(issued, jobs=1)
    assert all(len(one.complaints) == 1 for one in found)
    assert "the oracle says -1" in found[0].complaints[0]
    assert reproof.as_text(found).endswith("0 changed, 2 variants not proved")


def test_answers_that_are_gone_or_of_another_kind_have_changed(
    issued: Path, bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    roads = {road: lambda p: {"sum": ((p.a + p.b,),)} for road in ("solve", "oracle")}
    part = Part(name="addition", points=toy.PROBLEM.parts[0].points, answers={"sum": Matrix()})
    bank(toy=toy.variation(parts=(part,), misconceptions=(), **roads))
    one = reproof.reprove(issued, jobs=1)[0]
    assert [(change.answer, change.today) for change in one.changed] == [
        ("sum", f"a matrix, {one.changed[0].recorded}"),
        ("product", "not asked any more"),
    ]


def test_parameters_that_no_longer_fit_are_a_complaint(issued: Path) -> None:
    data = json.loads(issued.read_text())
    data["variants"][0]["params"]["a"] = "three"
    issued.write_text(json.dumps(data))
    one, other = reproof.reprove(issued, jobs=1)
    assert one.complaints == ('toy (item toy): a: must be a whole number, not "three"',)
    assert other.holds


def test_a_problem_that_is_gone_is_a_complaint(issued: Path, bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(other=toy.PROBLEM)
    assert [one.complaints for one in reproof.reprove(issued, jobs=1)] == [('unknown problem "toy"',)] * 2


def test_questions_without_computed_answers_have_nothing_to_prove(issued: Path, bank: Callable[..., None]) -> None:
    data = json.loads(issued.read_text())
    for part in data["variants"][0]["parts"]:
        part["answers"] = {"essay": {"kind": "written"}}
    issued.write_text(json.dumps(data))
    bank()
    one, other = reproof.reprove(issued, jobs=1)
    assert (one.answers, one.holds) == (0, True)
    assert not other.holds


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", r"some\.json: Invalid JSON: .*; a manifest\.json that `psetpress build` wrote is wanted$"),
        ("[]", r"some\.json: Input should be an object; a manifest"),
        ('{"variants": [], "format": 1}', r"some\.json records no variants; a manifest"),
        ('{"variants": []}', r"some\.json: format: Field required; a manifest"),
        ('{"variants": [], "format": 99}', r"has format 99; this version reads format 1$"),
        ('{"variants": [{"item": "a"}], "format": 1}', r"some\.json: variants, 1, problem: Field required; a manifest"),
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "some.json"
    path.write_text(content)
    with pytest.raises(UsageError, match=says):
        reproof.reprove(path, jobs=1)
    with pytest.raises(UsageError, match=r"none\.json cannot be read: No such file or directory; a manifest"):
        reproof.reprove(tmp_path / "none.json", jobs=1)


def test_the_parameters_are_the_record_and_not_the_seed(issued: Path) -> None:
    data = json.loads(issued.read_text())
    data["provenance"] = {"seed": 99}
    issued.write_text(json.dumps(data))
    assert all(one.holds for one in reproof.reprove(issued, jobs=1))
    assert drawing.MAX_ATTEMPTS  # nothing is drawn again
