"""Receptive fields and the cost of the layer above downsampling: hand cases, torch, and every misconception."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.fields import exact, oracle, wrong
from solvers.fields.exact import Cost, Window

EQUAL: list[Window] = [("conv", 3, 1, 1)] * 4
MIXED: list[Window] = [
    ("conv", 3, 1, 1),  # 1 -> 3
    ("pool", 2, 2, 1),  # -> 4, jump 2
    ("conv", 3, 1, 2),  # -> 4 + 2 * 2 * 2 = 12
    ("conv", 3, 2, 1),  # -> 12 + 2 * 2 = 16, jump 4
    ("conv", 5, 1, 1),  # -> 16 + 4 * 4 = 32
]
windows = st.lists(
    st.one_of(
        st.tuples(st.just("conv"), st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)),
        st.tuples(st.just("pool"), st.integers(1, 3), st.integers(1, 3), st.just(1)),
    ),
    max_size=4,
)
torch_speed = settings(max_examples=50, deadline=None)  # torch's first call imports it


def conv(*kernels: int) -> list[Window]:
    """Stride-1 convolutions."""
    return [("conv", kernel, 1, 1) for kernel in kernels]


@pytest.mark.parametrize(
    ("stack", "field"),
    [
        ([], (1, 1)),
        (conv(3, 3, 3), (7, 1)),  # three 3x3 see what one 7x7 sees
        (conv(5), (5, 1)),
        ([("conv", 3, 1, 1), ("conv", 3, 1, 2)], (7, 1)),
        ([("conv", 5, 1, 1), ("pool", 2, 2, 1), ("conv", 5, 1, 1)], (14, 2)),  # RMIT COSC2779, week 5
        ([("conv", 5, 1, 2), ("pool", 2, 2, 1), ("conv", 5, 1, 1)], (18, 2)),  # the same, first one dilated
        ([("pool", 2, 2, 1)], (2, 2)),  # exactly double, directly on the pixels
        ([("conv", 3, 1, 1), ("pool", 2, 2, 1)], (4, 2)),  # 3 -> 4, not 6
        (MIXED, (32, 4)),
    ],
)
def test_fields_of_known_stacks(stack: list[Window], field: tuple[int, int]):
    assert exact.fields(stack)[-1] == field
    assert oracle.field(stack) == field


@torch_speed
@given(st.integers(0, 12), st.integers(1, 9))
def test_equal_layers_follow_the_published_formula(depth: int, kernel: int):
    side = exact.fields(conv(*[kernel] * depth))[-1].side
    assert side == depth * (kernel - 1) + 1
    assert side == eval(exact.FORMULAS["side"], {"L": depth, "K": kernel})
    assert side == eval(oracle.formulas()["side"], {"L": depth, "K": kernel})


@torch_speed
@given(windows)
def test_dots_through_torch_see_the_same_field(stack: list[Window]):
    assert oracle.field(stack) == exact.fields(stack)[-1]


@torch_speed
@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 2)), min_size=1, max_size=3),
    st.integers(0, 3),
)
def test_the_gradient_of_a_cell_is_a_square_of_that_side_whatever_the_padding(
    layers: list[tuple[int, int, int]], padding: int
):
    import torch

    stack: list[Window] = [("conv", k, s, d) for k, s, d in layers]
    image = torch.ones(1, 1, 80, 80, dtype=torch.float64, requires_grad=True)
    out = image
    for kernel, stride, dilation in layers:
        weight = torch.ones(1, 1, kernel, kernel, dtype=torch.float64)
        out = torch.nn.functional.conv2d(out, weight, stride=stride, dilation=dilation, padding=padding)
    middle = out.shape[-1] // 2
    out[0, 0, middle, middle].backward()
    assert image.grad is not None
    seen = image.grad[0, 0].nonzero()
    extent = (seen.max(dim=0).values - seen.min(dim=0).values + 1).tolist()
    assert extent == [exact.fields(stack)[-1].side] * 2


def test_growth_steps_list_the_recursion():
    steps = exact.growth_steps(MIXED)
    assert steps["terms"] == [1, 2, 1, 8, 4, 16]
    assert steps["rows"][2] == (2, 2, 2, 8, 12, 2)
    assert list(accumulate(steps["terms"])) == [1, 3, 4, 12, 16, 32]


@pytest.mark.parametrize(("kernel", "width", "depth"), [(3, 7, 3), (3, 8, 4), (5, 21, 5), (7, 2, 1), (3, 1, 0)])
def test_layers_needed_by_hand(kernel: int, width: int, depth: int):
    assert exact.layers_needed(kernel, width) == depth
    assert oracle.layers_needed(kernel, width) == depth


def test_depth_steps_stand_on_both_sides_of_the_target():
    assert exact.depth_steps(3, 8) == {"growth": 2, "wanted": 7, "too_small": 7, "enough": 9}


@pytest.mark.parametrize(
    ("trap", "side"),
    [
        (wrong.product, 12),
        (wrong.power, 81),
        (wrong.no_centre, 8),
        (wrong.half_kernel, 5),
        (lambda stack: wrong.padding_counts(stack, 1), 10),
    ],
)
def test_traps_on_four_equal_layers(trap, side: int):
    assert exact.fields(EQUAL)[-1].side == 9
    assert trap(EQUAL) == side


@given(st.integers(0, 9), st.integers(1, 9))
def test_a_trap_is_one_belief_in_letters_and_in_numbers(depth: int, kernel: int):
    stack = conv(*[kernel] * depth)
    at = {"L": depth, "K": Fraction(kernel)}
    letters = {name: eval(formula["side"], {}, at) for name, formula in wrong.FORMULAS.items()}
    assert letters["product"] == wrong.product(stack)
    assert letters["power"] == wrong.power(stack)
    assert letters["no-centre"] == wrong.no_centre(stack)
    half = wrong.half_kernel(stack)
    assert letters["half-kernel"] == half if half is not None else letters["half-kernel"].denominator == 2


@pytest.mark.parametrize(
    ("trap", "side"),
    [
        (wrong.ignore_jump, 1 + 2 + 1 + 4 + 2 + 4),
        (wrong.ignore_dilation, 28),
        (wrong.dilation_is_gaps, 36),
        (wrong.pool_adds_nothing, 31),
        (wrong.stride_too_early, 3 + 2 + 8 + 8 + 16),
    ],
)
def test_traps_on_a_mixed_stack(trap, side: int):
    assert trap(MIXED) == side


def test_last_stride_only_by_hand():
    # 3, 4 with jump 2, 12, 16 with jump 2 again, 16 + 4 * 2
    assert wrong.last_stride_only(MIXED) == (24, 2)


def test_depth_traps_by_hand():
    assert exact.layers_needed(3, 31) == 15
    assert wrong.depth_by_product(3, 31) == 11
    assert wrong.depth_by_power(3, 31) == 4
    assert wrong.depth_without_centre(3, 31) == 16
    assert wrong.depth_by_half_kernel(3, 31) == 30


PLAIN = Cost(
    width=8,
    height=6,
    kernel=2,
    stride=2,
    padding=0,
    next_kernel=3,
    channels=4,
    filters=5,
    pooled_channels=4,
    pooled_filters=5,
)
POOL: Window = ("pool", 2, 2, 1)


def test_costs_by_hand():
    assert exact.costs(PLAIN) == {
        "macs_full": 8 * 6 * 9 * 4 * 5,
        "macs_pooled": 4 * 3 * 9 * 4 * 5,
        "ratio": Fraction(1, 4),
        "weights": "same",
    }


@pytest.mark.parametrize(
    ("inputs", "outputs", "ratio", "weights"),
    [
        (1, 1, Fraction(1, 4), "same"),
        (1, 2, Fraction(1, 2), "more"),
        (2, 2, Fraction(1), "more"),
    ],
)
def test_what_doubled_channels_cost(inputs: int, outputs: int, ratio: Fraction, weights: str):
    cost = PLAIN._replace(pooled_channels=4 * inputs, pooled_filters=5 * outputs)
    told = exact.costs(cost)
    assert (told["ratio"], told["weights"]) == (ratio, weights)
    assert oracle.costs(**cost._asdict()) == told


def test_macs_of_a_known_layer():
    cost = PLAIN._replace(width=112, height=112, channels=64, filters=128, pooled_channels=64, pooled_filters=128)
    assert exact.costs(cost)["macs_pooled"] == 231_211_008  # 56x56, 64 -> 128, 3x3: textbookofai.com
    assert oracle.costs(**cost._asdict())["macs_pooled"] == 231_211_008


costs = st.builds(
    Cost,
    width=st.integers(3, 12),
    height=st.integers(3, 12),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    padding=st.integers(0, 1),
    next_kernel=st.sampled_from((1, 3, 5)),
    channels=st.integers(1, 4),
    filters=st.integers(1, 4),
    pooled_channels=st.integers(1, 4),
    pooled_filters=st.integers(1, 4),
)


@torch_speed
@given(costs)
def test_torch_counts_the_same_costs(cost: Cost):
    assert oracle.costs(**cost._asdict()) == exact.costs(cost)


@torch_speed
@given(costs)
def test_a_convolution_of_ones_counts_its_own_products(cost: Cost):
    import torch

    margin = cost.next_kernel // 2
    padded = torch.ones(1, cost.channels, cost.height + 2 * margin, cost.width + 2 * margin, dtype=torch.float64)
    weight = torch.ones(cost.filters, cost.channels, cost.next_kernel, cost.next_kernel, dtype=torch.float64)
    products = torch.nn.functional.conv2d(padded, weight).sum()
    assert int(products) == exact.costs(cost)["macs_full"]


def test_around_a_pool_behind_one_convolution():
    told = exact.around(conv(3), POOL, 3)
    assert told == {"after": 4, "next_field": 8}
    assert oracle.around(conv(3), POOL, 3) == told
    steps = exact.around_steps(conv(3), POOL, PLAIN)
    assert (steps["before"], steps["after"], steps["terms"]) == ((3, 1), (4, 2), [1, 2])
    assert (steps["growth"], steps["next_growth"], steps["plain_growth"]) == (1, 4, 2)
    assert (steps["pooled"], steps["positions_ratio"]) == ((4, 3), Fraction(1, 4))
    assert (steps["weight_counts"], steps["weights_ratio"]) == ((180, 180), 1)


@pytest.mark.parametrize("kernel", [2, 3, 4])
def test_tiling_covers_its_window_and_leaves_one_position_of_its_area(kernel: int):
    told = {"factor": kernel, "ratio": Fraction(1, kernel**2)}
    assert exact.tiling(kernel) == told
    assert oracle.tiling(kernel) == told


def test_tiling_steps_of_the_published_layer():
    assert exact.tiling_steps(2) == {
        "area": 4,
        "growth": 1,
        "example": (3, 4, 6),
        "doubled_out": Fraction(1, 2),
        "doubled_both": 1,
        "activations": Fraction(1, 2),
    }


def test_downsampling_traps_by_hand():
    below = conv(3)
    assert wrong.area_not_side(below, POOL, 3) == {"after": 12}
    assert wrong.pool_unseen(below, POOL, 3) == {"after": 3, "next_field": 5}
    assert wrong.pool_unseen(below, ("conv", 3, 2, 1), 3) == {}
    assert wrong.always_doubles(below, POOL, 3) == {"after": 6, "next_field": 10}
    assert wrong.jump_unchanged(below, POOL, 3) == {"next_field": 6}
    assert wrong.compute_halves(PLAIN) == {"macs_pooled": 4 * 6 * 180, "ratio": Fraction(1, 2)}
    assert wrong.parameters_fall(PLAIN) == {"weights": "fewer"}
    assert wrong.same_channels(PLAIN) == {}
    doubled = PLAIN._replace(pooled_channels=8, pooled_filters=10)
    assert wrong.same_channels(doubled) == {"macs_pooled": 4 * 3 * 180, "ratio": Fraction(1, 4)}
    assert wrong.parameters_fall(doubled) == {"weights": "same"}


def test_published_downsampling_traps():
    assert wrong.tile_area(2) == {"factor": 4}
    assert wrong.tile_unseen(2) == {"factor": 1}
    assert wrong.halved_tiling(2) == {"ratio": Fraction(1, 2)}
    assert wrong.tile_multiplies(2) == {"factor": exact.tiling(2)["factor"]}  # right here: blind
