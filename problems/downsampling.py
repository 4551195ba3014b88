"""HW3 3(d): what a downsampling layer does to the receptive field and to the work of the next layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from psetpress.answers import Choice, Integer, Number, Written
from psetpress.records import Level, Misconception, Part, Problem, RubricItem
from solvers.fields import exact, oracle, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from psetpress.answers import Kind
    from psetpress.records import Values


@dataclass(frozen=True)
class Layer:
    """A layer of the network; the padding of the layers below the downsampling layer plays no part."""

    kind: Literal["conv", "pool"]
    kernel: int
    stride: int
    padding: int = 0

    @property
    def window(self) -> exact.Window:
        """The layer as the solvers take it, without dilation."""
        return self.kind, self.kernel, self.stride, 1


@dataclass(frozen=True)
class Network:
    """What stands around the downsampling layer: layers below it, the map it receives, a convolution above."""

    below: tuple[Layer, ...]  # first layer first
    width: int  # of the map that the downsampling layer receives
    height: int
    next_kernel: int  # of the convolution above; it keeps the size of its map
    channels: int  # in and out of that convolution, without the downsampling layer
    filters: int
    pooled_channels: int  # the same in the network with it
    pooled_filters: int

    @property
    def widened(self) -> bool:
        """Whether the network with the downsampling layer has other channels than the one without."""
        return (self.channels, self.filters) != (self.pooled_channels, self.pooled_filters)

    @property
    def windows(self) -> tuple[exact.Window, ...]:
        """The layers below, as the solvers take them."""
        return tuple(layer.window for layer in self.below)


@dataclass(frozen=True)
class Params:
    """A downsampling layer; without a network it is asked about in general (kernel = stride then)."""

    layer: Layer
    network: Network | None = None

    @property
    def cost(self) -> exact.Cost:
        """The convolution above with and without the layer, as the solvers take it."""
        return exact.Cost(**self.costs)

    @property
    def costs(self) -> dict[str, int]:
        """The sizes that the work depends on, by name. Raises ValueError without a network."""
        if self.network is None:
            raise ValueError("the question in general has no sizes; accepted are parameters with a network")
        sizes = {name: size for name, size in vars(self.network).items() if name != "below"}
        return sizes | {name: getattr(self.layer, name) for name in ("kernel", "stride", "padding")}


@dataclass(frozen=True)
class Range:
    """What a level draws from."""

    layers: tuple[Layer, ...]  # downsampling layers
    depths: tuple[int, ...]  # convolutions below
    lower: tuple[Layer, ...]  # what else stands below, after the first convolution
    widening: tuple[tuple[int, int], ...]  # by what input and output channels of the next layer are multiplied
    sides: tuple[int, ...]  # of the downsampled map
    channels: tuple[int, ...]


POOL2, POOL3 = Layer("pool", 2, 2), Layer("pool", 3, 3)
OVERLAPPING = (Layer("pool", 3, 2, 1), Layer("conv", 3, 2, 1), Layer("conv", 5, 2, 2))
"""Downsampling layers that halve the sides but reach further than their stride."""
RANGES: Mapping[Level, Range] = {
    "easy": Range((POOL2,), (1,), (), ((1, 1),), (4, 8, 10, 16), (4, 8, 10)),
    "standard": Range(
        (POOL2, POOL3), (1, 2, 3), (), ((1, 1), (1, 2), (2, 2)), (6, 8, 10, 12, 14, 16), (8, 10, 16, 20, 32)
    ),
    "hard": Range(
        (POOL2, *OVERLAPPING), (1, 2), (POOL2, POOL3), ((1, 1), (1, 2), (2, 2)), (7, 8, 10, 14, 16), (8, 16, 32)
    ),
}


def draw(rng: Generator, level: Level) -> Params:
    """Draw a network around a downsampling layer; at level ``hard`` it has a pooling layer already."""
    choose = RANGES[level]
    layer = choose.layers[int(rng.integers(len(choose.layers)))]
    below = [Layer("conv", int(rng.choice((3, 5, 7))), 1) for _ in range(int(rng.choice(choose.depths)))]
    below[1:1] = [choose.lower[int(rng.integers(len(choose.lower)))]] if choose.lower else []
    inputs, outputs = choose.widening[int(rng.integers(len(choose.widening)))]
    channels, filters = (int(rng.choice(choose.channels)) for _ in range(2))
    return Params(
        layer,
        Network(
            below=tuple(below),
            width=layer.stride * int(rng.choice(choose.sides)),
            height=layer.stride * int(rng.choice(choose.sides)),
            next_kernel=int(rng.choice((3, 5))),
            channels=channels,
            filters=filters,
            pooled_channels=inputs * channels,
            pooled_filters=outputs * filters,
        ),
    )


def _solved(p: Params) -> Values:
    if p.network is None:
        return exact.tiling(p.layer.kernel)
    return exact.around(p.network.windows, p.layer.window, p.network.next_kernel) | exact.costs(p.cost)


def _proved(p: Params) -> Values:
    if p.network is None:
        return oracle.tiling(p.layer.kernel)
    return oracle.around(p.network.windows, p.layer.window, p.network.next_kernel) | oracle.costs(**p.costs)


def _work(p: Params) -> Values:
    if p.network is None:
        return exact.tiling_steps(p.layer.kernel)
    return exact.around_steps(p.network.windows, p.layer.window, p.cost)


def _seen(
    p: Params,
    numbers: Callable[[tuple[exact.Window, ...], exact.Window, int], Values],
    general: Callable[[int], Values],
) -> Values:
    """Return what a belief makes of the field, in a network or in general."""
    if p.network is None:
        return general(p.layer.kernel)
    return numbers(p.network.windows, p.layer.window, p.network.next_kernel)


def _spent(p: Params, numbers: Callable[[exact.Cost], Values]) -> Values:
    """Return what a belief makes of the work in a network."""
    return numbers(p.cost) if p.network else {}


IN_GENERAL: Mapping[str, Kind[Any]] = {"factor": Integer(), "ratio": Number(), "advantage": Written()}
IN_NETWORK: Mapping[str, Kind[Any]] = {
    "after": Integer(),
    "next_field": Integer(),
    "macs_full": Integer(),
    "macs_pooled": Integer(),
    "ratio": Number(),
    "weights": Choice(options={"fewer": "fewer weights", "same": "as many weights", "more": "more weights"}),
    "advantage": Written(),
}

PROBLEM = Problem(
    title="What a downsampling layer costs and saves",
    topics=("pooling", "receptive field", "computation"),
    source="EECS 182 HW3 3(d)",
    minutes=8,
    params=Params,
    draw=draw,
    published=Params(POOL2),
    edges=(
        Params(POOL3),
        Params(POOL2, Network((), 8, 8, 3, 4, 4, 4, 4)),
        Params(POOL2, Network((Layer("conv", 3, 1),), 28, 28, 3, 64, 64, 128, 128)),
        Params(Layer("conv", 3, 2, 1), Network((Layer("conv", 7, 2), POOL2), 15, 9, 1, 1, 2, 1, 4)),
    ),
    blind=("always-doubles",),
    solve=_solved,
    oracle=_proved,
    neutral=dict.fromkeys(
        (f"{__name__}.{name}" for name in ("Layer.window", "Network.windows", "Params.costs")),
        "what the question prints, as the tuples that solvers take",
    ),
    work=_work,
    misconceptions=(
        Misconception(
            name="area-not-side",
            says="gives the factor of the area instead of that of the side",
            solve=lambda p: _seen(p, wrong.area_not_side, wrong.tile_area),
            credit=Fraction(1, 2),
            feedback="A receptive field is given by its side; the number of pixels in it grows by the square.",
        ),
        Misconception(
            name="pool-adds-nothing",
            says="leaves the receptive field as it was, because pooling has no weights",
            solve=lambda p: _seen(p, wrong.pool_unseen, wrong.tile_unseen),
            feedback="A pooling window sees $K\\times K$ cells of the map below, with or without weights.",
        ),
        Misconception(
            name="always-doubles",
            says="multiplies the receptive field in pixels by the stride, whatever it was before",
            solve=lambda p: _seen(p, wrong.always_doubles, wrong.tile_multiplies),
            credit=Fraction(1, 4),
            feedback="The layer adds $K-1$ jumps to the side; what the stride multiplies is the jump.",
        ),
        Misconception(
            name="jump-unchanged",
            says="lets the layers above grow the field by as much as before",
            solve=lambda p: _seen(p, wrong.jump_unchanged, lambda _: {}),
            credit=Fraction(1, 2),
            feedback="Above the layer cells are further apart, so every later layer adds more pixels.",
        ),
        Misconception(
            name="compute-halves",
            says="divides the positions along one axis only",
            solve=lambda p: _spent(p, wrong.compute_halves) if p.network else wrong.halved_tiling(p.layer.kernel),
            credit=Fraction(1, 4),
            feedback="Width and height both shrink, so the positions shrink by the square of the stride.",
        ),
        Misconception(
            name="channels-forgotten",
            says="leaves out that the next layer has more channels",
            solve=lambda p: _spent(p, wrong.same_channels),
            credit=Fraction(1, 2),
            feedback="The work is proportional to input channels times output channels.",
        ),
        Misconception(
            name="parameters-fall",
            says="lets the weights of a convolution shrink with the map",
            solve=lambda p: _spent(p, wrong.parameters_fall),
            feedback="A convolution uses the same weights at every position: their number does not depend on the map.",
        ),
    ),
    parts=(
        Part(
            name="downsampling",
            points=Fraction(4),
            answers=lambda p: IN_NETWORK if p.network else IN_GENERAL,
            rubric=(
                RubricItem(
                    name="positions",
                    points=Fraction(-1),
                    says="The explanation does not say that a layer does its work once for every position of its map.",
                ),
                RubricItem(
                    name="share",
                    points=Fraction(-1, 2),
                    says="The explanation does not say what share of the positions is left.",
                ),
                RubricItem(
                    name="overclaim",
                    points=Fraction(-1, 2),
                    says="The response claims that the receptive field in pixels is always multiplied by the stride.",
                ),
            ),
        ),
    ),
)
