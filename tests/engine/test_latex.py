"""LaTeX as a guest: readable errors with the template's line, and nothing outside its folder."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from psetpress import latex, latexlog
from psetpress.errors import PsetpressError
from psetpress.latex import Document, LatexError
from psetpress.templates import Origin

Paper = Callable[..., Document]


def mapped(document: Document) -> Document:
    """Return a document whose line k comes from line 100 + k of a template."""
    lines = document.main.count("\n") + 1
    return dataclasses.replace(
        document, origins=[Origin("problems/toy.tex.j2", 100 + line) for line in range(1, lines + 1)]
    )


def bare(body: str, **files: str) -> Document:
    """Return a document of the plain article class, which LaTeX reads in a tenth of a second."""
    main = f"\\documentclass{{article}}\n\\begin{{document}}\nfirst line\n\n{body}\n\\end{{document}}\n"
    return mapped(Document("toy", main, {f"{name}.tex": text.encode() for name, text in files.items()}))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (r"a \nope b", r"Undefined control sequence\.\n  at templates/problems/toy\.tex\.j2, line 105: a \\nope$"),
        ("one\n\ntwo $x", r"Missing \$ inserted\.\n  at templates/problems/toy\.tex\.j2, line 108"),
        (r"x^2", r"Missing \$ inserted\.\n  at templates/problems/toy\.tex\.j2, line 105: x\^$"),
        ("漢", r"Unicode character 漢 \(U\+6F22\) not set up for use with LaTeX\.\n  at .*line 105: 漢$"),
        (r"\begin{tabular}{l}a&b\end{tabular}", r"Extra alignment tab .*\n  at .*line 105: \\begin\{tabular\}\{l\}a&$"),
        (
            "\\begin{quote}\nno end",
            r"\\begin\{quote\} from templates/problems/toy\.tex\.j2, line 105 ended by \\end\{document\}\.\n  at .*107",
        ),
        (
            "words\n\\textbf{never closed\n\nmore",
            r"File ended while scanning use of \\textbf \.\n  at templates/problems/toy\.tex\.j2, line 106: \{never",
        ),
        (r"\input{nothing}", r"File `nothing\.tex' not found\.\n  at .*line 105: \\input\{nothing\}$"),
        (r"\input{/etc/passwd}", r"/etc/passwd lies outside the document, .* its own files only\n  at .*line 105"),
        (r"\input{../secret}", r"\.\./secret lies outside the document"),
        (r"\input{sub}", r"Undefined control sequence\.\n  at sub\.tex, line 2: \\nope$"),
        (r"\usepackage{nopackage}", r"Can be used only in preamble"),
        (r"\def\x{\x\x}\x", r"TeX capacity exceeded, sorry \[input stack size=\d+\]\.\n  at .*line 105"),
        (r"\errmessage{a message of one's own}", r"a message of one's own\.?\n  at .*line 105"),
    ],
)
def test_an_error_has_latex_words_and_the_template_line(body: str, message: str) -> None:
    with pytest.raises(LatexError) as caught:
        latex.compile_pdf(bare(body, sub="fine\n\\nope\n"))
    assert re.search(f"^toy: LaTeX: {message}", caught.value.message, re.DOTALL), caught.value.message


def test_a_document_without_pages_says_so() -> None:
    with pytest.raises(LatexError, match=r"^toy: LaTeX: the document has no pages$"):
        latex.compile_pdf(Document("toy", "\\documentclass{article}\\begin{document}\\end{document}", {}))


def test_a_document_of_the_course_class_without_pages_is_no_pdf(paper: Paper) -> None:
    """PdfTeX leaves a file of no bytes for it."""
    with pytest.raises(LatexError, match=r"^toy: LaTeX: the document has no pages$"):
        latex.compile_pdf(paper(r"\settitle{T}"))


def test_a_missing_package_sends_to_the_doctor() -> None:
    main = "\\documentclass{article}\n\\usepackage{nopackage}\n\\begin{document}\nx\n\\end{document}\n"
    with pytest.raises(LatexError, match=r"File `nopackage\.sty' not found\. .*`psetpress doctor` says how to get it"):
        latex.compile_pdf(Document("toy", main, {}))


def test_lines_without_origin_are_lines_of_main() -> None:
    with pytest.raises(LatexError, match=r"at line 5 of main\.tex: \\nope"):
        latex.compile_pdf(dataclasses.replace(bare(r"\nope"), origins=()))


def test_a_loop_ends_at_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex, "TIME_LIMIT", 0.5)
    with pytest.raises(LatexError, match=r"^toy: LaTeX did not finish within 0\.5 s; a macro .* calls itself for ever"):
        latex.compile_pdf(bare(r"\def\x{\x}\x"))


def test_a_loop_that_prints_ends_at_the_size_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex, "SIZE_LIMIT", 1)
    with pytest.raises(LatexError, match=r"(?s)^toy: LaTeX stopped .*it may write at most 1 MB.*for ever"):
        latex.compile_pdf(bare(r"\def\x{\immediate\write-1{for ever}\x}\x"))


def test_a_full_disk_is_no_latex_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex, "ROOM", 2**80)
    with pytest.raises(LatexError, match=r"^toy: LaTeX has no room left in .*another folder .* with TMPDIR$"):
        latex.compile_pdf(bare(r"\nope"))
    assert latex.compile_pdf(bare("x")).pdf


def test_no_shell(tmp_path: Path) -> None:
    made = tmp_path / "made"
    compiled = latex.compile_pdf(bare(rf"\immediate\write18{{touch {made}}}x"))
    assert compiled.pdf.startswith(b"%PDF")
    assert not made.exists()
    with pytest.raises(LatexError):
        latex.compile_pdf(bare(rf'\input{{|"touch {made}"}}'))
    assert not made.exists()


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    with pytest.raises(LatexError):
        latex.compile_pdf(bare(rf"\newwrite\out\immediate\openout\out={outside} x"))
    assert not outside.exists()


def test_reading_outside_finds_nothing() -> None:
    """TeX's own primitive, which complains of nothing, sees no file either."""
    latex.compile_pdf(bare(r"\openin1=/etc/passwd \ifeof1 closed\else\undefined\fi"))


def test_without_pdflatex_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PsetpressError, match=r"pdflatex is not installed.*apt-get install.*psetpress doctor"):
        latex.compile_pdf(bare("x"))


def test_lines_that_stick_out_are_reported_with_their_template_line() -> None:
    document = bare(
        "\\noindent\\rule{\\dimexpr\\textwidth+2pt}{1pt}\n\n\\noindent\\rule{\\dimexpr\\textwidth+0.9pt}{1pt}"
    )
    assert latex.compile_pdf(document).overfull == ("toy: 2.0 pt too wide at templates/problems/toy.tex.j2, line 105",)


def test_a_page_that_is_too_high_is_reported_with_its_number() -> None:
    document = bare("\\newpage x \\newpage\\vbox to\\dimexpr\\textheight+5pt{}\\vfill\\newpage")
    (complaint,) = latex.compile_pdf(document).overfull
    assert re.fullmatch(r"toy: [\d.]+ pt too high at page 3", complaint)


def test_lost_references_and_glyphs_are_reported() -> None:
    found = latex.compile_pdf(bare("See \\ref{nothing}.\n\n{\\font\\x=cmmi10 \\x\\char'200}")).overfull
    assert found[0] == "toy: Reference `nothing' on page 1 undefined, at templates/problems/toy.tex.j2, line 105"
    assert found[1].startswith("toy: There is no")


def test_complaints_of_a_log_are_told_once() -> None:
    log = "Overfull \\hbox (12.5pt too wide) in paragraph at lines 5--6\n" * 2
    assert len(latexlog.complaints(log, bare("x"))) == 1


SETTLES = r"""
\makeatletter\ifx\stage\undefined\def\stage{0}\fi
\ifnum\stage<%d \count1=\stage\advance\count1 1 \immediate\write\@auxout{\gdef\string\stage{\the\count1}}%%
\else\immediate\write\@auxout{\gdef\string\stage{\stage}}\fi
\makeatother Stage \stage.
"""


@pytest.mark.parametrize("stages", [1, 3])
def test_a_document_is_run_until_it_settles(stages: int, words_of: Callable[[bytes], str]) -> None:
    compiled = latex.compile_pdf(bare(SETTLES % stages))
    assert f"Stage {stages}." in words_of(compiled.pdf)
    assert compiled.overfull == ()


def test_a_document_that_never_settles_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex, "MAX_RUNS", 3)
    assert latex.compile_pdf(bare(SETTLES % 99)).overfull == ("toy: page references still change after 3 runs",)


def test_a_pdf_of_an_earlier_run_is_never_returned() -> None:
    """The second run reads what the first has written, and fails."""
    body = r"\makeatletter\immediate\write\@auxout{\string\undefined}\makeatother x"
    with pytest.raises(LatexError, match="Undefined control sequence"):
        latex.compile_pdf(bare(body))


def test_a_file_of_the_document_is_no_result() -> None:
    document = Document("toy", "\\documentclass{article}\\begin{document}\\end{document}", {"main.pdf": b"%PDF stale"})
    with pytest.raises(LatexError, match="no pages"):
        latex.compile_pdf(document)


def test_equal_documents_are_equal_bytes(paper: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From another temporary folder, at another time, with other TeX settings."""
    document = paper(r"\settitle{T}\makeheader\question{1}{Q}{1 point}\begin{qpart}{1.a}{a}{[1]}x\end{qpart}")
    first = latex.compile_pdf(document)
    other = tmp_path / "a folder" / "of another name"
    other.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(other))
    monkeypatch.setenv("TEXINPUTS", f"{tmp_path}:")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    (tmp_path / "psetpress.sty").write_text("")
    assert latex.compile_pdf(document) == first
    assert list(other.iterdir()) == []


def test_metadata_say_nothing_of_the_machine(paper: Paper, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(latex.compile_pdf(paper(r"\settitle{Title}\makeheader x")).pdf)
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        filled = {key: str(value) for key, value in pdf.docinfo.items() if str(value)}
        assert filled == {"/Title": "Title", "/Trapped": "/False"}
        assert "/ID" not in pdf.trailer
    assert os.fsencode(str(Path.cwd())) not in (tmp_path / "x.pdf").read_bytes()


ALTS = [
    "plain words, y(n) = 1/2",
    r"parentheses ) ( ((, a backslash \ and \n, $x_1$, 50% {of} #1 & ~ ^",
    "γ = −1 → ∞, 漢字, é, \U0001f600",
]


def test_alternative_texts_read_back(paper: Paper, tmp_path: Path) -> None:
    """What a screen reader finds in the page's marked content."""
    from psetpress.targets.latex import LatexTarget

    target = LatexTarget(responses=True)
    picture = {"figures/f.tex": rb"\begin{picture}(10,10)\put(0,0){f}\end{picture}"}
    body = "\n".join(target.figure("f", alt) for alt in ALTS)
    (tmp_path / "x.pdf").write_bytes(latex.compile_pdf(paper(body, picture)).pdf)
    assert ALTS[0] in body
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        steps = [(str(step.operator), step.operands) for step in pikepdf.parse_content_stream(pdf.pages[0])]
    marked = [operands for operator, operands in steps if operator == "BDC"]
    assert [str(operands[0]) for operands in marked] == ["/Span"] * len(ALTS)
    assert [str(operands[1].Alt) for operands in marked] == ALTS
    assert [operator for operator, _ in steps if operator in {"BDC", "EMC"}] == ["BDC", "EMC"] * len(ALTS)
