"""Drawings of recorded results: curves with the range over seeds, labelled where they end, and rate sweeps."""

# matplotlib's own annotations leave **kwargs untyped, so strict checking cannot know its methods:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from solvers.plots import ACCENT, GRID, INK, MUTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

Curve = tuple[str, tuple[float, ...], tuple[float, ...], tuple[float, ...], bool]
"""Label, mean, lowest and highest value at each x, and whether it is the method under test (accent, solid)."""

LABEL_HEIGHT = 0.085
"""Least distance of two labels, as a part of the height of the axes."""

MOST_TICKS = 10
"""Of more rates not every one has room for its own tick."""

QUANTILES = ("15th", "50th", "85th")
"""Percentiles that are drawn, the lower one first."""


def curves(
    axes: Axes,
    *,
    x: Sequence[float],
    curves: Sequence[Curve],
    level: float | None = None,
    styles: Sequence[str] = (),
) -> None:
    """Draw curves of values from 0 to 1 with bands for their range, named at their right ends.

    The method under test is solid and blue, what it is compared with dashed and black, unless ``styles`` says a
    style for each curve; ``level`` is ruled across.
    """
    axes.set(xlim=(min(x), max(x)), ylim=(0, 1))
    axes.grid(axis="y", color=GRID, linewidth=0.5)
    if level is not None:
        axes.axhline(level, color=MUTED, linewidth=0.8, linestyle=":")
    styles = styles or ["-" if accent else "--" for *_, accent in curves]
    for (_, mean, low, high, accent), style in zip(curves, styles, strict=True):
        color = ACCENT if accent else INK
        axes.fill_between(x, low, high, color=color, alpha=0.15, linewidth=0)
        axes.plot(x, mean, color=color, linestyle=style)
    places = spread([mean[-1] for _, mean, *_ in curves], LABEL_HEIGHT)
    for (label, *_, accent), place in zip(curves, places, strict=True):
        _name(axes, label, (max(x), place), accent)


def sweep(axes: Axes, *, rates: Sequence[float], sweeps: Sequence[tuple[str, Sequence[float | None], bool]]) -> None:
    """Draw accuracy against learning rate (logarithmic); a cross on the axis marks a rate at which nothing trained."""
    axes.set_xscale("log")
    axes.set(xlim=(min(rates) / 1.3, max(rates) * 1.3), ylim=(0, 1))
    if len(rates) <= MOST_TICKS:
        axes.set_xticks(list(rates), labels=[f"${rate:g}$" for rate in rates])
    axes.minorticks_off()
    axes.grid(axis="y", color=GRID, linewidth=0.5)
    ends = [next((value for value in reversed(values) if value is not None), 0.0) for _, values, _ in sweeps]
    for (label, values, accent), place in zip(sweeps, spread(ends, LABEL_HEIGHT), strict=True):
        color, style = (ACCENT, "-") if accent else (INK, "--")
        there = [(rate, value) for rate, value in zip(rates, values, strict=True) if value is not None]
        axes.plot([r for r, _ in there], [v for _, v in there], color=color, linestyle=style, marker="o", markersize=3)
        failed = [rate for rate, value in zip(rates, values, strict=True) if value is None]
        axes.plot(failed, [0] * len(failed), color=color, marker="x", markersize=5, linestyle="none", clip_on=False)
        _name(axes, label, (max(rates) * 1.3, place), accent)


def quantiles(axes: Axes, *, x: Sequence[float], quantiles: Sequence[Sequence[float]], reach: float) -> None:
    """Draw the lower, middle and upper quantile of one distribution over steps, on an axis symmetric about 0."""
    axes.set(xlim=(min(x), max(x)), ylim=(-1.05 * reach, 1.05 * reach))
    axes.axhline(0, color=GRID, linewidth=0.5)
    low, middle, high = quantiles
    axes.fill_between(x, low, high, color=ACCENT, alpha=0.12, linewidth=0)
    for values, width in ((low, 0.8), (middle, 1.4), (high, 0.8)):
        axes.plot(x, values, color=ACCENT, linewidth=width)
    places = spread([values[-1] for values in quantiles], 4 * LABEL_HEIGHT * reach)
    for label, place in zip(QUANTILES, places, strict=True):
        _name(axes, label, (max(x), place), accent=True)


def cosines(axes: Axes, *, x: Sequence[float], lines: Sequence[tuple[str, Sequence[float], bool]]) -> None:
    """Draw cosines over steps, from -1 to 1, each line named at its right end."""
    axes.set(xlim=(min(x), max(x)), ylim=(-1.05, 1.05))
    axes.axhline(0, color=GRID, linewidth=0.5)
    for _, values, accent in lines:
        axes.plot(x, values, color=ACCENT if accent else INK, linestyle="-" if accent else "--", linewidth=0.9)
    places = spread([values[-1] for _, values, _ in lines], 4 * LABEL_HEIGHT)  # low axes, from -1 to 1
    for (label, _, accent), place in zip(lines, places, strict=True):
        _name(axes, label, (max(x), place), accent)


def spread(heights: Sequence[float], least: float) -> list[float]:
    """Return ``heights`` moved apart until neighbours are ``least`` apart, in their order and near where they were.

    >>> [round(height, 3) for height in spread([0.5, 0.5, 0.1], 0.1)]
    [0.45, 0.55, 0.1]
    """
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    groups: list[list[int]] = []
    for index in order:  # clusters of touching labels, each around the mean of what it labels
        groups.append([index])
        while len(groups) > 1 and _bottom(heights, groups[-1], least) < _top(heights, groups[-2], least) + least:
            groups[-2:] = [groups[-2] + groups[-1]]
    placed = dict.fromkeys(range(len(heights)), 0.0)
    for group in groups:
        placed |= {index: _bottom(heights, group, least) + step * least for step, index in enumerate(group)}
    return [placed[index] for index in range(len(heights))]


def _bottom(heights: Sequence[float], group: Sequence[int], least: float) -> float:
    return sum(heights[index] for index in group) / len(group) - least * (len(group) - 1) / 2


def _top(heights: Sequence[float], group: Sequence[int], least: float) -> float:
    return _bottom(heights, group, least) + least * (len(group) - 1)


def _name(axes: Axes, label: str, place: tuple[float, float], accent: bool) -> None:
    axes.annotate(
        label,
        place,
        textcoords="offset points",
        xytext=(4, 0),
        ha="left",
        va="center",
        color=ACCENT if accent else INK,
        annotation_clip=False,
    )
