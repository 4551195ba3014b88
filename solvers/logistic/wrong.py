"""What students answer who hold a misconception about logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from solvers.logistic import softmax
from solvers.logistic.exact import (
    Answer,
    Minimizers,
    dot,
    eigenvalues,
    exponentials,
    gram,
    hessian,
    minimizers,
    over,
    receding,
    separator,
    sigmoid,
    signed,
    slopes,
    split,
    strict,
)
from solvers.logistic.samples import Classes, Data, Odds, Pair, Square

Matrix: TypeAlias = Sequence[Sequence[Fraction]]
Curvature: TypeAlias = tuple[Matrix, Sequence[Fraction | float] | None]
"""A Hessian, and its eigenvalues, or None where it is not square of size 2."""

NOTHING = Fraction(0)


# --- the Hessian -------------------------------------------------------------------------------


def _curved(matrix: Square) -> Curvature:
    return matrix, eigenvalues(matrix)


def forgot_slope(data: Data, _: Odds) -> Curvature:
    """Leave the weights out: X^T X."""
    return _curved(gram([Fraction(1)] * len(data.rows), data.rows))


def sigmoid_not_slope(data: Data, odds: Odds) -> Curvature:
    """Weight the samples by s instead of s (1 - s)."""
    return _curved(gram([sigmoid(at) for at in exponentials(data.rows, odds)], data.rows))


def mean_not_sum(data: Data, odds: Odds) -> Curvature:
    """Divide by the number of samples."""
    return _curved(gram([weight / len(data.rows) for weight in slopes(data.rows, odds)], data.rows))


def outer_order(data: Data, odds: Odds) -> Curvature:
    """Multiply in the wrong order: D X X^T, a row and a column for each sample."""
    denominator, weights = over(slopes(data.rows, odds))
    return [
        [Fraction(weight * dot(u, v), denominator) for v in data.rows]
        for weight, u in zip(weights, data.rows, strict=True)
    ], None


def one_dimensional(data: Data, odds: Odds) -> Curvature:
    """Take second derivatives by one weight at a time, and no mixed ones."""
    (a, _), (_, c) = hessian(data.rows, odds)
    return ((a, Fraction(0)), (Fraction(0), c)), sorted((a, c))


def label_mix(data: Data, odds: Odds) -> Curvature:
    """Put labels 0 and 1 into log(1 + exp(-y t)): samples with label 0 drop out."""
    weights = [weight if label else NOTHING for weight, label in zip(slopes(data.rows, odds), data.labels, strict=True)]
    return _curved(gram(weights, data.rows))


def squared_loss(data: Data, odds: Odds) -> Curvature:
    """Differentiate (y - s)^2 instead, which is not convex: 2 s'^2 - 2 (y - s) s' (1 - 2 s) for each sample."""

    def weight(at: Fraction, label: int) -> Fraction:
        u, d = at.numerator, at.denominator
        n = u + d  # s = u / n and s' = u d / n^2
        return Fraction(2 * u * d * (u * d - (label * n - u) * (d - u)), n**4)

    pairs = zip(exponentials(data.rows, odds), data.labels, strict=True)
    return _curved(gram([weight(at, label) for at, label in pairs], data.rows))


# --- strict convexity, separation, minimizers --------------------------------------------------


def strict_always(_: Data) -> Answer:
    """Hold every loss for strictly convex, whatever the rank."""
    return "yes"


def unique_always(data: Data) -> Minimizers:
    """Deduce from that that a minimizer is the only one."""
    return "none" if minimizers(data) == "none" else "one"


def minimiser_exists(data: Data) -> Minimizers:
    """Take it for granted that a convex loss has a minimizer."""
    return "one" if strict(data) == "yes" else "many"


def touching_line(data: Data) -> Minimizers:
    """See a missing minimizer only where the data are strictly separated."""
    return minimizers(data) if separator(signed(data)) else minimiser_exists(data)


def strict_needs_minimizer(data: Data) -> Answer:
    """Deny strict convexity where there is no minimizer."""
    return "no" if receding(signed(data)) else strict(data)


def free_line(data: Data) -> tuple[Answer, Minimizers]:
    """Separate by lines that need not go through the origin, as if the model had a bias."""
    ones, zeros = split(data)
    differences = tuple((p[0] - q[0], p[1] - q[1]) for p in ones for q in zeros)
    if not differences or separator(differences):
        return "yes", "none"
    return "no", minimizers(data)


# --- softmax -----------------------------------------------------------------------------------


def separate_classes(classes: Classes) -> Square:
    """Treat the classes as if each had a sigmoid of its own: p (1 - p) with itself, nothing with others."""
    a, b = classes.block
    return gram([p[a - 1] * (1 - p[a - 1]) * (a == b) for p in softmax.predicted(classes)], classes.rows)


def no_product(classes: Classes) -> Square:
    """Forget p p^T: only diag(p) is left."""
    a, b = classes.block
    return gram([p[a - 1] * (a == b) for p in softmax.predicted(classes)], classes.rows)


def plus_product(classes: Classes) -> Square:
    """Add p p^T instead of subtracting it."""
    a, b = classes.block
    return gram([p[a - 1] * ((a == b) + p[b - 1]) for p in softmax.predicted(classes)], classes.rows)


def label_minus_p(classes: Classes) -> list[list[Fraction]]:
    """Turn the sign of the gradient around."""
    return [[-entry for entry in row] for row in softmax.gradient(classes)]


def label_forgotten(classes: Classes) -> tuple[Pair, ...]:
    """Differentiate the log of the sum alone: p x, without the sample's own class."""
    return softmax.summed(softmax.predicted(classes), classes.rows)
