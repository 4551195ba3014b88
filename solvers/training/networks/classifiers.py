"""The two small classifiers of photographs: one in the spirit of the CIFAR-10 speed records, and a residual one.

Both map images (examples, channels, height, width) to scores (examples, classes) and draw their own weights. Their
``front`` is what computes the activations of the channels of a convolution or a block.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from solvers.training.networks.images import Convolution, Norm, batchnorm, kaiming

Name = Literal["fast", "residual"]


def built(name: Name, widths: Sequence[int], images: Tensor, classes: int) -> Fast | ResNet:
    """Return a network for images like ``images``, which are standardized: (examples, channels, height, width)."""
    if name == "fast":
        return Fast(whitening(images), widths, classes)
    return ResNet(images.shape[1], widths, classes)


def whitening(images: Tensor, side: int = 2, epsilon: float = 5e-4) -> Tensor:
    """Return kernels that whiten patches of ``images``, and their negatives: (2 d, channels, side, side).

    A patch has d values. The kernels are eigenvectors of the covariance of the patches, over the root of their
    eigenvalues + epsilon.
    """
    channels = images.shape[1]
    patches = functional.unfold(images.float(), side).movedim(1, 2).flatten(0, 1)
    values, vectors = cast("tuple[Tensor, Tensor]", torch.linalg.eigh(torch.cov(patches.mT)))
    kernels = (vectors / (values + epsilon).sqrt()).mT.reshape(-1, channels, side, side)
    return torch.cat([kernels, -kernels])


def _bias_norm(channels: int) -> nn.Module:
    """Return BatchNorm whose gain stays 1: only the shift is learned."""
    norm = nn.BatchNorm2d(channels, momentum=0.4)
    norm.weight.requires_grad_(False)
    return norm


class Fast(nn.Module):
    """Fixed whitening of 2 x 2 patches, three groups of two convolutions, and a scaled linear head; no residuals.

    Convolutions start as the identity as far as their channels go; the rest is drawn.
    """

    def __init__(
        self, kernels: Tensor, widths: Sequence[int] = (64, 256, 256), classes: int = 10, scale: float = 1 / 9
    ) -> None:
        super().__init__()
        self.scale = scale
        self.whiten = nn.Conv2d(kernels.shape[1], len(kernels), kernels.shape[-1], bias=True)
        self.whiten.weight = nn.Parameter(kernels.clone(), requires_grad=False)
        nn.init.zeros_(cast("Tensor", self.whiten.bias))
        self.activation = nn.GELU()
        groups: list[nn.Module] = []
        inputs = len(kernels)
        for outputs in widths:
            first = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
            second = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
            norms = [_bias_norm(outputs), _bias_norm(outputs)]
            groups += [first, nn.MaxPool2d(2), norms[0], nn.GELU(), second, norms[1], nn.GELU()]
            inputs = outputs
        self.groups = nn.Sequential(*groups)
        self.strongest = nn.AdaptiveMaxPool2d(1)
        self.head = nn.Linear(inputs, classes, bias=False)

    def initialize(self, seed: int) -> None:
        """Draw the weights that learn, and put the identity into the first channels of every 3 x 3 convolution."""
        kaiming(self, seed)
        for module in self.groups:
            if isinstance(module, nn.Conv2d):
                same = min(module.in_channels, module.out_channels)
                with torch.no_grad():
                    nn.init.dirac_(module.weight[:same])

    def front(self, number: int) -> nn.Sequential:
        """Return what an image passes until it leaves the nonlinearity behind a 3 x 3 convolution, counted from 1."""
        modules = list(self.groups.children())
        places = [at for at, module in enumerate(modules) if isinstance(module, nn.GELU)]
        return nn.Sequential(self.whiten, self.activation, *modules[: places[number - 1] + 1])

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores of images."""
        maps = self.groups(self.activation(self.whiten(x)))
        return self.head(self.strongest(maps).flatten(1)) * self.scale


class Residual(nn.Module):
    """Two convolutions and, added to them, the identity, or a 1 x 1 convolution where the shape changes.

    The nonlinearity that follows the sum is not part of it: He et al. 2016, "Deep residual learning", Fig. 2.
    """

    def __init__(self, inputs: int, outputs: int, norm: Norm, stride: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            Convolution(inputs, outputs, norm, nn.ReLU, stride), Convolution(outputs, outputs, norm, nn.Identity)
        )
        same = stride == 1 and inputs == outputs
        self.beside = nn.Identity() if same else nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum: (examples, outputs, height / stride, width / stride)."""
        return self.convolutions(x) + self.beside(x)


class ResNet(nn.Module):
    """A convolution, residual blocks, each at half the size of the one before, and a head on the means."""

    def __init__(self, inputs: int = 3, widths: Sequence[int] = (16, 32, 64), classes: int = 10) -> None:
        super().__init__()
        norm = batchnorm()
        modules: list[nn.Module] = [*Convolution(inputs, widths[0], norm, nn.ReLU)]
        before = widths[0]
        for stage, outputs in enumerate(widths):
            modules += [Residual(before, outputs, norm, stride=2 if stage else 1), nn.ReLU()]
            before = outputs
        self.trunk = nn.Sequential(*modules)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, classes))

    def initialize(self, seed: int) -> None:
        """Draw the weights."""
        kaiming(self, seed)

    def front(self, number: int) -> nn.Sequential:
        """Return what an image passes until it leaves the nonlinearity behind a block, counted from 1."""
        modules = list(self.trunk.children())
        places = [at for at, module in enumerate(modules) if isinstance(module, Residual)]
        return nn.Sequential(*modules[: places[number - 1] + 2])

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores of images."""
        return self.head(self.trunk(x))
