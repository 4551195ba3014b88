"""The runs that `figure_explanation` compares: few enough to be trained anew in seconds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

from solvers.training_logs.exact import changed
from solvers.training_logs.recipes import Recipe

Runs = tuple[Recipe, ...]

RELU = Recipe(2, 32, "relu", False, Fraction(0), Fraction(1), Fraction(1, 10), Fraction(0), 32)
TANH = replace(RELU, activation="tanh")
SIGMOID = replace(RELU, activation="sigmoid", rate=Fraction(1))

NORM, SLOW, FAST = {"batchnorm": True}, {"rate": Fraction(1, 50)}, {"rate": Fraction(1, 2)}
NARROW, SMALL, LARGE = {"width": 8}, {"scale": Fraction(3, 10)}, {"scale": Fraction(3)}
HEAVY, DROP = {"momentum": Fraction(9, 10)}, {"dropout": Fraction(1, 2)}
SLOWER, FASTER = {"rate": Fraction(1, 5)}, {"rate": Fraction(5)}  # for sigmoids


def _family(base: Recipe, *changes: dict[str, Any]) -> Runs:
    return (base, *(replace(base, **change) for change in changes))


FAMILIES = (
    _family(RELU, NORM, SLOW, FAST, NORM | SLOW, NORM | FAST, NARROW, SMALL, HEAVY, DROP, {"depth": 1}),
    _family(TANH, NORM, SLOW, FAST, NORM | SLOW, NARROW, {"batch": 4}, SMALL, LARGE, HEAVY, DROP),
    _family(SIGMOID, NORM, SLOWER, FASTER, NORM | SLOWER, NARROW, LARGE, HEAVY, DROP, {"depth": 1}),
)
"""Runs of one family are compared with each other."""

REPEATED = (_family(RELU, NORM, FAST), _family(TANH, NORM, HEAVY), _family(SIGMOID, NORM, HEAVY))
"""The runs that are repeated with every one of SEEDS; all others run with the first."""

SEEDS = (1, 2, 3)


def _compared(families: tuple[Runs, ...], count: int, settings: int) -> tuple[Runs, ...]:
    """Return all choices of ``count`` runs of one family that differ in so many settings."""
    chosen = (runs for family in families for runs in combinations(family, count))
    return tuple(runs for runs in chosen if len(changed(runs)) == settings)


ONE_SETTING, TWO_SETTINGS = _compared(FAMILIES, 2, 1), _compared(FAMILIES, 2, 2)
"""Pairs of runs."""

AGAIN = _compared(REPEATED, 2, 1) + _compared(REPEATED, 2, 2)
"""Pairs of repeated runs."""

CROSSING = tuple(
    (replace(base, **one), replace(base, **other))
    for base, one, other in (
        (TANH, SMALL, LARGE),
        (TANH, SLOW, LARGE),
        (TANH, NARROW, SMALL),
        (TANH, NARROW, LARGE),
        (SIGMOID, {}, LARGE),
        (SIGMOID, NARROW, LARGE),
        (SIGMOID, SLOWER, LARGE),
        (SIGMOID, DROP, LARGE),
        (SIGMOID, NARROW, {"depth": 1}),
    )
)
"""Pairs whose curves often cross: what starts better, or faster, is overtaken."""

TRIPLES = (_compared(FAMILIES, 3, 1), _compared(FAMILIES, 3, 2))
"""Triples that differ in one setting, and in two."""
