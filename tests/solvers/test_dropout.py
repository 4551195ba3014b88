"""Moments of dropout: hand cases, properties, two roads, torch's own layer, what each misconception answers."""

from __future__ import annotations

import ast
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.dropout import exact, oracle, wrong
from solvers.dropout.exact import Unit

F = Fraction

drops = st.integers(1, 19).map(lambda n: F(n, 20))
vectors = st.integers(1, 5).flatmap(
    lambda n: st.tuples(*[st.tuples(*[st.integers(-6, 6)] * n)] * 3)
)  # inputs, weights, weights of the other unit


class TestByHand:
    def test_a_single_activation(self):
        """problems.md 13, family 18: mean x, variance x^2 p/(1-p): here 16 * (1/4)/(3/4)."""
        unit = Unit(F(1, 4), (4,), (1,), 0)
        assert exact.moments(unit) == {"mean": 4, "variance": F(16, 3), "test": 4}

    def test_half_is_dropped(self):
        """The mask entry is 0 or 2: s is 0, 2, 6 or 8, each with chance 1/4: mean 4, variance (16+4+4+16)/4."""
        unit = Unit(F(1, 2), (1, 3), (1, 1), 0)
        assert exact.moments(unit) == {"mean": 4, "variance": 10, "test": 4}

    def test_two_units_share_their_masks(self):
        unit = Unit(F(1, 2), (1, 3), (1, 1), 5, (2, -1))
        assert exact.moments(unit)["covariance"] == 1 * 2 + 3 * -3
        assert exact.moments(unit)["mean"] == 9

    def test_nothing_is_dropped(self):
        assert exact.moments(Unit(F(0), (2, 3), (4, -1), 1))["variance"] == 0

    @pytest.mark.parametrize("drop", [F(1), F(-1, 10), F(3, 2)])
    def test_no_probability_that_leaves_something(self, drop: Fraction):
        with pytest.raises(ValueError, match=f"drop probability {drop}: accepted are 0 <= p < 1"):
            exact.scale(drop)

    def test_steps(self):
        steps = exact.steps(Unit(F(1, 5), (2, 3), (1, -2), 0, (3, 1)))
        assert steps["scale"] == F(5, 4)
        assert steps["spread"] == F(1, 4)
        assert steps["products"] == (2, -6)
        assert steps["square_sum"] == 40
        assert steps["shared"] == (12, -18)
        assert steps["shared_sum"] == -6


@settings(deadline=None)  # the first example imports torch
@given(drops, vectors, st.integers(-5, 5))
def test_every_mask_agrees(drop: Fraction, numbers: tuple[tuple[int, ...], ...], bias: int):
    inputs, weights, others = numbers
    ours = exact.moments(Unit(drop, inputs, weights, bias, others))
    theirs = oracle.moments(drop, inputs, weights, bias, others)
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        # sums of at most 32 terms, each below 1e6
        np.testing.assert_allclose(value, float(ours[name]), rtol=1e-9, atol=1e-8)


@given(drops, vectors)
def test_covariance_with_oneself_is_the_variance(drop: Fraction, numbers: tuple[tuple[int, ...], ...]):
    inputs, weights, _ = numbers
    answers = exact.moments(Unit(drop, inputs, weights, 0, weights))
    assert answers["covariance"] == answers["variance"]


@given(drops, vectors)
def test_dropping_p_and_keeping_p_undo_each_other(drop: Fraction, numbers: tuple[tuple[int, ...], ...]):
    inputs, weights, _ = numbers
    mistaken = wrong.keep_for_drop(Unit(drop, inputs, weights, 0))
    assert mistaken["variance"] == exact.moments(Unit(1 - drop, inputs, weights, 0))["variance"]


def test_torch_scales_survivors_as_we_do():
    """The oracle writes the scale out; torch's layer in training mode gives no other values."""
    import torch

    torch.manual_seed(0)
    outputs = torch.nn.Dropout(0.2)(torch.full((1000,), 3.0, dtype=torch.float64))
    expected = {0.0, 3 * float(exact.scale(F(1, 5)))}
    assert {round(float(value), 12) for value in outputs} == expected


class TestMisconceptions:
    UNIT = Unit(F(1, 4), (2, 3), (1, 2), 1, (1, 1))  # contributions 2 and 6, squares 4 and 36; others 2 and 3

    def test_right(self):
        assert exact.moments(self.UNIT) == {"mean": 9, "test": 9, "variance": F(40, 3), "covariance": F(22, 3)}

    @pytest.mark.parametrize(
        ("belief", "answers"),
        [
            (wrong.keep_for_drop, {"variance": 120, "covariance": 66}),
            (wrong.not_inverted, {"mean": 7, "test": 7, "variance": F(15, 2), "covariance": F(33, 8)}),
            (wrong.scaled_at_test, {"test": 7}),
            (wrong.scale_not_squared, {"variance": 10, "covariance": F(11, 2)}),
            (wrong.one_mask, {"variance": F(64, 3), "covariance": F(40, 3)}),
            (wrong.independent_units, {"covariance": 0}),
        ],
    )
    def test_answers(self, belief, answers):
        assert belief(self.UNIT) == answers

    def test_some_do_not_apply(self):
        assert wrong.one_mask(Unit(F(1, 4), (2,), (3,), 0)) == {}
        assert wrong.independent_units(Unit(F(1, 4), (2,), (3,), 0)) == {}

    def test_what_cannot_tell_them_apart(self):
        assert exact.cancels(Unit(F(1, 4), (2, 1), (1, -2), 5))
        assert exact.uncorrelated(Unit(F(1, 4), (2, 1), (1, 4), 0, (1, -1)))
        assert not exact.uncorrelated(Unit(F(1, 4), (2, 1), (1, 1), 0))


def test_roads_share_no_code():
    tree = ast.parse(Path(oracle.__file__).read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any(module and module.startswith("solvers") for module in modules)
