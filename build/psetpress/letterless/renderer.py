"""A matplotlib renderer that writes lines, areas and pictures to a page, and keeps the texts as labels."""

# Matplotlib's renderers are partly untyped:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportIncompatibleMethodOverride=false, reportAttributeAccessIssue=false

from __future__ import annotations

import math
import zlib
from typing import Any, ClassVar

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.transforms import Affine2D

from psetpress.letterless.labels import Label, styled, width, words_of
from psetpress.letterless.operators import Operators, moved, traced
from psetpress.pages import Page, Picture, number

POINTS = 72
"""PDF points in an inch; the canvas has one pixel for each, so that labels and lines share a unit."""

ASCENT, DESCENT, GAP = 1556 / 2048, 492 / 2048, 410 / 2048
"""Of a line of text and between two lines, in units of its size; those of matplotlib's own font."""

COMPRESSION = 6


class NotDrawable(Exception):
    """What a letterless vector drawing cannot show."""


class Renderer(RendererBase):
    """Collects what matplotlib draws on ``width`` x ``height`` points; y points upwards."""

    layouts: ClassVar[dict[Any, Any]] = {}
    """Texts of ticks as matplotlib lays them out."""

    def __init__(self, width: float, height: float, *, pixels: bool = False) -> None:
        super().__init__()
        self.labels: list[Label] = []
        self._operators = Operators(width, height)
        self._pictures: list[Picture] = []
        self._pixels = pixels

    def page(self) -> Page:
        """Return the finished page."""
        operators = self._operators
        content = zlib.compress(operators.finished(), COMPRESSION)
        return Page(operators.width, operators.height, content, tuple(operators.opacities), tuple(self._pictures))

    def flipy(self) -> bool:
        """Return that y does not point downwards."""
        return False

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size in points."""
        return self._operators.width, self._operators.height

    def option_scale_image(self) -> bool:
        """Return that a PDF scales pictures itself."""
        return True

    def option_image_nocomposite(self) -> bool:
        """Return that every picture stays one."""
        return True

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: object) -> tuple[float, float, float]:
        """Return how much room LaTeX will need for ``s``, roughly."""
        size: float = prop.get_size_in_points()
        return width(s) * size, 0.9 * size, 0.2 * size

    def _get_font_height_metrics(self, prop: Any) -> tuple[float, float, float]:
        """Return ascent, descent and gap of a line without opening a font (matplotlib 3.11 and newer)."""
        size: float = prop.get_size_in_points()
        return ASCENT * size, DESCENT * size, GAP * size

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:
        """Draw a path."""
        self._operators.draw(gc, rgbFace, [path], transform)

    def draw_markers(  # noqa: PLR0917  # matplotlib's signature
        self,
        gc: Any,
        marker_path: Any,
        marker_trans: Any,
        path: Any,
        trans: Any,
        rgbFace: Any = None,
    ) -> None:
        """Draw the same path at every point of ``path``."""
        operators = self._operators
        if gc.get_hatch():  # it is no part of the marker, so it does not move
            super().draw_markers(gc, marker_path, marker_trans, path, trans, rgbFace)
            return
        paint = operators.prepare(gc, rgbFace)
        marker = traced(marker_path, marker_trans)
        for x, y in trans.transform(path.vertices):
            if math.isfinite(x) and math.isfinite(y):
                operators.written += (b"q", moved(x, y), marker, paint, b"Q")

    def draw_path_collection(  # noqa: PLR0917  # matplotlib's signature, as far as it matters here
        self,
        gc: Any,
        master_transform: Any,
        paths: Any,
        all_transforms: Any,
        offsets: Any,
        offset_trans: Any,
        facecolors: Any,
        edgecolors: Any,
        linewidths: Any,
        linestyles: Any,
        *rest: Any,
        **hatched: Any,
    ) -> None:
        """Draw many paths; what all have in common is said once."""
        styles = (offsets, offset_trans, facecolors, edgecolors, linewidths, linestyles, *rest)
        varied = any(len(style) > 1 for style in (offsets, facecolors, edgecolors, linewidths, linestyles))
        if varied or len(all_transforms) or gc.get_hatch():
            super().draw_path_collection(gc, master_transform, paths, all_transforms, *styles, **hatched)
            return
        for x, y, _, alike, face in self._iter_collection(gc, [None], *styles, **hatched):
            transform = Affine2D(master_transform.get_matrix()).translate(x, y)
            self._operators.draw(alike, face, paths, transform)

    def draw_image(self, gc: Any, x: float, y: float, im: Any, transform: Any = None) -> None:
        """Draw pixels where they are meant, and refuse them elsewhere."""
        if not self._pixels:
            raise NotDrawable(
                "it holds pixels (imshow?); draw areas, which stay sharp (pcolormesh, fill), "
                "or say `pixels=True` if it is a photograph"
            )
        if transform is None:  # opacity is in the pixels already
            gc.set_alpha(1.0)
            transform = Affine2D().scale(*im.shape[1::-1])
        *sides, right, up = transform.frozen().to_values()
        self._operators.prepare(gc, None)
        self._operators.written += (
            b"q",
            f"{' '.join(map(number, (*sides, x + right, y + up)))} cm".encode(),
            b"/I%d Do" % len(self._pictures),
            b"Q",
        )
        self._pictures.append(_picture(im[::-1]))

    def draw_gouraud_triangles(self, gc: Any, triangles_array: Any, colors_array: Any, transform: Any) -> None:
        """Refuse colours that run into each other."""
        raise NotDrawable("it holds colours that run into each other (gouraud?); draw areas of one colour each")

    def draw_text(  # noqa: PLR0917  # matplotlib's signature
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: object = False, mtext: Any = None
    ) -> None:
        """Keep ``s``, whose left end matplotlib puts at ``x``, ``y``; LaTeX aligns it as matplotlib meant to."""
        window = gc.get_clip_rectangle()
        if window is not None and not window.contains(x, y):
            return
        # One of several lines comes without its text object; its center is the least wrong.
        align = mtext.get_horizontalalignment() if mtext is not None else "center"
        size: float = prop.get_size_in_points()
        along = {"left": 0.0, "center": 0.5, "right": 1.0}[align] * width(s) * size
        turn = math.radians(angle)
        self.labels.append(
            Label(
                x + along * math.cos(turn),
                y + along * math.sin(turn),
                {"left": "l", "center": "c", "right": "r"}[align],
                angle,
                size,
                styled(words_of(s), gc, prop),
            )
        )


def _picture(pixels: Any) -> Picture:
    """Return pixels of shape (height, width, 4), red, green, blue and opacity, in as few channels as will do."""
    height, width = pixels.shape[:2]
    red, green, blue, opacity = np.moveaxis(pixels, 2, 0)
    channels = 1 if np.array_equal(red, green) and np.array_equal(red, blue) else 3
    mask = b"" if np.all(opacity == 255) else _deflated(pixels[:, :, 3:])
    return Picture(width, height, channels, _deflated(pixels[:, :, :channels]), mask)


def _deflated(pixels: Any) -> bytes:
    """Return rows of differences from the pixel to the left, which deflate four times as fast as pixels and smaller."""
    height, width, channels = pixels.shape
    rows = np.ones((height, 1 + width * channels), dtype=np.uint8)  # PNG's filter 1 stands before every row
    steps = rows[:, 1:].reshape(pixels.shape)
    steps[:, 0] = pixels[:, 0]
    steps[:, 1:] = pixels[:, 1:] - pixels[:, :-1]
    rows[:, 1:] = steps.reshape(height, -1)
    deflate = zlib.compressobj(COMPRESSION, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    return deflate.compress(rows.tobytes()) + deflate.flush()
