"""Logistic regression: hand cases, finite differences, torch, Newton's method, and every misconception."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solvers.logistic import exact, figures, oracle, softmax, steps, wrong
from solvers.logistic.samples import Classes, Data, Odds, Row

torch_speed = settings(max_examples=40, deadline=None)  # torch's first call imports it

ONE, TWO, THREE, HALF = Fraction(1), Fraction(2), Fraction(3), Fraction(1, 2)
ZERO_WEIGHTS: Odds = (ONE, ONE)

BALANCED = Data(((1, 1), (0, 1), (1, 0)), (1, 0, 0))
"""X^T X has the rows (2, 1) and (1, 2)."""


def quarter(*numbers: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(n, 4) for n in numbers)


entries = st.integers(-3, 3)
rows = st.tuples(entries, entries)
ratios = st.sampled_from([Fraction(1, 3), HALF, ONE, Fraction(3, 2), TWO])
weights = st.tuples(ratios, ratios)


@st.composite
def data_sets(draw: st.DrawFn, least: int = 1) -> Data:
    """Samples, at least one of them not at the origin."""
    found = draw(st.lists(rows, min_size=least, max_size=5).filter(lambda found: any(map(any, found))))
    return Data(tuple(found), tuple(draw(st.lists(st.integers(0, 1), min_size=len(found), max_size=len(found)))))


@st.composite
def class_sets(draw: st.DrawFn) -> Classes:
    found = draw(st.lists(rows.filter(any), min_size=1, max_size=3))
    labels = draw(st.lists(st.integers(1, 3), min_size=len(found), max_size=len(found)))
    block = (draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    return Classes(tuple(found), tuple(labels), (draw(weights), draw(weights), draw(weights)), block)


def floats(matrix: object) -> np.ndarray:
    return np.array(matrix, dtype=float)


def logs(odds: object) -> np.ndarray:
    return np.log(floats(odds))


# --- the Hessian -------------------------------------------------------------------------------


def test_at_zero_weights_every_sample_counts_a_quarter():
    matrix = exact.hessian(BALANCED.rows, ZERO_WEIGHTS)
    assert matrix == (quarter(2, 1), quarter(1, 2))
    assert exact.eigenvalues(matrix) == quarter(1, 3)


def test_logarithmic_weights_by_hand():
    """w = (ln 2, 0): e^t is 2, 1/2 and 1, the weights are 2/9, 2/9 and 1/4."""
    data = ((1, 0), (-1, 1), (0, 2))
    assert exact.slopes(data, (TWO, ONE)) == (Fraction(2, 9), Fraction(2, 9), Fraction(1, 4))
    assert exact.hessian(data, (TWO, ONE)) == (
        (Fraction(4, 9), Fraction(-2, 9)),
        (Fraction(-2, 9), Fraction(2, 9) + 1),
    )


@pytest.mark.parametrize(
    ("at", "s", "slope"),
    [(ONE, HALF, Fraction(1, 4)), (THREE, Fraction(3, 4), Fraction(3, 16)), (HALF, Fraction(1, 3), Fraction(2, 9))],
)
def test_sigmoid_and_its_slope(at: Fraction, s: Fraction, slope: Fraction):
    assert exact.sigmoid(at) == s
    assert exact.slope(at) == s * (1 - s) == slope


def test_sums_are_whole_numbers_over_the_least_denominator():
    assert exact.over([Fraction(1, 4), Fraction(-5, 6), Fraction(2)]) == (12, [3, -10, 24])
    assert exact.weighted([Fraction(1, 4), Fraction(-5, 6)], [2, 3], [0, 6]) == (-2, -5)


@given(data_sets(), weights)
def test_weighted_sums_are_sums_of_fractions(data: Data, odds: Odds):
    found = exact.slopes(data.rows, odds)
    first = [x for x, _ in data.rows]
    assert exact.weighted(found, first) == (sum(slope * x for slope, x in zip(found, first, strict=True)),)


def loss(weights: np.ndarray, data: Data) -> float:
    scores = floats(data.rows) @ weights
    return float(np.sum(np.logaddexp(0, scores) - floats(data.labels) * scores))


@given(data_sets(), weights)
def test_the_hessian_is_the_second_difference_of_the_loss(data: Data, odds: Odds):
    step, at = 1e-3, logs(odds)
    unit = step * np.eye(2)

    def second(i: int, j: int) -> float:
        corners = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
        return sum(a * b * loss(at + a * unit[i] + b * unit[j], data) for a, b in corners) / (4 * step**2)

    differences = [[second(i, j) for j in range(2)] for i in range(2)]
    # truncation: step^2 times fourth derivatives, at most 5 * 3^4 / 8; rounding: 1e-15 / step^2
    np.testing.assert_allclose(differences, floats(exact.hessian(data.rows, odds)), atol=1e-4)


@given(data_sets(), weights, st.tuples(entries, entries))
def test_the_hessian_is_positive_semidefinite_exactly(data: Data, odds: Odds, v: Row):
    (a, b), (_, c) = exact.hessian(data.rows, odds)
    form = a * v[0] ** 2 + 2 * b * v[0] * v[1] + c * v[1] ** 2
    assert form >= 0
    assert (form == 0) == all(exact.dot(v, row) == 0 for row in data.rows)
    assert a >= 0
    assert a * c - b * b >= 0
    assert (a * c - b * b > 0) == (exact.rank(data.rows) == 2)


@torch_speed
@given(data_sets(), weights)
def test_torch_finds_the_same_curvature(data: Data, odds: Odds):
    matrix, eigenvalues = oracle.curvature(data, odds)
    expected = exact.hessian(data.rows, odds)
    np.testing.assert_allclose(matrix, floats(expected), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(eigenvalues, floats(exact.eigenvalues(expected)), rtol=1e-9, atol=1e-12)


@given(data_sets(), weights)
def test_eigenvalues_have_the_right_sum_and_product(data: Data, odds: Odds):
    (a, b), (_, c) = matrix = exact.hessian(data.rows, odds)
    low, high = exact.eigenvalues(matrix)
    assert low <= high
    assert math.isclose(low + high, a + c)
    assert math.isclose(low * high, a * c - b * b, abs_tol=1e-12)


def test_labels_do_not_change_the_hessian_but_two_traps():
    turned = Data(BALANCED.rows, (0, 1, 1))
    for belief in (wrong.sigmoid_not_slope, wrong.forgot_slope, wrong.mean_not_sum, wrong.one_dimensional):
        assert belief(BALANCED, ZERO_WEIGHTS) == belief(turned, ZERO_WEIGHTS)
    assert wrong.label_mix(BALANCED, ZERO_WEIGHTS) != wrong.label_mix(turned, ZERO_WEIGHTS)


@pytest.mark.parametrize(
    ("belief", "matrix", "eigenvalues"),
    [
        (wrong.sigmoid_not_slope, (quarter(4, 2), quarter(2, 4)), quarter(2, 6)),
        (wrong.forgot_slope, ((2, 1), (1, 2)), (1, 3)),
        (wrong.mean_not_sum, ((Fraction(1, 6), Fraction(1, 12)), (Fraction(1, 12), Fraction(1, 6))), quarter(1, 3)),
        (wrong.outer_order, [[HALF, *quarter(1, 1)], [*quarter(1, 1), 0], [*quarter(1, 0, 1)]], None),
        (wrong.one_dimensional, (quarter(2, 0), quarter(0, 2)), quarter(2, 2)),
        (wrong.label_mix, (quarter(1, 1), quarter(1, 1)), (0, HALF)),
        (wrong.squared_loss, ((HALF / 2, HALF / 4), (HALF / 4, HALF / 2)), (Fraction(1, 8), Fraction(3, 8))),
    ],
)
def test_misconceptions_about_the_hessian(belief, matrix, eigenvalues):
    """All at w = 0, where the sigmoid is 1/2 and its slope 1/4; the squared loss has 2 / 16 there."""
    found, values = belief(BALANCED, ZERO_WEIGHTS)
    expected = [Fraction(value) / 3 for value in eigenvalues] if belief is wrong.mean_not_sum else eigenvalues
    assert [list(row) for row in found] == [list(row) for row in matrix]
    assert (values and list(values)) == (expected and list(expected))


def test_the_squared_loss_is_not_convex():
    """One sample with label 1 and sigmoid 1/4 < 1/3: the second derivative is negative."""
    matrix, _ = wrong.squared_loss(Data(((1, 0),), (1,)), (Fraction(1, 3), ONE))
    s = Fraction(1, 4)
    assert matrix[0][0] == 2 * s * (1 - s) ** 2 * (3 * s - 1) < 0


@given(data_sets(), weights)
def test_the_squared_loss_is_differentiated_rightly(data: Data, odds: Odds):
    def squares(weights: np.ndarray) -> float:
        return float(np.sum((floats(data.labels) - 1 / (1 + np.exp(-floats(data.rows) @ weights))) ** 2))

    step, at = 1e-3, logs(odds)
    unit = np.array([step, 0.0])
    difference = (squares(at + unit) - 2 * squares(at) + squares(at - unit)) / step**2
    assert math.isclose(difference, wrong.squared_loss(data, odds)[0][0][0], abs_tol=1e-4)  # as above


# --- strict convexity, separation, minimizers --------------------------------------------------

LANDSCAPES = [
    (BALANCED, ("yes", "no", "one")),
    (Data(((1, 2), (2, 4), (-1, -2)), (1, 0, 0)), ("no", "no", "many")),  # opposite on a line
    (Data(((1, 2), (2, 4), (-1, -2)), (1, 1, 0)), ("no", "yes", "none")),  # on a line, in one direction
    (Data(((1, 2), (2, 1), (-1, 1)), (1, 0, 1)), ("yes", "yes", "none")),
    (Data(((1, 1), (2, 2), (1, 3)), (1, 0, 1)), ("yes", "no", "none")),  # two on the line that would separate
    (Data(((0, 0), (1, 2), (2, 1)), (0, 1, 1)), ("yes", "no", "none")),  # the origin is on every line
    (Data(((0, 0), (1, 2), (2, 4)), (0, 1, 0)), ("no", "no", "many")),
    (Data(((0, 0), (0, 1)), (0, 0)), ("no", "no", "none")),  # not even a line through it separates the origin
    (Data(((1, 0), (1, 0), (0, 1), (0, 2)), (1, 0, 1, 0)), ("yes", "no", "one")),  # two opposite pairs
    (Data(((1, 0),), (0,)), ("no", "yes", "none")),
    (Data(((1, 0), (-1, 1), (-1, -1)), (1, 1, 1)), ("yes", "no", "one")),  # one class, on all sides
]


@pytest.mark.parametrize(("data", "profile"), LANDSCAPES)
def test_both_roads_know_the_landscape(data: Data, profile: tuple[str, str, str]):
    assert exact.profile(data) == profile
    assert oracle.landscape(data) == profile


@torch_speed
@given(data_sets())
def test_trying_all_directions_gives_the_same_profile(data: Data):
    assert oracle.landscape(data) == exact.profile(data)


@given(data_sets())
def test_witnesses_keep_what_they_promise(data: Data):
    vectors = exact.signed(data)
    separator, receding = exact.separator(vectors), exact.receding(vectors)
    if separator:
        assert all(exact.dot(separator, z) > 0 for z in vectors)
    if receding:
        products = [exact.dot(receding, z) for z in vectors]
        assert min(products) >= 0
        assert max(products) > 0
        assert math.gcd(*receding) == 1
    else:
        relations = exact.around(vectors)
        used = tuple(vectors[place] for relation in relations for _, place in relation)
        for relation in relations:
            assert all(factor > 0 for factor, _ in relation)
            assert all(sum(factor * vectors[place][k] for factor, place in relation) == 0 for k in range(2))
        assert exact.rank(used) == exact.rank(data.rows)  # so that they rule out every direction


@given(data_sets())
def test_separation_by_brute_force(data: Data):
    """With entries up to 3 an integer direction with entries up to 7 is between any two samples' normals."""
    directions = [(a, b) for a in range(-7, 8) for b in range(-7, 8)]
    products = [[exact.dot(v, z) for z in exact.signed(data)] for v in directions]
    assert (exact.separable(data) == "yes") == any(min(each) > 0 for each in products)
    assert (exact.minimizers(data) == "none") == any(min(each) >= 0 < max(each) for each in products)


@settings(max_examples=60, deadline=None)
@given(data_sets(least=2))
def test_a_descent_settles_where_a_minimizer_exists_and_runs_away_where_none_does(data: Data):
    """Newton's method, damped: with a minimizer the gradient vanishes at moderate scores, else these grow."""
    matrix, weights = floats(data.rows), np.zeros(2)
    for _ in range(60):
        s = (1 + np.tanh(matrix @ weights / 2)) / 2
        gradient = matrix.T @ (s - floats(data.labels))
        curvature = matrix.T @ np.diag(s * (1 - s)) @ matrix
        move = np.linalg.lstsq(curvature, gradient, rcond=1e-12)[0]
        size = 1.0
        while loss(weights - size * move, data) > loss(weights, data) and size > 1e-9:
            size /= 2
        weights = weights - min(size, 5 / (np.linalg.norm(move) + 1e-300)) * move
    largest = np.abs(matrix @ weights).max()
    if exact.minimizers(data) == "none":
        assert largest > 20  # it stops where exp(-largest) is lost beside the loss
    else:
        assert np.linalg.norm(gradient) < 1e-6  # where a step no longer lowers the rounded loss
        assert largest < 20


def test_beliefs_about_landscapes():
    overlap, line, line_split, split, touch = (data for data, _ in LANDSCAPES[:5])
    sets = (overlap, line, line_split, split, touch)
    assert [wrong.strict_always(data) for data in sets] == ["yes"] * 5
    assert [wrong.unique_always(data) for data in sets] == ["one", "one", "none", "none", "none"]
    assert [wrong.minimiser_exists(data) for data in sets] == ["one", "many", "many", "one", "one"]
    assert [wrong.touching_line(data) for data in sets] == ["one", "many", "none", "none", "one"]
    assert [wrong.strict_needs_minimizer(data) for data in sets] == ["yes", "no", "no", "no", "no"]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (BALANCED, ("yes", "none")),  # x_1 + x_2 > 3/2
        (LANDSCAPES[1][0], ("no", "many")),  # label 1 lies between the others
        (Data(((1, 1), (1, 1), (0, 1)), (1, 0, 1)), ("no", "none")),  # the same sample in both classes
        (LANDSCAPES[-1][0], ("yes", "none")),  # one class alone
    ],
)
def test_lines_that_may_miss_the_origin_separate_more(data: Data, line: tuple[str, str]):
    assert wrong.free_line(data) == line


@given(data_sets())
def test_what_a_line_through_the_origin_separates_a_free_line_separates(data: Data):
    assume(exact.separable(data) == "yes")
    assert wrong.free_line(data)[0] == "yes"


# --- softmax -----------------------------------------------------------------------------------

SINGLE = Classes(((1, 2),), (2,), (ZERO_WEIGHTS, (TWO, ONE), ZERO_WEIGHTS), (1, 2))
"""Probabilities 1/4, 1/2, 1/4."""


def test_softmax_by_hand():
    assert softmax.predicted(SINGLE) == (quarter(1, 2, 1),)
    assert softmax.gradient(SINGLE) == (quarter(1, 2), quarter(-2, -4), quarter(1, 2))
    assert softmax.block(SINGLE) == ((Fraction(-1, 8), Fraction(-1, 4)), (Fraction(-1, 4), Fraction(-1, 2)))
    assert softmax.flat(SINGLE) == 4
    diagonal = Classes(SINGLE.rows, SINGLE.labels, SINGLE.odds, (2, 2))
    assert softmax.block(diagonal) == (quarter(1, 2), quarter(2, 4))


def test_samples_that_span_the_plane_leave_only_the_shift():
    assert softmax.flat(Classes(((1, 2), (1, 0)), (1, 1), SINGLE.odds, (1, 2))) == 2
    assert softmax.flat(Classes(((1, 2), (2, 4)), (1, 1), SINGLE.odds, (1, 2))) == 4


@torch_speed
@given(class_sets())
def test_torch_differentiates_softmax_alike(classes: Classes):
    found = oracle.softmax(classes)
    np.testing.assert_allclose(found["gradient"], floats(softmax.gradient(classes)), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["block"], floats(softmax.block(classes)), rtol=1e-9, atol=1e-12)
    assert found["dimension"] == softmax.flat(classes)


def cross_entropy(weights: np.ndarray, classes: Classes) -> float:
    scores = floats(classes.rows) @ weights.T
    chosen = scores[np.arange(len(scores)), np.array(classes.labels) - 1]
    return float(np.sum(np.logaddexp.reduce(scores, axis=1) - chosen))


@given(class_sets())
def test_the_gradient_is_the_difference_of_the_cross_entropy(classes: Classes):
    at, step = logs(classes.odds), 1e-5
    found = np.zeros((3, 2))
    for place in np.ndindex(3, 2):
        unit = np.zeros((3, 2))
        unit[place] = step
        found[place] = (cross_entropy(at + unit, classes) - cross_entropy(at - unit, classes)) / (2 * step)
    np.testing.assert_allclose(found, floats(softmax.gradient(classes)), atol=1e-7)  # rounding 1e-15 / step


@given(class_sets(), st.lists(st.integers(-3, 3), min_size=6, max_size=6))
def test_the_softmax_hessian_is_semidefinite_and_blind_to_a_shift_of_all_classes(classes: Classes, v: list[int]):
    blocks = [
        [floats(softmax.block(Classes(classes.rows, classes.labels, classes.odds, (a, b)))) for b in (1, 2, 3)]
        for a in (1, 2, 3)
    ]
    whole = np.block(blocks)
    assert np.array(v) @ whole @ np.array(v) >= -1e-9  # rounding
    np.testing.assert_allclose(whole @ np.tile(v[:2], 3), 0, atol=1e-9)
    assert np.linalg.matrix_rank(whole, tol=1e-9) == 6 - softmax.flat(classes)


def test_misconceptions_about_softmax():
    eighth = Fraction(1, 8)
    assert wrong.separate_classes(SINGLE) == wrong.no_product(SINGLE) == ((0, 0), (0, 0))
    assert wrong.plus_product(SINGLE) == ((eighth, 2 * eighth), (2 * eighth, 4 * eighth))
    assert wrong.label_minus_p(SINGLE) == [[*quarter(-1, -2)], [*quarter(2, 4)], [*quarter(-1, -2)]]
    assert wrong.label_forgotten(SINGLE) == (quarter(1, 2), quarter(2, 4), quarter(1, 2))
    diagonal = Classes(SINGLE.rows, SINGLE.labels, SINGLE.odds, (2, 2))
    assert wrong.separate_classes(diagonal) == softmax.block(diagonal)
    assert wrong.no_product(diagonal) == (quarter(2, 4), quarter(4, 8))
    assert wrong.plus_product(diagonal) == (quarter(3, 6), quarter(6, 12))


# --- what is printed ---------------------------------------------------------------------------


def test_candidates_have_the_wanted_exponentials():
    found = steps.candidates((TWO, HALF), 1, frozenset((ONE, TWO)))
    assert set(found) == {(1, 1), (-1, -1), (1, 0), (0, -1)}
    assert steps.lines(((1, 1), (-1, -1), (1, 0)), 2) == (((1, 1), (-1, -1)),)


@given(st.integers(0, 10**6), st.sampled_from([(TWO, ONE), (TWO, HALF), (THREE, THREE), (ONE, ONE)]))
def test_choices_that_pass_are_presentable_and_others_are_not(seed: int, odds: Odds):
    found = steps.candidates(odds, 3, frozenset((ONE, TWO, HALF, THREE, 1 / THREE)))
    places = np.random.default_rng(seed).integers(len(found), size=(40, 3))
    passed = {*steps.presentable_choices(found, odds, places, 36)}
    for choice in map(tuple, places.tolist()):
        chosen = tuple(found[place] for place in choice)
        good = len({*choice}) == 3 and exact.rank(chosen) == 2 and steps.presentable(chosen, odds, 36)
        assert (choice in passed) == good


def test_the_steps_of_the_hessian_lead_to_it():
    found = steps.curvature(BALANCED, (TWO, ONE))
    assert [term["exponential"] for term in found["terms"]] == [2, 1, 2]
    assert found["whole"] == {"denominator": 36, "rows": ((16, 8), (8, 17))}
    assert found["trace"] == Fraction(33, 36)
    assert found["determinant"] == Fraction(16 * 17 - 64, 36**2)
    assert found["spread"] == pytest.approx(math.sqrt(1 + 4 * 64) / 36)
    assert found["rank"] == 2


def test_the_steps_of_a_landscape_show_its_witnesses():
    found = steps.landscape(BALANCED)
    assert found["relations"] == (((1, (1, 1)), (1, (0, -1)), (1, (-1, 0))),)
    assert found["receding"] is None
    line = steps.landscape(LANDSCAPES[2][0])
    assert (line["direction"], line["kernel"], line["independent"]) == ((1, 2), (-2, 1), None)
    assert line["separator"] == (1, 2)
    assert line["products"] == (5, 10, 5)


def test_the_steps_of_softmax_are_whole_numbers_over_a_denominator():
    found = steps.coupled(SINGLE)
    assert found["samples"] == (
        {
            "scores": (1, 2, 1),
            "probabilities": quarter(1, 2, 1),
            "residuals": quarter(1, -2, 1),
            "coupling": Fraction(-1, 8),
        },
    )
    assert found["gradient"] == {"denominator": 4, "rows": ((1, 2), (-2, -4), (1, 2))}
    assert found["block"] == {"denominator": 8, "rows": ((-1, -2), (-2, -4))}
    assert found["rank"] == 1


def test_figures_hold_samples_and_a_line():
    found = figures.planes([data for data, _ in LANDSCAPES[:5]], "ABCDE")
    assert found["side"] == 4
    assert found["panels"][0] == ("A", ((1, 1),), ((0, 1), (1, 0)), (0, 0), False)
    assert [panel[3:] for panel in found["panels"][1:]] == [
        ((1, 2), False),
        ((-2, 1), True),
        ((-1, -1), True),
        ((-1, -1), True),
    ]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (Data((), ()), "0 rows, 0 labels"),
        (Data(((1, 2),), (1, 0)), "1 rows, 2 labels"),
        (Data(((1, 2),), (-1,)), "0 and 1 are accepted"),
        (Data(((0, 0),), (1,)), "not zero"),
    ],
)
def test_data_that_cannot_be_meant_are_refused(bad: Data, message: str):
    with pytest.raises(ValueError, match=message):
        exact.check(bad)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (Classes((), (), SINGLE.odds, (1, 2)), "0 rows, 0 labels"),
        (Classes(((1, 2),), (0,), SINGLE.odds, (1, 2)), "the classes are 1, 2 and 3"),
        (Classes(((1, 2),), (1,), SINGLE.odds, (1, 4)), "the classes are 1, 2 and 3"),
        (Classes(((1, 2),), (1,), (ZERO_WEIGHTS, ZERO_WEIGHTS, (ONE, -TWO)), (1, 2)), "positive numbers are needed"),
    ],
)
def test_classes_that_cannot_be_meant_are_refused(bad: Classes, message: str):
    with pytest.raises(ValueError, match=message):
        softmax.check(bad)
