"""The second road: push a batch with the given moments through torch's own batchnorm layer."""

from __future__ import annotations

from functools import cache
from math import cos, pi, sin, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from torch import Tensor

QUANTILES = 201
"""Batch size in one dimension: any size is exact, because the batch is corrected to its moments."""

POINTS = 24
"""Batch size in two dimensions: any regular polygon of three or more corners has isotropic moments."""


def batchnorm_of_quantiles(mean: Fraction, std: Fraction, gamma: Fraction, beta: Fraction) -> tuple[float, float]:
    """Return mean and biased variance of what ``torch.nn.BatchNorm1d`` makes of Gaussian quantiles."""
    import torch

    normal = torch.tensor(_normal_quantiles(), dtype=torch.float64)
    z = (normal - normal.mean()) / normal.std(correction=0)
    batch = (float(mean) + float(std) * z).unsqueeze(1)
    out = _batchnorm(batch, gamma=float(gamma), beta=float(beta))
    return float(out.mean()), float(out.var(correction=0))


def batchnorm_of_polygon(
    mean: tuple[Fraction, ...], stds: tuple[Fraction, ...], rho: Fraction
) -> tuple[list[float], list[list[float]]]:
    """Return mean (2,) and biased covariance (2, 2) of a batch behind ``torch.nn.BatchNorm1d(2)``.

    The corners of a regular polygon on the circle of radius sqrt(2) have mean 0 and covariance I;
    mixing the coordinates gives them the correlation ``rho``.
    """
    import torch

    angles = [2 * pi * i / POINTS for i in range(POINTS)]
    r, (s, t), (m, n) = float(rho), map(float, stds), map(float, mean)
    u = [(sqrt(2) * cos(a), sqrt(2) * sin(a)) for a in angles]
    batch = [(m + s * a, n + t * (r * a + sqrt(1 - r * r) * b)) for a, b in u]
    out = _batchnorm(torch.tensor(batch, dtype=torch.float64), gamma=1.0, beta=0.0)
    center, covariance = out.mean(dim=0), torch.cov(out.T, correction=0)
    return [float(v) for v in center], [[float(v) for v in row] for row in covariance]


def _batchnorm(batch: Tensor, *, gamma: float, beta: float) -> Tensor:
    """Return the training-time output of a fresh layer; ``batch`` is (samples, features)."""
    import torch

    # torch wants a positive epsilon; this one is lost when it is added to any variance
    tiny = torch.finfo(torch.float64).tiny
    layer = torch.nn.BatchNorm1d(batch.shape[1], eps=tiny, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.fill_(gamma)
        layer.bias.fill_(beta)
        return layer(batch)


@cache
def _normal_quantiles() -> list[float]:
    """Return ``QUANTILES`` equally likely values of a standard normal variable."""
    normal = NormalDist()
    return [normal.inv_cdf((i + 0.5) / QUANTILES) for i in range(QUANTILES)]
