"""Which examples a step sees: a function of seed and step only, so that it can be asked again, and resumed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from torch import Tensor

from solvers.training.loop import Batch
from solvers.training.streams import ORDER, generator

Batches = Callable[[int], Batch]


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

    def batch(step: int) -> Batch:
        draws = [torch.randint(len(targets), (size,), generator=generator(seed, ORDER, step)) for seed in seeds]
        chosen = torch.stack(draws).to(inputs.device)
        return inputs[chosen], targets[chosen]

    return batch


def whole(inputs: Tensor, targets: Tensor) -> Batches:
    """Return the same batch for every step."""
    return lambda _: (inputs, targets)
