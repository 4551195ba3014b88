"""Plain data for the figures of recorded results: curves over seeds, and sweeps over learning rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solvers.training.record import Recorded

DIGITS = 5
"""Decimals that are kept: far below what a curve can show, so that equal results give equal figures."""


def dropout_curves(result: Recorded) -> dict[str, Any]:
    """Return training and validation accuracy over epochs, with and without dropout."""
    names = {
        "training_plain": ("training, no dropout", False),
        "training_dropout": ("training, dropout", True),
        "validation_dropout": ("validation, dropout", True),
        "validation_plain": ("validation, no dropout", False),
    }
    return _curves(result, "epoch", names)


def convergence(result: Recorded) -> dict[str, Any]:
    """Return test accuracy over steps with and without batch normalization, and the target that is counted to."""
    curves = _curves(result, "step", {"normalized": ("with BN", True), "plain": ("without BN", False)})
    return curves | {"level": result.claims["faster"].evidence["target"]}


def classifier_curves(result: Recorded) -> dict[str, Any]:
    """Return training and test accuracy over epochs."""
    return _curves(result, "epoch", {"training": ("training", False), "test": ("test", True)})


def rate_sweep(result: Recorded) -> dict[str, Any]:
    """Return final accuracy against learning rate for both networks; None where no seed trained."""
    rows: Any = result.measurements["rates"]
    return {
        "rates": tuple(float(row["rate"]) for row in rows),
        "sweeps": tuple(
            (label, tuple(row[name] for row in rows), accent)
            for name, label, accent in (("normalized", "with BN", True), ("plain", "without BN", False))
        ),
    }


def _curves(result: Recorded, across: str, names: Mapping[str, tuple[str, bool]]) -> dict[str, Any]:
    """Return the mean of each named array over its seeds (its rows), and the range."""
    curves: list[tuple[object, ...]] = []
    for name, (label, accent) in names.items():
        seeds = result.arrays[name]
        ranges = (_rounded(seeds.mean(axis=0)), _rounded(seeds.min(axis=0)), _rounded(seeds.max(axis=0)))
        curves.append((label, *ranges, accent))
    return {"x": _rounded(result.arrays[across]), "curves": tuple(curves)}


def _rounded(values: Iterable[Any]) -> tuple[float, ...]:
    return tuple(round(float(value), DIGITS) for value in values)
