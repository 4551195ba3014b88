"""Symmetries of kernels and images that would hide a misconception (predicates for rejecting a draw)."""

from __future__ import annotations

from itertools import pairwise

from solvers.convolution.exact import Grid, rotate


def is_even(kernel: Grid) -> bool:
    """Say whether ``kernel`` equals itself turned by 180 degrees: then flipping makes no difference."""
    return rotate(kernel) == kernel


def is_odd(kernel: Grid) -> bool:
    """Say whether turning ``kernel`` changes all signs: then no flip looks like a slip of the sign."""
    return rotate(kernel) == tuple(tuple(-value for value in row) for row in kernel)


def has_even_rows(kernel: Grid) -> bool:
    """Say whether every row reads the same backwards: then a flip up-down is the whole flip."""
    return all(row == row[::-1] for row in kernel)


def has_even_columns(kernel: Grid) -> bool:
    """Say whether every column reads the same backwards: then a flip left-right is the whole flip."""
    return kernel == kernel[::-1]


def is_symmetric(kernel: Grid) -> bool:
    """Say whether ``kernel`` is symmetric about one of its diagonals: then a transpose hides."""
    transposed = tuple(zip(*kernel, strict=True))
    return transposed in (kernel, rotate(kernel))


def has_empty_border(kernel: Grid) -> bool:
    """Say whether an outer row or column is zero: the kernel then is a smaller one in disguise."""
    return not all(any(line) for line in (kernel[0], kernel[-1], [r[0] for r in kernel], [r[-1] for r in kernel]))


def fits_into_frame(kernel: Grid, pad: int) -> bool:
    """Say whether ``kernel`` lies inside a frame of width ``pad`` somewhere: entries there are zero anyway."""
    return pad >= min(len(kernel), len(kernel[0]))


def is_affine(image: Grid) -> bool:
    """Say whether ``image[i][j]`` is a + b i + c j: then the interior of the result is constant."""
    columns = tuple(zip(*image, strict=True))
    return _steps_are_constant(image) and _steps_are_constant(columns)


def _steps_are_constant(rows: Grid) -> bool:
    """Say whether neighbours along every row differ by one and the same number."""
    return len({right - left for row in rows for left, right in pairwise(row)}) <= 1
