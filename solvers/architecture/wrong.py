"""What students write into the table of an architecture who hold a misconception about its layers.

A student goes from row to row and reads what is printed: a wrong shape is carried on only through
rows whose activations are blank.
"""

from __future__ import annotations

from math import ceil, prod
from typing import TYPE_CHECKING, TypeAlias

from solvers.architecture.exact import Count, Row, answers, cut, name, output_size, row, rows, value
from solvers.architecture.layers import Cell, Conv, Flatten, Layer, Pool, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Belief: TypeAlias = Callable[[Layer, Shape], Row]

Table: TypeAlias = dict[str, int | Shape]


def believe(
    size: Shape,
    layers: tuple[Layer, ...],
    blanks: Sequence[Cell],
    belief: Belief,
    overlooks: type[Layer] | None = None,
) -> Table:
    """Return the blanks that come out wrong if ``belief`` makes each row from the shape before it.

    Printed activations are read, except in rows of the kind that the student ``overlooks``. Where
    the belief changes nothing, all blanks are returned, right: this table cannot see the belief.
    Where it makes no sense (no pixel is left), nothing is returned.
    """
    right, hidden = rows(size, layers), set(blanks)
    believed: Table = {}
    seen = size
    for index, layer in enumerate(layers, start=1):
        try:
            mine = belief(layer, seen)
        except ValueError:
            return {}
        cells = [cell for cell in blanks if cell.row == index]
        believed |= {name(cell): value(mine, cell) for cell in cells}
        carried = Cell(index, "activations") in hidden or (overlooks is not None and isinstance(layer, overlooks))
        seen = mine.activations if carried else right[index].activations
    true = answers(size, layers, blanks)
    return {cell: entry for cell, entry in believed.items() if entry != true[cell]} or believed


def forgot_channels(size: Shape, layers: tuple[Layer, ...], blanks: Sequence[Cell]) -> Table:
    """Give a filter one plane of weights, whatever the depth of its input."""

    def belief(layer: Layer, shape: Shape) -> Row:
        full = row(layer, shape)
        if isinstance(layer, Conv):
            return Row(Count((layer.kernel, layer.kernel, layer.filters), layer.filters), full.activations)
        return full

    return believe(size, layers, blanks, belief)


def forgot_bias(size: Shape, layers: tuple[Layer, ...], blanks: Sequence[Cell]) -> Table:
    """Count weights only."""

    def belief(layer: Layer, shape: Shape) -> Row:
        full = row(layer, shape)
        return Row(Count(full.parameters.weights), full.activations)

    return believe(size, layers, blanks, belief)


def no_padding(size: Shape, layers: tuple[Layer, ...], blanks: Sequence[Cell]) -> Table:
    """Let every convolution shrink its map."""

    def belief(layer: Layer, shape: Shape) -> Row:
        if not isinstance(layer, Conv):
            return row(layer, shape)
        width, height, _ = shape
        sides = (output_size(n, layer.kernel, 1, 0) for n in (width, height))
        return Row(row(layer, shape).parameters, (*sides, layer.filters))

    return believe(size, layers, blanks, belief)


def pool_has_weights(size: Shape, layers: tuple[Layer, ...], blanks: Sequence[Cell]) -> Table:
    """Give a pooling layer a weight for every place of its window in every channel."""

    def belief(layer: Layer, shape: Shape) -> Row:
        full = row(layer, shape)
        if isinstance(layer, Pool):
            return Row(Count((layer.size, layer.size, shape[2])), full.activations)
        return full

    return believe(size, layers, blanks, belief)


def pool_halves_channels(size: Shape, layers: tuple[Layer, ...], blanks: Sequence[Cell]) -> Table:
    """Let pooling divide the channels as it divides width and height."""

    def belief(layer: Layer, shape: Shape) -> Row:
        full = row(layer, shape)
        if isinstance(layer, Pool):
            width, height, channels = full.activations
            return Row(full.parameters, (width, height, channels // layer.size))
        return full

    return believe(size, layers, blanks, belief)


def fc_forgot_channels(size: Shape, layers: tuple[Layer, ...], blanks: Sequence[Cell]) -> Table:
    """Connect the first fully-connected layer to the positions of one channel only."""

    def belief(layer: Layer, shape: Shape) -> Row:
        return Row(Count(), (prod(shape[:2]),)) if isinstance(layer, Flatten) else row(layer, shape)

    return believe(size, layers, blanks, belief, overlooks=Flatten)


def bias_per_pixel(size: Shape, layers: tuple[Layer, ...], blanks: Sequence[Cell]) -> Table:
    """Give every value of a convolution's output a bias of its own."""

    def belief(layer: Layer, shape: Shape) -> Row:
        full = row(layer, shape)
        if isinstance(layer, Conv):
            return Row(Count(full.parameters.weights, prod(full.activations)), full.activations)
        return full

    return believe(size, layers, blanks, belief)


def pool_rounds_up(size: Shape, layers: tuple[Layer, ...], blanks: Sequence[Cell]) -> Table:
    """Keep the window that reaches over the edge; ``{}`` where all windows fit."""
    if not cut(size, layers):
        return {}

    def belief(layer: Layer, shape: Shape) -> Row:
        if not isinstance(layer, Pool):
            return row(layer, shape)
        width, height, channels = shape
        return Row(Count(), (ceil(width / layer.size), ceil(height / layer.size), channels))

    return believe(size, layers, blanks, belief)
