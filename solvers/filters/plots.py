"""Drawings of gray pictures side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

GAP = 8
"""Pixels between pictures."""

ROOM = 22
"""Pixels below the pictures, for their labels."""


def pictures(axes: Axes, *, rows: Sequence[Sequence[str]], labels: Sequence[str]) -> None:
    """Draw pictures of one size, each a sequence of rows of two hexadecimal digits a pixel, with labels below."""
    import numpy as np
    from matplotlib.colors import NoNorm  # a pixel is the number of its colour

    axes.set_autoscale_on(False)  # the limits come last
    left, height = 0, len(rows[0])
    for picture, label in zip(rows, labels, strict=True):
        pixels = np.frombuffer(bytes.fromhex("".join(picture)), dtype=np.uint8).reshape(height, -1)
        right = left + pixels.shape[1]
        axes.imshow(pixels, cmap=_gray(), norm=NoNorm(0, 255), interpolation="none", extent=(left, right, height, 0))
        if label:
            axes.text((left + right) / 2, height + 5, label, ha="center", va="top")
        left = right + GAP
    axes.set(xlim=(0, left - GAP), ylim=(height + (ROOM if any(labels) else 0), 0), aspect="equal")
    axes.set_axis_off()


@cache
def _gray() -> Colormap:
    """Return matplotlib's colours of gray pixels; each new one would work them out again."""
    import matplotlib as mpl

    return mpl.colormaps["gray"]
