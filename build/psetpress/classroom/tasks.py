"""The work on a shard, in three stages: identify its variants, write its documents, print them.

Between the stages the whole class is looked at: that no two students share a variant, and how much space each part
needs in the longest paper. A task is plain data, and what comes of it depends on nothing else.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from psetpress import latex, manifest, press, rubric, shards, worker
from psetpress.classroom import drawn, studio
from psetpress.documents import source_zip
from psetpress.errors import PsetpressError
from psetpress.shards import Job

if TYPE_CHECKING:
    from fractions import Fraction

    from psetpress.classroom.seats import Seat, Shard
    from psetpress.classroom.studio import Plan, Studio
    from psetpress.documents import Costs, Variants
    from psetpress.shards import Box, Made, Spaces

PRINTED = ("handout", "key")
"""What every student's folder can hold as a PDF."""

STUDENTS, STAFF = "students", "staff"
"""The two halves of the output."""

RUBRIC = f"{STAFF}/rubric.pdf"


@dataclass(frozen=True)
class Identified:
    """What each student of a shard draws first, by student id: identities by item, and the variants, packed.

    ``failed`` says who cannot be drawn for, and why.
    """

    shard: Shard
    identities: dict[str, dict[str, str]] = field(default_factory=dict[str, "dict[str, str]"])
    drawn: dict[str, bytes] = field(default_factory=dict[str, bytes])
    failed: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Written:
    """The documents of a shard, and what the staff wants to know of them, by student id.

    ``jobs`` are pickled, since only workers read them. ``variants`` are records for the manifest as JSON, ``answers``
    the key's texts by part and answer; ``costs`` are what deductions cost in the shard, ``spaces`` what parts need.
    """

    shard: Shard
    jobs: bytes = b""
    spaces: Spaces = field(default_factory=dict[tuple[str, int], tuple[int, int]])
    identities: dict[str, dict[str, str]] = field(default_factory=dict[str, "dict[str, str]"])
    variants: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    answers: dict[str, dict[str, str]] = field(default_factory=dict[str, "dict[str, str]"])
    costs: dict[str, dict[str, set[Fraction]]] = field(default_factory=dict[str, "dict[str, set[Fraction]]"])
    unrecorded: set[str] = field(default_factory=set[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Printed:
    """The files of a shard by name in the output, where the parts of each handout lie, and LaTeX's complaints.

    ``digests`` are the files' hashes; once they are staged, ``files`` is empty.
    """

    shard: Shard
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    digests: dict[str, str] = field(default_factory=dict[str, str])
    places: dict[str, tuple[int, tuple[Box, ...]]] = field(default_factory=dict[str, "tuple[int, tuple[Box, ...]]"])
    overfull: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Identify:
    """Draw for every student of a shard, to see who draws the same."""

    plan: Plan
    shard: Shard

    def run(self) -> Identified:
        """Return the identities of a shard."""
        room = studio.of(self.plan)
        done = Identified(self.shard)
        for number, seat in enumerate(self.shard.seats):
            worker.step(number)
            try:
                variants = room.draw(seat)
                done.identities[seat.id], done.drawn[seat.id] = _identities(variants), drawn.pack(variants)
            except PsetpressError as error:
                done.failed[seat.id] = error.message
        return done

    def alone(self) -> list[Identify]:
        """Return a task for each student."""
        return [Identify(self.plan, shard) for shard in self.shard.alone()]


def _identities(variants: Variants) -> dict[str, str]:
    return {name: variant.identity for name, variant in variants.items()}


@dataclass(frozen=True)
class Write:
    """Prove and typeset what was ``drawn``, by student id, for every student of a shard; measure the handouts."""

    plan: Plan
    shard: Shard
    drawn: Mapping[str, bytes]

    def run(self) -> Written:
        """Return the documents of a shard; a student whose key is not proved gets none."""
        room = studio.of(self.plan)
        done = Written(self.shard)
        jobs: list[Job] = []
        for number, seat in enumerate(self.shard.seats):
            worker.step(number)
            try:
                jobs += _written(room, seat, room.redraw(seat, self.drawn[seat.id]), done)
            except PsetpressError as error:
                done.failed[seat.id] = error.message
        done.spaces = shards.merge(shards.measure_bundle([job for job in jobs if job.name.endswith("/handout")]))
        done.jobs = pickle.dumps(jobs)
        return done

    def alone(self) -> list[Write]:
        """Return a task for each student."""
        return [replace(self, shard=shard) for shard in self.shard.alone()]


def _written(room: Studio, seat: Seat, variants: Variants, done: Written) -> list[Job]:
    """Return a student's documents as jobs named by folder and document, and note in ``done`` what they hold."""
    press.prove(variants, f"student {seat.id}")
    typesetter = room.typesetter(variants)
    writers = {"handout": typesetter.handout, "key": typesetter.key}
    wanted = [name for name in PRINTED if name in room.plan.documents or (name == "handout" and _has_source(room))]
    jobs = [Job(f"{seat.folder}/{name}", room.owned(writers[name](), seat)) for name in wanted]
    done.identities[seat.id] = _identities(variants)
    records = manifest.records(room.assignment, variants)
    done.variants[seat.id] = [json.dumps({"student": seat.id, **record}, ensure_ascii=False) for record in records]
    done.answers[seat.id] = _answers(room, variants)
    for part, line in _deductions(room, variants):
        done.costs.setdefault(part, {}).setdefault(line.name, set()).add(line.points)
    done.unrecorded |= typesetter.unrecorded
    return jobs


def _has_source(room: Studio) -> bool:
    return "source" in room.plan.documents


def _answers(room: Studio, variants: Variants) -> dict[str, str]:
    """Return the key as texts by part and answer: ``2.c`` where a part has one answer, else ``2.c.shift``."""
    found: dict[str, str] = {}
    for item in room.assignment.items():
        variant = variants[item.name]
        for part in item.parts:
            kinds = {name: kind for name, kind in part.part.kinds(variant.params).items() if kind.proved}
            for name, kind in kinds.items():
                found[part.id if len(kinds) == 1 else f"{part.id}.{name}"] = kind.text(variant.answers[name])
    return found


def _deductions(room: Studio, variants: Variants) -> Iterator[tuple[str, rubric.Line]]:
    for item in room.assignment.items():
        for part in item.parts:
            yield from ((part.id, line) for line in rubric.lines(part, variants[item.name]))


@dataclass(frozen=True)
class Print:
    """Compile the documents of a shard with the layout of its class."""

    plan: Plan
    shard: Shard
    jobs: bytes
    layout: bytes

    def run(self) -> Printed:
        """Return the files of a shard; a student of whom LaTeX refuses a document gets none."""
        jobs = [self._laid_out(job) for job in pickle.loads(self.jobs)]
        wanted = [job for job in jobs if job.name.rpartition("/")[2] in self.plan.documents]
        made = {result.name: result for result in shards.compile_bundle(wanted)}
        done = Printed(self.shard)
        for seat in self.shard.seats:
            _gather(done, seat, [made[name] for kind in PRINTED if (name := f"{seat.folder}/{kind}") in made])
        if "source" in self.plan.documents:
            owners = {f"{seat.folder}/handout" for seat in self.shard.seats if seat.id not in done.failed}
            sources = {job.name: source_zip(job.document) for job in jobs if job.name in owners}
            done.files |= {f"{STUDENTS}/{name.rpartition('/')[0]}/source.zip": made for name, made in sources.items()}
        return done

    def alone(self) -> list[Print]:
        """Return a task for each student."""
        jobs: list[Job] = pickle.loads(self.jobs)
        return [
            replace(self, shard=shard, jobs=pickle.dumps([job for job in jobs if job.name.startswith(f"{folder}/")]))
            for shard in self.shard.alone()
            for folder in [shard.seats[0].folder]
        ]

    def _laid_out(self, job: Job) -> Job:
        """Give a handout the class's layout; keys are as long as they are."""
        if not job.name.endswith("/handout"):
            return job
        return Job(job.name, shards.laid_out(job.document, self.layout))


def _gather(done: Printed, seat: Seat, results: Sequence[Made]) -> None:
    """Add a student's papers to ``done``, all of them or none."""
    errors = [result.error for result in results if result.error]
    if errors:
        done.failed[seat.id] = "\n".join(errors)
        return
    for result in results:
        done.files[f"{STUDENTS}/{result.name}.pdf"] = result.pdf
        done.overfull += [f"student {seat.id}: {line}" for line in result.overfull]
        if result.name.endswith("/handout"):
            done.places[seat.id] = (result.pages, result.boxes)


@dataclass(frozen=True)
class PrintRubric:
    """Compile the rubric of a class; its ``shard`` has one student, of whom only the questions are taken."""

    plan: Plan
    shard: Shard
    costs: Costs

    def run(self) -> Printed:
        """Return the rubric."""
        room = studio.of(self.plan)
        variants = room.draw(self.shard.seats[0])
        compiled = latex.compile_pdf(room.typesetter(variants).class_rubric(self.costs))
        return Printed(self.shard, {RUBRIC: compiled.pdf}, overfull=[f"rubric: {line}" for line in compiled.overfull])

    def alone(self) -> list[PrintRubric]:
        """Return this task: it is for one already."""
        return [self]


Task = Identify | Write | Print | PrintRubric
Result = Identified | Written | Printed


def perform(task: Task) -> Result:
    """Return what comes of a task; this is what runs in a worker."""
    return task.run()


def failed(task: Task, how: str) -> Result:
    """Return the result of a task of which nothing came: each of its students failed."""
    reasons = dict.fromkeys((seat.id for seat in task.shard.seats), how)
    if isinstance(task, Identify):
        return Identified(task.shard, failed=reasons)
    if isinstance(task, Write):
        return Written(task.shard, failed=reasons)
    return Printed(task.shard, failed=reasons)
