"""Random numbers of a training: every use has a stream of its own, named by seed, purpose and place.

What a seed draws depends neither on the seeds trained beside it nor on where a run was resumed, and only where it is
drawn on the device (:class:`Draws`: noise and masks) on the kind of device.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

WEIGHTS, ORDER, NOISE, DATA, CHOICE, AUGMENT = range(6)
"""Purposes: initial weights, the order of the examples, noise and masks, data that are drawn, what is looked at, and
how images are shifted and mirrored."""


def generator(seed: int, purpose: int, *place: int) -> torch.Generator:
    """Return the generator of one stream, on the CPU; ``place`` is an epoch or a step."""
    import torch

    state = np.random.SeedSequence((seed, purpose, *place)).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(state[0]))


class Draws:
    """The random numbers of one step, for models that train side by side; drawing again gives the same numbers.

    A model's numbers depend on its seed and the step only. :meth:`begin` returns to the start of a step.
    """

    def __init__(self, seeds: Sequence[int], device: torch.device | str = "cpu") -> None:
        import torch

        self._seeds = tuple(seeds)
        self._device = torch.device(device)
        self._generators = [torch.Generator(self._device) for _ in self._seeds]
        self.begin(0)

    def begin(self, step: int) -> None:
        """Go to the start of ``step``."""
        for seed, one in zip(self._seeds, self._generators, strict=True):
            state = np.random.SeedSequence((seed, NOISE, step)).generate_state(1, np.uint64)
            one.manual_seed(int(state[0]))

    def uniform(self, shape: Sequence[int], dtype: torch.dtype | None = None) -> torch.Tensor:
        """Return numbers from U(0, 1), shape (models, *shape)."""
        import torch

        return torch.stack(
            [torch.rand(*shape, generator=one, device=self._device, dtype=dtype) for one in self._generators]
        )

    def normal(self, shape: Sequence[int], dtype: torch.dtype | None = None) -> torch.Tensor:
        """Return numbers from N(0, 1), shape (models, *shape)."""
        import torch

        return torch.stack(
            [torch.randn(*shape, generator=one, device=self._device, dtype=dtype) for one in self._generators]
        )
