"""Where words go: LaTeX on paper, plain text in a terminal. Templates reach a target only through functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from psetpress.tex import TeX

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True)
class Slot:
    """One answer space: the id that grading reads (``2.c`` or ``4.observe``), its printed label, its least height."""

    id: str
    label: TeX
    space: str


@dataclass(frozen=True)
class Window:
    """A signal over the times first..last, every value given."""

    name: str
    first: int
    values: Sequence[int | Fraction | float]


@dataclass(frozen=True)
class Blank:
    """An empty cell of a table, with the number or letter that answers refer to."""

    label: str = ""


class Target(Protocol):
    """What depends on the target; every method returns TeX, which a target may post-process."""

    def figure(self, name: str, alt: str) -> TeX:
        """Show a drawing in a line of its own."""
        ...

    def table(self, header: Sequence[Any], rows: Sequence[Sequence[Any]], align: str, rules: Sequence[int]) -> TeX:
        """Show a table; cells are TeX, plain values or blanks; a rule stands after each row of ``rules``."""
        ...

    def matrix(self, rows: Sequence[Sequence[Any]]) -> TeX:
        """Return a matrix for math mode."""
        ...

    def signal(self, window: Window) -> TeX:
        """Show a signal's values over time."""
        ...

    def respond(self, slots: Sequence[Slot], inside: TeX) -> TeX:
        """Leave space for the answers, ``inside`` printed in the space (an empty grid)."""
        ...

    def unrecorded(self, experiment: str) -> TeX:
        """Say visibly that a result is quoted here which has not been recorded yet."""
        ...
