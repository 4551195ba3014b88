"""PyLaTeX behind types: tables, matrices and escaping. The library ships no type information."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, cast


def escape(character: str) -> str:
    """Return what prints ``character``: with a backslash or by its name if LaTeX means something else by it."""
    import pylatex

    # PyLaTeX puts braces around brackets and hyphens too, which breaks kerning and searching; the accent
    # and the circumflex it prints are not those of ASCII.
    own = {"-": "-", "[": "[", "]": "]", "`": r"\`{}", "^": r"\textasciicircum{}"}
    escape_latex = cast("Callable[[str], str]", cast("Any", pylatex).escape_latex)
    return own.get(character) or str(escape_latex(character))


def tabular(header: Sequence[str], rows: Sequence[Sequence[str]], align: str, rules: Sequence[int]) -> str:
    """Return a booktabs ``tabular`` of TeX cells; a rule stands after the header and each row of ``rules``."""
    widths = tuple(len(row) for row in rows)
    between = frozenset(index for index in rules if index + 1 < len(rows))
    frame = _tabular(len(header), widths, align, between)
    return _filled(frame, [*header, *(cell for row in rows for cell in row)])


def matrix(rows: Sequence[Sequence[str]]) -> str:
    """Return a ``pmatrix`` of TeX entries."""
    return _filled(_matrix(len(rows), len(rows[0])), [cell for row in rows for cell in row])


_CELL = "\ue003"
"""Stands for a cell in a frame: a private-use character, which no document needs."""

Frame = tuple[str, ...]
"""A table or matrix of one shape: what PyLaTeX writes before, between and after its cells.

A frame is made once. Building PyLaTeX's objects cell by cell for every student took a sixth of all typesetting.
"""


@lru_cache(maxsize=1024)
def _tabular(header: int, widths: tuple[int, ...], align: str, rules: frozenset[int]) -> Frame:
    import pylatex

    library = cast("Any", pylatex)
    cell = library.NoEscape(_CELL)
    table = library.Tabular(align, booktabs=True)
    if header:
        table.add_row([cell] * header)
        table.add_hline()
    for index, width in enumerate(widths):
        table.add_row([cell] * width)
        if index in rules:
            table.add_hline()
    return _frame(table)


@lru_cache(maxsize=1024)
def _matrix(height: int, width: int) -> Frame:
    import numpy as np
    import pylatex

    return _frame(cast("Any", pylatex).Matrix(np.full((height, width), _CELL, dtype=object)))


def _frame(element: Any) -> Frame:
    return tuple(cast("str", element.dumps()).split(_CELL))


def _filled(frame: Frame, cells: Sequence[str]) -> str:
    """Return a frame with its cells in plain lines: without comment signs at their ends, none empty."""
    *before, end = frame
    code = "".join([piece for pair in zip(before, cells, strict=True) for piece in pair]) + end
    code = code.replace("%\n", "\n").replace("\\bottomrule", "\n\\bottomrule")
    return re.sub("\n+", "\n", code)
