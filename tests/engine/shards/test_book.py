"""All keys in one PDF: found by name, equal things kept once."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pikepdf
import pytest

from psetpress import latex
from psetpress.errors import PsetpressError
from psetpress.shards import Book, Job, Made, compile_bundle

Jobs = Callable[..., Job]
Looks = Callable[[bytes], list[bytes]]

BODY = r"""\question{1}{One é}{}\psetlink{https://a.b}{a.b} \hyperlink{there}{go}\newpage
\question{2}{Two}{} $x^2$ \hypertarget{there}{there} """


@pytest.fixture
def keys(job: Jobs) -> list[Made]:
    return compile_bundle([job(name, BODY + name) for name in ("ada", "ben", "cleo")])


def bind(parts: Iterable[tuple[str, bytes | Path]], target: Path, title: str) -> int:
    book = Book()
    for name, content in parts:
        book.add(name, content)
    return book.save(target, title)


def bound(keys: list[Made], path: Path) -> bytes:
    bind([(f"{made.name} (1)", made.pdf) for made in keys], path, "Keys ü")
    return path.read_bytes()


def streams(pdf: pikepdf.Pdf, key: str) -> int:
    return sum(isinstance(item, pikepdf.Dictionary) and key in item for item in pdf.objects)


def test_pages_look_as_before_and_follow_each_other(keys: list[Made], tmp_path: Path, looks: Looks) -> None:
    assert bind([("a", keys[0].pdf), ("b", keys[1].pdf)], tmp_path / "keys.pdf", "Keys") == 4
    assert looks((tmp_path / "keys.pdf").read_bytes()) == [*looks(keys[0].pdf), *looks(keys[1].pdf)]


def test_bookmarks_lead_to_each_and_to_its_questions(keys: list[Made], tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(bound(keys, tmp_path / "keys.pdf"))) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Keys ü"
        assert pdf.Root.PageMode == "/UseOutlines"
        items = pdf.open_outline().root
        assert [str(item.title) for item in items] == ["ada (1)", "ben (1)", "cleo (1)"]
        assert [str(child.title) for child in items[1].children] == ["1. One é", "2. Two"]
        pages = [page.obj.objgen for page in pdf.pages]
        assert [pages.index(item.destination[0].objgen) for item in items] == [0, 2, 4]
        assert [pages.index(child.destination[0].objgen) for child in items[1].children] == [2, 3]
        assert pdf.Root.Outlines.Count == 3
        assert items[1].is_closed


def test_links_lead_to_the_pages_of_their_own_key(keys: list[Made], job: Jobs, tmp_path: Path) -> None:
    """Also those of a document that had to be compiled alone, whose links go by name."""
    (alone,) = compile_bundle([job("dan", BODY + r"\gdef\x{}")])
    with pikepdf.open(io.BytesIO(bound([*keys, alone], tmp_path / "keys.pdf"))) as pdf:
        pages = [page.obj.objgen for page in pdf.pages]
        for first in range(0, 8, 2):
            links = [link.A for link in pdf.pages[first].obj.Annots]
            assert [str(link.get("/URI", "")) for link in links] == ["https://a.b", ""]
            assert pages.index(links[1].D[0].objgen) == first + 1
        assert [len(item.children) for item in pdf.open_outline().root] == [2, 2, 2, 2]


def test_what_keys_share_is_kept_once(keys: list[Made], tmp_path: Path) -> None:
    book = bound(keys, tmp_path / "keys.pdf")
    with pikepdf.open(io.BytesIO(book)) as pdf, pikepdf.open(io.BytesIO(keys[0].pdf)) as one:
        assert streams(pdf, "/FontFile") == streams(one, "/FontFile") > 0
        assert sum(isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Page" for item in pdf.objects) == 6
    assert len(book) < 1.2 * len(keys[0].pdf)


def test_equal_parts_are_equal_bytes_from_memory_or_files(keys: list[Made], tmp_path: Path) -> None:
    first = bound(keys, tmp_path / "keys.pdf")
    for made in keys:
        (tmp_path / made.name).write_bytes(made.pdf)
    bind([(f"{made.name} (1)", tmp_path / made.name) for made in keys], tmp_path / "again.pdf", "Keys ü")
    assert (tmp_path / "again.pdf").read_bytes() == first


def test_parts_are_taken_one_at_a_time(keys: list[Made], tmp_path: Path) -> None:
    """A file may be gone once its successor is asked for."""

    def one_by_one() -> Iterator[tuple[str, Path]]:
        for made in keys:
            path = tmp_path / "part.pdf"
            path.write_bytes(made.pdf)
            yield made.name, path
            path.unlink()

    assert bind(one_by_one(), tmp_path / "keys.pdf", "Keys") == 6


def test_what_is_no_pdf_is_named(keys: list[Made], tmp_path: Path) -> None:
    with pytest.raises(PsetpressError, match=r"^ben: is no PDF that can be bound with the others: "):
        bind([("ada", keys[0].pdf), ("ben", b"no")], tmp_path / "keys.pdf", "Keys")
    with pytest.raises(PsetpressError, match=r"^gone: is no PDF"):
        bind([("gone", tmp_path / "gone.pdf")], tmp_path / "keys.pdf", "Keys")
    assert not (tmp_path / "keys.pdf").exists()


def test_a_class_without_keys_has_a_book_without_pages(tmp_path: Path) -> None:
    assert bind([], tmp_path / "keys.pdf", "Keys") == 0
    with pikepdf.open(tmp_path / "keys.pdf") as pdf:
        assert len(pdf.pages) == 0


def test_names_of_all_kinds(keys: list[Made], tmp_path: Path) -> None:
    names = ["王小明 (1)", "(a) \\ %", "W" * 300, "😀"]
    bind([(name, keys[0].pdf) for name in names], tmp_path / "keys.pdf", "Keys")
    with pikepdf.open(tmp_path / "keys.pdf") as pdf:
        assert [str(item.title) for item in pdf.open_outline().root] == names


def test_the_book_is_compiled_from_ordinary_pdfs_too(
    job: Jobs, tmp_path: Path, looks: Looks, words_of: Callable[[bytes], str]
) -> None:
    single = latex.compile_pdf(job("eve", BODY).document).pdf
    bind([("eve", single)], tmp_path / "keys.pdf", "Keys")
    assert looks((tmp_path / "keys.pdf").read_bytes()) == looks(single)
    assert words_of((tmp_path / "keys.pdf").read_bytes()) == words_of(single)
