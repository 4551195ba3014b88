"""A run of verification: plan the batches, let workers examine them, and add up what they find."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psetpress import registry, workers
from psetpress.errors import UsageError
from psetpress.verify import batch
from psetpress.verify.survey import Survey, Tally

if TYPE_CHECKING:
    from psetpress.records import Level


@dataclass(frozen=True)
class Request:
    """Which variants to examine: seeds ``seed``, ``seed + 1``, ... of each problem (all of them if none is named)."""

    problems: Sequence[str] = ()
    variants: int = 1000
    level: Level | None = None
    seed: int = 0
    jobs: int = 1


def run(request: Request, begun: Callable[[int], None], found: Callable[[Tally], None]) -> Survey:
    """Examine what is asked for; Ctrl-C ends the run early, and what was found until then is returned.

    ``begun`` is told the number of variants, ``found`` every batch. Raises UsageError for an unknown problem.
    """
    names = list(dict.fromkeys(request.problems)) or registry.names()
    batches = batch.plan(names, request.level, request.seed, request.variants)
    if not batches:
        raise UsageError(f"no problem of {', '.join(names)} has variants at level {request.level}")
    tallies = {(one.problem, one.level): Tally(one.problem, one.level) for one in batches}
    begun(sum(one.variants for one in batches))
    start = time.perf_counter()
    jobs = max(1, min(request.jobs, len(batches)))
    try:
        for part in workers.each(batch.survey, batches, jobs):
            tallies[part.problem, part.level].add(part)
            found(part)
    except KeyboardInterrupt:
        pass  # what was found is not lost: the survey says that it is not complete
    places = sorted(tallies, key=lambda place: names.index(place[0]))
    asked = sum(one.variants for one in batches)
    return Survey([tallies[place] for place in places], asked, time.perf_counter() - start, jobs)
