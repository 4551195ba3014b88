"""`psetpress build --roster`: read the roster and the key, find a crew, show progress, and say what was built."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from psetpress import clusters, coursekey, roster
from psetpress.classroom import press
from psetpress.classroom.crews import Local, Remote

if TYPE_CHECKING:
    from psetpress.classroom.bench import Told
    from psetpress.classroom.press import Report
    from psetpress.workspace import Workspace


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line; ``jobs`` are processes of this machine, unless a cluster is named."""

    source: Path
    roster: Path
    out: Path
    documents: tuple[str, ...]
    anonymous: bool = False
    jobs: int = 1
    scheduler: str | None = None
    local_cluster: int | None = None


def run(request: Request, place: Workspace) -> bool:
    """Build for a class, and say what was built; return whether everybody was served."""
    listed = roster.read(request.roster)
    key = coursekey.of(place)
    _note((*listed.notes, *key.notes))
    order = press.Order(request.out, listed.students, key, request.documents, request.anonymous)
    begun = time.perf_counter()
    with (
        clusters.chosen(request.scheduler, request.local_cluster, place.root) as cluster,
        _progress(len(listed.students)) as told,
    ):
        crew = Local(request.jobs) if cluster is None else Remote(cluster)
        report = press.build(request.source, order, place.templates, crew, told)
    _say(request, report, time.perf_counter() - begun)
    return not report.failed


@contextmanager
def _progress(students: int) -> Generator[Told]:
    """Show a bar for each stage on a terminal: students done, rate, time left; a line for each elsewhere."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    bars = _Bars(students)
    try:
        yield bars.told
    finally:
        bars.end()


def _lines() -> Told:
    seen: set[str] = set()

    def told(stage: str, _: int) -> None:
        if stage not in seen:
            seen.add(stage)
            click.echo(f"{stage}: begun", err=True)

    return told


class _Bars:
    """One progress bar after the other."""

    def __init__(self, students: int) -> None:
        self._students = students
        self._stage = ""
        self._bar = self._new("")

    def told(self, stage: str, more: int) -> None:
        """Show that ``more`` students are through a stage."""
        if stage != self._stage:
            self.end()
            self._stage, self._bar = stage, self._new(stage)
            self._bar.render_progress()
        self._bar.update(more)

    def end(self) -> None:
        """Leave the line of the bar."""
        if self._stage:
            self._bar.render_finish()

    def _new(self, stage: str) -> Any:
        begun = time.perf_counter()

        def rate(_: object) -> str:
            return f"{self._bar.pos / max(time.perf_counter() - begun, 1e-3):.1f} students a second"

        return click.progressbar(
            range(self._students),
            label=f"{stage:<18}",
            show_pos=True,
            item_show_func=rate,
            file=sys.stderr,
        )


def _note(notes: Iterable[str]) -> None:
    for note in notes:
        click.echo(f"note: {note}", err=True)


SHOWN = 20
"""Complaints that are listed; a template's defect makes one for every student."""


def _say(request: Request, report: Report, seconds: float) -> None:
    """Say what was built, where, who is missing, and what the reader should know."""
    _note(report.warnings[:SHOWN])
    if len(report.warnings) > SHOWN:
        _note([f"and {len(report.warnings) - SHOWN} more"])
    for student, reason in list(report.failed.items())[:SHOWN]:
        click.secho(f"student {student} got nothing: {reason}", fg="red", err=True)
    if len(report.failed) > SHOWN:
        click.secho(f"and {len(report.failed) - SHOWN} more students got nothing", fg="red", err=True)
    rate = f"{seconds:.1f} s, {report.served / seconds:.1f} a second" if seconds else ""
    click.echo(f"{report.served} students, every key proved ({rate}): {click.format_filename(request.out)}")
    for name in ("students", "staff", "manifest.json"):
        click.echo(f"  {click.format_filename(request.out / name)}")
