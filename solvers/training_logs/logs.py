"""Logs as they are written: curves in whole units of their last decimal, so that reading them is exact."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from solvers.training_logs import cache as disk
from solvers.training_logs import network, recipes
from solvers.training_logs.recipes import DECIMALS, EVERY, METRICS, STEPS, Recipe

Curve = tuple[int, ...]
"""Values at the logged steps, in units of the last decimal."""

ROOM = "training-logs"
"""The cache's folder for logs."""


@dataclass(frozen=True)
class Log:
    """One metric of some runs over the steps 0, 5, 10, ...; of several seeds the mean and the extremes."""

    metric: str
    curves: tuple[Curve, ...]
    lows: tuple[Curve, ...]
    highs: tuple[Curve, ...]

    @cached_property
    def loss(self) -> bool:
        """Whether a smaller value is better."""
        return self.metric.endswith("loss")

    @cached_property
    def unit(self) -> Fraction:
        """The value of one unit."""
        return unit(self.metric)

    @cached_property
    def gains(self) -> tuple[Curve, ...]:
        """The curves with the sign that makes larger values better."""
        return tuple(tuple(-value for value in curve) for curve in self.curves) if self.loss else self.curves

    @cached_property
    def peak(self) -> int:
        """The largest value of any seed."""
        return max(map(max, self.highs))

    @property
    def last(self) -> int:
        """The last logged step."""
        return EVERY * (len(self.curves[0]) - 1)


def unit(metric: str) -> Fraction:
    """Return the last decimal that is logged of a metric.

    >>> unit("validation accuracy")
    Fraction(1, 10)
    """
    return Fraction(1, 10 ** DECIMALS[metric.split()[1]])


@lru_cache(maxsize=512)  # the roads of a variant ask again and again, and there are more logs than memory should hold
def log(recipes: tuple[Recipe, ...], seeds: tuple[int, ...], metric: str, steps: int) -> Log:
    """Return the log of the runs of ``recipes`` up to ``steps``; every run is repeated for each seed.

    Raises ValueError for a run that diverged, and for steps that are not logged.
    """
    if not 0 < steps <= STEPS or steps % EVERY:
        raise ValueError(f"steps is {steps}; accepted are multiples of {EVERY} up to {STEPS}")
    count = steps // EVERY + 1
    repeated = [[run(recipe, seed)[METRICS.index(metric)][:count] for seed in seeds] for recipe in recipes]
    return Log(
        metric,
        tuple(_mean(curves) for curves in repeated),
        tuple(tuple(map(min, zip(*curves, strict=True))) for curves in repeated),
        tuple(tuple(map(max, zip(*curves, strict=True))) for curves in repeated),
    )


def _mean(curves: Sequence[Curve]) -> Curve:
    """Return the mean of curves, rounded to whole units (half up)."""
    count = len(curves)
    if count == 1:
        return curves[0]
    return tuple((2 * sum(values) + count) // (2 * count) for values in zip(*curves, strict=True))


@cache
def run(recipe: Recipe, seed: int) -> tuple[Curve, ...]:
    """Return the written log of one run: a curve for each of METRICS."""
    shape = (STEPS // EVERY + 1, len(METRICS))
    columns = disk.kept(ROOM, _content(recipe, seed), shape, lambda: _trained(recipe, seed)).T
    units = [int(1 / unit(metric)) for metric in METRICS]
    return tuple(
        tuple(int(value) for value in np.rint(column * scale)) for column, scale in zip(columns, units, strict=True)
    )


def _trained(recipe: Recipe, seed: int) -> disk.Array:
    """Train on one thread, which is fastest for layers this small. Raises ValueError if the run diverges."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1), np.errstate(all="ignore"):
        trained = network.train(recipe, seed)
    if not np.isfinite(trained).all():
        raise ValueError(f"the run of {recipe} diverged; accepted are recipes whose loss stays finite")
    return trained


def _content(recipe: Recipe, seed: int) -> str:
    """Return everything that a run depends on."""
    code = [sha256(Path(module).read_bytes()).hexdigest() for module in _SOURCES]
    return json.dumps([repr(recipe), seed, STEPS, EVERY, np.__version__, *code])


_SOURCES = (network.__file__, recipes.__file__)
"""The code that makes a run: an edited trainer never finds what another one made."""
