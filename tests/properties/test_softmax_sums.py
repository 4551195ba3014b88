"""Softmax regression: sums over classes that vanish, shifts that do not show, and a Hessian that is a variance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.logistic import exact, softmax, wrong
from solvers.logistic.samples import Classes, Odds, Row, Square

few = settings(max_examples=50, deadline=None)
F = Fraction
LABELS = (1, 2, 3)

rows = st.tuples(st.integers(-2, 2), st.integers(-2, 2))
weights = st.tuples(*[st.sampled_from([F(1, 3), F(1, 2), F(1), F(3, 2), F(2)])] * 2)


@st.composite
def class_sets(draw: st.DrawFn) -> Classes:
    found = draw(st.lists(rows.filter(any), min_size=1, max_size=3))
    labels = draw(st.lists(st.integers(1, 3), min_size=len(found), max_size=len(found)))
    return Classes(tuple(found), tuple(labels), (draw(weights), draw(weights), draw(weights)), (1, 1))


def block(classes: Classes, a: int, b: int) -> Square:
    return softmax.block(replace(classes, block=(a, b)))


def times(one: Odds, other: Odds) -> Odds:
    """The odds of the sum of two weight vectors."""
    return one[0] * other[0], one[1] * other[1]


@few
@given(class_sets())
def test_derivatives_add_up_to_zero_over_the_classes(classes: Classes) -> None:
    assert [sum(column) for column in zip(*softmax.gradient(classes), strict=True)] == [0, 0]
    for a in LABELS:
        total = [[sum(block(classes, a, b)[i][j] for b in LABELS) for j in range(2)] for i in range(2)]
        assert total == [[0, 0], [0, 0]]


@few
@given(class_sets(), weights)
def test_a_common_shift_of_all_weights_does_not_show(classes: Classes, shift: Odds) -> None:
    first, second, third = (times(odds, shift) for odds in classes.odds)
    moved = replace(classes, odds=(first, second, third))
    assert softmax.predicted(moved) == softmax.predicted(classes)
    assert softmax.gradient(moved) == softmax.gradient(classes)
    assert block(moved, 1, 2) == block(classes, 1, 2)


@few
@given(class_sets(), st.sampled_from([*permutations(LABELS)]))
def test_names_of_classes_play_no_part(classes: Classes, names: tuple[int, int, int]) -> None:
    """Class c becomes names[c - 1]: gradient and blocks are renamed with it."""
    back = [names.index(c) for c in LABELS]
    first, second, third = (classes.odds[c] for c in back)
    renamed = replace(classes, labels=tuple(names[y - 1] for y in classes.labels), odds=(first, second, third))
    assert softmax.gradient(renamed) == tuple(softmax.gradient(classes)[c] for c in back)
    assert block(renamed, names[0], names[1]) == block(classes, 1, 2)


@few
@given(class_sets())
def test_blocks_are_symmetric_across_the_classes(classes: Classes) -> None:
    """H(a, b) = H(b, a)^T, and each of them is itself symmetric."""
    for a, b in ((1, 1), (1, 2), (2, 3), (3, 1)):
        found = block(classes, a, b)
        assert found == block(classes, b, a)
        assert found[0][1] == found[1][0]
    assert block(classes, 1, 1)[0][0] >= 0 >= block(classes, 1, 2)[0][0]  # together classes compete


def form(classes: Classes, v: tuple[Row, ...]) -> Fraction:
    """V^T H V for the whole Hessian, (6, 6)."""
    return sum(
        (
            v[a - 1][i] * block(classes, a, b)[i][j] * v[b - 1][j]
            for a in LABELS
            for b in LABELS
            for i in range(2)
            for j in range(2)
        ),
        F(0),
    )


@few
@given(class_sets(), st.tuples(rows, rows, rows))
def test_the_curvature_is_the_variance_of_the_scores(classes: Classes, v: tuple[Row, Row, Row]) -> None:
    """Along V it is the sum over samples of the variance of v_c^T x, c drawn with the probabilities: never negative."""
    variance = F(0)
    for row, p in zip(classes.rows, softmax.predicted(classes), strict=True):
        scores = [exact.dot(each, row) for each in v]
        mean = sum(q * s for q, s in zip(p, scores, strict=True))
        variance += sum(q * (s - mean) ** 2 for q, s in zip(p, scores, strict=True))
    assert form(classes, v) == variance >= 0


@few
@given(class_sets(), weights)
def test_two_classes_that_share_their_weights_are_one_in_the_limit_of_a_sigmoid(classes: Classes, odds: Odds) -> None:
    """Against classes of equal weights p_1 = e^t / (e^t + 2): the sigmoid of t - ln 2."""
    equal = replace(classes, odds=(times(odds, classes.odds[1]), classes.odds[1], classes.odds[1]))
    for row, (first, second, third) in zip(classes.rows, softmax.predicted(equal), strict=True):
        assert first == exact.sigmoid(exact.exponential(odds, row) / 2)
        assert second == third


@few
@given(class_sets())
def test_the_gradient_of_a_prediction_averages_out(classes: Classes) -> None:
    """With labels drawn from the predicted probabilities the expected gradient is zero (the score identity)."""
    row, (p, *_) = classes.rows[0], softmax.predicted(classes)
    single = [Classes((row,), (label,), classes.odds, (1, 1)) for label in LABELS]
    expected = [
        [sum(q * softmax.gradient(each)[c][i] for q, each in zip(p, single, strict=True)) for i in range(2)]
        for c in range(3)
    ]
    assert expected == [[0, 0]] * 3


EXAMPLE = Classes(((1, 2), (1, 0)), (2, 3), ((F(1), F(1)), (F(2), F(1)), (F(1), F(3))), (1, 1))


@pytest.mark.parametrize(
    ("belief", "sums_vanish"),
    [
        (softmax.block, True),
        (wrong.separate_classes, False),
        (wrong.no_product, False),
        (wrong.plus_product, False),
    ],
)
def test_only_the_right_blocks_add_up_to_zero(belief: Callable[[Classes], Square], sums_vanish: bool) -> None:
    total = sum(belief(replace(EXAMPLE, block=(1, b)))[0][0] for b in LABELS)
    assert (total == 0) is sums_vanish


def test_without_its_label_a_sample_leaves_its_features_over() -> None:
    assert [sum(column) for column in zip(*wrong.label_forgotten(EXAMPLE), strict=True)] == [2, 2]


def test_the_sum_over_the_classes_does_not_see_a_turned_sign_but_the_likelihood_does() -> None:
    turned = wrong.label_minus_p(EXAMPLE)
    assert [sum(column) for column in zip(*turned, strict=True)] == [0, 0]

    def likelihood(sign: int) -> Fraction:
        """Of the labels, after a step along ``turned`` in the first feature, or against it."""
        steps = [F(11, 10) ** (sign * ((g > 0) - (g < 0))) for g, _ in turned]
        first, second, third = (times(odds, (step, F(1))) for odds, step in zip(EXAMPLE.odds, steps, strict=True))
        found = softmax.predicted(replace(EXAMPLE, odds=(first, second, third)))
        return found[0][EXAMPLE.labels[0] - 1] * found[1][EXAMPLE.labels[1] - 1]

    assert likelihood(1) > likelihood(0) > likelihood(-1)  # a gradient of the loss must lead the other way
