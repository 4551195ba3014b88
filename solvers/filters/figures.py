"""What the figures of filter problems show, as plain data: pictures as rows of two hexadecimal digits a pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solvers.filters import photo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solvers.filters.exact import Border, Kernel
    from solvers.filters.photo import Floats, Window


def original(window: Window) -> dict[str, Any]:
    """Return the arguments of ``plots.pictures`` for the cut-out alone."""
    return {"rows": (_digits(photo.cut(window)),), "labels": ("",)}


def averages(window: Window, sizes: Sequence[int], border: Border) -> dict[str, Any]:
    """Return the arguments of ``plots.pictures`` for the cut-out and its averages."""
    pictures = [photo.cut(window), *(photo.blurred(window, size, border) for size in sizes)]
    labels = ("original", *(f"$n={size}$" for size in sizes))
    return {"rows": tuple(map(_digits, pictures)), "labels": labels}


def outlines(window: Window, kernel: Kernel, border: Border) -> dict[str, Any]:
    """Return the arguments of ``plots.pictures`` for the cut-out and its edges."""
    pictures = [photo.cut(window), photo.edges(window, kernel, border)]
    return {"rows": tuple(map(_digits, pictures)), "labels": ("original", "edges")}


def _digits(picture: Floats) -> tuple[str, ...]:
    return tuple(row.tobytes().hex() for row in photo.displayed(picture))
