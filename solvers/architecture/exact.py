"""Parameters and activations of every layer of a network, in integers.

Sizes follow ``floor((n + 2P - K) / S) + 1`` per axis (Dumoulin & Visin 2016, relationship 6).
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, NamedTuple, TypedDict, get_args

from solvers.architecture.layers import Cell, Column, Conv, Dense, Flatten, Pool

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from solvers.architecture.layers import Layer, Shape

COLUMNS: tuple[Column, ...] = get_args(Column)


class Count(NamedTuple):
    """A number of parameters as a computation: the factors of the weights, and the biases."""

    weights: tuple[int, ...] = ()
    biases: int = 0

    @property
    def total(self) -> int:
        """Weights and biases; a layer without factors has no weights."""
        return (prod(self.weights) if self.weights else 0) + self.biases


class Row(NamedTuple):
    """A row of the table: what a layer learns, and the shape of what it puts out."""

    parameters: Count
    activations: Shape


def output_size(n: int, kernel: int, stride: int, padding: int) -> int:
    """Return the number of places of a window ``kernel`` wide on ``n`` pixels padded on both sides.

    Raises ValueError if the window does not fit once.
    """
    room = n + 2 * padding - kernel
    if room < 0:
        raise ValueError(f"a window of {kernel} does not fit on {n} pixels with padding {padding}")
    return room // stride + 1


def same_padding(kernel: int) -> int:
    """Return the padding on every side that keeps the size under an odd ``kernel`` and stride 1.

    Raises ValueError for an even one, which no equal padding suits.
    """
    if kernel % 2 == 0:
        raise ValueError(f"a kernel of {kernel} cannot keep the size with equal padding; odd ones are accepted")
    return (kernel - 1) // 2


@lru_cache
def rows(size: Shape, layers: tuple[Layer, ...]) -> tuple[Row, ...]:
    """Return the complete table of a network: row 0 is the input of shape ``size``.

    >>> rows((28, 28, 1), (Conv(3, 10), Pool(2)))[2]
    Row(parameters=Count(weights=(), biases=0), activations=(14, 14, 10))
    """
    table = [Row(Count(), size)]
    for layer in layers:
        table.append(row(layer, table[-1].activations))
    return tuple(table)


@lru_cache  # beliefs differ in few rows: the others are the same again and again
def row(layer: Layer, shape: Shape) -> Row:
    """Return the row of ``layer``, which is fed activations of ``shape``.

    Raises ValueError for a layer that does not take this shape.
    """
    wanted = 1 if isinstance(layer, Dense) else 3
    if len(shape) != wanted:
        raise ValueError(f"{layer} is fed {shape}; it takes {wanted} size(s)")
    match layer:
        case Conv(kernel, filters):
            width, height, channels = shape
            sides = (output_size(n, kernel, 1, same_padding(kernel)) for n in (width, height))
            return Row(Count((kernel, kernel, channels, filters), filters), (*sides, filters))
        case Pool(size):
            width, height, channels = shape
            return Row(Count(), (*(output_size(n, size, size, 0) for n in (width, height)), channels))
        case Flatten():
            return Row(Count(), (prod(shape),))
        case Dense(units):
            return Row(Count((*shape, units), units), (units,))


def check(size: Shape, layers: tuple[Layer, ...], blanks: Sequence[Cell]) -> None:
    """Raise ValueError for layers that do not fit together, and for blanks that are not in order in their rows."""
    rows(size, layers)
    cells = [Cell(index, column) for index in range(1, len(layers) + 1) for column in COLUMNS]
    if list(blanks) != [cell for cell in cells if cell in blanks]:
        raise ValueError(f"blanks {blanks}; accepted are different cells of rows 1 to {len(layers)}, in reading order")


def answers(size: Shape, layers: tuple[Layer, ...], blanks: Collection[Cell]) -> dict[str, int | Shape]:
    """Return what belongs into the ``blanks``, by :func:`name`."""
    table = rows(size, layers)
    return {name(cell): value(table[cell.row], cell) for cell in blanks}


def name(cell: Cell) -> str:
    """Return the name of a cell's answer: ``parameters_4``."""
    return f"{cell.column}_{cell.row}"


def value(row: Row, cell: Cell) -> int | Shape:
    """Return the entry of ``cell`` in its ``row``."""
    return row.parameters.total if cell.column == "parameters" else row.activations


def total(size: Shape, layers: tuple[Layer, ...]) -> int:
    """Return the number of all parameters of a network."""
    return sum(full.parameters.total for full in rows(size, layers))


def maps(size: Shape, layers: tuple[Layer, ...]) -> set[Shape]:
    """Return the widths and heights of all feature maps of a network."""
    return {full.activations[:2] for full in rows(size, layers) if len(full.activations) == 3}


class Printed(NamedTuple):
    """A row as a statement prints it: entries, or None where a blank is; and the numbers of the blanks."""

    parameters: Count | None
    activations: Shape | None
    numbers: Mapping[str, int]


def printed(size: Shape, layers: tuple[Layer, ...], blanks: Sequence[Cell]) -> tuple[Printed, ...]:
    """Return the table with ``blanks`` left out, numbered from 1 in their order."""
    numbers = {(cell.row, cell.column): number for number, cell in enumerate(blanks, start=1)}
    table: list[Printed] = []
    for index, full in enumerate(rows(size, layers)):
        here = {column: numbers[index, column] for column in COLUMNS if (index, column) in numbers}
        table.append(
            Printed(
                None if "parameters" in here else full.parameters,
                None if "activations" in here else full.activations,
                here,
            )
        )
    return tuple(table)


class Pieces(NamedTuple):
    """The kinds of layers to be explained: (kernel, padding) of convolutions, sides of pooling windows."""

    convolutions: tuple[tuple[int, int], ...]
    pools: tuple[int, ...]


def pieces(layers: Sequence[Layer]) -> Pieces:
    """Return every kind of convolution and pooling in ``layers`` once, smallest first."""
    kernels = sorted({layer.kernel for layer in layers if isinstance(layer, Conv)})
    pools = sorted({layer.size for layer in layers if isinstance(layer, Pool)})
    return Pieces(tuple((kernel, same_padding(kernel)) for kernel in kernels), tuple(pools))


def sides(layers: Sequence[Layer], low: int, high: int, *, cut: bool) -> list[int]:
    """Return the sides of images from ``low`` to ``high`` that pooling divides evenly, or that it ``cut``s.

    Rounding down step by step is rounding down once: the product of the windows decides.
    """
    shrinkage = prod(layer.size for layer in layers if isinstance(layer, Pool))
    return [n for n in range(low, high + 1) if bool(n % shrinkage) == cut]


def cut(size: Shape, layers: tuple[Layer, ...]) -> tuple[int, ...]:
    """Return the rows of the pooling layers whose windows do not cover their whole input."""
    table = rows(size, layers)
    return tuple(
        index
        for index, layer in enumerate(layers, start=1)
        if isinstance(layer, Pool) and any(n % layer.size for n in table[index - 1].activations[:2])
    )


class Step(NamedTuple):
    """The way to one blank: the shape that the layer is fed, the complete row, and whether pixels are cut off."""

    number: int
    answer: str
    cell: Cell
    layer: Layer
    fed: Shape
    row: Row
    cut: bool


class Work(TypedDict):
    """The complete table, the steps to the blanks in order, and the number of all parameters."""

    rows: tuple[Row, ...]
    steps: tuple[Step, ...]
    total: int


def work(size: Shape, layers: tuple[Layer, ...], blanks: Sequence[Cell]) -> Work:
    """Return what the worked solution prints."""
    table, cuts = rows(size, layers), cut(size, layers)
    steps: list[Step] = []
    for number, cell in enumerate(blanks, start=1):
        fed, full = table[cell.row - 1].activations, table[cell.row]
        steps.append(Step(number, name(cell), cell, layers[cell.row - 1], fed, full, cell.row in cuts))
    return Work(rows=table, steps=tuple(steps), total=total(size, layers))
