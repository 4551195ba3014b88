"""The abridgement of Gaussian inputs: same moments, and the very same training."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from solvers.training import batches, linear, loop, objectives, probes
from solvers.training.networks import stacked


@given(st.integers(1, 12))
def test_a_simplex_has_mean_zero_and_unit_covariance(width: int):
    points = linear.simplex(width)
    assert points.shape == (width + 1, width)
    torch.testing.assert_close(points.mean(0), torch.zeros(width, dtype=torch.float64), atol=1e-12, rtol=0)
    eye = torch.eye(width, dtype=torch.float64)
    torch.testing.assert_close(points.mT @ points / (width + 1), eye, atol=1e-12, rtol=0)


def test_few_inputs_keep_mean_and_covariance():
    inputs, _ = linear.drawn(3, 500, 4)
    few = linear.abridged(inputs)
    assert few.shape == (5, 4)
    torch.testing.assert_close(few.mean(0), inputs.mean(0))
    torch.testing.assert_close(torch.cov(few.mT, correction=0), torch.cov(inputs.mT, correction=0))


def trained(inputs: torch.Tensor, weight: float, matrix: torch.Tensor, norm: bool) -> dict[str, torch.Tensor]:
    """Train a deep linear network of five layers and return what the probes found."""
    weights = stacked.glorot((4,) * 6, (0,), torch.float64)
    network = stacked.Stack(weights, lambda u: u, stacked.Norm(1e-3) if norm else None, bias=False)
    learned = [one for one in network.parameters() if one.requires_grad]
    training = loop.Training(
        network=network,
        models=1,
        objective=partial(objectives.half_squares, weight=weight),
        optimizer=torch.optim.SGD(learned, lr=1e-4),
        batches=batches.whole(inputs[None], (inputs @ matrix.mT)[None]),
        steps=30,
        probes={
            "loss": loop.Probe((0, 15, 30), probes.loss),
            "shift": loop.Probe((0, 15, 30), probes.shift(("layers.1.weight", "layers.3.weight"))),
            "landscape": loop.Probe((0, 30), probes.landscape((1e-5, 1e-4))),
        },
    )
    curves = loop.train(training)
    return {name: torch.tensor(curve.values) for name, curve in curves.curves.items()}


@pytest.mark.parametrize("norm", [False, True])
def test_training_on_few_inputs_is_training_on_all(norm: bool):
    inputs, matrix = linear.drawn(1, 400, 4)
    everything = trained(inputs, 1.0, matrix, norm)
    few = trained(linear.abridged(inputs), 400 / 5, matrix, norm)
    assert everything["loss"][0, 0] > 2 * everything["loss"][0, -1] or not norm
    for name, values in everything.items():
        torch.testing.assert_close(few[name], values, rtol=1e-7, atol=1e-7)


def test_a_seed_has_its_own_inputs_and_matrix():
    inputs, targets = linear.task((0, 1, 2), 50, 3)
    assert inputs.shape == targets.shape == (3, 4, 3)
    again, _ = linear.task((2,), 50, 3)
    assert torch.equal(again[0], inputs[2])
    assert not torch.equal(inputs[0], inputs[1])
