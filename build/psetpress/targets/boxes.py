"""Boxes of text for a terminal: what is set in two dimensions, such as a fraction or a matrix."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

Align = Literal["l", "c", "r"]


def columns(text: str) -> int:
    """Return how many columns of a terminal ``text`` takes: an accent takes none, an ideograph two."""
    marks = sum(1 for character in text if unicodedata.category(character) in {"Mn", "Me", "Cf"})
    wide = sum(1 for character in text if unicodedata.east_asian_width(character) in {"W", "F"})
    return len(text) - marks + wide


def pad(text: str, width: int, align: str = "l") -> str:
    """Return ``text`` with spaces to ``width`` columns."""
    room = max(0, width - columns(text))
    left = {"l": 0, "c": room // 2, "r": room}.get(align, 0)
    return " " * left + text + " " * (room - left)


@dataclass(frozen=True)
class Box:
    """Lines of equal width; line ``base`` is the one that stands beside single-line text."""

    lines: tuple[str, ...]
    base: int = 0

    @property
    def width(self) -> int:
        """Columns."""
        return columns(self.lines[0])

    @property
    def tall(self) -> bool:
        """Whether it has more than one line."""
        return len(self.lines) > 1

    def __str__(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines)


def line(text: str) -> Box:
    """Return a box of a single line."""
    return Box((text,))


def beside(boxes: Sequence[Box]) -> Box:
    """Return boxes next to each other, their base lines on one line."""
    if not any(box.tall for box in boxes):
        return line("".join(box.lines[0] for box in boxes))
    above = max(box.base for box in boxes)
    below = max(len(box.lines) - box.base for box in boxes)
    filled = [
        [" " * box.width] * (above - box.base) + [*box.lines] + [" " * box.width] * (below - len(box.lines) + box.base)
        for box in boxes
    ]
    return Box(tuple("".join(pieces) for pieces in zip(*filled, strict=True)), above)


def above(boxes: Sequence[Box], base: int, align: Align = "c") -> Box:
    """Return boxes on top of each other; the base line is that of box number ``base``."""
    width = max(box.width for box in boxes)
    lines = [pad(text, width, align) for box in boxes for text in box.lines]
    return Box(tuple(lines), sum(len(box.lines) for box in boxes[:base]) + boxes[base].base)


def fraction(top: Box, bottom: Box) -> Box:
    """Return ``top`` over a bar over ``bottom``."""
    return above([top, line("─" * (max(top.width, bottom.width) + 2)), bottom], 1)


def grid(rows: Sequence[Sequence[Box]], align: str, gap: str = "  ") -> Box:
    """Return rows of boxes in columns; ``align`` has a letter for each column, its last one serves the rest."""
    table = [*zip_longest(*rows, fillvalue=line(""))]  # by column
    widths = [max(box.width for box in column) for column in table]
    letters = align + align[-1:] * len(table)
    lines: list[Box] = []
    for row in zip(*table, strict=True):
        cells = [
            Box(tuple(pad(text, width, letter) for text in box.lines), box.base)
            for box, width, letter in zip(row, widths, letters, strict=False)
        ]
        spaced = [piece for cell in cells for piece in (line(gap), cell)][1:]
        lines.append(beside(spaced))
    if any(box.tall for box in lines):  # tall rows need air between them
        lines = [piece for box in lines for piece in (line(""), box)][1:]
    stacked = above(lines, 0, "l")
    return Box(stacked.lines, (len(stacked.lines) - 1) // 2)


_FENCES = {
    "(": "(⎛⎜⎝", ")": ")⎞⎟⎠", "[": "[⎡⎢⎣", "]": "]⎤⎥⎦", "|": "||||", "‖": "‖‖‖‖",
    "⌊": "⌊⎢⎢⌊", "⌋": "⌋⎥⎥⌋", "⌈": "⌈⌈⎢⎢", "⌉": "⌉⌉⎥⎥", "⟨": "⟨⟨⟨⟨", "⟩": "⟩⟩⟩⟩",
}  # fmt: skip
"""How a delimiter looks: alone, and as the top, middle and bottom of a tall one."""


def fenced(inside: Box, left: str, right: str) -> Box:
    """Return ``inside`` between delimiters as tall as it is; a "." is no delimiter."""
    return beside([_fence(left, inside), inside, _fence(right, inside)])


def _fence(sign: str, beside_what: Box) -> Box:
    height = len(beside_what.lines)
    if sign in {".", ""}:
        return line("")
    if sign in "{}" and height > 1:
        alone, top, middle, bottom, center = "{⎧⎪⎩⎨" if sign == "{" else "}⎫⎪⎭⎬"
        pieces = [top, *[middle] * (height - 2), bottom] if height > 2 else [*("⎰⎱" if sign == "{" else "⎱⎰")]
        if height > 2:
            pieces[height // 2] = center
        return Box(tuple(pieces), beside_what.base)
    alone, top, middle, bottom = _FENCES.get(sign, sign * 4)
    pieces = [top, *[middle] * (height - 2), bottom] if height > 1 else [alone]
    return Box(tuple(pieces), beside_what.base)
