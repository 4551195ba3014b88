"""Drawings of samples with two features."""

# matplotlib's own annotations leave **kwargs untyped, so strict checking cannot know its methods:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from solvers.plots import ACCENT, GRID, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point: TypeAlias = tuple[int, int]
Line: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
Panel: TypeAlias = tuple[str, Sequence[Point], Sequence[Point], Point, bool]
"""Label, samples with label 1 and 0, direction of a line through the origin, whether it separates."""

GAP = 1.5
"""Units between two panels."""
MARGIN = 0.6
"""Units around the outermost samples."""


def planes(axes: Axes, *, panels: Sequence[Panel], side: int) -> None:
    """Draw planes side by side: filled dots for label 1, hollow ones for 0, and a line, solid if it separates."""
    half = side + MARGIN
    for place, (label, ones, zeros, direction, separates) in enumerate(panels):
        center = place * (2 * half + GAP)
        _plane(axes, center, side)
        if any(direction):
            _line(axes, center, half / max(map(abs, direction)), direction, separates)
        for samples, face in ((ones, INK), (zeros, "white")):
            across, up = [center + x for x, _ in samples], [y for _, y in samples]
            axes.plot(across, up, "o", markerfacecolor=face, markeredgecolor=INK, markersize=4.5)
        axes.text(center, half + 0.3, label, ha="center", va="bottom")
    axes.set(
        xlim=(-half - 0.1, (len(panels) - 1) * (2 * half + GAP) + half + 0.1),
        ylim=(-half - 0.1, half + 1.6),
        aspect="equal",
    )
    axes.set_axis_off()


def _plane(axes: Axes, center: float, side: int) -> None:
    """Draw a grid at the integers with both coordinate axes."""
    from matplotlib.collections import LineCollection

    half = side + MARGIN
    lines: list[Line] = []
    for at in range(-side, side + 1):
        lines += [((center + at, -half), (center + at, half)), ((center - half, at), (center + half, at))]
    inked = [at == 0 for at in range(-side, side + 1) for _ in "xy"]
    colors, widths = [INK if axis else GRID for axis in inked], [0.6 if axis else 0.5 for axis in inked]
    grid = LineCollection(lines, colors=colors, linewidths=widths, capstyle="projecting", zorder=1)
    axes.add_collection(grid, autolim=False)


def _line(axes: Axes, center: float, length: float, direction: Point, separates: bool) -> None:
    x, y = (length * part for part in direction)
    style = "-" if separates else (0, (4, 3))
    axes.plot([center - x, center + x], [-y, y], color=ACCENT, linewidth=1.4, linestyle=style, zorder=1.5)
