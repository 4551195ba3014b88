"""Drawings of training curves: told apart by line style, named at their right ends, read on a fine grid."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from solvers.plots import ACCENT, GRID, INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLES = ("solid", (0, (5, 2)), (0, (1.2, 1.2)))
"""Of the curves in their order: solid, dashed, dotted."""
COLORS = (INK, ACCENT, INK)
WIDTHS = (1.3, 1.4, 1.6)
SHADES = (0.16, 0.10, 0.16)
"""How dark the bands of the seeds are."""

STEP_NUMBERS = 20
"""Steps between two numbers of the step axis."""
NAME_ROOM = 0.055
"""The least distance between names, as a share of the value axis."""

Band = tuple[Sequence[float], Sequence[float]]


def training_curves(
    axes: Axes,
    *,
    every: int,
    curves: Sequence[Sequence[float]],
    bands: Sequence[Band],
    names: str,
    numbers: Sequence[float],
    cells: int,
    label: str,
    dots: Sequence[tuple[float, float]] = (),
    level: float | None = None,
    gap: tuple[float, float] | None = None,
) -> None:
    """Draw ``curves``, values at the steps 0, every, 2 every, ..., with bands where seeds were repeated.

    ``numbers`` stand at the value axis, ``cells`` of the grid between two of them. An answer marks ``dots``,
    a ``level`` and the final ``gap``.
    """
    steps = [every * index for index in range(len(curves[0]))]
    _grid(axes, range(0, steps[-1] + 1, every), numbers, cells)
    axes.set_ylabel(label)
    for (low, high), color, shade in zip(bands, COLORS, SHADES, strict=False):
        axes.fill_between(steps, low, high, color=color, alpha=shade, linewidth=0, zorder=1.5)
    for curve, style, color, width in zip(curves, STYLES, COLORS, WIDTHS, strict=False):
        axes.plot(steps, curve, linestyle=style, color=color, linewidth=width, zorder=3)
    _name(axes, steps[-1], [curve[-1] for curve in curves], names, numbers[-1])
    _marks(axes, dots, level, gap)


def _grid(axes: Axes, steps: range, numbers: Sequence[float], cells: int) -> None:
    """Rule the axes: fine lines at the logged steps and the cells, stronger ones at the numbers."""
    last, top, cell = steps[-1], numbers[-1], numbers[1] / cells
    named = range(0, last + 1, STEP_NUMBERS)
    axes.set(xlim=(0, last), ylim=(0, top))
    axes.set_xticks(named, labels=[f"{step}" for step in named])
    axes.set_yticks(list(numbers), labels=[f"{number:g}" for number in numbers])
    axes.tick_params(length=0)
    _rule(axes, steps, [cell * index for index in range(cells * (len(numbers) - 1) + 1)], width=0.25)
    _rule(axes, named, numbers, width=0.7)
    for spine in axes.spines.values():
        spine.set(visible=True, color=MUTED, linewidth=0.6)


def _rule(axes: Axes, across: Sequence[float], up: Sequence[float], width: float) -> None:
    """Draw all lines at once, which takes a fifth of the time of matplotlib's own grid."""
    from matplotlib.collections import LineCollection

    last, top = axes.get_xlim()[1], axes.get_ylim()[1]
    lines = [((x, 0), (x, top)) for x in across] + [((0, y), (last, y)) for y in up]
    axes.add_collection(LineCollection(lines, colors=GRID, linewidths=width, zorder=0.5))


def _name(axes: Axes, last: int, ends: Sequence[float], names: str, top: float) -> None:
    """Write the names beside the ends, moved apart where they would touch."""
    heights = list(ends)
    order = sorted(range(len(ends)), key=lambda index: ends[index])
    for below, above in pairwise(order):
        heights[above] = max(heights[above], heights[below] + NAME_ROOM * top)
    for name, height, color in zip(names, heights, COLORS, strict=False):
        axes.text(last * 1.012, height, name, va="center", color=color)


def _marks(
    axes: Axes, dots: Sequence[tuple[float, float]], level: float | None, gap: tuple[float, float] | None
) -> None:
    if level is not None:
        axes.axhline(level, color=ACCENT, linewidth=0.7, zorder=2)
    for x, y in dots:
        axes.plot([x, x], [0, y], color=ACCENT, linewidth=0.7, zorder=2)
        axes.plot([x], [y], "o", color=ACCENT, markerfacecolor="white", markersize=4, zorder=4)
    if gap is not None:
        x = axes.get_xlim()[1] * 0.985
        arrow = {"arrowstyle": "<->", "color": ACCENT, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (x, gap[0]), (x, gap[1]), arrowprops=arrow)
