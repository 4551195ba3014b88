"""The outline: where each part lies on the paper of a whole class."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from psetpress.shards.jobs import Box

if TYPE_CHECKING:
    from psetpress.shards.jobs import Made


def shared(papers: Iterable[Made]) -> tuple[tuple[Box, ...], tuple[str, ...]]:
    """Return the places of parts that most ``papers`` have, and the names of papers with others or more pages.

    With one layout for all there are no such names, but for papers that had to be compiled alone.
    """
    finished = [made for made in papers if made.pdf]
    counted = Counter((made.pages, made.boxes) for made in finished)
    if not counted:
        return (), ()
    most = min(counted, key=lambda place: (-counted[place], place))
    return most[1], tuple(made.name for made in finished if (made.pages, made.boxes) != most)


def table(boxes: Sequence[Box]) -> bytes:
    """Return ``boxes`` as CSV: part, page and corners in PDF points from the lower left of the page."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Box._fields)
    writer.writerows((box.part, box.page, *(f"{corner:.3f}" for corner in box[2:])) for box in boxes)
    return text.getvalue().encode()
