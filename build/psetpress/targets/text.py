"""The terminal: the same words as readable plain text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from psetpress import tex
from psetpress.targets import Blank
from psetpress.targets.latex import LatexTarget
from psetpress.tex import TeX

if TYPE_CHECKING:
    from psetpress.targets import Slot, Window

WIDTH = 96


class TextTarget:
    """Keeps finished blocks (tables, figures) aside while the words between them become text."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._matrices = LatexTarget(responses=False)

    def figure(self, name: str, alt: str) -> TeX:
        """Show a figure's alt text."""
        return self._keep(f"[figure: {' '.join(alt.split())}]")

    def table(self, header: Sequence[Any], rows: Sequence[Sequence[Any]], align: str, rules: Sequence[int]) -> TeX:
        """Show aligned columns."""
        table = [[_cell(cell) for cell in row] for row in ([header] if header else []) + list(rows)]
        widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
        if header:
            lines.insert(1, "  ".join("-" * width for width in widths))
        return self._keep("\n".join(line.rstrip() for line in lines))

    def matrix(self, rows: Sequence[Sequence[Any]]) -> TeX:
        """Return a matrix, which the conversion of mathematics prints."""
        return self._matrices.matrix(rows)

    def signal(self, window: Window) -> TeX:
        """Show two rows, n and the values."""
        times = [str(window.first + step) for step in range(len(window.values))]
        values = [plain(TeX(f"${tex.finalize(value)}$")) for value in window.values]
        return self.table(["n", *times], [[f"{window.name}(n)", *values]], "", ())

    def respond(self, slots: Sequence[Slot], inside: TeX) -> TeX:
        """List the labelled slots; a terminal needs no space."""
        labels = [plain(slot.label) for slot in slots if slot.label]
        return self._keep("Answers: " + "; ".join(labels)) if labels else TeX("")

    def finish(self, words: TeX) -> str:
        """Return rendered TeX as text: paragraphs wrapped, blocks put back."""
        paragraphs = re.split(r"\n\s*\n", plain(words))
        wrapped = "\n\n".join(_wrap(paragraph) for paragraph in paragraphs if paragraph.strip())
        return re.sub(r"@BLOCK(\d+)@", lambda match: self._blocks[int(match[1])], wrapped)

    def _keep(self, block: str) -> TeX:
        self._blocks.append(block)
        return TeX(f"\n\n@BLOCK{len(self._blocks) - 1}@\n\n")


def _wrap(paragraph: str) -> str:
    if "  " in paragraph.strip() and "\n" in paragraph.strip():  # a displayed formula keeps its shape
        return textwrap.indent(textwrap.dedent(paragraph.strip("\n")), "    ")
    return textwrap.fill(" ".join(paragraph.split()), WIDTH)


def _cell(cell: object) -> str:
    if isinstance(cell, Blank):
        return f"[{cell.label}]" if cell.label else "[   ]"
    return plain(TeX(tex.finalize(cell)))


@cache
def _converter() -> Callable[[str], str]:
    """Return pylatexenc's converter, which ships no type information."""
    from pylatexenc import latex2text

    converter: Any = latex2text.LatexNodes2Text(math_mode="text", keep_comments=False)
    return cast("Callable[[str], str]", converter.latex_to_text)


def plain(code: TeX) -> str:
    """Return TeX as Unicode text."""
    return _converter()(code).strip("\n")
