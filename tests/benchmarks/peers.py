"""The same papers as others make them: a figure saved at a time, LaTeX run for every document, nothing shared."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from matplotlib.figure import Figure as Canvas

from psetpress import figures, latex
from psetpress.figures import Drawing, Gallery

if TYPE_CHECKING:
    from psetpress.latex import Document
    from psetpress.records import Figure
    from psetpress.shards import Job

PACKAGE = re.compile(r"^\\(?:documentclass|usepackage)\b.*$\n?", re.MULTILINE)
"""What stands once at the beginning, however many documents follow."""


def saved(name: str, figure: Figure[Any], data: Mapping[str, Any]) -> Drawing:
    """Draw a figure with matplotlib as it is and save it as a PDF."""
    canvas = Canvas(figsize=(figure.size[0] / 2.54, figure.size[1] / 2.54), layout="constrained")
    figure.paint(canvas.add_subplot(), data)
    canvas.savefig(io.BytesIO(), format="pdf")
    return Drawing(name)


class Unshared(Gallery):
    """Saves every figure whenever it is asked for."""

    def get(self, problem: str, figure_name: str, figure: Figure[Any], params: object) -> Drawing:
        """Return the drawing of a figure, saved anew."""
        self.drawings.clear()
        with patch.object(figures, "draw", saved):
            return super().get(problem, figure_name, figure, params)


def compile_each(documents: Sequence[Document]) -> None:
    """Run pdflatex once for every document, in a folder of its own."""
    for document in documents:
        _pdflatex({**document.files, "main.tex": document.main.encode()})


def compile_concatenated(jobs: Sequence[Job]) -> None:
    """Run pdflatex once on one document that holds the words of all: what their pages take at the very least."""
    files: dict[str, bytes] = {}
    packages: dict[str, None] = {}
    pieces: list[str] = []
    for number, job in enumerate(jobs):
        files |= job.document.files
        packages |= dict.fromkeys(PACKAGE.findall(job.document.main))
        words = PACKAGE.sub("", job.document.main).replace(r"\begin{document}", "").replace(r"\end{document}", "")
        files[f"piece{number}.tex"] = words.encode()
        pieces.append(rf"\begingroup\setcounter{{page}}{{1}}\input{{piece{number}}}\clearpage\endgroup")
    main = "".join((*packages, "\\begin{document}\n", "\n".join(pieces), "\n\\end{document}\n"))
    _pdflatex({**files, "main.tex": main.encode()})


def _pdflatex(files: Mapping[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        latex.place(folder, files)
        status = latex.execute([latex.find(), *latex.GUARDED, "main.tex"], folder, 600)
        assert status == 0, (folder / "terminal").read_text(errors="replace")[-2000:]
