"""Logistic regression with two features and no bias, exactly.

The loss of samples (x_i, y_i) with labels 0 or 1 is the sum of log(1 + exp(t_i)) - y_i t_i, t_i = w^T x_i; its
Hessian is X^T D X with D_ii = s_i (1 - s_i), s_i = sigmoid(t_i) (Hastie, Tibshirani and Friedman, section 4.4.1).
With weights that are logarithms of rational numbers all of this is rational.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from math import gcd, isqrt, lcm, sqrt
from operator import mul
from typing import Literal

from solvers.logistic.samples import Data, Odds, Row, Square

Answer = Literal["yes", "no"]
Minimizers = Literal["one", "many", "none"]


def check(data: Data) -> None:
    """Raise ValueError for samples without a label, for labels other than 0 and 1, and for rows of zeros only."""
    if not data.rows or len(data.rows) != len(data.labels):
        raise ValueError(f"{len(data.rows)} rows, {len(data.labels)} labels: as many of each, at least one, are needed")
    if not set(data.labels) <= {0, 1}:
        raise ValueError(f"labels {data.labels!r}: 0 and 1 are accepted")
    if not any(any(row) for row in data.rows):
        raise ValueError(f"rows {data.rows!r}: at least one is needed that is not zero")


@lru_cache
def exponential(odds: Odds, row: Row) -> Fraction:
    """Return exp(w^T x) for w = (ln odds[0], ln odds[1])."""
    return odds[0] ** row[0] * odds[1] ** row[1]


@lru_cache
def exponentials(rows: tuple[Row, ...], odds: Odds) -> tuple[Fraction, ...]:
    """Return exp(w^T x) for each sample."""
    return tuple(exponential(odds, row) for row in rows)


def logarithm(ratio: Fraction) -> tuple[int, Fraction]:
    """Return the sign of ln(ratio), and the number from 1 up whose logarithm is its absolute value.

    >>> logarithm(Fraction(1, 2)), logarithm(Fraction(1))
    ((-1, Fraction(2, 1)), (0, Fraction(1, 1)))
    """
    return (ratio > 1) - (ratio < 1), max(ratio, 1 / ratio)


def sigmoid(exponential: Fraction) -> Fraction:
    """Return the sigmoid of t, given exp(t)."""
    return Fraction(exponential.numerator, exponential.numerator + exponential.denominator)


def slope(exponential: Fraction) -> Fraction:
    """Return the derivative s (1 - s) of the sigmoid at t, given exp(t)."""
    up, down = exponential.numerator, exponential.denominator
    return Fraction(up * down, (up + down) ** 2)


@lru_cache
def slopes(rows: tuple[Row, ...], odds: Odds) -> tuple[Fraction, ...]:
    """Return the diagonal of D."""
    return tuple(slope(at) for at in exponentials(rows, odds))


def over(numbers: Sequence[Fraction]) -> tuple[int, list[int]]:
    """Return the least common denominator, and the numerators over it: sums of whole numbers are fast."""
    denominator = lcm(*(number.denominator for number in numbers))
    return denominator, [number.numerator * (denominator // number.denominator) for number in numbers]


def weighted(weights: Sequence[Fraction], *columns: Sequence[int]) -> tuple[Fraction, ...]:
    """Return, for each column, the sum of weight times entry over the samples."""
    denominator, whole = over(weights)
    return tuple(Fraction(sum(map(mul, whole, column)), denominator) for column in columns)


def gram(weights: Sequence[Fraction], rows: Sequence[Row]) -> Square:
    """Return the sum of weight x x^T over the samples."""
    a, b, c = weighted(weights, [x * x for x, _ in rows], [x * y for x, y in rows], [y * y for _, y in rows])
    return (a, b), (b, c)


@lru_cache
def hessian(rows: tuple[Row, ...], odds: Odds) -> Square:
    """Return X^T D X: the labels play no part."""
    return gram(slopes(rows, odds), rows)


def discriminant(matrix: Square) -> Fraction:
    """Return (a - c)^2 + 4 b^2, the square of the difference of the eigenvalues of a symmetric matrix."""
    (a, b), (_, c) = matrix
    return (a - c) ** 2 + 4 * b**2


def eigenvalues(matrix: Square) -> tuple[Fraction | float, Fraction | float]:
    """Return the eigenvalues of a symmetric matrix, the smaller first; exact if they are rational."""
    scale, (a, b, c) = over([matrix[0][0], matrix[0][1], matrix[1][1]])
    square = (a - c) ** 2 + 4 * b**2
    whole = isqrt(square)
    if whole**2 == square:
        return Fraction(a + c - whole, 2 * scale), Fraction(a + c + whole, 2 * scale)
    trace, spread = (a + c) / scale, sqrt(square / scale**2)
    return (trace - spread) / 2, (trace + spread) / 2


def root(square: Fraction) -> Fraction | float:
    """Return the square root of a number from zero up, exact if it is rational.

    >>> root(Fraction(4, 9)), root(Fraction(2))
    (Fraction(2, 3), 1.4142135623730951)
    """
    found = Fraction(isqrt(square.numerator), isqrt(square.denominator))
    return found if found**2 == square else sqrt(square)


def cross(u: Row, v: Row) -> int:
    """Return the determinant of two vectors: positive if the shorter turn from u to v is counterclockwise."""
    return u[0] * v[1] - u[1] * v[0]


def dot(u: Row, v: Row) -> int:
    """Return the scalar product."""
    return u[0] * v[0] + u[1] * v[1]


@lru_cache
def rank(rows: tuple[Row, ...]) -> int:
    """Return the rank of X, which has two columns."""
    return 2 if any(cross(u, v) for u, v in combinations(rows, 2)) else int(any(any(row) for row in rows))


def split(data: Data) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the rows with label 1, and those with label 0."""
    labelled = [*zip(data.rows, data.labels, strict=True)]
    return tuple(row for row, label in labelled if label), tuple(row for row, label in labelled if not label)


def signed(data: Data) -> tuple[Row, ...]:
    """Return x_i where the label is 1, -x_i where it is 0: v separates if it has positive products with all."""
    return tuple((x, y) if label else (-x, -y) for (x, y), label in zip(data.rows, data.labels, strict=True))


@lru_cache
def separator(vectors: tuple[Row, ...]) -> Row | None:
    """Return a v with v^T z > 0 for all z, or None: they must lie in an open half-plane."""
    for first in vectors:
        if all(cross(first, z) > 0 or (cross(first, z) == 0 and dot(first, z) > 0) for z in vectors):
            last = next(z for z in vectors if all(cross(z, other) <= 0 for other in vectors))
            return between(first, last)
    return None


def between(first: Row, last: Row) -> Row:
    """Return a vector that has positive products with all from ``first`` counterclockwise to ``last``.

    They are less than a half-turn apart; the normals n of ``first`` (turned left) and m of ``last`` (turned right)
    have no negative product with a vector between them, and n + m a positive one unless all are parallel.
    """
    n, m = (-first[1], first[0]), (last[1], -last[0])
    return primitive((n[0] + m[0], n[1] + m[1])) if cross(first, last) else primitive(first)


def primitive(vector: Row) -> Row:
    """Return the shortest integer vector of the same direction."""
    divisor = gcd(*vector)
    return vector[0] // divisor, vector[1] // divisor


@lru_cache
def receding(vectors: tuple[Row, ...]) -> Row | None:
    """Return a v with v^T z >= 0 for all z and > 0 for one of them, or None.

    Along v the loss falls for ever, so that no minimum exists if and only if there is such a v (Albert and
    Anderson 1984).
    """
    moving = tuple(z for z in vectors if any(z))  # a sample at the origin has the product 0 with everything
    separating = separator(moving)
    if separating:
        return separating
    for first in moving:
        products = [cross(first, z) for z in moving]
        if all(product >= 0 for product in products) and any(products):
            return primitive((-first[1], first[0]))
    return None


def around(vectors: Sequence[Row]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return positive combinations of ``vectors`` that are zero, as pairs (coefficient, place), places from 0.

    Three vectors that go around the origin, else two pairs of opposite ones, else one pair. As long as their
    sums vanish no v can have products with them that are not negative, unless all of these are zero.
    """
    for places in combinations(range(len(vectors)), 3):
        a, b, c = (vectors[place] for place in places)
        factors = cross(b, c), cross(c, a), cross(a, b)
        sign = 1 if factors[0] > 0 else -1
        if all(sign * factor > 0 for factor in factors):
            divisor = gcd(*factors)
            return (tuple((abs(factor) // divisor, place) for factor, place in zip(factors, places, strict=True)),)
    pairs = [
        (i, j)
        for i, j in combinations(range(len(vectors)), 2)
        if cross(vectors[i], vectors[j]) == 0 and dot(vectors[i], vectors[j]) < 0
    ]
    crossing = [(p, q) for p, q in combinations(pairs, 2) if cross(vectors[p[0]], vectors[q[0]])]
    return tuple(_opposite(vectors, pair) for pair in (crossing[0] if crossing else pairs[:1]))


def _opposite(vectors: Sequence[Row], pair: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Return the combination of two opposite vectors that is zero."""
    sizes = [gcd(*vectors[place]) for place in pair]
    divisor = gcd(*sizes)
    return (sizes[1] // divisor, pair[0]), (sizes[0] // divisor, pair[1])


def profile(data: Data) -> tuple[Answer, Answer, Minimizers]:
    """Return the answers of :func:`strict`, :func:`separable` and :func:`minimizers`."""
    return strict(data), separable(data), minimizers(data)


def strict(data: Data) -> Answer:
    """Say whether the loss is strictly convex: X must have full column rank."""
    return "yes" if rank(data.rows) == 2 else "no"


@lru_cache
def separable(data: Data) -> Answer:
    """Say whether some v has v^T x > 0 for the samples with label 1, and < 0 for those with label 0."""
    return "yes" if separator(signed(data)) else "no"


@lru_cache
def minimizers(data: Data) -> Minimizers:
    """Say how many minimizers the loss has."""
    if receding(signed(data)):
        return "none"
    return "one" if rank(data.rows) == 2 else "many"
