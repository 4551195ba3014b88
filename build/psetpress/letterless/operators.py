"""PDF operators of a drawing: paths, and the graphics state whenever it changes."""

# Matplotlib's own annotations leave paths and graphics contexts partly untyped, its compiled module entirely:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from matplotlib import _path  # what every backend of matplotlib writes its paths with
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from psetpress.pages import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.transforms import BboxBase, Transform

DIGITS = 3
"""After the point, of coordinates: a thousandth of a point is a thirtieth of a dot where 2400 fill an inch."""

CAPS = {"butt": b"0 J", "round": b"1 J", "projecting": b"2 J"}
JOINS = {"miter": b"0 j", "round": b"1 j", "bevel": b"2 j"}
PAINT = {(True, True): b"B", (True, False): b"f", (False, True): b"S", (False, False): b"n"}
"""By whether a path is filled and whether it is stroked."""

HATCH = 72.0
"""Points after which a hatch repeats, counted from the top left corner."""


class Operators:
    """Collects operators; what the graphics state holds already is not said again."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self.written: list[bytes] = []
        self.opacities: dict[tuple[float, float], int] = {}
        self._state: dict[str, bytes] = {}
        self._outside: dict[str, bytes] = {}  # the state before the clip in force
        self._clip: bytes = b""
        self._boxes: dict[int, tuple[BboxBase, bytes]] = {}

    def draw(self, gc: Any, face: Any, paths: Sequence[Path], transform: Transform) -> None:
        """Draw paths with the colours, the line and the clip of ``gc``, filled with ``face`` if that is a colour."""
        paint = self.prepare(gc, face)
        # A line is cut at the page; simplification is matplotlib's, for lines of thousands of points.
        line, sketch = face is None and not gc.get_hatch(), gc.get_sketch_params()
        window = (0.0, 0.0, self.width, self.height) if line else None
        for path in paths:
            left = self._hatch(gc, paint, path, transform) if gc.get_hatch() else paint
            self.written += (traced(path, transform, window, line and path.should_simplify, sketch), left)

    def prepare(self, gc: Any, face: Any) -> bytes:
        """Write the state for a path and return the operator that paints it."""
        self._clipped(gc)
        rgba, width = gc.get_rgb(), gc.get_linewidth()
        stroked = width > 0 and rgba[3] != 0
        filled = face is not None and (len(face) < 4 or face[3] != 0)
        if stroked:
            self._set("width", b"%b w" % number(width).encode())
            self._set("cap", CAPS[gc.get_capstyle()])
            self._set("join", JOINS[gc.get_joinstyle()])
            self._set("dashes", _dashes(*gc.get_dashes()))
            self._set("stroke", colour(rgba, "G", "RG"))
        if face is not None and filled:
            self._set("face", colour(face, "g", "rg"))
        if stroked or filled:
            self._opacity(gc, rgba, face)
        return PAINT[filled, stroked]

    def finished(self) -> bytes:
        """Return all operators."""
        return b"\n".join((*self.written, b"Q") if self._clip else self.written)

    def _set(self, what: str, operator: bytes) -> None:
        if self._state.get(what) != operator:
            self._state[what] = operator
            self.written.append(operator)

    def _opacity(self, gc: Any, rgba: Sequence[float], face: Any) -> None:
        alpha = gc.get_alpha()
        area = alpha if gc.get_forced_alpha() else 1.0 if face is None or len(face) < 4 else face[3]
        both = (float(alpha if gc.get_forced_alpha() else rgba[3]), float(area))
        if both != (1.0, 1.0) or "opacity" in self._state:
            self._set("opacity", b"/A%d gs" % self.opacities.setdefault(both, len(self.opacities)))

    def _clipped(self, gc: Any) -> None:
        """Restore the state outside the clip in force, and enter the clip of ``gc``, unless they are the same."""
        clip = self._box(gc.get_clip_rectangle())
        path, transform = gc.get_clip_path()
        if path is not None:
            clip += b"\n%b\nW n" % traced(path, transform)
        if clip == self._clip:
            return
        if self._clip:
            self.written.append(b"Q")
            self._state = self._outside
        if clip:
            self.written += (b"q", clip)
            self._outside = dict(self._state)
        self._clip = clip

    def _box(self, box: BboxBase | None) -> bytes:
        """Return the operators that clip to a box; its place is worked out once."""
        if box is None:
            return b""
        if id(box) not in self._boxes:
            self._boxes[id(box)] = box, b"%b re W n" % b" ".join(number(part).encode() for part in box.bounds)
        return self._boxes[id(box)][1]

    def _hatch(self, gc: Any, paint: bytes, path: Path, transform: Transform) -> bytes:
        """Fill a path if it is to be, draw its hatch, repeated every HATCH points, and return what is left to do."""
        outline, lines = traced(path, transform), traced(gc.get_hatch_path(), Affine2D().scale(HATCH))
        shade, width, box = gc.get_hatch_color(), number(gc.get_hatch_linewidth()).encode(), path.get_extents(transform)
        if paint in b"fB":
            self.written += (outline, b"f")
        self.written += (b"q", outline, b"W n", colour(shade, "G", "RG"), colour(shade, "g", "rg"), b"%b w" % width)
        for row in range(math.floor((self.height - box.y1) / HATCH), math.ceil((self.height - box.y0) / HATCH)):
            for column in range(math.floor(box.x0 / HATCH), math.ceil(box.x1 / HATCH)):
                self.written += (b"q", moved(column * HATCH, self.height - (row + 1) * HATCH), lines, b"B", b"Q")
        self.written.append(b"Q")
        return b"S" if paint in b"SB" else b"n"


def traced(
    path: Path,
    transform: Transform,
    window: tuple[float, float, float, float] | None = None,
    simplify: bool = False,
    sketch: tuple[float, float, float] | None = None,
) -> bytes:
    """Return the operators that trace a path, without what lies outside ``window``."""
    names = [b"m", b"l", b"", b"c", b"h"]
    return _path.convert_to_string(path, transform, window, simplify, sketch, DIGITS, names, True).rstrip()


def moved(x: float, y: float) -> bytes:
    """Return the operator that moves the origin."""
    return b"1 0 0 1 %b %b cm" % (number(x).encode(), number(y).encode())


def colour(rgb: Sequence[float], gray: str, coloured: str) -> bytes:
    """Return the operator that sets a colour: ``gray`` or ``coloured``."""
    return _colour(*map(float, rgb[:3]), gray, coloured)


@cache
def _colour(red: float, green: float, blue: float, gray: str, coloured: str) -> bytes:
    if red == green == blue:
        return f"{number(red)} {gray}".encode()
    return f"{number(red)} {number(green)} {number(blue)} {coloured}".encode()


def _dashes(offset: float, dashes: Sequence[float] | None) -> bytes:
    if dashes is None:
        return b"[] 0 d"
    return f"[{' '.join(map(number, dashes))}] {number(offset)} d".encode()
