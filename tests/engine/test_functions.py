"""What templates call: tables, matrices and signals, checked first, then shown on paper or in the terminal."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from psetpress import latex
from psetpress.errors import PsetpressError
from psetpress.latex import Document
from psetpress.targets import Blank, Slot
from psetpress.targets.functions import describe, functions
from psetpress.targets.latex import LatexTarget
from psetpress.targets.text import TextTarget
from psetpress.tex import TeX

PAPER = functions(LatexTarget(responses=True))


def terminal(name: str, *arguments: Any, **options: Any) -> str:
    target = TextTarget()
    return target.finish(TeX(functions(target)[name](*arguments, **options)))


@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        (["a"], [[1, 2]], 'the header has 1 cells, align="lr" has 2'),
        ([], [[1, 2], [3]], 'the row 1 has 1 cells, align="lr" has 2'),
        ([], [[1, 2, 3]], 'the row 0 has 3 cells, align="lr" has 2'),
    ],
)
def test_tables_are_rectangles(header: list[str], rows: list[list[int]], message: str) -> None:
    with pytest.raises(PsetpressError, match=message):
        PAPER["table"](header=header, rows=rows, align="lr")


@pytest.mark.parametrize("rows", [[], [[]], [[1, 2], [3]]])
def test_matrices_are_rectangles(rows: list[list[int]]) -> None:
    with pytest.raises(PsetpressError, match=r"matrix\(\): rows of one length are wanted"):
        PAPER["matrix"](rows)


def test_a_window_goes_forward() -> None:
    with pytest.raises(PsetpressError, match=r"first=3 comes after last=2"):
        PAPER["signal"]((0, (1, 2)), first=3, last=2)


def test_cells_are_tex_numbers_or_escaped() -> None:
    rows = [[TeX("$x_1$"), 3, "50%", Blank("(1)")], [PAPER["math"](Fraction(1, 3)), Fraction(1, 2), "", Blank()]]
    code = PAPER["table"](header=["a", "b", "c", "d"], rows=rows, align="lrcl", rule_after=[0])
    assert r"$x_1$&$3$&50\%&\psetblank{(1)}\\" + "\n\\midrule" in str(code)
    assert r"$\frac{1}{3}$&$0.5$&&\psetblank{}\\" in str(code)


def test_a_matrix_of_numbers() -> None:
    assert PAPER["matrix"]([[1, Fraction(-1, 2)]]) == "\\begin{pmatrix}\n1&-0.5\n\\end{pmatrix}"


@pytest.mark.parametrize(
    ("first", "last", "values"),
    [(0, 2, "$1$&$2$&$3$"), (-1, 1, "$0$&$1$&$2$"), (2, 4, "$3$&$0$&$0$"), (7, 8, "$0$&$0$")],
)
def test_a_signal_is_zero_where_it_has_no_value(first: int, last: int, values: str) -> None:
    code = str(PAPER["signal"]((0, (1, 2, 3)), name="x", first=first, last=last))
    assert f"$x(n)$&{values}\\\\" in code
    assert "$n$&" + "&".join(f"${n}$" for n in range(first, last + 1)) + r"\\" in code


def test_a_long_signal_is_folded_into_equal_lines() -> None:
    code = str(PAPER["signal"]((0, tuple(range(26))), first=0, last=25))
    rows = [line for line in code.split("\n") if line.startswith("$n$")]
    assert [row.count("&") for row in rows] == [9, 9, 9]
    assert [row.count("$") // 2 - 1 for row in rows] == [9, 9, 8]


def test_the_widest_signals_fit_the_page(paper: Callable[..., Document]) -> None:
    wide = tuple(Fraction(1, 64) + n for n in range(-100, -80))
    fractions = tuple(Fraction(n, 177147) for n in range(1, 20))
    body = "".join(str(PAPER["signal"]((0, values), name="y_2", first=-3, last=22)) for values in (wide, fractions))
    inside = rf"\begin{{qpart}}{{1.a}}{{a}}{{}}{body}\end{{qpart}}"
    assert latex.compile_pdf(paper(inside)).overfull == ()


def test_an_answer_space_is_shown_in_handouts_only() -> None:
    slots = [Slot("2.c.one", TeX("$y$"), "3cm"), Slot("2.c.two", TeX("why"), "1cm")]
    code = LatexTarget(responses=True).respond(slots, TeX("GRID"))
    assert code.split("\n") == [
        r"\begin{response}{2.c.one}{3cm}{$y$}",
        "GRID",
        "% write here",
        r"\end{response}",
        r"\begin{response}{2.c.two}{1cm}{why}",
        "GRID",
        "% write here",
        r"\end{response}",
    ]
    assert LatexTarget(responses=False).respond(slots, TeX("GRID")) == ""


def test_an_alternative_text_is_one_line_of_all_values() -> None:
    values = {"mean": Fraction(3, 2), "many": (1, 0.5), "word": "γ"}
    assert describe("A bell\n  at {mean}, {many} {word} {{}}", values) == "A bell at 1.5, 1, 0.5 γ {}"


@pytest.mark.parametrize(
    ("alt", "message"),
    [
        ("at {mean}", r"uses 'mean', which is not given"),
        ("at {}", r"uses .*which is not given"),
        ("a } brace", r"a brace that is meant is written twice"),
        ("  ", r"a figure needs an alt text"),
    ],
)
def test_a_wrong_alternative_text_is_refused(alt: str, message: str) -> None:
    with pytest.raises(PsetpressError, match=message):
        describe(alt, {})


def test_a_figure_names_its_file_and_keeps_its_words() -> None:
    assert LatexTarget(responses=True).figure("a-b", "50% of γ {x}") == r"\psetfigure{a-b}{50\% of γ \{x\}}"


def test_a_table_in_the_terminal() -> None:
    rows = [["CONV", TeX(r"$3\times 3$"), 9], ["FC", Blank("(1)"), Fraction(1, 2)]]
    shown = terminal("table", header=["Layer", "Size", "n"], rows=rows, align="lcr", rule_after=[0])
    assert shown.split("\n") == [
        "    Layer    Size      n",
        "    ────────────────────",
        "    CONV    3 × 3      9",
        "    ────────────────────",
        "    FC     (1) ____  0.5",
    ]


def test_a_wide_table_is_wrapped() -> None:
    shown = terminal("table", header=["a", "b"], rows=[["x", "word " * 40], ["y", "z"]], align="ll")
    lines = shown.split("\n")
    assert all(len(line) <= 96 for line in lines)
    assert sum("word" in line for line in lines) == 3
    assert lines[-1] == "    y  z"


def test_a_matrix_and_a_signal_in_the_terminal() -> None:
    target = TextTarget()
    call = functions(target)
    matrix, signal = call["matrix"]([[1, -1], [10, 2]]), call["signal"]((0, (1, 2)), first=-1, last=1)
    words = f"Let\n\\[ x={matrix} . \\]\n{signal}"
    assert target.finish(TeX(words)).split("\n") == [
        "Let",
        "",
        "    x = ⎛ 1  -1⎞.",
        "        ⎝10   2⎠",
        "",
        "    n     -1  0  1",
        "    y(n)   0  1  2",
    ]


def test_a_figure_and_slots_in_the_terminal() -> None:
    target = TextTarget()
    slots = [Slot("1.a.x", TeX("$x_1$"), "3cm"), Slot("1.a.y", TeX("Why?"), "3cm")]
    words = (
        target.figure("f", "A bell.")
        + target.respond(slots, TeX(""))
        + target.respond([Slot("1.b", TeX(""), "")], TeX(""))
    )
    assert target.finish(TeX(words)) == "    [figure: A bell.]\n\n    Answers: x₁; Why?"
