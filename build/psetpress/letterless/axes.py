"""Axes that cost little: the same ones again and again, with quick ticks; all that can be done to axes stays."""

# Matplotlib's axes are partly untyped:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportIncompatibleVariableOverride=false, reportAttributeAccessIssue=false

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.spines import Spine
from matplotlib.transforms import IdentityTransform

from psetpress.letterless.before import Before
from psetpress.letterless.ticks import QuickXAxis, QuickYAxis

if TYPE_CHECKING:
    from matplotlib.transforms import Bbox

AREA = (0.1, 0.15, 0.85, 0.8)
"""Left, bottom, width and height of the axes: near what is left when the labels have their room."""


def blank() -> tuple[Figure, QuickAxes]:
    """Return a figure with nothing but axes: the one that was returned before, as it was then."""
    known: _Blank | None = getattr(_thread, "blank", None)
    if known is None or known.is_shared():
        known = _thread.blank = _Blank()
    known.before.put_back()
    return known.figure, known.axes


class _Blank:
    """A figure with blank axes, which can be had again and again."""

    def __init__(self) -> None:
        self.figure = Figure()
        self.axes: Any = self.figure.add_axes(AREA, axes_class=QuickAxes)
        for axis in (self.axes.xaxis, self.axes.yaxis):
            axis.minorTicks = []  # made for the few drawings that have some
        self.before = Before(self.figure)

    def is_shared(self) -> bool:
        """Say whether there are other axes now (twins, insets): matplotlib remembers elsewhere who belongs together."""
        return self.figure.axes != [self.axes] or bool(self.axes.child_axes) or bool(self.figure.subfigs)


_thread = threading.local()


class _Background(Rectangle):
    """The area of axes, to which every artist is clipped: its place is not worked out anew for each of them."""

    def get_patch_transform(self) -> Any:
        """Return what puts the unit square where the rectangle is: nothing, as long as it is all of the axes."""
        everything = (*self.get_xy(), self.get_width(), self.get_height(), self.get_angle()) == (0, 0, 1, 1, 0)
        return IdentityTransform() if everything else super().get_patch_transform()


class _Spine(Spine):
    """A line at the edge of axes, measured once until the axes settle anew."""

    axis: QuickXAxis | QuickYAxis

    def get_window_extent(self, renderer: Any = None) -> Bbox:
        """Return the box around the line and its tick marks."""
        return self.axis.once(self, lambda: super(_Spine, self).get_window_extent(renderer))


class QuickAxes(Axes):
    """Matplotlib's axes with ticks that cost little."""

    xaxis: QuickXAxis
    yaxis: QuickYAxis

    def settle(self) -> None:
        """Work out the ticks once from here on: until this is called again, only a drawing or a measurement follows."""
        self.xaxis.settle()
        self.yaxis.settle()

    def _gen_axes_patch(self) -> Rectangle:
        return _Background((0, 0), 1, 1)

    def _gen_axes_spines(self) -> dict[str, Spine]:
        return {side: _Spine.linear_spine(self, side) for side in ("left", "right", "bottom", "top")}

    def _init_axis(self) -> None:
        self.xaxis, self.yaxis = QuickXAxis(self, clear=False), QuickYAxis(self, clear=False)
        for axis, spines in ((self.xaxis, ("bottom", "top")), (self.yaxis, ("left", "right"))):
            for spine in spines:
                self.spines[spine].register_axis(axis)
