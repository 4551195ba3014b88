"""Drawings of signals on matplotlib axes: stems, a pair of them, and blank axes for a student's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from solvers.plots import ACCENT, GRID, INK, level_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS = 8
"""Rows of the blank axes."""

HEADROOM = 0.12
"""Space above the highest and below the lowest stem, as a share of the range."""


def stems(axes: Axes, *, first: int, values: Sequence[float], answer: bool = False) -> None:
    """Draw a signal whose ``values`` begin at index ``first`` as stems with filled heads."""
    colour = ACCENT if answer else INK
    indices = range(first, first + len(values))
    _index_axis(axes, indices)
    _value_axis(axes, values)
    _stems(axes, indices, values, colors=colour, linewidth=1.2)
    axes.plot(indices, values, "o", color=colour, markersize=4, clip_on=False)


def stem_pair(axes: Axes, *, first: int, before: Sequence[float], after: Sequence[float]) -> None:
    """Draw ``after`` as stems with filled heads and ``before`` behind it, dashed, with hollow heads."""
    indices = range(first, first + len(after))
    _index_axis(axes, indices)
    _value_axis(axes, (*before, *after))
    _stems(axes, indices, before, colors=INK, linewidth=0.8, linestyles=(0, (2, 2)))
    axes.plot(
        indices, before, "o", markerfacecolor="white", markeredgecolor=INK, markersize=4.5, zorder=3, clip_on=False
    )
    _stems(axes, indices, after, colors=ACCENT, linewidth=1.6)
    axes.plot(indices, after, "o", color=ACCENT, markersize=4, zorder=4, clip_on=False)


def _stems(axes: Axes, indices: range, values: Sequence[float], **look: Any) -> None:
    """Draw upright lines from zero; unlike ``vlines`` this does not measure them: the limits are given."""
    from matplotlib.collections import LineCollection

    lines = [((n, 0), (n, value)) for n, value in zip(indices, values, strict=True)]
    axes.add_collection(LineCollection(lines, **look), autolim=False)


def blank_stems(axes: Axes, *, first: int, last: int) -> None:
    """Draw a grid for stems from index ``first`` to ``last``; the value axis has no scale.

    The baseline is not marked either: where zero lies would give the sign of the answer away.
    """
    indices = range(first, last + 1)
    _index_axis(axes, indices, baseline=False)
    axes.set_yticks(range(ROWS + 1), labels=[])
    axes.set_ylim(0, ROWS)
    axes.grid(color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)


def _index_axis(axes: Axes, indices: range, baseline: bool = True) -> None:
    axes.set_xticks(list(indices), labels=[str(n) for n in indices])
    axes.set_xlim(indices[0] - 0.5, indices[-1] + 0.5)
    if baseline:
        level_line(axes, 0, color=INK, linewidth=0.6, zorder=0)


def _value_axis(axes: Axes, values: Sequence[float]) -> None:
    """Put few round ticks on the value axis, whole ones for whole values; zero is always in view."""
    from matplotlib.ticker import MaxNLocator

    low, high = min(0.0, *values), max(0.0, *values)
    room = HEADROOM * ((high - low) or 1.0)
    bottom, top = low - room if low else 0.0, high + room if high or not low else 0.0
    axes.set_ylim(bottom, top)
    whole = all(float(value).is_integer() for value in values)
    ticks = [
        float(t)
        for t in MaxNLocator(6 if whole else 4, integer=whole, steps=[1, 2, 2.5, 5, 10]).tick_values(bottom, top)
    ]
    shown = [tick for tick in ticks if bottom <= tick <= top]
    axes.set_yticks(shown, labels=[f"{tick:g}" for tick in shown])
