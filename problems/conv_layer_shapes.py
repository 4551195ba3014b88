"""HW3 3(a): weights, biases and output shape of a convolution layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from psetpress.answers import Expression, Integer, Shape
from psetpress.records import Level, Misconception, Part, Problem, Reject, RubricItem
from solvers.layers import exact, oracle, wrong

if TYPE_CHECKING:
    from numpy.random import Generator

    from psetpress.answers import Kind
    from psetpress.records import Values


@dataclass(frozen=True)
class Layer:
    """A convolution layer with all its numbers, and the map that it receives."""

    width: int
    height: int
    channels: int
    kernel: int
    padding: int
    stride: int
    filters: int


@dataclass(frozen=True)
class LostLayer:
    """A layer of which only both shapes, the stride and the number of parameters are known."""

    width: int
    height: int
    channels: int
    stride: int
    out_width: int
    out_height: int
    out_channels: int
    parameters: int  # biases included


@dataclass(frozen=True)
class Params:
    """What is asked: the formulas in letters, a layer of numbers, or both."""

    formulas: bool
    layer: Layer | LostLayer | None  # a lost layer is to be found again

    @property
    def known(self) -> bool:
        """Whether the numbers of a given layer are asked."""
        return isinstance(self.layer, Layer)

    @property
    def lost(self) -> bool:
        """Whether the layer itself is asked."""
        return isinstance(self.layer, LostLayer)


@dataclass(frozen=True)
class Range:
    """What a level draws from."""

    out: tuple[int, int]  # smallest and largest side of the output
    kernels: tuple[int, ...]
    strides: tuple[int, ...]
    channels: tuple[int, ...]
    filters: tuple[int, ...]


RANGES: Mapping[Level, Range] = {
    "easy": Range((4, 9), (3, 5), (2,), (2, 3), (4, 5, 6, 8)),
    "standard": Range((6, 32), (3, 5, 7), (2, 3, 4), (3, 4, 6, 8, 16), (8, 10, 12, 16, 20, 32)),
    "hard": Range((8, 32), (3, 5, 7), (2, 3, 4), (3, 4, 6, 8), (10, 12, 16, 20, 32)),
}


def draw(rng: Generator, level: Level) -> Params:
    """Draw an output and a layer, and from them the input; at level ``hard`` the layer is then forgotten."""
    choose = RANGES[level]
    kernel, stride = (int(rng.choice(options)) for options in (choose.kernels, choose.strides))
    padding = int(rng.integers(1, kernel // 2 + 1))
    # cells left over: some on one axis, so that rounding counts; fewer than P on the other, so that padding does
    spares = rng.permutation([int(rng.integers(1, stride)), int(rng.integers(min(padding, stride)))])
    sides = [exact.size_for(int(rng.integers(*choose.out)), kernel, stride, padding, int(spare)) for spare in spares]
    channels, filters = (int(rng.choice(options)) for options in (choose.channels, choose.filters))
    layer = Layer(sides[0], sides[1], channels, kernel, padding, stride, filters)
    if level == "hard":
        return Params(formulas=False, layer=LostLayer(**exact.lose_conv(_given(layer))._asdict()))
    return Params(formulas=level == "standard", layer=layer)


def _given(layer: Layer) -> exact.Conv:
    return exact.Conv(**vars(layer))


def _left(layer: LostLayer) -> exact.LostConv:
    return exact.LostConv(**vars(layer))


def _told(
    p: Params,
    letters: Mapping[str, str],
    known: Callable[[exact.Conv], Values],
    lost: Callable[[exact.LostConv], Values] = lambda _: {},
) -> Values:
    """Return what one road says about the layer and about the letters, as far as they are asked.

    Numbers come first: they are compared faster than formulas.
    """
    told: dict[str, Any] = {}
    if isinstance(p.layer, Layer):
        told |= known(_given(p.layer))
    elif isinstance(p.layer, LostLayer):
        told |= lost(_left(p.layer))
    return told | dict(letters) if p.formulas else told


def _proved(p: Params) -> Values:
    """Return what torch says about everything that is asked."""
    told: dict[str, Any] = dict(oracle.conv_formulas()) if p.formulas else {}
    if isinstance(p.layer, Layer):
        told |= oracle.conv(**vars(p.layer))
    elif isinstance(p.layer, LostLayer):
        told |= oracle.lost_conv(**vars(p.layer))
    return told


def _hidden(p: Params, trap: Callable[[exact.Conv], Values]) -> bool:
    """Say whether a trap gives the right shape."""
    return isinstance(p.layer, Layer) and trap(_given(p.layer))["shape"] == exact.conv_shape(_given(p.layer))


LETTERS = Expression(symbols=("W", "H", "C", "K", "P", "S", "F"))
FORMULAS: Mapping[str, Kind[Any]] = dict.fromkeys(exact.CONV_FORMULAS, LETTERS)
NUMBERS: Mapping[str, Kind[Any]] = {"weight_count": Integer(), "bias_count": Integer(), "shape": Shape()}
LOST: Mapping[str, Kind[Any]] = {"filter_count": Integer(), "kernel": Integer(), "padding": Integer()}


def _asked(p: Params) -> Mapping[str, Kind[Any]]:
    return {**(FORMULAS if p.formulas else {}), **(NUMBERS if p.known else {}), **(LOST if p.lost else {})}


PROBLEM = Problem(
    title="Shape and parameters of a convolution layer",
    topics=("convolution", "shapes"),
    source="EECS 182 HW3 3(a)",
    minutes=6,
    params=Params,
    draw=draw,
    published=Params(formulas=True, layer=None),
    edges=(
        Params(formulas=True, layer=Layer(32, 24, 3, 5, 2, 2, 16)),
        Params(formulas=False, layer=Layer(7, 5, 1, 1, 0, 1, 1)),
        Params(formulas=False, layer=Layer(3, 4, 2, 5, 1, 3, 2)),
        Params(formulas=False, layer=LostLayer(32, 24, 3, 2, 16, 12, 16, 1216)),
        Params(formulas=False, layer=LostLayer(6, 6, 4, 1, 6, 6, 1, 37)),
    ),
    solve=lambda p: _told(p, exact.CONV_FORMULAS, exact.conv, exact.lost_conv),
    oracle=_proved,
    work=lambda p: _told(p, {}, exact.spans, exact.lost_conv_steps),
    rejects=(
        Reject(name="the floor absorbs the padding error", test=lambda p: _hidden(p, wrong.pad_once)),
        Reject(name="the stride divides evenly", test=lambda p: _hidden(p, wrong.ceil)),
        Reject(name="width and height come out equal", test=lambda p: _hidden(p, wrong.swap_wh)),
        Reject(name="as many filters as channels", test=lambda p: _hidden(p, wrong.channels_kept)),
        Reject(
            name="several paddings fit",
            test=lambda p: isinstance(p.layer, LostLayer) and len(exact.lost_paddings(_left(p.layer))) != 1,
        ),
    ),
    misconceptions=(
        Misconception(
            name="forgot-channels",
            says="gives each filter $K^2$ weights, whatever the depth of its input",
            solve=lambda p: _told(
                p, wrong.CONV_FORMULAS["forgot-channels"], wrong.forgot_channels, wrong.lost_forgot_channels
            ),
            credit=Fraction(1, 2),
            feedback="A filter reaches through all $C$ channels: it has $K^2C$ weights.",
        ),
        Misconception(
            name="forgot-bias",
            says="counts no biases",
            solve=lambda p: _told(p, wrong.CONV_FORMULAS["forgot-bias"], wrong.forgot_bias),
            feedback="Every filter has a bias.",
        ),
        Misconception(
            name="bias-per-weight-plane",
            says="gives a filter one bias for each input channel",
            solve=lambda p: _told(p, wrong.CONV_FORMULAS["bias-per-weight-plane"], wrong.bias_per_weight_plane),
            feedback="The channels are summed first; the filter then adds one bias to the sum.",
        ),
        Misconception(
            name="one-bias",
            says="lets all filters share one bias",
            solve=lambda p: _told(p, wrong.CONV_FORMULAS["one-bias"], wrong.one_bias),
            feedback="Every filter has a bias of its own.",
        ),
        Misconception(
            name="bias-per-pixel",
            says="gives every entry of the output its own bias",
            solve=lambda p: _told(p, wrong.CONV_FORMULAS["bias-per-pixel"], wrong.bias_per_pixel),
            feedback="A filter's bias is shared by all positions, as its weights are.",
        ),
        Misconception(
            name="pad-once",
            says="adds the padding once instead of on both sides",
            solve=lambda p: _told(p, wrong.CONV_FORMULAS["pad-once"], wrong.pad_once, wrong.lost_pad_once),
            credit=Fraction(1, 2),
            feedback="The padding stands on both sides of an axis, so the axis grows by $2P$.",
        ),
        Misconception(
            name="ceil",
            says="rounds a broken number of steps up",
            solve=lambda p: _told(p, wrong.CONV_FORMULAS["ceil"], wrong.ceil, wrong.lost_ceil),
            credit=Fraction(1, 2),
            feedback="A position at which the filter sticks out is dropped, so the number of steps is rounded down.",
        ),
        Misconception(
            name="no-plus-one",
            says="counts the steps between positions instead of the positions",
            solve=lambda p: _told(p, wrong.CONV_FORMULAS["no-plus-one"], wrong.no_plus_one, wrong.lost_no_plus_one),
            credit=Fraction(1, 2),
            feedback="The first position takes no step, so there is one position more than there are steps.",
        ),
        Misconception(
            name="channels-kept",
            says="leaves the number of channels as it was",
            solve=lambda p: _told(p, wrong.CONV_FORMULAS["channels-kept"], wrong.channels_kept),
            credit=Fraction(1, 2),
            feedback="Every filter makes one channel of the output.",
        ),
        Misconception(
            name="swap-wh",
            says="writes the height first",
            solve=lambda p: _told(p, wrong.CONV_FORMULAS["swap-wh"], wrong.swap_wh),
            credit=Fraction(3, 4),
            feedback="Shapes are written $W\\times H\\times C$ here, width first.",
        ),
    ),
    parts=(
        Part(
            name="layer",
            points=Fraction(5),
            answers=_asked,
            rubric=(
                RubricItem(
                    name="no-computation",
                    points=Fraction(-1),
                    says="Numbers are asked for, and the response shows no computation.",
                ),
            ),
        ),
    ),
)
