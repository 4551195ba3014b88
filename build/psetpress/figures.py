"""Figures: matplotlib draws the lines, LaTeX sets the text, and equal content is drawn once.

A drawing is a PDF without a single letter and a small TeX file that puts every label where
matplotlib would have put it. The labels so come in the document's own fonts and sizes, and the
PDF embeds no font.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from psetpress.errors import PsetpressError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psetpress.records import Figure


@dataclass(frozen=True)
class Drawing:
    """A finished figure: its file name without suffix, the letterless PDF, and the TeX that labels it."""

    name: str
    pdf: bytes
    tex: str


class Gallery:
    """Draws figures and keeps them by content, so that a class of students shares equal ones.

    With ``seen=False`` nothing is drawn: a terminal shows alt texts only.
    """

    def __init__(self, *, seen: bool = True) -> None:
        self._drawings: dict[str, Drawing] = {}
        self._seen = seen

    def get(self, problem: str, figure_name: str, figure: Figure[Any], params: object) -> Drawing:
        """Return the drawing of a problem's figure for ``params``, drawing it if nothing equal exists."""
        data = figure.data(params)
        where = f'{problem}, figure "{figure_name}"'
        key = _content(figure, data, where)
        if key not in self._drawings:
            name = f"{problem}-{figure_name}-{key[:8]}".replace("_", "-")
            self._drawings[key] = draw(name, figure, data) if self._seen else Drawing(name, b"", "")
        return self._drawings[key]


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
    """Draw ``figure`` with ``data`` and return it as letterless PDF and TeX labels."""
    from psetpress import letterless

    width, height = (side / 2.54 * letterless.POINTS for side in figure.size)  # centimetres to points
    try:
        pdf, labels = letterless.draw(lambda axes: figure.paint(axes, data), width, height, pixels=figure.pixels)
    except letterless.NotDrawable as error:
        raise PsetpressError(f"figure {name}: {error}") from error
    lines = [
        r"\begingroup\setlength{\unitlength}{1bp}%",
        rf"\begin{{picture}}({width:.2f},{height:.2f})",
        rf"\put(0,0){{\includegraphics{{figures/{name}.pdf}}}}",
        *map(str, labels),
        r"\end{picture}\endgroup",
        "",
    ]
    return Drawing(name, pdf, "\n".join(lines))
