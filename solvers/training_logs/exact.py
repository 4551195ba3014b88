"""The answers: which run is ahead, by how much, from when on, and what a figure does not show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from solvers.training_logs.curves import arrivals, finals, leads, ranking, takeover
from solvers.training_logs.logs import Log
from solvers.training_logs.recipes import HIDDEN, SHOWN, Crossing, Reaching, Recipe

LETTERS = "ABC"
"""The names of the runs, in their order."""

SETTINGS = tuple(field.name for field in fields(Recipe))


def end(log: Log) -> dict[str, object]:
    """Return which run is ahead at the last step, and by how much it leads the run closest to it."""
    first, second = ranking(finals(log))[:2]
    return {"winner": LETTERS[first], "gap": (finals(log)[first] - finals(log)[second]) * log.unit}


def course(log: Log, question: Reaching | Crossing) -> dict[str, object]:
    """Return the answers about the course of training. Raises ValueError where there is nothing to answer."""
    if isinstance(question, Crossing):
        late, lead = leads(log)
        step = takeover(log)
        if step is None:
            raise ValueError("the curves do not cross")
        return {"leader": LETTERS[1 - late], "step": float(step), "most": -min(lead) * log.unit}
    reached = arrivals(log, question)
    if len(reached) < 2:
        raise ValueError(f"{len(reached)} runs reach {question.value} and stay there; at least two are wanted")
    (first, leader), (second, _) = reached[:2]
    return {"leader": LETTERS[leader], "step": float(first), "lead": float(second - first)}


def changed(recipes: Sequence[Recipe]) -> tuple[str, ...]:
    """Return the names of the settings in which the runs differ."""
    first, *others = recipes
    return tuple(name for name in SETTINGS if any(getattr(other, name) != getattr(first, name) for other in others))


def separation(log: Log) -> int:
    """Return by how much, at the last step, the worst seed of the best run leads the best seed of any other.

    Negative if they overlap. (Of a single seed it is the gap, which says nothing about seeds.)
    """
    bests, worsts = (log.lows, log.highs) if log.loss else (log.highs, log.lows)
    sign = -1 if log.loss else 1
    winner, *others = ranking(finals(log))
    return sign * worsts[winner][-1] - max(sign * bests[other][-1] for other in others)


def claims(recipes: Sequence[Recipe], seeds: Sequence[int], log: Log) -> dict[str, object]:
    """Return which claims the figure and the table of settings show.

    ``setting``: one setting alone makes the runs differ. ``images``: the order at the end holds on images that
    were not trained on. ``seeds``: the gap at the end is more than the seed changes. ``time``: the run ahead
    took the least time to compute (a figure over steps never shows it).
    """
    shown = {
        "setting": len(changed(recipes)) == 1,
        "images": log.metric.startswith("validation"),
        "seeds": len(seeds) > 1 and separation(log) > 0,
        "time": False,
    }
    return {name: SHOWN if holds else HIDDEN for name, holds in shown.items()}
