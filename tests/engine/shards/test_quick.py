"""What the course class keeps instead of working it out again: every page is what it would be without."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from psetpress import latex
from psetpress.shards import Job

MATRICES = r"\def\env@matrix{\hskip-\arraycolsep\let\@ifnextchar\new@ifnextchar\array{*\c@MaxMatrixCols c}}"
"""A matrix as amsmath makes it."""

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

    def compile_(words: str, **files: bytes) -> list[bytes]:
        named = {f"figures/{name}.tex": content for name, content in files.items()}
        return looks(latex.compile_pdf(job("anna", words, named).document).pdf)

    return compile_


def test_a_matrix_looks_as_amsmath_makes_it(pages: Callable[..., list[bytes]]) -> None:
    assert pages(TABLES) == pages(rf"\makeatletter{MATRICES}\makeatother{TABLES}")


def test_every_label_of_a_figure_has_its_own_size(pages: Callable[..., list[bytes]]) -> None:
    figure = r"{\color{psetaccent}\psetfigure{plot}{A plot.}} Words go on $y^2$."
    assert pages(figure, plot=LABELS.encode()) == pages(figure, plot=EACH.strip().encode())
