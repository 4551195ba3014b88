r"""The closed form of the backward pass of batch normalization, in exact arithmetic.

With $c=x-\mu$ and $s^2=\sigma^2+\epsilon$, from the chain rule over $Z$, $\sigma^2$ and $\mu$ (Ioffe & Szegedy
2015, section 3), feature by feature:
$$dx_i=\frac{\gamma}{n s}\Bigl[n\,dy_i-\sum_k dy_k-\frac{c_i}{s^2}\sum_k dy_k c_k\Bigr],\qquad
d\gamma=\sum_i dy_i\,\frac{c_i}{s},\qquad d\beta=\sum_i dy_i.$$
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import isqrt, lcm
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from solvers.backward.feature import Feature

Column = tuple[Fraction, ...]
Matrix = tuple[Column, ...]


class Statistics(NamedTuple):
    """What the forward pass keeps of one feature."""

    mean: Fraction
    variance: Fraction
    root: Fraction
    """The root of variance + epsilon."""
    centered: Column
    deviations: tuple[int, ...]
    """n times the deviations from the mean, in whole numbers."""
    dy_sum: Fraction
    dy_centered: Fraction
    """The sum of dy times the deviations from the mean."""


@lru_cache
def statistics(feature: Feature, epsilon: Fraction) -> Statistics:
    """Return the statistics of one feature.

    Raises ValueError unless variance + epsilon is the square of a positive rational number.
    """
    n, total, dy_sum = len(feature.x), sum(feature.x), sum(feature.dy)
    deviations = tuple(n * x - total for x in feature.x)
    variance = Fraction(sum(d * d for d in deviations), n**3)
    return Statistics(
        mean=Fraction(total, n),
        variance=variance,
        root=_root(variance + epsilon),
        centered=tuple(Fraction(d, n) for d in deviations),
        deviations=deviations,
        dy_sum=Fraction(dy_sum),
        dy_centered=Fraction(sum(dy * d for dy, d in zip(feature.dy, deviations, strict=True)), n),
    )


def _root(square: Fraction) -> Fraction:
    found = Fraction(isqrt(square.numerator), isqrt(square.denominator))
    if found <= 0 or found**2 != square:
        raise ValueError(f"variance + epsilon is {square}, but must be the square of a positive rational number")
    return found


@lru_cache
def backward(feature: Feature, epsilon: Fraction) -> Column:
    """Return the derivatives of the loss with respect to one feature of the batch."""
    n, known = len(feature.x), statistics(feature, epsilon)
    return passed(feature, known, known.dy_sum / n, known.dy_centered / (n * known.root**2))


def passed(feature: Feature, known: Statistics, shift: Fraction, slope: Fraction) -> Column:
    """Return gamma / s times (dy - shift - slope c) for every sample: what is passed back by one feature."""
    scale = feature.gamma / known.root
    denominator, (a, b, c) = over(scale, scale * slope / len(feature.x), scale * shift)
    pairs = zip(feature.dy, known.deviations, strict=True)
    return tuple(Fraction(a * dy - b * deviation - c, denominator) for dy, deviation in pairs)


def over(*factors: Fraction) -> tuple[int, list[int]]:
    """Return the least common denominator, and the numerators over it: sums of whole numbers are fast."""
    denominator = lcm(*(factor.denominator for factor in factors))
    return denominator, [factor.numerator * (denominator // factor.denominator) for factor in factors]


def gradients(features: Sequence[Feature], epsilon: Fraction) -> dict[str, Matrix]:
    """Return dx (samples x features), dgamma and dbeta (1 x features)."""
    known = [statistics(feature, epsilon) for feature in features]
    return {
        "dx": transposed([backward(feature, epsilon) for feature in features]),
        "dgamma": (tuple(each.dy_centered / each.root for each in known),),
        "dbeta": (tuple(each.dy_sum for each in known),),
    }


def transposed(columns: Sequence[Sequence[Any]]) -> tuple[tuple[Any, ...], ...]:
    """Return features, one after the other, as rows of samples."""
    return tuple(zip(*columns, strict=True))


def degenerate(features: Sequence[Feature], epsilon: Fraction) -> bool:
    """Say whether a term of the closed form vanishes for some feature, so that nobody would miss it."""
    known = (statistics(feature, epsilon) for feature in features)
    return any(not each.dy_sum or not each.dy_centered for each in known)


def largest_denominator(features: Sequence[Feature], epsilon: Fraction) -> int:
    """Return the largest denominator in dx."""
    return max(value.denominator for feature in features for value in backward(feature, epsilon))


def standardized(feature: Feature, epsilon: Fraction) -> Column:
    """Return the column of Z."""
    known = statistics(feature, epsilon)
    return tuple(c / known.root for c in known.centered)


def steps(features: Sequence[Feature], epsilon: Fraction) -> tuple[dict[str, Any], ...]:
    """Return, for each feature, the intermediate results of the closed form."""
    return tuple(_steps(feature, epsilon) for feature in features)


def _steps(feature: Feature, epsilon: Fraction) -> dict[str, Any]:
    known, n = statistics(feature, epsilon), len(feature.x)
    square = known.root**2
    return {
        **known._asdict(),
        "n": n,
        "square": square,
        "z": standardized(feature, epsilon),
        "scale": feature.gamma / (n * known.root),
        "slope": known.dy_centered / square,
        "dgamma": known.dy_centered / known.root,
        "brackets": tuple(
            n * dy - known.dy_sum - c * known.dy_centered / square
            for dy, c in zip(feature.dy, known.centered, strict=True)
        ),
        "dx": backward(feature, epsilon),
    }
