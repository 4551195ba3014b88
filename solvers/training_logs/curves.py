"""Curves of a log as lines that join the logged values: where they start, end, arrive and cross, exactly.

Values are whole units (see ``logs``); "gains" are values with the sign that makes larger ones better.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from solvers.training_logs.logs import Curve, Log
from solvers.training_logs.recipes import EVERY, Reaching


def ranking(values: Sequence[int]) -> list[int]:
    """Return the indices of ``values`` from the largest to the smallest."""
    return sorted(range(len(values)), key=lambda index: -values[index])


def finals(log: Log) -> list[int]:
    """Return what the runs have gained at the last step."""
    return [curve[-1] for curve in log.gains]


def settled(curve: Curve, level: int) -> Fraction | None:
    """Return the step from which a line of gains stays at ``level`` or above.

    None if it ends below, or was never below.

    >>> settled((0, 4, 8, 6, 10), 7)
    Fraction(65, 4)
    """
    index = next((index for index in reversed(range(len(curve))) if curve[index] < level), None)
    if index is None or index == len(curve) - 1:
        return None
    return _passed(index, level, curve[index], curve[index + 1])


def touched(curve: Curve, level: int) -> Fraction | None:
    """Return the step at which a line of gains reaches ``level`` for the first time, None if it starts there or never.

    >>> touched((0, 4, 8, 6, 10), 7)
    Fraction(35, 4)
    """
    for index, (before, after) in enumerate(pairwise(curve)):
        if before < level <= after:
            return _passed(index, level, before, after)
    return None


def _passed(index: int, level: int, before: int, after: int) -> Fraction:
    """Return the step at which a line from ``before``, the value of number ``index``, to ``after`` is at ``level``."""
    rise = after - before
    return Fraction(EVERY * (index * rise + level - before), rise)


def level_gain(log: Log, level: Reaching) -> int:
    """Return a level in units, with the sign of the gains. Raises ValueError for a level between two units."""
    value, unit = level.value, log.unit
    units, rest = divmod(value.numerator * unit.denominator, value.denominator * unit.numerator)
    if rest:
        raise ValueError(f"the level {value} is no multiple of {unit}")
    return -units if log.loss else units


def arrivals(log: Log, level: Reaching) -> list[tuple[Fraction, int]]:
    """Return, in their order, the steps from which runs stay at ``level`` or better, with the runs' indices."""
    at = level_gain(log, level)
    steps = [(settled(curve, at), index) for index, curve in enumerate(log.gains)]
    return sorted((step, index) for step, index in steps if step is not None)


def leads(log: Log) -> tuple[int, Curve]:
    """Return the run of two that is ahead at the end, and its lead over the other at every logged step."""
    curves = log.gains
    if len(curves) != 2:
        raise ValueError(f"{len(curves)} runs; a crossing is asked of two")
    late = ranking(finals(log))[0]
    return late, tuple(mine - other for mine, other in zip(curves[late], curves[1 - late], strict=True))


def takeover(log: Log) -> Fraction | None:
    """Return the step from which the run that is ahead at the end is ahead for good; None if it always was."""
    return settled(leads(log)[1], 0)
