"""What batch normalization does to a Gaussian, exactly, for an infinite batch and epsilon -> 0.

Every step of the layer is affine in each feature, so it maps a normal distribution to a normal
distribution; the functions below push the moments through the steps of Ioffe & Szegedy 2015,
Algorithm 1, one after the other.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import isqrt, sqrt
from typing import Any, NamedTuple

Vector = tuple[Fraction, ...]
Matrix = tuple[Vector, ...]


class Gaussian(NamedTuple):
    """The normal distribution of one feature."""

    mean: Fraction
    variance: Fraction

    def affine(self, scale: Fraction | int, shift: Fraction | int) -> Gaussian:
        """Return the distribution of ``scale * x + shift``."""
        return Gaussian(scale * self.mean + shift, scale**2 * self.variance)


class GaussianVector(NamedTuple):
    """The normal distribution of a vector of d features: mean (d,), covariance (d, d)."""

    mean: Vector
    covariance: Matrix

    def affine(self, scales: Vector, shifts: Vector) -> GaussianVector:
        """Return the distribution of ``scales * x + shifts``, taken feature by feature."""
        mean = tuple(a * m + b for a, m, b in zip(scales, self.mean, shifts, strict=True))
        rows = zip(scales, self.covariance, strict=True)
        return GaussianVector(
            mean, tuple(tuple(a * b * c for b, c in zip(scales, row, strict=True)) for a, row in rows)
        )


def batchnorm_gaussian(mean: Fraction, std: Fraction, gamma: Fraction, beta: Fraction) -> Gaussian:
    """Return the distribution of ``gamma * (x - mean) / std + beta`` for x ~ N(mean, std^2).

    It is N(beta, gamma^2) whatever the input's moments were. Raises ZeroDivisionError for a
    constant input (``std`` 0).
    """
    centered = Gaussian(mean, std**2).affine(1, -mean)
    standardized = centered.affine(1 / std, 0)
    return standardized.affine(gamma, beta)


def landmarks(density: Gaussian) -> dict[str, Any]:
    """Return the standard deviation, and the pairs of points one and two of them from the mean."""
    std = root(density.variance)
    one, two = ((density.mean - k * std, density.mean + k * std) for k in (1, 2))
    return {"std": std, "one_sd": one, "two_sd": two}


def correlated(mean: Vector, stds: Vector, rho: Fraction) -> GaussianVector:
    """Return the two-dimensional Gaussian with these means, standard deviations and correlation."""
    (a, b), off = stds, rho * stds[0] * stds[1]
    return GaussianVector(mean, ((a**2, off), (off, b**2)))


@lru_cache
def batchnorm_features(mean: Vector, stds: Vector, rho: Fraction) -> GaussianVector:
    """Return what the layer makes of a correlated pair of features with gamma = 1 and beta = 0.

    Entry (i, j) of the covariance is divided by ``stds[i] * stds[j]``: what is left is the
    correlation matrix, not the identity. Raises ZeroDivisionError for a constant feature.
    """
    ones, zeros = (Fraction(1),) * 2, (Fraction(0),) * 2
    centered = correlated(mean, stds, rho).affine(ones, tuple(-m for m in mean))
    return centered.affine(tuple(1 / s for s in stds), zeros)


def alike(stds: Vector) -> bool:
    """Say whether two standard deviations are too close to be told apart in a sketch (ratio below 1.5)."""
    return max(stds) < Fraction(3, 2) * min(stds)


def contour_landmarks(rho: Fraction) -> dict[str, Any]:
    """Return landmarks of the contours of N(0, [[1, rho], [rho, 1]]).

    The k-SD contour, x^2 - 2 rho x y + y^2 = k^2 (1 - rho^2), touches x = k at y = k rho
    (``touch``, for k = 1 and 2), cuts the coordinate axes at distance k ``cut`` from the origin,
    and has semi-axes k ``long`` and k ``short`` along the diagonals. Roots are Fractions where
    they are rational, floats elsewhere.
    """
    return {
        "touch": (rho, 2 * rho),
        "cut": root(1 - rho**2),
        "long": root(1 + abs(rho)),
        "short": root(1 - abs(rho)),
    }


def root(square: Fraction) -> Fraction | float:
    """Return the square root, exact if it is rational. Raises ValueError for a negative number.

    >>> root(Fraction("0.64")), root(Fraction(2))
    (Fraction(4, 5), 1.4142135623730951)
    """
    if square < 0:
        raise ValueError(f"square root of {square}: a number >= 0 is needed")
    top, bottom = isqrt(square.numerator), isqrt(square.denominator)
    exact = Fraction(top, bottom)
    return exact if exact**2 == square else sqrt(square)
