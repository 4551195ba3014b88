"""Drawings without letters: matplotlib places lines and texts, the page gets the lines, LaTeX sets the texts.

Matplotlib decides which texts are visible and where they go; it is told rough sizes instead of
measuring a font that will not be used.
"""

# Matplotlib's settings and axes are partly untyped:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from psetpress.letterless.axes import QuickAxes, blank
from psetpress.letterless.renderer import POINTS, NotDrawable, Renderer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from psetpress.letterless.labels import Label
    from psetpress.pages import Page

PAD = 1.0
"""Points that stay free at the edge of a drawing."""

STYLE: dict[str, Any] = {
    "figure.dpi": POINTS,
    "figure.facecolor": "none",
    "font.size": 9,
    "text.usetex": False,
    "axes.facecolor": "none",
    "axes.linewidth": 0.6,
    "axes.unicode_minus": False,
    "axes.formatter.useoffset": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelsize": 9,
    "axes.labelpad": 3,
    "legend.facecolor": "white",
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.2,
}


@cache
def _style() -> dict[str, Any]:
    """Return all of matplotlib's settings, so that nobody's own ones show in a drawing."""
    defaults = {name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith("backend")}
    return dict(dict.items(mpl.RcParams({**defaults, **STYLE})))


@contextmanager
def styled() -> Generator[None]:
    """Set the course's style; settings that were checked once are not checked for every drawing."""
    before = {name: dict.__getitem__(mpl.rcParams, name) for name in _style()}
    dict.update(mpl.rcParams, _style())
    try:
        yield
    finally:
        dict.update(mpl.rcParams, before)


def draw(
    paint: Callable[[Axes], None], width: float, height: float, *, pixels: bool = False
) -> tuple[Page, list[Label]]:
    """Return the page of what ``paint`` draws on axes that fill ``width`` x ``height`` points, and its labels.

    Raises NotDrawable for what has no letterless form.
    """
    with styled():
        figure, axes = blank()
        figure.set_size_inches(width / POINTS, height / POINTS)
        paint(axes)
        renderer = Renderer(width, height, pixels=pixels)
        fit(axes, renderer)
        axes.settle()
        figure.draw(renderer)
    return renderer.page(), renderer.labels


def fit(axes: QuickAxes, renderer: Renderer) -> None:
    """Shrink the axes until everything around them fits into the drawing."""
    width, height = renderer.get_canvas_width_height()
    axes.settle()
    outer, inner = axes.get_tightbbox(renderer), axes.get_window_extent(renderer)
    if outer is not None:
        left, bottom = inner.x0 - outer.x0 + PAD, inner.y0 - outer.y0 + PAD
        right, top = outer.x1 - inner.x1 + PAD, outer.y1 - inner.y1 + PAD
        if left + right > 0.8 * width or bottom + top > 0.8 * height:
            raise NotDrawable("its labels leave no room for what they label; make it larger, or move them inside")
        axes.set_position((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height))
