"""Prove an issued build again: from the parameters that its manifest records, with today's solvers.

A key that was wrong when it was printed is found by the solver that has been mended since: what the manifest
says is compared with what today's two roads agree on, answer by answer, so that it can be regraded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from psetpress import codec, drawing, manifest, proving, registry, workers
from psetpress.drawing import Variant
from psetpress.errors import PsetpressError, UsageError
from psetpress.records import Level

ACCEPTED = "a manifest.json that `psetpress build` wrote is wanted"


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
    answers: int
    changed: tuple[Changed, ...] = ()
    complaints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the key that was issued is the one that two roads agree on today."""
        return not self.changed and not self.complaints


def reprove(path: Path, jobs: int) -> list[Reproof]:
    """Return what became of every variant of the manifest ``path``. Raises UsageError if it is none."""
    records = read(path)
    return list(workers.each(_reproved, records, max(1, min(jobs, len(records) // 8))))


class Answer(BaseModel):
    """A recorded answer; a written one has no value."""

    kind: str
    value: Any = None
    text: str = ""

    @property
    def computed(self) -> bool:
        """Whether there is something to prove."""
        return "value" in self.model_fields_set


class RecordedPart(BaseModel):
    """A recorded part: its id in the set, and its answers by name."""

    id: str
    answers: dict[str, Answer]


class Recorded(BaseModel):
    """A recorded variant, as far as proving it again needs."""

    item: str
    problem: str
    version: int
    level: Level
    params: dict[str, Any]
    parts: list[RecordedPart]

    def answers(self) -> Iterator[tuple[str, str, Answer]]:
        """Yield the computed answers with the id of their part and their name."""
        for part in self.parts:
            yield from ((part.id, name, answer) for name, answer in part.answers.items() if answer.computed)


class Issued(BaseModel):
    """What a manifest must hold."""

    format: int
    variants: list[Recorded]


def read(path: Path) -> list[Recorded]:
    """Return the recorded variants of a manifest. Raises UsageError that says what is wrong with the file."""
    try:
        issued = Issued.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; {ACCEPTED}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ", ".join(str(step + 1) if isinstance(step, int) else step for step in first["loc"])
        where = f"{path}: {place}" if place else str(path)
        raise UsageError(f"{where}: {first['msg']}; {ACCEPTED}") from error
    if issued.format != manifest.FORMAT:
        raise UsageError(f"{path} has format {issued.format}; this version reads format {manifest.FORMAT}")
    if not issued.variants:
        raise UsageError(f"{path} records no variants; {ACCEPTED}")
    return issued.variants


def _reproved(record: Recorded) -> Reproof:
    computed = list(record.answers())
    found = Reproof(record.item, record.problem, len(computed))
    if not computed:
        return found
    try:
        variant = _today(record)
        complaints = tuple(str(item) for item in proving.disagreements(variant))
        changed = tuple(_changes(variant, computed))
    except PsetpressError as error:
        return replace(found, complaints=(error.message,))
    return replace(found, changed=changed, complaints=complaints, notes=_notes(record, variant))


def _today(record: Recorded) -> Variant:
    """Return the variant that today's solvers make of the recorded parameters."""
    problem = registry.load(record.problem)
    params = codec.load(problem.params, record.params, f"{record.problem} (item {record.item})")
    return drawing.given(record.problem, problem, params, record.level)


def _changes(variant: Variant, computed: Sequence[tuple[str, str, Answer]]) -> Iterator[Changed]:
    """Yield the answers whose recorded value is not today's; one that no longer exists is said to be gone."""
    for part, name, answer in computed:
        kind = variant.kinds.get(name)
        if kind is None or name not in variant.answers:
            yield Changed(part, name, answer.text, "not asked any more")
        elif kind.name != answer.kind:
            yield Changed(part, name, answer.text, f"{kind.noun}, {kind.text(variant.answers[name])}")
        elif not kind.agrees(kind.from_json(answer.value), variant.answers[name]):
            yield Changed(part, name, answer.text, kind.text(variant.answers[name]))


def _notes(record: Recorded, variant: Variant) -> tuple[str, ...]:
    issued, today = record.version, variant.problem.version
    return () if issued == today else (f"issued by version {issued} of the problem, proved by version {today}",)


def as_text(reproofs: Sequence[Reproof]) -> str:
    """Return what changed and what could not be proved, then a sentence for all."""
    lines: list[str] = []
    for one in reproofs:
        where = f"{one.item} ({one.problem})"
        lines += [f"{where}: {text}" for text in (*map(str, one.changed), *one.complaints)]
        lines += [f"{where}: note: {text}" for text in one.notes]
    answers = sum(one.answers for one in reproofs)
    changed = sum(len(one.changed) for one in reproofs)
    unproved = sum(bool(one.complaints) for one in reproofs)
    lines.append(f"{len(reproofs)} variants, {answers} answers: {changed} changed, {unproved} variants not proved")
    return "\n".join(lines)
