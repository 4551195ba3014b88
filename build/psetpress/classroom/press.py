"""The press for a class: from a set file and a roster to every student's folder and the staff's.

:func:`build` reads as the data flow: seat, identify, keep apart, write, lay out, print, deliver.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psetpress import delivery, latex, manifest, shards
from psetpress.classroom import apart, handing, seats, studio, workshop
from psetpress.classroom.bench import Bench
from psetpress.classroom.handing import Keys
from psetpress.classroom.results import Results
from psetpress.classroom.seats import EVERYBODY, Seat, Shard
from psetpress.classroom.studio import Plan, Studio
from psetpress.classroom.tasks import Identified, Identify, Print, Printed, PrintRubric, Task, Write, Written
from psetpress.classroom.workshop import Workshop
from psetpress.errors import PsetpressError, UsageError
from psetpress.shards import forme

if TYPE_CHECKING:
    from psetpress.classroom.bench import Told
    from psetpress.classroom.crews import Crew
    from psetpress.coursekey import CourseKey
    from psetpress.roster import Student


@dataclass(frozen=True)
class Order:
    """What to build: for whom, into which folder, which documents, and whether names are printed."""

    folder: Path
    students: Sequence[Student]
    key: CourseKey
    documents: tuple[str, ...]
    anonymous: bool = False


@dataclass(frozen=True)
class Report:
    """What a build made: how many students were served, who was not and why, and what a reader should know."""

    served: int
    failed: Mapping[str, str]
    warnings: tuple[str, ...]


def build(source: Path, order: Order, folders: Sequence[Path], crew: Crew, told: Told) -> Report:
    """Build the set file ``source`` for a class; nothing is in its place before all of it is done.

    A student whose key is not proved, or whose papers LaTeX refuses, gets nothing and is reported; all others are
    served. Raises PsetpressError if nobody can be, or if the output cannot be written.
    """
    plan = Plan(source.resolve(), tuple(folders), order.key.stream_key, order.documents, order.anonymous)
    room = studio.of(plan)
    check(order)
    with delivery.explained(order.folder), workshop.alone(order.folder):
        place = Workshop(order.folder, material(plan, order))
        bench = Bench(crew, place, told)
        try:
            found, notes = seat(room, order, bench)
            results, papers = write(plan, found, bench)
            print_(plan, results, papers, Keys(room, found.seats, place), bench)
        finally:
            bench.close()
        results.failed |= found.failed
        served = [each for each in found.seats if each.id not in results.failed]
        if not served:
            raise PsetpressError(_nobody(results.failed))
        names = handing.stage(room, order, served, results, place)
        delivery.deliver_staged(order.folder, place.root, names)
        workshop.clear(place.root)
    return Report(len(served), results.failed, (*notes, *results.warnings()))


def check(order: Order) -> None:
    """Refuse, before any work, an order that cannot be filled: no LaTeX, or a folder that cannot be written."""
    if set(order.documents) != {"source"}:
        latex.find()
    delivery.check(order.folder)
    earlier = delivery.recorded(order.folder).get("provenance", {}).get("course key")
    if earlier is not None and earlier != order.key.fingerprint:
        raise UsageError(
            f"{order.folder} was built with another key of the course ({earlier}, not {order.key.fingerprint}): every "
            "student would get other numbers. Restore course.key from its backup, or choose another --out"
        )


def material(plan: Plan, order: Order) -> str:
    """Return a hash of everything that decides what a build for a class gives."""
    engine = Path(__file__).parents[1]
    rooms = [place.parent / name for place in plan.folders for name in ("problems", "solvers")]
    facts = (
        order.key.fingerprint,
        *map(str, (order.documents, order.anonymous, [*order.students], manifest.versions())),
    )
    folders = [engine, *plan.folders, *(room for room in rooms if room.is_dir()), plan.source]
    return workshop.material(folders, forme.version(), *facts)


@dataclass(frozen=True)
class Seated:
    """The students for whom every problem can be drawn, what they drew first, and those for whom one cannot."""

    seats: Sequence[Seat]
    drawn: Mapping[str, bytes]
    failed: Mapping[str, str]


def seat(room: Studio, order: Order, bench: Bench) -> tuple[Seated, list[str]]:
    """Give every student a folder, a code and streams that keep the class apart; return notes on who shares."""
    all_seats = seats.seat(order.students, order.key, room.assignment.name)
    identities: dict[str, dict[str, str]] = {}
    drawn: dict[str, bytes] = {}
    failed: dict[str, str] = {}
    todo = (Identify(room.plan, shard) for shard in seats.shards(all_seats))
    for done in bench.run("drawn", todo):
        assert isinstance(done, Identified)
        identities |= done.identities
        drawn |= done.drawn
        failed |= done.failed
    kept, notes = apart.keep(room, all_seats, identities)
    return Seated(kept, drawn, failed), notes


def _of(shard: Shard, drawn: Mapping[str, bytes]) -> dict[str, bytes]:
    return {each.id: drawn[each.id] for each in shard.seats}


Papers = dict[int, list[Shard]]
"""The shards that were written, by the number of the shard whose pieces they are; mostly it is whole."""


def write(plan: Plan, class_: Seated, bench: Bench) -> tuple[Results, Papers]:
    """Write and prove everybody's documents; return what is known of them, and what was written."""
    results, papers = Results(), Papers()
    todo = (Write(plan, shard, _of(shard, class_.drawn)) for shard in seats.shards(class_.seats))
    for done in bench.run("written and proved", todo):
        assert isinstance(done, Written)
        results.add_written(done)
        papers.setdefault(done.shard.home, []).append(done.shard)
    return results, papers


def print_(plan: Plan, results: Results, papers: Papers, keys: Keys, bench: Bench) -> None:
    """Print everybody's documents, all handouts with equal pages, and the rubric; bind the keys meanwhile."""
    layout = shards.write(results.spaces)
    made_with = hashlib.sha256(layout).hexdigest()
    for done in bench.run("printed", _printing(plan, results, papers, layout, bench), made_with):
        assert isinstance(done, Printed)
        results.add_printed(done)
        if "key" in plan.documents:
            keys.grow(results)
    if "key" in plan.documents:
        keys.save(results)


def _printing(plan: Plan, results: Results, papers: Papers, layout: bytes, bench: Bench) -> Iterator[Task]:
    """Yield what to print. Who shares a run shows in its bytes, so the pieces of a shard come together again."""
    pieces = {home: sorted(papers[home], key=lambda piece: -piece.number) for home in sorted(papers)}
    whole = {home: Shard(home, tuple(seat for piece in pieces[home] for seat in piece.seats)) for home in pieces}
    if "rubric" in plan.documents:
        first = next((seat for shard in whole.values() for seat in shard.seats if seat.id not in results.failed), None)
        if first:
            yield PrintRubric(plan, Shard(EVERYBODY, (first,)), results.costs)
    for home, shard in whole.items():
        yield Print(plan, shard, bench.jobs(pieces[home]), layout)


def _nobody(failed: Mapping[str, str]) -> str:
    reasons = dict.fromkeys(failed.values())
    first = next(iter(reasons), "the roster is empty")
    more = f"\n(and {len(reasons) - 1} other reasons)" if len(reasons) > 1 else ""
    return f"nothing could be built for any of {len(failed)} students: {first}{more}"
