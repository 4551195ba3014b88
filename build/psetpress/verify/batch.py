"""Batches of variants: planned for all problems, drawn and examined one after the other."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from psetpress import drawing, interrupts, registry, streams, worker
from psetpress.errors import PsetpressError
from psetpress.failures import described
from psetpress.verify import effort, printed, thrown
from psetpress.verify import whole as wholes
from psetpress.verify.checks import Finding, examine, run
from psetpress.verify.survey import Tally

if TYPE_CHECKING:
    from psetpress.drawing import Variant
    from psetpress.records import Level
    from psetpress.streams import Stream

SIZE = 50
"""Variants in a batch: fractions of a second, so that progress moves and Ctrl-C loses little."""
SAMPLE = 50
"""One variant in so many is examined for what costs as much as all other checks: page, rejected draws, operations."""
READABLE = 24
"""Characters kept of a printed answer."""


class Batch(NamedTuple):
    """Variants to examine: ``variants`` seeds of one problem at one level, from ``first`` on.

    With the first one, the ``whole`` problem is examined, once in a run.
    """

    problem: str
    level: Level
    first: int
    variants: int
    whole: bool = False


def plan(names: Sequence[str], level: Level | None, first: int, variants: int) -> list[Batch]:
    """Return the batches for ``variants`` variants of each problem.

    They are dealt evenly over the problem's levels, or all drawn at ``level`` where the problem has it. The batches of
    all problems are interleaved, so that a defect shows early wherever it is.
    """
    queues = [list(_of_problem(name, level, first, variants)) for name in names]
    longest = max(map(len, queues), default=0)
    return [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]


def _of_problem(name: str, level: Level | None, first: int, variants: int) -> Iterator[Batch]:
    offered = registry.load(name).levels
    levels = offered if level is None else (level,) if level in offered else ()
    for place, each in enumerate(levels):
        count = (variants + len(levels) - 1 - place) // len(levels)
        for start in range(0, count, SIZE):
            yield Batch(name, each, first + start, min(SIZE, count - start), whole=place == start == 0)


def survey(batch: Batch) -> Tally:
    """Draw and examine the variants of a batch."""
    tally = Tally(batch.problem, batch.level)
    for seed in range(batch.first, batch.first + batch.variants):
        worker.step(seed)
        _add(tally, seed, whole=batch.whole and seed == batch.first)
    return tally


def _add(tally: Tally, seed: int, *, whole: bool) -> None:
    """Draw one variant, examine it and count what it showed."""
    tally.tried += 1
    start = time.perf_counter()
    try:
        _look(tally, seed, whole=whole)
    except (interrupts.Interrupted, interrupts.Terminated):
        raise
    except BaseException as error:  # also a KeyboardInterrupt: nobody pressed a key, or it would be Interrupted
        tally.fail(seed, [Finding("run", described(error))], "")
    tally.busy += time.perf_counter() - start


def _look(tally: Tally, seed: int, *, whole: bool) -> None:
    stream = streams.seeded(tally.problem, seed)
    start = time.perf_counter()
    try:
        variant = drawing.draw(tally.problem, registry.load(tally.problem), tally.level, stream)
    except PsetpressError as error:
        tally.fail(seed, [Finding("draw", error.message)], "")
        return
    tally.seconds.append(time.perf_counter() - start)
    tally.slowest = max(tally.slowest, (tally.seconds[-1], seed))
    sampled = seed % SAMPLE == 0
    findings = [*examine(variant), *(_closely(variant, stream) if sampled else ())]
    tally.fail(seed, [*findings, *(wholes.examine(tally.problem) if whole else ())], repr(variant.params))
    _count(tally, variant, sampled=sampled)


def _closely(variant: Variant, stream: Stream) -> Iterator[Finding]:
    """Yield what is found where one looks at the page, and at the draws before this one."""
    yield from (Finding("page", says) for says in run(printed.unseen, variant))
    yield from (Finding("rejected", says) for says in run(lambda given: thrown.disputed(given, stream), variant))


def _count(tally: Tally, variant: Variant, *, sampled: bool) -> None:
    tally.identities.add(variant.identity)
    tally.attempts += variant.attempts
    tally.rejected.update(variant.rejected)
    texts = {name: variant.kinds[name].text(value) for name, value in variant.answers.items()}
    if texts:
        tally.keys[_short("; ".join(texts.values()))] += 1
    for name, text in texts.items():
        tally.answers.setdefault(name, Counter())[_short(text)] += 1
    for name, measure in effort.MEASURES.items():
        if sampled or name not in effort.SAMPLED:
            tally.effort.setdefault(name, []).append(measure(variant))


def _short(text: str) -> str:
    """Return a text, a long one cut and told apart by its hash: ten thousand matrices are to fit in memory."""
    return text if len(text) <= READABLE else f"{text[:READABLE]}... {hashlib.sha256(text.encode()).hexdigest()[:12]}"
