"""Receptive fields as an algebra of stacks: they compose, count positions, and are the support of a gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solvers.architecture.exact import rows, same_padding
from solvers.architecture.layers import Conv, Pool
from solvers.fields import wrong
from solvers.fields.exact import Cost, Field, Window, costs, extend, fields, layers_needed
from solvers.layers.exact import positions

if TYPE_CHECKING:
    from torch import Tensor

few = settings(max_examples=50, deadline=None)

windows = st.one_of(
    st.tuples(st.just("conv"), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.just("pool"), st.integers(1, 3), st.integers(1, 3), st.just(1)),
)
stacks = st.lists(windows, max_size=3)


def above(below: Field, upper: Field) -> Field:
    """The field of one stack on top of another."""
    return Field(below.side + below.jump * (upper.side - 1), below.jump * upper.jump)


def counted(stack: Sequence[Window], size: int) -> int:
    """The cells that are left of ``size``, layer by layer."""
    for _, kernel, stride, dilation in stack:
        size = positions(size, dilation * (kernel - 1) + 1, stride)
    return size


# Algebra -------------------------------------------------------------------------------------------


@few
@given(stacks, stacks, stacks)
def test_fields_of_stacks_compose(first: list[Window], second: list[Window], third: list[Window]) -> None:
    one, two, three = (fields(stack)[-1] for stack in (first, second, third))
    assert fields(first + second)[-1] == above(one, two)
    assert above(above(one, two), three) == above(one, above(two, three))
    assert above(one, Field(1, 1)) == one == above(Field(1, 1), one)


@few
@given(stacks, st.integers(0, 30))
def test_a_stack_counts_positions_like_one_window_of_its_field(stack: list[Window], more: int) -> None:
    """Rounded down layer by layer or once; a size below the side leaves no cell."""
    field = fields(stack)[-1]
    assert counted(stack, field.side + more) == positions(field.side + more, field.side, field.jump)
    if field.side > 1:
        with pytest.raises(ValueError, match="does not fit"):
            counted(stack, field.side - 1)


@few
@given(stacks, windows)
def test_more_layers_never_see_less(stack: list[Window], window: Window) -> None:
    below = fields(stack)[-1]
    after = extend(below, window)
    assert after.side >= below.side
    assert after.jump % below.jump == 0
    assert (after.side == below.side) == (window[1] == 1)  # 1 x 1 windows see what the cell below saw


@few
@given(st.lists(st.tuples(st.just("conv"), st.integers(1, 5), st.just(1), st.integers(1, 3)), max_size=4), st.randoms())
def test_without_strides_the_order_plays_no_part(stack: list[Window], random) -> None:
    shuffled = [*stack]
    random.shuffle(shuffled)
    assert fields(shuffled)[-1] == fields(stack)[-1]


def test_with_strides_it_does() -> None:
    conv, pool = ("conv", 3, 1, 1), ("pool", 2, 2, 1)
    assert (fields([conv, pool])[-1], fields([pool, conv])[-1]) == ((4, 2), (6, 2))


@few
@given(st.integers(2, 9), st.integers(1, 60))
def test_the_depth_needed_is_the_least_that_reaches(kernel: int, width: int) -> None:
    depth = layers_needed(kernel, width)
    assert fields([("conv", kernel, 1, 1)] * depth)[-1].side >= width
    assert depth == 0 or fields([("conv", kernel, 1, 1)] * (depth - 1))[-1].side < width


# Beliefs -------------------------------------------------------------------------------------------

STACK: list[Window] = [("conv", 3, 2, 1), ("pool", 2, 2, 1), ("conv", 3, 1, 2)]
"""Sides 3, 5, 21; jumps 2, 4, 4."""


@pytest.mark.parametrize(
    ("belief", "error"),
    [
        (lambda stack: fields(stack)[-1].side, 0),
        (wrong.product, -1),
        (wrong.power, -1),
        (wrong.no_centre, -1),
        (wrong.half_kernel, -1),
        (lambda stack: wrong.padding_counts(stack, 1), 1),
        (wrong.ignore_jump, -1),
        (wrong.ignore_dilation, -1),
        (wrong.dilation_is_gaps, 1),
        (wrong.pool_adds_nothing, -1),
        (wrong.stride_too_early, 1),
    ],
)
def test_an_image_as_large_as_the_field_leaves_one_cell(belief: Callable[[list[Window]], int], error: int) -> None:
    """A side believed too small leaves no cell at all; one that is too large has room to spare."""
    side = belief(STACK)
    assert (side > 21) - (side < 21) == error
    if error < 0:
        with pytest.raises(ValueError, match="does not fit"):
            counted(STACK, side)
    else:
        assert counted(STACK, side) == 1 + (side - 21) // 4
        assert any(_fits(smaller) for smaller in range(1, side)) == (error > 0)


def _fits(size: int) -> bool:
    try:
        return counted(STACK, size) > 0
    except ValueError:
        return False


def test_the_latest_stride_alone_gives_another_number_of_cells() -> None:
    stack: list[Window] = [("conv", 3, 2, 1), ("conv", 1, 3, 1)]
    right, believed = fields(stack)[-1], wrong.last_stride_only(stack)
    assert (right, believed) == ((3, 6), (3, 3))
    assert counted(stack, 15) == positions(15, *right) == 3
    assert positions(15, *believed) == 5


# Gradients of torch --------------------------------------------------------------------------------


def stacked(torch: ModuleType, stack: Sequence[Window], padding: int) -> Callable[[Tensor], Tensor]:
    """Layers whose derivatives cannot cancel: convolutions of positive weights and averages."""

    def through(x: Tensor) -> Tensor:
        for kind, kernel, stride, dilation in stack:
            if kind == "pool":
                x = torch.nn.functional.avg_pool2d(x, kernel, stride)
            else:
                weight = torch.ones(1, 1, kernel, kernel, dtype=torch.float64)
                x = torch.nn.functional.conv2d(x, weight, stride=stride, dilation=dilation, padding=padding)
        return x

    return through


def seen(torch: ModuleType, through: Callable[[Tensor], Tensor], size: int, cell: tuple[int, int]) -> Tensor:
    """The corners of what a cell sees: (first row and column, last row and column)."""
    image = torch.ones(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(through(image)[0, 0][cell], image)
    lit = gradient[0, 0].nonzero()
    return torch.stack([lit.min(dim=0).values, lit.max(dim=0).values])


@settings(max_examples=30, deadline=None)
@given(stacks, st.integers(0, 2))
def test_the_gradient_of_a_cell_lives_on_its_field_and_neighbors_are_a_jump_apart(
    torch: ModuleType, stack: list[Window], padding: int
) -> None:
    """Padding moves the fields; away from the border it changes neither the side nor the jump."""
    field = fields(stack)[-1]
    assume(field.side + 20 * field.jump <= 150)
    size = field.side + 20 * field.jump
    through = stacked(torch, stack, padding)
    middle = through(torch.ones(1, 1, size, size, dtype=torch.float64)).shape[-1] // 2
    cells = [(middle, middle), (middle + 1, middle)]
    one, other = (seen(torch, through, size, cell) for cell in cells)
    assert (one[1] - one[0] + 1).tolist() == [field.side] * 2
    assert (other - one).tolist() == [[field.jump, 0]] * 2


@settings(max_examples=20, deadline=None)
@given(st.sampled_from((1, 3, 5)), st.lists(st.booleans(), max_size=4), st.integers(64, 79))
def test_the_table_of_a_network_and_the_fields_of_its_cells_belong_together(
    torch: ModuleType, kernel: int, pooled: list[bool], size: int
) -> None:
    """Convolutions keep the size and pools divide it by the jump, rounding down; the cells see what the fields say."""
    network = tuple(Pool(2) if each else Conv(kernel, 1) for each in pooled)
    stack: list[Window] = [("pool", 2, 2, 1) if each else ("conv", kernel, 1, 1) for each in pooled]
    field, side = fields(stack)[-1], rows((size, size, 1), network)[-1].activations[0]
    assert side == size // field.jump
    through = stacked(torch, stack, same_padding(kernel))
    assert through(torch.ones(1, 1, size, size, dtype=torch.float64)).shape[-1] == side
    assume(field.side <= 30)  # in the middle it does not reach the border
    first, last = seen(torch, through, size, (side // 2, side // 2))
    assert (last - first + 1).tolist() == [field.side] * 2


# Costs ---------------------------------------------------------------------------------------------

BASE = Cost(
    width=16, height=12, kernel=2, stride=2, padding=0, next_kernel=3,
    channels=4, filters=6, pooled_channels=4, pooled_filters=6,
)  # fmt: skip


@few
@given(*[st.integers(1, 4)] * 3)
def test_costs_scale_with_every_factor(inputs: int, outputs: int, tiles: int) -> None:
    """Positions, channels in and channels out: multiplying one of them multiplies the work."""
    scaled = BASE._replace(pooled_channels=4 * inputs, pooled_filters=6 * outputs)
    assert costs(scaled)["ratio"] == inputs * outputs * Fraction(1, 4)
    assert costs(scaled)["weights"] == ("same" if inputs * outputs == 1 else "more")
    larger = BASE._replace(width=16 * tiles, height=12 * tiles)
    assert costs(larger)["macs_full"] == tiles**2 * costs(BASE)["macs_full"]
    assert costs(larger)["ratio"] == costs(BASE)["ratio"]


def test_halved_work_does_not_see_the_height() -> None:
    """The work of a turned image is the same; who divides one axis only says otherwise."""
    layer = BASE._replace(width=15, stride=2)
    turned = layer._replace(width=layer.height, height=layer.width)
    assert costs(turned) == costs(layer)
    assert wrong.compute_halves(turned) != wrong.compute_halves(layer)
