"""Convexity of logistic regression: order and symmetries of exact Hessians, verdicts that a change of scene keeps."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solvers.logistic import exact, wrong
from solvers.logistic.samples import Data, Odds, Row, Square

few = settings(max_examples=50, deadline=None)
F = Fraction

entries = st.integers(-3, 3)
rows = st.tuples(entries, entries)
weights = st.tuples(*[st.sampled_from([F(1, 3), F(1, 2), F(1), F(3, 2), F(2)])] * 2)
matrices = st.tuples(rows, rows).filter(lambda m: exact.cross(*m) != 0)


@st.composite
def data_sets(draw: st.DrawFn) -> Data:
    found = draw(st.lists(rows, min_size=1, max_size=5).filter(lambda found: any(map(any, found))))
    return Data(tuple(found), tuple(draw(st.lists(st.integers(0, 1), min_size=len(found), max_size=len(found)))))


def inverse(odds: Odds) -> Odds:
    """The odds of the weights -w."""
    return 1 / odds[0], 1 / odds[1]


def mapped(row: Row, matrix: tuple[Row, Row]) -> Row:
    """The features A x, A with the rows of ``matrix``."""
    return exact.dot(matrix[0], row), exact.dot(matrix[1], row)


def congruent(h: Square, m: tuple[Row, Row]) -> Square:
    """A^T H A."""
    rows = [[sum(h[i][k] * m[k][j] for k in range(2)) for j in range(2)] for i in range(2)]
    (a, b), (c, d) = ([sum(m[k][i] * rows[k][j] for k in range(2)) for j in range(2)] for i in range(2))
    return (F(a), F(b)), (F(c), F(d))


def combined(one: Square, other: Square, scale: Fraction | int) -> Square:
    (a, b), (c, d) = ([x + scale * y for x, y in zip(*pair, strict=True)] for pair in zip(one, other, strict=True))
    return (a, b), (c, d)


def semidefinite(h: Square) -> bool:
    """Say whether no eigenvalue of a symmetric matrix is negative, by its principal minors."""
    (a, b), (_, c) = h
    return a >= 0 and c >= 0 and a * c - b * b >= 0


def loss(w: np.ndarray, data: Data) -> float:
    scores = np.array(data.rows) @ w
    return float(np.sum(np.logaddexp(0, scores) - np.array(data.labels) * scores))


# Hessians ------------------------------------------------------------------------------------------


@few
@given(data_sets(), weights)
def test_the_curvature_lies_between_zero_and_a_quarter_of_the_gram_matrix(data: Data, odds: Odds) -> None:
    """s (1 - s) <= 1/4, so X^T X / 4 bounds every Hessian (Böhning & Lindsay 1988); at w = 0 it is attained."""
    gram = exact.gram([F(1, 4)] * len(data.rows), data.rows)
    found = exact.hessian(data.rows, odds)
    assert semidefinite(found)
    assert semidefinite(combined(gram, found, -1))
    assert exact.hessian(data.rows, (F(1), F(1))) == gram


@few
@given(data_sets(), rows, weights)
def test_every_further_sample_adds_curvature(data: Data, row: Row, odds: Odds) -> None:
    more = combined(exact.hessian((*data.rows, row), odds), exact.hessian(data.rows, odds), -1)
    assert semidefinite(more)
    assert more == exact.hessian((row,), odds)
    assert more[0][0] * more[1][1] == more[0][1] ** 2  # of rank one


@few
@given(data_sets(), weights)
def test_the_slope_is_even(data: Data, odds: Odds) -> None:
    """s(-t) = 1 - s(t): neither the sign of the weights nor that of a sample shows."""
    assert exact.hessian(data.rows, inverse(odds)) == exact.hessian(data.rows, odds)
    assert exact.hessian(tuple((-x, -y) for x, y in data.rows), odds) == exact.hessian(data.rows, odds)


@few
@given(data_sets(), weights, matrices)
def test_a_change_of_features_is_a_congruence(data: Data, odds: Odds, matrix: tuple[Row, Row]) -> None:
    """The loss of features A x at w is the loss of x at A^T w, so the Hessians are A H A^T and H."""
    (a, b), (c, d) = matrix
    pulled = odds[0] ** a * odds[1] ** c, odds[0] ** b * odds[1] ** d
    there = exact.hessian(tuple(mapped(row, matrix) for row in data.rows), odds)
    assert there == congruent(exact.hessian(data.rows, pulled), ((a, c), (b, d)))


@few
@given(data_sets(), *[st.tuples(*[st.integers(-8, 8)] * 2)] * 2, st.sampled_from((0.25, 0.5, 0.75)))
def test_the_loss_lies_below_its_chords(data: Data, u: Row, v: Row, share: float) -> None:
    """Strictly, unless all samples have the same score at both ends: that is what ``strict`` says of all chords."""
    one, other = np.array(u) / 2, np.array(v) / 2
    chord = share * loss(one, data) + (1 - share) * loss(other, data)
    gap = chord - loss(share * one + (1 - share) * other, data)
    assert gap >= -1e-12  # rounding of sums below 200
    way = u[0] - v[0], u[1] - v[1]
    flat = all(exact.dot(way, row) == 0 for row in data.rows)
    if flat:
        assert abs(gap) <= 1e-12
        assert u == v or exact.strict(data) == "no"


LAWS = {
    "is semidefinite": lambda h: semidefinite(h(BASE, ODDS)),
    "is bounded": lambda h: semidefinite(combined(exact.gram([F(1, 4)] * 3, BASE.rows), h(BASE, ODDS), -1)),
    "is even": lambda h: h(BASE, inverse(ODDS)) == h(BASE, ODDS),
    "adds up": lambda h: h(BASE, ODDS) == combined(h(_part(0), ODDS), h(_part(1), ODDS), 1),
    "is blind to labels": lambda h: h(replace(BASE, labels=(0, 1, 1)), ODDS) == h(BASE, ODDS),
    "turns with the features": lambda h: (
        h(SWAPPED, ODDS[::-1]) == congruent(h(BASE, ODDS), ((0, 1), (1, 0)))
        and h(SHEARED, (ODDS[0], ODDS[1] / ODDS[0])) == congruent(h(BASE, ODDS), ((1, 0), (1, 1)))
    ),
}
BASE, ODDS = Data(((1, 2), (3, 1), (1, -1)), (1, 0, 0)), (F(3), F(2))
SWAPPED = replace(BASE, rows=tuple(row[::-1] for row in BASE.rows))
SHEARED = replace(BASE, rows=tuple((x + y, y) for x, y in BASE.rows))


def _part(which: int) -> Data:
    return Data(BASE.rows[:1], BASE.labels[:1]) if which == 0 else Data(BASE.rows[1:], BASE.labels[1:])


@pytest.mark.parametrize(
    ("belief", "broken"),
    [
        (lambda data, odds: (exact.hessian(data.rows, odds), None), []),
        (wrong.forgot_slope, ["is bounded"]),
        (wrong.sigmoid_not_slope, ["is bounded", "is even"]),
        (wrong.mean_not_sum, ["adds up"]),
        (wrong.one_dimensional, ["turns with the features"]),
        (wrong.label_mix, ["is blind to labels"]),
        (wrong.squared_loss, ["is semidefinite", "is even", "is blind to labels"]),
    ],
)
def test_which_laws_a_belief_breaks(belief, broken: list[str]) -> None:
    assert [law for law, holds in LAWS.items() if not holds(lambda *at: belief(*at)[0])] == broken


# Verdicts ------------------------------------------------------------------------------------------


@few
@given(data_sets(), st.randoms(use_true_random=False), st.lists(st.integers(1, 3), min_size=5, max_size=5))
def test_order_repetition_and_length_of_samples_play_no_part(data: Data, random, factors: list[int]) -> None:
    samples = [
        ((factor * x, factor * y), label)
        for (x, y), label, factor in zip(data.rows, data.labels, factors, strict=False)
        for _ in range(factor)
    ]
    random.shuffle(samples)
    again = Data(*(tuple(each) for each in zip(*samples, strict=True)))
    assert exact.profile(again) == exact.profile(data)


@few
@given(data_sets(), matrices)
def test_any_invertible_change_of_features_keeps_the_profile(data: Data, matrix: tuple[Row, Row]) -> None:
    assert exact.profile(replace(data, rows=tuple(mapped(row, matrix) for row in data.rows))) == exact.profile(data)


@few
@given(data_sets(), st.lists(st.booleans(), min_size=5, max_size=5))
def test_a_sample_and_its_mirror_image_with_the_other_label_say_the_same(data: Data, flips: list[bool]) -> None:
    """Through the origin, (x, 1) and (-x, 0) ask for the same side; all labels exchanged ask for -v."""
    triples = zip(data.rows, data.labels, flips, strict=False)
    pairs = [((-x, -y), 1 - label) if flip else ((x, y), label) for (x, y), label, flip in triples]
    assert exact.profile(Data(*(tuple(each) for each in zip(*pairs, strict=True)))) == exact.profile(data)
    assert exact.profile(replace(data, labels=tuple(1 - label for label in data.labels))) == exact.profile(data)


@few
@given(data_sets())
def test_every_sample_with_both_labels_has_its_minimum_at_zero(data: Data) -> None:
    both = Data(data.rows * 2, data.labels + tuple(1 - label for label in data.labels))
    strict, separable, minimizers = exact.profile(both)
    assert (separable, minimizers) == ("no", "one" if strict == "yes" else "many")


@few
@given(data_sets(), rows, st.integers(0, 1))
def test_what_a_further_sample_can_change(data: Data, row: Row, label: int) -> None:
    """It never separates what was not separable, nor loses the one minimizer or strict convexity."""
    before = exact.profile(data)
    after = exact.profile(Data((*data.rows, row), (*data.labels, label)))
    assert (before[1], after[1]) != ("no", "yes")
    if before[2] == "one":
        assert after[2] == "one"
    if before[0] == "yes":
        assert after[0] == "yes"


@few
@given(data_sets())
def test_the_three_verdicts_fit_together(data: Data) -> None:
    strict, separable, minimizers = exact.profile(data)
    assert minimizers == "none" or separable == "no"
    assert (minimizers == "one") == (strict == "yes" and minimizers != "none")


@few
@given(data_sets())
def test_far_along_a_receding_ray_only_undecided_samples_are_left(data: Data) -> None:
    """The loss of separated samples vanishes along v; those with the product 0 keep ln 2."""
    direction = exact.receding(exact.signed(data))
    assume(direction is not None)
    products = [exact.dot(direction, z) for z in exact.signed(data)]
    far = loss(50 * np.array(direction, dtype=float), data)
    assert far == pytest.approx(products.count(0) * np.log(2), abs=1e-12)  # exp(-50) for each of the others
    assert far < loss(np.zeros(2), data)


PLACES = [np.array([a, b], dtype=float) for a in range(-3, 4) for b in range(-3, 4)]


def test_on_one_line_the_loss_is_flat_across_it() -> None:
    data, across = Data(((1, 1), (2, 2)), (1, 0)), np.array([1.0, -1.0])
    assert [loss(w + across, data) for w in PLACES] == pytest.approx([loss(w, data) for w in PLACES], rel=1e-12)
    assert (exact.strict(data), exact.minimizers(data)) == ("no", "many")
    assert (wrong.strict_always(data), wrong.unique_always(data)) == ("yes", "one")


@pytest.mark.parametrize(
    ("data", "belief"),
    [
        (Data(((1, 0), (0, 1)), (1, 0)), wrong.minimiser_exists),  # separated
        (Data(((1, 0), (0, 1), (0, -1)), (1, 1, 1)), wrong.touching_line),  # two samples on the line itself
    ],
)
def test_a_strictly_convex_loss_may_fall_for_ever(data: Data, belief) -> None:
    way = exact.receding(exact.signed(data))
    assert all(loss(w + np.array(way), data) < loss(w, data) for w in PLACES)
    assert (exact.strict(data), exact.minimizers(data)) == ("yes", "none")
    assert (wrong.strict_needs_minimizer(data), belief(data)) == ("no", "one")


def test_a_line_that_misses_the_origin_lets_no_weights_run_away() -> None:
    """Only a bias could: (1, 0) and (2, 0) are on one side of the origin."""
    data = Data(((1, 0), (2, 0)), (0, 1))
    assert (exact.separable(data), exact.minimizers(data)) == ("no", "many")
    assert wrong.free_line(data) == ("yes", "none")
    assert all(loss(k * w, data) > loss(w, data) for w in PLACES if w[0] for k in (8, 16))
