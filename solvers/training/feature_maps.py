"""What drives a channel of a network: the image patches that do so most, and images that are made to.

A channel's activation at a position depends on a square of the image, its receptive field.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from solvers.training.networks.classifiers import Residual
from solvers.training.streams import CHOICE, generator

CHUNK = 500
"""Images that pass at a time."""

GREY = 127.5
"""What lies around an image."""


@dataclass(frozen=True)
class Field:
    """Position p of a map sees the pixels start + jump p, ..., start + jump p + side - 1 of each row."""

    side: int = 1
    jump: int = 1
    start: int = 0

    def after(self, kernel: int, stride: int, padding: int) -> Field:
        """Return the field of what slides a window over maps of this field.

        >>> Field().after(3, 1, 1).after(2, 2, 0)
        Field(side=4, jump=2, start=-1)
        """
        return Field(self.side + (kernel - 1) * self.jump, self.jump * stride, self.start - padding * self.jump)


def receptive_field(modules: Sequence[nn.Module]) -> Field:
    """Return the field of what leaves the last of ``modules``, which follow each other; windows are square."""
    field = Field()
    for module in modules:
        for window in _windows(module):
            field = field.after(*(_first(part) for part in (window.kernel_size, window.stride, window.padding)))
    return field


def _windows(module: nn.Module) -> Iterator[nn.Conv2d | nn.MaxPool2d]:
    """Yield what slides windows; of a residual block, its convolutions: what is added sees a part of their field."""
    if isinstance(module, (nn.Conv2d, nn.MaxPool2d)):
        yield module
    elif isinstance(module, (nn.Sequential, Residual)):
        inner = module.convolutions if isinstance(module, Residual) else module
        for one in inner.children():
            yield from _windows(one)


def _first(size: object) -> int:
    return cast("int", size[0] if isinstance(size, tuple) else size)


def responses(front: nn.Module, pictures: Tensor, channels: Sequence[int]) -> Tensor:
    """Return what channels make of pictures, (images, channels, height, width)."""
    with torch.no_grad():
        places = range(0, len(pictures), CHUNK)
        parts = [front(pictures[at : at + CHUNK])[:, list(channels)] for at in places]
        return torch.cat(parts)


def strongest(maps: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return the ``count`` images in which each channel is most active, and the positions, (channels, count, 2).

    ``maps`` is (images, channels, height, width); an image counts once, at its strongest position.
    """
    best, places = maps.flatten(2).max(-1)
    order = best.topk(count, dim=0).indices
    width = maps.shape[-1]
    chosen = places.gather(0, order)
    return order.mT, torch.stack([chosen // width, chosen % width], dim=-1).transpose(0, 1)


def patch(picture: Tensor, position: Tensor, field: Field) -> Tensor:
    """Return what a position sees of a picture, (channels, side, side), grey beyond its border."""
    framed = functional.pad(picture.float(), (field.side,) * 4, value=GREY)
    top, left = (int(at) * field.jump + field.start + field.side for at in position)
    return framed[:, top : top + field.side, left : left + field.side]


def window(field: Field, side: int) -> Field:
    """Return a field no larger than ``side``: the middle of one that is."""
    cut = max(field.side - side, 0)
    return Field(field.side - cut, field.jump, field.start + cut // 2)


def patches(pictures: Tensor, maps: Tensor, count: int, field: Field) -> Tensor:
    """Return what each channel saw where it was most active, (channels, count, image channels, side, side)."""
    images, places = strongest(maps, count)
    return torch.stack(
        [
            torch.stack([patch(pictures[image], place, field) for image, place in zip(*row, strict=True)])
            for row in zip(images, places, strict=True)
        ]
    )


@dataclass(frozen=True)
class Climb:
    """How an image is found that a channel likes: Adam from grey noise, the image shifted a little in every step.

    It has ``coarse`` times fewer pixels each way and is enlarged smoothly; else single pixels would be all that counts.
    """

    steps: int = 200
    rate: float = 0.1
    noise: float = 0.1
    reach: int = 2
    coarse: int = 2


def maximized(front: nn.Module, channels: Sequence[int], shape: Sequence[int], climb: Climb, seed: int) -> Tensor:
    """Return a picture for each channel that makes its mean activation large, (channels, *shape), in bytes."""
    draw = generator(seed, CHOICE, 1)
    device = next(front.parameters()).device
    depth, *sides = shape
    start = climb.noise * torch.randn(
        len(channels), depth, *(-(-side // climb.coarse) for side in sides), generator=draw
    )

    def shown() -> Tensor:
        return 255 * functional.interpolate(free.sigmoid(), size=sides, mode="bilinear")

    free = start.to(device).requires_grad_()
    optimizer = torch.optim.Adam([free], lr=climb.rate)
    for _ in range(climb.steps):
        down, right = (int(one) for one in torch.randint(-climb.reach, climb.reach + 1, (2,), generator=draw))
        with torch.enable_grad():
            maps = front(shown().roll((down, right), dims=(2, 3)))
            liked = torch.stack([maps[image, channel].mean() for image, channel in enumerate(channels)]).sum()
            (free.grad,) = torch.autograd.grad(-liked, free)  # the weights get no gradient
        optimizer.step()
    return shown().detach().round()
