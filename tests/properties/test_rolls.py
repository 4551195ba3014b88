"""Equivariance under rolls of a torus: what circular padding keeps, and what strides, zeros and turns break."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.convolution.exact import Grid, convolve2d
from solvers.convolution.wrong import circular_padding, reflect_padding, replicate_padding
from solvers.equivariance import exact, oracle, patterns, wrong
from solvers.equivariance.images import Network, Size, Stamp
from solvers.filters import exact as filters

few = settings(max_examples=40, deadline=None)

Road = Callable[[Grid, Grid, int, int], Grid]


def grid(rows: int, columns: int) -> st.SearchStrategy[Grid]:
    return st.tuples(*[st.tuples(*[st.integers(-9, 9)] * columns)] * rows)


images, kernels = grid(4, 6), grid(3, 3)
steps = st.tuples(st.integers(-7, 7), st.integers(-7, 7))


def rolled(image: Grid, down: int, right: int) -> Grid:
    """The image on the torus, moved down and to the right."""
    height, width = len(image), len(image[0])
    return tuple(tuple(image[(i - down) % height][(j - right) % width] for j in range(width)) for i in range(height))


# Layers --------------------------------------------------------------------------------------------


@few
@given(images, kernels, steps)
def test_circular_convolution_commutes_with_every_roll(image: Grid, kernel: Grid, by: tuple[int, int]) -> None:
    assert circular_padding(rolled(image, *by), kernel, 1, 1) == rolled(circular_padding(image, kernel, 1, 1), *by)


@few
@given(images, kernels, kernels)
def test_circular_convolutions_commute_with_each_other(image: Grid, one: Grid, other: Grid) -> None:
    """Each is a sum of rolls, and rolls commute."""
    there = circular_padding(circular_padding(image, one, 1, 1), other, 1, 1)
    assert there == circular_padding(circular_padding(image, other, 1, 1), one, 1, 1)


@few
@given(images, kernels, steps)
def test_rectifying_and_averaging_leave_nothing_of_a_roll(image: Grid, kernel: Grid, by: tuple[int, int]) -> None:
    def feature(seen: Grid) -> int:
        first = tuple(tuple(max(value, 0) for value in row) for row in circular_padding(seen, kernel, 1, 1))
        return sum(map(sum, circular_padding(first, kernel, 1, 1)))

    assert feature(rolled(image, *by)) == feature(image)


@few
@given(images, kernels, steps)
def test_stride_two_follows_every_second_roll(image: Grid, kernel: Grid, by: tuple[int, int]) -> None:
    down, right = by
    moved = circular_padding(rolled(image, 2 * down, 2 * right), kernel, 2, 1)
    assert moved == rolled(circular_padding(image, kernel, 2, 1), down, right)


@few
@given(images, steps, st.integers(1, 7))
def test_a_circular_average_commutes_with_every_roll(image: Grid, by: tuple[int, int], size: int) -> None:
    def blurred(seen: Grid) -> Grid:
        return tuple(filters.blurred_row(seen, size, row, "wrap") for row in range(len(seen)))

    assert blurred(rolled(image, *by)) == rolled(blurred(image), *by)


DOT = ((5, 0, 0), (0, 0, 0), (0, 0, 0))
CROSS = ((0, 1, 0), (1, 2, 1), (0, 1, 0))


@pytest.mark.parametrize(
    ("road", "equivariant", "keeps_the_sum"),
    [
        (circular_padding, True, True),
        (convolve2d, False, False),  # what falls outside is lost
        (replicate_padding, False, True),  # what falls outside falls back: one wide, this is a mirror at the edge
        (reflect_padding, False, False),  # a mirror on the first pixel does not show that pixel again
    ],
)
def test_other_paddings_see_where_the_border_is(road: Road, equivariant: bool, keeps_the_sum: bool) -> None:
    """A dot in the corner and the same dot in the middle."""
    corner, middle = road(DOT, CROSS, 1, 1), road(rolled(DOT, 1, 1), CROSS, 1, 1)
    assert (middle == rolled(corner, 1, 1)) is equivariant
    assert (sum(map(sum, middle)) == sum(map(sum, corner))) is keeps_the_sum


def test_zeros_are_equivariant_as_long_as_nothing_comes_near_the_border() -> None:
    image = tuple((0,) * 2 + row + (0,) * 2 for row in ((0,) * 3, (0,) * 3, *DOT, (0,) * 3, (0,) * 3))
    assert convolve2d(rolled(image, 1, 1), CROSS, 1, 1) == rolled(convolve2d(image, CROSS, 1, 1), 1, 1)
    assert convolve2d(rolled(image, 4, 0), CROSS, 1, 1) != rolled(convolve2d(image, CROSS, 1, 1), 4, 0)


def test_a_stride_does_not_follow_a_single_step() -> None:
    image = ((1, 2, 3, 4), (0, 5, 0, 0))
    there = circular_padding(rolled(image, 0, 1), ((1,),), 2, 0)
    samples = circular_padding(image, ((1,),), 2, 0)
    assert all(there != rolled(samples, 0, by) for by in range(2))


def test_a_turn_goes_through_with_the_kernel_only() -> None:
    """No roll: turning the image turns the result if the kernel is turned, too, or symmetric."""
    uneven = ((0, 0, 0), (1, 2, 0), (0, 0, 0))
    image = ((1, 2, 0), (0, 3, 5), (4, 0, 1))

    def turned(seen: Grid) -> Grid:
        return tuple(zip(*reversed(seen), strict=True))

    for kernel, invariant in ((CROSS, True), (uneven, False)):
        result = circular_padding(image, kernel, 1, 1)
        assert circular_padding(turned(image), turned(kernel), 1, 1) == turned(result)
        assert (circular_padding(turned(image), kernel, 1, 1) == turned(result)) is invariant


# Images that are shifts of each other --------------------------------------------------------------

sizes = st.builds(Size, st.integers(3, 6), st.integers(3, 6))
rows = st.lists(st.text("01", min_size=2, max_size=2), min_size=2, max_size=3).map(tuple)


@st.composite
def stamps(draw: st.DrawFn) -> tuple[Size, Stamp, Stamp, Stamp]:
    """Three images on one torus; often some of them are shifts."""
    size, shapes = draw(sizes), draw(st.lists(rows, min_size=1, max_size=3))
    places = [(draw(st.sampled_from(shapes)), draw(st.integers(1, 6)), draw(st.integers(1, 6))) for _ in range(3)]
    one, two, three = (Stamp(*place) for place in places)
    return size, one, two, three


@few
@given(stamps())
def test_being_a_shift_is_an_equivalence(drawn: tuple[Size, Stamp, Stamp, Stamp]) -> None:
    size, *found = drawn
    a, b, c = (exact.ink(size, stamp) for stamp in found)
    assert exact.is_shift(size, a, a)
    assert exact.is_shift(size, a, b) == exact.is_shift(size, b, a)
    if exact.is_shift(size, a, b):
        assert exact.is_shift(size, b, c) == exact.is_shift(size, a, c)


@few
@given(stamps(), steps)
def test_claims_do_not_depend_on_where_the_images_are(drawn: tuple[Size, Stamp, Stamp, Stamp], by: tuple[int, int]):
    size, pattern, *queries = drawn
    moved = [Stamp(query.rows, query.top + by[0], query.left + by[1]) for query in queries]
    assert exact.claims(size, pattern, moved) == exact.claims(size, pattern, queries)


@few
@given(rows)
def test_turns_and_mirrors_form_the_group_of_the_square(shape: tuple[str, ...]) -> None:
    quarter, half, three = (patterns.turned(shape, turn) for turn in patterns.TURNS)
    across, upright = (patterns.mirrored(shape, mirror) for mirror in patterns.MIRRORS)
    assert patterns.turned(quarter, "three-quarter-turn") == shape == patterns.mirrored(across, "left-right")
    assert patterns.turned(quarter, "quarter-turn") == half == patterns.mirrored(across, "up-down")
    assert patterns.mirrored(patterns.turned(across, "quarter-turn"), "left-right") == three
    assert patterns.turned(across, "half-turn") == upright


@few
@given(stamps(), st.sampled_from((Network(3, 1, 1), Network(2, 1, 0), Network(1, 0, 0))))
def test_torch_networks_on_a_torus_do_not_see_shifts(
    torch: ModuleType, drawn: tuple[Size, Stamp, Stamp, Stamp], network: Network
) -> None:
    size, *found = drawn
    features = oracle.simulate(size, network, found)
    for k, stamp in enumerate(found[1:], start=1):
        if exact.claims(size, found[0], [stamp]) == ["same"]:
            torch.testing.assert_close(features[k], features[0], rtol=0, atol=oracle.EQUAL)


def test_zero_padding_lets_the_features_see_the_place(torch: ModuleType) -> None:
    from torch.nn.functional import conv2d

    size, weight = Size(5, 5), torch.tensor([[[[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]]]).double()
    one, other = (oracle.render(size, Stamp(("1",), *place))[None, None] for place in ((1, 1), (3, 3)))
    around = [conv2d(oracle.around(x, Network(3, 1, 1)), weight).relu().mean() for x in (one, other)]
    zeros = [conv2d(x, weight, padding=1).relu().mean() for x in (one, other)]
    assert around[0] == around[1] == zeros[1]
    assert zeros[0] < zeros[1]


@pytest.mark.parametrize(
    ("belief", "change"),
    [
        (wrong.rotation_invariance, lambda shape: patterns.turned(shape, "quarter-turn")),
        (wrong.reflection_invariance, lambda shape: patterns.mirrored(shape, "left-right")),
        (wrong.arrangement_forgotten, lambda shape: patterns.altered(shape)[0]),
    ],
)
def test_a_believed_invariance_is_refuted_by_one_layer(belief, change) -> None:
    """The belief says "same"; a filter that matches one patch of the pattern counts it, and finds fewer there."""
    size, shape = Size(6, 6), patterns.ASYMMETRIC[0]
    one, other = Stamp(shape, 2, 2), Stamp(change(shape), 3, 2)
    assert belief(size, one, [other]) == {0: "same"}
    found = exact.witness(size, 3, one, other)
    assert found is not None
    kernel = tuple(tuple(1 if pixel else -1 for pixel in row[::-1]) for row in found.patch[::-1])
    bias = 1 - sum(map(sum, found.patch))

    def count(stamp: Stamp) -> int:
        ink = exact.ink(size, stamp)
        image = tuple(tuple(int((i, j) in ink) for j in range(size.width)) for i in range(size.height))
        return sum(max(value + bias, 0) for row in circular_padding(image, kernel, 1, 1) for value in row)

    assert (count(one), count(other)) == (found.here, found.there)
    assert count(one) > count(other)
