"""Figures: matplotlib draws the lines, LaTeX sets the text, and equal content is drawn once.

A drawing is a page without a single letter and a little TeX that puts every label where
matplotlib would have put it. The labels so come in the document's own fonts and sizes, and the
PDF embeds no font.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from psetpress import pages
from psetpress.errors import PsetpressError
from psetpress.pages import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psetpress.records import Figure


@dataclass(frozen=True)
class Drawing:
    """A finished figure: its file name without suffix, its letterless page, and the labels as TeX.

    It is small (about 2 kB) and made of plain values: draw it in any process, keep it by its content's key.
    """

    name: str
    page: Page | None = None
    labels: tuple[str, ...] = ()

    @property
    def pdf(self) -> bytes:
        """The page as a PDF of its own; nothing for a drawing that nobody sees."""
        return pages.write([self.page]) if self.page else b""

    @property
    def tex(self) -> str:
        """The TeX that shows the drawing from a file of its own."""
        if self.page is None:
            return ""
        size = f"{{{self.page.width:.2f}}}{{{self.page.height:.2f}}}"
        lines = [rf"\drawing{size}{{figures/{self.name}.pdf}}{{%", *self.labels, "}", ""]
        return "\n".join(lines)


class Gallery:
    """Draws figures and keeps them by content, so that a class of students shares equal ones.

    With ``seen=False`` nothing is drawn: a terminal shows alt texts only. ``drawings`` are kept by a hash of all
    that they show; beyond ``most`` of them, those that nobody has asked for the longest are forgotten.
    """

    def __init__(self, *, seen: bool = True, most: int = sys.maxsize) -> None:
        self.drawings: dict[str, Drawing] = {}
        self._seen = seen
        self._most = most

    def get(self, problem: str, figure_name: str, figure: Figure[Any], params: object) -> Drawing:
        """Return the drawing of a problem's figure for ``params``, drawing it if nothing equal exists."""
        data = figure.data(params)
        where = f'{problem}, figure "{figure_name}"'
        key = _content(figure, data, where)
        drawing = self.drawings.pop(key, None)
        if drawing is None:
            name = f"{problem}-{figure_name}-{key[:8]}".replace("_", "-")
            drawing = draw(name, figure, data) if self._seen else Drawing(name)
        self.drawings[key] = drawing  # behind all others
        if len(self.drawings) > self._most:
            del self.drawings[next(iter(self.drawings))]
        return drawing


def _content(figure: Figure[Any], data: Mapping[str, Any], where: str) -> str:
    """Return a hash of everything that a drawing shows."""

    def plain(value: object) -> str:
        if isinstance(value, Fraction):
            return str(value)
        raise PsetpressError(f"{where}: its data hold {value!r}; accepted are numbers, strings and tuples of them")

    function = f"{figure.draw.__module__}.{figure.draw.__qualname__}"
    parts = [function, figure.size, figure.xlabel, figure.ylabel, data]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=plain).encode()).hexdigest()


def draw(name: str, figure: Figure[Any], data: Mapping[str, Any]) -> Drawing:
    """Draw ``figure`` with ``data`` as a letterless page and TeX labels."""
    from psetpress import letterless
    from psetpress.letterless.renderer import NotDrawable

    width, height = (side / 2.54 * letterless.POINTS for side in figure.size)  # centimetres to points
    try:
        page, labels = letterless.draw(lambda axes: figure.paint(axes, data), width, height, pixels=figure.pixels)
    except NotDrawable as error:
        raise PsetpressError(f"figure {name}: {error}") from error
    return Drawing(name, page, tuple(map(str, labels)))
