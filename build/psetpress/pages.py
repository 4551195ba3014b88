"""A tiny PDF writer: finished pages of lines, areas and pictures, as many to a file as one likes.

It writes no fonts. Pages are plain values, so they travel between processes, wait in a cache, and are
bound into one file without being drawn again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """Pixels of 1 channel (gray) or 3, a byte each, top row first, deflated after PNG's filters.

    ``opacity`` is one more channel of its own, or empty.
    """

    width: int
    height: int
    channels: int
    pixels: bytes
    opacity: bytes = b""


@dataclass(frozen=True)
class Page:
    """A page of ``width`` x ``height`` points: its deflated operators and what they name.

    ``/A0``, ``/A1``, ... are the ``opacities`` of strokes and areas, ``/I0``, ``/I1``, ... the ``pictures``.
    """

    width: float
    height: float
    operators: bytes
    opacities: tuple[tuple[float, float], ...] = ()
    pictures: tuple[Picture, ...] = ()


def write(pages: Sequence[Page]) -> bytes:
    """Return a PDF of ``pages``; equal pages give equal bytes."""
    file = _File()
    numbers = [_page(file, page) for page in pages]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    file.put(_File.TREE, f"<</Type/Pages/Count {len(numbers)}/Kids[{kids}]>>".encode())
    return file.finished()


def number(value: float) -> str:
    """Return a number as PDF writes it: no exponent, no trailing zeros."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


class _File:
    """Numbered objects, one after the other, and the table that says where each begins."""

    ROOT, TREE = 1, 2

    def __init__(self) -> None:
        self._pieces = [b"%PDF-1.4\n%\xac\xdc \xab\xba\n"]
        self._length = len(self._pieces[0])
        self._starts = {self.ROOT: 0, self.TREE: 0}
        self.put(self.ROOT, f"<</Type/Catalog/Pages {self.TREE} 0 R>>".encode())

    def add(self, content: bytes) -> int:
        """Append an object and return its number."""
        number = len(self._starts) + 1
        self.put(number, content)
        return number

    def add_stream(self, head: str, content: bytes) -> int:
        """Append a deflated stream with the entries ``head`` and return its number."""
        return self.add(
            f"<<{head}/Length {len(content)}/Filter/FlateDecode>>\nstream\n".encode() + content + b"\nendstream"
        )

    def put(self, number: int, content: bytes) -> None:
        """Append the object ``number``."""
        self._starts[number] = self._length
        piece = b"%d 0 obj\n%b\nendobj\n" % (number, content)
        self._pieces.append(piece)
        self._length += len(piece)

    def finished(self) -> bytes:
        """Return the whole file."""
        table = b"".join(b"%010d 00000 n \n" % self._starts[number] for number in sorted(self._starts))
        size = len(self._starts) + 1
        head = b"xref\n0 %d\n0000000000 65535 f \n" % size
        tail = b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, self.ROOT, self._length)
        return b"".join((*self._pieces, head, table, tail))


def _page(file: _File, page: Page) -> int:
    """Write a page with all it needs and return its number."""
    states = "".join(
        f"/A{index}<</CA {number(stroke)}/ca {number(area)}>>" for index, (stroke, area) in enumerate(page.opacities)
    )
    pictures = "".join(f"/I{index} {_picture(file, picture)} 0 R" for index, picture in enumerate(page.pictures))
    resources = (f"/ExtGState<<{states}>>" if states else "") + (f"/XObject<<{pictures}>>" if pictures else "")
    content = file.add_stream("", page.operators)
    return file.add(
        f"<</Type/Page/Parent {_File.TREE} 0 R/MediaBox[0 0 {number(page.width)} {number(page.height)}]"
        f"/Resources<<{resources}>>/Contents {content} 0 R>>".encode()
    )


def _picture(file: _File, picture: Picture) -> int:
    """Write a picture, its opacity before it, and return its number."""
    mask = f"/SMask {file.add_stream(_pixels(picture, 1), picture.opacity)} 0 R" if picture.opacity else ""
    return file.add_stream(_pixels(picture, picture.channels) + mask, picture.pixels)


def _pixels(picture: Picture, channels: int) -> str:
    """Return the entries that describe pixels of so many channels."""
    return (
        f"/Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}/BitsPerComponent 8"
        f"/ColorSpace/{'DeviceGray' if channels == 1 else 'DeviceRGB'}"
        f"/DecodeParms<</Predictor 15/Colors {channels}/Columns {picture.width}>>"
    )
