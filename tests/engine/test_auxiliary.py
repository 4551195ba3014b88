"""What one build leaves for the next saves a run and changes no byte."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from psetpress import auxiliary, latex
from psetpress.latex import Document

CLASS = (Path(__file__).parents[2] / "templates/latex/psetpress.cls").read_bytes()
MAIN = r"""\documentclass{psetpress}
\settitle{Two pages}
\begin{document}
\question{1}{First}{}
one\newpage
\question{2}{Second}{}
two
\end{document}
"""
PAPER = Document("paper", MAIN, {"psetpress.cls": CLASS})


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(auxiliary.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count LaTeX's runs."""
    counted: list[str] = []
    run = latex._run  # pyright: ignore[reportPrivateUsage]

    def counting(program: str, folder: Path, document: Document) -> str:
        counted.append(document.name)
        return run(program, folder, document)

    monkeypatch.setattr(latex, "_run", counting)
    return counted


def test_a_second_build_takes_one_run_and_gives_the_same_bytes(runs: list[str]) -> None:
    first = latex.compile_pdf(PAPER)
    assert len(runs) >= 2
    runs.clear()
    assert latex.compile_pdf(PAPER) == first
    assert len(runs) == 1


def test_other_numbers_in_the_same_questions_profit_too(runs: list[str]) -> None:
    latex.compile_pdf(PAPER)
    runs.clear()
    latex.compile_pdf(dataclasses.replace(PAPER, main=MAIN.replace("one", "another")))
    assert len(runs) == 1


def test_a_wrong_guess_gives_the_same_bytes_as_none(cache: Path, runs: list[str]) -> None:
    """The kept files are of a document with fewer pages: the footers must not believe them."""
    longer = dataclasses.replace(PAPER, main=MAIN.replace("two", "two\\newpage three"))
    fresh = latex.compile_pdf(longer)
    for path in sorted(cache.rglob("main.*")):
        path.unlink()
    latex.compile_pdf(PAPER)
    assert auxiliary.place(PAPER) == auxiliary.place(longer)
    runs.clear()
    assert latex.compile_pdf(longer) == fresh
    assert len(runs) >= 2


def test_other_questions_and_another_class_are_kept_apart() -> None:
    places = {
        auxiliary.place(document)
        for document in (
            PAPER,
            dataclasses.replace(PAPER, name="key"),
            dataclasses.replace(PAPER, main=MAIN.replace("{Second}", "{Third}")),
            dataclasses.replace(PAPER, files={"psetpress.cls": CLASS + b"%"}),
        )
    }
    assert len(places) == 4


def test_a_broken_guess_is_survived(cache: Path) -> None:
    """Nonsense in the kept files costs a failed run at worst once: it is dropped."""
    fresh = latex.compile_pdf(PAPER)
    for path in cache.rglob("main.aux"):
        path.write_bytes(b"\\undefinedmacro{")
    assert latex.compile_pdf(PAPER) == fresh


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: list[str]) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv(auxiliary.VARIABLE, str(tmp_path / "file"))
    first = latex.compile_pdf(PAPER)
    runs.clear()
    assert latex.compile_pdf(PAPER) == first
    assert len(runs) >= 2
