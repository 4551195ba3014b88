"""Small documents of the course class, and what their pages look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pypdfium2
import pytest

from psetpress import auxiliary
from psetpress.latex import Document
from psetpress.shards import Job

HEAD = (
    "\\documentclass{{psetpress}}\n{preamble}\\settitle{{{title}}}\\variantcode{{code-{title}}}\n\\begin{{document}}\n"
)


@pytest.fixture(scope="session")
def formats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for the whole session: its format is made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def cache(formats: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(auxiliary.VARIABLE, str(formats))
    return formats


@pytest.fixture
def job(paper: Callable[..., Document]) -> Callable[..., Job]:
    """A document of the course class as a job: ``job("anna", r"words")``; its line 4 is the first of the words."""
    style = paper("").files

    def make(name: str, body: str, files: Mapping[str, bytes] | None = None, preamble: str = "") -> Job:
        main = HEAD.format(title=name, preamble=preamble) + body + "\n\\end{document}\n"
        return Job(name, Document("handout", main, {**style, **(files or {})}))

    return make


@pytest.fixture(scope="session")
def looks() -> Callable[[bytes], list[bytes]]:
    """Return the pages of a PDF as pixels."""

    def render(pdf: bytes) -> list[bytes]:
        document = pypdfium2.PdfDocument(pdf)
        return [page.render(scale=1.5).to_numpy().tobytes() for page in document]

    return render
