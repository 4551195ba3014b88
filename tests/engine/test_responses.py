"""Response blocks survive what students do to them, and still compile."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from psetpress import press, responses, workspace
from psetpress.cli import cli
from psetpress.errors import PsetpressError, UsageError
from psetpress.latex import Document, compile_pdf
from psetpress.press import Order

BLOCK = "\\begin{response}{2.c}{3cm}{$y_2(n)$}\n% write here\n\\end{response}\n"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    place = workspace.active()
    press.build(place.set_file("cs182-hw3"), Order(folder, 4, documents=("source",)), place.templates)
    return folder / "source.zip"


@pytest.fixture(scope="module")
def files(source: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(source) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def fill(main: str, answers: dict[str, str]) -> str:
    """Write each answer into its block, as a student does: over the comment or after it."""
    for name, answer in answers.items():
        start = main.index(f"\\begin{{response}}{{{name}}}")
        end = main.index("\\end{response}", start)
        main = f"{main[:start]}{main[start:end].replace('% write here', answer)}{main[end:]}"
    return main


def test_an_untouched_source_has_empty_responses_only(source: Path) -> None:
    found = responses.read(source)
    assert list(found)[:5] == ["1.a", "1.b", "2.a", "2.b.y2", "2.b.property"]
    assert all(response.empty for response in found.values())


EDITS = {
    "words": "The mean moves to $\\beta$.",
    "a displayed formula": "\\[ y(n) = \\sum_i x(i)\\,h(n-i) \\]",
    "a list": "\\begin{itemize}\n  \\item one\n  \\item two\n\\end{itemize}",
    "verbatim": "\\begin{verbatim}\nfor i in range(3): print(i)\n\\end{verbatim}",
    "a table": "\\begin{tabular}{cc} a & b \\\\ c & d \\end{tabular}",
    "a picture": "\\includegraphics[width=3cm]{FIGURE}",
    "several paragraphs": "First.\n\nSecond.\n\nThird.",
    "accents": "Schrödinger, naïve, Łukasz",
    "more than a page": "A long answer goes on. \\par\n" * 120,
    "an escaped percent sign": "about 50\\% of it",
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_filled_block_compiles_and_reads_back(files: dict[str, bytes], edit: str) -> None:
    figure = next(name for name in files if name.endswith(".pdf"))
    answer = EDITS[edit].replace("FIGURE", figure)
    main = files["main.tex"].decode()
    name = next(iter(responses.parse(main, "main.tex")))
    edited = fill(main, {name: answer})
    assert responses.parse(edited, "main.tex")[name].text == answer.strip()
    others = {key: value for key, value in files.items() if key != "main.tex"}
    assert compile_pdf(Document("edited", edited, others)).pdf.startswith(b"%PDF")


def test_an_answer_in_every_block_is_printed(files: dict[str, bytes]) -> None:
    main = files["main.tex"].decode()
    names = list(responses.parse(main, "main.tex"))
    answers = {name: f"Answer number {number}." for number, name in enumerate(names)}
    edited = fill(main, answers)
    assert {name: response.text for name, response in responses.parse(edited, "").items()} == answers
    others = {key: value for key, value in files.items() if key != "main.tex"}
    document = pypdfium2.PdfDocument(compile_pdf(Document("edited", edited, others)).pdf)
    printed = " ".join(page.get_textpage().get_text_bounded() for page in document)
    for answer in answers.values():
        assert answer in printed


@pytest.mark.parametrize(
    "edited",
    [
        BLOCK.replace("% write here\n", "Yes.\n"),
        BLOCK.replace("% write here", "% write here\n% my notes\nYes."),
        BLOCK.replace("% write here", "Yes. % because I say so"),
        BLOCK.replace("\\begin{response}{2.c}", "\\begin {response} {2.c} "),
        BLOCK.replace("}{3cm}{", "}\n  {3cm}\n  {").replace("% write here", "Yes."),
        BLOCK.replace("\n", "\r\n").replace("% write here", "Yes."),
        "% \\begin{response}{9.z}{1cm}{}\n" + BLOCK.replace("% write here", "Yes."),
        BLOCK.replace("% write here", "Yes.\n% \\end{response} is below"),
        BLOCK.replace("% write here", "\\psetfigure{grid-1}{A grid (empty) with $x$.}\nYes."),
    ],
)
def test_what_students_do_to_a_block(edited: str, tmp_path: Path) -> None:
    path = tmp_path / "main.tex"
    path.write_bytes(edited.encode())
    (response,) = responses.read(path).values()
    assert (response.id, response.label) == ("2.c", "$y_2(n)$")
    assert response.text in {"Yes.", ""}
    assert response.empty == ("Yes." not in edited)


@given(st.text(st.characters(exclude_characters="\\%{}\r", exclude_categories=["Cs"]), max_size=60))
def test_plain_text_comes_back_as_it_was(text: str) -> None:
    (response,) = responses.parse(BLOCK.replace("% write here", text), "main.tex").values()
    assert response.text == text.strip()


@pytest.mark.parametrize(
    ("edited", "message"),
    [
        (BLOCK.replace("\\end{response}", ""), "main.tex, line 1: response 2.c has no \\end{response}"),
        (BLOCK + BLOCK, "main.tex, line 4: there are two responses 2.c; keep one"),
        ("\\end{response}", "main.tex, line 1: \\end{response} does not open a response"),
        ("\n\\begin{response}\nYes.\n\\end{response}", "main.tex, line 2: \\begin{response} does not open a response"),
        (BLOCK.replace("% write here", BLOCK), "response 2.c has no \\end{response}"),
    ],
)
def test_broken_blocks_are_named(edited: str, message: str) -> None:
    with pytest.raises(PsetpressError) as caught:
        responses.parse(edited, "main.tex")
    assert message in caught.value.message


def test_what_is_no_submission_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.tex does not exist; give a main\.tex, or a zip"):
        responses.read(tmp_path / "none.tex")
    (tmp_path / "main.tex").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        responses.read(tmp_path / "main.tex")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("a/other.tex", "")
    with pytest.raises(UsageError, match=r"holds 0 files called main\.tex; exactly one is read"):
        responses.read(tmp_path / "empty.zip")


def test_the_command_lists_responses(source: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["responses", str(source)])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0].split() == ["1.a", "(empty)"]
    path = tmp_path / "main.tex"
    path.write_text(BLOCK.replace("% write here", "Yes."), encoding="utf-8")
    assert json.loads(CliRunner().invoke(cli, ["responses", "--json", str(path)]).output) == {"2.c": "Yes."}
