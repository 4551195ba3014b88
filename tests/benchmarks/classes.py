"""What a class costs: `make bench` prints it as a table of ratios.

Nothing here is a test: a busy machine makes every figure larger. Caches are cold: each build has a cache of its own.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from meters import Reading, Stages, metered, run
from peers import Unshared, compile_concatenated, compile_each

from psetpress import auxiliary, delivery, documents, drawing, figures, manifest, press, proving, shards, workspace
from psetpress.classroom import crews, handing, seats, studio, tasks
from psetpress.classroom import press as class_press
from psetpress.coursekey import CourseKey
from psetpress.roster import Student
from psetpress.shards import stage

DOCUMENTS = ("handout", "key")
SAMPLE = 8
"""Students whose papers are made as others make them."""

STAGES: list[tuple[object, str, str]] = [
    (drawing, "draw", "draw"),
    (press, "prove", "prove"),
    (documents.Typesetter, "handout", "words"),
    (documents.Typesetter, "key", "words"),
    (figures, "draw", "figures"),
    (tasks.shards, "measure_bundle", "TeX: measure"),
    (tasks.shards, "compile_bundle", "split"),
    (stage, "_run", "TeX: pages"),
    (manifest, "records", "manifest"),
    (handing, "stage", "staff's files"),
    (handing.Keys, "grow", "keys.pdf"),
    (handing.Keys, "save", "keys.pdf"),
    (delivery, "deliver_staged", "deliver"),
]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="cs182-hw3", dest="name")
    parser.add_argument("--students", type=int, nargs="+", default=[10, 100, 1000])
    asked = parser.parse_args()
    workspace.activate()
    proving.prepare()
    for line in table(asked.name, sorted(asked.students)):
        print(line, flush=True)


def table(name: str, sizes: list[int]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{name}, handout and key, {os.cpu_count()} cores, cold caches"
    yield from by_size(name, sizes)
    yield ""
    yield from against_others(name)
    yield ""
    yield from by_stage(name)


def by_size(name: str, sizes: list[int]) -> Iterator[str]:
    """Yield what classes of some sizes cost for each student, and what a second process is good for."""
    yield " students  seconds  a second  ms/student  ratio  processor ms    MiB"
    first = None
    for size in sizes:
        reading = build(name, size)
        each = 1000 * reading.wall / size
        first = first or each
        rate, cpu = size / reading.wall, 1000 * reading.cpu / size
        yield (
            f"{size:>9} {reading.wall:>8.1f} {rate:>9.1f} {each:>11.0f} {each / first:>6.2f} {cpu:>13.0f} "
            f"{reading.memory:>6.0f}"
        )
    middle = sizes[len(sizes) // 2]
    alone, two = (build(name, middle, jobs).wall for jobs in (1, 2))
    yield f"two processes are {alone / two:.2f} times as fast as one, for {middle} students"


def build(name: str, size: int, jobs: int | None = None) -> Reading:
    """Build for a class through the command line and meter it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows = [f"s{number:05},Student {number},s{number}@example.org,A" for number in range(size)]
        (folder / "roster.csv").write_text("\n".join(["id,name,email,section", *rows]), encoding="utf-8")
        command = [sys.executable, "-m", "psetpress", "build", name, "--roster", str(folder / "roster.csv")]
        command += ["--out", str(folder / "out"), "--documents", ",".join(DOCUMENTS)]
        command += [] if jobs is None else ["--jobs", str(jobs)]
        return run(command, env={**os.environ, auxiliary.VARIABLE: str(folder / "cache")})


def against_others(name: str) -> Iterator[str]:
    """Yield how many times as much others take, and how much more than TeX alone the TeX stage takes."""
    room, class_ = _class(name, SAMPLE)
    _papers(room, class_[:1])  # what is loaded and compiled once
    room, class_ = _class(name, SAMPLE)
    with metered() as ours:
        jobs = _papers(room, class_)
        with metered() as typeset:
            layout = shards.write(shards.merge(shards.measure_bundle([one for one in jobs if _is_handout(one)])))
            shards.compile_bundle([_laid_out(one, layout) for one in jobs])
    room._nobody.gallery = Unshared()
    with metered() as theirs:
        _papers(room, class_)
        compile_each([one.document for one in jobs])
    with metered() as raw:
        compile_concatenated(jobs)
    yield f"a figure saved at a time, one pdflatex run for each document: {theirs.cpu / ours.cpu:.1f} times the work"
    yield f"measuring, compiling and splitting take {typeset.cpu / raw.cpu:.2f} times raw pdflatex of the same words"


def _class(name: str, size: int) -> tuple[Any, list[Any]]:
    place, source = workspace.resolve(name)
    students = [Student(f"s{number:05}", f"Student {number}", "", "A") for number in range(size)]
    key = CourseKey(b"k" * 32)
    room = studio.Studio(studio.Plan(source.resolve(), tuple(place.templates), key.stream_key, DOCUMENTS))
    return room, seats.seat(students, key, room.assignment.name)


def _papers(room: Any, class_: list[Any]) -> list[Any]:
    """Return the documents of some students, drawn, proved and written."""
    done = tasks.Written(seats.Shard(0, tuple(class_)))
    return [job for seat in class_ for job in tasks._written(room, seat, room.draw(seat), done)]


def _is_handout(job: Any) -> bool:
    return job.name.endswith("/handout")


def _laid_out(job: Any, layout: bytes) -> Any:
    return shards.Job(job.name, shards.laid_out(job.document, layout)) if _is_handout(job) else job


def by_stage(name: str) -> Iterator[str]:
    """Yield the shares of the stages in one process, and what a figure costs that nobody else has."""
    size = 2 * seats.SIZE
    place, source = workspace.resolve(name)
    students = [Student(f"s{number:05}", f"Student {number}", "", "A") for number in range(size)]
    stages = Stages()
    with tempfile.TemporaryDirectory() as out, stages.watching(STAGES), metered() as whole:
        order = class_press.Order(Path(out), students, CourseKey(b"k" * 32), DOCUMENTS)
        class_press.build(source, order, place.templates, crews.Local(0), lambda *_: None)
    stages.seconds["everything else"] = whole.cpu - sum(stages.seconds.values())
    for stage_name, seconds in stages.seconds.most_common():
        yield f"{stage_name:>16} {100 * seconds / whole.cpu:>5.1f} %  {1000 * seconds / size:>6.1f} ms/student"
    drawn = stages.calls["figures"]
    cost = 1000 * stages.seconds["figures"] / drawn
    yield f"a distinct figure costs {cost:.1f} ms; there are {drawn / size:.1f} for each student"


if __name__ == "__main__":
    main()
