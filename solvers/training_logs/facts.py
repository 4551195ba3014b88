"""What words say of a log: the facts in a statement, and those of a key, all of them values of the log."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from solvers.training_logs.curves import arrivals, finals, leads, ranking, takeover
from solvers.training_logs.exact import LETTERS, changed, separation
from solvers.training_logs.logs import Log
from solvers.training_logs.reading import step_tolerance, tolerance
from solvers.training_logs.recipes import EVERY, TRAINING, VALIDATION, Crossing, Reaching, Recipe

Facts = dict[str, object]

PARTS = 4
"""A curve is described by its first value and so many later ones."""


def seen(recipes: Sequence[Recipe], log: Log) -> Facts:
    """Return what everyone sees in table and figure, so that a statement may say it.

    ``names`` of the runs; the ``changed`` settings; ``readings`` of each curve at five steps, as written in the
    log; ``lows`` and ``highs`` of each run's seeds at the end; ``every``, ``training``, ``validation``: steps
    between two logged ones, and numbers of images; ``tolerance`` and ``step_tolerance``.
    """
    return {
        "names": LETTERS[: len(recipes)],
        "changed": changed(recipes),
        "readings": [[(step, _value(log, run, step)) for step in _sampled(log)] for run in range(len(recipes))],
        "lows": [low[-1] * log.unit for low in log.lows],
        "highs": [high[-1] * log.unit for high in log.highs],
        "every": EVERY,
        "training": TRAINING,
        "validation": VALIDATION,
        "tolerance": tolerance(log),
        "step_tolerance": step_tolerance(log.last),
    }


def _value(log: Log, run: int, step: int) -> Fraction:
    """Return what the log says of a run at a logged step."""
    return log.curves[run][step // EVERY] * log.unit


def _sampled(log: Log) -> list[int]:
    """Return five logged steps, from the first to the last, at nearly equal distances."""
    count = log.last // EVERY
    return [EVERY * (count * part // PARTS) for part in range(PARTS + 1)]


def work(recipes: Sequence[Recipe], log: Log, question: Reaching | Crossing) -> Facts:
    """Return the facts of a key: final values, the order of the runs at the end, and where steps are read.

    ``apart`` says whether, at the end, the seeds of the best run are better than all others; ``pair`` names the
    settings in which the best run and the next differ, ``isolated`` the pairs of runs that differ in one.
    """
    first, second = ranking(finals(log))[:2]
    return {
        "order": [LETTERS[run] for run in ranking(finals(log))],
        "finals": [_value(log, run, log.last) for run in range(len(recipes))],
        "best": _value(log, first, log.last),
        "next": _value(log, second, log.last),
        "apart": separation(log) > 0,
        "pair": changed((recipes[first], recipes[second])),
        "isolated": _isolated(recipes),
        **(_crossed(log) if isinstance(question, Crossing) else _reached(log, question)),
    }


def _isolated(recipes: Sequence[Recipe]) -> list[tuple[str, str, str]]:
    """Return the pairs of runs that differ in a single setting, and that setting."""
    pairs = combinations(zip(LETTERS, recipes, strict=False), 2)
    found = [(one, other, changed((mine, yours))) for (one, mine), (other, yours) in pairs]
    return [(one, other, settings[0]) for one, other, settings in found if len(settings) == 1]


def _reached(log: Log, question: Reaching) -> Facts:
    """Return where each run arrives at the level, in that order, and the runs that never stay there."""
    reached = arrivals(log, question)
    missing = set(range(len(log.curves))) - {run for _, run in reached}
    return {
        "arrivals": [{"name": LETTERS[run], "step": step, **_around(log, step, run)} for step, run in reached],
        "missing": [LETTERS[run] for run in sorted(missing)],
    }


def _crossed(log: Log) -> Facts:
    """Return where two curves cross, and where the one that is behind at the end leads by most."""
    late, lead = leads(log)
    step = takeover(log)
    if step is None:
        raise ValueError("the curves do not cross")
    widest = EVERY * lead.index(min(lead))
    return {
        "step": step,
        "late": {"name": LETTERS[late], **_around(log, step, late), "widest": _value(log, late, widest)},
        "early": {"name": LETTERS[1 - late], **_around(log, step, 1 - late), "widest": _value(log, 1 - late, widest)},
        "widest": widest,
    }


def _around(log: Log, step: Fraction, run: int) -> Facts:
    """Return the logged steps at or around ``step``, and what the log says of a run there."""
    before = EVERY * int(step // EVERY)
    after = before + EVERY
    return {
        "before": before,
        "after": after,
        "value_before": _value(log, run, before),
        "value_after": _value(log, run, after),
    }
