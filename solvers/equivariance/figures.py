"""What the figures of equivariance problems show, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solvers.equivariance.exact import ink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solvers.equivariance.images import Rows, Size, Stamp


def images(size: Size, stamps: Sequence[Stamp], labels: Sequence[str]) -> dict[str, Any]:
    """Return the arguments of ``plots.pixel_grids`` for images side by side."""
    return {"images": tuple(pixels(size, stamp) for stamp in stamps), "labels": tuple(labels)}


def pixels(size: Size, stamp: Stamp) -> Rows:
    """Return an image row by row, "1" for ink."""
    image = ink(size, stamp)
    return tuple("".join("01"[(i, j) in image] for j in range(size.width)) for i in range(size.height))
