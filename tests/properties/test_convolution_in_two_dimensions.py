"""The algebra of convolution on the plane: bilinearity, shifts, symmetries, crops, samples, and what is no law."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.convolution import wrong
from solvers.convolution.exact import Grid, convolve2d, full, padded, rotate

few = settings(max_examples=40, deadline=None)


def grid(rows: int, columns: int) -> st.SearchStrategy[Grid]:
    return st.tuples(*[st.tuples(*[st.integers(-9, 9)] * columns)] * rows)


def grids(largest: int) -> st.SearchStrategy[Grid]:
    sides = st.tuples(st.integers(1, largest), st.integers(1, largest))
    return sides.flatmap(lambda size: grid(*size))


pairs = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(lambda size: st.tuples(grid(*size), grid(*size)))


def plus(one: Grid, other: Grid, scale: int) -> Grid:
    pairs = zip(one, other, strict=True)
    return tuple(tuple(x + scale * z for x, z in zip(*rows, strict=True)) for rows in pairs)


def transposed(image: Grid) -> Grid:
    return tuple(zip(*image, strict=True))


def mirrored(image: Grid) -> Grid:
    return tuple(row[::-1] for row in image)


def framed(image: Grid, down: int, right: int) -> Grid:
    """Rows of zeros above and columns of zeros on the left: the image moved within the plane."""
    width = right + len(image[0])
    return (*((0,) * width for _ in range(down)), *((0,) * right + row for row in image))


def transform(image: Grid, s: Fraction, t: Fraction) -> Fraction:
    """The sum of x[i, j] s^i t^j."""
    return sum((s**i * t**j * pixel for i, row in enumerate(image) for j, pixel in enumerate(row)), Fraction(0))


# Laws ----------------------------------------------------------------------------------------------


@few
@given(pairs, grids(3), st.integers(-3, 3), st.integers(1, 2), st.integers(0, 2))
def test_linear_in_the_image_and_in_the_kernel(
    images: tuple[Grid, Grid], kernel: Grid, scale: int, stride: int, pad: int
) -> None:
    one, other = images
    separate = plus(convolve2d(one, kernel, stride, pad), convolve2d(other, kernel, stride, pad), scale)
    assert convolve2d(plus(one, other, scale), kernel, stride, pad) == separate
    assert full(kernel, plus(one, other, scale)) == plus(full(kernel, one), full(kernel, other), scale)


@few
@given(grids(4), grids(3), st.integers(0, 3), st.integers(0, 3))
def test_a_shift_of_either_factor_shifts_the_result(image: Grid, kernel: Grid, down: int, right: int) -> None:
    expected = framed(full(image, kernel), down, right)
    assert full(framed(image, down, right), kernel) == full(image, framed(kernel, down, right)) == expected


@few
@given(grids(3), grids(3), grids(2))
def test_associative(image: Grid, first: Grid, second: Grid) -> None:
    """Two layers without anything between them are one layer with a larger kernel."""
    assert full(full(image, first), second) == full(image, full(first, second))


@few
@given(grids(3), grids(3), *[st.fractions(-2, 2, max_denominator=2)] * 2)
def test_transforms_multiply(image: Grid, kernel: Grid, s: Fraction, t: Fraction) -> None:
    assert transform(full(image, kernel), s, t) == transform(image, s, t) * transform(kernel, s, t)


@few
@given(grids(4), grids(3))
def test_symmetries_of_the_plane_go_through(image: Grid, kernel: Grid) -> None:
    """Turned or mirrored factors give the turned or mirrored result: no direction is singled out."""
    for change in (rotate, transposed, mirrored):
        assert full(change(image), change(kernel)) == change(full(image, kernel))


@few
@given(grids(4), st.lists(st.integers(-5, 5), min_size=1, max_size=3), st.lists(st.integers(-5, 5), min_size=1))
def test_a_kernel_of_products_is_two_filters_in_a_row(image: Grid, column: list[int], row: list[int]) -> None:
    outer = tuple(tuple(a * b for b in row) for a in column)
    assert full(full(image, tuple((a,) for a in column)), (tuple(row),)) == full(image, outer)


@few
@given(grids(5), grids(3), st.integers(1, 3), st.integers(0, 3))
def test_padding_is_a_frame_and_striding_takes_samples(image: Grid, kernel: Grid, stride: int, pad: int) -> None:
    dense = convolve2d(padded(image, pad), kernel, 1, 0)
    assert convolve2d(image, kernel, 1, pad) == dense
    assert convolve2d(image, kernel, stride, pad) == tuple(row[::stride] for row in dense[::stride])


@few
@given(grids(4), grids(3), st.integers(0, 2), st.integers(0, 2))
def test_against_numpy_windows_of_the_flipped_kernel(image: Grid, kernel: Grid, pad: int, more: int) -> None:
    """The definition, once more: every entry is the sum of products of one window with the kernel turned by 180."""
    image = padded(image, 2)
    framed_image = np.pad(np.array(image), pad + more)
    shape = (len(kernel), len(kernel[0]))
    windows = np.lib.stride_tricks.sliding_window_view(framed_image, shape)
    expected = (windows * np.array(kernel)[::-1, ::-1]).sum((2, 3))
    assert np.array_equal(convolve2d(image, kernel, 1, pad + more), expected)


# What a forgotten or half-made flip breaks ----------------------------------------------------------

IMAGE, KERNEL = ((1, 2, 0), (0, 3, 5), (4, 0, 1)), ((1, 2), (0, 3))


@pytest.mark.parametrize(
    ("road", "laws"),
    [
        (convolve2d, "has a unit, associates, is turned, is mirrored, is transposed"),
        (wrong.cross_correlation, "has a unit, is turned, is mirrored, is transposed"),
        (wrong.flip_rows_only, "has a unit, is turned, is mirrored"),
        (wrong.flip_columns_only, "has a unit, is turned, is mirrored"),
        (wrong.transpose_kernel, "has a unit, is turned, is transposed"),
        (wrong.transpose_no_flip, "has a unit, is turned, is transposed"),
        (wrong.sign_slip, "associates, is turned, is mirrored, is transposed"),
    ],
)
def test_which_laws_a_belief_keeps(road, laws: str) -> None:
    def filtered(image: Grid, kernel: Grid) -> Grid:
        return road(image, kernel, 1, 2)

    def goes_through(change) -> bool:
        return filtered(change(IMAGE), change(KERNEL)) == change(filtered(IMAGE, KERNEL))

    twice = road(road(IMAGE, KERNEL, 1, 1), KERNEL, 1, 1)
    kept = {
        "has a unit": road(IMAGE, ((1,),), 1, 0) == IMAGE,
        "associates": twice == road(IMAGE, road(KERNEL, KERNEL, 1, 1), 1, 2),
        "is turned": goes_through(rotate),
        "is mirrored": goes_through(mirrored),
        "is transposed": goes_through(transposed),
    }
    assert ", ".join(law for law, holds in kept.items() if holds) == laws


@pytest.mark.parametrize("road", [wrong.replicate_padding, wrong.reflect_padding, wrong.circular_padding])
def test_frames_that_are_not_zero_do_not_commute_with_a_shift_in_the_plane(road) -> None:
    moved = framed(IMAGE, 1, 1)
    assert road(moved, KERNEL, 1, 1) != framed(road(IMAGE, KERNEL, 1, 1), 1, 1)
    assert convolve2d(moved, KERNEL, 1, 1) == framed(convolve2d(IMAGE, KERNEL, 1, 1), 1, 1)


@pytest.mark.parametrize("road", [wrong.pad_once, wrong.pad_total])
def test_one_sided_choices_are_not_turned_with_the_picture(road) -> None:
    """The same number of zeros on both sides treats both ends alike."""
    assert convolve2d(rotate(IMAGE), rotate(KERNEL), 1, 1) == rotate(convolve2d(IMAGE, KERNEL, 1, 1))
    assert road(rotate(IMAGE), rotate(KERNEL), 1, 1) != rotate(road(IMAGE, KERNEL, 1, 1))
