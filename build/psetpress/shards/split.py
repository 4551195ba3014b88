"""One PDF into many: each takes its own pages, and of fonts and pictures only what these pages use."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from psetpress.shards import bookmarks
from psetpress.shards.bookmarks import Bookmark

if TYPE_CHECKING:
    from pikepdf import Array, Page, Pdf

    from psetpress.shards.facts import Facts


def split(content: bytes, documents: Sequence[Facts]) -> list[bytes]:
    """Return the PDF of each of ``documents``, which lie in ``content`` one after the other; b"" for one of no pages.

    Equal content gives equal bytes: the PDFs' identifiers are hashes of what they hold.
    """
    import pikepdf

    if not any(facts.pages for facts in documents):
        return [b"" for _ in documents]
    with pikepdf.open(io.BytesIO(content)) as source:
        pages = list(source.pages)
        names = bookmarks.destinations(source)
        for page in pages:
            _detach(page)
        made: list[bytes] = []
        first = 0
        for facts in documents:
            made.append(_document(pages[first : first + facts.pages], facts, names) if facts.pages else b"")
            first += facts.pages
        return made


def _document(pages: Sequence[Page], facts: Facts, names: Mapping[str, Array]) -> bytes:
    """Return the PDF of some pages of another."""
    import pikepdf

    with pikepdf.new() as target:
        target.pages.extend(pages)
        place = _Place(target, {page.obj.objgen: number for number, page in enumerate(pages)}, names)
        root: Any = target.Root
        root.PageMode = pikepdf.Name.UseNone
        root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=[target.pages[0].obj, pikepdf.Name.Fit])
        if facts.bookmarks:
            root.Outlines = bookmarks.outline(target, _entries(facts, place))
        for page in target.pages:
            _attach(page, place)
        info: Any = target.docinfo
        for key, value in facts.info.items():
            info[f"/{key}"] = pikepdf.Object.parse(value.encode("latin-1"))
        buffer = io.BytesIO()
        target.save(buffer, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return buffer.getvalue()


def _entries(facts: Facts, place: _Place) -> Iterator[Bookmark]:
    import pikepdf

    for level, name, title in facts.bookmarks:
        yield Bookmark(level, pikepdf.Object.parse(title.encode("latin-1")), place(name))


class _Place:
    """Finds a destination of the whole PDF among the pages of one document."""

    def __init__(self, target: Pdf, numbers: Mapping[tuple[int, int], int], names: Mapping[str, Array]) -> None:
        self._pages, self._numbers, self._names = target.pages, numbers, names

    def __call__(self, name: str) -> Array:
        """Return the page and the place on it; the top of the document for a name that leads out of it."""
        import pikepdf

        page, *view = self._names.get(name, (None, pikepdf.Name.Fit))
        number = self._numbers.get(page.objgen, 0) if page is not None else 0
        return pikepdf.Array([self._pages[number].obj, *view])


_LINK = "/PsetpressTo"
"""Where a link waits, while its page is copied, for the place that its name stands for."""


def _detach(page: Page) -> None:
    """Take the names from the links of a page: a document alone has none, and would copy the pages they lie on."""
    annotations: Any = page.obj.get("/Annots", ())
    for annotation in annotations:
        if annotation.get("/A", {}).get("/S") == "/GoTo":
            annotation[_LINK] = annotation.A.D
            del annotation.A


def _attach(page: Page, place: _Place) -> None:
    """Let the links of a page lead to places."""
    import pikepdf

    annotations: Any = page.obj.get("/Annots", ())
    for annotation in annotations:
        if _LINK in annotation:
            annotation.A = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=place(str(annotation[_LINK])))
            del annotation[_LINK]


def count(content: bytes) -> int:
    """Return the number of pages of a PDF."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)
