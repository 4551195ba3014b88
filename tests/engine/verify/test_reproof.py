"""Issued builds proved again: a key that has changed is found, and what cannot be read says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import drawing, interrupts, manifest, press, workers
from psetpress.answers import Matrix
from psetpress.assignment import assemble
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


def edited(path: Path, change: Callable[[dict[str, Any]], object]) -> list[reproof.Reproof]:
    """Return the reproofs of the manifest ``path`` after ``change`` of its first variant."""
    data = json.loads(path.read_text())
    change(data["variants"][0])
    path.write_text(json.dumps(data))
    return list(reproof.reprove(path, jobs=0).reproofs)


def test_a_build_whose_solvers_have_not_changed_holds(issued: Path) -> None:
    found = reproof.reprove(issued, jobs=0)
    assert [(one.item, one.problem, one.answers, one.holds) for one in found.reproofs] == [
        ("toy", "toy", 2, True),
        ("again", "toy", 2, True),
    ]
    assert found.holds
    assert found.complete
    assert reproof.as_text(found) == "2 variants, 4 answers: 0 changed, 0 variants not proved"


def test_a_mended_solver_says_which_keys_were_wrong(
    issued: Path, bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    def mended(p: Any) -> dict[str, int]:
        return {"sum": p.a + p.b, "product": p.a * p.b + 1}

    bank(toy=toy.variation(solve=mended, oracle=mended, version=2))
    record = json.loads(issued.read_text())["variants"][0]
    product = record["parts"][1]["answers"]["product"]["value"]
    found = reproof.reprove(issued, jobs=0)
    assert not any(one.holds for one in found.reproofs)
    assert not found.holds
    assert reproof.as_text(found).splitlines()[:2] == [
        f'toy (toy): part 1.b, answer "product": issued as {product}, today {product + 1}',
        "toy (toy): note: issued by version 1 of the problem, proved by version 2",
    ]
    assert reproof.as_text(found).endswith("2 variants, 4 answers: 2 changed, 0 variants not proved")


def test_a_key_that_two_roads_dispute_is_not_proved(
    issued: Path, bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    bank(toy=toy.variation(oracle=lambda p: {"sum": -1, "product": p.a * p.b}))
    found = reproof.reprove(issued, jobs=0)
    assert all(len(one.complaints) == 1 for one in found.reproofs)
    assert "the oracle says -1" in found.reproofs[0].complaints[0]
    assert reproof.as_text(found).endswith("0 changed, 2 variants not proved")


def test_answers_that_are_gone_or_of_another_kind_have_changed(
    issued: Path, bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    roads = {road: lambda p: {"sum": ((p.a + p.b,),)} for road in ("solve", "oracle")}
    part = Part(name="addition", points=toy.PROBLEM.parts[0].points, answers={"sum": Matrix()})
    bank(toy=toy.variation(parts=(part,), misconceptions=(), **roads))
    one = reproof.reprove(issued, jobs=0).reproofs[0]
    assert [(change.answer, change.today) for change in one.changed] == [
        ("sum", f"a matrix, {one.changed[0].recorded}"),
        ("product", "not asked any more"),
    ]


def test_parameters_that_no_longer_fit_are_a_complaint(issued: Path) -> None:
    one, other = edited(issued, lambda variant: variant["params"].update(a="three"))
    assert one.complaints == ('toy (item toy): a: must be a whole number, not "three"',)
    assert other.holds


def test_a_problem_that_is_gone_is_a_complaint(issued: Path, bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(other=toy.PROBLEM)
    assert [one.complaints for one in reproof.reprove(issued, jobs=0).reproofs] == [('unknown problem "toy"',)] * 2


def test_questions_without_computed_answers_have_nothing_to_prove(issued: Path, bank: Callable[..., None]) -> None:
    def essays(variant: dict[str, Any]) -> None:
        for part in variant["parts"]:
            part["answers"] = {"essay": {"kind": "written"}}

    bank()
    one, other = edited(issued, essays)
    assert (one.answers, one.holds) == (0, True)
    assert not other.holds


def part_of(variant: dict[str, Any], answer: str) -> dict[str, Any]:
    return next(part for part in variant["parts"] if answer in part["answers"])


@pytest.mark.parametrize("kind", ["written", "integer"])
def test_an_answer_that_is_computed_today_must_have_a_recorded_value(issued: Path, kind: str) -> None:
    one, other = edited(issued, lambda variant: part_of(variant, "sum")["answers"].update(sum={"kind": kind}))
    assert one.complaints == (
        f'part 1.a, answer "sum": recorded without a value as {kind}, but computed today: an integer',
    )
    assert other.holds


def test_a_variant_recorded_as_all_written_is_a_complaint_too(issued: Path) -> None:
    def nothing_computed(variant: dict[str, Any]) -> None:
        for part in variant["parts"]:
            part["answers"] = {name: {"kind": "written"} for name in part["answers"]}

    one, _ = edited(issued, nothing_computed)
    assert (one.answers, len(one.complaints)) == (0, 2)


@pytest.mark.parametrize("text", ["77", "", "seven"])
def test_a_text_that_is_not_its_value_is_a_complaint(issued: Path, text: str) -> None:
    one, other = edited(issued, lambda variant: part_of(variant, "sum")["answers"]["sum"].update(text=text))
    (complaint,) = one.complaints
    assert complaint.startswith(f'part 1.a, answer "sum": the manifest contradicts itself: text "{text}", value ')
    assert other.holds


def test_a_text_may_be_written_otherwise_today(issued: Path) -> None:
    def padded(variant: dict[str, Any]) -> None:
        answer = part_of(variant, "sum")["answers"]["sum"]
        answer["text"] = f"+{answer['text']}"

    assert edited(issued, padded)[0].holds


def test_a_value_that_is_none_of_its_kind_is_a_complaint(issued: Path) -> None:
    one, other = edited(issued, lambda variant: part_of(variant, "sum")["answers"]["sum"].update(value=[1]))
    assert one.complaints[0].startswith('"[1]" is not an integer as a manifest stores it')
    assert other.holds


def test_a_key_that_a_solver_pretends_was_pressed_is_a_complaint(
    issued: Path, bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    def pretends(_: Any) -> Any:
        raise KeyboardInterrupt

    bank(toy=toy.variation(oracle=pretends))
    complaints = [complaint for one in reproof.reprove(issued, jobs=0).reproofs for complaint in one.complaints]
    assert [complaint.partition("a=")[0] for complaint in complaints] == [
        "oracle fails: KeyboardInterrupt\n  given: Params("
    ] * 2


def test_an_interruption_keeps_what_was_found_in_the_manifests_order(
    issued: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(work: Callable[[Any], Any], items: Any, *_: object) -> Any:
        _, second = items
        yield work(second)
        raise interrupts.Interrupted

    monkeypatch.setattr(workers, "each", interrupted)
    found = reproof.reprove(issued, jobs=2)
    assert [one.item for one in found.reproofs] == ["again"]
    assert not found.complete
    assert reproof.as_text(found) == "interrupted after 1 of 2 variants, 2 answers: 0 changed, 0 variants not proved"


def test_a_variant_that_loses_its_worker_is_a_complaint(issued: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def losing(work: Any, items: Any, jobs: int, lost: Any, patience: float) -> Any:
        asked.append(jobs)
        yield from (lost(workers.Loss(item, None, f"no answer in {patience:g} seconds")) for item in items)

    monkeypatch.setattr(workers, "each", losing)
    found = reproof.reprove(issued, jobs=4, patience=3)
    assert [one.complaints for one in found.reproofs] == [("no answer in 3 seconds",)] * 2
    assert asked == [1]  # two variants are not worth a second worker


def test_the_parameters_are_the_record_and_not_the_seed(issued: Path) -> None:
    data = json.loads(issued.read_text())
    data["provenance"] = {"seed": 99}
    issued.write_text(json.dumps(data))
    assert reproof.reprove(issued, jobs=0).holds
    assert drawing.MAX_ATTEMPTS  # nothing is drawn again
