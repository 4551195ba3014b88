"""Drawings for the figures of Santurkar et al.: ridges of densities, and bands over steps on a logarithmic axis."""

# matplotlib's own annotations leave **kwargs untyped, so strict checking cannot know its methods:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from math import ceil, floor, log10, nan
from typing import TYPE_CHECKING

from solvers.plots import ACCENT, GRID, INK, MUTED
from solvers.training.plots import LABEL_HEIGHT, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

Ridge = tuple[tuple[float, ...], tuple[float, ...]]
"""Values and their densities, both between 0 and 1."""

Column = tuple[str, tuple[float, float], tuple[Ridge, ...]]
"""A label, the range of the values, and ridges from early to late."""

Band = tuple[str, tuple[float | None, ...], tuple[float | None, ...], bool]
"""A label, the lower and the upper end at each x, and whether it is the method under test."""

HEIGHT, WIDTH = 1.8, 0.64
"""A ridge is at most so many places high, and a column's ridges so wide."""


def ridges(axes: Axes, *, steps: Sequence[int], columns: Sequence[Column]) -> None:
    """Draw densities of one activation, a column for each network, early ones behind late ones.

    Above each column stands its label, below it where its values begin and end.
    """
    count = len(steps)
    for at, (_, _, curves) in enumerate(columns):
        for place, (x, y) in enumerate(curves):
            base = count - 1 - place
            across = [at + (1 - WIDTH) / 2 + WIDTH * one for one in x]
            ridge = [base + HEIGHT * one for one in y]
            axes.fill_between(across, base, ridge, color="white", linewidth=0, zorder=2 * place)
            axes.plot(across, ridge, color=INK, linewidth=0.7, zorder=2 * place + 1)
    top = count - 1 + HEIGHT
    axes.set(xlim=(0, len(columns)), ylim=(-0.2, 1.12 * top))
    for at, (label, _, _) in enumerate(columns):
        axes.annotate(label, (at + 0.5, 1.02 * top), ha="center", va="bottom", color=INK)
    edge = (1 - WIDTH) / 2
    places = [at + place for at in range(len(columns)) for place in (edge, 1 - edge)]
    axes.set_xticks(places, labels=[f"${value:.2g}$" for _, ends, _ in columns for value in ends])
    axes.set_yticks([count - 1, 0], labels=[f"${steps[0]}$", f"${steps[-1]}$"])


def bands(axes: Axes, *, x: Sequence[float], bands: Sequence[Band], level: float | None = None) -> None:
    """Draw bands, or lines where both ends of a band are equal, on a logarithmic axis; ``level`` is ruled across."""
    axes.set_yscale("log")
    axes.set(xlim=(min(x), max(x)))
    axes.grid(axis="y", color=GRID, linewidth=0.5)
    if level is not None:
        axes.axhline(level, color=MUTED, linewidth=0.8, linestyle=":")
    for _, low, high, accent in sorted(bands, key=lambda band: band[3]):
        color, style = (ACCENT, "-") if accent else (INK, "--")
        ends = [[nan if value is None else value for value in end] for end in (low, high)]
        if low != high:
            axes.fill_between(x, ends[0], ends[1], color=color, alpha=0.35, linewidth=0)
        axes.plot(x, ends[1], color=color, linestyle=style, linewidth=0.9)
    ticks = round_numbers(*axes.get_ylim())
    axes.minorticks_off()
    axes.set_yticks(ticks, labels=[f"${tick:g}$" for tick in ticks])
    bottom, top = (log10(end) for end in axes.get_ylim())
    last = [log10(next((value for value in reversed(high) if value), 1.0)) for _, _, high, _ in bands]
    places = spread(last, LABEL_HEIGHT * (top - bottom) * 1.3)
    for (label, *_, accent), place in zip(bands, places, strict=True):
        axes.annotate(
            label,
            (max(x), 10**place),
            textcoords="offset points",
            xytext=(4, 0),
            ha="left",
            va="center",
            color=ACCENT if accent else INK,
            annotation_clip=False,
        )


def round_numbers(low: float, high: float) -> list[float]:
    """Return about four to eight round numbers between positive ends, for a logarithmic axis.

    >>> round_numbers(0.04, 30), round_numbers(1.3, 2.6)
    ([0.1, 1.0, 10.0], [1.5, 2.0, 2.5])
    """
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    for steps in ((1,), (1, 2, 5), (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)):
        found = [round(step * 10.0**decade, 9 - decade) for decade in decades for step in steps]
        inside = [number for number in found if low <= number <= high]
        if len(inside) >= 3:
            break
    return inside
