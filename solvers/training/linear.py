"""The data of deep linear networks: Gaussian inputs, a random matrix to be learned, and an exact abridgement.

A linear network with squared error sees its inputs only through their mean and covariance, and so does one with
BatchNorm between its layers. So d + 1 inputs of equal moments stand for any number of inputs in d dimensions: every
loss and every gradient is the same, at a hundredth of the cost for a thousand inputs in ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor

from solvers.training.streams import DATA, generator


def drawn(seed: int, count: int, width: int) -> tuple[Tensor, Tensor]:
    """Return ``count`` inputs x from N(0, I), in rows, and a matrix A of N(0, 1), both in float64."""
    one = generator(seed, DATA)
    inputs = torch.randn(count, width, generator=one, dtype=torch.float64)
    return inputs, torch.randn(width, width, generator=one, dtype=torch.float64)


def abridged(inputs: Tensor) -> Tensor:
    """Return d + 1 rows whose mean and (biased) covariance are those of ``inputs``, (count, d)."""
    width = inputs.shape[1]
    mean = inputs.mean(0)
    root = cast("Tensor", torch.linalg.cholesky(torch.cov(inputs.mT, correction=0)))
    return mean + simplex(width) @ root.mT


def simplex(width: int) -> Tensor:
    """Return d + 1 points in d dimensions with mean 0 and covariance I (biased): the corners of a regular simplex."""
    corners = torch.eye(width + 1, dtype=torch.float64)
    corners[:, 0] = 1.0
    basis = cast("Tensor", torch.linalg.qr(corners)[0])  # the first column is constant, the others are orthogonal to it
    return basis[:, 1:] * (width + 1) ** 0.5


def task(seeds: Sequence[int], count: int, width: int) -> tuple[Tensor, Tensor]:
    """Return inputs and targets Ax of a model for each seed, abridged: (models, width + 1, width) each."""
    inputs, targets = zip(*(_pair(seed, count, width) for seed in seeds), strict=True)
    return torch.stack(inputs), torch.stack(targets)


def _pair(seed: int, count: int, width: int) -> tuple[Tensor, Tensor]:
    inputs, matrix = drawn(seed, count, width)
    few = abridged(inputs)
    return few, few @ matrix.mT
