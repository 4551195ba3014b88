"""Whose paper it is: the owner is on every page, and nothing else moves."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest

from psetpress import latex, owners
from psetpress.latex import Document, LatexError
from psetpress.owners import Owner, owned, path
from psetpress.templates import Origin

Paper = Callable[..., Document]
Words = Callable[[bytes], str]

SYMBOL = [[(row * column) % 3 == 0 for column in range(21)] for row in range(21)]
ADA = Owner("3034567890", "Ada Lovelace", "LEC 001", "7K3M-Q9TX-4", SYMBOL)
BODY = r"""\makeheader
\hander{Name}{}
\hander{Partner}{}
first page \newpage second page, and the last line \vfill at the very bottom"""
HEAD = "\\settitle{Homework}\\variantcode{old-code}\\course{A course}\n"


@pytest.fixture
def plain(paper: Paper) -> Document:
    return paper(BODY, preamble=HEAD)


def texts(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


def bodies(pdf: bytes) -> list[bytes]:
    """Return the pixels of every page between head and foot, right of the margin with the symbol."""
    pages = [page.render(scale=1.5).to_numpy() for page in pypdfium2.PdfDocument(pdf)]
    return [page[round(60 * 1.5) : round(770 * 1.5)].tobytes() for page in pages]


def test_the_owner_is_on_every_page(plain: Document) -> None:
    compiled = latex.compile_pdf(owned(plain, ADA))
    assert compiled.overfull == ()
    for text in texts(compiled.pdf):
        assert "Ada Lovelace · 3034567890" in text
        assert "LEC 001" in text
        assert "7K3M-Q9TX-4" in text
        assert "old-code" not in text


def test_nothing_else_moves(plain: Document) -> None:
    unnamed = Document(plain.name, plain.main.replace(r"\hander{Name}{}", r"\hander{Name}{\relax}"), plain.files)
    alone = bodies(latex.compile_pdf(unnamed).pdf)
    for owner in (ADA, Owner("1", "Ä" * 300, "S" * 300, "C" * 20, SYMBOL), Owner("x" * 300)):
        with_owner = Document(plain.name, owned(unnamed, owner).main, plain.files)
        assert bodies(latex.compile_pdf(with_owner).pdf) == alone


def test_one_symbol_for_all_pages_is_dark_where_it_should_be(plain: Document) -> None:
    pdf = latex.compile_pdf(owned(plain, ADA)).pdf
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        forms = [[*page.obj.Resources.XObject.values()] for page in opened.pages]
        assert [len(form) for form in forms] == [1, 1]
        assert forms[0][0].objgen == forms[1][0].objgen
    pixels = pypdfium2.PdfDocument(pdf)[1].render(scale=8).to_numpy()[..., 0]
    left, bottom, side = 9 / 25.4 * 72, (25 - 10.54 - 1.93) / 25.4 * 72, 13 / 25.4 * 72 / 21
    dark = pixels < 128
    ys, xs = dark[:, : round(23 / 25.4 * 72 * 8)].nonzero()
    assert xs.min() / 8 == pytest.approx(left, abs=1)
    assert bottom > 0
    first_x, first_y = xs.min(), ys.min()
    step = side * 8
    read = [
        [bool(dark[int(first_y + (row + 0.5) * step), int(first_x + (column + 0.5) * step)]) for column in range(21)]
        for row in range(21)
    ]
    assert read == SYMBOL


def test_the_name_stands_where_it_would_be_written(plain: Document) -> None:
    main = owned(plain, ADA).main
    assert r"\hander{Name}{\studentname}" in main
    assert r"\hander{Partner}{}" in main
    assert r"\hander{Name}{}" in owned(plain, Owner("1", "王小明")).main
    assert "Name: Ada Lovelace" in texts(latex.compile_pdf(owned(plain, ADA)).pdf)[0]


def test_a_name_that_no_font_has_leaves_the_id(plain: Document) -> None:
    first, second = texts(latex.compile_pdf(owned(plain, Owner("3030", "王小明"))).pdf)
    assert second.strip().startswith("3030")
    assert "·" not in first.splitlines()[0]


@pytest.mark.parametrize(
    ("owner", "title"),
    [
        (ADA, "Homework: Ada Lovelace (3034567890)"),
        (Owner("x_1"), "Homework: x_1"),
        (Owner("7", "王 😀 %$&#_{}~^\\"), "Homework: 王 😀 %$&#_{}~^\\ (7)"),
    ],
)
def test_the_title_names_the_owner_in_all_of_unicode(plain: Document, owner: Owner, title: str) -> None:
    with pikepdf.open(io.BytesIO(latex.compile_pdf(owned(plain, owner)).pdf)) as pdf:
        assert str(pdf.docinfo["/Title"]) == title


def test_a_key_says_that_it_is_one(paper: Paper) -> None:
    key = paper("x", preamble=HEAD + r"\documentkind{Answer key}")
    with pikepdf.open(io.BytesIO(latex.compile_pdf(owned(key, ADA)).pdf)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Homework, Answer key: Ada Lovelace (3034567890)"


def test_errors_still_lead_to_their_templates(paper: Paper) -> None:
    plain = paper("one\n\ntwo \\nope", preamble="\\settitle{T}\n")
    lines = plain.main.count("\n") + 1
    origins = [Origin("problems/toy.tex.j2", line) for line in range(1, lines + 1)]
    made = owned(Document("toy", plain.main, plain.files, origins), ADA)
    assert len(made.origins) == made.main.count("\n") + 1
    with pytest.raises(LatexError, match=r"toy\.tex\.j2, line 6: two \\nope"):
        latex.compile_pdf(made)


def test_awkward_owners_compile(plain: Document) -> None:
    awkward = ["\\", "%", "../..", "]", "{", "^^M", "a\nb", "#1", '"', "''", "😀" * 99, "W" * 300]
    for text in awkward:
        compiled = latex.compile_pdf(owned(plain, Owner(text or "-", text, text, "7K3M-Q9TX-4", SYMBOL)))
        assert compiled.overfull == ()
        assert len(texts(compiled.pdf)) == 2


def test_without_a_code_the_old_one_stays(plain: Document) -> None:
    made = owned(plain, Owner("1", "Ada"))
    assert r"\studentcode" not in made.main
    assert r"\studentcode{C}{0}{%" in owned(plain, Owner("1", code="C")).main
    assert "C" in texts(latex.compile_pdf(owned(plain, Owner("1", code="C"))).pdf)[1]


def test_dark_modules_are_joined_in_their_row() -> None:
    assert path([[True, True, False, True], [False] * 4, [True, False, False, False], [False] * 4]) == (
        "0 3 2 1 re 3 3 1 1 re 0 1 1 1 re"
    )
    assert path([]) == ""
    assert owners.path([[False]]) == ""
