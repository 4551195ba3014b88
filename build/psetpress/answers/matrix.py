"""Matrices: two-dimensional outputs, kernels, tables of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Any, ClassVar, TypeAlias, TypeGuard, cast

from psetpress.answers import lists
from psetpress.answers import tolerance as near
from psetpress.answers.base import Kind, Match, Unreadable
from psetpress.answers.numbers import (
    Real,
    agree,
    elements,
    json_number,
    latex_number,
    real,
    stored_number,
    text_number,
)
from psetpress.answers.plain import plain

Rows: TypeAlias = tuple[tuple[Real, ...], ...]

_PMATRIX_COLUMNS = 10
"""More than these amsmath refuses by default."""


@dataclass(frozen=True)
class Matrix(Kind[Rows]):
    """A matrix; a vector is a matrix of one row or column.

    If all right entries are integers a response must be exact, else each entry has the tolerance.
    A vector may be written as a row or as a column.

    >>> Matrix().parse("1 2; 3 4")
    ((1, 2), (3, 4))
    """

    name: ClassVar[str] = "matrix"
    noun: ClassVar[str] = "a matrix"

    rtol: Fraction = near.PERCENT
    atol: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        near.check("Matrix", self.rtol, self.atol)

    @property
    def accepts(self) -> str:
        """What a response may look like."""
        return (
            'rows between semicolons or line breaks, such as "1, 2; 3, 4", or nested brackets, such as [[1, 2], [3, 4]]'
        )

    @property
    def tolerance(self) -> str:
        """How near a right response must be."""
        return near.says_entrywise(self.rtol, self.atol)

    def value(self, raw: Any) -> Rows:
        """Return nested rows, or a flat row, as a matrix. Raises TypeError or ValueError."""
        try:
            return _rectangle(matrix_rows(raw))
        except (TypeError, ValueError) as reason:
            raise type(reason)(f"Matrix: {reason}") from None

    def latex(self, value: Rows) -> str:
        """Return a ``pmatrix``."""
        return latex_matrix(value)

    def text(self, value: Rows) -> str:
        """Return rows between semicolons."""
        return "; ".join(", ".join(text_number(entry) for entry in row) for row in value)

    def read(self, text: str) -> Rows:
        """Return the matrix. Raises :class:`Unreadable` where rows have different lengths."""
        return _rectangle(read_rows(text))

    def match(self, value: Rows, response: Rows) -> Match:
        """Compare shapes, then entries; says the first entry that differs."""
        if _size(value) != _size(response):
            turned = tuple(zip(*response, strict=True))
            if 1 not in (len(value), len(value[0])) or _size(turned) != _size(value):
                return Match(False, f"{_says_size(value)} expected, read {_says_size(response)}")
            response = turned
        rtol, atol = near.entrywise(chain.from_iterable(value), self.rtol, self.atol)
        wrong = [
            (i, j)
            for i, row in enumerate(value)
            for j, (entry, read) in enumerate(zip(row, response[i], strict=True))
            if entry != read and not near.within(entry, read, rtol, atol)
        ]
        if not wrong:
            return Match(True, "all entries right")
        i, j = wrong[0]
        read = text_number(response[i][j], digits=6)
        count = f"{len(wrong)} of {len(value) * len(value[0])} entries wrong"
        return Match(False, f"{count}, the first in row {i + 1}, column {j + 1}, where {read} was read")

    def agrees(self, value: Rows, other: Rows) -> bool:
        """Compare shapes, and all entries exactly or up to float noise."""
        pairs = ((a, b) for left, right in zip(value, other, strict=False) for a, b in zip(left, right, strict=False))
        return _size(value) == _size(other) and all(agree(a, b) for a, b in pairs)

    def perturb(self, value: Rows) -> Rows:
        """Return the matrix with another last entry."""
        rtol, atol = near.entrywise(chain.from_iterable(value), self.rtol, self.atol)
        return (*value[:-1], (*value[-1][:-1], near.beyond(value[-1][-1], rtol, atol)))

    def trivial(self, value: Rows) -> str | None:
        """Refuse zeros only."""
        return None if any(any(row) for row in value) else "zero throughout"

    def to_json(self, value: Rows) -> list[list[int | float | str]]:
        """Return nested lists."""
        return [[json_number(entry) for entry in row] for row in value]

    def restore(self, data: Any) -> Rows:
        """Return the matrix."""
        return _rectangle(stored_rows(data))


def matrix_rows(raw: Any) -> Rows:
    """Return nested sequences, NumPy and torch arrays as rows of canonical numbers; a flat one is one row."""
    if _is_whole(raw):
        return raw
    rows = elements(raw)
    if rows is None:
        raise TypeError(f"nested rows are wanted, not {raw!r} ({type(raw).__name__})")
    nested = [elements(row) for row in rows]
    if all(row is None for row in nested):
        nested = [rows]
    return tuple(tuple(map(real, row or ())) for row in nested)


def _is_whole(raw: object) -> TypeGuard[Rows]:
    """Say whether ``raw`` is a tuple of tuples of ints: canonical already, and what most exact solvers return."""
    return type(raw) is tuple and all(
        type(row) is tuple and set(map(type, cast("tuple[object, ...]", row))) <= {int}
        for row in cast("tuple[object, ...]", raw)
    )


def stored_rows(data: Any) -> Rows:
    """Return the rows that :meth:`Matrix.to_json` wrote. Raises TypeError or ValueError."""
    return tuple(tuple(stored_number(entry) for entry in row) for row in data)


def read_rows(text: str) -> Rows:
    """Return the rows that ``text`` stands for. Raises :class:`Unreadable`."""
    rows = lists.rows(plain(text))
    if sum(len(row) for row in rows) > lists.MAX_ENTRIES:
        raise Unreadable(f"there are more than {lists.MAX_ENTRIES} entries")
    return tuple(lists.numbers(row) for row in rows)


def latex_matrix(rows: Sequence[Sequence[Real]]) -> str:
    r"""Return rows as a ``pmatrix``, or an ``array`` where it has more columns than a ``pmatrix`` takes.

    >>> latex_matrix([[1, 2], [3, 4]])
    '\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}'
    """
    body = r" \\ ".join(" & ".join(latex_number(entry) for entry in row) for row in rows)
    if len(rows[0]) <= _PMATRIX_COLUMNS:
        return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"
    return rf"\left(\begin{{array}}{{{'c' * len(rows[0])}}} {body} \end{{array}}\right)"


def _rectangle(rows: Rows) -> Rows:
    """Return ``rows``. Raises :class:`Unreadable`, a ValueError, if they are no rectangle."""
    if not rows or not rows[0]:
        raise Unreadable("there are no entries")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(rows[0]):
            raise Unreadable(f"row {number} has length {len(row)}, row 1 has length {len(rows[0])}")
    return rows


def _size(rows: Sequence[Sequence[Real]]) -> tuple[int, int]:
    return len(rows), len(rows[0])


def _says_size(rows: Rows) -> str:
    return f"{len(rows)} x {len(rows[0])}"
