"""Which examples a step sees: a function of seed and step only, so that it can be asked again, and resumed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from torch import Tensor

from solvers.training.loop import Batch
from solvers.training.streams import ORDER, generator

Batches = Callable[[int], Batch]

AHEAD = 50
"""So many steps' draws are made at once."""


def shuffled(inputs: Tensor, targets: Tensor, size: int, seeds: Sequence[int]) -> Batches:
    """Return batches of a permutation that is drawn anew for every epoch; examples left over at its end sit it out.

    Each seed has its own order: inputs become (models, size, ...), targets (models, size).
    """
    count = len(targets)
    per_epoch = count // size
    if not per_epoch:
        raise ValueError(f"{count} examples are fewer than one batch of {size}")

    @lru_cache(maxsize=2)  # the epoch at hand, and the one before for a probe that looks back
    def order(epoch: int) -> Tensor:
        orders = [torch.randperm(count, generator=generator(seed, ORDER, epoch)) for seed in seeds]
        return torch.stack(orders).to(inputs.device)

    def batch(step: int) -> Batch:
        epoch, place = divmod(step, per_epoch)
        chosen = order(epoch)[:, place * size : (place + 1) * size]
        return inputs[chosen], targets[chosen]

    return batch


def drawn(inputs: Tensor, targets: Tensor, size: int, seeds: Sequence[int]) -> Batches:
    """Return batches that are drawn with replacement, as in the course's own solver; shapes as of :func:`shuffled`."""

    def draw(seed: int, step: int) -> Tensor:
        return torch.randint(len(targets), (size,), generator=generator(seed, ORDER, step))

    chosen = ahead(draw, seeds, inputs.device)

    def batch(step: int) -> Batch:
        return inputs[chosen(step)], targets[chosen(step)]

    return batch


def ahead(draw: Callable[[int, int], Tensor], seeds: Sequence[int], device: torch.device) -> Callable[[int], Tensor]:
    """Return what is drawn for a step, (models, ...), by ``draw`` of a seed and a step.

    It is brought to the device for many steps at once: a GPU would wait for each of them.
    """

    @lru_cache(maxsize=2)  # the steps at hand, and those before for a probe that looks back
    def drawn(block: int) -> Tensor:
        steps = range(AHEAD * block, AHEAD * (block + 1))
        return torch.stack([torch.stack([draw(seed, step) for seed in seeds]) for step in steps]).to(device)

    return lambda step: drawn(step // AHEAD)[step % AHEAD]


def whole(inputs: Tensor, targets: Tensor) -> Batches:
    """Return the same batch for every step."""
    return lambda _: (inputs, targets)
