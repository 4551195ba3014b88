"""What students answer who hold a misconception about convolution."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache

from solvers.convolution.exact import (
    Grid,
    Impulse,
    Samples,
    convolve,
    convolve2d,
    end,
    finite,
    rotate,
    shift,
)

Source = Callable[[int, int], int | None]
"""Where the pixel at an index of an axis of a given size comes from, which may lie outside; None is zero."""

# One dimension -------------------------------------------------------------------------------------


def input_never_ends(x: Samples, h: Impulse, first: int, last: int) -> Samples:
    """Let a rectangle go on for ever: output n then sees the inputs up to n - h.start."""
    start, (height, *_) = x
    length = max(last - h.start - start + 1, 0)
    return convolve((start, (height,) * length), h, first, last)


def tail_off_by_one(x: Samples, h: Impulse, first: int, last: int) -> Samples:
    """Let the decay begin one index late: past the end of ``x`` every value is its predecessor's."""
    begun = end(x) + 1
    _, y = convolve(x, h, first - 1, last)
    return first, tuple(y[k] if n >= begun else y[k + 1] for k, n in enumerate(range(first, last + 1)))


def correlation(x: Samples, h: Impulse, first: int, last: int) -> Samples:
    r"""Slide ``h`` without reversing it: $\sum_i x(i)\,h(i-n)$, the convolution of x(-i) with h, read backwards."""
    mirrored = -end(x), x[1][::-1]
    return first, convolve(mirrored, h, -last, -first)[1][::-1]


def pointwise_product(x: Samples, h: Impulse, first: int, last: int) -> Samples:
    """Multiply the signals index by index."""
    at = finite(x).at
    return first, tuple(at(n) * h.at(n) for n in range(first, last + 1))


def steady_state(x: Samples, h: Impulse, first: int, last: int) -> Samples:
    """Answer the final value of the response to a step, from the start of the rectangle on."""
    start, (height, *_) = x
    return first, tuple(height * h.gain if n >= start else Fraction(0) for n in range(first, last + 1))


def centred_rect(x: Samples, h: Impulse, first: int, last: int) -> Samples:
    """Place a rectangle that starts at 0 around 0 (of even length: one more value on the left)."""
    return convolve(shift(x, -(len(x[1]) // 2)), h, first, last)


def starts_at_zero(x: Samples, h: Impulse, origin: int, first: int, last: int) -> Samples:
    """Get the right values but count the indices from ``origin``, where the response begins."""
    return convolve(shift(x, -origin), h, first, last)


def advance(x: Samples, h: Impulse, by: int, first: int, last: int) -> Samples:
    """Move the response against the shift: y(n + N)."""
    return convolve(shift(x, -by), h, first, last)


def shift_value(x: Samples, h: Impulse, by: int, first: int, last: int) -> Samples:
    """Subtract the shift from the values: y(n) - N."""
    return first, tuple(value - by for value in convolve(x, h, first, last)[1])


def window_cut(x: Samples, h: Impulse, by: int, first: int, last: int) -> Samples:
    """Move the response while the input lasts, but leave its tail where it was."""
    begun = end(x) + 1
    _, y = convolve(x, h, first, last)
    _, moved = convolve(shift(x, by), h, first, last)
    return first, tuple(y[k] if n >= begun else moved[k] for k, n in enumerate(range(first, last + 1)))


# Two dimensions ------------------------------------------------------------------------------------


def cross_correlation(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Slide the kernel as it is."""
    return convolve2d(image, rotate(kernel), stride, pad)


def sign_slip(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Flip correctly and lose a global sign."""
    return tuple(tuple(-value for value in row) for row in convolve2d(image, kernel, stride, pad))


def flip_rows_only(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Slide the kernel flipped up-down only."""
    return cross_correlation(image, kernel[::-1], stride, pad)


def flip_columns_only(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Slide the kernel flipped left-right only."""
    return cross_correlation(image, tuple(row[::-1] for row in kernel), stride, pad)


def transpose_kernel(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Exchange rows and columns of the kernel, then flip it correctly."""
    return convolve2d(image, _transposed(kernel), stride, pad)


def transpose_no_flip(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Slide the transposed kernel: rows and columns exchanged in place of a flip."""
    return cross_correlation(image, _transposed(kernel), stride, pad)


def stride_offset(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Start sampling at index 1 instead of 0 along both axes."""
    return _sampled(row[1::stride] for row in convolve2d(image, kernel, 1, pad)[1::stride])


def replicate_padding(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Pad with the nearest pixel."""
    return convolve2d(_extended(image, pad, pad, _nearest), kernel, stride, 0)


def reflect_padding(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Pad with the mirror image, the border pixel not repeated."""
    return convolve2d(_extended(image, pad, pad, _mirrored), kernel, stride, 0)


def circular_padding(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Pad as if the image were on a torus."""
    return convolve2d(_extended(image, pad, pad, _wrapped), kernel, stride, 0)


def pad_once(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Pad with zeros only below and on the right."""
    return convolve2d(_extended(image, 0, pad, _inside), kernel, stride, 0)


def pad_total(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    """Take ``pad`` for the total along an axis: the larger half below and on the right."""
    return convolve2d(_extended(image, pad // 2, pad - pad // 2, _inside), kernel, stride, 0)


def _transposed(kernel: Grid) -> Grid:
    return tuple(zip(*kernel, strict=True))


def _sampled(rows: Iterable[tuple[int, ...]]) -> Grid:
    return tuple(row for row in rows if row)


def _extended(image: Grid, before: int, after: int, source: Source) -> Grid:
    """Return ``image`` with a frame whose pixels come from where ``source`` says (None is zero)."""
    rows, columns = (_sources(source, size, before, after) for size in (len(image), len(image[0])))
    lines = ((0,) * len(image[0]) if i is None else image[i] for i in rows)
    return tuple(tuple([0 if j is None else line[j] for j in columns]) for line in lines)


@lru_cache(maxsize=64)  # images have few sizes
def _sources(source: Source, size: int, before: int, after: int) -> tuple[int | None, ...]:
    """Return where the pixels of an extended axis come from."""
    return tuple(source(index, size) for index in range(-before, size + after))


def _inside(index: int, size: int) -> int | None:
    return index if 0 <= index < size else None


def _nearest(index: int, size: int) -> int:
    return min(max(index, 0), size - 1)


def _mirrored(index: int, size: int) -> int:
    position = index % max(2 * size - 2, 1)
    return min(position, 2 * size - 2 - position)


def _wrapped(index: int, size: int) -> int:
    return index % size
