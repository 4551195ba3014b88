"""Intermediate results for the worked solutions, and what a draw asks of samples."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import lcm
from typing import TYPE_CHECKING, Any

from solvers.logistic import exact, softmax
from solvers.logistic.samples import Classes, Data, Odds, Row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@cache
def candidates(odds: Odds, side: int, exponentials: frozenset[Fraction]) -> tuple[Row, ...]:
    """Return the rows with entries up to ``side``, not zero, for which exp(w^T x) is one of ``exponentials``."""
    around = range(-side, side + 1)
    rows = ((x, y) for x in around for y in around if x or y)
    return tuple(row for row in rows if exact.exponential(odds, row) in exponentials)


@cache
def lines(rows: tuple[Row, ...], least: int) -> tuple[tuple[Row, ...], ...]:
    """Return the lines through the origin that hold at least so many of ``rows``, each as these rows."""
    found = {tuple(row for row in rows if exact.cross(first, row) == 0) for first in rows}
    return tuple(sorted(line for line in found if len(line) >= least))


def presentable(rows: tuple[Row, ...], odds: Odds, greatest: int) -> bool:
    """Say whether the Hessian has rational eigenvalues, mixed derivatives, and denominators up to ``greatest``."""
    matrix = exact.hessian(rows, odds)
    return matrix[0][1] != 0 and common(matrix) <= greatest and isinstance(exact.eigenvalues(matrix)[0], Fraction)


def presentable_choices(
    rows: tuple[Row, ...], odds: Odds, places: NDArray[np.int64], greatest: int
) -> list[tuple[int, ...]]:
    """Return those of the choices of rows, one in each line of ``places``, that are :func:`presentable`.

    The rows of a choice differ and do not lie on one line through the origin. Squares of whole numbers below 2^26
    are exact in float64, and so are their roots.
    """
    import numpy as np

    scale, table = _terms(rows, odds)
    a, b, c = np.moveaxis(table[places].sum(axis=1), -1, 0)
    squared = (a - c) ** 2 + 4 * b**2
    curved = (b != 0) & (a * c != b**2) & (np.rint(np.sqrt(squared)).astype(np.int64) ** 2 == squared)
    left = np.flatnonzero(curved)  # few: what takes longer to find out is asked of these only
    common = np.gcd(np.gcd(a[left], b[left]), np.gcd(c[left], scale))
    different = (np.diff(np.sort(places[left], axis=1), axis=1) > 0).all(axis=1)
    found = places[left[(scale // common <= greatest) & different]]
    return [tuple(choice) for choice in found.tolist()]


@cache
def _terms(rows: tuple[Row, ...], odds: Odds) -> tuple[int, NDArray[np.int64]]:
    """Return a whole number, and that multiple of the three entries of each row's term (rows, 3)."""
    import numpy as np

    weights = exact.slopes(rows, odds)
    scale = lcm(*(weight.denominator for weight in weights))
    terms = [
        [int(scale * weight) * product for product in (x * x, x * y, y * y)]
        for weight, (x, y) in zip(weights, rows, strict=True)
    ]
    return scale, np.array(terms, dtype=np.int64)


def common(matrix: Sequence[Sequence[Fraction]]) -> int:
    """Return the least common denominator of the entries."""
    return lcm(*(entry.denominator for row in matrix for entry in row))


def whole(matrix: Sequence[Sequence[Fraction]]) -> dict[str, Any]:
    """Return the least common denominator, and that multiple of the matrix, in whole numbers."""
    denominator = common(matrix)
    return {
        "denominator": denominator,
        "rows": tuple(tuple(int(entry * denominator) for entry in row) for row in matrix),
    }


def curvature(data: Data, odds: Odds) -> dict[str, Any]:
    """Return the terms of the Hessian, its whole-numbered multiple, and the way to its eigenvalues."""
    matrix = exact.hessian(data.rows, odds)
    (a, b), (_, c) = matrix
    return {
        "terms": tuple(
            {
                "row": row,
                "exponential": at,
                "sigmoid": exact.sigmoid(at),
                "slope": exact.slope(at),
                "outer": outer(row),
            }
            for row in data.rows
            for at in [exact.exponential(odds, row)]
        ),
        "whole": whole(matrix),
        "trace": a + c,
        "determinant": a * c - b * b,
        "spread": exact.root(exact.discriminant(matrix)),
        "rank": exact.rank(data.rows),
    }


def coupled(classes: Classes) -> dict[str, Any]:
    """Return what the samples of a softmax problem predict, and how their terms in the block come about."""
    predicted, couplings = softmax.predicted(classes), softmax.couplings(classes)
    return {
        "samples": tuple(
            {
                "scores": tuple(exact.exponential(each, row) for each in classes.odds),
                "probabilities": p,
                "residuals": softmax.residuals(p, label),
                "coupling": coupling,
            }
            for row, label, p, coupling in zip(classes.rows, classes.labels, predicted, couplings, strict=True)
        ),
        "gradient": whole(softmax.gradient(classes)),
        "block": whole(softmax.block(classes)),
        "rank": exact.rank(classes.rows),
    }


def outer(row: Row) -> tuple[Row, Row]:
    """Return x x^T."""
    x, y = row
    return (x * x, x * y), (x * y, y * y)


def landscape(data: Data) -> dict[str, Any]:
    """Return why a loss is strictly convex or not, and why it has a minimizer or not.

    ``separator`` and ``receding`` are directions or None; ``relations`` are positive combinations of the signed
    samples that vanish, as (coefficient, signed sample), and stand only where no direction recedes.
    """
    vectors = exact.signed(data)
    direction = exact.primitive(next(row for row in data.rows if any(row)))
    receding = exact.receding(vectors)
    relations = () if receding else exact.around(vectors)
    return {
        "profile": exact.profile(data),
        "independent": next(((u, v) for u in data.rows for v in data.rows if exact.cross(u, v)), None),
        "direction": direction,
        "kernel": (-direction[1], direction[0]),
        "signed": vectors,
        "separator": exact.separator(vectors),
        "receding": receding,
        "products": tuple(exact.dot(receding, z) for z in vectors) if receding else (),
        "relations": tuple(tuple((factor, vectors[place]) for factor, place in relation) for relation in relations),
    }
