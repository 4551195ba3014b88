"""HW3 3(b): output shape of a max pooling layer."""

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
    """A pooling layer with all its numbers, and the map that it receives."""

    width: int
    height: int
    channels: int
    kernel: int
    stride: int


@dataclass(frozen=True)
class LostLayer:
    """A layer of which only the window and both shapes are known."""

    width: int
    height: int
    channels: int
    kernel: int
    out_width: int
    out_height: int


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


OUT: Mapping[Level, tuple[int, int]] = {"easy": (3, 8), "standard": (6, 32), "hard": (6, 24)}
"""Smallest and largest side of the output."""
WINDOWS: Mapping[Level, tuple[tuple[int, int], ...]] = {
    "easy": ((3, 2),),
    "standard": ((3, 2), (4, 3), (5, 2), (5, 3), (5, 4), (2, 3)),
    "hard": ((3, 2), (4, 2), (5, 3), (2, 3), (3, 4)),
}
"""Window side and stride: never equal, so that overlap or gaps matter."""
MULTIPLES: Mapping[Level, tuple[int, ...]] = {"easy": (1, 2), "standard": (2, 4, 6, 8, 16), "hard": (2, 4, 8)}
"""Channels as multiples of the window's side, so that wrongly pooled channels look plausible."""


def draw(rng: Generator, level: Level) -> Params:
    """Draw an output and a window, and from them the input; at level ``hard`` the stride is then forgotten."""
    kernel, stride = WINDOWS[level][int(rng.integers(len(WINDOWS[level])))]
    width, height = (
        exact.size_for(int(rng.integers(*OUT[level])), kernel, stride, spare=int(rng.integers(stride)))
        for _ in ("width", "height")
    )
    layer = Layer(width, height, kernel * int(rng.choice(MULTIPLES[level])), kernel, stride)
    if level == "hard":
        return Params(formulas=False, layer=LostLayer(**exact.lose_pool(_given(layer))._asdict()))
    return Params(formulas=level == "standard", layer=layer)


def _given(layer: Layer) -> exact.Pool:
    return exact.Pool(**vars(layer))


def _left(layer: LostLayer) -> exact.LostPool:
    return exact.LostPool(**vars(layer))


def _nothing(_: object) -> Values:
    return {}


def _told(
    p: Params,
    letters: Mapping[str, str],
    known: Callable[[exact.Pool], Values],
    lost: Callable[[exact.LostPool], Values] = _nothing,
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
    told: dict[str, Any] = dict(oracle.pool_formulas()) if p.formulas else {}
    if isinstance(p.layer, Layer):
        told |= oracle.pool(**vars(p.layer))
    elif isinstance(p.layer, LostLayer):
        told |= oracle.lost_pool(**vars(p.layer))
    return told


def _hidden(p: Params, trap: Callable[[exact.Pool], Values]) -> bool:
    """Say whether a trap gives the right shape."""
    return isinstance(p.layer, Layer) and trap(_given(p.layer)).get("shape") == exact.pool_shape(_given(p.layer))


LETTERS = Expression(symbols=("W", "H", "C", "K", "S"))
FORMULAS: Mapping[str, Kind[Any]] = dict.fromkeys(exact.POOL_FORMULAS, LETTERS)
NUMBERS: Mapping[str, Kind[Any]] = {"shape": Shape(), "parameter_count": Integer()}
LOST: Mapping[str, Kind[Any]] = {"stride": Integer(), "narrowest": Integer(), "widest": Integer()}


def _asked(p: Params) -> Mapping[str, Kind[Any]]:
    return {**(FORMULAS if p.formulas else {}), **(NUMBERS if p.known else {}), **(LOST if p.lost else {})}


PROBLEM = Problem(
    title="Shape of a pooling layer",
    topics=("pooling", "shapes"),
    source="EECS 182 HW3 3(b)",
    minutes=4,
    params=Params,
    draw=draw,
    published=Params(formulas=True, layer=None),
    edges=(
        Params(formulas=True, layer=Layer(13, 11, 6, 3, 2)),
        Params(formulas=False, layer=Layer(28, 28, 10, 2, 2)),
        Params(formulas=False, layer=Layer(5, 7, 1, 5, 3)),
        Params(formulas=False, layer=LostLayer(57, 41, 16, 3, 28, 20)),
    ),
    solve=lambda p: _told(p, exact.POOL_FORMULAS, exact.pool, exact.lost_pool),
    oracle=_proved,
    work=lambda p: _told(p, {}, exact.spans, exact.lost_pool_steps),
    rejects=(
        Reject(name="tiles give the right shape", test=lambda p: _hidden(p, wrong.stride_equals_kernel)),
        Reject(name="the stride divides evenly", test=lambda p: _hidden(p, wrong.pool_ceil)),
        Reject(name="stride one gives the right shape", test=lambda p: _hidden(p, wrong.stride_one)),
        Reject(
            name="several strides fit",
            test=lambda p: isinstance(p.layer, LostLayer) and len(exact.lost_strides(_left(p.layer))) != 1,
        ),
    ),
    misconceptions=(
        Misconception(
            name="stride-equals-kernel",
            says="cuts the map into tiles as large as the window",
            solve=lambda p: _told(
                p,
                wrong.POOL_FORMULAS["stride-equals-kernel"],
                wrong.stride_equals_kernel,
                wrong.lost_stride_equals_kernel,
            ),
            credit=Fraction(1, 4),
            feedback="The stride $S$, not the window's side $K$, is the distance between positions.",
        ),
        Misconception(
            name="stride-one",
            says="moves the window by one cell at a time",
            solve=lambda p: _told(p, wrong.POOL_FORMULAS["stride-one"], wrong.stride_one),
            credit=Fraction(1, 4),
            feedback="The window moves by $S$ cells, so only every $S$th of these positions is used.",
        ),
        Misconception(
            name="pool-has-weights",
            says="gives the pooling window weights",
            solve=lambda p: _told(p, wrong.POOL_FORMULAS["pool-has-weights"], wrong.pool_has_weights),
            feedback="A maximum is taken as it is; there is nothing to learn.",
        ),
        Misconception(
            name="channels-reduced",
            says="pools the channels as well",
            solve=lambda p: _told(p, wrong.POOL_FORMULAS["channels-reduced"], wrong.channels_reduced),
            credit=Fraction(1, 2),
            feedback="Each channel is pooled by itself; their number stays.",
        ),
        Misconception(
            name="ceil",
            says="rounds a broken number of steps up",
            solve=lambda p: _told(p, wrong.POOL_FORMULAS["ceil"], wrong.pool_ceil, wrong.lost_pool_ceil),
            credit=Fraction(1, 2),
            feedback="A position at which the window sticks out is dropped, so the number of steps is rounded down.",
        ),
        Misconception(
            name="nothing-dropped",
            says="expects every input width to give an output width of its own",
            solve=lambda p: _told(p, {}, _nothing, wrong.lost_only_this_width),
            feedback="Up to $S-1$ columns at the edge are dropped, so $S$ input widths give the same output width.",
        ),
    ),
    parts=(
        Part(
            name="layer",
            points=Fraction(3),
            answers=_asked,
            rubric=(
                RubricItem(
                    name="no-computation",
                    points=Fraction(-1, 2),
                    says="Numbers are asked for, and the response shows no computation.",
                ),
            ),
        ),
    ),
)
