"""Drawings of small binary images as grids of pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from solvers.plots import GRID, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GAP = 2.5
"""Pixels between images."""

_Square = list[tuple[float, float]]
_Line = tuple[tuple[float, float], tuple[float, float]]


def pixel_grids(axes: Axes, *, images: Sequence[Sequence[str]], labels: Sequence[str]) -> None:
    """Draw images, rows of "0" and "1", side by side: ones in ink, a thin grid, the label below each."""
    from matplotlib.collections import LineCollection, PolyCollection

    left, squares, grid, frames = 0.0, list[_Square](), list[_Line](), list[_Square]()
    height = max(len(image) for image in images)
    for image, label in zip(images, labels, strict=True):
        rows, columns = len(image), len(image[0])
        squares += [_box(left + j, i, 1, 1) for i in range(rows) for j in range(columns) if image[i][j] == "1"]
        grid += [((left + j, 0), (left + j, rows)) for j in range(1, columns)]
        grid += [((left, i), (left + columns, i)) for i in range(1, rows)]
        frames.append(_box(left, 0, columns, rows))
        axes.text(left + columns / 2, rows + 0.5, label, ha="center", va="top")
        left += columns + GAP
    axes.add_collection(PolyCollection(squares, facecolor=INK, edgecolor="none"), autolim=False)
    axes.add_collection(LineCollection(grid, colors=GRID, linewidths=0.5), autolim=False)
    axes.add_collection(PolyCollection(frames, facecolor="none", edgecolor=INK, linewidth=0.6), autolim=False)
    axes.set(xlim=(-0.1, left - GAP + 0.1), ylim=(height + 1.8, -0.1), aspect="equal")
    axes.set_axis_off()


def _box(x: float, y: float, width: float, height: float) -> _Square:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
