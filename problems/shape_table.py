"""HW3 3(e): complete the table of parameters and activations of a small network."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any

from psetpress.answers import Integer, Shape
from psetpress.records import Level, Misconception, Part, Problem, Reject, RubricItem
from solvers.architecture import exact, oracle, wrong
from solvers.architecture.layers import Cell, Conv, Dense, Flatten, Layer, Pool

if TYPE_CHECKING:
    from numpy.random import Generator

    from psetpress.answers import Kind


@dataclass(frozen=True)
class Params:
    """A network for one image, and the cells of its table that are left blank."""

    size: tuple[int, int, int]
    """Width, height and channels of the image."""
    layers: tuple[Layer, ...]
    blanks: tuple[Cell, ...]
    """In reading order; row k belongs to the k-th layer."""

    def __post_init__(self) -> None:
        """Refuse layers that do not fit together, and blanks beside the rows of the layers."""
        exact.check(self.size, self.layers, self.blanks)

    @property
    def table(self) -> tuple[tuple[str, exact.Printed], ...]:
        """The rows below the input's as printed: the layer's name, and its entries unless they are blank."""
        entries = exact.printed(self.size, self.layers, self.blanks)
        return tuple(zip(map(label, self.layers), entries[1:], strict=True))

    @property
    def given(self) -> tuple[int, ...]:
        """The numbers in the entries that are not blank."""
        rows = [row for _, row in self.table]
        counts = (count for row in rows if (count := row.parameters))
        shapes = (shape for row in rows if (shape := row.activations))
        return tuple(chain.from_iterable([*((*count.weights, count.biases) for count in counts), *shapes]))

    @property
    def pieces(self) -> exact.Pieces:
        """The kinds of layers that the statement explains."""
        return exact.pieces(self.layers)

    @property
    def cut(self) -> bool:
        """Whether a pooling layer drops pixels at the edge."""
        return bool(exact.cut(self.size, self.layers))

    @property
    def labels(self) -> dict[str, str]:
        """The printed number of each blank by answer name."""
        return {exact.name(cell): f"({number})" for number, cell in enumerate(self.blanks, start=1)}


def label(layer: Layer) -> str:
    """Return a layer's name in the notation of the source: ``CONV3-10``."""
    match layer:
        case Conv(kernel, filters):
            return f"CONV{kernel}-{filters}"
        case Pool(size):
            return f"POOL{size}"
        case Flatten():
            return "FLATTEN"
        case Dense(units):
            return f"FC-{units}"


BLOCKS = {"easy": ((1,),), "standard": ((1, 1),), "hard": ((2, 1), (1, 2), (2, 2))}
"""Convolutions before each pooling layer."""
KERNELS = {"easy": (3,), "standard": (3,), "hard": (3, 5)}
POOLS = {"easy": (2,), "standard": (2,), "hard": (2, 3)}
FILTERS = {"easy": (4, 5, 6, 8, 10), "standard": (6, 8, 10, 12, 14, 16), "hard": (6, 8, 10, 12, 16, 20, 24)}
"""All greater than the channels of an image, so that no convolution hides which of the two it uses."""
CHANNELS = (2, 3, 4)
SIDES = {"easy": (8, 14), "standard": (16, 36), "hard": (20, 48)}
"""Least and greatest width of an image."""
HIDDEN = {"easy": (), "standard": (), "hard": (12, 20, 30, 40)}
"""Units of a fully-connected layer before the last one."""
CLASSES = (3, 4, 5, 6, 8, 10)
MORE_BLANKS = {"easy": 0, "standard": 1, "hard": 3}
"""Blanks beyond the five that make every misconception visible."""
MOST_PARAMETERS = 60_000
"""Beyond this a table is an exercise in long multiplication."""


def draw(rng: Generator, level: Level) -> Params:
    """Draw a network, then blanks in it that every misconception gets wrong; at level ``hard`` pooling cuts."""
    blocks = BLOCKS[level][int(rng.integers(len(BLOCKS[level])))]
    filters = iter([int(n) for n in rng.choice(FILTERS[level], sum(blocks), replace=False)])
    layers: list[Layer] = []
    for convolutions in blocks:
        layers += [Conv(int(rng.choice(KERNELS[level])), next(filters)) for _ in range(convolutions)]
        layers.append(Pool(int(rng.choice(POOLS[level]))))
    hidden = [Dense(int(rng.choice(HIDDEN[level])))] if HIDDEN[level] else []
    layers += [Flatten(), *hidden, Dense(int(rng.choice(CLASSES)))]
    size = draw_size(rng, level, layers)
    return Params(size, tuple(layers), draw_blanks(rng, level, size, tuple(layers)))


def draw_size(rng: Generator, level: Level, layers: list[Layer]) -> tuple[int, int, int]:
    """Draw an image, not square, that the pooling layers divide, or at level ``hard`` do not divide."""
    fits = exact.sides(layers, *SIDES[level], cut=level == "hard")
    width, height = (int(n) for n in rng.choice(fits, 2, replace=False))
    return width, height, int(rng.choice(CHANNELS))


def draw_blanks(
    rng: Generator, level: Level, size: tuple[int, int, int], layers: tuple[Layer, ...]
) -> tuple[Cell, ...]:
    """Draw blanks: parameters of a convolution, a pooling and the first FC layer, two activations, and more."""
    rows = {kind: [k for k, layer in enumerate(layers, 1) if isinstance(layer, kind)] for kind in (Conv, Pool, Dense)}
    pools = exact.cut(size, layers) or rows[Pool]
    seen = {
        Cell(int(rng.choice(rows[Conv])), "parameters"),
        Cell(int(rng.choice(rows[Conv])), "activations"),
        Cell(int(rng.choice(rows[Pool])), "parameters"),
        Cell(int(rng.choice(pools)), "activations"),
        Cell(rows[Dense][0], "parameters"),
    }
    cells = [Cell(row, column) for row in range(1, len(layers) + 1) for column in exact.COLUMNS]
    others = [cell for cell in cells if cell not in seen]
    seen |= {others[int(k)] for k in rng.choice(len(others), MORE_BLANKS[level], replace=False)}
    return tuple(cell for cell in cells if cell in seen)


def kinds(p: Params) -> dict[str, Kind[Any]]:
    """Return the kinds of the answers: numbers of parameters, and shapes."""
    return {exact.name(cell): Integer() if cell.column == "parameters" else Shape() for cell in p.blanks}


PROBLEM = Problem[Params](
    title="Parameters and activations of a CNN",
    topics=("convolution", "architecture"),
    source="EECS 182 HW3 3(e)",
    minutes=10,
    params=Params,
    draw=draw,
    published=Params(
        size=(28, 28, 1),
        layers=(Conv(3, 10), Pool(2), Conv(3, 10), Pool(2), Flatten(), Dense(3)),
        blanks=(
            Cell(1, "parameters"),
            Cell(3, "activations"),
            Cell(4, "parameters"),
            Cell(4, "activations"),
            Cell(6, "parameters"),
        ),
    ),
    edges=(
        Params((1, 1, 1), (Conv(1, 1), Flatten(), Dense(1)), (Cell(1, "parameters"), Cell(2, "activations"))),
        Params((5, 4, 2), (Pool(3), Conv(5, 1)), (Cell(1, "activations"), Cell(2, "parameters"))),
    ),
    blind=("forgot-channels",),
    solve=lambda p: exact.answers(p.size, p.layers, p.blanks),
    oracle=lambda p: oracle.entries(p.size, p.layers, p.blanks),
    printed_as={"blanks": lambda p: p.given},
    work=lambda p: exact.work(p.size, p.layers, p.blanks),
    rejects=(
        Reject(name="too many parameters", test=lambda p: exact.total(p.size, p.layers) > MOST_PARAMETERS),
        Reject(name="no pixel left without padding", test=lambda p: not wrong.no_padding(p.size, p.layers, p.blanks)),
        Reject(name="a map of one pixel", test=lambda p: (1, 1) in exact.maps(p.size, p.layers)),
    ),
    misconceptions=(
        Misconception(
            name="forgot-channels",
            says="counts $K\\times K$ weights for a filter, whatever the depth of its input",
            solve=lambda p: wrong.forgot_channels(p.size, p.layers, p.blanks),
            credit=Fraction(1, 2),
            feedback="A filter is as deep as the activations that it is applied to.",
        ),
        Misconception(
            name="forgot-bias",
            says="counts weights only",
            solve=lambda p: wrong.forgot_bias(p.size, p.layers, p.blanks),
            credit=Fraction(1, 2),
            feedback="Every filter and every output neuron has one bias.",
        ),
        Misconception(
            name="no-padding",
            says="lets a padded convolution shrink its input",
            solve=lambda p: wrong.no_padding(p.size, p.layers, p.blanks),
            credit=Fraction(1, 2),
            feedback="The padding makes up for what the filter takes away, so width and height stay.",
        ),
        Misconception(
            name="pool-has-weights",
            says="gives a pooling layer parameters",
            solve=lambda p: wrong.pool_has_weights(p.size, p.layers, p.blanks),
            feedback="Taking a maximum involves nothing that could be learned.",
        ),
        Misconception(
            name="pool-halves-channels",
            says="lets pooling reduce the number of channels",
            solve=lambda p: wrong.pool_halves_channels(p.size, p.layers, p.blanks),
            credit=Fraction(1, 2),
            feedback="Pooling treats every channel on its own and keeps all of them.",
        ),
        Misconception(
            name="fc-forgot-channels",
            says="connects the fully-connected layer to one channel only",
            solve=lambda p: wrong.fc_forgot_channels(p.size, p.layers, p.blanks),
            credit=Fraction(1, 2),
            feedback="The flattened vector holds the values of all channels.",
        ),
        Misconception(
            name="bias-per-pixel",
            says="gives every output value of a convolution a bias of its own",
            solve=lambda p: wrong.bias_per_pixel(p.size, p.layers, p.blanks),
            credit=Fraction(1, 2),
            feedback="A filter's bias is shared by all positions, like its weights.",
        ),
        Misconception(
            name="ceil",
            says="rounds the size after pooling up",
            solve=lambda p: wrong.pool_rounds_up(p.size, p.layers, p.blanks),
            credit=Fraction(1, 2),
            feedback="A window that does not fit into the map is dropped, so the size is rounded down.",
        ),
    ),
    parts=(
        Part(
            name="table",
            points=Fraction(5),
            answers=kinds,
            rubric=(
                RubricItem(
                    name="computation",
                    points=Fraction(-1, 2),
                    says="Entries are bare numbers; the computations asked for are missing.",
                ),
            ),
        ),
    ),
)
