"""Averaging and Laplacian filters by their responses: gain at frequency zero and elsewhere, symmetry, energy."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.convolution.exact import full
from solvers.filters import wrong
from solvers.filters.exact import SOURCES, Border, Kernel, Laplacian, blurred_row, laplacian, reach, respond

few = settings(max_examples=40, deadline=None)
F = Fraction

Grid = tuple[tuple[int, ...], ...]

weights = st.integers(-36, 36).map(lambda n: F(n, 12))
stencils = st.builds(Laplacian, weights, weights)
borders = st.sampled_from([*SOURCES])
known_borders = st.sampled_from([border for border in SOURCES if border != "zero"])


def grid(rows: int, columns: int) -> st.SearchStrategy[Grid]:
    return st.tuples(*[st.tuples(*[st.integers(-50, 50)] * columns)] * rows)


def image_of(f: Callable[[int, int], int], rows: int = 5, columns: int = 6) -> Grid:
    return tuple(tuple(f(i, j) for j in range(columns)) for i in range(rows))


def transposed(image: Kernel | Grid) -> Kernel:
    return tuple(zip(*image, strict=True))


def mirrored(image: Kernel | Grid) -> Kernel:
    return tuple(row[::-1] for row in image)


def blurred(image: Grid, size: int, border: Border) -> Kernel:
    return tuple(blurred_row(image, size, row, border) for row in range(len(image)))


# Averages ------------------------------------------------------------------------------------------


@few
@given(grid(4, 5), st.integers(1, 7), known_borders, st.integers(1, 5), st.integers(-9, 9))
def test_averages_keep_contrast_and_brightness_changes(
    image: Grid, size: int, border: Border, contrast: int, brightness: int
) -> None:
    """Linear with gain 1 for constants; and a mean lies between the least and the greatest pixel."""
    changed = tuple(tuple(contrast * x + brightness for x in row) for row in image)
    before = blurred(image, size, border)
    assert blurred(changed, size, border) == tuple(tuple(contrast * y + brightness for y in row) for row in before)
    pixels = [x for row in image for x in row]
    assert all(min(pixels) <= y <= max(pixels) for row in before for y in row)


@few
@given(grid(4, 5), grid(4, 5), st.integers(1, 7), borders)
def test_averages_keep_the_order_of_images(image: Grid, light: Grid, size: int, border: Border) -> None:
    """Where light is added nothing gets darker, whatever the border."""
    lighter = tuple(tuple(x + abs(z) for x, z in zip(*rows, strict=True)) for rows in zip(image, light, strict=True))
    pairs = zip(blurred(image, size, border), blurred(lighter, size, border), strict=True)
    assert all(y <= z for rows in pairs for y, z in zip(*rows, strict=True))


@few
@given(grid(4, 4), st.sampled_from((1, 3, 5)), borders)
def test_odd_averages_are_turned_and_mirrored_with_the_image(image: Grid, size: int, border: Border) -> None:
    for change in (transposed, mirrored):
        assert blurred(change(image), size, border) == change(blurred(image, size, border))


@few
@given(grid(4, 4), st.sampled_from((2, 4)), borders)
def test_even_averages_mirror_into_the_belief_that_shifts_them(image: Grid, size: int, border: Border) -> None:
    believed = tuple(wrong.shifted_row(image, size, row, border) for row in range(4))
    turned = mirrored(image[::-1])
    assert mirrored(blurred(turned, size, border)[::-1]) == believed


@few
@given(st.integers(1, 9))
def test_the_finest_pattern_is_damped_most(size: int) -> None:
    """Signs that alternate cancel in pairs: gain 0 for even sizes, (+-1/n)^2 for odd ones."""
    board = image_of(lambda i, j: (-1) ** (i + j), 4, 6)
    expected = F(size % 2, size**2)
    assert blurred(board, size, "wrap") == tuple(tuple(expected * x for x in row) for row in board)


@few
@given(grid(4, 6), st.integers(1, 5), st.integers(1, 5))
def test_averages_around_a_torus_follow_each_other_in_any_order(image: Grid, first: int, second: int) -> None:
    scaled = tuple(tuple(x * (first * second) ** 2 for x in row) for row in image)  # whole numbers all the way

    def twice(one: int, other: int) -> Kernel:
        middle = tuple(tuple(int(y) for y in row) for row in blurred(scaled, one, "wrap"))
        return blurred(middle, other, "wrap")

    assert twice(first, second) == twice(second, first)


@few
@given(st.integers(1, 9))
def test_the_center_of_mass_of_an_average(size: int) -> None:
    """Pixels i - k for k from -floor(n/2) on: symmetric for odd n, half a pixel ahead for even n."""
    assert F(sum(reach(size)), size) == (0 if size % 2 else F(1, 2))
    slope = image_of(lambda _, j: 2 * j, 1, 40)
    middle = blurred_row(slope, size, 0, "nearest")[20]
    assert middle == 40 + (0 if size % 2 else 1)


IMAGE: Grid = ((9, 0, 3, 4), (1, 5, 2, 8), (7, 7, 0, 6))


@pytest.mark.parametrize(
    ("belief", "laws"),
    [
        (lambda image: blurred(image, 3, "reflect"), "keeps constants, is linear, keeps the sum"),
        (lambda image: _rows(wrong.unnormalized_row, image, 3, "reflect"), "is linear"),
        (lambda image: _rows(wrong.row_over_side, image, 3, "reflect"), "is linear"),
        (lambda image: _rows(wrong.zero_border_row, image, 3), "is linear"),
        (lambda image: _rows(wrong.inside_only_row, image, 3), "keeps constants, is linear"),
        (lambda image: _rows(wrong.other_mirror_row, image, 3, "reflect"), "keeps constants, is linear"),
        (lambda image: _rows(wrong.truncated_row, image, 3, "reflect"), "keeps constants"),
    ],
)
def test_which_laws_a_belief_keeps(belief: Callable[[Grid], Kernel], laws: str) -> None:
    other = transposed(((1, 2, 3), (4, 5, 6), (7, 8, 10), (0, 1, 1)))
    both = tuple(tuple(x + z for x, z in zip(*rows, strict=True)) for rows in zip(IMAGE, other, strict=True))
    sums = zip(belief(IMAGE), belief(other), strict=True)
    kept = {
        "keeps constants": belief(((5,) * 4,) * 3) == ((5,) * 4,) * 3,
        "is linear": belief(both) == tuple(tuple(y + z for y, z in zip(*rows, strict=True)) for rows in sums),
        "keeps the sum": sum(map(sum, belief(IMAGE))) == sum(map(sum, IMAGE)),
    }
    assert ", ".join(law for law, holds in kept.items() if holds) == laws


def _rows(belief, image: Grid, size: int, *border: Border) -> Kernel:
    return tuple(belief(image, size, row, *border) for row in range(len(image)))


# Laplacians ----------------------------------------------------------------------------------------


@few
@given(grid(4, 5), stencils)
def test_a_laplacian_is_turned_and_mirrored_with_the_image(image: Grid, stencil: Laplacian) -> None:
    kernel = laplacian(stencil)
    for change in (transposed, mirrored):
        assert change(kernel) == kernel
        assert respond(change(image), kernel) == change(respond(image, kernel))


@few
@given(stencils, st.integers(1, 3), st.integers(-3, -1))
def test_powers_are_eigenfunctions(stencil: Laplacian, z: int, w: int) -> None:
    """x[i, j] = z^i w^j is multiplied by the transfer function; waves are its values on the unit circle."""
    a, d = stencil
    p, q = z + F(1, z), w + F(1, w)
    gain = a * (p + q - 4) + d * (p * q - 4)
    image = image_of(lambda i, j: z**i * w**j, 4, 4)
    expected = tuple(tuple(gain * x for x in row[1:-1]) for row in image[1:-1])
    assert respond(image, laplacian(stencil)) == expected


@few
@given(stencils)
def test_waves_of_whole_numbers(stencil: Laplacian) -> None:
    """Gains at (0, 0), (pi/2, 0), (pi, 0) and (pi, pi)."""
    a, d = stencil
    quarter = (1, 0, -1, 0)
    for f, gain in (
        (lambda i, j: 1, F(0)),
        (lambda i, j: quarter[i % 4], -2 * a - 4 * d),
        (lambda i, j: (-1) ** i, -4 * a - 8 * d),
        (lambda i, j: (-1) ** (i + j), -8 * a),
    ):
        image = image_of(f)
        assert respond(image, laplacian(stencil)) == tuple(tuple(gain * x for x in row[1:-1]) for row in image[1:-1])


@few
@given(stencils, *[st.integers(-4, 4)] * 3)
def test_a_paraboloid_gives_the_second_derivatives(stencil: Laplacian, p: int, q: int, r: int) -> None:
    """p i^2 + q i j + r j^2 gives (a + 2 d) times its Laplacian 2 p + 2 r; i^2 - j^2 and i j are harmonic."""
    image = image_of(lambda i, j: p * i * i + q * i * j + r * j * j)
    assert {y for row in respond(image, laplacian(stencil)) for y in row} == {
        (stencil.sides + 2 * stencil.corners) * 2 * (p + r)
    }


@few
@given(grid(3, 3), stencils)
def test_energy_is_the_sum_of_squared_differences(image: Grid, stencil: Laplacian) -> None:
    """-<x, L x> on the plane is the weighted sum of all squared differences of neighbors (Green's first identity)."""
    unit = 12  # the denominator of the weights
    kernel = tuple(tuple(int(unit * tap) for tap in row) for row in laplacian(stencil))
    response = full(image, kernel)
    energy = -sum(x * response[i + 1][j + 1] for i, row in enumerate(image) for j, x in enumerate(row))

    def at(i: int, j: int) -> int:
        return image[i][j] if 0 <= i < 3 and 0 <= j < 3 else 0

    def differences(down: int, right: int) -> int:
        return sum((at(i + down, j + right) - at(i, j)) ** 2 for i in range(-1, 4) for j in range(-1, 4))

    a, d = stencil
    total = a * (differences(0, 1) + differences(1, 0)) + d * (differences(1, 1) + differences(1, -1))
    assert energy == unit * total


@pytest.mark.parametrize(
    ("kernel", "laws"),
    [
        (laplacian(Laplacian(F(2), F(1))), "no constants, no ramps, symmetric, right on paraboloids"),
        (laplacian(wrong.opposite_sign(Laplacian(F(2), F(1)))), "no constants, no ramps, symmetric"),
        (laplacian(wrong.eight_neighbors(Laplacian(F(2), F(1)))), "no constants, no ramps, symmetric"),
        (laplacian(wrong.four_neighbors(Laplacian(F(2), F(1)))), "no constants, no ramps, symmetric"),
        (wrong.center_of_four(Laplacian(F(2), F(1))), "symmetric"),
        (wrong.gradient(Laplacian(F(2), F(1))), "no constants"),
    ],
)
def test_which_laws_a_believed_kernel_keeps(kernel: Kernel, laws: str) -> None:
    """ "Weak on corners": the gain 2 p + 2 r of paraboloids for these weights, times a + 2 d = 4."""

    def gives(f: Callable[[int, int], int], value: int) -> bool:
        return {y for row in respond(image_of(f), kernel) for y in row} == {F(value)}

    kept = {
        "no constants": gives(lambda i, j: 7, 0),
        "no ramps": gives(lambda i, j: i + 3 * j, 0),
        "symmetric": transposed(kernel) == kernel == mirrored(kernel),
        "right on paraboloids": gives(lambda i, j: i * i, 8),
    }
    assert ", ".join(law for law, holds in kept.items() if holds) == laws
