"""The stage: a bundle of documents into one LaTeX run, its pages into a PDF each.

A document that stops the run is taken out and compiled alone: either that explains the error in the words
and with the template line that a single build has, or the document is fine and was only no good company.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from psetpress import latex, latexlog
from psetpress.latex import LatexError
from psetpress.shards import facts, forme, split
from psetpress.shards.bundle import Bundle, lay
from psetpress.shards.facts import Facts
from psetpress.shards.jobs import Job, Made, Piece

PATIENCE = 0.5
"""Seconds that a run may take for each document, beyond a quarter of what one alone may take."""

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """What a run left behind: its PDF, its log by document, what it says of them, and which have not settled."""

    pdf: bytes
    logs: Sequence[str]
    facts: Sequence[Facts]
    unsettled: frozenset[int]


class StoppedError(Exception):
    """A run stopped in document number ``args[0]``."""


def compile_bundle(jobs: Sequence[Job]) -> list[Made]:
    """Return what became of each job, in order; a document that LaTeX refuses keeps no other from its PDF.

    The result depends on ``jobs`` alone. A document with a layout beside it reports the places of its parts.
    """
    done = {name: made for bundle in lay(jobs) for name, made in _company(bundle, _finish).items()}
    return [done.get(job.name) or _alone(job) for job in jobs]


def measure_bundle(jobs: Sequence[Job]) -> list[Piece]:
    """Return the pieces of all documents, typeset but not printed; without those of a document that LaTeX refuses."""
    pieces = {name: some for bundle in lay(jobs) for name, some in _company(bundle.measured(), _pieces).items()}
    return [piece for job in jobs for piece in pieces.get(job.name, ())]


def _company(bundle: Bundle, finish: Callable[[Bundle, Outcome], Mapping[str, T]]) -> Mapping[str, T]:
    """Run a bundle without the documents that stop it.

    Those before the one that stopped it are known to get along, so no document is typeset much more than twice,
    however many stop.
    """
    done: dict[str, T] = {}
    waiting = [bundle]
    while waiting:
        current = waiting.pop()
        try:
            done |= finish(current, _settle(current))
        except StoppedError as stopped:
            waiting += current.around(stopped.args[0])
    return done


def _pieces(bundle: Bundle, outcome: Outcome) -> Mapping[str, Sequence[Piece]]:
    return {job.name: said.pieces for job, said in zip(bundle.jobs, outcome.facts, strict=True)}


def _finish(bundle: Bundle, outcome: Outcome) -> Mapping[str, Made]:
    pdfs = split.split(outcome.pdf, outcome.facts)
    made = {
        job.name: Made(
            job.name,
            pdf,
            said.pages,
            (*latexlog.complaints(log, job.document), *_restless(job, number in outcome.unsettled)),
            facts.places(said.boxes),
        )
        for number, (job, pdf, log, said) in enumerate(zip(bundle.jobs, pdfs, outcome.logs, outcome.facts, strict=True))
    }
    return {name: result for name, result in made.items() if result.pages}


def _restless(job: Job, unsettled: bool) -> tuple[str, ...]:
    return (latex.unsettled(job.document),) if unsettled else ()


def _alone(job: Job) -> Made:
    """Return what becomes of a job without company."""
    try:
        compiled = latex.compile_pdf(job.document)
    except LatexError as error:
        return Made(job.name, error=error.message)
    return Made(job.name, compiled.pdf, split.count(compiled.pdf), compiled.overfull)


def _settle(bundle: Bundle) -> Outcome:
    """Run LaTeX until every document reads the labels that it writes. Most have none: then one run is enough."""
    start = forme.precompiled(bundle.forme)
    with tempfile.TemporaryDirectory(prefix="psetpress-") as name:
        folder = Path(name)
        latex.place(folder, bundle.files(precompiled=start is not None))
        before: list[bytes] = [b""] * len(bundle.jobs)
        changed: frozenset[int] = frozenset()
        for _ in range(latex.MAX_RUNS):
            _run(bundle, folder, start)
            after = [(folder / f"{number}.aux").read_bytes() for number in range(len(bundle.jobs))]
            changed = frozenset(number for number, labels in enumerate(after) if labels != before[number])
            if not changed:
                break
            before = after
        return _outcome(bundle, folder, changed)


def _outcome(bundle: Bundle, folder: Path, unsettled: frozenset[int]) -> Outcome:
    log = (folder / "main.log").read_text(encoding="utf-8", errors="replace")
    logs = log.split("\npsetpress: document ")[1:]
    said = facts.read((folder / "facts.txt").read_text(encoding="latin-1"))
    pdf = folder / "main.pdf"
    return Outcome(
        pdf.read_bytes() if pdf.exists() else b"", logs, [said[number] for number in range(len(bundle.jobs))], unsettled
    )


def _run(bundle: Bundle, folder: Path, start: Path | None) -> None:
    """Run LaTeX once. Raises StoppedError."""
    (folder / "main.pdf").unlink(missing_ok=True)
    labels = [folder / f"{number}.aux" for number in range(len(bundle.jobs))]
    for path in labels:
        if path.exists():
            os.utime(path, ns=(0, 0))  # a document that begins writes its labels anew
    read = [f"-fmt={start}"] if start else []
    seconds = latex.TIME_LIMIT / 4 + PATIENCE * len(bundle.jobs)
    try:
        status = latex.execute([latex.find(), *read, *latex.GUARDED, "main.tex"], folder, seconds, line=20_000)
    except subprocess.TimeoutExpired:
        status = -1
    if status != 0:
        latex.check_room(folder, "a bundle")
        begun = [number for number, path in enumerate(labels) if path.exists() and path.stat().st_mtime_ns]
        raise StoppedError(max(begun, default=0))
