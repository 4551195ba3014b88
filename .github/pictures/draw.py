"""Draw the README's pictures from published sets and a class of two, as `make pictures` builds them.

`verify.png` is a screenshot of the page that `psetpress verify --html` writes, taken in a browser.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

HERE = Path(__file__).parent
SCALE = 1.1
"""Pixels per PDF point: two pages side by side fill the width of a README."""

PICTURES = {
    "handout-and-key": (("handout.pdf", 1), ("key.pdf", 1)),
    "rubric": (("rubric.pdf", 0), ("rubric.pdf", 1)),
    "experiments": (("hw1/key.pdf", 4), ("hw1/key.pdf", 7)),
    "class": (("class/students/1815/handout.pdf", 0), ("class/students/1882/handout.pdf", 0)),
}
"""Picture -> the pages (from 0) that stand side by side in it."""

COLORS = {"experiments": 160}
"""More colors than lines and letters need."""


def page(path: Path, number: int) -> Image.Image:
    """Return a page with a hairline frame."""
    image = pypdfium2.PdfDocument(path)[number].render(scale=SCALE).to_pil().convert("RGB")
    return ImageOps.expand(image, border=1, fill="#c8c8c8")


def side_by_side(images: list[Image.Image], gap: int = 16) -> Image.Image:
    """Return images of one height in a row."""
    width = sum(image.width for image in images) + gap * (len(images) - 1)
    row = Image.new("RGB", (width, images[0].height), "white")
    left = 0
    for image in images:
        row.paste(image, (left, 0))
        left += image.width + gap
    return row


def main(folder: Path) -> None:
    """Draw every picture from the PDFs in ``folder``."""
    for name, pages in PICTURES.items():
        row = side_by_side([page(folder / file, number) for file, number in pages])
        row.quantize(COLORS.get(name, 48)).save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
