"""Outlines: levels, what is shown of them at first, and names that stand for places."""

from __future__ import annotations

from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, NameTree, Pdf, String

from psetpress.shards.bookmarks import Bookmark, bookmarks, destination, destinations, outline

LEVELS = [1, 2, 3, 2, 1, 5, 2]
"""A level may be left out on the way down; the way up leads to the last line above."""


@pytest.fixture
def book() -> Pdf:
    pdf = pikepdf.new()
    for _ in LEVELS:
        pdf.add_blank_page()
    return pdf


def lines(book: Pdf) -> list[Bookmark]:
    return [
        Bookmark(level, String(f"line {number}"), Array([book.pages[number].obj, Name.Fit]))
        for number, level in enumerate(LEVELS)
    ]


def tree(items: Any) -> list[Any]:
    return [(str(item.title), tree(item.children)) for item in items]


def test_a_line_belongs_to_the_last_one_above_it(book: Pdf) -> None:
    book.Root.Outlines = outline(book, lines(book))
    assert tree(book.open_outline().root) == [
        ("line 0", [("line 1", [("line 2", [])]), ("line 3", [])]),
        ("line 4", [("line 5", []), ("line 6", [])]),
    ]


def test_counts_are_of_lines_that_are_shown(book: Pdf) -> None:
    shown: Any = outline(book, lines(book))
    assert (shown.Count, shown.First.Count, shown.First.First.Count, shown.Last.Count) == (7, 3, 1, 2)
    folded: Any = outline(book, lines(book), folded=True)
    assert (folded.Count, folded.First.Count, folded.First.First.Count, folded.Last.Count) == (2, -2, -1, -2)
    assert "/Count" not in folded.Last.First


def test_lines_are_read_as_they_were_written(book: Pdf) -> None:
    book.Root.Outlines = outline(book, lines(book))
    read = [*bookmarks(book, {})]
    assert [entry.level for entry in read] == [0, 1, 2, 1, 0, 1, 1]
    assert [str(entry.title) for entry in read] == [f"line {number}" for number in range(7)]
    assert [entry.place[0].objgen for entry in read] == [page.obj.objgen for page in book.pages]


def test_a_pdf_without_outline_has_no_lines(book: Pdf) -> None:
    assert [*bookmarks(book, {})] == []
    assert destinations(book) == {}


def test_names_are_looked_up(book: Pdf) -> None:
    first, second = (Array([book.pages[number].obj, Name.Fit]) for number in (0, 1))
    names = NameTree.new(book)
    names["plain"] = first
    names["wrapped"] = Dictionary(D=second)
    book.Root.Names = Dictionary(Dests=names.obj)
    found = destinations(book)
    assert [found[name][0].objgen for name in ("plain", "wrapped")] == [page.obj.objgen for page in book.pages[:2]]


@pytest.mark.parametrize(
    "link",
    [
        Dictionary(Dest=String("there")),
        Dictionary(A=Dictionary(S=Name.GoTo, D=String("there"))),
        Dictionary(Dest=Array([1])),
        Dictionary(A=Dictionary(S=Name.GoTo, D=Array([1]))),
    ],
)
def test_a_link_leads_to_a_place_or_to_what_its_name_stands_for(link: Dictionary) -> None:
    assert destination(link, {"there": Array([1])}) == Array([1])


@pytest.mark.parametrize(
    "link", [Dictionary(), Dictionary(A=Dictionary(S=Name.URI, URI=String("x"))), Dictionary(Dest=String("nowhere"))]
)
def test_what_leads_out_of_the_pdf_has_no_place(link: Dictionary) -> None:
    assert destination(link, {"there": Array([1])}) is None
