"""The backward pass of batch normalization: hand cases, sum rules, symbolic proof, differences, two roads."""

from __future__ import annotations

import ast
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.backward import exact, oracle, wrong
from solvers.backward.batches import deviations
from solvers.backward.feature import Feature

F = Fraction

# mean 5, deviations -4, -2, 2, 4, variance 10, root of variance + 6: 4
HAND = Feature(x=(1, 3, 7, 9), dy=(1, 0, 2, -1), gamma=F(2), beta=F(1))
EPSILON = F(6)
# mean 2, deviations -2, 2, 2, -2, variance 4, root 2; nothing added
PLAIN = Feature(x=(0, 4, 4, 0), dy=(1, 1, 0, 1), gamma=F(4), beta=F(0))


SHAPES = [
    (samples, F(half, 2)) for samples in range(2, 6) for half in range(1, 41) if deviations(samples, F(half, 2), 6)
]
"""Numbers of samples, and variances that whole deviations can have."""
SQUARES = [(samples, variance) for samples, variance in SHAPES if variance in {1, 4, 9, 16}]


@st.composite
def batches(draw, largest=1, plain=False):
    """Return features and an epsilon (0 if ``plain``) for which variance + epsilon is a square in every feature."""
    samples, variance = draw(st.sampled_from(SQUARES if plain else SHAPES))
    roots = [F(n, 2) for n in range(1, 12) if F(n, 2) ** 2 >= variance]
    epsilon = F(0) if plain else draw(st.sampled_from(roots)) ** 2 - variance
    spreads = st.sampled_from(deviations(samples, variance, 6)).flatmap(st.permutations)

    def feature() -> Feature:
        mean = draw(st.integers(-9, 9))
        return Feature(
            x=tuple(mean + v for v in draw(spreads)),
            dy=tuple(draw(st.lists(st.integers(-5, 5), min_size=samples, max_size=samples))),
            gamma=F(draw(st.integers(-8, 8).filter(bool)), 2),
            beta=F(draw(st.integers(-4, 4))),
        )

    return tuple(feature() for _ in range(draw(st.integers(1, largest)))), epsilon


class TestClosedForm:
    def test_statistics_by_hand(self):
        known = exact.statistics(HAND, EPSILON)
        assert (known.mean, known.variance, known.root) == (5, 10, 4)
        assert known.centered == (-4, -2, 2, 4)
        assert (known.dy_sum, known.dy_centered) == (2, -4)

    def test_gradients_by_hand(self):
        # 2 / 16 [4 dy - 2 + 4 c / 16]
        found = exact.gradients((HAND,), EPSILON)
        assert found["dx"] == ((F(1, 8),), (F(-5, 16),), (F(13, 16),), (F(-5, 8),))
        assert found["dgamma"] == ((-1,),)
        assert found["dbeta"] == ((2,),)

    def test_without_epsilon_by_hand(self):
        # 4 / 8 [4 dy - 3 - c / 4 * (-2 + 2 - 2)]
        assert exact.backward(PLAIN, F(0)) == (0, 1, -1, 0)
        assert exact.gradients((PLAIN,), F(0))["dgamma"] == ((-1,),)

    def test_features_stay_apart(self):
        both = exact.gradients((PLAIN, replace(PLAIN, dy=(0, 0, 0, 1), gamma=F(-1))), F(0))
        assert [row[0] for row in both["dx"]] == list(exact.backward(PLAIN, F(0)))
        assert both["dbeta"] == ((3, 1),)

    def test_fractions_over_one_denominator(self):
        assert exact.over(F(1, 4), F(-5, 6), F(2)) == (12, [3, -10, 24])

    @given(batches(), st.fractions(-3, 3, max_denominator=9), st.fractions(-3, 3, max_denominator=9))
    def test_whole_numbers_pass_back_what_fractions_do(self, batch, shift, slope):
        (feature,), epsilon = batch
        known, n = exact.statistics(feature, epsilon), len(feature.x)
        assert [d == n * c for d, c in zip(known.deviations, known.centered, strict=True)] == [True] * n
        scale = feature.gamma / known.root
        pairs = zip(feature.dy, known.centered, strict=True)
        assert exact.passed(feature, known, shift, slope) == tuple(scale * (dy - shift - slope * c) for dy, c in pairs)

    def test_refuses_irrational_roots(self):
        with pytest.raises(ValueError, match=r"variance \+ epsilon is 10, but must be the square of a positive"):
            exact.statistics(HAND, F(0))

    def test_refuses_a_constant_feature(self):
        with pytest.raises(ValueError, match="is 0, but must be the square of a positive"):
            exact.statistics(replace(PLAIN, x=(3, 3, 3, 3)), F(0))

    def test_two_samples_without_epsilon_learn_nothing(self):
        assert exact.backward(Feature((0, 4), (3, -1), F(-1), F(0)), F(0)) == (0, 0)

    @given(batches())
    def test_derivatives_add_up_to_zero(self, batch):
        (feature,), epsilon = batch
        assert sum(exact.backward(feature, epsilon)) == 0

    @given(batches())
    def test_sum_rule_with_the_deviations(self, batch):
        (feature,), epsilon = batch
        known = exact.statistics(feature, epsilon)
        dx = exact.backward(feature, epsilon)
        left = sum(d * c for d, c in zip(dx, known.centered, strict=True))
        assert left == feature.gamma * epsilon / known.root**3 * known.dy_centered

    @given(batches(plain=True))
    def test_without_epsilon_dx_is_orthogonal_to_z(self, batch):
        (feature,), epsilon = batch
        pairs = zip(exact.backward(feature, epsilon), exact.standardized(feature, epsilon), strict=True)
        assert sum(d * z for d, z in pairs) == 0

    @given(batches(), st.integers(-9, 9))
    def test_shifts_do_not_matter(self, batch, by):
        (feature,), epsilon = batch
        moved = replace(feature, x=tuple(v + by for v in feature.x), beta=feature.beta + by)
        assert exact.gradients((moved,), epsilon) == exact.gradients((feature,), epsilon)

    @given(batches())
    def test_a_common_dy_gives_nothing(self, batch):
        (feature,), epsilon = batch
        same = replace(feature, dy=(3,) * len(feature.dy))
        assert set(exact.backward(same, epsilon)) == {0}

    @given(batches())
    def test_centred_differences_agree(self, batch):
        (feature,), epsilon = batch
        found = np.array(exact.backward(feature, epsilon), dtype=float)
        # third derivatives up to about 100 / root**3 times the square of the step, and rounding over the step
        np.testing.assert_allclose(differences(feature, epsilon), found, rtol=1e-5, atol=1e-5)

    @settings(deadline=None)  # the first example imports torch
    @given(batches(largest=3))
    def test_autograd_agrees(self, batch):
        features, epsilon = batch
        ours, theirs = exact.gradients(features, epsilon), oracle.gradients(features, epsilon)
        for name, value in ours.items():
            np.testing.assert_allclose(theirs[name], np.array(value, dtype=float), rtol=1e-9, atol=1e-12)

    @given(batches(largest=2))
    def test_steps_add_up(self, batch):
        features, epsilon = batch
        found = exact.gradients(features, epsilon)
        for j, step in enumerate(exact.steps(features, epsilon)):
            assert tuple(step["scale"] * bracket for bracket in step["brackets"]) == step["dx"]
            assert tuple(row[j] for row in found["dx"]) == step["dx"]
            assert found["dgamma"][0][j] == step["dgamma"]


def differences(feature: Feature, epsilon: Fraction, step: float = 1e-5) -> list[float]:
    """Return dx by centred differences of the loss sum(dy * y)."""

    def loss(x: list[float]) -> float:
        mean = sum(x) / len(x)
        variance = sum((v - mean) ** 2 for v in x) / len(x)
        scale = float(feature.gamma) / (variance + float(epsilon)) ** 0.5
        return sum(d * (scale * (v - mean) + float(feature.beta)) for d, v in zip(feature.dy, x, strict=True))

    def moved(i: int, by: float) -> list[float]:
        return [v + by * (k == i) for k, v in enumerate(feature.x)]

    return [(loss(moved(i, step)) - loss(moved(i, -step))) / (2 * step) for i in range(len(feature.x))]


class TestSymbolicProof:
    """The derivation that the key prints, for any numbers, step by step."""

    @pytest.mark.parametrize("n", [1, 2, 3, 4])
    def test_closed_form_is_the_derivative(self, n):
        x, dy = sympy.symbols(f"x1:{n + 1}", real=True), sympy.symbols(f"d1:{n + 1}", real=True)
        gamma, beta = sympy.symbols("gamma beta", real=True)
        epsilon = sympy.symbols("epsilon", positive=True)
        mean = sum(x) / sympy.Integer(n)
        variance = sum((v - mean) ** 2 for v in x) / n
        root = sympy.sqrt(variance + epsilon)
        loss = sum(d * (gamma * (v - mean) / root + beta) for d, v in zip(dy, x, strict=True))
        across = sum(d * (v - mean) for d, v in zip(dy, x, strict=True))
        for v, d in zip(x, dy, strict=True):
            closed = gamma / (n * root) * (n * d - sum(dy) - (v - mean) / root**2 * across)
            assert sympy.simplify(sympy.diff(loss, v) - closed) == 0
        assert sympy.simplify(sympy.diff(loss, gamma) - across / root) == 0
        assert sympy.simplify(sympy.diff(loss, beta) - sum(dy)) == 0

    def test_local_derivatives(self):
        """What the chain rule multiplies, with mean and variance as variables of their own."""
        x, mean, epsilon = sympy.symbols("x mu epsilon", positive=True)
        variance, n = sympy.symbols("v n", positive=True)
        z = (x - mean) / sympy.sqrt(variance + epsilon)
        half = sympy.Rational(1, 2)
        assert sympy.simplify(sympy.diff(z, variance) + half * (x - mean) * (variance + epsilon) ** (-3 * half)) == 0
        assert sympy.simplify(sympy.diff(z, mean) + 1 / sympy.sqrt(variance + epsilon)) == 0
        assert sympy.diff((x - mean) ** 2 / n, x) == (2 * x - 2 * mean) / n


class TestMisconceptions:
    def test_by_hand(self):
        scale = F(2, 4)  # gamma over the root
        column = {name: [row[0] for row in getattr(wrong, name)((HAND,), EPSILON)] for name in (
            "stats_constant", "no_variance_path", "no_mean_path", "unbiased_variance", "forgot_gamma",
        )}  # fmt: skip
        centered, dy = (-4, -2, 2, 4), (1, 0, 2, -1)
        assert column["stats_constant"] == [scale * d for d in dy]
        assert column["no_variance_path"] == [scale * (d - F(1, 2)) for d in dy]
        assert column["no_mean_path"] == [scale * (d + F(c, 16)) for d, c in zip(dy, centered, strict=True)]
        assert column["unbiased_variance"] == [
            scale * (d - F(1, 2) + F(c, 12)) for d, c in zip(dy, centered, strict=True)
        ]
        assert column["forgot_gamma"] == [value / 2 for value in exact.backward(HAND, EPSILON)]

    def test_epsilon_dropped_by_hand(self):
        feature = replace(PLAIN, dy=(1, 0, 0, 0))  # 4 / 8 [4 dy - 1 + 2 c / 4], whatever the epsilon
        found = wrong.epsilon_dropped((feature,), F(5))
        assert [row[0] for row in found["dx"]] == pytest.approx([1, 0, 0, -1])
        assert found["dgamma"] == ((-1.0,),)

    def test_scale_by_hand(self):
        assert wrong.input_for_z((HAND,)) == ((6,),)
        assert wrong.averaged((HAND,), EPSILON) == {"dgamma": ((F(-1, 4),),), "dbeta": ((F(1, 2),),)}

    def test_sum_over_features_by_hand(self):
        other = replace(PLAIN, dy=(2, 0, 0, 0), gamma=F(1))
        first, *_ = wrong.sum_over_features((PLAIN, other), F(0))
        # c = (-2, -2), dy = (1, 2): 4/8 [4 - 3 + 2/4 * (-6)] and 1/8 [8 - 3 + 2/4 * (-6)]
        assert first == (-1, F(1, 4))

    @given(batches())
    def test_coincide_exactly_where_the_table_says(self, batch):
        (feature,), epsilon = batch
        right, known = exact.gradients((feature,), epsilon)["dx"], exact.statistics(feature, epsilon)
        flat, level = not known.dy_centered, not known.dy_sum
        assert (wrong.no_variance_path((feature,), epsilon) == right) == flat
        assert (wrong.no_mean_path((feature,), epsilon) == right) == level
        assert (wrong.unbiased_variance((feature,), epsilon) == right) == flat
        assert (wrong.stats_constant((feature,), epsilon) == right) == (flat and level)
        assert exact.degenerate((feature,), epsilon) == (flat or level)
        if feature.gamma == 1:
            assert wrong.forgot_gamma((feature,), epsilon) == right

    @given(batches())
    def test_constant_statistics_break_the_sum_rule(self, batch):
        (feature,), epsilon = batch
        known = exact.statistics(feature, epsilon)
        total = sum(row[0] for row in wrong.stats_constant((feature,), epsilon))
        assert total == feature.gamma / known.root * known.dy_sum


class TestDeviations:
    def test_by_hand(self):
        assert deviations(4, F(2), 6) == ((-2, 0, 0, 2),)
        assert deviations(5, F(9), 6) == ()

    @given(st.integers(1, 5), st.integers(1, 24).map(lambda n: F(n, 2)))
    def test_have_mean_zero_and_the_variance(self, samples, variance):
        for spread in deviations(samples, variance, 6):
            assert sum(spread) == 0
            assert F(sum(v * v for v in spread), samples) == variance
            assert list(spread) == sorted(spread)


def test_the_oracle_shares_no_code():
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    shared = [name for name in imported if name.startswith(("solvers", "psetpress", "problems"))]
    assert shared == ["solvers.backward.feature"]  # the type of the question
