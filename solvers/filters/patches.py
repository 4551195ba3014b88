"""Small test images: a rectangle on a flat or sloping ground. They are data, which both roads are given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

Grid = tuple[tuple[int, ...], ...]
"""An image of whole gray values, row by row."""


@dataclass(frozen=True)
class Patch:
    """A rectangle, ``lift`` brighter than the ground; it leaves out row ``bottom`` and column ``right``."""

    height: int
    width: int
    top: int
    bottom: int
    left: int
    right: int
    ground: int  # gray value in row 0, column 0
    lift: int
    down: int = 0  # what the ground gains from row to row
    across: int = 0  # and from column to column

    def __post_init__(self) -> None:
        """Raise ValueError for a rectangle that is empty, sticks out or fills the image."""
        rows, columns = self.bottom - self.top, self.right - self.left
        inside = 0 <= self.top < self.bottom <= self.height and 0 <= self.left < self.right <= self.width
        if not inside or (rows, columns) == (self.height, self.width):
            raise ValueError(
                f"the rectangle of rows {self.top} to {self.bottom - 1} and columns {self.left} to {self.right - 1} "
                f"must be a part of the image of {self.height} rows and {self.width} columns, and not all of it"
            )

    @property
    def bright(self) -> int:
        """The gray value of the rectangle on a flat ground."""
        return self.ground + self.lift

    @cached_property  # every road and every misconception filters it
    def image(self) -> Grid:
        """The gray values."""
        return tuple(tuple(self._value(i, j) for j in range(self.width)) for i in range(self.height))

    def covers(self, i: int, j: int) -> bool:
        """Say whether row ``i``, column ``j`` belongs to the rectangle."""
        return self.top <= i < self.bottom and self.left <= j < self.right

    def _value(self, i: int, j: int) -> int:
        slope = self.down * i + self.across * j
        return self.ground + slope + (self.lift if self.covers(i, j) else 0)
