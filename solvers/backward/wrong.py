"""What students answer who hold a misconception about the backward pass of batch normalization."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, Any

from solvers.backward.exact import Column, Matrix, Statistics, backward, passed, statistics, transposed

if TYPE_CHECKING:
    from solvers.backward.feature import Feature

Features = Sequence["Feature"]
Terms = tuple[Fraction, Fraction]
"""What a belief subtracts from dy, through the mean and (times the deviation from it) through the variance."""

NOTHING = Fraction(0)


def _each(features: Features, epsilon: Fraction, terms: Callable[[int, Statistics], Terms]) -> Matrix:
    """Return what a belief passes back, whose ``terms`` take the size of the batch and a feature's statistics."""
    known = [statistics(feature, epsilon) for feature in features]
    return transposed(
        [passed(feature, each, *terms(len(feature.x), each)) for feature, each in zip(features, known, strict=True)]
    )


def stats_constant(features: Features, epsilon: Fraction) -> Matrix:
    """Treat mean and variance as constants."""
    return _each(features, epsilon, lambda _n, _known: (NOTHING, NOTHING))


def no_variance_path(features: Features, epsilon: Fraction) -> Matrix:
    """Forget that the variance depends on the batch."""
    return _each(features, epsilon, lambda n, known: (known.dy_sum / n, NOTHING))


def no_mean_path(features: Features, epsilon: Fraction) -> Matrix:
    """Forget that the mean depends on the batch."""
    return _each(features, epsilon, lambda n, known: (NOTHING, known.dy_centered / (n * known.root**2)))


def unbiased_variance(features: Features, epsilon: Fraction) -> Matrix:
    """Divide by n - 1 in the derivative of the variance, which is given with n."""
    return _each(
        features, epsilon, lambda n, known: (known.dy_sum / n, known.dy_centered / ((n - 1) * known.root**2))
    )


def forgot_gamma(features: Features, epsilon: Fraction) -> Matrix:
    """Leave out the factor gamma."""
    return transposed([backward(replace(feature, gamma=Fraction(1)), epsilon) for feature in features])


def epsilon_dropped(features: Features, epsilon: Fraction) -> dict[str, Any]:
    """Divide by the standard deviation without epsilon; the roots are floats."""
    columns: list[list[float]] = []
    scales: list[float] = []
    for feature in features:
        known, n = statistics(feature, epsilon), len(feature.x)
        root, slope = sqrt(known.variance), known.dy_centered / known.variance
        inner = (n * dy - known.dy_sum - c * slope for dy, c in zip(feature.dy, known.centered, strict=True))
        columns.append([float(feature.gamma * each) / (n * root) for each in inner])
        scales.append(float(known.dy_centered) / root)
    return {"dx": transposed(columns), "dgamma": (tuple(scales),)}


def sum_over_features(features: Features, epsilon: Fraction) -> Matrix:
    """Add up over the features of a sample where the samples of a feature belong."""
    known = [statistics(feature, epsilon) for feature in features]
    n = len(features[0].x)
    squares = [each.root**2 for each in known]
    scales = [feature.gamma / (n * each.root) for feature, each in zip(features, known, strict=True)]

    def sample(i: int) -> Column:
        dy, centered = [feature.dy[i] for feature in features], [each.centered[i] for each in known]
        total, crossed = sum(dy), sum(d * c for d, c in zip(dy, centered, strict=True))
        return tuple(
            scale * (n * d - total - c * crossed / square)
            for scale, d, c, square in zip(scales, dy, centered, squares, strict=True)
        )

    return tuple(sample(i) for i in range(n))


def input_for_z(features: Features) -> Matrix:
    """Multiply by the inputs instead of the standardized values in the derivative for gamma."""
    return (tuple(Fraction(sum(d * x for d, x in zip(f.dy, f.x, strict=True))) for f in features),)


def averaged(features: Features, epsilon: Fraction) -> dict[str, Matrix]:
    """Average over the batch instead of adding up in the derivatives for gamma and beta."""
    known = [(statistics(feature, epsilon), len(feature.x)) for feature in features]
    return {
        "dgamma": (tuple(each.dy_centered / each.root / n for each, n in known),),
        "dbeta": (tuple(each.dy_sum / n for each, n in known),),
    }
