"""Moments of dropout over all masks, in exact arithmetic; what beliefs make of additivity, spread and the test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.dropout import wrong
from solvers.dropout.exact import Unit, moments, scale, spread

few = settings(max_examples=40, deadline=None)
F = Fraction

drops = st.integers(0, 9).map(lambda n: F(n, 10))


def vector(length: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[st.integers(-5, 5)] * length)


@st.composite
def units(draw: st.DrawFn, largest: int = 4) -> Unit:
    """A unit and another one."""
    n = draw(st.integers(1, largest))
    return Unit(draw(drops), draw(vector(n)), draw(vector(n)), draw(st.integers(-4, 4)), draw(vector(n)))


def masks(drop: Fraction, length: int) -> list[tuple[Fraction, tuple[Fraction, ...]]]:
    """All masks with their probabilities; entries are 0 or 1/(1-p)."""
    survivor = 1 / (1 - drop)
    entries = [(drop, F(0)), (1 - drop, survivor)]
    return [
        (prod((chance for chance, _ in each), start=F(1)), tuple(entry for _, entry in each))
        for each in product(entries, repeat=length)
    ]


def expected(unit: Unit, f: Callable[[Fraction, Fraction], Fraction]) -> Fraction:
    """The mean over all masks of a function of the two units' outputs."""

    def output(weights: Sequence[int], mask: Sequence[Fraction]) -> Fraction:
        return sum((w * m * x for w, m, x in zip(weights, mask, unit.inputs, strict=True)), F(0))

    return sum(
        (
            chance * f(output(unit.weights, mask) + unit.bias, output(unit.others, mask))
            for chance, mask in masks(unit.drop, len(unit.inputs))
        ),
        F(0),
    )


@few
@given(units())
def test_moments_are_those_over_all_masks(unit: Unit) -> None:
    found = moments(unit)
    mean, other = expected(unit, lambda s, _: s), expected(unit, lambda _, t: t)
    assert found["mean"] == found["test"] == mean
    assert found["variance"] == expected(unit, lambda s, _: (s - mean) ** 2)
    assert found["covariance"] == expected(unit, lambda s, t: (s - mean) * (t - other))


@few
@given(units())
def test_a_squared_loss_is_penalized_by_the_variance(unit: Unit) -> None:
    """E (y - s)^2 = (y - E s)^2 + p/(1-p) sum w^2 x^2: dropout is ridge regression on average (Wager et al. 2013)."""
    y = F(3)
    found = moments(unit)
    assert expected(unit, lambda s, _: (y - s) ** 2) == (y - found["mean"]) ** 2 + found["variance"]


@few
@given(units(), st.integers(-4, 4), st.integers(-4, 4))
def test_mean_and_variance_of_a_scaled_and_shifted_unit(unit: Unit, factor: int, by: int) -> None:
    changed = unit._replace(weights=tuple(factor * w for w in unit.weights), bias=factor * unit.bias + by)
    before, after = moments(unit), moments(changed)
    assert after["mean"] == factor * before["mean"] + by
    assert after["variance"] == factor**2 * before["variance"]
    assert after["covariance"] == factor * before["covariance"]


@few
@given(units(), units())
def test_more_inputs_add_their_moments(one: Unit, other: Unit) -> None:
    """Masks are independent, so contributions of different inputs do not meet."""
    other = other._replace(drop=one.drop)
    both = Unit(one.drop, *(one[k] + other[k] for k in range(1, 5)))
    parts, whole = (moments(one), moments(other)), moments(both)
    assert whole == {name: parts[0][name] + parts[1][name] for name in whole}


@few
@given(units())
def test_units_that_share_masks_are_correlated_like_vectors(unit: Unit) -> None:
    """The covariance is an inner product: polarization, and never more than both spreads allow (Cauchy-Schwarz)."""
    swapped = unit._replace(weights=unit.others, others=unit.weights)
    total = unit._replace(weights=tuple(a + b for a, b in zip(unit.weights, unit.others, strict=True)))
    found, other = moments(unit), moments(swapped)
    assert other["covariance"] == found["covariance"]
    assert moments(total)["variance"] == found["variance"] + 2 * found["covariance"] + other["variance"]
    assert found["covariance"] ** 2 <= found["variance"] * other["variance"]


@few
@given(drops, drops)
def test_two_dropouts_in_a_row_are_one(first: Fraction, second: Fraction) -> None:
    """What survives both has passed with (1-p)(1-q); scales multiply, and so do the mean squares 1 + p/(1-p)."""
    both = 1 - (1 - first) * (1 - second)
    assert scale(both) == scale(first) * scale(second)
    assert 1 + spread(both) == (1 + spread(first)) * (1 + spread(second))


@few
@given(units(), drops)
def test_dropping_more_spreads_more(unit: Unit, drop: Fraction) -> None:
    less, more = sorted((unit.drop, drop))
    one, other = (moments(unit._replace(drop=each)) for each in (less, more))
    assert one["mean"] == other["mean"]
    assert one["variance"] <= other["variance"]
    assert (moments(unit)["variance"] == 0) == (unit.drop == 0 or not any(unit.products))


# Beliefs -------------------------------------------------------------------------------------------

EXAMPLE = Unit(F(1, 4), (2, 3), (1, 2), 1, (1, 1))
Belief = Callable[[Unit], dict[str, Any]]


def believed(belief: Belief, unit: Unit) -> dict[str, Any]:
    """All moments, right where the belief says nothing."""
    return moments(unit) | belief(unit)


def _is_kept(belief: Belief) -> bool:
    """The mean over all masks of what training computes."""
    return believed(belief, EXAMPLE)["mean"] == expected(EXAMPLE, lambda s, _: s)


def _matches_training(belief: Belief) -> bool:
    found = believed(belief, EXAMPLE)
    return found["test"] == found["mean"]


def _adds(belief: Belief) -> bool:
    """Split into two units of one input each."""
    parts = [Unit(EXAMPLE.drop, *(EXAMPLE[k][i : i + 1] for k in (1, 2)), 0, EXAMPLE.others[i : i + 1]) for i in (0, 1)]
    return believed(belief, EXAMPLE)["variance"] == sum(believed(belief, part)["variance"] for part in parts)


def _polarizes(belief: Belief) -> bool:
    swapped = EXAMPLE._replace(weights=EXAMPLE.others, others=EXAMPLE.weights)
    total = EXAMPLE._replace(weights=(2, 3))
    one, other, both = (believed(belief, each) for each in (EXAMPLE, swapped, total))
    return both["variance"] == one["variance"] + 2 * one["covariance"] + other["variance"]


def _grows(belief: Belief) -> bool:
    low, high = (believed(belief, EXAMPLE._replace(drop=F(n, 10)))["variance"] for n in (2, 8))
    return low < high


def _second_moments_multiply(belief: Belief) -> bool:
    """One input x = 1: the mean square of the mask is 1 + variance, and multiplies over two dropouts in a row."""
    squares = [1 + believed(belief, Unit(F(n, 16), (1,), (1,), 0))["variance"] for n in (4, 4, 7)]
    return squares[0] * squares[1] == squares[2]  # 1 - (3/4)^2 = 7/16


LAWS = {
    "is kept": _is_kept,
    "matches training": _matches_training,
    "adds": _adds,
    "polarizes": _polarizes,
    "grows": _grows,
    "multiplies": _second_moments_multiply,
}


@pytest.mark.parametrize(
    ("belief", "broken"),
    [
        (lambda _: {}, ""),
        (wrong.keep_for_drop, "grows, multiplies"),
        (wrong.not_inverted, "is kept, grows, multiplies"),
        (wrong.scaled_at_test, "matches training"),
        (wrong.scale_not_squared, "multiplies"),
        (wrong.one_mask, "adds"),
        (wrong.independent_units, "polarizes"),
    ],
)
def test_which_laws_a_belief_breaks(belief: Belief, broken: str) -> None:
    assert ", ".join(law for law, holds in LAWS.items() if not holds(belief)) == broken
