"""Many PDFs into one that finds them by its bookmarks; what they have in common is kept once.

The keys of a class hold the same fonts and figures over and over. They are known by what they are, so the
book grows by little more than the words of each key, and so does the memory that it takes.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psetpress.errors import PsetpressError
from psetpress.shards import bookmarks
from psetpress.shards.bookmarks import Bookmark

if TYPE_CHECKING:
    from pikepdf import Array, Pdf


class Book:
    """A PDF that grows by others, each under a bookmark of its name; the same ones give the same bytes."""

    def __init__(self) -> None:
        import pikepdf

        self._pdf = pikepdf.new()
        self._library = _Library(self._pdf)
        self._entries: list[Bookmark] = []

    def add(self, name: str, content: bytes | Path) -> None:
        """Add the pages of a PDF and its bookmarks. Raises PsetpressError naming it if it is none."""
        import pikepdf

        try:
            source = pikepdf.open(content if isinstance(content, Path) else io.BytesIO(content))
        except (pikepdf.PdfError, OSError) as error:
            raise PsetpressError(f"{name}: is no PDF that can be bound with the others: {error}") from error
        with source:
            names = bookmarks.destinations(source)
            copy = self._library.add(source, names)
            self._entries.append(Bookmark(0, pikepdf.String(name), copy.top()))
            for level, said, place in bookmarks.bookmarks(source, names):
                self._entries.append(Bookmark(level + 1, copy(said), copy(place)))

    def save(self, target: Path, title: str) -> int:
        """Write the book to ``target`` and return the number of its pages; without any it is a PDF, too."""
        import pikepdf

        root: Any = self._pdf.Root
        root.Outlines = bookmarks.outline(self._pdf, self._entries, folded=True)
        root.PageMode = pikepdf.Name.UseOutlines
        self._pdf.docinfo["/Title"] = pikepdf.String(title)
        self._pdf.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return len(self._pdf.pages)


class _Library:
    """A growing PDF, and what it holds by what it is."""

    def __init__(self, book: Pdf) -> None:
        self.book = book
        self._known: dict[bytes, Any] = {}

    def add(self, source: Pdf, names: dict[str, Array]) -> _Copy:
        """Add the pages of ``source`` and return what copies more of it."""
        copy = _Copy(self, source)
        for page in source.pages:
            copy.page(page.obj, names)
        return copy

    def keep(self, made: Any, data: bytes | None) -> Any:
        """Return the object that equals ``made``: an earlier one, or else itself. A stream holds ``data``."""
        import pikepdf

        digest = hashlib.sha256(made.unparse())
        if data is not None:
            digest.update(b"stream")
            digest.update(data)
        known = self._known.get(digest.digest())
        if known is None:
            known = self.book.make_indirect(made if data is None else pikepdf.Stream(self.book, data, made))
            self._known[digest.digest()] = known
        return known


class _Copy:
    """Copies objects of one PDF into the library; its pages are there from the start, so links may lead to them."""

    def __init__(self, library: _Library, source: Pdf) -> None:
        import pikepdf

        self._library = library
        self._pages = [library.book.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Page)) for _ in source.pages]
        self._done: dict[tuple[int, int], Any] = {
            page.obj.objgen: made for page, made in zip(source.pages, self._pages, strict=True)
        }

    def top(self) -> Array:
        """Return the place at which the copy begins."""
        import pikepdf

        return pikepdf.Array([self._pages[0], pikepdf.Name.Fit])

    def page(self, old: Any, names: dict[str, Array]) -> None:
        """Copy a page to the end of the book; links by name lead to the place itself."""
        import pikepdf

        for link in old.get("/Annots", ()):
            place = bookmarks.destination(link, names)
            if place is not None:
                link.A = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=place)
        made = self._done[old.objgen]
        for key, value in old.items():
            if key != "/Parent":
                made[key] = self(value)
        self._library.book.pages.append(pikepdf.Page(made))

    def __call__(self, old: Any) -> Any:
        """Return a copy of an object, or what stands for it already."""
        import pikepdf

        if not isinstance(old, pikepdf.Object):
            return old  # a number or a truth value
        if not isinstance(old, (pikepdf.Array, pikepdf.Dictionary, pikepdf.Stream)):
            return pikepdf.Object.parse(old.unparse(resolved=True)) if old.is_indirect else old
        if not old.is_indirect:
            return self._direct(old)
        place = old.objgen
        if place not in self._done:
            self._done[place] = self._indirect(old)
        return self._done[place]

    def _indirect(self, old: Any) -> Any:
        import pikepdf

        if not isinstance(old, pikepdf.Stream):
            return self._library.keep(self._direct(old), None)
        head = pikepdf.Dictionary({key: self(value) for key, value in old.stream_dict.items() if key != "/Length"})
        return self._library.keep(head, old.read_raw_bytes())

    def _direct(self, old: Any) -> Any:
        import pikepdf

        if isinstance(old, pikepdf.Array):
            values: Iterable[Any] = old
            return pikepdf.Array([self(value) for value in values])
        return pikepdf.Dictionary({key: self(value) for key, value in old.items()})
