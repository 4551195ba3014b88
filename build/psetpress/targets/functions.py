"""What templates call to show tables, matrices and signals: checked here, shown by the target."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from psetpress import tex
from psetpress.errors import PsetpressError
from psetpress.targets import Blank, Window
from psetpress.tex import TeX

if TYPE_CHECKING:
    from psetpress.targets import Target

Rows = Sequence[Sequence[Any]]


def functions(target: Target) -> dict[str, Callable[..., object]]:
    """Return what every block of a template may call, by name."""

    def table(*, header: Sequence[Any] = (), rows: Rows, align: str, rule_after: Sequence[int] = ()) -> TeX:
        """Show a table of cells: TeX, numbers, plain strings or blanks."""
        columns = len(re.findall("[lcr]", align))
        named = [("header", header)] if header else []
        for place, row in [*named, *((f"row {number}", row) for number, row in enumerate(rows))]:
            if len(row) != columns:
                raise PsetpressError(f'table(): the {place} has {len(row)} cells, align="{align}" has {columns}')
        return target.table(header, rows, align, rule_after)

    def matrix(rows: Rows) -> TeX:
        """Return a matrix for math mode."""
        if not rows or not rows[0] or len({len(row) for row in rows}) != 1:
            raise PsetpressError(f"matrix(): rows of one length are wanted, not {rows!r}")
        return target.matrix(rows)

    def signal(sequence: Any, *, name: str = "y", first: int, last: int) -> TeX:
        """Show a signal (start, values), or an answer that is one, over first..last; it is zero elsewhere."""
        if first > last:
            raise PsetpressError(f"signal(): first={first} comes after last={last}")
        start, values = cast("tuple[int, Sequence[Any]]", getattr(sequence, "value", sequence))
        known = dict(enumerate(values, start=start))
        return target.signal(Window(name, first, [known.get(n, 0) for n in range(first, last + 1)]))

    return {"table": table, "matrix": matrix, "signal": signal, "blank": Blank, "math": math}


def math(value: object) -> TeX:
    """Return a value between dollar signs."""
    return TeX(f"${tex.finalize(value)}$")


def describe(alt: str, values: Mapping[str, object]) -> str:
    """Return an alt text with its placeholders filled, in one line."""
    try:
        filled = alt.format(**{name: tex.readable(value) for name, value in values.items()})
    except (KeyError, IndexError) as error:
        raise PsetpressError(f"the alt text {alt!r} uses {error}, which is not given") from error
    except ValueError as error:
        raise PsetpressError(f"the alt text {alt!r}: {error} (a brace that is meant is written twice)") from error
    if not filled.strip():
        raise PsetpressError("a figure needs an alt text that says in words what it shows")
    return " ".join(filled.split())
