"""1x1 convolutions as an algebra of matrices: composition, commuting, eigenvectors, and what scaling laws need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.pointwise import forms, wrong
from solvers.pointwise.exact import channels, dense, ratio, respond, scalar
from solvers.pointwise.layers import Layer, Rows, Trial, Vector

few = settings(max_examples=50, deadline=None)
F = Fraction

numbers = st.integers(-6, 6).map(lambda n: F(n, 2))
scales = numbers.filter(bool)


def vector(length: int) -> st.SearchStrategy[Vector]:
    return st.tuples(*[numbers] * length)


def square(size: int) -> st.SearchStrategy[Rows]:
    return st.tuples(*[vector(size)] * size)


sides = st.integers(1, 3)
squares = sides.flatmap(lambda n: square(n).map(Layer))
biased = sides.flatmap(lambda n: st.builds(Layer, square(n), vector(n)))


def unit(size: int, place: int) -> Vector:
    return tuple(F(int(k == place)) for k in range(size))


def after(second: Layer, first: Layer) -> Layer:
    """The one layer that does what ``first`` and then ``second`` do."""
    columns = [respond(replace(second, bias=()), column) for column in zip(*dense(first), strict=True)]
    zeros = (F(0),) * len(first.weights)
    return Layer(tuple(zip(*columns, strict=True)), respond(second, first.bias or zeros))


def times(factor: Fraction, pixel: Sequence[Fraction]) -> Vector:
    return tuple(factor * x for x in pixel)


def plus(one: Sequence[Fraction], other: Sequence[Fraction]) -> Vector:
    return tuple(x + y for x, y in zip(one, other, strict=True))


# Linear maps ---------------------------------------------------------------------------------------


@few
@given(biased, scales, st.data())
def test_a_layer_without_biases_superposes_and_biases_are_what_is_left_of_zero(
    layer: Layer, factor: Fraction, data: st.DataObject
) -> None:
    one, other = data.draw(vector(channels(layer))), data.draw(vector(channels(layer)))
    linear = replace(layer, bias=())
    combined = respond(linear, plus(one, times(factor, other)))
    assert combined == plus(respond(linear, one), times(factor, respond(linear, other)))
    assert respond(layer, one) == plus(respond(linear, one), respond(layer, times(F(0), one)))
    assert (respond(layer, times(2, one)) == times(2, respond(layer, one))) == (not any(layer.bias))


@few
@given(sides.flatmap(lambda n: st.tuples(*[st.builds(Layer, square(n), vector(n))] * 3)), st.data())
def test_layers_compose_like_affine_maps(three: tuple[Layer, Layer, Layer], data: st.DataObject) -> None:
    first, second, third = three
    pixel = data.draw(vector(channels(first)))
    assert respond(after(second, first), pixel) == respond(second, respond(first, pixel))
    assert after(third, after(second, first)) == after(after(third, second), first)


@few
@given(st.integers(1, 3), st.integers(1, 2), st.data())
def test_groups_are_layers_side_by_side(groups: int, size: int, data: st.DataObject) -> None:
    """Each block of channels goes through its own matrix, as if the others were not there."""
    blocks, pixel = (data.draw(st.tuples(*[each] * groups)) for each in (square(size), vector(size)))
    layer = forms.grouped(blocks)
    whole = tuple(x for part in pixel for x in part)
    apart = tuple(y for block, part in zip(blocks, pixel, strict=True) for y in respond(Layer(block), part))
    assert respond(layer, whole) == apart == respond(Layer(dense(layer)), whole)


# Scalings ------------------------------------------------------------------------------------------


@few
@given(scales, scales, sides)
def test_scalings_compose_and_mix_with_nothing(alpha: Fraction, beta: Fraction, size: int) -> None:
    one, other = forms.scaled(alpha, size), forms.scaled(beta, size)
    assert scalar(after(one, other)) == scalar(after(other, one)) == alpha * beta
    assert scalar(forms.depthwise([alpha] * size)) == alpha


@few
@given(squares, numbers)
def test_a_scaling_commutes_with_every_layer(layer: Layer, alpha: Fraction) -> None:
    scaling = forms.scaled(alpha, channels(layer))
    assert after(scaling, layer) == after(layer, scaling)
    assert dense(after(scaling, layer)) == tuple(times(alpha, row) for row in layer.weights)


@few
@given(squares)
def test_only_scalings_commute_with_every_layer(layer: Layer) -> None:
    """The center of the matrices: to commute with all layers of one weight is enough (Schur's lemma)."""
    size = channels(layer)
    single = [Layer(tuple(times(F(int(k == i)), unit(size, j)) for k in range(size))) for i, j in _places(size)]
    central = all(after(layer, each) == after(each, layer) for each in single)
    assert (scalar(layer) is not None) == central


def _places(size: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(size) for j in range(size)]


@few
@given(squares)
def test_a_scaling_is_a_layer_to_which_every_pixel_is_an_eigenvector(layer: Layer) -> None:
    """Single channels, and the sum of any two: then all eigenvalues are one."""
    size = channels(layer)
    units = [unit(size, k) for k in range(size)]
    pixels = [*units, *(plus(one, other) for one, other in pairwise(units))]
    found = [ratio(respond(layer, pixel), pixel) for pixel in pixels]
    assert (scalar(layer) is not None) == (None not in found)
    if scalar(layer) is not None:
        assert set(found) == {scalar(layer)}


@few
@given(square(2).map(Layer), scales)
def test_a_scaling_is_one_in_any_basis(layer: Layer, factor: Fraction) -> None:
    """Mixed and unmixed again it is what it was; a diagonal layer is not diagonal any more."""
    mix, unmix = (Layer(((F(1), F(sign)), (F(0), F(1)))) for sign in (1, -1))
    assert scalar(after(unmix, after(layer, mix))) == scalar(layer)
    uneven = forms.diagonal([factor, factor + 1])
    assert dense(after(unmix, after(uneven, mix)))[0][1] == -1


@few
@given(numbers, st.integers(2, 3), st.data())
def test_a_keeping_layer_fixes_a_hyperplane_up_to_the_factor(alpha: Fraction, size: int, data: st.DataObject) -> None:
    """alpha I + u n^T has the eigenvalue alpha on all pixels orthogonal to n, and alpha + n^T u along u."""
    pixel = data.draw(st.tuples(*[scales] * size))
    column = data.draw(st.tuples(*[st.integers(-2, 2)] * size).filter(any))
    layer = forms.keeping(alpha, pixel, (0, 1), column)
    normal = (pixel[1], -pixel[0], *(F(0),) * (size - 2))
    assert respond(layer, pixel) == times(alpha, pixel)
    along = alpha + sum(n * u for n, u in zip(normal, column, strict=True))
    assert respond(layer, tuple(map(F, column))) == times(along, column)
    assert scalar(layer) is None


# Beliefs -------------------------------------------------------------------------------------------

ONES, MIXED = (F(1), F(1)), (F(1), F(-2))


@pytest.mark.parametrize(
    ("belief", "layer", "pixel"),
    [
        (wrong.row_sums, Layer(((F(2), F(1)), (F(1), F(2)))), MIXED),  # right for pixels of equal channels only
        (wrong.per_channel, forms.diagonal([F(2), F(3)]), ONES),  # right for single channels only
        (wrong.one_number, forms.permuted(F(2), (1, 0)), MIXED),
        (wrong.ignores_bias, forms.biased(forms.scaled(F(2), 2), ONES), MIXED),
        (wrong.always, Layer(((F(1), F(1)), (F(0), F(1)))), MIXED),
    ],
)
def test_a_believed_scaling_is_refuted_by_a_pixel(belief: wrong.Belief, layer: Layer, pixel: Vector) -> None:
    assert belief(Trial(layer, pixel)) is not None
    assert scalar(layer) is None
    assert ratio(respond(layer, pixel), pixel) is None


def test_one_pixel_is_no_proof() -> None:
    layer = forms.keeping(F(3), MIXED, (0, 1), (1, 0))
    assert wrong.fixed_input(Trial(layer, MIXED)) == 3
    assert ratio(respond(layer, ONES), ONES) is None


def test_who_holds_that_channels_always_mix_denies_the_center() -> None:
    layer = forms.scaled(F(3), 2)
    assert wrong.never(Trial(layer, MIXED)) is None
    assert ratio(respond(layer, MIXED), MIXED) == ratio(respond(layer, ONES), ONES) == 3
