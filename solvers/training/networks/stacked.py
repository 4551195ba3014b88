"""Fully connected networks, several of one shape side by side: a model axis, and batched matrix products over it.

Inside, a batch is a matrix of columns, as in the papers: y = g(Wu + b). Outside, examples are rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from solvers.training.streams import WEIGHTS, Draws, generator

Activation = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Norm:
    """Batch normalization: epsilon inside the root, and the share of a batch in the running statistics.

    The share is PyTorch's ``momentum``; the running variance takes the unbiased variances (Ioffe and Szegedy, Alg. 2).
    """

    epsilon: float = 1e-5
    update: float = 0.01


def gaussian(sizes: Sequence[int], seeds: Sequence[int], scale: float | Sequence[float]) -> list[Tensor]:
    """Return matrices of N(0, scale^2) for each layer, shape (models, out, in); a scale for all, or one a model."""
    scales = torch.tensor([scale] * len(seeds) if isinstance(scale, (int, float)) else list(scale))
    return [scales[:, None, None] * weight for weight in _drawn(sizes, seeds, torch.randn)]


def glorot(sizes: Sequence[int], seeds: Sequence[int], dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Return matrices of U(-a, a) with a = sqrt(6 / (in + out)) for each layer, shape (models, out, in)."""
    uniform = _drawn(sizes, seeds, torch.rand, dtype)
    return [
        (2 * weight - 1) * (6 / (inputs + outputs)) ** 0.5
        for weight, (inputs, outputs) in zip(uniform, pairwise(sizes), strict=True)
    ]


def _drawn(
    sizes: Sequence[int], seeds: Sequence[int], draw: Callable[..., Tensor], dtype: torch.dtype = torch.float32
) -> list[Tensor]:
    generators = [generator(seed, WEIGHTS) for seed in seeds]
    return [
        torch.stack([draw(outputs, inputs, generator=one, dtype=dtype) for one in generators])
        for inputs, outputs in pairwise(sizes)
    ]


class Dense(nn.Module):
    """What enters a nonlinearity: Wu + b, or BN(Wu), whose shift takes the place of b (Ioffe and Szegedy, 3.2)."""

    def __init__(self, weight: Tensor, norm: Norm | None) -> None:
        super().__init__()
        models, width, _ = weight.shape
        self.norm = norm
        self.weight = nn.Parameter(weight.clone())
        self.shift = nn.Parameter(weight.new_zeros(models, width, 1))
        if norm:
            self.gain = nn.Parameter(weight.new_ones(models * width))
            self.mean = nn.Buffer(weight.new_zeros(models * width))
            self.variance = nn.Buffer(weight.new_ones(models * width))

    def forward(self, u: Tensor) -> Tensor:
        """Return the layer's output for columns ``u`` of shape (models, in, examples)."""
        if self.norm is None:
            return torch.baddbmm(self.shift, self.weight, u)
        z = torch.bmm(self.weight, u)  # contiguous: seen as one example of models * width channels
        y = functional.batch_norm(
            z.view(1, -1, z.shape[-1]),
            self.mean,
            self.variance,
            self.gain,
            self.shift.view(-1),
            training=self.training,
            momentum=self.norm.update,
            eps=self.norm.epsilon,
        )
        return y.view_as(z)


class Stack(nn.Module):
    """Networks of fully connected layers side by side; the last layer has neither nonlinearity nor normalization.

    ``weights`` are those of :func:`gaussian` or :func:`glorot`. ``drop`` is the probability with which ``draws`` drops
    a hidden activation in training; survivors are divided by 1 - drop. ``bias`` False leaves out the biases of a
    network without normalization, and of the last layer.
    """

    def __init__(
        self,
        weights: Sequence[Tensor],
        activation: Activation,
        norm: Norm | None = None,
        *,
        bias: bool = True,
        drop: float = 0.0,
        draws: Draws | None = None,
    ) -> None:
        super().__init__()
        self.dtype = weights[0].dtype
        self.activation, self.drop, self.draws = activation, drop, draws
        hidden = [Dense(weight, norm) for weight in weights[:-1]]
        self.layers = nn.ModuleList([*hidden, Dense(weights[-1], None)])
        for layer in self.layers:
            if not bias and isinstance(layer, Dense) and layer.norm is None:
                layer.shift.requires_grad_(False)

    def forward(self, rows: Tensor) -> Tensor:
        """Return the outputs for examples in rows of any type, (models, examples, in) -> (models, examples, out)."""
        u = rows.to(self.dtype).mT
        *hidden, last = self.layers
        for layer in hidden:
            u = self.activation(layer(u))
            if self.drop and self.training:
                u = u * self._mask(u)
        return last(u).mT

    def _mask(self, u: Tensor) -> Tensor:
        if self.draws is None:
            raise ValueError("dropout needs draws to draw its masks from")
        return (self.draws.uniform(u.shape[1:], u.dtype) >= self.drop) / (1 - self.drop)
