"""Patterns turned, mirrored and changed: what a network without symmetric filters can tell apart."""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

from solvers.equivariance.exact import ink, is_shift
from solvers.equivariance.images import Rows, Size, Stamp

Turn = Literal["quarter-turn", "half-turn", "three-quarter-turn"]
"""Turns, clockwise."""
Mirror = Literal["left-right", "up-down"]
"""What a reflection exchanges."""
Relation = Literal["shift"] | Turn | Mirror | Literal["altered"]
TURNS: tuple[Turn, ...] = get_args(Turn)
MIRRORS: tuple[Mirror, ...] = get_args(Mirror)

ASYMMETRIC: tuple[Rows, ...] = (
    ("111", "100"),
    ("111", "110"),
    ("111", "101", "100"),
    ("110", "011", "010"),
    ("111", "110", "010"),
    ("111", "010", "110"),
    ("110", "111", "001"),
)
"""All connected patterns of 4 to 6 pixels in 3 x 3 whose eight turned and mirrored forms differ."""


def across(size: Size, profile: str) -> Rows:
    """Return a horizontal line through the whole image; ``profile`` is its cross-section from top to bottom."""
    return tuple(pixel * size.width for pixel in profile)


def down(size: Size, profile: str) -> Rows:
    """Return a vertical line through the whole image; ``profile`` is its cross-section from left to right."""
    return (profile,) * size.height


def turned(rows: Rows, turn: Turn) -> Rows:
    """Return a pattern turned clockwise.

    >>> turned(("10", "11"), "quarter-turn")
    ('11', '10')
    """
    for _ in range(TURNS.index(turn) + 1):
        rows = tuple("".join(column) for column in zip(*reversed(rows), strict=True))
    return rows


def mirrored(rows: Rows, mirror: Mirror) -> Rows:
    """Return a pattern with left and right, or up and down, exchanged."""
    return tuple(row[::-1] for row in rows) if mirror == "left-right" else rows[::-1]


@cache
def forms(rows: Rows) -> tuple[Rows, ...]:
    """Return the eight turned and mirrored forms of a pattern, itself first."""
    starts = (rows, mirrored(rows, "left-right"))
    return tuple(form for start in starts for form in (start, *(turned(start, turn) for turn in TURNS)))


@cache  # there are 56 patterns to draw from
def altered(rows: Rows) -> tuple[Rows, ...]:
    """Return the patterns that differ from ``rows`` by one moved pixel and are no form of it."""
    places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
    moved: list[Rows] = []
    for i, j in places:
        for k, m in places:
            if rows[i][j] == "1" and rows[k][m] == "0":
                moved.append(tuple(_row(rows, r, {(i, j): "0", (k, m): "1"}) for r in range(len(rows))))
    return tuple(dict.fromkeys(other for other in moved if not _is_form(rows, other)))


def _row(rows: Rows, row: int, changes: dict[tuple[int, int], str]) -> str:
    return "".join(changes.get((row, column), pixel) for column, pixel in enumerate(rows[row]))


def _is_form(rows: Rows, other: Rows) -> bool:
    side = 2 * max(len(rows), len(rows[0]))  # nothing meets itself around the edge
    roomy = Size(side, side)
    image = ink(roomy, Stamp(other, 1, 1))
    return any(is_shift(roomy, ink(roomy, Stamp(form, 1, 1)), image) for form in forms(rows))


def relation(size: Size, one: Stamp, other: Stamp) -> Relation:
    """Return what took the pattern of ``one`` to that of ``other``, shifts aside."""
    image = ink(size, other)
    changes: tuple[tuple[Relation, Rows], ...] = (
        ("shift", one.rows),
        *((turn, turned(one.rows, turn)) for turn in TURNS),
        *((mirror, mirrored(one.rows, mirror)) for mirror in MIRRORS),
    )
    for name, rows in changes:
        if is_shift(size, ink(size, Stamp(rows, 1, 1)), image):
            return name
    return "altered"
