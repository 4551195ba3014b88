"""Moments of a linear unit behind inverted dropout, from the moments of independent masks.

Each input x_i of the unit is dropped (set to 0) with probability p, independently of the others, and multiplied
by 1/(1-p) where it survives. The masked input has mean x_i and variance x_i^2 p/(1-p).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple


class Unit(NamedTuple):
    """A unit s = w.x + b, and another one that sees the same masked inputs (without weights: there is none)."""

    drop: Fraction  # the probability of dropping an input, 0 <= p < 1
    inputs: tuple[int, ...]
    weights: tuple[int, ...]
    bias: int
    others: tuple[int, ...] = ()

    @property
    def products(self) -> tuple[int, ...]:
        """What each input contributes to s: w_i x_i."""
        return tuple(w * x for w, x in zip(self.weights, self.inputs, strict=True))

    @property
    def other_products(self) -> tuple[int, ...]:
        """What each input contributes to the other unit."""
        return tuple(v * x for v, x in zip(self.others, self.inputs, strict=True)) if self.others else ()


def scale(drop: Fraction) -> Fraction:
    """Return what survivors are multiplied by, 1/(1-p). Raises ValueError if nothing survives."""
    if not 0 <= drop < 1:
        raise ValueError(f"drop probability {drop}: accepted are 0 <= p < 1")
    return 1 / (1 - drop)


def spread(drop: Fraction) -> Fraction:
    """Return p/(1-p), the variance of a mask entry that is 0 or 1/(1-p)."""
    return scale(drop) - 1


def moments(unit: Unit) -> dict[str, Any]:
    """Return mean and variance of s over the masks, its value at test time, and the covariance with the other unit."""
    signal = Fraction(sum(unit.products) + unit.bias)
    return {"mean": signal, "test": signal} | second_moments(unit, spread(unit.drop))


def second_moments(unit: Unit, factor: Fraction) -> dict[str, Any]:
    """Return the variance of s (and the covariance with another unit) for mask entries of variance ``factor``."""
    variance = factor * dot(unit.products, unit.products)
    return {"variance": variance} | ({"covariance": factor * _overlap(unit)} if unit.others else {})


def _overlap(unit: Unit) -> int:
    """Return the sum over the inputs of what they contribute to one unit times what they contribute to the other."""
    return dot(unit.products, unit.other_products) if unit.others else 0


def cancels(unit: Unit) -> bool:
    """Say whether the inputs contribute 0 in all: scaling them by anything would not show."""
    return sum(unit.products) == 0


def uncorrelated(unit: Unit) -> bool:
    """Say whether there is another unit whose covariance with s is 0."""
    return bool(unit.others) and _overlap(unit) == 0


def steps(unit: Unit) -> dict[str, Any]:
    """Return the intermediate results of the worked solution."""
    return {
        "scale": scale(unit.drop),
        "keep": 1 - unit.drop,
        "spread": spread(unit.drop),
        "products": unit.products,
        "squares": tuple(a * a for a in unit.products),
        "square_sum": dot(unit.products, unit.products),
        "shared": tuple(a * b for a, b in zip(unit.products, unit.other_products, strict=True)) if unit.others else (),
        "shared_sum": _overlap(unit),
    }


def dot(left: Sequence[int], right: Sequence[int]) -> int:
    """Return the sum of the products of two vectors of one length."""
    return sum(a * b for a, b in zip(left, right, strict=True))
