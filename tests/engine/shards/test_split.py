"""Splitting: each document takes its own pages in their order, and what only they need."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from psetpress.shards.facts import Facts
from psetpress.shards.split import count, split


def pages(number: int) -> bytes:
    """Return a PDF whose page k is 10 k points wide, with a link from the first page to the last."""
    buffer = io.BytesIO()
    with pikepdf.new() as pdf:
        for width in range(1, number + 1):
            pdf.add_blank_page(page_size=(10 * width, 10))
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, A=Dictionary(S=Name.GoTo, D=String("end")))
        pdf.pages[0].obj.Annots = Array([link])
        names = pikepdf.NameTree.new(pdf)
        names["end"] = Array([pdf.pages[-1].obj, Name.Fit])
        pdf.Root.Names = Dictionary(Dests=names.obj)
        pdf.save(buffer)
    return buffer.getvalue()


def widths(content: bytes) -> list[int]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [int(page.mediabox[2]) // 10 for page in pdf.pages]


def test_each_has_its_own_pages() -> None:
    made = split(pages(6), [Facts(2), Facts(0), Facts(1), Facts(3)])
    assert [widths(content) for content in made if content] == [[1, 2], [3], [4, 5, 6]]
    assert made[1] == b""
    assert [count(content) for content in made if content] == [2, 1, 3]


def test_what_no_document_of_it_has_is_not_split() -> None:
    assert split(b"", [Facts(0), Facts(0)]) == [b"", b""]


def test_a_link_out_of_the_document_leads_to_its_top() -> None:
    inside, outside = split(pages(3), [Facts(3)])[0], split(pages(3), [Facts(2), Facts(1)])[0]
    for content, target in ((inside, 2), (outside, 0)):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            assert pdf.pages[0].obj.Annots[0].A.D[0].objgen == pdf.pages[target].obj.objgen
            assert "/Names" not in pdf.Root


def test_titles_and_bookmarks_are_those_of_the_facts() -> None:
    facts = Facts(1, {"Title": r"(\376\377\000A)", "Author": "(B)"}, [(1, "end", "(One)"), (2, "end", "(Two)")])
    with pikepdf.open(io.BytesIO(split(pages(1), [facts])[0])) as pdf:
        assert {key: str(value) for key, value in pdf.docinfo.items()} == {"/Title": "A", "/Author": "B"}
        (one,) = pdf.open_outline().root
        assert (str(one.title), [str(child.title) for child in one.children]) == ("One", ["Two"])
        assert pdf.Root.Outlines.Count == 2


def test_equal_pages_are_equal_bytes_and_others_are_not() -> None:
    content = pages(4)
    first = split(content, [Facts(1), Facts(3)])
    assert split(content, [Facts(1), Facts(3)]) == first
    assert split(content, [Facts(1, {"Title": "(A)"}), Facts(3)])[0] != first[0]
    with pikepdf.open(io.BytesIO(first[0])) as one, pikepdf.open(io.BytesIO(first[1])) as other:
        assert bytes(one.trailer.ID[0]) != bytes(other.trailer.ID[0])
