"""The outline of a PDF: bookmarks in levels, and the places that names stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pikepdf import Array, Object, Pdf


class Bookmark(NamedTuple):
    """A line of the outline: its level, its title as a PDF string, and the page and place to which it leads."""

    level: int
    title: Object
    place: Array


def outline(target: Pdf, entries: Iterable[Bookmark], *, folded: bool = False) -> Object:
    """Return the outline of a PDF; a bookmark belongs to the last one before it of a lower level.

    ``folded`` shows the highest level only, until a reader unfolds it.
    """
    import pikepdf

    root: Any = target.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Outlines))
    path: list[tuple[int, Any]] = [(-1, root)]
    for level, title, place in entries:
        while path[-1][0] >= level:
            path.pop()
        entry: Any = target.make_indirect(pikepdf.Dictionary(Parent=path[-1][1], Dest=place, Title=title))
        _append(path, entry, folded=folded)
        path.append((level, entry))
    return root


def _append(path: list[tuple[int, Any]], entry: Any, *, folded: bool) -> None:
    """Make ``entry`` the last one below the end of ``path``; a count below 0 stands for lines that are not shown."""
    parent = path[-1][1]
    if "/Last" in parent:
        entry.Prev = parent.Last
        parent.Last.Next = entry
    else:
        parent.First = entry
    parent.Last = entry
    if folded:
        parent.Count = parent.get("/Count", 0) + (1 if len(path) == 1 else -1)
        return
    for _, above in path:
        above.Count = above.get("/Count", 0) + 1


def destinations(source: Pdf) -> dict[str, Array]:
    """Return where the named destinations of ``source`` lie."""
    from pikepdf import Array, NameTree

    root: Any = source.Root
    if "/Names" not in root or "/Dests" not in root.Names:
        return {}
    tree: Any = NameTree(root.Names.Dests)
    return {name: target if isinstance(target, Array) else target.D for name, target in tree.items()}


def bookmarks(source: Pdf, names: Mapping[str, Array]) -> Iterator[Bookmark]:
    """Yield the outline of ``source`` without those that lead nowhere; ``names`` are its destinations."""
    root: Any = source.Root
    if "/Outlines" in root:
        yield from _below(root.Outlines, 0, names)


def _below(parent: Any, level: int, names: Mapping[str, Array]) -> Iterator[Bookmark]:
    entry = parent.get("/First")
    while entry is not None:
        place = destination(entry, names)
        if place is not None:
            yield Bookmark(level, entry.Title, place)
        yield from _below(entry, level + 1, names)
        entry = entry.get("/Next")


def destination(entry: Any, names: Mapping[str, Array]) -> Array | None:
    """Return the page and place to which a bookmark or a link leads; None if that is not in its PDF."""
    from pikepdf import Array

    place = entry.get("/Dest")
    if place is None and entry.get("/A", {}).get("/S") == "/GoTo":
        place = entry.A.D
    return place if place is None or isinstance(place, Array) else names.get(str(place))
