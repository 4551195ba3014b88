"""Augmented batches: images that are shifted and mirrored where they lie, on the device."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from solvers.training.batches import Batches, ahead, shuffled
from solvers.training.loop import Batch
from solvers.training.streams import AUGMENT, generator


def augmented(pictures: Tensor, labels: Tensor, size: int, seeds: Sequence[int], reach: int) -> Batches:
    """Return batches as those of :func:`batches.shuffled`, of square images shifted by up to ``reach`` pixels each way.

    What a shift uncovers mirrors the image at its border. Every second time that an image is seen it is mirrored
    from left to right; half of the images begin so.
    """
    side, device = pictures.shape[-1], pictures.device
    bordered = _bordered(pictures, reach)
    order = shuffled(torch.arange(len(labels), device=device), labels, size, seeds)
    per_epoch = len(labels) // size
    halves = [torch.rand(len(labels), generator=generator(seed, AUGMENT)) < 0.5 for seed in seeds]
    first = torch.stack(halves).to(device)
    across = torch.arange(side, device=device)
    shifted = ahead(lambda seed, step: _shifts(seed, step, size, reach), seeds, device)

    def batch(step: int) -> Batch:
        chosen, targets = order(step)
        shifts = shifted(step)
        mirrored = first.gather(1, chosen) ^ bool(step // per_epoch % 2)
        rows = across + shifts[..., :1]
        columns = torch.where(mirrored[..., None], across.flip(0), across) + shifts[..., 1:]
        seen = bordered[chosen[..., None, None], :, rows[..., :, None], columns[..., None, :]]
        return seen.movedim(-1, -3), targets

    return batch


def _shifts(seed: int, step: int, size: int, reach: int) -> Tensor:
    """Return how far down and right the window of every image of a step lies, (size, 2)."""
    return torch.randint(2 * reach + 1, (size, 2), generator=generator(seed, AUGMENT, step))


def _bordered(pictures: Tensor, reach: int) -> Tensor:
    """Return images with a border in which they are mirrored, the outermost pixels not twice."""
    last = pictures.shape[-1] - 1
    seen = last - (last - torch.arange(-reach, last + reach + 1, device=pictures.device).abs()).abs()
    return pictures[..., seen, :][..., seen]
