"""Drawings of the small convolutional network: its layers as boxes, its confusions, a mosaic of pictures."""

# matplotlib's own annotations leave **kwargs untyped, so strict checking cannot know its methods:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING

from solvers.plots import ACCENT, INK

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

THICK = 0.85
"""Height of the box with the most channels, of the 1 that a layer has."""

DARK = 50
"""Percent from which a cell is so dark that its number is white."""

ASIDE = 0.04
"""How far an arrow runs beside the boxes, in sides of the largest maps."""

APART = 0.2
"""How far from the middle of a box an arrow begins or ends, of the 1 that a layer has."""

LINES = 0.6
"""Space for two lines of words between rows of pictures, in sides of a picture."""

SHORT = 5
"""Letters of a class's name that have room above a column."""


def architecture(
    axes: Axes, *, layers: Sequence[tuple[str, tuple[int, int, int]]], added: Sequence[tuple[int, int]] = ()
) -> None:
    """Draw a box for every layer, from the image down: as wide as its maps, the higher the more channels.

    An arrow leads along the left from what is ``added`` to where it is.
    """
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    widths = [shape[2] for _, shape in layers]
    widest = max(widths)
    most = max(log2(1 + shape[0]) for _, shape in layers)
    for place, (_, (channels, height, width)) in enumerate(layers):
        thick = THICK * log2(1 + channels) / most
        axes.barh(place, width, thick, left=-width / 2, color=ACCENT, alpha=0.35, linewidth=0.8, edgecolor=INK)
        label = f"${channels} \\times {height} \\times {width}$"
        axes.annotate(label, (widest / 2 * 1.06, place), ha="left", va="center", color=INK, annotation_clip=False)
    for first, last in added:
        past = max(widths[first : last + 1]) / 2 + ASIDE * widest
        out, into = first + APART, last - APART  # an arrow that comes and one that goes do not touch
        way = ((-widths[first] / 2, out), (-past, out), (-past, into), (-widths[last] / 2, into))
        arrow = FancyArrowPatch(path=Path(way), arrowstyle="->", mutation_scale=7, shrinkA=0, shrinkB=0)
        arrow.set(color=INK, linewidth=0.8)
        axes.add_patch(arrow)
    axes.set_yticks(range(len(layers)), labels=[name for name, _ in layers])
    left = widest * (0.5 + (2 * ASIDE if added else 0))
    axes.set(xlim=(-left, widest / 2), ylim=(len(layers) - 0.5, -0.5), xticks=[])
    axes.tick_params(axis="y", length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def confusion(axes: Axes, *, names: Sequence[str], shares: Sequence[Sequence[int]]) -> None:
    """Draw a matrix of percents, darker where they are larger: true classes down, answers across."""
    count = len(names)
    for row, values in enumerate(shares):
        for column, value in enumerate(values):
            axes.fill_between([column, column + 1], row, row + 1, color=ACCENT, alpha=value / 100, linewidth=0)
            if value:
                place = (column + 0.5, row + 0.5)
                color = "white" if value >= DARK else INK
                axes.annotate(f"${value}$", place, ha="center", va="center", color=color)
    axes.set(xlim=(0, count), ylim=(count, 0))
    middles = [place + 0.5 for place in range(count)]
    axes.set_xticks(middles, labels=[name[:SHORT] for name in names])
    axes.set_yticks(middles, labels=list(names))
    axes.tick_params(length=0)


def examples(
    axes: Axes,
    *,
    rows: Sequence[str],
    truth: Sequence[Sequence[str]],
    taken_for: Sequence[Sequence[str]],
    pixels: str,
) -> None:
    """Draw pictures in rows; above each stands its class, below it, where it is another, what it is taken for."""
    columns = len(truth[0])
    values, side = _unpacked(pixels, len(rows), columns)
    apart = LINES * side
    for place, row in enumerate(rows):
        top = place * (side + apart)
        axes.imshow(values[place * side :][:side], interpolation="none", extent=(0, columns * side, top + side, top))
        for column, (right, taken) in enumerate(zip(truth[place], taken_for[place], strict=True)):
            middle = (column + 0.5) * side
            axes.annotate(right[:SHORT], (middle, top), ha="center", va="bottom", color=INK, annotation_clip=False)
            if taken != right:
                axes.annotate(
                    taken[:SHORT], (middle, top + side), ha="center", va="top", color=ACCENT, annotation_clip=False
                )
        axes.annotate(row, (-0.2 * side, top + side / 2), ha="right", va="center", color=INK, annotation_clip=False)
    bottom = len(rows) * (side + apart) - apart
    axes.set(xlim=(-side, columns * side), ylim=(bottom + apart / 2, -apart / 2), aspect="equal", xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)


def _unpacked(pixels: str, rows: int, columns: int) -> tuple[NDArray[np.uint8], int]:
    """Return an image of square pictures, (height, width, 3), and the side of each."""
    import numpy as np

    values = np.frombuffer(bytes.fromhex(pixels), dtype=np.uint8)
    side = round((len(values) / 3 / columns / rows) ** 0.5)
    return values.reshape(rows * side, columns * side, 3), side


def mosaic(axes: Axes, *, labels: Sequence[str], columns: int, pixels: str) -> None:
    """Draw pictures in rows that have labels, the first column apart; ``pixels`` are two digits a colour."""
    rows, side = _unpacked(pixels, len(labels), columns)
    first, rest = rows[:, :side], rows[:, side:]
    height, apart = len(rows), side / 2
    axes.imshow(first, interpolation="none", extent=(0, side, height, 0))
    axes.imshow(rest, interpolation="none", extent=(side + apart, columns * side + apart, height, 0))
    axes.set(xlim=(0, columns * side + apart), ylim=(height, 0), aspect="equal")
    axes.set_xticks([side / 2, apart + (columns + 1) * side / 2], labels=["made", "strongest patches"])
    axes.set_yticks([(place + 0.5) * side for place in range(len(labels))], labels=list(labels))
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
