"""The texts of a drawing as LaTeX: what they say, how they look, and where they go."""

# A graphics context of matplotlib is partly untyped:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from psetpress import tex


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
        text = rf"\figuretext{{{self.size:.1f}}}{{{self.words}}}"
        if self.angle:
            text = rf"\rotatebox{{{self.angle:.1f}}}{{\drawn{{0}}{{0}}{{{self.align}}}{{{text}}}}}"
            return rf"\drawn{{{self.x:.2f}}}{{{self.y:.2f}}}{{l}}{{{text}}}"
        return rf"\drawn{{{self.x:.2f}}}{{{self.y:.2f}}}{{{self.align}}}{{{text}}}"


@cache
def width(text: str) -> float:
    """Return the width of ``text`` in units of its size: half an em for every character that is seen."""
    seen = re.sub(r"\\[A-Za-z]+|[${}_^\\]", lambda found: "x" if len(found[0]) > 1 else "", text)
    return 0.5 * len(seen)


@cache
def words_of(text: str) -> str:
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


def styled(words: str, gc: Any, prop: Any) -> str:
    """Return ``words`` with the weight, slope and colour of a text; what shines through becomes lighter."""
    if prop.get_weight() in {"bold", "semibold", 600, 700}:
        words = rf"\textbf{{{words}}}"
    if prop.get_style() in {"italic", "oblique"}:
        words = rf"\textit{{{words}}}"
    red, green, blue = gc.get_rgb()[:3]
    shades = "".join(f"{round(255 * (1 - gc.get_alpha() * (1 - shade))):02X}" for shade in (red, green, blue))
    return words if shades == "000000" else rf"\color[HTML]{{{shades}}}{words}"
