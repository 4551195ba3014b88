"""Convolutional networks for images: what they are made of, and plain ones such as VGG, with or without BatchNorm.

Every network maps images (examples, channels, height, width) to scores (examples, classes). :class:`Alone` makes
a stack of one model of it, as the loop trains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from solvers.training.streams import WEIGHTS, generator

if TYPE_CHECKING:
    from solvers.training.streams import Draws

Activation = Callable[[], nn.Module]
Norm = Callable[[int], nn.Module]
"""Makes what follows a convolution of so many channels."""


class Alone(nn.Module):
    """One network as a stack of one model: (1, examples, ...) -> (1, examples, classes), in float32.

    The channels of a pixel lie side by side, which convolutions like. With ``half`` the network computes in bfloat16
    where that is safe; weights stay float32.
    """

    def __init__(self, network: nn.Module, *, half: bool = False) -> None:
        super().__init__()
        self.network: nn.Module = network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self.autocast = half

    def forward(self, stack: Tensor) -> Tensor:
        """Return the scores of the one model's batch."""
        pictures = stack[0].contiguous(memory_format=torch.channels_last)
        with torch.autocast(pictures.device.type, torch.bfloat16, enabled=self.autocast):
            scores: Tensor = self.network(pictures)
            return scores.float()[None]


class Standardize(nn.Module):
    """Bytes to numbers: less the mean and over the deviation of each channel, both in bytes."""

    def __init__(self, mean: Sequence[float], deviation: Sequence[float]) -> None:
        super().__init__()
        self.mean = nn.Buffer(torch.tensor(mean)[:, None, None])
        self.deviation = nn.Buffer(torch.tensor(deviation)[:, None, None])

    def forward(self, pictures: Tensor) -> Tensor:
        """Return standardized images, (examples, channels, height, width)."""
        return (pictures - self.mean) / self.deviation


def glorot(network: nn.Module, seed: int) -> None:
    """Draw every matrix and kernel from U(-a, a), a = sqrt(6 / (fan in + fan out)), and set biases to 0, in order."""
    _draw(network, seed, nn.init.xavier_uniform_)


def kaiming(network: nn.Module, seed: int) -> None:
    """Draw every matrix and kernel from N(0, 2 / fan in), which keeps variances through ReLUs; biases are 0."""

    def normal(weight: Tensor, generator: torch.Generator) -> Tensor:
        return nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=generator)

    _draw(network, seed, normal)


def _draw(network: nn.Module, seed: int, draw: Callable[..., Tensor]) -> None:
    one = generator(seed, WEIGHTS)
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)) and module.weight.requires_grad:
            draw(module.weight, generator=one)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def batchnorm(epsilon: float = 1e-5, update: float = 0.1) -> Norm:
    """Return a maker of batch normalization; ``update`` is the share of a batch in the running statistics."""
    return lambda channels: nn.BatchNorm2d(channels, eps=epsilon, momentum=update)


class Noise(nn.Module):
    """The noise of Santurkar et al., Algorithm 1: a -> s a + m, in training only, drawn anew in every step.

    Each channel draws mu ~ U(-0.5, 0.5) and sigma ~ U(1, 1.25); each of its values draws m ~ U(mu - 0.1, mu + 0.1)
    and s ~ N(sigma, 0.1^2).
    """

    def __init__(self, draws: Draws, shift: float = 0.5, scale: float = 1.25, spread: float = 0.1) -> None:
        super().__init__()
        self.draws, self.shift, self.scale, self.spread = draws, shift, scale, spread

    def forward(self, a: Tensor) -> Tensor:
        """Return the values with noise: (examples, channels, height, width)."""
        if not self.training:
            return a
        channels = (1, a.shape[1], 1, 1)
        mu = self.shift * self._uniform(channels)
        sigma = 1 + (self.scale - 1) * self.draws.uniform(channels)[0]
        m = mu + self.spread * self._uniform(a.shape)
        s = sigma + self.spread * self.draws.normal(a.shape)[0]
        return s * a + m

    def _uniform(self, shape: Sequence[int]) -> Tensor:
        """Return numbers from U(-1, 1)."""
        return 2 * self.draws.uniform(shape)[0] - 1


class Convolution(nn.Sequential):
    """A 3 x 3 convolution, what normalizes it (then it has no bias), noise if there is any, and the nonlinearity."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        norm: Norm | None,
        activation: Activation,
        stride: int = 1,
        *,
        noise: Callable[[], Noise] | None = None,
    ) -> None:
        convolution = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=norm is None)
        between = [*([norm(outputs)] if norm else []), *([noise()] if noise else [])]
        super().__init__(convolution, *between, activation())


def plain_network(
    channels: Sequence[int],
    classes: int,
    norm: Norm | None = None,
    activation: Activation = nn.ReLU,
    inputs: int = 3,
    *,
    noise: Callable[[], Noise] | None = None,
) -> nn.Sequential:
    """Return convolutions one after the other, 0 for pooling, then the mean over positions and a linear layer."""
    layers: list[nn.Module] = []
    for outputs in channels:
        block = Convolution(inputs, outputs, norm, activation, noise=noise) if outputs else nn.MaxPool2d(2)
        layers.append(block)
        inputs = outputs or inputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes))
