"""Plain data for the figures of recorded results: curves over seeds, and sweeps over learning rates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solvers.training.record import Recorded

DIGITS = 5
"""Decimals that are kept: far below what a curve can show, so that equal results give equal figures."""


def short(value: Any) -> float:
    """Return a number as figures keep it."""
    return round(float(value), DIGITS)


def rounded(values: Iterable[Any], number: Callable[[Any], float] = short) -> tuple[float, ...]:
    """Return numbers as figures keep them, or as ``number`` makes them."""
    return tuple(number(value) for value in values)


def over_seeds(
    result: Recorded,
    across: str,
    names: Mapping[str, tuple[str, bool]],
    number: Callable[[Any], float] = short,
) -> dict[str, Any]:
    """Return the mean of each named array over its seeds (its rows), and the range, over the array ``across``."""
    curves: list[tuple[object, ...]] = []
    for name, (label, accent) in names.items():
        seeds = result.arrays[name]
        ranges = (seeds.mean(axis=0), seeds.min(axis=0), seeds.max(axis=0))
        curves.append((label, *(rounded(values, number) for values in ranges), accent))
    return {"x": rounded(result.arrays[across], number), "curves": tuple(curves)}


def dropout_curves(result: Recorded) -> dict[str, Any]:
    """Return training and validation accuracy over epochs, with and without dropout."""
    names = {
        "training_plain": ("training, no dropout", False),
        "training_dropout": ("training, dropout", True),
        "validation_dropout": ("validation, dropout", True),
        "validation_plain": ("validation, no dropout", False),
    }
    return over_seeds(result, "epoch", names)


def convergence(result: Recorded) -> dict[str, Any]:
    """Return test accuracy over steps with and without batch normalization, and the target that is counted to."""
    curves = over_seeds(result, "step", {"normalized": ("with BN", True), "plain": ("without BN", False)})
    return curves | {"level": result.claims["faster"].evidence["target"]}


def classifier_curves(result: Recorded) -> dict[str, Any]:
    """Return training and test accuracy over epochs."""
    return over_seeds(result, "epoch", {"training": ("training", False), "test": ("test", True)})


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


def scale_sweep(result: Recorded) -> dict[str, Any]:
    """Return the best validation accuracy against the scale of the initial weights, a mean over seeds."""
    names = {"normalized": ("with BN", True), "plain": ("without BN", False)}
    means = {name: result.arrays[f"validation_{name}"].mean(axis=0) for name in names}
    return {
        "rates": tuple(float(scale) for scale in result.arrays["scale"]),
        "sweeps": tuple((label, rounded(means[name]), accent) for name, (label, accent) in names.items()),
    }


def rate_curves(result: Recorded) -> dict[str, Any]:
    """Return test accuracy over steps of the five networks in Figure 2 of Ioffe and Szegedy."""
    names = {
        "plain_x1": ("without BN, rate $\\times1$", False),
        "bn_x1": ("BN, rate $\\times1$", True),
        "bn_x5": ("BN, rate $\\times5$", True),
        "bn_x30": ("BN, rate $\\times30$", True),
        "bn_x5_sigmoid": ("BN, $\\times5$, sigmoids", True),
    }
    return over_seeds(result, "step", names) | {"styles": ("--", "-", "-.", ":", "-")}


def sigmoid_accuracy(result: Recorded) -> dict[str, Any]:
    """Return test accuracy over steps with and without BatchNorm: Figure 1(a) of Ioffe and Szegedy."""
    return over_seeds(result, "step", {"normalized": ("with BN", True), "plain": ("without BN", False)})


def sigmoid_quantiles(result: Recorded, network: str) -> dict[str, Any]:
    """Return the quantiles of the unit of the first seed over steps: Figure 1(b) for "plain", (c) for "normalized".

    ``reach`` is the largest absolute value of both networks, so that the two figures have one scale.
    """
    both = {name: result.arrays[f"quantiles_{name}"][0] for name in ("plain", "normalized")}
    return {
        "x": rounded(result.arrays["step"]),
        "quantiles": tuple(rounded(values) for values in both[network].T),
        "reach": round(float(max(abs(values).max() for values in both.values())), DIGITS),
    }


def linear_cosines(result: Recorded, rate: int, layer: int) -> dict[str, Any]:
    """Return the cosines of the first seed's deep linear networks over steps, at a rate and for a layer by number.

    The first step is left out: nothing has been learned there.
    """
    names = {"normalized": ("with BN", True), "plain": ("without BN", False)}
    return {
        "x": rounded(result.arrays["dln_step"][1:]),
        "lines": tuple(
            (label, rounded(result.arrays[f"dln_{name}_{rate}_shift"][0, 1:, layer, 1]), accent)
            for name, (label, accent) in names.items()
        ),
    }
