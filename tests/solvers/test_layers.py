"""Shapes and parameter counts: hand cases, properties, torch, and every misconception's value."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solvers.layers import exact, oracle, wrong
from solvers.layers.exact import Conv, LostConv, LostPool, Pool

WORKED = Conv(width=32, height=24, channels=3, kernel=5, padding=2, stride=2, filters=16)
"""The worked example of the reference: 1200 weights, 16 biases, 16 x 12 x 16."""
POOLED = Pool(width=13, height=10, channels=6, kernel=3, stride=2)

convs = st.builds(
    Conv,
    width=st.integers(5, 40),
    height=st.integers(5, 40),
    channels=st.integers(1, 8),
    kernel=st.integers(1, 5),
    padding=st.integers(0, 3),
    stride=st.integers(1, 5),
    filters=st.integers(1, 8),
)
pools = st.builds(
    Pool,
    width=st.integers(6, 40),
    height=st.integers(6, 40),
    channels=st.integers(1, 12),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 5),
)
torch_speed = settings(max_examples=60, deadline=None)  # torch's first call imports it


def evaluate(formula: str, layer: Conv | Pool) -> Fraction:
    """Evaluate a formula at a layer's sizes, with exact division."""
    names = {"width": "W", "height": "H", "channels": "C", "kernel": "K", "padding": "P", "stride": "S"}
    names["filters"] = "F"
    letters = {names[field]: Fraction(size) for field, size in layer._asdict().items()}
    functions = {"floor": lambda x: Fraction(math.floor(x)), "ceiling": lambda x: Fraction(math.ceil(x))}
    return Fraction(eval(formula, {"__builtins__": {}}, letters | functions))


def test_conv_gives_the_worked_example():
    assert exact.conv(WORKED) == {"weight_count": 1200, "bias_count": 16, "shape": (16, 12, 16)}


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Conv(32, 32, 3, 3, 1, 1, 64), (32, 32, 64)),  # EECS 182 midterm: 3x3 s1 p1 keeps the size
        (Conv(32, 32, 3, 4, 0, 2, 64), (15, 15, 64)),  # the same: 4x4 s2 p0
        (Conv(227, 227, 3, 11, 0, 4, 96), (55, 55, 96)),  # AlexNet's first layer
        (Conv(4, 3, 1, 1, 0, 1, 1), (4, 3, 1)),
        (Conv(5, 6, 1, 5, 0, 3, 2), (1, 1, 2)),
    ],
)
def test_conv_shape_of_known_layers(layer: Conv, shape: tuple[int, int, int]):
    assert exact.conv_shape(layer) == shape


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Pool(28, 28, 10, 2, 2), (14, 14, 10)),  # POOL2 of EECS 182 HW3 3(e)
        (Pool(55, 55, 96, 3, 2), (27, 27, 96)),  # AlexNet's overlapping pooling
        (POOLED, (6, 4, 6)),
        (Pool(7, 8, 1, 2, 3), (2, 3, 1)),
    ],
)
def test_pool_shape_of_known_layers(layer: Pool, shape: tuple[int, int, int]):
    assert exact.pool(layer) == {"shape": shape, "parameter_count": 0}


def test_a_window_larger_than_the_map_is_refused():
    with pytest.raises(ValueError, match=r"a window of 6 does not fit into 3 \+ 2 \* 1"):
        exact.positions(3, 6, 1, padding=1)


def test_size_for_makes_the_size_that_positions_reads():
    assert exact.size_for(16, 5, 2, padding=2, spare=1) == 32
    assert exact.positions(32, 5, 2, 2) == 16


@given(st.integers(1, 30), st.integers(1, 7), st.integers(1, 5), st.integers(0, 3), st.data())
def test_spare_cells_below_the_stride_change_nothing(
    count: int, kernel: int, stride: int, padding: int, data: st.DataObject
):
    spare = data.draw(st.integers(0, stride - 1))
    size = exact.size_for(count, kernel, stride, padding, spare)
    assume(size >= 1)
    assert exact.positions(size, kernel, stride, padding) == count
    assert exact.positions(size - spare + stride, kernel, stride, padding) == count + 1


@torch_speed
@given(convs)
def test_torch_agrees_on_convolutions(layer: Conv):
    assert oracle.conv(**layer._asdict()) == exact.conv(layer)


@torch_speed
@given(pools)
def test_torch_agrees_on_pooling(layer: Pool):
    assert oracle.pool(**layer._asdict()) == exact.pool(layer)


@given(convs)
def test_conv_formulas_evaluate_to_the_numbers(layer: Conv):
    values = {name: evaluate(formula, layer) for name, formula in exact.CONV_FORMULAS.items()}
    numbers = exact.conv(layer)
    assert (values["weights"], values["biases"]) == (numbers["weight_count"], numbers["bias_count"])
    assert (values["width"], values["height"], values["channels"]) == numbers["shape"]


@given(pools)
def test_pool_formulas_evaluate_to_the_numbers(layer: Pool):
    values = [evaluate(exact.POOL_FORMULAS[name], layer) for name in ("width", "height", "channels")]
    assert tuple(values) == exact.pool_shape(layer)


@torch_speed
@given(convs)
def test_formulas_fitted_to_torch_are_the_formulas(layer: Conv):
    fitted = oracle.conv_formulas()
    assert fitted.keys() == exact.CONV_FORMULAS.keys()
    for name, formula in exact.CONV_FORMULAS.items():
        assert evaluate(fitted[name], layer) == evaluate(formula, layer)


@torch_speed
@given(pools)
def test_pool_formulas_fitted_to_torch_are_the_formulas(layer: Pool):
    fitted = oracle.pool_formulas()
    assert fitted.keys() == exact.POOL_FORMULAS.keys()
    for name, formula in exact.POOL_FORMULAS.items():
        assert evaluate(fitted[name], layer) == evaluate(formula, layer)


def test_a_fit_sees_a_missing_position_and_rounding_up():
    assert oracle.fit_axis(lambda at: (at["W"] - at["K"]) // at["S"], ("W", "K")) == "floor((-K + W)/S)"
    rounded_up = oracle.fit_axis(lambda at: -(-(at["W"] - at["K"]) // at["S"]) + 1, ("W", "K"))
    assert rounded_up == "floor((-K + W - 1)/S) + 2"  # ceil(n/S) is floor((n-1)/S) + 1


def test_a_fit_refuses_what_it_cannot_express():
    with pytest.raises(ValueError, match=r"the shifts \[\] fit"):
        oracle.fit_axis(lambda at: (2 * (at["W"] - at["K"]) + at["S"]) // (2 * at["S"]), ("W", "K"))
    with pytest.raises(ValueError, match="the count at"):
        oracle.fit_polynomial(lambda at: at["K"] ** 3, {"K": 2})


@pytest.mark.parametrize(
    ("trap", "numbers"),
    [
        (wrong.forgot_channels, {"weight_count": 400}),
        (wrong.forgot_bias, {"bias_count": 0}),
        (wrong.bias_per_weight_plane, {"bias_count": 48}),
        (wrong.one_bias, {"bias_count": 1}),
        (wrong.bias_per_pixel, {"bias_count": 3072}),
        (wrong.pad_once, {"shape": (15, 11, 16)}),
        (wrong.ceil, {"shape": (17, 13, 16)}),
        (wrong.no_plus_one, {"shape": (15, 11, 16)}),
        (wrong.channels_kept, {"shape": (16, 12, 3)}),
        (wrong.swap_wh, {"shape": (12, 16, 16)}),
    ],
)
def test_conv_traps_on_the_worked_example(trap, numbers: dict[str, object]):
    assert trap(WORKED) == numbers


@pytest.mark.parametrize(
    ("trap", "numbers"),
    [
        (wrong.stride_equals_kernel, {"shape": (4, 3, 6)}),
        (wrong.stride_one, {"shape": (11, 8, 6)}),
        (wrong.pool_has_weights, {"parameter_count": 54}),
        (wrong.channels_reduced, {"shape": (6, 4, 2)}),
        (wrong.pool_ceil, {"shape": (6, 5, 6)}),
    ],
)
def test_pool_traps_by_hand(trap, numbers: dict[str, object]):
    assert trap(POOLED) == numbers


def test_traps_that_do_not_apply_say_nothing():
    assert wrong.stride_equals_kernel(Pool(28, 28, 10, 2, 2)) == {}
    assert wrong.channels_reduced(Pool(28, 28, 5, 2, 2)) == {}


CONV_TRAPS = {
    "forgot-channels": wrong.forgot_channels,
    "forgot-bias": wrong.forgot_bias,
    "bias-per-weight-plane": wrong.bias_per_weight_plane,
    "one-bias": wrong.one_bias,
    "bias-per-pixel": wrong.bias_per_pixel,
    "pad-once": wrong.pad_once,
    "ceil": wrong.ceil,
    "no-plus-one": wrong.no_plus_one,
    "channels-kept": wrong.channels_kept,
    "swap-wh": wrong.swap_wh,
}


@pytest.mark.parametrize("name", CONV_TRAPS)
@given(layer=convs)
def test_a_conv_trap_is_one_belief_in_letters_and_in_numbers(name: str, layer: Conv):
    letters = {key: evaluate(formula, layer) for key, formula in wrong.CONV_FORMULAS[name].items()}
    numbers = CONV_TRAPS[name](layer)
    right = dict(zip(("width", "height", "channels"), exact.conv_shape(layer), strict=True))
    expected = {"weight_count": letters.get("weights"), "bias_count": letters.get("biases")}
    if letters.keys() & right.keys():
        merged = right | letters
        expected["shape"] = tuple(merged[key] for key in ("width", "height", "channels"))
    assert numbers == {key: value for key, value in expected.items() if value is not None}


@pytest.mark.parametrize(("name", "trap"), [("stride-one", wrong.stride_one), ("ceil", wrong.pool_ceil)])
@given(layer=pools)
def test_a_pool_trap_is_one_belief_in_letters_and_in_numbers(name: str, trap, layer: Pool):
    letters = wrong.POOL_FORMULAS[name]
    width, height = (evaluate(letters[key], layer) for key in ("width", "height"))
    assert trap(layer) == {"shape": (width, height, layer.channels)}


def test_the_floor_can_absorb_the_padding_error():
    layer = Conv(width=8, height=8, channels=2, kernel=3, padding=1, stride=3, filters=4)
    assert wrong.pad_once(layer)["shape"] == exact.conv_shape(layer)


LOST = LostConv(
    width=32, height=24, channels=3, stride=2, out_width=16, out_height=12, out_channels=16, parameters=1216
)


def test_a_lost_layer_is_found_again():
    assert exact.lose_conv(WORKED) == LOST
    assert exact.lost_conv(LOST) == {"filter_count": 16, "kernel": 5, "padding": 2}
    assert exact.lost_conv_steps(LOST) == {
        "weights": 1200,
        "planes": 48,
        "area": 25,
        "reach": (30, 22),
        "limit": (32, 24),
        "gap": (27, 19),
        "span": (31, 23),
    }


def test_traps_on_the_lost_layer_by_hand():
    # 30 <= 27 + p < 32 and 22 <= 19 + p < 24 leave p = 3, 4: padding once takes the first
    assert wrong.lost_pad_once(LOST) == {"padding": 3}
    # ceil(n / 2) = 15 and 11: 29 <= n + 0 <= 30 with n = 27 + 2P, and 21 <= 19 + 2P <= 22
    assert wrong.lost_ceil(LOST) == {"padding": 1}
    # floor(n / 2) = 16 and 12: 32 <= 27 + 2P < 34
    assert wrong.lost_no_plus_one(LOST) == {"padding": 3}
    assert wrong.lost_forgot_channels(LOST) == {}  # 75 is no square
    assert wrong.lost_forgot_channels(LOST._replace(channels=4, parameters=1616)) == {"kernel": 10}


@torch_speed
@given(convs)
def test_a_lost_layer_is_found_by_torch_too(layer: Conv):
    lost = exact.lose_conv(layer)
    assert layer.padding in exact.lost_paddings(lost)
    assume(len(exact.lost_paddings(lost)) == 1)
    found = exact.lost_conv(lost)
    assert found == {"filter_count": layer.filters, "kernel": layer.kernel, "padding": layer.padding}
    assert oracle.lost_conv(**lost._asdict()) == found


def test_a_layer_that_cannot_be_found_is_refused_by_both_roads():
    ambiguous = exact.lose_conv(Conv(width=9, height=9, channels=1, kernel=1, padding=1, stride=5, filters=1))
    with pytest.raises(ValueError, match="exactly one must"):
        exact.lost_conv(ambiguous)
    with pytest.raises(ValueError, match="exactly one must"):
        oracle.lost_conv(**ambiguous._asdict())
    with pytest.raises(ValueError, match="it must be a square number"):
        exact.lost_kernel(LOST._replace(parameters=1217))


LOST_POOL = LostPool(width=57, height=41, channels=16, kernel=3, out_width=28, out_height=20)


def test_a_lost_stride_is_found_again():
    assert exact.lost_pool(LOST_POOL) == {"stride": 2, "narrowest": 57, "widest": 58}
    assert exact.lost_pool_steps(LOST_POOL) == {
        "span": (54, 38),
        "steps": (27, 19),
        "below": (Fraction(54, 28), Fraction(38, 20)),
        "above": (2, 2),
        "reach": 54,
        "spare": 1,
    }


def test_traps_on_the_lost_stride_by_hand():
    assert wrong.lost_stride_equals_kernel(LOST_POOL) == {"stride": 3, "narrowest": 84, "widest": 86}
    assert wrong.lost_pool_ceil(LOST_POOL) == {"narrowest": 56, "widest": 57}
    assert wrong.lost_only_this_width(LOST_POOL) == {"narrowest": 57, "widest": 57}


@torch_speed
@given(pools)
def test_a_lost_stride_is_found_by_torch_too(layer: Pool):
    width, height, _ = exact.pool_shape(layer)
    assume(min(width, height) >= 2)
    lost = exact.lose_pool(layer)
    assert layer.stride in exact.lost_strides(lost)
    assume(len(exact.lost_strides(lost)) == 1)
    found = exact.lost_pool(lost)
    assert found["stride"] == layer.stride
    assert found["narrowest"] <= layer.width <= found["widest"]
    assert oracle.lost_pool(**lost._asdict()) == found


def test_an_ambiguous_stride_is_refused_by_both_roads():
    ambiguous = LostPool(width=10, height=10, channels=1, kernel=2, out_width=2, out_height=2)
    assert exact.lost_strides(ambiguous) == (5, 6, 7, 8)
    with pytest.raises(ValueError, match="exactly one must"):
        exact.lost_pool(ambiguous)
    with pytest.raises(ValueError, match="exactly one must"):
        oracle.lost_pool(**ambiguous._asdict())
