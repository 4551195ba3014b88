"""Drawings of computational graphs: inputs in boxes, results in circles, arrows from what a formula uses."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import TYPE_CHECKING

from solvers.plots import ACCENT, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RADIUS = 0.36
"""Of a circle, and half the side of a box, in units of the drawing."""

WINDOW = (-6.6, 6.6)
"""What the drawing shows from left to right: the widest layer, from its first node to its last."""

UNDER = -2.15
"""How low the edge runs that leads around everything else."""

Node = tuple[str, float, float, bool]
Edge = tuple[int, int]


def graph(axes: Axes, *, nodes: Sequence[Node], edges: Sequence[Edge], skip: Edge | None = None) -> None:
    """Draw ``nodes`` (label, x, y, whether it is computed) and ``edges`` between their numbers.

    The edge ``skip`` leads below everything from one node of the main line to another.
    """
    for label, x, y, computed in nodes:
        _node(axes, x, y, computed=computed)
        axes.text(x, y, label, ha="center", va="center_baseline")
    for start, end in edges:
        (_, x, y, _), (_, u, v, _) = nodes[start], nodes[end]
        shorter = (RADIUS + 0.06) / hypot(u - x, v - y)
        _arrow(axes, (x + shorter * (u - x), y + shorter * (v - y)), (u - shorter * (u - x), v - shorter * (v - y)))
    if skip:
        (_, x, y, _), (_, u, v, _) = nodes[skip[0]], nodes[skip[1]]
        axes.plot([x, x, u], [y - RADIUS, UNDER, UNDER], color=ACCENT, linewidth=0.9)
        _arrow(axes, (u, UNDER), (u, v - RADIUS - 0.06))
    top = max(y for _, _, y, _ in nodes) + RADIUS + 0.1
    bottom = UNDER if skip else min(y for _, _, y, _ in nodes) - RADIUS
    axes.set(xlim=WINDOW, ylim=(bottom - 0.1, top), aspect="equal")
    axes.set_axis_off()


def _node(axes: Axes, x: float, y: float, *, computed: bool) -> None:
    from matplotlib.patches import Circle, Rectangle

    corner, side = (x - RADIUS, y - RADIUS), 2 * RADIUS
    shape = Circle((x, y), RADIUS) if computed else Rectangle(corner, side, side)
    shape.set(facecolor="white", edgecolor=INK, linewidth=0.9, zorder=2)
    axes.add_artist(shape)  # not add_patch, which measures it: the limits are given


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    from matplotlib.patches import FancyArrowPatch

    arrow = FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=7, shrinkA=0, shrinkB=0)
    arrow.set(color=ACCENT, linewidth=0.9)
    axes.add_artist(arrow)
