"""The paper: figures, tables, matrices and answer spaces as LaTeX of the course class."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from psetpress import blocks, tex
from psetpress.targets import Blank
from psetpress.tex import TeX

if TYPE_CHECKING:
    from psetpress.targets import Slot, Window

SIGNAL_COLUMNS = 10
"""Values in a line of a signal's table: what fits the text width with seven-digit values."""


class LatexTarget:
    """Prints for pdflatex; ``responses`` says whether answer spaces are shown (they are not in keys)."""

    def __init__(self, *, responses: bool) -> None:
        self.responses = responses
        self.alts: dict[str, str] = {}

    def figure(self, name: str, alt: str) -> TeX:
        """Show a drawing, centered."""
        self.alts[name] = alt
        return TeX(rf"\psetfigure{{{name}}}{{{tex.escape(alt)}}}")

    def table(self, header: Sequence[Any], rows: Sequence[Sequence[Any]], align: str, rules: Sequence[int]) -> TeX:
        """Show a booktabs table, centered."""
        cells = [[_cell(cell) for cell in row] for row in rows]
        table = blocks.tabular([_cell(cell) for cell in header], cells, align, rules)
        return TeX(f"\\begin{{psettable}}\n{table}\n\\end{{psettable}}")

    def matrix(self, rows: Sequence[Sequence[Any]]) -> TeX:
        """Return a ``pmatrix``."""
        return TeX(blocks.matrix([[tex.finalize(entry) for entry in row] for row in rows]))

    def signal(self, window: Window) -> TeX:
        """Show rows of n over rows of values, as many columns a line as fit."""
        lines: list[str] = []
        for start in range(0, len(window.values), SIGNAL_COLUMNS):
            values = window.values[start : start + SIGNAL_COLUMNS]
            times = [TeX(f"${window.first + start + step}$") for step in range(len(values))]
            cells = [TeX(f"${tex.finalize(value)}$") for value in values]
            lines.append(
                self.table([TeX("$n$"), *times], [[TeX(f"${window.name}(n)$"), *cells]], "l" + "c" * len(values), ())
            )
        return TeX("\n".join(lines))

    def respond(self, slots: Sequence[Slot], space: str, inside: TeX) -> TeX:
        """Leave one response block per slot."""
        if not self.responses:
            return TeX("")
        body = f"{inside}\n" if inside else ""
        spaces = [
            f"\\begin{{response}}{{{slot.id}}}{{{space}}}{{{slot.label}}}\n{body}% write here\n\\end{{response}}"
            for slot in slots
        ]
        return TeX("\n".join(spaces))


def _cell(cell: object) -> str:
    if isinstance(cell, Blank):
        return rf"\psetblank{{{tex.escape(cell.label)}}}"
    if isinstance(cell, (int, float, Fraction)):
        return f"${tex.finalize(cell)}$"
    return tex.finalize(cell)
