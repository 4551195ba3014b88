"""Tables and matrices: a frame that is filled says what PyLaTeX says cell by cell."""

from __future__ import annotations

import re
from typing import Any, cast

import numpy as np
import pylatex
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress import blocks

LIBRARY = cast("Any", pylatex)
CELLS = st.text(st.sampled_from("a1 $\\{}&%\n"), max_size=6)


@st.composite
def rectangles(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 4))
    return draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=4))


def plain(element: Any) -> str:
    """Return PyLaTeX's own words without comment signs and empty lines."""
    code = str(element.dumps()).replace("%\n", "\n").replace("\\bottomrule", "\n\\bottomrule")
    return re.sub("\n+", "\n", code)


@given(rows=rectangles())
def test_a_matrix_is_pylatex_s(rows: list[list[str]]) -> None:
    cells = [[LIBRARY.NoEscape(cell) for cell in row] for row in rows]
    assert blocks.matrix(rows) == plain(LIBRARY.Matrix(np.array(cells, dtype=object)))


@given(rows=rectangles(), header=st.booleans(), rules=st.lists(st.integers(-1, 4), max_size=3))
def test_a_table_is_pylatex_s(rows: list[list[str]], header: bool, rules: list[int]) -> None:
    table = LIBRARY.Tabular("l" * len(rows[0]), booktabs=True)
    for index, row in enumerate(rows):
        table.add_row([LIBRARY.NoEscape(cell) for cell in row])
        last = index + 1 == len(rows)
        if (header and index == 0) or (index - header in rules and not last):
            table.add_hline()
    named, rest = (rows[0], rows[1:]) if header else ([], rows)
    assert blocks.tabular(named, rest, "l" * len(rows[0]), rules) == plain(table)


def test_equal_shapes_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = blocks.matrix([["1", "2", "3"]] * 7)
    monkeypatch.setattr(LIBRARY, "Matrix", None)
    assert blocks.matrix([["4", "5", "6"]] * 7) == first.replace("1", "4").replace("2", "5").replace("3", "6")


def test_a_row_that_is_too_long_is_refused() -> None:
    with pytest.raises(LIBRARY.table.TableRowSizeError):
        blocks.tabular([], [["1", "2"], ["3"]], "ll", [])
