"""What students answer who hold a misconception about averaging or Laplacian filters."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from solvers.filters.exact import (
    SOURCES,
    Border,
    Kernel,
    Laplacian,
    block_sums,
    blurred_row,
    inside,
    laplacian,
    offset_sums,
    reach,
)
from solvers.filters.patches import Grid

Row = tuple[Fraction, ...]

# Averaging -----------------------------------------------------------------------------------------


def ones(sizes: Iterable[int]) -> Row:
    """Take a filter of ones."""
    return tuple(Fraction(1) for _ in sizes)


def unnormalized_row(image: Grid, size: int, row: int, border: Border) -> Row:
    """Add up the block instead of averaging it."""
    return tuple(Fraction(total) for total in block_sums(image, size, row, SOURCES[border]))


def reciprocals(sizes: Iterable[int]) -> Row:
    """Divide by the side n of the filter instead of its n * n entries."""
    return tuple(Fraction(1, size) for size in sizes)


def row_over_side(image: Grid, size: int, row: int, border: Border) -> Row:
    """Divide the sum of the block by its side."""
    return tuple(Fraction(total, size) for total in block_sums(image, size, row, SOURCES[border]))


def shifted_row(image: Grid, size: int, row: int, border: Border) -> Row:
    """Read the pixels at i + k instead of i - k, which for even sizes moves the block by one pixel."""
    offsets = [-k for k in reach(size)]
    return tuple(Fraction(total, size**2) for total in offset_sums(image, offsets, row, SOURCES[border]))


def zero_border_row(image: Grid, size: int, row: int) -> Row:
    """Put zeros around the image."""
    return blurred_row(image, size, row, "zero")


def other_mirror_row(image: Grid, size: int, row: int, border: Border) -> Row:
    """Repeat the border pixel where the mirror image must not, or the other way round."""
    return blurred_row(image, size, row, "mirror" if border == "reflect" else "reflect")


def inside_only_row(image: Grid, size: int, row: int) -> Row:
    """Average over those pixels of the block that lie inside the image."""
    known = tuple((1,) * len(line) for line in image)
    totals, pixels = (block_sums(grid, size, row, inside) for grid in (image, known))
    return tuple(Fraction(total, count) for total, count in zip(totals, pixels, strict=True))


def truncated_row(image: Grid, size: int, row: int, border: Border) -> Row:
    """Filter an image of integers: the results are cut off to integers."""
    return tuple(Fraction(int(value)) for value in blurred_row(image, size, row, border))


# Edges ---------------------------------------------------------------------------------------------


def opposite_sign(stencil: Laplacian) -> Laplacian:
    """Subtract where the second differences are to be added."""
    return Laplacian(-stencil.sides, -stencil.corners)


def eight_neighbors(stencil: Laplacian) -> Laplacian:
    """Count the diagonals like rows and columns."""
    return Laplacian(stencil.sides, stencil.sides)


def four_neighbors(stencil: Laplacian) -> Laplacian:
    """Leave the diagonals out."""
    return Laplacian(stencil.sides, Fraction(0))


def center_of_four(stencil: Laplacian) -> Kernel:
    """Use the diagonals but keep the center of a filter without them: the entries do not add up to zero."""
    (top, (left, _, right), bottom) = laplacian(stencil)
    return top, (left, -4 * stencil.sides, right), bottom


def gradient(stencil: Laplacian) -> Kernel:
    """Take first differences from left to right instead of second differences in all directions."""
    a, empty = abs(stencil.sides), (Fraction(0),) * 3
    return empty, (a, Fraction(0), -a), empty
