"""Softmax regression with three classes and two features, exactly.

The loss of samples (x_i, y_i) is the sum of -log p_y, p = softmax(W x), with one row w_c of W for each class.
Its gradient by w_c is the sum of (p_c - [y = c]) x, its Hessian the sum of (diag(p) - p p^T) kron x x^T.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from solvers.logistic.exact import exponential, gram, over, rank, weighted
from solvers.logistic.samples import Classes, Odds, Pair, Row, Square

Triple = tuple[Fraction, ...]


def check(classes: Classes) -> None:
    """Raise ValueError for samples without a label, labels and a block beyond the classes, and impossible odds."""
    if not classes.rows or len(classes.rows) != len(classes.labels):
        raise ValueError(
            f"{len(classes.rows)} rows, {len(classes.labels)} labels: as many of each, at least one, are needed"
        )
    if not {*classes.labels, *classes.block} <= {1, 2, 3}:
        raise ValueError(f"labels {classes.labels!r}, block {classes.block!r}: the classes are 1, 2 and 3")
    if any(ratio <= 0 for odds in classes.odds for ratio in odds):
        raise ValueError(f"odds {classes.odds!r}: positive numbers are needed")


def probabilities(row: Row, odds: tuple[Odds, ...]) -> Triple:
    """Return softmax(W x)."""
    _, scores = over([exponential(each, row) for each in odds])
    total = sum(scores)
    return tuple(Fraction(score, total) for score in scores)


def residuals(probabilities: Triple, label: int) -> Triple:
    """Return p minus the unit vector of the label."""
    return tuple(p - (c == label) for c, p in enumerate(probabilities, start=1))


@lru_cache
def predicted(classes: Classes) -> tuple[Triple, ...]:
    """Return the probabilities for each sample."""
    return tuple(probabilities(row, classes.odds) for row in classes.rows)


def gradient(classes: Classes) -> tuple[Pair, ...]:
    """Return the derivatives by W, (3 classes, 2 features)."""
    pairs = zip(predicted(classes), classes.labels, strict=True)
    return summed([residuals(p, label) for p, label in pairs], classes.rows)


def summed(weights: Sequence[Triple], rows: Sequence[Row]) -> tuple[Pair, ...]:
    """Return the sum of weights x^T over the samples, (3 classes, 2 features)."""
    first, second = zip(*rows, strict=True)
    pairs = (weighted(column, first, second) for column in zip(*weights, strict=True))
    return tuple((a, b) for a, b in pairs)


def couplings(classes: Classes) -> Triple:
    """Return p_a ([a = b] - p_b) for each sample, (a, b) the block: the weights of its terms."""
    a, b = classes.block
    return tuple(p[a - 1] * ((a == b) - p[b - 1]) for p in predicted(classes))


def block(classes: Classes) -> Square:
    """Return the second derivatives by w_a (rows) and w_b (columns)."""
    return gram(couplings(classes), classes.rows)


def flat(classes: Classes) -> int:
    """Return the dimension of the kernel of the whole Hessian, (6, 6).

    V^T H V = 0 if and only if, for each sample, all classes have the same v_c^T x: then v_2 - v_1 and v_3 - v_1
    are in the kernel of X, and v_1 is free.
    """
    return 2 + 2 * (2 - rank(classes.rows))
