"""What students answer who hold a misconception about the backward pass of batch normalization."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import sqrt
from operator import mul
from typing import TYPE_CHECKING, Any

from solvers.backward.exact import Column, Matrix, Statistics, backward, over, passed, statistics, transposed

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
    return _each(features, epsilon, lambda n, known: (known.dy_sum / n, known.dy_centered / ((n - 1) * known.root**2)))


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
    samples = zip(*(feature.dy for feature in features), strict=True)
    deviations = zip(*(each.deviations for each in known), strict=True)
    sums = [(sum(dy), sum(map(mul, dy, row))) for dy, row in zip(samples, deviations, strict=True)]

    def column(feature: Feature, each: Statistics) -> Column:
        spread = len(sums) * each.root  # n s: deviations are n times too large, in two places
        scale = feature.gamma / spread
        denominator, (a, b) = over(scale, scale / spread**2)
        terms = zip(feature.dy, each.deviations, sums, strict=True)
        return tuple(
            Fraction(a * (len(sums) * dy - total) - b * deviation * crossed, denominator)
            for dy, deviation, (total, crossed) in terms
        )

    return transposed([column(feature, each) for feature, each in zip(features, known, strict=True)])


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
