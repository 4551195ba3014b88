"""Convolution by its definition, in one and two dimensions, in exact arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from itertools import chain
from math import lcm
from operator import mul
from typing import Any, NamedTuple

Samples = tuple[int, tuple[Fraction, ...]]
"""A stretch of a signal: the index of the first value, then the values."""

Grid = tuple[tuple[int, ...], ...]
"""A matrix of integers, row by row."""


class Impulse(NamedTuple):
    """An impulse response: its first nonzero index, its value at any index, and its sum over all."""

    start: int
    at: Callable[[int], Fraction]
    gain: Fraction


@lru_cache(maxsize=64)  # a variant asks for its impulse response in every road
def finite(h: Samples) -> Impulse:
    """Return the impulse response that is ``h`` on its stretch and zero elsewhere."""
    start, values = h

    def at(n: int) -> Fraction:
        return values[n - start] if 0 <= n - start < len(values) else Fraction(0)

    return Impulse(start, at, sum(values, Fraction(0)))


@lru_cache(maxsize=64)
def exponential(ratio: Fraction) -> Impulse:
    """Return the impulse response ``ratio**n`` for n >= 0, zero before.

    Raises ValueError unless 0 < |ratio| < 1: only then is it infinite and its sum finite.
    """
    if not 0 < abs(ratio) < 1:
        raise ValueError(f"the ratio of an exponential is {ratio}, but must satisfy 0 < |ratio| < 1")

    @cache
    def at(n: int) -> Fraction:
        return ratio**n if n >= 0 else Fraction(0)

    return Impulse(0, at, 1 / (1 - ratio))


def convolve(x: Samples, h: Impulse, first: int, last: int) -> Samples:
    r"""Return $y(n)=\sum_i x(i)\,h(n-i)$ for n = first, ..., last.

    ``x`` is zero outside its stretch, so the sum is finite although ``h`` may not be.
    """
    start, values = x
    inputs, unit = whole(values)
    earliest = first - end(x)  # the first tap that any output needs
    taps, tick = _taps(h, earliest, last - start)
    backwards = inputs[::-1]
    sums = (sum(map(mul, backwards, taps[n : n + len(inputs)])) for n in range(last - first + 1))
    return first, tuple(Fraction(total, unit * tick) for total in sums)


@lru_cache(maxsize=256)
def _taps(h: Impulse, first: int, last: int) -> tuple[list[int], int]:
    return whole([h.at(n) for n in range(first, last + 1)])


def whole(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """Return ``values`` as integers over one common denominator, and that denominator.

    >>> whole([Fraction(1, 2), Fraction(2, 3)])
    ([3, 4], 6)
    """
    denominator = lcm(*(value.denominator for value in values))
    return [value.numerator * (denominator // value.denominator) for value in values], denominator


def shift(x: Samples, by: int) -> Samples:
    """Return $x(n-N)$ for N = ``by``: the same values, ``by`` places later."""
    return x[0] + by, x[1]


def end(x: Samples) -> int:
    """Return the index of the last value of ``x``."""
    return x[0] + len(x[1]) - 1


def at(x: Samples, n: int) -> Fraction:
    """Return the value of ``x`` at index ``n``, zero outside its stretch."""
    return finite(x).at(n)


def window(x: Samples, h: Samples, by: int, before: int, after: int) -> tuple[int, int]:
    """Return the first and last index of a plot that shows both x*h and its shift by ``by``.

    It begins ``before`` zeros ahead of whichever starts first and ends ``after`` indices past the
    last nonzero value of the later one. For an infinite response pass the part of ``h`` to be seen.
    """
    return x[0] + h[0] + min(by, 0) - before, end(x) + end(h) + max(by, 0) + after


class Decay(NamedTuple):
    """A rectangle through an exponential, as the three numbers of its closed form.

    y(n) = limit + transient * ratio**n while the rectangle lasts; tail * ratio**n afterwards.
    """

    limit: Fraction
    transient: Fraction
    tail: Fraction


def decay(x: Samples, ratio: Fraction) -> Decay:
    """Return the closed form of a rectangle ``x`` (all values equal) through ``ratio**n u(n)``.

    Both cases are geometric sums; see :func:`tail` for the second.
    """
    start, (height, *_) = x
    return Decay(height / (1 - ratio), -height * ratio ** (1 - start) / (1 - ratio), tail(x, ratio))


def tail(x: Samples, ratio: Fraction) -> Fraction:
    """Return the sum of $x(i)a^{-i}$ for a = ``ratio``: past the end of ``x``, y(n) is this times $a^n$."""
    start, values = x
    return sum((value * ratio**-i for i, value in enumerate(values, start)), Fraction(0))


def longest_denominator(x: Samples, h: Impulse, first: int, last: int) -> int:
    """Return the largest denominator among the values of x*h on [first, last]."""
    return max(value.denominator for value in convolve(x, h, first, last)[1])


class Overlap(NamedTuple):
    """How many places two rectangles share: ``slope * n + offset`` for n = first, ..., last."""

    slope: int
    offset: int
    first: int
    last: int


def overlaps(x: Samples, h: Samples) -> tuple[Overlap, ...]:
    """Return the rise, the plateau and the fall of the overlap of rectangle ``x`` with reversed ``h``.

    Times the product of the heights it is their convolution. The rise includes the peak; there is no
    plateau if the lengths are equal, and no fall if one is 1.
    """
    start, stop = x[0] + h[0], end(x) + end(h)
    short, long = sorted((len(x[1]), len(h[1])))
    pieces = (
        Overlap(1, 1 - start, start, start + short - 1),
        Overlap(0, short, start + short, start + long - 1),
        Overlap(-1, stop + 1, start + long, stop),
    )
    return tuple(piece for piece in pieces if piece.first <= piece.last)


class Copy(NamedTuple):
    """One term of the sum: the impulse response, moved and scaled by one input value."""

    delay: int
    """The index of the input value."""
    scale: Fraction
    values: tuple[Fraction | None, ...]
    """Over the support of the result; None where the copy does not reach."""


def copies(x: Samples, h: Samples) -> tuple[Copy, ...]:
    """Return the scaled, delayed copies of ``h`` whose sum is the convolution, one per nonzero input."""
    support = range(x[0] + h[0], end(x) + end(h) + 1)

    def copy(i: int, scale: Fraction) -> Copy:
        reach = range(i + h[0], i + end(h) + 1)
        return Copy(i, scale, tuple(scale * h[1][n - i - h[0]] if n in reach else None for n in support))

    return tuple(copy(i, scale) for i, scale in enumerate(x[1], x[0]) if scale)


def through_exponential(x: Samples, ratio: Fraction, flat: bool) -> dict[str, Any]:
    """Return the closed form of ``x`` through ``ratio**n u(n)``, and its value at and just after the end.

    ``decay`` is None unless ``x`` is a rectangle (``flat``); its first sum is
    (1 - ratio**(n + lead)) / (1 - ratio) times the height.
    """
    after = end(x) + 1
    _, (at_end, at_after) = convolve(x, exponential(ratio), after - 1, after)
    return {
        "decay": decay(x, ratio) if flat else None,
        "lead": 1 - x[0],
        "tail": tail(x, ratio),
        "after": after,
        "at_end": at_end,
        "at_after": at_after,
    }


def through_finite(x: Samples, h: Samples, flat: bool) -> dict[str, Any]:
    """Return the copies of ``h`` that add up to x*h, their sum, and the indices of its support.

    ``overlaps`` is empty unless both signals are rectangles (``flat``); ``height`` is then the
    product of theirs, and ``plateau`` the largest value.
    """
    first, last = x[0] + h[0], end(x) + end(h)
    height = x[1][0] * h[1][0]
    return {
        "copies": copies(x, h),
        "support": tuple(range(first, last + 1)),
        "total": convolve(x, finite(h), first, last)[1],
        "overlaps": overlaps(x, h) if flat else (),
        "height": height,
        "plateau": height * min(len(x[1]), len(h[1])),
    }


def convolve2d(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    r"""Return $y[m,n]=\sum_{i,j}x[i,j]\,h[m-i,n-j]$ with ``pad`` zeros on every side, sampled from the top left on.

    The flipped kernel slides inside the padded image. The result has floor((H + 2 pad - K) / stride) + 1
    rows; it is empty if the kernel does not fit.
    """
    return _slide(image, kernel, stride, (pad, pad))


def full(image: Grid, kernel: Grid) -> Grid:
    """Return the convolution wherever it can be nonzero: H x W and K x L give (H+K-1) x (W+L-1)."""
    return _slide(image, kernel, 1, (len(kernel) - 1, len(kernel[0]) - 1))


def _slide(image: Grid, kernel: Grid, stride: int, pad: tuple[int, int]) -> Grid:
    """Return the sum of the entries of the flipped ``kernel`` times the pixels under them, place by place."""
    taps = _by_columns(kernel)[::-1]  # read backwards it is flipped along both axes
    places = _unfolded(image, (len(kernel), len(kernel[0])), stride, pad)
    return tuple(tuple([sum(map(mul, taps, pixels)) for pixels in line]) for line in places)


@lru_cache(maxsize=64)  # all kernels that are tried on an image lie on the same pixels
def _unfolded(
    image: Grid, size: tuple[int, int], stride: int, pad: tuple[int, int]
) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Return the pixels under a kernel of ``size`` at each of its places, column by column (im2col).

    All rows under the kernel are read column by column: what it covers is then one stretch of them.
    """
    (height, width), frame = size, _framed(image, *pad)
    bands = (_by_columns(frame[top : top + height]) for top in range(0, len(frame) - height + 1, stride))
    lefts = range(0, len(frame[0]) - width + 1, stride)
    return tuple(tuple([band[height * left : height * (left + width)] for left in lefts]) for band in bands)


def _by_columns(rows: Grid) -> tuple[int, ...]:
    return tuple(chain.from_iterable(zip(*rows, strict=True)))


def rotate(kernel: Grid) -> Grid:
    """Return ``kernel`` turned by 180 degrees: flipped along both axes."""
    return tuple(row[::-1] for row in kernel[::-1])


def padded(image: Grid, pad: int) -> Grid:
    """Return ``image`` inside a frame of zeros that is ``pad`` wide."""
    return _framed(image, pad, pad)


def _framed(image: Grid, rows: int, columns: int) -> Grid:
    """Return ``image`` with ``rows`` of zeros above and below, and ``columns`` of zeros on either side."""
    side = (0,) * columns
    band = ((0,) * (len(image[0]) + 2 * columns),) * rows
    return (*band, *(side + row + side for row in image), *band)


def products(image: Grid, kernel: Grid, row: int, column: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return the factors of one entry of the unpadded result, kernel row by kernel row.

    Each pair is a pixel under the flipped kernel, whose top left lies on (row, column), and the
    kernel's entry there; pairs with a zero entry are left out, and so are rows that have no others.
    """
    pairs = (
        tuple((image[row + k][column + m], tap) for m, tap in enumerate(taps) if tap)
        for k, taps in enumerate(rotate(kernel))
    )
    return tuple(line for line in pairs if line)
