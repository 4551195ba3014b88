"""HW3 3(c): the receptive field of a stack of layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from psetpress.answers import Expression, Integer
from psetpress.records import Level, Misconception, Part, Problem, Reject, RubricItem
from solvers.fields import exact, oracle, wrong

if TYPE_CHECKING:
    from numpy.random import Generator

    from psetpress.answers import Kind
    from psetpress.records import Values


@dataclass(frozen=True)
class Layer:
    """One layer of the stack; pooling layers are not dilated."""

    kind: Literal["conv", "pool"]
    kernel: int
    stride: int = 1
    dilation: int = 1

    @property
    def window(self) -> exact.Window:
        """The layer as the solvers take it."""
        return self.kind, self.kernel, self.stride, self.dilation


@dataclass(frozen=True)
class Target:
    """The question how many stride-1 convolutions of one filter size see so many pixels."""

    kernel: int
    width: int


@dataclass(frozen=True)
class Params:
    """A stack of layers, first layer first; an empty one asks for the formula alone."""

    formula: bool  # asks for the side of L equal stride-1 convolutions in letters
    stack: tuple[Layer, ...] = ()
    padding: int = 0  # of every convolution of the stack; it must not matter
    target: Target | None = None

    @property
    def windows(self) -> tuple[exact.Window, ...]:
        """The stack as the solvers take it."""
        return tuple(layer.window for layer in self.stack)

    @property
    def kernels(self) -> tuple[int, ...]:
        """The sides of the windows."""
        return tuple(layer.kernel for layer in self.stack)

    @property
    def equal(self) -> bool:
        """Whether all layers of the stack are alike."""
        return len(set(self.stack)) == 1

    @property
    def mixed(self) -> bool:
        """Whether the stack has more than stride-1, undilated convolutions."""
        return any((layer.kind, layer.stride, layer.dilation) != ("conv", 1, 1) for layer in self.stack)

    @property
    def dilated(self) -> bool:
        """Whether a layer of the stack is dilated."""
        return any(layer.dilation > 1 for layer in self.stack)

    @property
    def pooled(self) -> bool:
        """Whether the stack has a pooling layer."""
        return any(layer.kind == "pool" for layer in self.stack)


KERNELS = (3, 5, 7, 9)
"""Filter sizes of the levels easy and standard."""
EQUAL_DEPTHS, UNEQUAL_DEPTHS = range(2, 9), range(3, 7)
"""Numbers of layers at level easy, where all are alike, and at level standard."""
PADDINGS = (1, 2, 3)
WIDTHS = range(20, 100)
"""How much a network of level standard is to see."""
DOWNSAMPLERS = (("pool", 2, 2), ("pool", 3, 2), ("pool", 3, 3), ("conv", 3, 2), ("conv", 5, 2))
"""Level hard: kind, kernel and stride of a layer with a stride."""


def draw(rng: Generator, level: Level) -> Params:
    """Draw equal layers, unequal layers, or a stack with strides, pooling and dilation."""
    padding = int(rng.choice(PADDINGS))
    if level == "hard":
        return Params(formula=False, stack=_mixed(rng), padding=padding)
    if level == "standard":
        stack = tuple(Layer("conv", int(rng.choice(KERNELS))) for _ in range(int(rng.choice(UNEQUAL_DEPTHS))))
        target = Target(int(rng.choice(KERNELS)), int(rng.choice(WIDTHS)))
        return Params(formula=True, stack=stack, padding=padding, target=target)
    equal = Layer("conv", int(rng.choice(KERNELS)))
    return Params(formula=False, stack=(equal,) * int(rng.choice(EQUAL_DEPTHS)), padding=padding)


def _mixed(rng: Generator) -> tuple[Layer, ...]:
    """Draw convolution, downsampling, dilated convolution, downsampling, and one or two convolutions."""

    def plain() -> Layer:
        return Layer("conv", int(rng.choice((3, 5))))

    def downsampling() -> Layer:
        kind, kernel, stride = DOWNSAMPLERS[int(rng.integers(len(DOWNSAMPLERS)))]
        return Layer("pool" if kind == "pool" else "conv", kernel, stride)

    dilated = Layer("conv", int(rng.choice((2, 3, 5))), 1, int(rng.integers(2, 4)))
    tail = [plain() for _ in range(int(rng.integers(1, 3)))]
    return (plain(), downsampling(), dilated, downsampling(), *tail)


def _solved(p: Params) -> Values:
    """Return the formula, the field (with the jump, where it is not 1) and the depth, as far as asked."""
    told: dict[str, Any] = dict(exact.FORMULAS) if p.formula else {}
    if p.stack:
        side, jump = exact.fields(p.windows)[-1]
        told |= {"field": side, "jump": jump} if p.mixed else {"field": side}
    if p.target:
        told["depth"] = exact.layers_needed(p.target.kernel, p.target.width)
    return told


def _proved(p: Params) -> Values:
    """Return the same by looking at torch layers."""
    told: dict[str, Any] = dict(oracle.formulas()) if p.formula else {}
    if p.stack:
        side, jump = oracle.field(p.windows)
        told |= {"field": side, "jump": jump} if p.mixed else {"field": side}
    if p.target:
        told["depth"] = oracle.layers_needed(p.target.kernel, p.target.width)
    return told


def _misled(
    p: Params,
    trap: str,
    field: Callable[[Sequence[exact.Window]], int | None],
    depth: Callable[[int, int], int],
) -> Values:
    """Return what a belief makes of the formula, the field and the depth, as far as they are asked."""
    side = field(p.windows)
    told: dict[str, Any] = {"field": side} if p.stack and side is not None else {}
    if p.target:
        told["depth"] = depth(p.target.kernel, p.target.width)
    return told | dict(wrong.FORMULAS[trap]) if p.formula else told


def _product(p: Params) -> Values:
    return _misled(p, "product", wrong.product, wrong.depth_by_product)


def _where(applies: bool, p: Params, field: Callable[[Sequence[exact.Window]], int]) -> Values:
    """Return what a belief makes of the field where it applies."""
    return {"field": field(p.windows)} if applies else {}


def _last_stride_only(p: Params) -> Values:
    side, jump = wrong.last_stride_only(p.windows)
    return {"field": side, "jump": jump} if p.mixed else {}


NUMBER: Kind[Any] = Integer()


def _asked(p: Params) -> Mapping[str, Kind[Any]]:
    kinds: dict[str, Kind[Any]] = {"side": Expression(symbols=("L", "K"))} if p.formula else {}
    kinds |= {"field": NUMBER} if p.stack else {}
    kinds |= {"jump": NUMBER} if p.mixed else {}
    return kinds | ({"depth": NUMBER} if p.target else {})


PROBLEM = Problem(
    title="Receptive field of a stack of layers",
    topics=("convolution", "receptive field"),
    source="EECS 182 HW3 3(c)",
    minutes=5,
    params=Params,
    draw=draw,
    published=Params(formula=True),
    edges=(
        Params(formula=True, stack=(Layer("conv", 3),) * 3, padding=1, target=Target(3, 7)),
        Params(formula=False, stack=(Layer("conv", 5), Layer("pool", 2, 2), Layer("conv", 5))),
        Params(formula=False, stack=(Layer("conv", 5, 1, 2), Layer("pool", 2, 2), Layer("conv", 5)), padding=1),
        Params(formula=False, stack=(Layer("conv", 1),)),
    ),
    solve=_solved,
    oracle=_proved,
    neutral=dict.fromkeys(
        (f"{__name__}.{name}" for name in ("Layer.window", "Params.mixed", "Params.windows")),
        "the layers as the tuples that solvers take",
    ),
    work=lambda p: (
        exact.growth_steps(p.windows) | (exact.depth_steps(p.target.kernel, p.target.width) if p.target else {})
    ),
    rejects=(
        Reject(
            name="adding up windows gives the right depth",
            test=lambda p: p.target is not None and _solved(p)["depth"] == _product(p)["depth"],
        ),
    ),
    misconceptions=(
        Misconception(
            name="product",
            says="adds up the sides of the windows, $LK$ for equal layers",
            solve=_product,
            credit=Fraction(1, 4),
            feedback="Neighboring windows overlap: a layer adds $K-1$ pixels, not $K$.",
        ),
        Misconception(
            name="power",
            says="multiplies the sides of the windows, $K^L$ for equal layers",
            solve=lambda p: _misled(p, "power", wrong.power, wrong.depth_by_power),
            feedback="The windows of neighboring cells overlap, so sides add up and do not multiply.",
        ),
        Misconception(
            name="no-centre",
            says="adds the growth of the layers but forgets the pixel they start from",
            solve=lambda p: _misled(p, "no-centre", wrong.no_centre, wrong.depth_without_centre),
            credit=Fraction(1, 2),
            feedback="Without any layer the field is already one pixel wide.",
        ),
        Misconception(
            name="half-kernel",
            says="lets a window reach to one side only",
            solve=lambda p: _misled(p, "half-kernel", wrong.half_kernel, wrong.depth_by_half_kernel),
            credit=Fraction(1, 4),
            feedback="A window adds $(K-1)/2$ pixels on each side, $K-1$ in all.",
        ),
        Misconception(
            name="padding-counts",
            says="counts the padding as seen pixels",
            solve=lambda p: {"field": wrong.padding_counts(p.windows, p.padding)} if p.padding else {},
            credit=Fraction(1, 2),
            feedback="Padding changes the size of the map, not how many pixels a cell sees.",
        ),
        Misconception(
            name="ignore-jump",
            says="lets every layer add its own window in input pixels, whatever the strides below",
            solve=lambda p: _where(p.mixed, p, wrong.ignore_jump),
            credit=Fraction(1, 4),
            feedback="Cells above a stride are further apart: a layer adds its growth times the jump below it.",
        ),
        Misconception(
            name="ignore-dilation",
            says="takes dilated windows for dense ones",
            solve=lambda p: _where(p.dilated, p, wrong.ignore_dilation),
            credit=Fraction(1, 2),
            feedback="A window of dilation $d$ reaches over $d(K-1)+1$ cells.",
        ),
        Misconception(
            name="dilation-is-gaps",
            says="puts $d$ gaps between the taps of a dilated window",
            solve=lambda p: _where(p.dilated, p, wrong.dilation_is_gaps),
            credit=Fraction(1, 2),
            feedback="Dilation $d$ is the distance between taps; there are $d-1$ gaps between them.",
        ),
        Misconception(
            name="pool-adds-nothing",
            says="lets pooling layers add nothing to the field",
            solve=lambda p: _where(p.pooled, p, wrong.pool_adds_nothing),
            credit=Fraction(1, 2),
            feedback="A pooling window sees $K\\times K$ cells, as a convolution does.",
        ),
        Misconception(
            name="stride-too-early",
            says="multiplies a layer's growth by the jump above it",
            solve=lambda p: _where(p.mixed, p, wrong.stride_too_early),
            credit=Fraction(1, 2),
            feedback="A layer reads cells that are as far apart as the jump below it; its stride acts above.",
        ),
        Misconception(
            name="last-stride-only",
            says="takes the latest stride for the jump",
            solve=_last_stride_only,
            credit=Fraction(1, 4),
            feedback="Strides multiply from layer to layer.",
        ),
    ),
    parts=(
        Part(
            name="field",
            points=Fraction(3),
            answers=_asked,
            rubric=(
                RubricItem(
                    name="no-reason",
                    points=Fraction(-1),
                    says="The response gives a result without saying how much a layer adds.",
                ),
            ),
        ),
    ),
)
