"""The room around axes: how far what they show reaches out of them, and the place that leaves room for it."""

# Matplotlib's axes are partly untyped, and what a clip box is made of and where titles go is private:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnnotationBbox, OffsetBox
from matplotlib.transforms import Bbox, TransformedBbox

from psetpress.letterless.renderer import NotDrawable, Renderer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.artist import Artist
    from matplotlib.transforms import BboxBase

    from psetpress.letterless.axes import QuickAxes

PAD = 1.0
"""Points that stay free at the edge of a drawing."""

UNCLIPPED = (Axes, AnnotationBbox, OffsetBox)
"""Artists that reach out of the axes even if they have a clip box."""


def fit(axes: QuickAxes, renderer: Renderer) -> None:
    """Shrink the axes until everything around them fits into the drawing."""
    if not axes.get_visible():
        return
    width, height = renderer.get_canvas_width_height()
    axes.settle()
    locator: Any = axes.get_axes_locator()
    axes.apply_aspect(locator(axes, renderer) if locator else None)
    low, high = reach(axes, renderer)
    (left, bottom), (right, top) = axes.bbox.min - low + PAD, high - axes.bbox.max + PAD
    if left + right > 0.8 * width or bottom + top > 0.8 * height:
        raise NotDrawable("its labels leave no room for what they label; make it larger, or move them inside")
    axes.set_position((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height))


def reach(axes: QuickAxes, renderer: Renderer) -> tuple[Any, Any]:
    """Return the lower left and the upper right corner of the axes and all around them.

    This is matplotlib's own measure, ``get_tightbbox``, but nobody asks for the place of what is clipped or empty.
    """
    clip = _shared_clip(axes)
    boxes = [axes.bbox, *_axis_boxes(axes, renderer), *_title_boxes(axes, renderer)]
    boxes += [artist.get_tightbbox(renderer) for artist in _others(axes) if not _is_clipped(artist, clip)]
    corners = np.array([box.get_points() for box in boxes if box is not None])
    seen = np.isfinite(corners).all(axis=(1, 2)) & (corners[:, 0] != corners[:, 1]).any(axis=1)
    return corners[seen].min(axis=(0, 1)), corners[seen].max(axis=(0, 1))


def _shared_clip(axes: QuickAxes) -> BboxBase:
    """Give all that is clipped to the axes one clip box and return it; each came with its own, worked out by itself."""
    shared = TransformedBbox(Bbox.unit(), axes.transAxes)
    for artist in axes.get_children():
        own: Any = artist.clipbox
        if type(own) is TransformedBbox and own._transform is axes.transAxes and own._bbox.bounds == (0, 0, 1, 1):
            artist.clipbox = shared
    return shared


def _is_clipped(artist: Artist, clip: BboxBase) -> bool:
    if isinstance(artist, UNCLIPPED):
        return False
    inside = artist.clipbox is clip and artist.get_clip_path() is None and artist.get_clip_on()
    return inside or artist._fully_clipped_to_axes()


def _axis_boxes(axes: QuickAxes, renderer: Renderer) -> Iterator[BboxBase | None]:
    for axis in (axes.xaxis, axes.yaxis):
        if axes.axison and axis.get_visible():
            yield axis.get_tightbbox(renderer)


def _title_boxes(axes: QuickAxes, renderer: Renderer) -> Iterator[BboxBase]:
    axes._update_title_position(renderer)
    for title in _titles(axes):
        if title.get_visible() and title.get_text():
            yield title.get_window_extent(renderer)


def _titles(axes: QuickAxes) -> tuple[Any, ...]:
    return axes.title, axes._left_title, axes._right_title


def _others(axes: QuickAxes) -> Iterator[Artist]:
    """Yield what is neither axis nor title, if it is seen and counts."""
    framed = axes.axison and axes.get_frame_on()
    unasked = {axes.xaxis, axes.yaxis, *_titles(axes), *(() if framed else axes.spines.values())}
    if axes.patch.get_transform() is axes.transAxes:
        unasked.add(axes.patch)  # it is all of the axes and no more
    for artist in axes.get_children():
        if artist not in unasked and artist.get_visible() and artist.get_in_layout():
            yield artist
