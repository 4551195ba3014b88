r"""Averaging and Laplacian filters in exact arithmetic.

Filtering is true convolution, $y[i,j]=\sum_{k,l}h[k,l]\,x[i-k,j-l]$; along each axis the indices of a
filter of size n run from -floor(n/2) to ceil(n/2)-1, as in ``scipy.ndimage.convolve``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from solvers.convolution.exact import convolve2d, whole
from solvers.filters.patches import Grid, Patch

Border = Literal["reflect", "mirror", "nearest", "wrap", "zero"]
"""What stands outside the image: its mirror image (border repeated or not), its border, itself, or zeros."""

Kernel = tuple[tuple[Fraction, ...], ...]


class Laplacian(NamedTuple):
    """Weights of the second differences along rows and columns, and of those along the two diagonals."""

    sides: Fraction
    corners: Fraction


def reflected(index: int, size: int) -> int:
    """Return where ``index`` lies in (d c b a | a b c d | d c b a)."""
    position = index % (2 * size)
    return min(position, 2 * size - 1 - position)


def mirrored(index: int, size: int) -> int:
    """Return where ``index`` lies in (d c b | a b c d | c b a)."""
    position = index % max(2 * size - 2, 1)
    return min(position, 2 * size - 2 - position)


def nearest(index: int, size: int) -> int:
    """Return where ``index`` lies in (a a a | a b c d | d d d)."""
    return min(max(index, 0), size - 1)


def wrapped(index: int, size: int) -> int:
    """Return where ``index`` lies in (b c d | a b c d | a b c)."""
    return index % size


def inside(index: int, size: int) -> int | None:
    """Return ``index``, or None outside."""
    return index if 0 <= index < size else None


Source = Callable[[int, int], int | None]

SOURCES: Mapping[Border, Source] = {
    "reflect": reflected,
    "mirror": mirrored,
    "nearest": nearest,
    "wrap": wrapped,
    "zero": inside,
}
"""Where the pixel at an index outside an axis of a given size comes from; None is zero."""


def weights(sizes: Iterable[int]) -> tuple[Fraction, ...]:
    """Return the common entry of the averaging filter of each size: n x n entries that add up to 1."""
    return tuple(Fraction(1, size**2) for size in sizes)


def reach(size: int) -> range:
    """Return the offsets i - k of the pixels that a filter of ``size`` reads along an axis.

    >>> list(reach(6))
    [-2, -1, 0, 1, 2, 3]
    """
    return range(1 - size + size // 2, size // 2 + 1)


@lru_cache(maxsize=64)  # who is wrong about what the sums are divided by needs the same sums
def block_sums(image: Grid, size: int, row: int, source: Source) -> tuple[int, ...]:
    """Return, for every column, the sum of the pixels under a filter of ones at (``row``, column)."""
    return offset_sums(image, reach(size), row, source)


def offset_sums(image: Grid, offsets: Sequence[int], row: int, source: Source) -> tuple[int, ...]:
    """Return, for every column, the sum over ``offsets`` x ``offsets`` around (``row``, column)."""
    height, width = len(image), len(image[0])
    rows = [image[i] for k in offsets if (i := source(row + k, height)) is not None]
    lines = [sum(row[j] for row in rows) for j in range(width)]
    columns = ([source(j + k, width) for k in offsets] for j in range(width))
    return tuple(sum(lines[j] for j in reads if j is not None) for reads in columns)


def blurred_row(image: Grid, size: int, row: int, border: Border) -> tuple[Fraction, ...]:
    """Return one row of the averaged image."""
    return tuple(Fraction(total, size**2) for total in block_sums(image, size, row, SOURCES[border]))


class Count(NamedTuple):
    """What lies under the filter at one column: pixels of the rectangle, of the ground, and outside."""

    column: int
    bright: int
    dark: int
    outside: int


def counts(patch: Patch, size: int, row: int, border: Border) -> tuple[Count, ...]:
    """Return what lies under the averaging filter along a row; "outside" are the zeros of the border."""
    everywhere = tuple((1,) * patch.width for _ in range(patch.height))
    known, bright = (block_sums(mask, size, row, SOURCES[border]) for mask in (everywhere, _covered(patch)))
    pairs = zip(known, bright, strict=True)
    return tuple(Count(j, b, k - b, size**2 - k) for j, (k, b) in enumerate(pairs))


def _covered(patch: Patch) -> Grid:
    """Return 1 in the rectangle and 0 elsewhere."""
    return tuple(tuple(int(patch.covers(i, j)) for j in range(patch.width)) for i in range(patch.height))


def unseen(patch: Patch, size: int, row: int, border: Border) -> bool:
    """Say whether no pixel of the rectangle lies under the averaging filter anywhere in a row."""
    return not any(block_sums(_covered(patch), size, row, SOURCES[border]))


def row_steps(patch: Patch, size: int, row: int, border: Border) -> dict[str, Any]:
    """Return how :func:`blurred_row` comes about: indices of the filter, pixels that it reads, and their counts."""
    offsets = reach(size)
    return {
        "indices": (-offsets[-1], -offsets[0]),
        "reach": (offsets[0], offsets[-1]),
        "rows": (row + offsets[0], row + offsets[-1]),
        "area": size**2,
        "counts": counts(patch, size, row, border),
    }


def laplacian(stencil: Laplacian) -> Kernel:
    """Return the 3 x 3 filter that adds up the weighted second differences in four directions."""
    a, d = stencil
    return ((d, a, d), (a, -4 * (a + d), a), (d, a, d))


def respond(image: Grid, kernel: Kernel) -> Kernel:
    """Return the true convolution wherever the 3 x 3 ``kernel`` lies inside the image."""
    entries, unit = whole([tap for line in kernel for tap in line])
    totals = convolve2d(image, (tuple(entries[:3]), tuple(entries[3:6]), tuple(entries[6:])), stride=1, pad=0)
    return tuple(tuple(Fraction(total, unit) for total in line) for line in totals)


def outline(stencil: Laplacian) -> str:
    """Return on which side of an edge the response is positive, which the display shows: ``dark`` or ``bright``.

    On the dark side of an edge some neighbors are brighter than the pixel, so second differences are positive.
    """
    return "dark" if stencil.sides + stencil.corners > 0 else "bright"


def strongest(image: Grid, stencil: Laplacian) -> dict[str, Any]:
    """Return the position of the largest response without its sign, and the sums that it comes from."""
    response = respond(image, laplacian(stencil))
    places = ((i, j) for i in range(1, len(image) - 1) for j in range(1, len(image[0]) - 1))
    i, j = max(places, key=lambda place: abs(response[place[0] - 1][place[1] - 1]))
    return {
        "row": i,
        "column": j,
        "pixel": image[i][j],
        "sides": (image[i - 1][j], image[i + 1][j], image[i][j - 1], image[i][j + 1]),
        "corners": tuple(image[i + k][j + m] for k in (-1, 1) for m in (-1, 1)),
        "value": response[i - 1][j - 1],
    }
