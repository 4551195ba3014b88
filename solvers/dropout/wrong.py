"""What students answer who hold a misconception about dropout."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from solvers.dropout.exact import Unit, second_moments


def keep_for_drop(unit: Unit) -> dict[str, Any]:
    """Take p for the probability of keeping an input: means stay, the variance of a mask entry becomes (1-p)/p."""
    if not unit.drop:
        return {}
    return second_moments(unit, (1 - unit.drop) / unit.drop)


def not_inverted(unit: Unit) -> dict[str, Any]:
    """Leave survivors as they are at training time, and scale by 1-p at test time instead."""
    keep = 1 - unit.drop
    faded = keep * sum(unit.products) + unit.bias
    return {"mean": faded, "test": faded} | second_moments(unit, keep * unit.drop)


def scaled_at_test(unit: Unit) -> dict[str, Any]:
    """Scale by 1-p at test time although survivors were scaled at training time."""
    return {"test": (1 - unit.drop) * sum(unit.products) + unit.bias}


def scale_not_squared(unit: Unit) -> dict[str, Any]:
    """Multiply the variance p(1-p) of a 0/1 mask by the scale 1/(1-p) instead of its square."""
    return second_moments(unit, unit.drop)


def one_mask(unit: Unit) -> dict[str, Any]:
    """Drop all inputs together: square the sum instead of summing squares (the same for a single input)."""
    if len(unit.inputs) == 1:
        return {}
    factor = unit.drop / (1 - unit.drop)
    signal, other = sum(unit.products), sum(unit.other_products)
    return {"variance": factor * signal**2} | ({"covariance": factor * signal * other} if unit.others else {})


def independent_units(unit: Unit) -> dict[str, Any]:
    """Take two units for uncorrelated because the inputs are dropped independently of each other."""
    return {"covariance": Fraction(0)} if unit.others else {}
