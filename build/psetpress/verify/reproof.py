"""Prove an issued build again: from the parameters that its manifest records, with today's solvers.

A key that was wrong when it was printed is found by the solver that has been mended since: what the manifest
says is compared with what today's two roads agree on, answer by answer, so that it can be regraded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psetpress import codec, drawing, interrupts, proving, registry, workers
from psetpress.answers import ResponseError, Written
from psetpress.errors import PsetpressError
from psetpress.failures import described
from psetpress.verify import issued
from psetpress.verify.campaign import PATIENCE

if TYPE_CHECKING:
    from psetpress.answers import Kind
    from psetpress.drawing import Variant
    from psetpress.verify.issued import Recorded

SHARE = 8
"""Variants for which a worker more is worth its start: it takes seconds, most variants take milliseconds."""


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


@dataclass(frozen=True)
class Outcome:
    """What became of the variants of a manifest, in its order; ``recorded`` is how many it has."""

    reproofs: Sequence[Reproof]
    recorded: int

    @property
    def complete(self) -> bool:
        """Whether nothing stopped the run."""
        return len(self.reproofs) == self.recorded

    @property
    def holds(self) -> bool:
        """Whether every key that was tried holds."""
        return all(one.holds for one in self.reproofs)


def reprove(path: Path, jobs: int, patience: float = PATIENCE) -> Outcome:
    """Return what became of the variants of the manifest ``path``, on ``jobs`` workers at most; 0 proves them here.

    Ctrl-C ends the run early, and what was found until then is returned. Raises UsageError if the file is no manifest.
    """
    records = issued.read(path)
    found: dict[int, Reproof] = {}
    with suppress(KeyboardInterrupt):
        jobs = min(jobs, 1 + len(records) // SHARE)
        with closing(workers.each(_numbered, enumerate(records), jobs, _lost, patience)) as parts:
            for number, one in parts:
                found[number] = one
    return Outcome([found[number] for number in sorted(found)], len(records))


def _numbered(item: tuple[int, Recorded]) -> tuple[int, Reproof]:
    number, record = item
    try:
        return number, _reproved(record)
    except (interrupts.Interrupted, interrupts.Terminated):
        raise
    except BaseException as error:  # also a KeyboardInterrupt: nobody pressed a key, or it would be Interrupted
        return number, replace(_untried(record), complaints=(described(error),))


def _lost(loss: workers.Loss[tuple[int, Recorded]]) -> tuple[int, Reproof]:
    number, record = loss.item
    return number, replace(_untried(record), complaints=(loss.how,))


def _untried(record: Recorded) -> Reproof:
    return Reproof(record.place, record.problem, sum(answer.computed for _, _, answer in record.answers()))


def _reproved(record: Recorded) -> Reproof:
    found = _untried(record)
    try:
        variant = _today(record)
        disputed = (str(item) for item in proving.disagreements(variant))
        complaints = (*disputed, *_contradictions(variant, record))
        changed = tuple(_changes(variant, record))
    except PsetpressError as error:
        if all(answer.kind == Written.name for _, _, answer in record.answers()):
            return found  # nothing was proved then, and nothing is there to prove now
        return replace(found, complaints=(error.message,))
    return replace(found, changed=changed, complaints=complaints, notes=_notes(record, variant))


def _today(record: Recorded) -> Variant:
    """Return the variant that today's solvers make of the recorded parameters."""
    problem = registry.load(record.problem)
    params = codec.load(problem.params, record.params, f"{record.problem} (item {record.place})")
    return drawing.given(record.problem, problem, params, record.level)


def _changes(variant: Variant, record: Recorded) -> Iterator[Changed]:
    """Yield the answers whose recorded value is not today's; one that no longer exists is said to be gone."""
    for part, name, answer in record.answers():
        kind = variant.kinds.get(name)
        if not answer.computed:
            continue
        if kind is None or name not in variant.answers:
            yield Changed(part, name, answer.text, "not asked any more")
        elif kind.name != answer.kind:
            yield Changed(part, name, answer.text, f"{kind.noun}, {kind.text(variant.answers[name])}")
        elif not kind.agrees(kind.from_json(answer.value), variant.answers[name]):
            yield Changed(part, name, answer.text, kind.text(variant.answers[name]))


def _contradictions(variant: Variant, record: Recorded) -> Iterator[str]:
    """Yield what a manifest cannot have meant: a computed answer without a value, a value under another text.

    The text is what the key printed, the value is what grading compares with: if they differ, one of them was changed.
    The text is read as a response is, so that it may be written otherwise today.
    """
    for part, name, answer in record.answers():
        kind, where = variant.kinds.get(name), f'part {part}, answer "{name}"'
        if kind is None or not kind.proved:
            continue
        if not answer.computed:
            yield f"{where}: recorded without a value as {answer.kind}, but computed today: {kind.noun}"
        elif kind.name == answer.kind and not _says(kind, answer.text, kind.from_json(answer.value)):
            yield f'{where}: the manifest contradicts itself: text "{answer.text}", value {answer.value}'


def _says(kind: Kind[Any], text: str, value: Any) -> bool:
    with suppress(ResponseError):
        return kind.agrees(value, kind.parse(text))
    return False


def _notes(record: Recorded, variant: Variant) -> tuple[str, ...]:
    then, today = record.version, variant.problem.version
    return () if then == today else (f"issued by version {then} of the problem, proved by version {today}",)


def as_text(outcome: Outcome) -> str:
    """Return what changed and what could not be proved, then a sentence for all."""
    reproofs = outcome.reproofs
    lines: list[str] = []
    for one in reproofs:
        where = f"{one.item} ({one.problem})"
        lines += [f"{where}: {text}" for text in (*map(str, one.changed), *one.complaints)]
        lines += [f"{where}: note: {text}" for text in one.notes]
    answers = sum(one.answers for one in reproofs)
    changed = sum(len(one.changed) for one in reproofs)
    unproved = sum(bool(one.complaints) for one in reproofs)
    begun = "" if outcome.complete else f"interrupted after {len(reproofs)} of "
    lines.append(
        f"{begun}{outcome.recorded} variants, {answers} answers: {changed} changed, {unproved} variants not proved"
    )
    return "\n".join(lines)
