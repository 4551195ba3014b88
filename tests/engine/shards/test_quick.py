"""What the course class keeps instead of working it out again: every page is what it would be without."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from psetpress import latex
from psetpress.shards import Job

MATRICES = r"\def\env@matrix{\hskip-\arraycolsep\let\@ifnextchar\new@ifnextchar\array{*\c@MaxMatrixCols c}}"
"""A matrix as amsmath makes it."""

PARAGRAPHS = r"""
\question{1}{One}{}
One paragraph that is long enough to be broken into lines, so that its end and its beginning show, and its spaces.

\begin{qpart}{1.a}{a}{1} A part. \begin{itemize} \item one $x$ \item two \[ x^2 \] three \end{itemize} \end{qpart}
\noindent Text before a display \[ y = x \] and behind it, $z$

\begin{center} table: \begin{tabular}{p{2cm}r} a b c & 1 \\ \parbox{1cm}{left \par right} & 2 \end{tabular} \end{center}
\begin{response}{id}{2cm}{A label} {\bfseries inside} \end{response} \vspace{2mm} \hrule\par\par last
"""

TABLES = r"""
$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \begin{bmatrix} a \\ b \end{bmatrix}$
\begin{tabular}{l|cr} a & b & c \\ \hline d & e & f \end{tabular}
$\begin{array}{rcl} x & = & \begin{matrix} 1 & 0 \\ 0 & 1 \end{matrix} \end{array}$
\[ \begin{cases} 1 & x > 0 \\ \begin{smallmatrix} 0 & 1 \end{smallmatrix} & \text{else} \end{cases} \]
"""

LABELS = r"\figuretext{8}{eight $x_i^2$} \figuretext{9}{nine $x_i^2$} \figuretext{8}{\textbf{eight} $\mathbf{X}^T$}"

EACH = r"""{\color{black}\fontsize{8}{8}\selectfont eight $x_i^2$}
{\color{black}\fontsize{9}{9}\selectfont nine $x_i^2$}
{\color{black}\fontsize{8}{8}\selectfont\textbf{eight} $\mathbf{X}^T$}
"""


@pytest.fixture
def pages(job: Callable[..., Job], looks: Callable[[bytes], list[bytes]]) -> Callable[..., list[bytes]]:
    """Return the pages of words, compiled alone, as pixels."""

    def compile_(words: str, preamble: str = "", **files: bytes) -> list[bytes]:
        named = {f"figures/{name}.tex": content for name, content in files.items()}
        return looks(latex.compile_pdf(job("anna", words, named, preamble).document).pdf)

    return compile_


def test_a_matrix_looks_as_amsmath_makes_it(pages: Callable[..., list[bytes]]) -> None:
    assert pages(TABLES) == pages(rf"\makeatletter{MATRICES}\makeatother{TABLES}")


def test_every_label_of_a_figure_has_its_own_size(pages: Callable[..., list[bytes]]) -> None:
    figure = r"{\color{psetaccent}\psetfigure{plot}{A plot.}} Words go on $y^2$."
    assert pages(figure, plot=LABELS.encode()) == pages(figure, plot=EACH.strip().encode())


def test_paragraphs_look_as_latex_begins_and_ends_them(pages: Callable[..., list[bytes]]) -> None:
    """Something in a hook lets the class leave paragraphs to LaTeX."""
    assert pages(PARAGRAPHS) == pages(PARAGRAPHS, r"\AddToHook{para/begin}{\relax}" "\n")


@pytest.mark.parametrize(
    ("hook", "put", "shown"),
    [
        ("begin", "X", r"Xone\par Xtwo"),
        ("end", "X", r"oneX\par twoX"),
        ("before", r"\vskip3mm", r"one\par\vskip3mm two"),
        ("after", r"\vskip3mm", r"one\par\vskip3mm two"),
    ],
)
def test_what_a_document_puts_into_a_paragraphs_hook_is_heard(
    hook: str, put: str, shown: str, pages: Callable[..., list[bytes]]
) -> None:
    assert pages(r"one\par two", rf"\AddToHook{{para/{hook}}}{{{put}}}" "\n") == pages(shown)


@pytest.mark.parametrize(
    ("named", "explicit"),
    [
        (r"\color{psetquiet}", r"\color[HTML]{5B6470}"),
        (r"\definecolor{mine}{HTML}{AA0000}\color{mine}", r"\color[HTML]{AA0000}"),
        (r"{\color{psetline}\definecolor{psetline}{HTML}{AA0000}\color{psetline}a}", r"{\color[HTML]{AA0000}a}"),
        (r"{\definecolor{psetline}{HTML}{AA0000}\color{psetline}}\color{psetline}", r"\color[HTML]{B9C0C9}"),
        (r"\color{black!50}", r"\color[gray]{0.5}"),
        (r"\color{-black}", r"\color[gray]{1}"),
        (r"{\selectcolormodel{gray}\color{red}a}", r"{\color[gray]{0.3}a}"),
        (r"\textcolor{red}{red} \color{psetaccent}", r"{\color[rgb]{1,0,0}red} \color[HTML]{0B5C8A}"),
    ],
)
def test_a_colour_is_what_its_name_stands_for(named: str, explicit: str, pages: Callable[..., list[bytes]]) -> None:
    assert pages(rf"{named} words \rule{{1cm}}{{1cm}}") == pages(rf"{explicit} words \rule{{1cm}}{{1cm}}")


def test_heads_are_in_their_colour_and_change_no_other(pages: Callable[..., list[bytes]]) -> None:
    black, red = (pages(rf"\course{{A course}}{colour}x\newpage x\newpage x") for colour in ("", r"\color{red}"))
    assert black[1] != red[1]
    assert [page[: len(page) // 12] for page in black] == [page[: len(page) // 12] for page in red]
    assert [page[-len(page) // 10 :] for page in black] == [page[-len(page) // 10 :] for page in red]
    assert red[1][: len(red[1]) * 9 // 10] == red[2][: len(red[2]) * 9 // 10]


DRAWING = r"""\drawing{40}{20}{figures/none}{%
\drawn{0}{0}{l}{\figuretext{8}{left $y$}}
\drawn{20.5}{10}{c}{\figuretext{8}{centre}}
\drawn{40}{0}{r}{\figuretext{9}{right}}
\drawn{5}{5}{l}{\rotatebox{90}{\drawn{0}{0}{c}{\figuretext{8}{up}}}}
}
"""
"""Labels as the class places them, and as LaTeX's picture does."""

PICTURE = r"""\begingroup\setlength{\unitlength}{1bp}%
\begin{picture}(40,20)
\put(0,0){\makebox(0,0)[l]{\smash{\figuretext{8}{left $y$}}}}
\put(20.5,10){\makebox(0,0)[c]{\smash{\figuretext{8}{centre}}}}
\put(40,0){\makebox(0,0)[r]{\smash{\figuretext{9}{right}}}}
\put(5,5){\rotatebox{90}{\makebox(0,0)[c]{\smash{\figuretext{8}{up}}}}}
\end{picture}\endgroup
"""


def test_labels_are_where_a_picture_has_them(pages: Callable[..., list[bytes]]) -> None:
    figure, nothing = r"a \psetfigure{plot}{A plot.} b", r"\renewcommand{\includegraphics}[1]{}" "\n"
    assert pages(figure, nothing, plot=DRAWING.encode()) == pages(figure, nothing, plot=PICTURE.encode())
