"""Axes that cost little: copies of blank ones, with quick ticks; all that a drawing function can do to axes stays."""

# Matplotlib's axes are partly untyped:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportIncompatibleVariableOverride=false, reportAttributeAccessIssue=false

from __future__ import annotations

import pickle
import pickletools
from functools import cache
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.spines import Spine
from matplotlib.transforms import IdentityTransform

from psetpress.letterless.ticks import QuickXAxis, QuickYAxis

if TYPE_CHECKING:
    from matplotlib.transforms import Bbox

AREA = (0.1, 0.15, 0.85, 0.8)
"""Left, bottom, width and height of the axes: near what is left when the labels have their room."""


def blank() -> tuple[Figure, QuickAxes]:
    """Return a new figure with nothing but axes. Copying them takes a quarter of the time of making them."""
    figure: Any = pickle.loads(_blank()[1])
    return figure, figure.axes[0]


@cache
def _blank() -> tuple[Figure, bytes]:
    """Return blank axes and their pickle.

    The original must live as long as copies are made: transforms know each other by the addresses that they had
    in the original, and a new one at such an address would be taken for its namesake and miss what moves.
    """
    figure = Figure()
    axes = figure.add_axes(AREA, axes_class=QuickAxes)
    for axis in (axes.xaxis, axes.yaxis):
        axis.minorTicks = []  # made for the few drawings that have some
    return figure, pickletools.optimize(pickle.dumps(figure, pickle.HIGHEST_PROTOCOL))


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
