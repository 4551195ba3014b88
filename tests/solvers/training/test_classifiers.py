"""The two small classifiers: shapes and parameters by hand, what they begin as, what lies in front of a channel."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from solvers.training.networks import classifiers
from solvers.training.networks.images import batchnorm

from .test_images import PICTURES, count


def test_the_residual_network_halves_its_maps_and_counts_right():
    network = classifiers.ResNet(3, (4, 8), classes=3)
    network.initialize(0)
    assert network(PICTURES).shape == (4, 3)
    assert network.trunk(PICTURES).shape == (4, 8, 16, 16)
    first = 3 * 4 * 9 + 8
    stage_1 = 2 * (4 * 4 * 9 + 8)
    stage_2 = (4 * 8 * 9 + 16) + (8 * 8 * 9 + 16) + 4 * 8
    assert count(network) == first + stage_1 + stage_2 + (8 * 3 + 3)


def test_only_the_first_block_adds_the_identity():
    network = classifiers.ResNet(3, (4, 8, 8), classes=3)
    blocks = [module for module in network.trunk if isinstance(module, classifiers.Residual)]
    assert [type(block.beside) for block in blocks] == [nn.Identity, nn.Conv2d, nn.Conv2d]


@pytest.mark.parametrize(("inputs", "outputs", "stride"), [(4, 4, 1), (4, 6, 1), (4, 4, 2), (4, 6, 2)])
def test_a_residual_block_adds_to_its_convolutions(inputs: int, outputs: int, stride: int):
    block = classifiers.Residual(inputs, outputs, batchnorm(), stride)
    nn.init.zeros_(block.convolutions[1][0].weight)  # so that only what is added is left
    maps = torch.randn(2, inputs, 6, 6)
    torch.testing.assert_close(block(maps), block.beside(maps))
    assert block(maps).shape == (2, outputs, 6 // stride, 6 // stride)
    assert isinstance(block.beside, nn.Identity) == (inputs == outputs and stride == 1)


def test_the_front_of_the_residual_network_ends_behind_a_block():
    network = classifiers.ResNet(3, (4, 8, 6)).eval()
    for number, channels, side in ((1, 4, 32), (2, 8, 16), (3, 6, 8)):
        front = network.front(number)
        maps = front(PICTURES)
        assert maps.shape == (4, channels, side, side)
        assert maps.min() == 0
        torch.testing.assert_close(maps, front[:-1](PICTURES).relu())
    torch.testing.assert_close(network.head(network.front(3)(PICTURES)), network(PICTURES))


def test_the_residual_network_draws_its_weights_from_the_seed():
    one, other, third = (classifiers.ResNet(3, (4, 8)) for _ in range(3))
    for network, seed in ((one, 0), (other, 0), (third, 1)):
        network.initialize(seed)
    assert torch.equal(one.trunk[0].weight, other.trunk[0].weight)
    assert not torch.equal(one.trunk[0].weight, third.trunk[0].weight)
    wide = classifiers.ResNet(3, (64, 64))
    wide.initialize(0)
    inner = wide.trunk[3].convolutions[0][0].weight
    assert inner.std().item() == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)  # 36,864 draws: within 4 errors


def test_whitened_patches_are_white():
    smooth = nn.functional.avg_pool2d(torch.rand(40, 3, 34, 34, generator=torch.Generator().manual_seed(0)), 3, 1)
    kernels = classifiers.whitening(smooth, epsilon=0.0)
    assert kernels.shape == (24, 3, 2, 2)
    values = nn.functional.conv2d(smooth, kernels[:12]).movedim(1, -1).flatten(0, 2)
    torch.testing.assert_close(torch.cov(values.mT), torch.eye(12), atol=0.02, rtol=0)
    assert torch.equal(kernels[12:], -kernels[:12])


def test_the_fast_network_begins_as_the_identity_and_does_not_learn_its_whitening():
    network = classifiers.Fast(classifiers.whitening(PICTURES), (24, 32, 32))
    network.initialize(0)
    assert network(PICTURES).shape == (4, 10)
    assert not network.whiten.weight.requires_grad
    assert not any(module.weight.requires_grad for module in network.modules() if isinstance(module, nn.BatchNorm2d))
    maps = torch.rand(2, 24, 8, 8)
    torch.testing.assert_close(network.groups[0](maps)[:, :24], maps)
    other = classifiers.Fast(classifiers.whitening(PICTURES), (24, 32, 32))
    other.initialize(0)
    assert all(torch.equal(*pair) for pair in zip(network.parameters(), other.parameters(), strict=True))


def test_the_front_of_the_fast_network_ends_behind_a_convolution():
    network = classifiers.Fast(classifiers.whitening(PICTURES), (8, 12))
    convolutions = [sum(isinstance(one, nn.Conv2d) for one in network.front(number)) for number in (1, 2, 3, 4)]
    assert convolutions == [2, 3, 4, 5]  # the whitening counts here
    assert all(isinstance(network.front(number)[-1], nn.GELU) for number in (1, 2, 3, 4))
    assert network.front(4)(PICTURES).shape == (4, 12, 7, 7)


def test_networks_are_built_for_the_images():
    fast = classifiers.built("fast", (6, 8), PICTURES[:, :1], 7)
    residual = classifiers.built("residual", (6, 8), PICTURES[:, :1], 7)
    assert isinstance(fast, classifiers.Fast)
    assert isinstance(residual, classifiers.ResNet)
    assert torch.equal(fast.whiten.weight, classifiers.whitening(PICTURES[:, :1]))
    assert fast(PICTURES[:, :1]).shape == residual(PICTURES[:, :1]).shape == (4, 7)
