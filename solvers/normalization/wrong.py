"""What students answer who hold a misconception about batch normalization.

The first group answers for one feature, x ~ N(mean, std^2); the second for a correlated pair.
"""

from __future__ import annotations

from fractions import Fraction

from solvers.normalization.exact import (
    Gaussian,
    GaussianVector,
    Vector,
    batchnorm_features,
    correlated,
)

ORIGIN = (Fraction(0), Fraction(0))


def swap_gamma_beta(gamma: Fraction, beta: Fraction) -> Gaussian:
    """Take gamma for the shift and beta for the scale (a single point, not a density, if beta is 0)."""
    return Gaussian(gamma, beta**2)


def keep_input_mean(mean: Fraction, gamma: Fraction, beta: Fraction) -> Gaussian:
    """Add beta to the input's mean instead of replacing it."""
    return Gaussian(mean + beta, gamma**2)


def keep_input_variance(std: Fraction, gamma: Fraction, beta: Fraction) -> Gaussian:
    """Center the input but do not divide by its standard deviation."""
    return Gaussian(beta, (gamma * std) ** 2)


def affine_only(mean: Fraction, std: Fraction, gamma: Fraction, beta: Fraction) -> Gaussian:
    """Apply gamma and beta without normalizing at all."""
    return Gaussian(mean, std**2).affine(gamma, beta)


def divide_by_variance(std: Fraction, gamma: Fraction, beta: Fraction) -> Gaussian:
    """Divide by the variance instead of the standard deviation."""
    return Gaussian(beta, (gamma / std) ** 2)


def gamma_is_variance(gamma: Fraction, beta: Fraction) -> Gaussian:
    """Take gamma itself (without its sign) for the variance of the output."""
    return Gaussian(beta, abs(gamma))


def whitening() -> GaussianVector:
    """Remove the correlation too: the contours become circles."""
    return GaussianVector(ORIGIN, ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))))


def centre_only(stds: Vector, rho: Fraction) -> GaussianVector:
    """Subtract the mean and stop: the input's ellipses around the origin."""
    return correlated(ORIGIN, stds, rho)


def keep_mean(mean: Vector, stds: Vector, rho: Fraction) -> GaussianVector:
    """Standardize the spread around the old mean."""
    return GaussianVector(mean, batchnorm_features(mean, stds, rho).covariance)


def features_by_variance(stds: Vector, rho: Fraction) -> GaussianVector:
    """Divide every feature by its variance: the standard deviations become reciprocals."""
    return correlated(ORIGIN, tuple(1 / s for s in stds), rho)


def global_sd(stds: Vector, rho: Fraction) -> GaussianVector:
    """Divide both features by one standard deviation, the root of their mean variance."""
    (a, c), (_, b) = correlated(ORIGIN, stds, rho).covariance
    pooled = (a + b) / 2
    return GaussianVector(ORIGIN, ((a / pooled, c / pooled), (c / pooled, b / pooled)))


def forgot_root(rho: Fraction) -> GaussianVector:
    """Take the eigenvalues 1 + rho and 1 - rho for the semi-axes; they are the squares of them.

    Ellipses with these semi-axes belong to the square of the correlation matrix.
    """
    diagonal, off = 1 + rho**2, 2 * rho
    return GaussianVector(ORIGIN, ((diagonal, off), (off, diagonal)))


def always_plus_45(rho: Fraction) -> GaussianVector:
    """Draw the long axis along y = x whatever the sign of the correlation."""
    one, off = Fraction(1), abs(rho)
    return GaussianVector(ORIGIN, ((one, off), (off, one)))
