"""Prove an issued build again: from the parameters that its manifest records, with today's solvers.

A key that was wrong when it was printed is found by the solver that has been mended since: what the manifest
says is compared with what today's two roads agree on, answer by answer, so that it can be regraded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from psetpress import codec, drawing, manifest, proving, registry, workers
from psetpress.drawing import Variant
from psetpress.errors import PsetpressError, UsageError


@dataclass(frozen=True)
class Changed:
    """An answer that is another one today; both as text."""

    part: str
    answer: str
    recorded: str
    today: str

    def __str__(self) -> str:
        return f'part {self.part}, answer "{self.answer}": issued as {self.recorded}, today {self.today}'


@dataclass(frozen=True)
class Reproof:
    """What became of one recorded variant: answers that changed, and reasons why it could not be proved."""

    item: str
    problem: str
    student: str = ""
    answers: int = 0
    changed: Sequence[Changed] = ()
    complaints: Sequence[str] = ()
    notes: Sequence[str] = field(default=())

    @property
    def holds(self) -> bool:
        """Whether the key that was issued is the one that two roads agree on today."""
        return not self.changed and not self.complaints


def reprove(path: Path, jobs: int) -> list[Reproof]:
    """Return what became of every variant of the manifest ``path``. Raises UsageError if it is none."""
    records = read(path)
    return list(workers.each(_reproved, records, max(1, min(jobs, len(records) // 8))))


def read(path: Path) -> list[dict[str, Any]]:
    """Return the recorded variants of a manifest. Raises UsageError that says what is wrong with the file."""
    accepted = "a manifest.json that `psetpress build` wrote is wanted"
    try:
        data: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}; {accepted}") from error
    if not isinstance(data, dict) or "variants" not in data:
        raise UsageError(f"{path} records no variants; {accepted}")
    record = cast("dict[str, Any]", data)
    if record.get("format") != manifest.FORMAT:
        raise UsageError(f"{path} has format {record.get('format')!r}; this version reads format {manifest.FORMAT}")
    return list(record["variants"])


def _reproved(record: Mapping[str, Any]) -> Reproof:
    found = Reproof(str(record.get("item")), str(record.get("problem")), str(record.get("student", "")))
    answers = [(part, name, answer) for part in record["parts"] for name, answer in part["answers"].items()]
    computed = [(str(part["id"]), name, answer) for part, name, answer in answers if "value" in answer]
    if not computed:
        return found
    try:
        variant = _today(record)
        complaints = [str(item) for item in proving.disagreements(variant)]
        changed = list(_changes(variant, computed))
    except PsetpressError as error:
        return Reproof(found.item, found.problem, found.student, len(computed), (), (error.message,))
    notes = _notes(record, variant)
    return Reproof(found.item, found.problem, found.student, len(computed), changed, complaints, notes)


def _today(record: Mapping[str, Any]) -> Variant:
    """Return the variant that today's solvers make of the recorded parameters."""
    name = record["problem"]
    problem = registry.load(name)
    params = codec.load(problem.params, record["params"], f"{name} (item {record['item']})")
    return drawing.given(name, problem, params, record["level"])


def _changes(variant: Variant, computed: Sequence[tuple[str, str, Mapping[str, Any]]]) -> Iterator[Changed]:
    """Yield the answers whose recorded value is not today's; one that no longer exists is said to be gone."""
    for part, name, answer in computed:
        kind = variant.kinds.get(name)
        if kind is None or name not in variant.answers:
            yield Changed(part, name, answer["text"], "not asked any more")
        elif kind.name != answer["kind"]:
            yield Changed(part, name, answer["text"], f"{kind.noun}, {kind.text(variant.answers[name])}")
        elif kind.from_json(answer["value"]) != variant.answers[name]:
            yield Changed(part, name, answer["text"], kind.text(variant.answers[name]))


def _notes(record: Mapping[str, Any], variant: Variant) -> tuple[str, ...]:
    issued, today = record.get("version"), variant.problem.version
    return () if issued == today else (f"issued by version {issued} of the problem, proved by version {today}",)


def as_text(reproofs: Sequence[Reproof]) -> str:
    """Return what changed and what could not be proved, then a sentence for all."""
    lines: list[str] = []
    for one in reproofs:
        where = f"{one.item} ({one.problem}{f', student {one.student}' if one.student else ''})"
        lines += [f"{where}: {text}" for text in (*map(str, one.changed), *one.complaints)]
        lines += [f"{where}: note: {text}" for text in one.notes]
    answers = sum(one.answers for one in reproofs)
    changed = sum(len(one.changed) for one in reproofs)
    unproved = sum(bool(one.complaints) for one in reproofs)
    lines.append(f"{len(reproofs)} variants, {answers} answers: {changed} changed, {unproved} variants not proved")
    return "\n".join(lines)
