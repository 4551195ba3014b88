"""Typographic and LaTeX notation as plain text."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers.base import Unreadable
from psetpress.answers.plain import closing, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  3  ", "3"),
        ("−3 – 4 ‑ 5", "-3 - 4 - 5"),
        ("2·3∗4⋅5", "2*3*4*5"),
        ("14×14", "14 × 14"),
        ("1÷2", "1/2"),
        ("K²", "K^(2)"),
        ("10⁻⁵", "10^(-5)"),
        ("x¹²", "x¹²".replace("¹²", "^(12)")),
        ("√2 + √(3)", "sqrt(2) + sqrt(3)"),
        ("⌊7/2⌋ ⌈7/2⌉", "floor(7/2) ceil(7/2)"),
        ("σ² = 1, μ = 3", "sigma^(2) = 1, mu = 3"),
        ("λβ", "lambdabeta"),
        ("µ", "mu"),
        ("≈ 3", "~ 3"),
        ("a\u00a0b\u2009c\td", "a b c d"),
        ("a\u200bb", "ab"),
        ("1,  2\n\n  3\r\n4", "1, 2\n3\n4"),
        ("$x$", "x"),
        (r"\(x\) \[y\]", "x y"),
        (r"x^{12}", "x^(12)"),
        (r"3\cdot4\times 5", "3*4 × 5"),
        (r"\frac{1}{2}", "((1)/(2))"),
        (r"\dfrac {a+b} {c}", "((a+b)/(c))"),
        (r"\frac{1}{\frac{2}{3}}", "((1)/(((2)/(3))))"),
        (r"\frac12", "((1)/(2))"),
        (r"\left\lfloor \frac{a}{b} \right\rfloor", "floor( ((a)/(b)) )"),
        (r"\sqrt{2}", "sqrt(2)"),
        (r"n_{in} W_{\text{out}}", "n_in W_out"),
        (r"\mathrm{floor}(x)", "floor(x)"),
        (r"\sigma_l^{2}", "sigma_l^(2)"),
        (r"\mathcal N(3,\,1)", "N(3, 1)"),
        (r"\mathcal{N}(3, 1)", "N(3, 1)"),
        (r"\{0: 1\}", "[0: 1]"),
        (r"75\%", "75%"),
        (r"y \sim N", "y ~ N"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "[[1 , 2 ], [ 3 , 4]]"),
        (r"\begin{bmatrix}1\\2\\[2pt]3\\\end{bmatrix}", "[[1], [2], [3]]"),
        (r"\left(\begin{array}{cc} 1 & 2 \end{array}\right)", "([[1 , 2]] )"),
        (r"1 & 2 \\ 3 & 4", "1 & 2\n3 & 4"),
        (r"\write18{ls}", "write18(ls)"),  # not known, so left for the reader to refuse
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (r"\frac{1}", r'"\frac{1}" has no denominator in braces'),
        (r"\frac{1}2", r'"\frac{1}" has no denominator in braces'),
        (r"\frac{1", 'a "{" is not closed'),
        (r"\frac{" * 60, "brackets are nested deeper than 50"),
    ],
)
def test_broken_fractions(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        plain(text)
    assert str(caught.value) == reason


def test_closing() -> None:
    assert closing("a(b(c)d)e", 1) == 7
    assert closing("[(])", 0) == 2  # only its own sort of bracket counts


@given(st.text(max_size=80))
def test_plain_is_idempotent(text: str) -> None:
    try:
        once = plain(text)
    except Unreadable:
        return
    assert plain(once) == once


@given(st.text(alphabet=r"\{}[]()$&^_ fracsqtbeginpmx\n12", max_size=60))
def test_any_latex_is_translated_or_refused(text: str) -> None:
    with suppress(Unreadable):
        assert "$" not in plain(text)


@pytest.mark.parametrize(
    "piece", [r"\frac{1}{2}", r"\begin{pmatrix}1\end{pmatrix}", r"\begin{pmatrix}", r"\left(", " ", "⌊"]
)
def test_long_texts_take_no_time(piece: str) -> None:
    started = time.perf_counter()
    plain(piece * (20_000 // len(piece)))
    assert time.perf_counter() - started < 1.0
