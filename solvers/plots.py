"""Drawings of data on matplotlib axes: no words, no style (the engine sets both)."""

# matplotlib's own annotations leave **kwargs untyped, so strict checking cannot know its methods:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

INK = "#1b1b1b"
"""The data: near black, so that it survives any printer."""
ACCENT = "#0b5c8a"
"""What the answer adds: a dark blue that stays dark in grey."""
MUTED = "#737b87"
"""What was given, once an answer lies over it: lighter than ink and accent, also in grey."""
GRID = "#c9ced6"
"""Grids and guides."""

LEVELS = (1, 2)
"""Contours are drawn at one and two standard deviations."""


def density(
    axes: Axes, *, mean: float, std: float, ticks: Sequence[float], mark: str = "", answer: bool = False
) -> None:
    """Draw a normal density over ``ticks`` (data units), with ``mark`` above a guide at its mean."""
    import numpy as np

    bare_axis(axes, ticks, top=1.25)
    x = np.linspace(min(ticks), max(ticks), 241)
    axes.plot(x, np.exp(-((x - mean) ** 2) / (2 * std**2)), color=ACCENT if answer else INK, linewidth=1.4)
    if mark:
        axes.plot([mean, mean], [0, 1], color=MUTED, linewidth=0.8, linestyle="--", zorder=0)
        axes.annotate(mark, (mean, 1), textcoords="offset points", xytext=(0, 2), ha="center", va="bottom")


def contours(
    axes: Axes,
    *,
    window: tuple[int, int, int, int],
    given: tuple[float, ...],
    answer: tuple[float, ...] | None = None,
) -> None:
    """Draw mean and contours of one Gaussian, or of the given one (muted) and of the answer.

    A Gaussian is center x, y, standard deviations x, y and correlation. ``window`` is left,
    right, bottom and top of the graph, whole numbers; a unit is as long upwards as it is across.
    Dots mark where the answer's contours reach farthest to the right, left, top and bottom.
    """
    integer_graph(axes, window)
    _ellipses(axes, given, color=MUTED if answer else INK, linewidth=1.0)
    if answer:
        _ellipses(axes, answer, color=ACCENT, linewidth=1.5)
        _extremes(axes, answer)
        upwards = given[1] >= answer[1]
        _name_ellipses(axes, given, "input", color=MUTED, above=upwards)
        _name_ellipses(axes, answer, "output", color=ACCENT, above=not upwards)


def _ellipses(axes: Axes, gaussian: tuple[float, ...], *, color: str, linewidth: float) -> None:
    """Draw the center and, for every k in ``LEVELS``, the points at Mahalanobis distance k."""
    import numpy as np
    from matplotlib.patches import Polygon

    x, y, s, t, rho = gaussian
    turn = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    across, up = s * np.cos(turn), t * (rho * np.cos(turn) + np.sqrt(1 - rho**2) * np.sin(turn))
    for k in LEVELS:
        ring = Polygon(np.column_stack((x + k * across, y + k * up)), fill=False, edgecolor=color, linewidth=linewidth)
        axes.add_artist(ring)  # not fill, which measures it: the window is given
    axes.plot([x], [y], color=color, marker="o", markersize=3.2, linestyle="none")


def _extremes(axes: Axes, gaussian: tuple[float, ...]) -> None:
    """Dot the points at which the contours touch upright and level lines."""
    x, y, s, t, rho = gaussian
    corners = [(k * a, k * b) for k in LEVELS for a, b in ((1, rho), (-1, -rho), (rho, 1), (-rho, -1))]
    xs, ys = [x + s * a for a, _ in corners], [y + t * b for _, b in corners]
    axes.plot(xs, ys, color=ACCENT, marker="o", markersize=3.0, markerfacecolor="white", linestyle="none")


def _name_ellipses(axes: Axes, gaussian: tuple[float, ...], name: str, *, color: str, above: bool) -> None:
    """Write ``name`` beyond the highest (or lowest) point of the outer contour."""
    x, y, s, t, rho = gaussian
    k = LEVELS[-1] if above else -LEVELS[-1]
    axes.annotate(
        name,
        (x + k * rho * s, y + k * t),
        textcoords="offset points",
        xytext=(0, 5 if above else -5),
        ha="center",
        va="bottom" if above else "top",
        color=color,
    )


def integer_graph(axes: Axes, window: tuple[int, int, int, int]) -> None:
    """Make an empty graph: a grid at the integers, both coordinate axes, equal units."""
    left, right, bottom, top = window
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.set_aspect("equal")
    xs, ys = range(left, right + 1), range(bottom, top + 1)
    axes.set_xticks(xs, labels=[f"${x}$" for x in xs])
    axes.set_yticks(ys, labels=[f"${y}$" for y in ys])
    _rule(axes)
    level_line(axes, 0, color=INK, linewidth=0.7, zorder=1)
    _line(axes, [0, 0], [0, 1], axes.get_xaxis_transform(which="grid"), color=INK, linewidth=0.7, zorder=1)


def blank_grid(axes: Axes, *, columns: int, rows: int, base: int = 0) -> None:
    """Draw an empty grid of ``columns`` x ``rows`` cells for a student's own drawing.

    A dark base line stands ``base`` cells above the bottom; the cells below it take its labels.
    """
    axes.set(xlim=(0, columns), ylim=(0, rows))
    axes.set_xticks(range(columns + 1), labels=[])
    axes.set_yticks(range(rows + 1), labels=[])
    _rule(axes)
    level_line(axes, base, color=INK, linewidth=0.7, zorder=3, solid_capstyle="butt")


def level_line(axes: Axes, y: float, **look: Any) -> None:
    """Draw a line across the axes at ``y``; unlike ``axhline`` this does not measure it: the limits are given."""
    _line(axes, [0, 1], [y, y], axes.get_yaxis_transform(which="grid"), **look)


def _line(axes: Axes, x: Sequence[float], y: Sequence[float], transform: Transform, **look: Any) -> None:
    from matplotlib.lines import Line2D

    axes.add_artist(Line2D(x, y, transform=transform, **look))


def _rule(axes: Axes) -> None:
    """Rule the axes at their ticks, frame included, below everything else."""
    axes.set_axisbelow(True)
    axes.grid(color=GRID, linewidth=0.5)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set(visible=True, color=GRID, linewidth=0.5, zorder=0.6)


def bare_axis(axes: Axes, ticks: Sequence[float], top: float) -> None:
    """Leave only a labelled horizontal axis: the vertical scale of a density says nothing here."""
    axes.set(xlim=(min(ticks), max(ticks)), ylim=(0, top))
    axes.set_xticks(list(ticks), labels=[f"${tick:g}$" for tick in ticks])
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
