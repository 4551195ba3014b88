"""The paper: figures, tables, matrices and answer spaces as LaTeX of the course class."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from psetpress import blocks, tex
from psetpress.targets import Blank
from psetpress.tex import TeX

if TYPE_CHECKING:
    from psetpress.targets import Slot, Window

SIGNAL_COLUMNS = 12
"""Times in one line of a signal's table, at most."""

SIGNAL_DIGITS = 74
"""Digits that fit beside each other into the width of a part, where a column's space counts as two and a half."""


class LatexTarget:
    """Prints for pdflatex; ``responses`` says whether answer spaces are shown (they are not in keys)."""

    def __init__(self, *, responses: bool) -> None:
        self.responses = responses

    def figure(self, name: str, alt: str) -> TeX:
        """Show a drawing, centered."""
        return TeX(rf"\psetfigure{{{name}}}{{{tex.escape_unseen(alt)}}}")

    def table(self, header: Sequence[Any], rows: Sequence[Sequence[Any]], align: str, rules: Sequence[int]) -> TeX:
        """Show a booktabs table, centered."""
        cells = [[_cell(cell) for cell in row] for row in rows]
        table = blocks.tabular([_cell(cell) for cell in header], cells, align, rules)
        return TeX(f"\\begin{{psettable}}\n{table}\n\\end{{psettable}}")

    def matrix(self, rows: Sequence[Sequence[Any]]) -> TeX:
        """Return a ``pmatrix``."""
        return TeX(blocks.matrix([[tex.finalize(entry) for entry in row] for row in rows]))

    def signal(self, window: Window) -> TeX:
        """Show a row of times over a row of values, folded into as few lines as fit the page."""
        name = TeX(f"${window.name}(n)$")
        values = [TeX(f"${tex.finalize(value)}$") for value in window.values]
        times = [TeX(f"${window.first + step}$") for step in range(len(values))]
        columns = _columns([*zip(times, values, strict=True)])
        rows: list[list[str]] = []
        for start in range(0, len(values), columns):
            for head, cells in ((TeX("$n$"), times), (name, values)):
                line = cells[start : start + columns]
                rows.append([head, *line, *[""] * (columns - len(line))])
        return self.table([], rows, "l" + "c" * columns, range(1, len(rows), 2))

    def unrecorded(self, experiment: str) -> TeX:
        """Show a box that nobody overlooks."""
        return TeX(rf"\unrecorded{{{tex.escape(experiment)}}}")

    def respond(self, slots: Sequence[Slot], inside: TeX) -> TeX:
        """Leave one response block per slot."""
        if not self.responses:
            return TeX("")
        body = f"{inside}\n" if inside else ""
        spaces = [
            f"\\begin{{response}}{{{slot.id}}}{{{slot.space}}}{{{slot.label}}}\n{body}% write here\n\\end{{response}}"
            for slot in slots
        ]
        return TeX("\n".join(spaces))


def _columns(cells: Sequence[tuple[str, str]]) -> int:
    """Return the number of columns in which a signal is shown: as few lines as fit, all about equally long."""
    digits = [
        2.5 + max(len(re.sub(r"[^0-9.-]", "", text)) / (2 if "frac" in text else 1) for text in cell) for cell in cells
    ]
    most = next(
        (
            count
            for count in range(min(SIGNAL_COLUMNS, len(cells)), 1, -1)
            if sum(max(digits[column::count]) for column in range(count)) <= SIGNAL_DIGITS
        ),
        1,
    )
    lines = -(-len(cells) // most)
    return -(-len(cells) // lines)


def _cell(cell: object) -> str:
    if isinstance(cell, Blank):
        return rf"\psetblank{{{tex.escape(cell.label)}}}"
    if isinstance(cell, (int, float, Fraction)):
        return f"${tex.finalize(cell)}$"
    return tex.finalize(cell)
