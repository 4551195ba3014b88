"""What the figures of logistic regression show, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from solvers.logistic import exact
from solvers.logistic.samples import Data, Row


def planes(sets: Sequence[Data], labels: Sequence[str]) -> dict[str, Any]:
    """Return the arguments of ``plots.planes``: the samples by label, and a line through the origin.

    The line is at right angles to a direction along which the loss falls for ever, else the one that holds all
    samples; there is none where the loss has exactly one minimizer.
    """
    return {
        "panels": tuple((label, *exact.split(data), *_line(data)) for data, label in zip(sets, labels, strict=True)),
        "side": max(abs(entry) for data in sets for row in data.rows for entry in row),
    }


def _line(data: Data) -> tuple[Row, bool]:
    """Return the direction of the line, (0, 0) for none, and whether it separates."""
    receding = exact.receding(exact.signed(data))
    if receding:
        return (-receding[1], receding[0]), True
    if exact.rank(data.rows) == 2:
        return (0, 0), False
    return exact.primitive(next(row for row in data.rows if any(row))), False
