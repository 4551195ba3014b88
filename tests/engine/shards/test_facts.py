"""What a run says of its documents."""

from __future__ import annotations

from psetpress.shards import Box, Piece
from psetpress.shards.facts import POINT, Facts, places, read

SAID = r"""document 0
bookmark 1 0-pset:q1.1 (1. A \(b\))
Title (T (x) y)
Author ()
box start 1 0 0 1 1
box 1.a 2 4736286 6553600 6578175 657818
box q1 2 0 0 1 1
box 1.a+ 2 0 0 1 1
pages 2
document 1
piece 1.a 2 -300 655360
piece 1.a+ 1 0 1
pages 0
"""


def test_each_document_has_its_own() -> None:
    facts = read(SAID)
    assert facts[1] == Facts(0, pieces=[Piece("1.a", 2, -300, 655360), Piece("1.a+", 1, 0, 1)])
    assert facts[0].pages == 2
    assert facts[0].info == {"Title": "(T (x) y)", "Author": "()"}
    assert facts[0].bookmarks == [(1, "0-pset:q1.1", r"(1. A \(b\))")]


def test_a_box_is_in_points_of_pdf_and_only_parts_have_one() -> None:
    (box,) = read(SAID)[0].boxes
    assert box == Box("1.a", 2, 72.0, 89.626, 172.0, 99.626)
    assert round(72.27 * 65536 * POINT, 9) == 72


def test_a_part_has_one_place_on_each_of_its_pages() -> None:
    boxes = [
        Box("1.a", 1, 5, 50, 90, 60),
        Box("1.a", 1, 7, 20, 95, 30),
        Box("1.a", 2, 5, 5, 6, 6),
        Box("1.b", 2, 1, 2, 3, 4),
    ]
    assert places(boxes) == (Box("1.a", 1, 5, 20, 95, 60), Box("1.a", 2, 5, 5, 6, 6), Box("1.b", 2, 1, 2, 3, 4))
    assert places([]) == ()


def test_nothing_said() -> None:
    assert read("") == {}
