"""Means over seeds and their 95 % intervals, for claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from solvers.training.record import Claim

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.record import Value

FAILED = 0.15
"""An accuracy on ten classes up to which nothing was learned."""

LEAST = 2
"""Seeds that an interval needs."""

DIGITS = 5
"""Significant digits of a recorded number: more than any interval supports."""


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds, its standard error, and the bounds of its 95 % interval; None where one seed has no spread."""

    mean: float
    error: float | None
    low: float | None
    high: float | None


def estimate(values: Iterable[float] | NDArray[Any]) -> Estimate:
    """Return the mean of independent values with Student's interval.

    >>> found = estimate([1.0, 2.0, 3.0])
    >>> found.mean, round(found.error or 0, 4), round(found.low or 0, 3)
    (2.0, 0.5774, -0.484)
    """
    from scipy import stats

    sample = np.asarray(list(values), dtype=float)
    if len(sample) < LEAST:
        return Estimate(float(sample.mean()), None, None, None)
    error = float(sample.std(ddof=1)) / sqrt(len(sample))
    reach = float(stats.t.ppf(0.975, len(sample) - 1)) * error
    mean = float(sample.mean())
    return Estimate(mean, error, mean - reach, mean + reach)


def times_fewer(few: NDArray[np.float64], many: NDArray[np.float64]) -> Estimate:
    """Return how many times ``few`` steps ``many`` are, seed by seed: the geometric mean, with its interval.

    Ratios are compared by their logarithms, so that the inverse question has the inverse answer, and one slow seed does
    not pull the interval below what any seed shows. Counts below 1 are taken for 1; ``error`` is that of the logarithm.

    >>> found = times_fewer(np.array([10.0, 10.0]), np.array([20.0, 80.0]))
    >>> round(found.mean, 6)
    4.0
    """
    logs = estimate(np.log(np.maximum(many, 1) / np.maximum(few, 1)))
    low, high = (None if bound is None else float(np.exp(bound)) for bound in (logs.low, logs.high))
    return Estimate(float(np.exp(logs.mean)), logs.error, low, high)


def above(found: Estimate, bound: float) -> bool:
    """Return whether the whole interval lies above ``bound``; with one seed, whether the mean does."""
    return (found.mean if found.low is None else found.low) > bound


def rounded(value: float | None, digits: int = DIGITS) -> Value:
    """Return a number with ``digits`` significant digits as plain Python; None for what is no number.

    >>> rounded(0.123456789), rounded(float("nan")), rounded(12.0)
    (0.12346, None, 12.0)
    """
    if value is None or not np.isfinite(value):
        return None
    return float(f"{float(value):.{digits}g}")


def first_reaching(steps: NDArray[Any], values: NDArray[Any], target: float) -> NDArray[np.float64]:
    """Return for every row where it first reaches ``target``, on a straight line between the steps, or nan.

    ``values`` is (seeds, steps).

    >>> first_reaching(np.array([0, 10, 20]), np.array([[0.1, 0.2, 0.4], [0.1, 0.2, 0.25], [0.5, 0.2, 0.6]]), 0.3)
    array([15., nan,  0.])
    """
    return np.array([_crossing(steps, row, target) for row in values])


def _crossing(steps: NDArray[Any], row: NDArray[Any], target: float) -> float:
    there = row >= target
    at = int(there.argmax())
    if not there.any():
        return float("nan")
    if at == 0:
        return float(steps[0])
    part = (target - row[at - 1]) / (row[at] - row[at - 1])
    return float(steps[at - 1] + part * (steps[at] - steps[at - 1]))


def target_for(final: NDArray[np.float64], part: float) -> float | None:
    """Return a ``part`` of the mean final accuracy of the seeds that learned anything; None if none did.

    >>> target_for(np.array([0.1, 0.5, 0.7]), 0.5), target_for(np.array([0.1, 0.12]), 0.5)
    (0.3, None)
    """
    learned = final[final > FAILED]
    return part * float(learned.mean()) if len(learned) else None


def arrivals(reached: Mapping[str, NDArray[np.float64]]) -> dict[str, Value]:
    """Return by name the mean step of arrival, None if a seed never arrived; how many arrived, and of how many seeds.

    >>> arrivals({"bn": np.array([10.0, 20.0]), "plain": np.array([40.0, np.nan])})
    {'bn': 15.0, 'bn_reached': 2, 'plain': None, 'plain_reached': 1, 'seeds': 2}
    """
    evidence: dict[str, Value] = {}
    for name, steps in reached.items():
        evidence |= {name: rounded(float(steps.mean())), f"{name}_reached": int(np.isfinite(steps).sum())}
    return evidence | {"seeds": max(len(steps) for steps in reached.values())}


def faster(steps: NDArray[Any], accuracy: Mapping[str, NDArray[np.float64]], target: float | None) -> Claim:
    """Tell whether the first of two networks reaches ``target`` in fewer steps than the second, seed by seed.

    Where the second never arrives, the last step counts, so that the ratio is a lower bound; where the first never
    arrives, or there is no target, there is no ratio.
    """
    reached = {name: first_reaching(steps, one, np.nan if target is None else target) for name, one in accuracy.items()}
    few, many = reached.values()
    ratio = times_fewer(few, np.nan_to_num(many, nan=float(steps[-1])))
    bounds = {"ratio": rounded(ratio.mean), "low": rounded(ratio.low), "high": rounded(ratio.high)}
    return Claim(above(ratio, 1.0), {"target": rounded(target), **arrivals(reached), **bounds})
