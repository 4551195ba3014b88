"""TeX as text: what a terminal shows of words, mathematics and what is displayed in two dimensions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.targets import boxes, mathtext, reading
from psetpress.targets.boxes import Box
from psetpress.targets.text import TextTarget, plain
from psetpress.tex import TeX

LEFTOVER = re.compile(r"[\\{}$\ue000-\uf8ff]")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (r"$\mu=1.5$ and $\sigma^2=0.16$", "μ = 1.5 and σ² = 0.16"),
        (r"$\sqrt{0.16}$, $\sqrt{x+1}$", "√0.16, √(x + 1)"),
        (r"$y=1\cdot z+3$", "y = 1·z + 3"),
        (r"$-3$, $a-3$, $(-3)$, $a=-3$, $2\times -3$", "-3, a - 3, (-3), a = -3, 2 × -3"),
        (r"$\frac{x-1.5}{0.4}$", "(x - 1.5)/0.4"),
        (r"$\frac12 y(6)$", "1/2 y(6)"),
        (r"$\left(\frac{1}{2}\right)^{n+1}$", "(1/2)ⁿ⁺¹"),
        (r"$X_{ij}$, $x_{i,j}$, $\Sigma^{-1}$, $x^\top$, $W_K$", "Xᵢⱼ, x_(i,j), Σ⁻¹, xᵀ, W_K"),
        (r"$\sigma_j^2$ and $\sigma^2_j$", "σⱼ² and σ²ⱼ"),
        (r"$180^\circ$, $f'(x)$", "180°, f′(x)"),
        (r"$X\in\mathbb R^{n\times d}$", "X ∈ ℝ^(n×d)"),
        (r"$y\sim\mathcal{N}(3,\,1)$", "y ∼ 𝒩(3, 1)"),
        (r"$\sum_{i=1}^n x_i$", "∑ᵢ₌₁ⁿ xᵢ"),
        (r"$0\le i\le 6$, $a\to b$, $\pm k$", "0 ≤ i ≤ 6, a → b, ±k"),
        (r"$\tilde h$, $\hat x$", "h̃, x̂"),
        (r"$\operatorname{Cov}(x)$, $\max(a,b)$, $\exp x$", "Cov(x), max(a, b), exp x"),
        (r"$\begin{pmatrix}1&2\\3&4\end{pmatrix}$", "[1 2; 3 4]"),
        (r"$\lfloor\frac{W-K}{S}\rfloor+1$", "⌊(W - K)/S⌋ + 1"),
        (r"$x\text{ if } y$", "x if y"),
        (r"$n!$ \emph{strong} \textbf{bold} \texttt{code}", "n! strong bold code"),
        (r"50\% of \$3 \& more, a\_b \#1 \{x\}", "50% of $3 & more, a_b #1 {x}"),
        (r"part~(b), pages 3--4, ``quoted'', a\,b", "part (b), pages 3–4, “quoted”, a b"),
        (r"\LaTeX{} and \texorpdfstring{$\beta$}{β}", "LaTeX and β"),
        (r"caf\'e na\"{\i}ve \ldots % a comment", "café naïve …"),
        (r"\unprintable{}", "□"),
    ],
)
def test_words_in_one_line(code: str, text: str) -> None:
    assert plain(TeX(code)).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (r"z=\frac{x-1.5}{0.4}", ["     x - 1.5", "z = ─────────", "       0.4"]),
        (r"\sum_{i=1}^{n} x_i", [" n", " ∑  xᵢ", "i=1"]),
        (r"h=\begin{pmatrix}1&-2\\10&4\end{pmatrix}.", ["h = ⎛ 1  -2⎞.", "    ⎝10   4⎠"]),
        (
            r"\begin{pmatrix}1\\2\\3\end{pmatrix}+\begin{bmatrix}4\\5\\6\end{bmatrix}",
            ["⎛1⎞   ⎡4⎤", "⎜2⎟ + ⎢5⎥", "⎝3⎠   ⎣6⎦"],
        ),
        (
            r"x(n)=\begin{cases}1&0\le n,\\0&\text{otherwise,}\end{cases}",
            ["x(n) = ⎰1  0 ≤ n,", "       ⎱0  otherwise,"],
        ),
        (r"\begin{cases}a\\b\\c\end{cases}", ["⎧a", "⎨b", "⎩c"]),
        (r"\left(\frac{1}{2}\right)^{n}", ["⎛ 1 ⎞ⁿ", "⎜───⎟", "⎝ 2 ⎠"]),
        (r"\left\lfloor\frac{a}{b}\right\rfloor", ["⎢ a ⎥", "⎢───⎥", "⌊ b ⌋"]),
        (r"\begin{aligned} a &= b+1\\ &= c \end{aligned}", ["a = b + 1", "  = c"]),
        (r"\begin{aligned} & {}+{}1\\ & {}={} -40 \end{aligned}", [" + 1", " = -40"]),
        (r"\underbrace{a+b}_{2}", ["a + b", "╰───╯", "  2"]),
        (r"\begin{array}{l|rr} n & 1 & 2 \\ \hline y & 3 & 4 \end{array}", ["n  1  2", "y  3  4"]),
    ],
)
def test_displays_in_two_dimensions(code: str, lines: list[str]) -> None:
    assert str(mathtext.display(reading.parse(rf"${code}$")[0].nodelist, 80)).split("\n") == lines


def test_a_display_that_is_too_wide_is_broken_before_a_relation() -> None:
    nodes = reading.parse(r"$y = aaaaaaaaaaaa + bbbbbbbbbbbbb = cccccccccccc + ddddddddddd$")[0].nodelist
    shown = mathtext.display(nodes, 40)
    assert len(shown.lines) == 2
    assert shown.lines[1].strip().startswith("=")
    assert all(len(line) <= 40 for line in str(shown).split("\n"))


def test_equations_that_are_too_wide_for_one_line_are_stacked() -> None:
    nodes = reading.parse(r"\begin{align*} a &= bbbbbbbbbb, & c &= dddddddddd \end{align*}")
    assert str(mathtext.display(nodes, 60)) == "a = bbbbbbbbbb,    c = dddddddddd"
    assert str(mathtext.display(nodes, 30)) == "a = bbbbbbbbbb,\nc = dddddddddd"


PIECES = st.sampled_from(
    [
        *(
            "x",
            "12.5",
            "+",
            "-",
            "=",
            r"\le",
            r"\cdot",
            ",",
            "(",
            ")",
            r"\gamma",
            r"\sum",
            r"\,",
            r"\quad",
            "'",
            "&",
            "|",
        ),
        *(
            "^{2}",
            "_i",
            "^{n+1}",
            "_{i,j}",
            r"\frac{a+b}{2}",
            r"\sqrt{x}",
            r"\text{if $a$}",
            r"\mathcal N",
            "{}",
            "{a}",
        ),
        *(r"\left(a\right)", r"\left\lfloor b\right.", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\tilde h", r"\nope"),
        *(r"\begin{cases}1&a\\2&b\end{cases}", r"\underbrace{a}_{b}", r"\bigl(", r"\operatorname{f}", r"\max", "%\n"),
    ]
)


@given(st.lists(PIECES, max_size=10))
def test_any_formula_becomes_text_without_markup(pieces: list[str]) -> None:
    code = " ".join(pieces)
    shown = mathtext.display(reading.parse(rf"${code}$")[0].nodelist, 60)
    assert len({boxes.columns(line) for line in shown.lines}) == 1, "a box is a rectangle"
    assert 0 <= shown.base < len(shown.lines)
    assert not LEFTOVER.search(str(shown))
    line = mathtext.formula(reading.parse(rf"${code}$")[0].nodelist)
    assert "\n" not in line
    assert not LEFTOVER.search(line)


def test_columns_counts_what_a_terminal_shows() -> None:
    assert [boxes.columns(text) for text in ("abc", "h\u0303", "漢", "")] == [3, 1, 2, 0]
    assert boxes.pad("h\u0303", 3, "c") == " h\u0303 "


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=4))
def test_boxes_stand_on_one_line(sizes: list[tuple[int, int]]) -> None:
    made = [Box(tuple("x" * 3 for _ in range(height)), min(base, height - 1)) for height, base in sizes]
    row = boxes.beside(made)
    assert row.width == sum(box.width for box in made)
    assert row.lines[row.base] == "x" * row.width


DOCUMENT = r"""
Some words that are long enough to be wrapped at the right margin, with a cross-correlation and $y(n)=x(n)*h(n)$ in it.
\begin{align*}
  \mu &= \frac1n\sum_{i=1}^n x_i, & \sigma &= 2, \\
  a &= b .
\end{align*}
After it:
\begin{itemize}
  \item one, \emph{first}, in a sentence that is itself longer than a line of the terminal and goes on below;
  \item[(i)] two
    \[ x=1 . \]
\end{itemize}
\begin{enumerate}
  \item alpha
  \item beta
\end{enumerate}
The end.
"""

SHOWN = """\
Some words that are long enough to be wrapped at the right margin, with a cross-correlation and
y(n) = x(n) * h(n) in it.

         1   n
    μ = ───  ∑  xᵢ,    σ = 2,
         n  i=1

    a = b.

After it:

  • one, first, in a sentence that is itself longer than a line of the terminal and goes on
    below;
  (i) two
          x = 1.

  1. alpha
  2. beta

The end."""


def test_a_text_with_everything() -> None:
    assert TextTarget().finish(TeX(DOCUMENT)) == SHOWN


def test_an_indented_text_is_narrower() -> None:
    lines = TextTarget().finish(TeX("word " * 60), 4).split("\n")
    assert all(line.startswith("    word") and len(line) <= 96 for line in lines)
