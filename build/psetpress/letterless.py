"""A matplotlib renderer that writes no letters: every text becomes a label that LaTeX sets later.

Matplotlib decides which texts are visible and where they go; it is told rough sizes instead of
measuring a font that will not be used, which also takes most of the time of a drawing away.
"""

# The PDF backend of matplotlib ships no type information:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUntypedBaseClass=false, reportIncompatibleMethodOverride=false

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_pdf import PdfFile, RendererPdf
from matplotlib.figure import Figure as Canvas

from psetpress import tex

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 72
"""PDF points in an inch; the canvas has one pixel for each, so that labels and lines share a unit."""

PAD = 1.0
"""Points that stay free at the edge of a drawing."""

STYLE: dict[str, Any] = {
    "figure.dpi": POINTS,
    "font.size": 9,
    "text.usetex": False,
    "axes.linewidth": 0.6,
    "axes.unicode_minus": False,
    "axes.formatter.useoffset": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelsize": 9,
    "axes.labelpad": 3,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.2,
}


class NotDrawable(Exception):
    """What a letterless vector drawing cannot show."""


@dataclass(frozen=True)
class Label:
    """A text of a drawing: ``x``, ``y`` are where the left end, center or right end of its baseline goes."""

    x: float
    y: float
    align: str
    angle: float
    size: float
    words: str

    def __str__(self) -> str:
        body = rf"\makebox(0,0)[{self.align}]{{\smash{{\figuretext{{{self.size:.1f}}}{{{self.words}}}}}}}"
        if self.angle:
            body = rf"\rotatebox{{{self.angle:.1f}}}{{{body}}}"
        return rf"\put({self.x:.2f},{self.y:.2f}){{{body}}}"


class Renderer(RendererPdf):
    """Writes lines and areas to a PDF and keeps the texts."""

    def __init__(self, file: PdfFile, width: float, height: float, *, pixels: bool = False) -> None:
        super().__init__(file, POINTS, height / POINTS, width / POINTS)
        self.labels: list[Label] = []
        self.pixels = pixels

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: object) -> tuple[float, float, float]:
        """Return how much room LaTeX will need for ``s``, roughly."""
        size: float = prop.get_size_in_points()
        return _width(s) * size, 0.9 * size, 0.2 * size

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
        along = {"left": 0.0, "center": 0.5, "right": 1.0}[align] * _width(s) * size
        turn = math.radians(angle)
        self.labels.append(
            Label(
                x + along * math.cos(turn),
                y + along * math.sin(turn),
                {"left": "l", "center": "c", "right": "r"}[align],
                angle,
                size,
                _styled(_words(s), gc, prop),
            )
        )

    def draw_image(self, *arguments: Any) -> None:
        """Draw pixels where they are meant, and refuse them elsewhere."""
        if not self.pixels:
            raise NotDrawable(
                "it holds pixels (imshow?); draw areas, which stay sharp (pcolormesh, fill), "
                "or say `pixels=True` if it is a photograph"
            )
        super().draw_image(*arguments)


@cache
def _style() -> dict[Any, Any]:
    """Return all of matplotlib's settings, so that nobody's own ones show in a drawing."""
    defaults = {name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith("backend")}
    return {**defaults, **STYLE}


def draw(
    paint: Callable[[Axes], None], width: float, height: float, *, pixels: bool = False
) -> tuple[bytes, list[Label]]:
    """Return the PDF of what ``paint`` draws on axes that fill ``width`` x ``height`` points, and its labels."""
    buffer = io.BytesIO()
    with mpl.rc_context(_style()):
        canvas = Canvas(figsize=(width / POINTS, height / POINTS))
        axes = canvas.add_axes((0.1, 0.15, 0.85, 0.8))  # near what is left when the labels have their room
        paint(axes)
        file = PdfFile(buffer, metadata={"CreationDate": None, "Producer": None, "Creator": None})
        file.newPage(width / POINTS, height / POINTS)
        renderer = Renderer(file, width, height, pixels=pixels)
        _fit(axes, renderer, width, height)
        canvas.draw(renderer)
        renderer.finalize()
        file.finalize()
    return buffer.getvalue(), renderer.labels


def _fit(axes: Axes, renderer: Renderer, width: float, height: float) -> None:
    """Shrink the axes until everything around them fits into the drawing."""
    outer, inner = axes.get_tightbbox(renderer), axes.get_window_extent(renderer)
    if outer is not None:
        left, bottom = inner.x0 - outer.x0 + PAD, inner.y0 - outer.y0 + PAD
        right, top = outer.x1 - inner.x1 + PAD, outer.y1 - inner.y1 + PAD
        if left + right > 0.8 * width or bottom + top > 0.8 * height:
            raise NotDrawable("its labels leave no room for what they label; make it larger, or move them inside")
        axes.set_position((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height))


def _width(text: str) -> float:
    """Return the width of ``text`` in units of its size: half an em for every character that is seen."""
    seen = re.sub(r"\\[A-Za-z]+|[${}_^\\]", lambda found: "x" if len(found[0]) > 1 else "", text)
    return 0.5 * len(seen)


def _words(text: str) -> str:
    """Return matplotlib's text as LaTeX: mathematics between dollar signs as it is, the rest escaped."""
    if re.fullmatch(r"-?[0-9./]+", text):
        return f"${text}$"  # a hyphen is no minus sign
    pieces = re.split(r"(?<!\\)\$", text.replace(r"\mathdefault", ""))
    if len(pieces) % 2 == 0:
        pieces = [text]
    return "".join(f"${piece}$" if step % 2 else _escaped(piece) for step, piece in enumerate(pieces))


def _escaped(text: str) -> str:
    """Return plain text escaped word by word, so that spaces beside mathematics stay."""
    return re.sub(r"\S+", lambda word: tex.escape(word[0]), text.replace(r"\$", "$"))


def _styled(words: str, gc: Any, prop: Any) -> str:
    """Return ``words`` with the weight, slope and colour of a text; what shines through becomes lighter."""
    if prop.get_weight() in {"bold", "semibold", 600, 700}:
        words = rf"\textbf{{{words}}}"
    if prop.get_style() in {"italic", "oblique"}:
        words = rf"\textit{{{words}}}"
    red, green, blue = gc.get_rgb()[:3]
    shades = "".join(f"{round(255 * (1 - gc.get_alpha() * (1 - shade))):02X}" for shade in (red, green, blue))
    return words if shades == "000000" else rf"\color[HTML]{{{shades}}}{words}"
