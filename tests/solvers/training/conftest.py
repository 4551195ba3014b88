"""Tiny trainings that the tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from solvers.training import batches, loop, objectives
from solvers.training.networks import stacked
from solvers.training.streams import Draws

SIZES = (6, 5, 4, 3)


@pytest.fixture(autouse=True, scope="package")
def one_thread():
    """Keep torch to one thread: on tensors as small as these, threads only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def tiny() -> Callable[..., loop.Training]:
    """Return a maker of small classifiers on random data, in float64: a model for each seed."""

    def make(seeds=(0, 1), *, norm=True, drop=0.0, rate=0.5, steps=12, momentum=0.0, probes=None) -> loop.Training:
        data = torch.Generator().manual_seed(7)
        inputs = torch.randn(40, SIZES[0], generator=data, dtype=torch.float64)
        labels = torch.randint(SIZES[-1], (40,), generator=data)
        draws = Draws(seeds)
        weights = stacked.glorot(SIZES, seeds, torch.float64)
        network = stacked.Stack(weights, torch.tanh, stacked.Norm() if norm else None, drop=drop, draws=draws)
        return loop.Training(
            network=network,
            models=len(seeds),
            objective=objectives.cross_entropy,
            optimizer=torch.optim.SGD(network.parameters(), lr=rate, momentum=momentum),
            batches=batches.shuffled(inputs, labels, 8, seeds),
            steps=steps,
            probes=probes or {},
            draws=draws,
        )

    return make


def weights(training: loop.Training) -> dict[str, torch.Tensor]:
    """Return a copy of everything that a network holds."""
    return {name: tensor.clone() for name, tensor in training.network.state_dict().items()}


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    """Return whether two states are equal, bit by bit."""
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)
