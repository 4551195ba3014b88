"""Plain data of the figures: the curves of a log, and what an answer marks on them."""

from __future__ import annotations

from solvers.training_logs.curves import arrivals, ranking
from solvers.training_logs.exact import LETTERS, course
from solvers.training_logs.logs import Log
from solvers.training_logs.reading import Scale, scale
from solvers.training_logs.recipes import EVERY, Crossing, Reaching

Point = tuple[float, float]
Data = dict[str, object]


def curves(log: Log) -> Data:
    """Return what the figure of a log shows: curves, bands of the seeds (none for a single one), and axes."""
    axis = scale(log)
    return {
        "every": EVERY,
        "curves": tuple(_plain(log, curve) for curve in log.curves),
        "bands": _bands(log),
        "names": LETTERS[: len(log.curves)],
        "numbers": _numbers(log, axis),
        "cells": axis.cells,
    }


def marks(log: Log, question: Reaching | Crossing) -> Data:
    """Return what an answer adds: where a level or a crossing is read, and the gap at the end."""
    return {"dots": _dots(log, question), "level": _level(question), "gap": _gap(log)}


def _plain(log: Log, curve: tuple[int, ...]) -> tuple[float, ...]:
    return tuple(float(value * log.unit) for value in curve)


def _bands(log: Log) -> tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]:
    if log.lows == log.highs:
        return ()
    return tuple((_plain(log, low), _plain(log, high)) for low, high in zip(log.lows, log.highs, strict=True))


def _numbers(log: Log, axis: Scale) -> tuple[float, ...]:
    """Return the numbers at the value axis."""
    return tuple(float(units * log.unit) for units in range(0, axis.top + 1, axis.major))


def _level(question: Reaching | Crossing) -> float | None:
    return float(question.value) if isinstance(question, Reaching) else None


def _dots(log: Log, question: Reaching | Crossing) -> tuple[Point, ...]:
    """Return the points at which steps are read."""
    if isinstance(question, Reaching):
        return tuple((float(step), float(question.value)) for step, _ in arrivals(log, question)[:2])
    step = course(log, question)["step"]
    assert isinstance(step, float)
    index, share = int(step // EVERY), step % EVERY / EVERY
    before, after = (float(log.curves[0][place] * log.unit) for place in (index, index + 1))
    return ((step, before + share * (after - before)),)


def _gap(log: Log) -> tuple[float, float]:
    """Return the final values between which the gap lies."""
    first, second = ranking([curve[-1] for curve in log.gains])[:2]
    return float(log.curves[first][-1] * log.unit), float(log.curves[second][-1] * log.unit)
