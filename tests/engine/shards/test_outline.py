"""Where the parts lie on everybody's paper."""

from __future__ import annotations

from psetpress.shards import Box, Made
from psetpress.shards.outline import shared, table

BOX = Box("1.a", 1, 76.535, 80, 518.74, 433.2711)
OTHER = Box("1.a", 2, 76.535, 80, 518.74, 433.2711)


def test_all_share_their_places() -> None:
    assert shared([Made(name, b"%PDF", 2, (), (BOX, OTHER)) for name in "abc"]) == ((BOX, OTHER), ())


def test_those_that_differ_are_named() -> None:
    """By their places or their pages; one without a PDF has neither."""
    papers = [
        Made("a", b"%PDF", 2, (), (OTHER,)),
        Made("b", b"%PDF", 2, (), (BOX,)),
        Made("c", b"%PDF", 3, (), (BOX,)),
        Made("d", error="no"),
        Made("e", b"%PDF", 2, (), (BOX,)),
    ]
    assert shared(papers) == ((BOX,), ("a", "c"))
    assert shared(reversed(papers))[0] == (BOX,)
    assert shared(papers[3:4]) == ((), ())


def test_the_table() -> None:
    assert table([BOX]).decode() == "part,page,x0,y0,x1,y1\n1.a,1,76.535,80.000,518.740,433.271\n"
    assert table([]) == b"part,page,x0,y0,x1,y1\n"
