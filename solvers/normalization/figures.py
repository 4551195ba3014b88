"""What the figures of normalization problems show, as plain data."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

from solvers.normalization.exact import Gaussian, batchnorm_features, batchnorm_gaussian, correlated, root

if TYPE_CHECKING:
    from fractions import Fraction

    from solvers.normalization.exact import GaussianVector, Vector

REACH = 3
"""A density is drawn from three standard deviations below its mean to three above."""

NEAR, FAR_X, FAR_Y = 3, 7, 5
"""A graph of contours goes from -3 to 7 and from -3 to 5, mirrored if the mean is negative: the
output's 2-SD contour reaches 2, the rest is for the input. Ten by eight units for every variant."""


def input_density(mean: Fraction, std: Fraction) -> dict[str, Any]:
    """Return the arguments of ``plots.density`` for the input."""
    return _density(Gaussian(mean, std**2))


def output_density(mean: Fraction, std: Fraction, gamma: Fraction, beta: Fraction) -> dict[str, Any]:
    """Return the arguments of ``plots.density`` for the output, with beta marked."""
    output = batchnorm_gaussian(mean, std, gamma, beta)
    return {**_density(output), "mark": r"$\beta$", "answer": True}


def _density(gaussian: Gaussian) -> dict[str, Any]:
    """Return a density with ticks at whole standard deviations."""
    std = root(gaussian.variance)
    ticks = tuple(float(gaussian.mean + k * std) for k in range(-REACH, REACH + 1))
    return {"mean": float(gaussian.mean), "std": float(std), "ticks": ticks}


def input_contours(mean: Vector, stds: Vector, rho: Fraction) -> dict[str, Any]:
    """Return the arguments of ``plots.contours`` for the input alone."""
    return {"given": _ellipse(correlated(mean, stds, rho)), "window": _window(mean)}


def output_contours(mean: Vector, stds: Vector, rho: Fraction) -> dict[str, Any]:
    """Return the arguments of ``plots.contours`` for the input and, over it, the output."""
    output = _ellipse(batchnorm_features(mean, stds, rho))
    return {**input_contours(mean, stds, rho), "answer": output}


def leaves_graph(mean: Vector, stds: Vector) -> bool:
    """Say whether the input's 2-SD contour comes nearer to the edge of the graph than half a unit."""
    return any(abs(m) + 2 * s > far - 0.5 for m, s, far in zip(mean, stds, (FAR_X, FAR_Y), strict=True))


def _window(mean: Vector) -> tuple[int, int, int, int]:
    """Return left, right, bottom, top of the graph, with the long sides where the input is."""
    left, right = (-NEAR, FAR_X) if mean[0] >= 0 else (-FAR_X, NEAR)
    bottom, top = (-NEAR, FAR_Y) if mean[1] >= 0 else (-FAR_Y, NEAR)
    return left, right, bottom, top


def _ellipse(cloud: GaussianVector) -> tuple[float, ...]:
    """Return center x, y, standard deviations x, y and correlation."""
    (a, c), (_, b) = cloud.covariance
    x, y = cloud.mean
    return float(x), float(y), sqrt(a), sqrt(b), float(c) / sqrt(a * b)
