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

from psetpress.letterless.axes import blank
from psetpress.letterless.renderer import POINTS, Renderer
from psetpress.letterless.room import fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from psetpress.letterless.labels import Label
    from psetpress.pages import Page

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
    before = dict(dict.items(mpl.rcParams))
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
