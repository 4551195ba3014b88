"""Adjoints of filtering: <h * x, y> = <x, h~ * y>; correlation, the transposed convolution, averages that are even."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.convolution import wrong as beliefs
from solvers.convolution.exact import Grid, Samples, at, convolve, convolve2d, end, exponential, finite, full, rotate
from solvers.convolution.wrong import correlation, cross_correlation
from solvers.filters import exact as filters
from solvers.filters import wrong as filter_beliefs

few = settings(max_examples=40, deadline=None)

small = st.integers(-16, 16).map(lambda n: Fraction(n, 4))
signals = st.tuples(st.integers(-3, 3), st.lists(small, min_size=1, max_size=4).map(tuple))
ratios = st.integers(-9, 9).filter(bool).map(lambda n: Fraction(n, 10))


def grid(rows: int, columns: int) -> st.SearchStrategy[Grid]:
    return st.tuples(*[st.tuples(*[st.integers(-9, 9)] * columns)] * rows)


def inner(x: Samples, y: Samples) -> Fraction:
    """The sum of x(n) y(n)."""
    return sum((value * at(y, n) for n, value in enumerate(x[1], x[0])), Fraction(0))


def paired(one: Grid, other: Grid) -> int | Fraction:
    """The sum of products of two images of one size."""
    rows = zip(one, other, strict=True)
    return sum(x * y for pair in rows for x, y in zip(*pair, strict=True))


# In one dimension ----------------------------------------------------------------------------------


@few
@given(signals, signals, signals)
def test_correlation_is_the_adjoint_of_convolution(x: Samples, y: Samples, h: Samples) -> None:
    forward = convolve(x, finite(h), y[0], end(y))
    assert inner(forward, y) == inner(x, correlation(y, finite(h), x[0], end(x)))


@few
@given(signals, signals, ratios)
def test_the_adjoint_of_a_causal_exponential_looks_ahead(x: Samples, y: Samples, ratio: Fraction) -> None:
    forward = convolve(x, exponential(ratio), y[0], end(y))
    backward = correlation(y, exponential(ratio), x[0], end(x))
    assert inner(forward, y) == inner(x, backward)
    after = correlation(y, exponential(ratio), end(y) + 1, end(y) + 3)
    assert after[1] == (0, 0, 0)  # nothing that y says reaches an input later than y


@few
@given(signals, signals, signals)
def test_the_adjoint_for_the_response_correlates_with_the_input(x: Samples, y: Samples, h: Samples) -> None:
    """The gradient of <h * x, y> by h, too, is a correlation: of y with x."""
    forward = convolve(x, finite(h), y[0], end(y))
    assert inner(forward, y) == inner(h, correlation(y, finite(x), h[0], end(h)))


def test_convolving_back_is_no_adjoint_unless_the_response_is_even() -> None:
    x, y = (0, (Fraction(1),)), (1, (Fraction(1),))
    uneven, even = (0, (Fraction(2), Fraction(1))), (-1, (Fraction(1), Fraction(5), Fraction(1)))
    for h, holds in ((uneven, False), (even, True)):
        forward, back = (convolve(a, finite(h), b[0], end(b)) for a, b in ((x, y), (y, x)))
        assert (inner(forward, y) == inner(x, back)) is holds


# In two dimensions ---------------------------------------------------------------------------------


def spread(image: Grid, stride: int, rows: int, columns: int) -> Grid:
    """``image`` with stride - 1 zeros between its entries, filled up with zeros to the size of the dense map."""
    result = [[0] * columns for _ in range(rows)]
    for i, row in enumerate(image):
        for j, value in enumerate(row):
            result[i * stride][j * stride] = value
    return tuple(map(tuple, result))


def crop(image: Grid, pad: int) -> Grid:
    return tuple(row[pad : len(row) - pad] for row in image[pad : len(image) - pad])


@st.composite
def layers(draw: st.DrawFn) -> tuple[Grid, Grid, Grid, int, int]:
    """Image, kernel, stride and padding of a layer, and something of the size of its output."""
    (height, width), (k, m) = (
        (draw(st.integers(low, high)), draw(st.integers(low, high))) for low, high in ((3, 5), (1, 3))
    )
    stride, pad = draw(st.integers(1, 2)), draw(st.integers(0, 2))
    image, kernel = draw(grid(height, width)), draw(grid(k, m))
    out = convolve2d(image, kernel, stride, pad)
    return image, kernel, draw(grid(len(out), len(out[0]))), stride, pad


@few
@given(layers())
def test_the_transposed_convolution_is_the_adjoint(drawn: tuple[Grid, Grid, Grid, int, int]) -> None:
    """Zeros between the entries undo the stride, the full convolution with the turned kernel the sum, a crop the pad.

    (Dumoulin & Visin 2016, chapter 4.)
    """
    image, kernel, y, stride, pad = drawn
    dense = convolve2d(image, kernel, 1, pad)
    back = crop(full(spread(y, stride, len(dense), len(dense[0])), rotate(kernel)), pad)
    assert paired(convolve2d(image, kernel, stride, pad), y) == paired(image, back)


@few
@given(st.integers(0, 1), grid(4, 3), st.data())
def test_correlation_is_the_adjoint_under_padding_that_keeps_the_size(half: int, image: Grid, data: st.DataObject):
    kernel, y = data.draw(grid(2 * half + 1, 2 * half + 1)), data.draw(grid(4, 3))
    forward, back = convolve2d(image, kernel, 1, half), cross_correlation(y, kernel, 1, half)
    assert paired(forward, y) == paired(image, back)


IMAGE, Y, KERNEL = (
    ((1, 2, 0), (0, 3, 5), (4, 0, 1)),
    ((0, 1, 0), (2, 0, 0), (0, 0, 3)),
    ((1, 2, 0), (0, 3, 1), (5, 0, 7)),
)


@pytest.mark.parametrize(
    "back",
    [
        convolve2d,
        beliefs.flip_rows_only,
        beliefs.flip_columns_only,
        beliefs.transpose_kernel,
        beliefs.transpose_no_flip,
        beliefs.sign_slip,
    ],
)
def test_nothing_but_the_turned_kernel_goes_back(back: Callable[[Grid, Grid, int, int], Grid]) -> None:
    forward = paired(convolve2d(IMAGE, KERNEL, 1, 1), Y)
    assert paired(IMAGE, back(Y, KERNEL, 1, 1)) != forward == paired(IMAGE, cross_correlation(Y, KERNEL, 1, 1))


# Averages at borders -------------------------------------------------------------------------------


def blurred(image: Grid, size: int, border: filters.Border) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(filters.blurred_row(image, size, row, border) for row in range(len(image)))


@few
@given(grid(4, 5), grid(4, 5), st.sampled_from((1, 3, 5, 7)), st.sampled_from(("wrap", "zero", "reflect")))
def test_odd_averages_are_self_adjoint_under_these_borders(x: Grid, y: Grid, size: int, border: filters.Border) -> None:
    """A pixel counts for its neighbor as often as the neighbor for it, even through a mirror between the pixels."""
    assert paired(blurred(x, size, border), y) == paired(x, blurred(y, size, border))


@pytest.mark.parametrize("border", ["mirror", "nearest"])
def test_a_border_pixel_that_counts_more_often_than_it_reads_breaks_the_symmetry(border: filters.Border) -> None:
    """With a mirror on the first pixel, that one reads the second twice, which reads it once."""
    x, y = ((1, 0, 0, 0),), ((0, 1, 0, 0),)
    assert paired(blurred(x, 5, border), y) != paired(x, blurred(y, 5, border))


@few
@given(grid(4, 5), grid(4, 5), st.sampled_from((2, 4, 6)), st.sampled_from(("wrap", "zero")))
def test_the_adjoint_of_an_even_average_is_the_one_that_is_shifted(
    x: Grid, y: Grid, size: int, border: filters.Border
) -> None:
    """Who reads i + k in place of i - k computes the adjoint: the same thing for odd sizes only."""
    back = tuple(filter_beliefs.shifted_row(y, size, row, border) for row in range(len(y)))
    assert paired(blurred(x, size, border), y) == paired(x, back)


def test_an_even_average_is_not_self_adjoint() -> None:
    x, y = ((1, 0, 0),), ((0, 1, 0),)
    assert paired(blurred(x, 2, "zero"), y) != paired(x, blurred(y, 2, "zero"))
