"""A run of verification: plan the batches, let workers examine them, and add up what they find."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psetpress import registry, workers
from psetpress.errors import UsageError
from psetpress.verify import batch
from psetpress.verify.survey import Survey, Tally

if TYPE_CHECKING:
    from psetpress.records import Level
    from psetpress.verify.batch import Batch
    from psetpress.workers import Loss

PATIENCE = 180.0
"""Seconds that a variant may take: the slowest of 9,300 took 0.1, but the first imports, and a machine may be busy."""


@dataclass(frozen=True)
class Request:
    """Which variants to examine: seeds ``seed``, ``seed + 1``, ... of each problem (all of them if none is named).

    ``jobs`` are worker processes; 0 examines here, where a solver that hangs or ends the process ends the run.
    """

    problems: Sequence[str] = ()
    variants: int = 1000
    level: Level | None = None
    seed: int = 0
    jobs: int = 0
    patience: float = PATIENCE


def run(request: Request, begun: Callable[[int], None], found: Callable[[Tally], None]) -> Survey:
    """Examine what is asked for; Ctrl-C ends the run early, and what was found until then is returned.

    ``begun`` is told the number of variants, ``found`` every batch. A variant that hangs or ends its worker fails,
    and what is left of its problem at that level is not tried. Raises UsageError for an unknown problem, and for a
    level that a problem named does not have.
    """
    names = list(dict.fromkeys(request.problems)) or registry.names()
    lacking = _lacking(request, names)
    queue = deque(batch.plan(names, request.level, request.seed, request.variants))
    tallies: dict[tuple[str, Level], Tally] = {}
    for one in queue:
        tallies.setdefault((one.problem, one.level), Tally(one.problem, one.level)).asked += one.variants
    begun(sum(one.variants for one in queue))
    start, jobs = time.perf_counter(), min(request.jobs, len(queue))
    interrupted = True
    with suppress(KeyboardInterrupt):  # what was found is not lost: the survey says that it is not complete
        parts = workers.each(batch.survey, queue, jobs, lambda loss: _lost(loss, queue, tallies), request.patience)
        with closing(parts):
            for part in parts:
                tallies[part.problem, part.level].add(part)
                found(part)
        interrupted = False
    places = sorted(tallies, key=lambda place: names.index(place[0]))
    seconds = time.perf_counter() - start
    return Survey([tallies[place] for place in places], seconds, max(jobs, 1), interrupted, lacking)


def _lacking(request: Request, names: Sequence[str]) -> list[str]:
    """Return the problems that are left out, for they do not have the level. None may be that was named."""
    if request.level is None:
        return []
    offered = {name: registry.load(name).levels for name in names}
    lacking = [name for name, levels in offered.items() if request.level not in levels]
    for name in lacking if request.problems else ():
        raise UsageError(f"{name} has no level {request.level}; it has {', '.join(offered[name])}")
    if len(lacking) == len(names):
        raise UsageError(f"no problem has variants at level {request.level}")
    return lacking


def _lost(loss: Loss[Batch], queue: deque[Batch], tallies: Mapping[tuple[str, Level], Tally]) -> Tally:
    """Return a tally of the variant on which a worker was lost: a failure.

    The variants before it are examined again, for what was found went with the worker. Those after it, and all others
    of the problem and level, are given up: each of them might take as long, or another worker.
    """
    lost = loss.item
    place = lost.problem, lost.level
    if not tallies[place].found["worker"]:
        others = [one for one in queue if (one.problem, one.level) != place]
        queue.clear()
        queue.extend(others)
    seed = lost.first if loss.step is None else loss.step
    if seed > lost.first:
        queue.appendleft(lost._replace(variants=seed - lost.first))
    tally = Tally(lost.problem, lost.level, tried=1)
    tally.fail(seed, [("worker", f"{loss.how}; no further variants of this level were tried")], "")
    return tally
