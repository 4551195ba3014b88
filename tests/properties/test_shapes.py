"""Arithmetic of shapes: windows that compose, torch's own layers, and stacks whose tables add up."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solvers.architecture import exact as architecture
from solvers.architecture import wrong as beliefs
from solvers.architecture.layers import Cell, Conv, Dense, Flatten, Layer, Pool, Shape
from solvers.convolution.exact import convolve2d
from solvers.layers import exact as layers
from solvers.layers import wrong as layer_beliefs
from solvers.layers.exact import positions

few = settings(max_examples=60, deadline=None)

kernels, strides, pads = st.integers(1, 5), st.integers(1, 3), st.integers(0, 3)

# One axis ------------------------------------------------------------------------------------------


@few
@given(st.integers(1, 30), kernels, strides, pads)
def test_positions_are_those_that_can_be_listed(size: int, kernel: int, stride: int, pad: int) -> None:
    assume(size + 2 * pad >= kernel)
    starts = [at for at in range(-pad, size + pad, stride) if at + kernel <= size + pad]
    assert positions(size, kernel, stride, pad) == len(starts)
    assert positions(size + stride, kernel, stride, pad) == len(starts) + 1
    assert positions(size + 2, kernel, stride, pad) == positions(size, kernel, stride, pad + 1)


@few
@given(st.integers(1, 60), *[st.tuples(kernels, strides)] * 2)
def test_two_windows_are_one_window(size: int, first: tuple[int, int], second: tuple[int, int]) -> None:
    """Of side k1 + (k2 - 1) s1 and stride s1 s2; rounding down twice is rounding down once."""
    (k1, s1), (k2, s2) = first, second
    assume(size >= k1 + (k2 - 1) * s1)
    assert positions(positions(size, k1, s1), k2, s2) == positions(size, k1 + (k2 - 1) * s1, s1 * s2)


Axis = Callable[[int, int, int, int], int]
"""Size, kernel, stride and padding to a number of positions."""


def _believed(belief) -> Axis:
    """Read a belief about convolutions along its first axis."""
    return lambda size, kernel, stride, pad: belief(layers.Conv(size, 50, 1, kernel, pad, stride, 1))["shape"][0]


@pytest.mark.parametrize(
    ("axis", "laws"),
    [
        (positions, "all fit, none is missed, compose, pads on both sides"),
        (_believed(layer_beliefs.ceil), "none is missed, compose, pads on both sides"),  # rounding up composes, too
        (_believed(layer_beliefs.no_plus_one), "all fit, pads on both sides"),
        (_believed(layer_beliefs.pad_once), "all fit, compose"),
    ],
)
def test_which_laws_a_belief_keeps(axis: Axis, laws: str) -> None:
    """The first two together leave one number; the examples are those that tell all beliefs apart."""
    size, kernel, stride, pad = 10, 3, 2, 2
    count = axis(size, kernel, stride, pad)
    kept = {
        "all fit": (count - 1) * stride + kernel <= size + 2 * pad,
        "none is missed": count * stride + kernel > size + 2 * pad,
        "compose": axis(axis(13, 3, 2, 0), 2, 2, 0) == axis(13, 5, 4, 0),
        "pads on both sides": axis(size, kernel, stride, pad) == axis(size + 2, kernel, stride, pad - 1),
    }
    assert ", ".join(law for law, holds in kept.items() if holds) == laws


@few
@given(st.integers(1, 12), st.integers(1, 12), kernels, strides, pads)
def test_a_real_convolution_has_that_shape(height: int, width: int, kernel: int, stride: int, pad: int) -> None:
    assume(min(height, width) + 2 * pad >= kernel)
    result = convolve2d(((1,) * width,) * height, ((1,) * kernel,) * kernel, stride, pad)
    layer = layers.Conv(width, height, 1, kernel, pad, stride, 1)
    assert layers.conv_shape(layer) == (len(result[0]), len(result), 1)


# torch's layers ------------------------------------------------------------------------------------


@few
@given(st.tuples(st.integers(1, 20), st.integers(1, 20)), kernels, strides, pads, st.integers(1, 3), st.integers(1, 3))
def test_a_dilated_window_is_a_wide_one(
    torch: ModuleType, size: tuple[int, int], kernel: int, stride: int, pad: int, dilation: int, filters: int
) -> None:
    wide = dilation * (kernel - 1) + 1
    assume(min(size) + 2 * pad >= wide)
    layer = torch.nn.Conv2d(2, filters, kernel, stride, pad, dilation, device="meta")
    out = layer(torch.empty(1, 2, *size, device="meta"))
    assert out.shape == (1, filters, *(positions(n, wide, stride, pad) for n in size))
    counted = layers.conv(layers.Conv(size[1], size[0], 2, kernel, pad, stride, filters)) if dilation == 1 else {}
    weights = counted.get("weight_count", kernel**2 * 2 * filters)
    assert (weights, filters) == (layer.weight.numel(), layer.bias.numel())  # a dilation costs no weights


@few
@given(st.tuples(st.integers(1, 20), st.integers(1, 20)), kernels, strides, st.integers(0, 2))
def test_pools_of_torch_pad_and_round_down(
    torch: ModuleType, size: tuple[int, int], kernel: int, stride: int, pad: int
) -> None:
    assume(2 * pad <= kernel <= min(size) + 2 * pad)
    image = torch.zeros(1, 3, *size)
    expected = tuple(positions(n, kernel, stride, pad) for n in size)
    for module in (torch.nn.MaxPool2d, torch.nn.AvgPool2d):
        assert module(kernel, stride, pad)(image).shape[2:] == expected
    if not pad:
        pooled = layers.pool(layers.Pool(size[1], size[0], 3, kernel, stride))
        assert pooled == {"shape": (*reversed(expected), 3), "parameter_count": 0}


# Tables of networks --------------------------------------------------------------------------------

maps = st.one_of(
    st.builds(Conv, kernel=st.sampled_from((1, 3, 5)), filters=st.integers(1, 4)),
    st.builds(Pool, size=st.integers(1, 3)),
)
bodies = st.lists(maps, max_size=3).map(tuple)
tails = st.lists(st.builds(Dense, units=st.integers(1, 5)), max_size=2).map(lambda found: (Flatten(), *found))
small = st.tuples(st.integers(27, 30), st.integers(31, 34), st.integers(1, 3))
large = st.tuples(st.integers(729, 740), st.integers(741, 750), st.integers(1, 3))
"""Large enough for three poolings by three, and for six."""


def modules(torch: ModuleType, layer: Layer) -> Any:
    """The layer in torch, which finds out for itself how many numbers it is fed."""
    match layer:
        case Conv(kernel, filters):
            return torch.nn.LazyConv2d(filters, kernel, padding="same")
        case Pool(size):
            return torch.nn.MaxPool2d(size)
        case Flatten():
            return torch.nn.Flatten()
        case Dense(units):
            return torch.nn.LazyLinear(units)


@settings(max_examples=20, deadline=None)
@given(small, bodies, tails)
@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature")
def test_a_network_of_torch_learns_as_many_numbers(
    torch: ModuleType, size: Shape, body: tuple[Layer, ...], tail: tuple[Layer, ...]
) -> None:
    width, height, channels = size
    network = torch.nn.Sequential(*(modules(torch, layer) for layer in (*body, *tail)))
    image, table = torch.zeros(1, channels, height, width), architecture.rows(size, (*body, *tail))
    assert network(image).shape[1:] == table[-1].activations
    assert network[: len(body)](image)[0].permute(2, 1, 0).shape == table[len(body)].activations
    assert sum(each.numel() for each in network.parameters()) == architecture.total(size, (*body, *tail))


@few
@given(large, bodies, bodies, tails)
def test_tables_of_two_halves_are_the_table_of_the_whole(
    size: Shape, first: tuple[Layer, ...], second: tuple[Layer, ...], tail: tuple[Layer, ...]
) -> None:
    upper, half = (*second, *tail), architecture.rows(size, first)
    handed_on = half[-1].activations
    assert architecture.rows(size, first + upper) == half + architecture.rows(handed_on, upper)[1:]
    totals = [architecture.total(*part) for part in ((size, first), (handed_on, upper), (size, first + upper))]
    assert totals[0] + totals[1] == totals[2]


@few
@given(small, bodies)
def test_width_and_height_are_alike_and_weights_do_not_see_them(size: Shape, body: tuple[Layer, ...]) -> None:
    width, height, channels = size
    table, turned = architecture.rows(size, body), architecture.rows((height, width, channels), body)
    for row, other in zip(table, turned, strict=True):
        assert other.parameters == row.parameters
        assert other.activations == (row.activations[1], row.activations[0], row.activations[2])
    assert architecture.total((81, 82, channels), body) == architecture.total(size, body)


@pytest.mark.parametrize(
    ("belief", "sees_the_size"),
    [
        (beliefs.forgot_channels, False),
        (beliefs.pool_has_weights, False),
        (beliefs.bias_per_pixel, True),  # a convolution is the same everywhere
    ],
)
def test_parameters_per_place_would_depend_on_the_image(belief, sees_the_size: bool) -> None:
    network, blanks = (Conv(3, 4), Pool(2), Conv(3, 2)), (Cell(1, "parameters"), Cell(2, "parameters"))
    assert (belief((8, 8, 3), network, blanks) != belief((12, 8, 3), network, blanks)) is sees_the_size
