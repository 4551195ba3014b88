"""Convolution: the published keys digit by digit, the algebra of convolution, two roads, and every wrong one."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.convolution import exact, figures, kernels, oracle, plots, wrong
from solvers.convolution.exact import convolve, convolve2d, exponential, finite, shift

HALF = Fraction(1, 2)
RECT = (0, (Fraction(1),) * 7)
WINDOW = (-6, 12)
RISE = ("1", "1.5", "1.75", "1.875", "1.9375", "1.96875", "1.984375")
TAIL = ("0.9921875", "0.49609375", "0.248046875", "0.1240234375", "0.06201171875", "0.031005859375")
PUBLISHED = RISE + TAIL

IMAGE = tuple(tuple(range(5 * row + 1, 5 * row + 6)) for row in range(5))
KERNEL = ((-1, -2, -1), (0, 0, 0), (1, 2, 1))
UNPADDED = ((-40,) * 3,) * 3
PADDED = (
    (-19, -28, -32, -36, -29),
    (-30, -40, -40, -40, -30),
    (-30, -40, -40, -40, -30),
    (-30, -40, -40, -40, -30),
    (49, 68, 72, 76, 59),
)
STRIDED = ((-19, -32, -29), (-30, -40, -30), (49, 72, 59))
FULL = (
    (-1, -4, -8, -12, -16, -14, -5),
    (-6, -19, -28, -32, -36, -29, -10),
    (-10, -30, -40, -40, -40, -30, -10),
    (-10, -30, -40, -40, -40, -30, -10),
    (-10, -30, -40, -40, -40, -30, -10),
    (16, 49, 68, 72, 76, 59, 20),
    (21, 64, 88, 92, 96, 74, 25),
)
SETTINGS = ((1, 0), (1, 1), (2, 1))


def values(*numbers: float | str) -> tuple[Fraction, ...]:
    return tuple(Fraction(number) for number in numbers)


def negated(grid: exact.Grid) -> exact.Grid:
    return tuple(tuple(-value for value in row) for row in grid)


small = st.fractions(min_value=-4, max_value=4, max_denominator=4)
signals = st.tuples(st.integers(-4, 4), st.lists(small, min_size=1, max_size=5).map(tuple))
ratios = st.fractions(min_value=Fraction(-9, 10), max_value=Fraction(9, 10), max_denominator=10).filter(bool)
shifts = st.integers(-6, 6)


@st.composite
def grids(draw: st.DrawFn, largest: int = 6) -> exact.Grid:
    rows, columns = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    line = st.lists(st.integers(-9, 9), min_size=columns, max_size=columns).map(tuple)
    return tuple(draw(st.lists(line, min_size=rows, max_size=rows)))


def support(x: exact.Samples, h: exact.Samples) -> tuple[int, int]:
    return x[0] + h[0], exact.end(x) + exact.end(h)


# The published one-dimensional key -----------------------------------------------------------------


def test_published_response() -> None:
    assert convolve(RECT, exponential(HALF), *WINDOW) == (-6, values(*[0] * 6, *PUBLISHED))


def test_published_shifted_response() -> None:
    first, y2 = convolve(shift(RECT, 5), exponential(HALF), *WINDOW)
    assert (first, y2) == (-6, values(*[0] * 11, *PUBLISHED[:8]))


def test_published_closed_form_is_2_minus_a_power_and_then_127_of_it() -> None:
    assert exact.decay(RECT, HALF) == (2, -1, 127)


def test_second_variant_is_the_triangle_of_its_closed_form() -> None:
    triangle = [*range(1, 8), *range(6, 0, -1)]
    assert convolve(RECT, finite(RECT), -6, 12) == (-6, values(*[0] * 6, *triangle))
    assert exact.overlaps(RECT, RECT) == ((1, 1, 0, 6), (-1, 13, 7, 12))
    assert convolve(RECT, finite(RECT), 13, 14) == (13, values(0, 0))


# Small cases by hand -------------------------------------------------------------------------------


def test_convolution_by_hand_with_both_signals_off_zero() -> None:
    # (3, 0, -1) from -2 with (1, 2) from 1: 3, 6, -1, -2 from -1
    x, h = (-2, values(3, 0, -1)), (1, values(1, 2))
    assert convolve(x, finite(h), -2, 3) == (-2, values(0, 3, 6, -1, -2, 0))
    assert [copy.values for copy in exact.copies(x, h)] == [(3, 6, None, None), (None, None, -1, -2)]
    assert [(copy.scale, copy.delay) for copy in exact.copies(x, h)] == [(3, -2), (-1, 0)]


def test_plateau_of_unequal_rectangles() -> None:
    x, h = (1, values(1, 1, 1, 1)), (0, values("0.5", "0.5"))
    assert convolve(x, finite(h), 1, 5)[1] == values("0.5", 1, 1, 1, "0.5")
    assert exact.overlaps(x, h) == ((1, 0, 1, 2), (0, 2, 3, 4), (-1, 6, 5, 5))


def test_window_shows_both_responses() -> None:
    x, h = (-1, values(1, 1, 1)), (0, values(1, 1))
    assert exact.window(x, h, 4, before=2, after=1) == (-3, 7)
    assert exact.window(x, h, -4, before=2, after=1) == (-7, 3)


def test_work_of_the_published_variant() -> None:
    work = exact.through_exponential(RECT, HALF, flat=True)
    assert (work["after"], work["at_end"], work["at_after"]) == (7, Fraction(127, 64), Fraction(127, 128))
    assert exact.through_exponential(RECT, HALF, flat=False)["decay"] is None


def test_work_of_finite_signals() -> None:
    work = exact.through_finite((0, values(2, 1)), (-1, values(1, 1)), flat=False)
    assert (work["support"], work["total"], work["overlaps"]) == ((-1, 0, 1), values(2, 3, 1), ())
    work = exact.through_finite((0, values(2, 2, 2)), (0, values(-3, -3)), flat=True)
    assert (work["height"], work["plateau"]) == (-6, -12)


def test_longest_denominator_of_the_published_variant() -> None:
    assert exact.longest_denominator(RECT, exponential(HALF), *WINDOW) == 4096


@pytest.mark.parametrize("ratio", [Fraction(0), Fraction(1), Fraction(-3, 2)])
def test_exponential_refuses_a_ratio_whose_sum_is_not_finite_or_trivial(ratio: Fraction) -> None:
    with pytest.raises(ValueError, match=rf"is {ratio}, but must satisfy"):
        exponential(ratio)


# Properties in one dimension -----------------------------------------------------------------------


@given(signals, signals)
def test_commutative(x: exact.Samples, h: exact.Samples) -> None:
    assert convolve(x, finite(h), -12, 20) == convolve(h, finite(x), -12, 20)


@given(signals, ratios, shifts)
def test_time_invariant(x: exact.Samples, ratio: Fraction, by: int) -> None:
    moved = convolve(shift(x, by), exponential(ratio), -10 + by, 10 + by)
    assert moved == shift(convolve(x, exponential(ratio), -10, 10), by)


@given(signals, signals, signals, small)
def test_linear(x: exact.Samples, z: exact.Samples, h: exact.Samples, scale: Fraction) -> None:
    window = (-12, 20)
    combined = (-12, tuple(exact.at(x, n) + scale * exact.at(z, n) for n in range(-12, 21)))
    separate = zip(convolve(x, finite(h), *window)[1], convolve(z, finite(h), *window)[1], strict=True)
    assert convolve(combined, finite(h), *window)[1] == tuple(y + scale * w for y, w in separate)


@given(signals, signals)
def test_sum_of_the_result_is_the_product_of_the_sums(x: exact.Samples, h: exact.Samples) -> None:
    assert sum(convolve(x, finite(h), *support(x, h))[1]) == sum(x[1]) * finite(h).gain


@given(signals, signals)
def test_copies_add_up_to_the_result(x: exact.Samples, h: exact.Samples) -> None:
    columns = [sum(copy.values[k] or 0 for copy in exact.copies(x, h)) for k in range(len(x[1]) + len(h[1]) - 1)]
    assert tuple(columns) == convolve(x, finite(h), *support(x, h))[1]


@given(st.integers(-3, 3), st.integers(1, 6), ratios, small.filter(bool))
def test_closed_form_gives_every_value(start: int, length: int, ratio: Fraction, height: Fraction) -> None:
    x = (start, (height,) * length)
    form = exact.decay(x, ratio)
    _, y = convolve(x, exponential(ratio), start, start + length + 3)
    expected = [form.limit + form.transient * ratio**n for n in range(start, start + length)]
    expected += [form.tail * ratio**n for n in range(start + length, start + length + 4)]
    assert list(y) == expected


@given(st.integers(-3, 3), st.integers(1, 6), st.integers(-3, 3), st.integers(1, 6))
def test_overlaps_give_every_value(start: int, length: int, origin: int, taps: int) -> None:
    x, h = (start, (Fraction(2),) * length), (origin, (Fraction(3),) * taps)
    counted = [
        piece.slope * n + piece.offset for piece in exact.overlaps(x, h) for n in range(piece.first, piece.last + 1)
    ]
    assert convolve(x, finite(h), *support(x, h))[1] == tuple(6 * count for count in counted)


# Two roads in one dimension ------------------------------------------------------------------------


@given(signals, ratios)
def test_recursion_agrees(x: exact.Samples, ratio: Fraction) -> None:
    first, y = oracle.recursion(x, ratio, -6, 12)
    assert (first, tuple(y)) == convolve(x, exponential(ratio), -6, 12)


@settings(deadline=None)  # the first example imports torch
@given(signals, signals, st.integers(-8, 4), st.integers(0, 12))
def test_torch_agrees(x: exact.Samples, h: exact.Samples, first: int, length: int) -> None:
    start, y = oracle.slide(x, h, first, first + length)
    assert start == first
    # float64: at most five products of magnitude 16
    np.testing.assert_allclose(y, [float(v) for v in convolve(x, finite(h), first, first + length)[1]], atol=1e-12)


def test_oracle_names_the_law_it_sees() -> None:
    y = (0, [0.0, 1.0, 2.0, 0.0])
    assert oracle.law_shown(y, (0, [0.0, 0.0, 1.0, 2.0]), 1) == "time-invariance"
    assert oracle.law_shown(y, (0, [0.0, 3.0, 6.0, 0.0]), 1) == "linearity"
    assert oracle.law_shown(y, (0, [5.0, 0.0, 1.0, 2.0]), 2) == "none"


# Misconceptions in one dimension, with the published wrong values ----------------------------------


def published(road: Callable[..., Any], *more: int) -> dict[int, Fraction]:
    first, y = road(RECT, exponential(HALF), *more, *WINDOW)
    return dict(enumerate(y, first))


def test_input_never_ends() -> None:
    y = published(wrong.input_never_ends)
    assert (y[-1], y[6], y[7], y[12]) == values(0, "1.984375", "1.9921875", "1.999755859375")


def test_input_never_ends_before_the_rectangle_begins() -> None:
    assert wrong.input_never_ends((5, values(1, 1)), finite((0, values(1, 1))), 0, 4) == (0, values(0, 0, 0, 0, 0))


def test_tail_off_by_one() -> None:
    y = published(wrong.tail_off_by_one)
    assert (y[6], y[7], y[8]) == values("1.984375", "1.984375", "0.9921875")


def test_correlation_is_the_published_answer_reversed() -> None:
    right = dict(enumerate(values(*PUBLISHED)))
    y = published(wrong.correlation)
    assert all(y[n] == right.get(6 - n, 0) for n in range(-6, 13))


def test_pointwise_product() -> None:
    y = published(wrong.pointwise_product)
    assert [y[n] for n in range(-1, 8)] == [0, *(HALF**n for n in range(7)), 0]


def test_steady_state() -> None:
    y = published(wrong.steady_state)
    assert (y[-1], y[0], y[12]) == (0, 2, 2)


def test_centred_rect_starts_three_early() -> None:
    y, right = published(wrong.centred_rect), dict(enumerate(values(*PUBLISHED)))
    assert all(y[n] == right.get(n + 3, 0) for n in range(-6, 10))


def test_starts_at_zero_counts_from_the_first_output() -> None:
    x, h = (-2, values(3, 1)), finite((-1, values(1, 2)))
    assert wrong.starts_at_zero(x, h, -3, -1, 3) == (-1, values(0, 3, 7, 2, 0))


def test_advance_moves_the_other_way() -> None:
    y, right = published(wrong.advance, 5), dict(enumerate(values(*PUBLISHED)))
    assert all(y[n] == right.get(n + 5, 0) for n in range(-6, 8))


def test_shift_value_subtracts() -> None:
    y = published(wrong.shift_value, 5)
    assert (y[-6], y[0], y[1]) == values(-5, -4, "-3.5")


def test_window_cut_leaves_the_tail() -> None:
    y, right = published(wrong.window_cut, 5), values(*PUBLISHED)
    assert [y[n] for n in range(4, 13)] == [0, right[0], right[1], *right[7:]]


@given(signals, small, small, small)
def test_correlation_with_an_even_response_is_the_right_answer(
    x: exact.Samples, a: Fraction, b: Fraction, c: Fraction
) -> None:
    even = (-2, (a, b, c, b, a))
    assert wrong.correlation(x, finite(even), -9, 9) == convolve(x, finite(even), -9, 9)


# The published two-dimensional key -----------------------------------------------------------------


@pytest.mark.parametrize(("setting", "y"), [((1, 0), UNPADDED), ((1, 1), PADDED), ((2, 1), STRIDED)])
def test_published_image(setting: tuple[int, int], y: exact.Grid) -> None:
    assert convolve2d(IMAGE, KERNEL, *setting) == y


def test_published_full_convolution() -> None:
    assert exact.full(IMAGE, KERNEL) == FULL
    assert convolve2d(IMAGE, KERNEL, 1, 2) == FULL


def test_published_flipped_kernel() -> None:
    assert exact.rotate(KERNEL) == ((1, 2, 1), (0, 0, 0), (-1, -2, -1))


def test_products_of_the_published_corner_add_up() -> None:
    lines = exact.products(IMAGE, KERNEL, 0, 0)
    assert lines == (((1, 1), (2, 2), (3, 1)), ((11, -1), (12, -2), (13, -1)))
    assert sum(pixel * tap for line in lines for pixel, tap in line) == -40


def test_padding_beyond_the_full_convolution_is_zero() -> None:
    assert convolve2d(((2,),), ((3,),), 1, 1) == ((0, 0, 0), (0, 6, 0), (0, 0, 0))


def test_kernel_that_does_not_fit_gives_nothing() -> None:
    assert convolve2d(((1, 2),), ((1,), (1,)), 1, 0) == ()


def test_padded_image_has_its_frame() -> None:
    assert exact.padded(((1, 2),), 1) == ((0, 0, 0, 0), (0, 1, 2, 0), (0, 0, 0, 0))


# Properties and two roads in two dimensions --------------------------------------------------------


@given(grids(), grids(4))
def test_full_convolution_is_commutative_and_multiplies_the_sums(image: exact.Grid, kernel: exact.Grid) -> None:
    result = exact.full(image, kernel)
    assert result == exact.full(kernel, image)
    assert sum(map(sum, result)) == sum(map(sum, image)) * sum(map(sum, kernel))


@settings(deadline=None)
@given(grids(5), grids(3), st.integers(1, 3), st.integers(0, 3))
def test_torch_agrees_on_images(image: exact.Grid, kernel: exact.Grid, stride: int, pad: int) -> None:
    fits = all(
        size + 2 * pad >= taps
        for size, taps in zip((len(image), len(image[0])), (len(kernel), len(kernel[0])), strict=True)
    )
    if fits:
        expected = oracle.conv2d(image, kernel, stride, pad)
        assert [list(row) for row in convolve2d(image, kernel, stride, pad)] == expected


@given(grids(5), grids(3))
def test_image_moved_down_moves_the_result_down(image: exact.Grid, kernel: exact.Grid) -> None:
    lower = ((0,) * len(image[0]), *image)
    assert exact.full(lower, kernel)[1:] == exact.full(image, kernel)


# Misconceptions in two dimensions, with the published wrong values ---------------------------------


def on_all(road: Callable[..., Any]) -> list[exact.Grid]:
    return [road(IMAGE, KERNEL, *setting) for setting in SETTINGS]


RIGHT = [UNPADDED, PADDED, STRIDED]


@pytest.mark.parametrize("road", [wrong.cross_correlation, wrong.sign_slip, wrong.flip_columns_only])
def test_roads_that_reverse_every_published_sign(road: Callable[..., Any]) -> None:
    assert on_all(road) == [negated(grid) for grid in RIGHT]


def test_flip_rows_only_cannot_be_seen_in_the_published_variant() -> None:
    assert on_all(wrong.flip_rows_only) == RIGHT


def test_flips_along_one_axis_by_hand() -> None:
    image, kernel = ((1, 2), (3, 4)), ((1, 10), (100, 1000))
    assert convolve2d(image, kernel, 1, 0) == ((1234,),)
    assert wrong.cross_correlation(image, kernel, 1, 0) == ((4321,),)
    assert wrong.flip_rows_only(image, kernel, 1, 0) == ((2143,),)
    assert wrong.flip_columns_only(image, kernel, 1, 0) == ((3412,),)
    assert wrong.transpose_kernel(image, kernel, 1, 0) == ((1324,),)
    assert wrong.transpose_no_flip(image, kernel, 1, 0) == ((4231,),)


TRANSPOSED = (
    (-11, -6, -6, -6, 17),
    (-28, -8, -8, -8, 36),
    (-48, -8, -8, -8, 56),
    (-68, -8, -8, -8, 76),
    (-61, -6, -6, -6, 67),
)


def test_transposed_kernel() -> None:
    assert on_all(wrong.transpose_kernel)[:2] == [((-8,) * 3,) * 3, TRANSPOSED]
    assert on_all(wrong.transpose_no_flip)[:2] == [((8,) * 3,) * 3, negated(TRANSPOSED)]


@pytest.mark.parametrize(
    ("road", "edge"), [(wrong.replicate_padding, -20), (wrong.reflect_padding, 0), (wrong.circular_padding, 60)]
)
def test_frames_that_are_not_zero(road: Callable[..., Any], edge: int) -> None:
    assert on_all(road)[1] == ((edge,) * 5, *((-40,) * 5,) * 3, (edge,) * 5)


def test_frames_two_wide_by_hand() -> None:
    image, one = ((1, 2, 3),), ((1,),)
    assert wrong.replicate_padding(image, one, 1, 2)[0] == (1, 1, 1, 2, 3, 3, 3)
    assert wrong.reflect_padding(image, one, 1, 2)[2] == (3, 2, 1, 2, 3, 2, 1)
    assert wrong.circular_padding(image, one, 1, 2)[4] == (2, 3, 1, 2, 3, 1, 2)
    assert wrong.reflect_padding(((7,),), one, 1, 1) == ((7,) * 3,) * 3


def test_stride_offset_is_a_block_of_two_by_two() -> None:
    assert on_all(wrong.stride_offset)[2] == ((-40, -40), (-40, -40))
    assert wrong.stride_offset(((1,),), ((1,),), 2, 0) == ()


def test_padding_on_one_side_and_in_total() -> None:
    image, one = ((1, 2),), ((1,),)
    assert wrong.pad_once(image, one, 1, 1) == ((1, 2, 0), (0, 0, 0))
    assert wrong.pad_once(image, one, 1, 2)[0] == (1, 2, 0, 0)
    assert wrong.pad_total(image, one, 1, 1) == wrong.pad_once(image, one, 1, 1)
    assert wrong.pad_total(image, one, 1, 2) == convolve2d(image, one, 1, 1)


# Symmetries ----------------------------------------------------------------------------------------


def test_published_kernel_and_image_hide_what_the_facts_say() -> None:
    assert kernels.is_odd(KERNEL)
    assert kernels.has_even_rows(KERNEL)
    assert kernels.is_affine(IMAGE)
    others = (kernels.is_even, kernels.has_even_columns, kernels.is_symmetric, kernels.has_empty_border)
    assert not any(predicate(KERNEL) for predicate in others)


@pytest.mark.parametrize("kernel", [((1, 2), (2, 3)), ((1, 2), (3, 1))])
def test_both_diagonals_are_axes_of_symmetry(kernel: exact.Grid) -> None:
    assert kernels.is_symmetric(kernel)


def test_symmetries_by_hand() -> None:
    assert kernels.is_even(((1, 2), (2, 1)))
    assert kernels.has_even_columns(((1, 2), (1, 2)))
    assert kernels.has_empty_border(((0, 1), (0, 2)))
    assert [kernels.fits_into_frame(((1, 2, 3), (4, 5, 6)), pad) for pad in (1, 2)] == [False, True]
    assert not kernels.is_affine(((1, 2, 3), (2, 3, 5)))
    assert not kernels.is_affine(((1, 2, 3), (2, 4, 6)))


@given(grids(), grids(3))
def test_even_rows_hide_the_missing_flip(image: exact.Grid, half: exact.Grid) -> None:
    kernel = tuple(row + row[::-1] for row in half)
    assert kernels.has_even_rows(kernel)
    assert wrong.flip_rows_only(image, kernel, 1, 3) == convolve2d(image, kernel, 1, 3)


# Figures -------------------------------------------------------------------------------------------


def test_figure_of_the_published_input_runs_from_minus_2_to_8() -> None:
    data = figures.signal(RECT)
    assert data == {"first": -2, "values": (0, 0, *[1] * 7, 0, 0)}
    assert len(data["values"]) == 8 - -2 + 1


def test_figure_of_an_impulse_response_ends_after_it_or_is_cut() -> None:
    assert figures.impulse(finite((-1, values(1, 2))), 0)["values"] == (0, 0, 1, 2, 0, 0)
    assert figures.impulse(exponential(HALF), None)["values"][-1] == 2.0**-figures.VISIBLE


def test_figure_of_two_responses_needs_one_window() -> None:
    with pytest.raises(ValueError, match=r"0\.\.1 and 1\.\.2 differ"):
        figures.responses((0, values(1, 2)), (1, values(1, 2)))


@pytest.mark.parametrize(
    ("draw", "data"),
    [
        (plots.stems, {"first": -2, "values": (0.0, 1.5, -1.25)}),
        (plots.stems, {"first": -2, "values": (0.0, 0.0, 0.0), "answer": True}),
        (plots.stem_pair, {"first": -2, "before": (1.0, 3.0, 0.0), "after": (0.0, 1.0, 3.0)}),
        (plots.blank_stems, {"first": -2, "last": 0}),
    ],
)
def test_index_axis_has_every_index_and_the_values_are_in_view(draw: Callable[..., None], data: dict[str, Any]) -> None:
    from matplotlib.figure import Figure

    axes = Figure().add_subplot()
    draw(axes, **data)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["-2", "-1", "0"]
    low, high = axes.get_ylim()
    drawn = [y for line in axes.lines for y in np.asarray(line.get_ydata(), dtype=float)]
    assert all(low <= y <= high for y in drawn)
    assert low < high
