"""What paper allows: the axes of a figure, how well it is read, and whether that is enough."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise

from solvers.training_logs.curves import arrivals, finals, leads, level_gain, settled, takeover
from solvers.training_logs.exact import separation
from solvers.training_logs.logs import Curve, Log
from solvers.training_logs.recipes import EVERY, Crossing, Reaching

APART = 3
"""Curves that end so many tolerances apart are told apart on paper."""


@dataclass(frozen=True)
class Scale:
    """The value axis of a log, in units: numbers at 0, major, 2 major, ..., top, with small cells between them."""

    major: int
    top: int
    cells: int

    @property
    def cell(self) -> int:
        """The distance of two lines of the grid."""
        return self.major // self.cells

    @property
    def tolerance(self) -> int:
        """Half a cell: how well the difference of two values can be read (about 1 mm on paper)."""
        return self.cell // 2


PERCENT = Scale(200, 1000, cells=4)
"""The axis of an accuracy, in tenths of a percent: it is known before the log is."""

PERCENT_TOLERANCE = Fraction(PERCENT.tolerance, 10)
"""How well the difference of two accuracies can be read, in percentage points."""


def scale(log: Log) -> Scale:
    """Return the axis: 0 to 100 percent, or for a loss at most seven numbers above zero."""
    if not log.loss:
        return PERCENT
    major = next(size for size in (100, 200, 500, 1000, 2000, 5000, 10**9) if log.peak <= 7 * size)
    return Scale(major, -(-log.peak // major) * major, cells=5)


def tolerance(log: Log) -> Fraction:
    """Return how well the difference of two values can be read."""
    return scale(log).tolerance * log.unit


def step_tolerance(steps: int) -> Fraction:
    """Return how well a step can be read: the fortieth part of the axis (about 3 mm on paper)."""
    return Fraction(steps, 40)


def ends_apart(log: Log) -> bool:
    """Say whether all runs end so far apart that paper shows their order and gaps."""
    return all(above - below >= APART * scale(log).tolerance for above, below in pairwise(sorted(finals(log))[::-1]))


def bands_clear(log: Log) -> bool:
    """Say whether paper shows that the best run's band overlaps another one at the end, or that it does not."""
    return abs(separation(log)) >= scale(log).tolerance


def readable(log: Log, question: Reaching | Crossing) -> bool:
    """Say whether what is asked about the course can be read off the figure."""
    return _crossing_readable(log) if isinstance(question, Crossing) else _level_readable(log, question)


def _level_readable(log: Log, level: Reaching) -> bool:
    reached = arrivals(log, level)
    if len(reached) < 2 or reached[1][0] - reached[0][0] < 4 * step_tolerance(log.last):
        return False
    at = level_gain(log, level)
    return all(_steady(log, log.gains[index], at, step) for step, index in reached[:2])


def _crossing_readable(log: Log) -> bool:
    """Say whether the loser led clearly, until a clear crossing, and never the winner clearly before."""
    _, lead = leads(log)
    step, tolerance = takeover(log), scale(log).tolerance
    if step is None or -min(lead) < APART * tolerance:
        return False
    before = [value for index, value in enumerate(lead) if index * EVERY < step]
    return 2 * max(before) <= tolerance and _steady(log, lead, 0, step)


def _steady(log: Log, curve: Curve, level: int, right: Fraction) -> bool:
    """Say whether a level that is read a little wrong still gives the ``right`` step, nearly."""
    off, room = scale(log).tolerance // 2, step_tolerance(log.last)
    read = (settled(curve, level + shift) for shift in (-off, off))
    return all(step is not None and abs(step - right) <= room for step in read)


def levels(log: Log) -> tuple[Reaching, ...]:
    """Return the values at the lines of the grid, which is where a level may be asked about."""
    axis = scale(log)
    return _levels(axis.cell, axis.top, log.unit)


@cache
def _levels(cell: int, top: int, unit: Fraction) -> tuple[Reaching, ...]:
    return tuple(Reaching(units * unit) for units in range(cell, top, cell))
