"""Values as TeX: whatever comes from outside prints as itself and does nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress import blocks, latex, tex
from psetpress.errors import PsetpressError
from psetpress.latex import Document
from psetpress.seen import Shown
from psetpress.targets.text import plain
from psetpress.tex import TeX

SPECIALS = r"""\{}$&#_%~^ "quoted" 'single' `back` <<a>> <b> -- --- ,, ?` !` | @ [x] */=+;:() \input{/etc/passwd}"""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("plain words, 12.", "plain words, 12."),
        ("\\", r"\textbackslash{}"),
        ("{}", r"\{\}"),
        ("$&#_%", r"\$\&\#\_\%"),
        ("~", r"\textasciitilde{}"),
        ("^", r"\textasciicircum{}"),
        (r"\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
        ("<<p>>", "<{}<p>{}>"),
        ("--", "-{}-"),
        ("---", "-{}-{}-"),
        ("O'Brien ''", "O'Brien '{}'"),
        ("`a`", r"\`{}a\`{}"),
        ("[a-b]", "[a-b]"),
        ("one\ntwo\r\n\tthree\u00a0four\u2028five", "one two three four five"),
        ("Şimşek Łukasz Ångström", "Şimşek Łukasz Ångström"),
        ("e\u0301", "é"),
        ("x\u0302", "x"),
        ("Nguyễn", "Nguyen"),
        ("ﬁ ① Ａ", "fi 1 A"),
        ("β-VAE", r"\texorpdfstring{$\beta$}{β}-VAE"),
        ("3 − 1 ≤ ∞", r"3 \texorpdfstring{$-$}{−} 1 \texorpdfstring{$\leq$}{≤} \texorpdfstring{$\infty$}{∞}"),
        ("漢", r"\texorpdfstring{\unprintable{}}{?}"),
        ("\u202eRTL\u202c", "RTL"),
        ("\U0001f600\ufe0f\u200d", r"\texorpdfstring{\unprintable{}}{?}"),
        ("a\x00b", r"a\texorpdfstring{\unprintable{}}{?}b"),
        ("\ue000x:1\ue001", r"\texorpdfstring{\unprintable{}}{?}x:1\texorpdfstring{\unprintable{}}{?}"),
        ("\ud800", r"\texorpdfstring{\unprintable{}}{?}"),
        ("", ""),
    ],
)
def test_escape(text: str, code: str) -> None:
    assert tex.escape(text) == code
    assert isinstance(tex.escape(text), TeX)


@given(st.text(st.characters(exclude_categories=[])))
def test_escaped_text_holds_no_live_character(text: str) -> None:
    """Every special that is left belongs to one of the few macros that escaping writes."""
    known = r"\\(?:textbackslash|textasciitilde|textasciicircum|unprintable)\{\}|\\`\{\}|\\[{}$&#_%]|\{\}"
    math = r"\\texorpdfstring\{(?:\$(?:-|\\[A-Za-z]+)\$)?\}\{[^{}\\]\}"
    assert not re.search(r"[\\{}$&#_%~^]", re.sub(math, "", re.sub(known, "", tex.escape(text))))


@pytest.fixture(scope="module")
def printed(paper: Callable[..., Document], words_of: Callable[[bytes], str]) -> tuple[bytes, str]:
    """A PDF of everything that is difficult, and what is read back from it."""
    titles = [SPECIALS, "β-VAE 漢字 \U0001f600", "שלום e\u0301x\u0302\x00\nend", r"\end{document}", "%"]
    body = "\n\n".join(f"[{number}]{tex.escape(text)}" for number, text in enumerate(titles))
    every = "".join(sorted(tex._PRINTED | set(tex._MATH)))  # pyright: ignore[reportPrivateUsage]
    body += "\n\n" + r"\par ".join(f"({tex.escape(character)})" for character in every if character != " ")
    title = rf"\settitle{{{tex.escape(SPECIALS)} {tex.escape(titles[1])}}}"
    question = rf"\makeheader\question{{1}}{{{tex.escape(titles[1])} {tex.escape(SPECIALS)}}}{{}}"
    compiled = latex.compile_pdf(paper(question + "\n\n" + body, preamble=title + "\n"))
    assert compiled.overfull == ()
    return compiled.pdf, words_of(compiled.pdf)


def test_specials_read_back(printed: tuple[bytes, str]) -> None:
    words = " ".join(printed[1].split())
    assert r"[0]\{}$&#_%~^" in words.replace("ˆ", "^")
    assert '"quoted" ’single’ `back` <<a>> <b> -- --- ,, ?` !`' in words
    assert r"\input{/etc/passwd}" in words
    assert r"[3]\end{document}" in words
    assert "[4]%" in words
    assert "root:" not in words


def test_metadata_hold_the_title_as_it_is(printed: tuple[bytes, str], tmp_path: Any) -> None:
    (tmp_path / "x.pdf").write_bytes(printed[0])
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        assert str(pdf.docinfo["/Title"]) == f"{SPECIALS} β-VAE ?? ?"
        assert str(pdf.Root.Outlines.First.Title).startswith("1. β-VAE")


def test_every_printable_character_has_an_outline_font(printed: tuple[bytes, str], tmp_path: Any) -> None:
    """A character of a bitmap font would be ugly, and other bytes on another machine."""
    (tmp_path / "x.pdf").write_bytes(printed[0])
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        kinds = {str(font.Subtype) for page in pdf.pages for font in page.Resources.Font.values()}
    assert kinds == {"/Type1"}


def test_alternative_text_keeps_all_of_unicode() -> None:
    assert tex.escape_unseen("γ (a\\b) 50%\n漢\x00") == r"γ (a\textbackslash{}b) 50\% 漢"


class Answer:
    def latex(self) -> str:
        return r"\mathcal N"

    def text(self) -> str:
        return "N"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (TeX(r"\x_1"), r"\x_1"),
        ("a_b", r"a\_b"),
        (-3, "-3"),
        (Fraction(1, 3), r"\frac{1}{3}"),
        (Fraction(-5, 4), "-1.25"),
        (0.5, "0.5"),
        (Answer(), r"\mathcal N"),
    ],
)
def test_finalize(value: object, code: str) -> None:
    assert tex.finalize(value) == code


@pytest.mark.parametrize("value", [[1, 2], (1,), {"a": 1}, None, True, object()])
def test_finalize_refuses_what_it_cannot_print(value: object) -> None:
    with pytest.raises(PsetpressError, match=rf"{type(value).__name__}; it can print numbers, strings and answers"):
        tex.finalize(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("words", "words"),
        (3, "3"),
        (Fraction(1, 3), "1/3"),
        (1 / 3, "0.333333"),
        ((1, Fraction(1, 2), 0.1), "1, 0.5, 0.1"),
        (Answer(), "N"),
    ],
)
def test_readable(value: object, text: str) -> None:
    assert tex.readable(value) == text


@pytest.mark.parametrize("value", [TeX("$x$"), None, True, {1: 2}])
def test_readable_refuses_tex_and_the_rest(value: object) -> None:
    with pytest.raises(PsetpressError, match="plain text cannot hold"):
        tex.readable(value)


HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("signed", (3,), "+3"),
        ("signed", (-3,), "-3"),
        ("signed", (0,), "+0"),
        ("signed", (-THIRD,), r"-\frac{1}{3}"),
        ("paren", (3,), "3"),
        ("paren", (-3,), "(-3)"),
        ("paren", (-THIRD,), r"\left(-\frac{1}{3}\right)"),
        ("frac", (HALF,), r"\frac{1}{2}"),
        ("frac", (2,), "2"),
        ("decimal", (THIRD,), "0.3333"),
        ("decimal", (THIRD, 2), "0.33"),
        ("places", (1 / 3,), "0.333"),
        ("places", (0.7, 2), "0.70"),
        ("places", (None, 2), r"\text{none}"),
        ("times", ((3, 3, -1),), r"3 \times 3 \times (-1)"),
        ("times", ((),), "1"),
        ("times", ((3, "C"),), r"3 \times C"),
        ("sum", ((-1, 2, -3),), "-1 + 2 + (-3)"),
        ("sum", ((),), "0"),
        ("listing", ((1,),), "$1$"),
        ("listing", ((1, 2),), "$1$ and $2$"),
        ("listing", ((1, -2, HALF),), "$1$, $-2$ and $0.5$"),
        ("join", ((1, 0.1 + 0.2, "x"), "/"), "1/0.3/x"),
        ("words", (0,), "no"),
        ("words", (12,), "twelve"),
        ("words", (13,), "13"),
        ("points", (Fraction(1),), "1 point"),
        ("points", (Fraction(5, 2),), "2.5 points"),
        ("points", (THIRD,), r"$\frac{1}{3}$ points"),
        ("points", (Fraction(4), True), "[4]"),
        ("deduction", (Fraction(-3, 2),), "$-1.5$"),
        ("deduction", (-THIRD,), "$-0.33$"),
        ("deduction", (Fraction(0),), "$0$"),
    ],
)
def test_filters(name: str, arguments: tuple[Any, ...], code: str) -> None:
    assert tex.FILTERS[name](*arguments) == code


def test_a_table_is_booktabs_without_a_rule_twice() -> None:
    code = blocks.tabular(["a", "b"], [["1", "2"], ["3", "4"]], "lr", [0, 1])
    assert code.split("\n") == [
        r"\begin{tabular}{@{}lr@{}}",
        r"\toprule",
        r"a&b\\",
        r"\midrule",
        r"1&2\\",
        r"\midrule",
        r"3&4\\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


def test_a_matrix_has_a_line_for_each_row() -> None:
    assert blocks.matrix([["1", "2"], ["3", "4"]]) == "\\begin{pmatrix}\n1&2\\\\\n3&4\n\\end{pmatrix}"


@given(st.text(st.sampled_from(sorted(tex._PRINTED)), max_size=30))  # pyright: ignore[reportPrivateUsage]
def test_escaped_text_reads_back_in_the_terminal(text: str) -> None:
    assert plain(tex.escape(text)) == unicodedata.normalize("NFC", " ".join(text.split()))


def test_an_answer_is_printable() -> None:
    assert issubclass(Shown, tex.Printable)
