"""The precompiled start: kept by what it holds, done without where it cannot be made."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from psetpress import auxiliary, latex
from psetpress.latex import Document
from psetpress.shards import Job, forme
from psetpress.shards.forme import Forme

Jobs = Callable[..., Job]
TINY = Forme(
    b"\\ProvidesClass{psetpress}\\LoadClass{article}\\RequirePackage{graphicx,hyperref}\\newcommand{\\pset@note}[1]{}",
    (),
)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(auxiliary.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_format_is_made_once_and_nothing_else_is_left(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = forme.precompiled(TINY)
    assert made is not None
    assert made.stat().st_size > 1_000_000
    assert list(empty.rglob("*")) == [empty / "formats", made]
    monkeypatch.setattr(latex, "execute", lambda *_: pytest.fail("made again"))
    assert forme.precompiled(TINY) == made


def test_other_classes_packages_and_versions_have_other_formats(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def touch(forme: Forme, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(forme.preamble)

    monkeypatch.setattr(forme, "_make", touch)
    formes = [TINY, dataclasses.replace(TINY, style=b"%"), dataclasses.replace(TINY, packages=(r"\usepackage{a}",))]
    made = {forme.precompiled(each) for each in formes}
    monkeypatch.setattr(forme, "version", lambda: "another TeX")
    assert len(made | {forme.precompiled(TINY)}) == 4
    assert all(path is not None and path.is_relative_to(empty) for path in made)


@pytest.mark.usefixtures("empty")
def test_a_start_that_tex_refuses_has_no_format() -> None:
    assert forme.precompiled(dataclasses.replace(TINY, packages=(r"\nope",))) is None


def test_where_nothing_can_be_kept_there_is_no_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv(auxiliary.VARIABLE, str(tmp_path / "file"))
    monkeypatch.setattr(latex, "execute", lambda *_: 0)
    assert forme.precompiled(TINY) is None


def test_a_start_is_the_class_and_the_packages(job: Jobs) -> None:
    document = job("anna", "x\n\\usepackage{late}", preamble="\\usepackage[a]{b}\n").document
    start = forme.of(document)
    assert start == Forme(document.files["psetpress.cls"], (r"\usepackage[a]{b}",))
    assert start.preamble.splitlines() == [r"\documentclass{psetpress}", r"\usepackage[a]{b}", r"\input{bundle.tex}"]


def test_pages_are_plain_where_no_package_can_have_asked_for_more(job: Jobs) -> None:
    start = forme.of(job("anna", "x").document)
    assert start is not None
    assert start.preamble.splitlines() == [r"\documentclass{psetpress}", r"\input{bundle.tex}\psetplainpages"]


@pytest.mark.parametrize("main", [r"\documentclass{article}", r"% \documentclass{psetpress}"])
def test_another_class_shares_no_start(main: str, job: Jobs) -> None:
    assert forme.of(dataclasses.replace(job("anna", "x").document, main=main)) is None
    assert forme.of(Document("toy", r"\documentclass{psetpress}", {})) is None


def test_what_outlasts_a_document_shares_no_start(job: Jobs) -> None:
    outlasting = (r"\gdef\x{}", r"\global\count1=2", r"\xdef\x{}", r"\AddToHook{a}{b}", r"\AddToHookNext{a}{b}")
    assert [forme.of(job("anna", body).document) for body in outlasting] == [None] * 5
    assert forme.of(job("anna", r"a \globally b").document)
