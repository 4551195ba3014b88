"""Intervals over seeds against Student's table, and the words for what cannot be said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvers.training.statistics import above, estimate, first_reaching, rounded, times_fewer


def test_the_interval_is_student_s():
    found = estimate([0.0, 2.0, 4.0, 6.0, 8.0])  # SD sqrt(10), error sqrt(2), t(0.975, 4) = 2.776
    assert found.mean == 4.0
    assert found.error == pytest.approx(2**0.5)
    assert found.high == pytest.approx(4 + 2.776 * 2**0.5, abs=1e-3)
    assert found.low == pytest.approx(4 - 2.776 * 2**0.5, abs=1e-3)


def test_one_seed_has_no_spread():
    found = estimate([3.0])
    assert (found.mean, found.error, found.low, found.high) == (3.0, None, None, None)
    assert above(found, 2.9)
    assert not above(found, 3.0)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=8), st.floats(-10, 10))
def test_above_means_the_whole_interval(values: list[float], bound: float):
    found = estimate(values)
    assert found.low is not None
    assert above(found, bound) == (found.low > bound)


@pytest.mark.parametrize(
    ("value", "recorded"),
    [
        (0.123456, 0.12346),
        (123456.0, 123460.0),
        (np.float32(0.5), 0.5),
        (float("nan"), None),
        (float("inf"), None),
        (None, None),
    ],
)
def test_a_recorded_number_is_plain_and_finite(value, recorded):
    assert rounded(value) == recorded
    assert type(rounded(value)) in (float, type(None))


def test_the_first_crossing_of_the_target_counts():
    steps = np.array([0, 5, 10, 20])
    values = np.array([[0.1, 0.6, 0.4, 0.7], [0.5, 0.5, 0.9, 0.9], [0.1, np.nan, 0.2, 0.3], [0.1, 0.2, 0.3, 0.5]])
    np.testing.assert_allclose(first_reaching(steps, values, 0.5), [4, 0, np.nan, 20])
    np.testing.assert_allclose(first_reaching(steps, values, 0.3), [2, 0, 20, 10])


def test_times_fewer_asked_the_other_way_round_is_the_inverse():
    few, many = np.array([100.0, 50.0, 70.0]), np.array([430.0, 750.0, 280.0])
    there, back = times_fewer(few, many), times_fewer(many, few)
    assert there.mean == pytest.approx((4.3 * 15 * 4) ** (1 / 3))
    assert there.mean * back.mean == pytest.approx(1)
    assert there.low * back.high == pytest.approx(1)


def test_one_slow_seed_widens_the_interval_upwards():
    found = times_fewer(np.full(5, 100.0), np.array([430.0, 1480.0, 410.0, 400.0, 530.0]))
    assert 2 < found.low < 4 < found.mean < found.high


def test_a_seed_that_never_arrives_leaves_nothing_to_say():
    assert np.isnan(times_fewer(np.array([1.0, 2.0]), np.array([np.nan, 4.0])).mean)
