"""The backward pass of BatchNorm as a linear map: the exact adjoint of the forward pass, a projection, symmetries.

The forward pass is differentiated with dual numbers v + v' t, t^2 = 0, over the rationals: roots that are
rational have rational derivatives, so that every identity here is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import isqrt
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.backward import wrong
from solvers.backward.batches import deviations
from solvers.backward.exact import Column, backward, gradients, standardized, statistics
from solvers.backward.feature import Feature

few = settings(max_examples=40, deadline=None)
F = Fraction


class Dual(NamedTuple):
    """A number and its derivative along one direction."""

    value: Fraction
    slope: Fraction

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.value + other.value, self.slope + other.slope)

    def __sub__(self, other: Dual) -> Dual:
        return Dual(self.value - other.value, self.slope - other.slope)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    def __truediv__(self, other: Dual) -> Dual:
        ratio = self.value / other.value
        return Dual(ratio, (self.slope - ratio * other.slope) / other.value)

    def root(self) -> Dual:
        root = F(isqrt(self.value.numerator), isqrt(self.value.denominator))
        assert root**2 == self.value
        return Dual(root, self.slope / (2 * root))


def forward(x: Sequence[Dual], gamma: Dual, beta: Dual, epsilon: Fraction) -> list[Dual]:
    """The layer, as Ioffe & Szegedy 2015 write it (algorithm 1)."""
    zero, n = Dual(F(0), F(0)), Dual(F(len(x)), F(0))
    mean = sum(x, zero) / n
    variance = sum(((v - mean) * (v - mean) for v in x), zero) / n
    root = (variance + Dual(epsilon, F(0))).root()
    return [gamma * ((v - mean) / root) + beta for v in x]


def slopes(feature: Feature, epsilon: Fraction, direction: Sequence[int], more: tuple[int, int] = (0, 0)) -> Column:
    """The derivative of the outputs along a direction of the inputs, gamma and beta."""
    x = [Dual(F(v), F(d)) for v, d in zip(feature.x, direction, strict=True)]
    gamma, beta = (Dual(at, F(d)) for at, d in zip((feature.gamma, feature.beta), more, strict=True))
    return tuple(y.slope for y in forward(x, gamma, beta, epsilon))


def dot(one: Sequence[Fraction | int], other: Sequence[Fraction | int]) -> Fraction:
    return sum((F(a) * b for a, b in zip(one, other, strict=True)), F(0))


SHAPES = [(n, F(half, 2)) for n in range(2, 6) for half in range(1, 33) if deviations(n, F(half, 2), 6)]


@st.composite
def batches(draw: st.DrawFn, plain: bool = False) -> tuple[Feature, Fraction]:
    """One feature and an epsilon, 0 if ``plain``, for which the root is rational."""
    fitting = [(n, v) for n, v in SHAPES if not plain or v in {1, 4, 9, 16}]
    samples, variance = draw(st.sampled_from(fitting))
    roots = [F(k, 2) for k in range(1, 12) if F(k, 2) ** 2 > variance]
    epsilon = F(0) if plain else draw(st.sampled_from(roots)) ** 2 - variance
    spread = draw(st.sampled_from(deviations(samples, variance, 6)).flatmap(st.permutations))
    mean, gamma = draw(st.integers(-9, 9)), F(draw(st.integers(-6, 6).filter(bool)), 2)
    dy = draw(st.tuples(*[st.integers(-5, 5)] * samples))
    return Feature(tuple(mean + v for v in spread), dy, gamma, F(draw(st.integers(-3, 3)))), epsilon


def jacobian(feature: Feature, epsilon: Fraction) -> list[Column]:
    """Rows: what is passed back for a loss that is one output alone."""
    n = len(feature.x)
    return [backward(replace(feature, dy=tuple(int(k == i) for k in range(n))), epsilon) for i in range(n)]


# Adjoint -------------------------------------------------------------------------------------------


@few
@given(batches(), st.data())
def test_backward_is_the_adjoint_of_the_forward_derivative(batch: tuple[Feature, Fraction], data: st.DataObject):
    """<dy, J (v, g, b)> = <dx, v> + dgamma g + dbeta b, for every direction."""
    feature, epsilon = batch
    direction = data.draw(st.tuples(*[st.integers(-5, 5)] * len(feature.x)))
    g, b = data.draw(st.tuples(st.integers(-5, 5), st.integers(-5, 5)))
    found = gradients((feature,), epsilon)
    dx, dgamma, dbeta = [row[0] for row in found["dx"]], found["dgamma"][0][0], found["dbeta"][0][0]
    assert dot(feature.dy, slopes(feature, epsilon, direction, (g, b))) == dot(dx, direction) + g * dgamma + b * dbeta


@few
@given(batches())
def test_the_jacobian_is_symmetric(batch: tuple[Feature, Fraction]) -> None:
    """So the backward pass is the forward derivative itself: J dy and J^T dy are the same."""
    feature, epsilon = batch
    rows = jacobian(feature, epsilon)
    assert rows == [tuple(column) for column in zip(*rows, strict=True)]
    assert backward(feature, epsilon) == slopes(feature, epsilon, feature.dy)


@few
@given(batches(plain=True))
def test_without_epsilon_it_projects_mean_and_spread_away(batch: tuple[Feature, Fraction]) -> None:
    """J = gamma / s P with P = I - 11^T / n - zz^T / n, an orthogonal projection of trace n - 2."""
    feature, epsilon = batch
    scale = feature.gamma / statistics(feature, epsilon).root
    rows = [tuple(entry / scale for entry in row) for row in jacobian(feature, epsilon)]
    squared = [tuple(dot(row, column) for column in zip(*rows, strict=True)) for row in rows]
    assert squared == rows
    assert sum(row[i] for i, row in enumerate(rows)) == len(rows) - 2


@few
@given(batches())
def test_with_epsilon_the_spread_is_damped_and_the_rest_passes(batch: tuple[Feature, Fraction]) -> None:
    """Eigenvalues of J s / gamma: 0 for a common part, epsilon / s^2 along the deviations, 1 for what is left."""
    feature, epsilon = batch
    known = statistics(feature, epsilon)
    scale = feature.gamma / known.root
    rows, n = jacobian(feature, epsilon), len(feature.x)
    assert {dot(row, (1,) * n) for row in rows} == {0}
    damped = scale * epsilon / known.root**2
    assert tuple(dot(row, known.centered) for row in rows) == tuple(damped * c for c in known.centered)
    assert sum(row[i] for i, row in enumerate(rows)) == scale * (n - 2) + damped
    assert scale * dot(backward(feature, epsilon), feature.dy) >= 0  # positive semidefinite up to gamma's sign


# Symmetries ----------------------------------------------------------------------------------------


@few
@given(batches(), st.integers(-4, 4), st.data())
def test_what_is_passed_back_is_linear_in_what_arrives(
    batch: tuple[Feature, Fraction], scale: int, data: st.DataObject
) -> None:
    feature, epsilon = batch
    other = replace(feature, dy=data.draw(st.tuples(*[st.integers(-5, 5)] * len(feature.x))))
    both = replace(feature, dy=tuple(a + scale * b for a, b in zip(feature.dy, other.dy, strict=True)))
    pairs = zip(backward(feature, epsilon), backward(other, epsilon), strict=True)
    assert backward(both, epsilon) == tuple(a + scale * b for a, b in pairs)


@few
@given(batches(), st.randoms(use_true_random=False))
def test_the_order_of_the_samples_plays_no_part(batch: tuple[Feature, Fraction], random) -> None:
    feature, epsilon = batch
    order = [*range(len(feature.x))]
    random.shuffle(order)
    shuffled = replace(feature, x=tuple(feature.x[k] for k in order), dy=tuple(feature.dy[k] for k in order))
    dx = backward(feature, epsilon)
    assert backward(shuffled, epsilon) == tuple(dx[k] for k in order)


@few
@given(batches(plain=True), st.integers(-4, 4).filter(bool))
def test_inputs_times_a_are_passed_back_over_the_size_of_a(batch: tuple[Feature, Fraction], a: int) -> None:
    """The output does not see |a|, so its derivative by x goes with 1 / |a|; a sign turns z and dgamma around."""
    feature, epsilon = batch
    scaled = replace(feature, x=tuple(a * v for v in feature.x))
    sign = 1 if a > 0 else -1
    assert standardized(scaled, epsilon) == tuple(sign * z for z in standardized(feature, epsilon))
    assert backward(scaled, epsilon) == tuple(d / abs(a) for d in backward(feature, epsilon))
    dgamma = gradients((feature,), epsilon)["dgamma"][0][0]
    assert gradients((scaled,), epsilon)["dgamma"] == ((sign * dgamma,),)


def test_epsilon_breaks_the_scale_invariance() -> None:
    """A variance of 4 + 5 and one of 16 + 9: the larger spread stands out more."""
    small, large = Feature((0, 4), (1, 0), F(1), F(0)), Feature((0, 8), (1, 0), F(1), F(0))
    assert (standardized(small, F(5)), standardized(large, F(9))) == ((F(-2, 3), F(2, 3)), (F(-4, 5), F(4, 5)))
    assert backward(large, F(9))[0] * 2 != backward(small, F(5))[0]


@few
@given(batches())
def test_moments_of_the_normalized_feature(batch: tuple[Feature, Fraction]) -> None:
    """Mean 0; the mean square falls short of 1 by epsilon / (variance + epsilon)."""
    feature, epsilon = batch
    z, known = standardized(feature, epsilon), statistics(feature, epsilon)
    assert sum(z) == 0
    assert dot(z, z) / len(z) == 1 - epsilon / (known.variance + epsilon)
    assert all(v * v <= len(z) - 1 for v in z)  # no sample lies further out (Samuelson's inequality)


@few
@given(batches())
def test_a_batch_given_twice(batch: tuple[Feature, Fraction]) -> None:
    """Statistics are means, so every sample gets what it got; dgamma and dbeta are sums, so they double."""
    feature, epsilon = batch
    twice = replace(feature, x=feature.x * 2, dy=feature.dy * 2)
    assert backward(twice, epsilon) == backward(feature, epsilon) * 2
    once, double = gradients((feature,), epsilon), gradients((twice,), epsilon)
    for name in ("dgamma", "dbeta"):
        assert double[name][0][0] == 2 * once[name][0][0]


# What each belief breaks ----------------------------------------------------------------------------

EXAMPLE = Feature(x=(1, 3, 7, 9), dy=(1, 0, 2, -1), gamma=F(2), beta=F(1))
"""Deviations -4, -2, 2, 4; with epsilon 6 the root is 4."""

Belief = Callable[[Sequence[Feature], Fraction], Sequence[Sequence[Fraction]]]


def _right(features: Sequence[Feature], epsilon: Fraction) -> Sequence[Sequence[Fraction]]:
    return gradients(features, epsilon)["dx"]


def _epsilon_dropped(features: Sequence[Feature], epsilon: Fraction) -> Sequence[Sequence[float]]:
    return wrong.epsilon_dropped(features, epsilon)["dx"]


@pytest.mark.parametrize(
    ("belief", "laws"),
    [
        (_right, "adds up to zero, damps the spread, survives doubling, is the adjoint"),
        (wrong.stats_constant, "survives doubling"),
        (wrong.no_variance_path, "adds up to zero, survives doubling"),
        (wrong.no_mean_path, "damps the spread, survives doubling"),
        (wrong.unbiased_variance, "adds up to zero"),
        (wrong.forgot_gamma, "adds up to zero, survives doubling"),
        (_epsilon_dropped, "adds up to zero, survives doubling"),
    ],
)
def test_which_laws_a_belief_keeps(belief: Belief, laws: str) -> None:
    epsilon, known = F(6), statistics(EXAMPLE, F(6))
    dx = [row[0] for row in belief((EXAMPLE,), epsilon)]
    twice = [row[0] for row in belief((replace(EXAMPLE, x=EXAMPLE.x * 2, dy=EXAMPLE.dy * 2),), epsilon)]
    damped = EXAMPLE.gamma * epsilon / known.root**3 * known.dy_centered
    units = [tuple(int(k == i) for k in range(4)) for i in range(4)]
    adjoint = [dot(EXAMPLE.dy, slopes(EXAMPLE, epsilon, unit)) for unit in units]
    kept = {
        "adds up to zero": float(sum(dx)) == pytest.approx(0, abs=1e-12),
        "damps the spread": float(sum(d * c for d, c in zip(dx, known.centered, strict=True))) == float(damped),
        "survives doubling": [float(d) for d in twice] == pytest.approx([float(d) for d in dx * 2]),
        "is the adjoint": dx == adjoint,
    }
    assert ", ".join(law for law, holds in kept.items() if holds) == laws


def test_sums_over_features_let_one_feature_change_another() -> None:
    """Features are normalized apart: what arrives at one is nothing to the other."""
    other, changed = (replace(EXAMPLE, dy=dy) for dy in ((0, 1, 1, 3), (2, 1, 1, 3)))
    for belief, apart in ((_right, True), (wrong.sum_over_features, False)):
        first, second = ([row[0] for row in belief((EXAMPLE, each), F(6))] for each in (other, changed))
        assert (first == second) is apart


def test_averaged_gradients_do_not_add_up_over_batches() -> None:
    twice = replace(EXAMPLE, x=EXAMPLE.x * 2, dy=EXAMPLE.dy * 2)
    once, double = (wrong.averaged((each,), F(6)) for each in (EXAMPLE, twice))
    assert once == double  # the loss of the whole batch has doubled, and so must its derivatives


def test_the_inputs_in_place_of_z_see_where_the_batch_lies() -> None:
    moved = replace(EXAMPLE, x=tuple(v + 1 for v in EXAMPLE.x))
    assert gradients((moved,), F(6))["dgamma"] == gradients((EXAMPLE,), F(6))["dgamma"]
    assert wrong.input_for_z((moved,)) != wrong.input_for_z((EXAMPLE,))
