"""PyLaTeX behind types: tables, matrices and escaping. The library ships no type information."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, cast


@cache
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
    import pylatex

    library = cast("Any", pylatex)
    table = library.Tabular(align, booktabs=True)
    if header:
        table.add_row([library.NoEscape(cell) for cell in header])
        table.add_hline()
    for index, row in enumerate(rows):
        table.add_row([library.NoEscape(cell) for cell in row])
        if index in rules and index + 1 < len(rows):
            table.add_hline()
    return _lines(table)


def matrix(rows: Sequence[Sequence[str]]) -> str:
    """Return a ``pmatrix`` of TeX entries."""
    import numpy as np
    import pylatex

    library = cast("Any", pylatex)
    return _lines(library.Matrix(np.array([[library.NoEscape(cell) for cell in row] for row in rows], dtype=object)))


def _lines(element: Any) -> str:
    """Return an element's TeX in plain lines: without comment signs at their ends, none empty."""
    code = cast("str", element.dumps()).replace("%\n", "\n").replace("\\bottomrule", "\n\\bottomrule")
    return re.sub("\n+", "\n", code)
