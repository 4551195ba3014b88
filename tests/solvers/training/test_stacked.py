"""Stacks of fully connected networks against torch's own layers, and against each other."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from solvers.training import objectives
from solvers.training.networks import stacked
from solvers.training.streams import Draws

SIZES = (5, 4, 3)


def rows(models: int, count: int = 7) -> torch.Tensor:
    return torch.randn(models, count, SIZES[0], generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def stack(seeds=(0, 1), norm: stacked.Norm | None = None, **options) -> stacked.Stack:
    return stacked.Stack(stacked.glorot(SIZES, seeds, torch.float64), torch.tanh, norm, **options)


def reference(weights: list[torch.Tensor], model: int, norm: bool) -> nn.Sequential:
    """The same network of torch's own layers, for one of the models."""
    layers: list[nn.Module] = []
    for number, weight in enumerate(weights):
        last = number == len(weights) - 1
        linear = nn.Linear(weight.shape[2], weight.shape[1], bias=last or not norm, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(weight[model])
            if linear.bias is not None:
                linear.bias.zero_()
        layers.append(linear)
        if not last:
            layers += [nn.BatchNorm1d(weight.shape[1], momentum=0.01, dtype=torch.float64)] if norm else []
            layers.append(nn.Tanh())
    return nn.Sequential(*layers)


@pytest.mark.parametrize("norm", [False, True])
def test_every_model_is_a_network_of_its_own(norm: bool):
    weights = stacked.glorot(SIZES, (0, 1), torch.float64)
    network = stacked.Stack(weights, torch.tanh, stacked.Norm() if norm else None)
    inputs, labels = rows(2), torch.arange(14).reshape(2, 7) % 3
    for training in (True, False):  # the second round sees the running statistics that the first has moved
        network.train(training)
        outputs = network(inputs)
        for model in range(2):
            single = reference(weights, model, norm)
            single(inputs[model])
            single.train(training)
            if training:
                single = reference(weights, model, norm)
            torch.testing.assert_close(outputs[model], single(inputs[model]))
    network.train()
    objectives.cross_entropy(network, (inputs, labels)).sum().backward()
    single = reference(weights, 1, norm)
    nn.functional.cross_entropy(single(inputs[1]), labels[1]).backward()
    torch.testing.assert_close(network.layers[0].weight.grad[1], single[0].weight.grad)


def test_biases_move_as_those_of_torch():
    weights = stacked.glorot(SIZES, (0,), torch.float64)
    network, single = stacked.Stack(weights, torch.tanh), reference(weights, 0, norm=False)
    network(rows(1)).square().sum().backward()
    single(rows(1)[0]).square().sum().backward()
    torch.testing.assert_close(network.layers[0].shift.grad.flatten(), single[0].bias.grad)


def test_plain_and_normalized_networks_start_from_the_same_weights():
    plain, normalized = stack(), stack(norm=stacked.Norm())
    for first, second in zip(plain.layers, normalized.layers, strict=True):
        assert torch.equal(first.weight, second.weight)


def test_a_seed_has_the_same_weights_in_every_stack():
    assert torch.equal(stacked.gaussian(SIZES, (0, 5), 1.0)[1][1], stacked.gaussian(SIZES, (5,), 1.0)[1][0])


def test_scales_can_differ_by_model():
    one, other = stacked.gaussian((200, 100, 3), (0, 0), (0.01, 0.1))[0]
    torch.testing.assert_close(10 * one, other)
    assert abs(float(other.std()) - 0.1) < 0.002


def test_glorot_fills_its_interval():
    (weight,) = stacked.glorot((300, 100), (0,))
    bound = (6 / 400) ** 0.5
    assert float(weight.abs().max()) <= bound
    assert abs(float(weight.std()) - bound / 3**0.5) < 0.002


def test_scale_of_the_weights_does_not_matter_behind_batchnorm():
    weights = stacked.glorot(SIZES, (0,), torch.float64)
    exact = stacked.Norm(epsilon=1e-30)
    networks = [stacked.Stack([a * weights[0], weights[1]], torch.tanh, exact) for a in (1.0, 4.0)]
    outputs = [network(rows(1)) for network in networks]
    torch.testing.assert_close(*outputs)
    for output in outputs:
        output.square().sum().backward()
    small, large = (network.layers[0].weight for network in networks)
    torch.testing.assert_close(large.grad, small.grad / 4)  # Ioffe and Szegedy, section 3.3
    assert (small.grad * small).sum(-1).abs().max().item() < 1e-10


def test_dropout_masks_are_of_the_seed_and_scaled():
    draws = Draws((3, 4))
    network = stack((3, 4), drop=0.5, draws=draws)
    draws.begin(2)
    first = network(rows(2))
    draws.begin(2)
    assert torch.equal(first, network(rows(2)))
    network.eval()
    assert torch.equal(network(rows(2)), network(rows(2)))
    mask = network._mask(torch.zeros(2, 50, 400))
    assert set(mask.unique().tolist()) == {0.0, 2.0}
    assert abs(float(mask.mean()) - 1) < 0.05


def test_dropout_without_draws_is_refused():
    with pytest.raises(ValueError, match="dropout needs draws"):
        stack(drop=0.5)(rows(2))


def test_without_biases_only_matrices_are_learned():
    learned = {name for name, one in stack(bias=False).named_parameters() if one.requires_grad}
    assert learned == {"layers.0.weight", "layers.1.weight"}
    normalized = {name for name, one in stack(bias=False, norm=stacked.Norm()).named_parameters() if one.requires_grad}
    assert normalized - learned == {"layers.0.gain", "layers.0.shift"}
