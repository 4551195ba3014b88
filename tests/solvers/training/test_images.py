"""The convolutional networks: shapes and counts by hand, the noise by its moments, initialization by its seed."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from solvers.training.experiments import vgg
from solvers.training.networks import images
from solvers.training.streams import Draws

NARROW = tuple(channels // 16 for channels in vgg.VGG16)
PICTURES = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def count(network: nn.Module) -> int:
    return sum(one.numel() for one in network.parameters() if one.requires_grad)


def test_vgg_has_13_convolutions_and_the_parameters_of_vgg_16():
    plain, normalized = (images.plain_network(vgg.VGG16, 10, norm) for norm in (None, images.batchnorm()))
    for network in (plain, normalized):
        assert sum(isinstance(module, nn.Conv2d) for module in network.modules()) == 13
    assert count(plain) == 14_714_688 + 5130  # torchvision's vgg16 has 14,714,688 in its features
    assert count(normalized) == count(plain) + 4224  # BN has gain and shift for 4224 channels, and no bias


def test_a_narrow_vgg_maps_images_to_scores():
    network = images.plain_network(NARROW, 10, images.batchnorm())
    images.glorot(network, 0)
    assert network(PICTURES).shape == (4, 10)
    shapes = [tuple(module(PICTURES).shape[1:]) for module in [network[:3], network[:6], network[:-3]]]
    assert shapes == [(4, 16, 16), (8, 8, 8), (32, 1, 1)]


def test_bn_and_plain_start_from_the_same_weights():
    plain, normalized = (images.plain_network(NARROW, 10, norm) for norm in (None, images.batchnorm()))
    for network in (plain, normalized):
        images.glorot(network, 3)
    pairs = zip(_matrices(plain), _matrices(normalized), strict=True)
    assert all(torch.equal(first, second) for first, second in pairs)


def _matrices(network: nn.Module) -> list[torch.Tensor]:
    return [module.weight for module in network.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]


def test_glorot_keeps_to_its_interval_and_kaiming_to_its_variance():
    layer = nn.Conv2d(16, 64, 3)
    images.glorot(layer, 0)
    bound = (6 / (9 * 16 + 9 * 64)) ** 0.5
    assert bound * 0.98 < layer.weight.abs().max().item() <= bound
    assert layer.bias.abs().max().item() == 0
    images.kaiming(layer, 0)
    assert layer.weight.std().item() == pytest.approx((2 / (9 * 16)) ** 0.5, rel=0.03)


class TestNoise:
    def noise(self, examples: int = 300, channels: int = 40, steps: int = 60) -> torch.Tensor:
        """What the noise adds to zeros, and to ones, over steps: (2, steps, examples, channels)."""
        draws = Draws((0,))
        noise = images.Noise(draws)
        made = []
        for value in (torch.zeros, torch.ones):
            for step in range(steps):
                draws.begin(step)
                made.append(noise(value(examples, channels, 1, 1))[..., 0, 0])
        return torch.stack(made).unflatten(0, (2, steps))

    def test_moments(self):
        shifts, both = self.noise()
        scales = both - shifts
        assert shifts.mean().item() == pytest.approx(0, abs=0.02)
        assert scales.mean().item() == pytest.approx(1.125, abs=0.005)
        assert shifts.var().item() == pytest.approx((0.5**2 + 0.1**2) / 3, rel=0.05)
        assert scales.var().item() == pytest.approx(0.25**2 / 12 + 0.1**2, rel=0.05)

    def test_a_channel_s_center_is_drawn_anew_in_every_step(self):
        shifts = self.noise(steps=2)[0]
        centers = shifts.mean(1)
        assert (centers[0] - centers[1]).abs().mean().item() > 0.1
        assert (shifts - centers[:, None]).abs().max().item() < 0.13

    def test_it_stands_behind_bn_and_is_silent_at_test_time(self):
        draws = Draws((0,))
        network = images.plain_network(NARROW, 10, images.batchnorm(), noise=lambda: images.Noise(draws))
        images.glorot(network, 0)
        block = network[0]
        assert [type(one) for one in block] == [nn.Conv2d, nn.BatchNorm2d, images.Noise, nn.ReLU]
        draws.begin(0)
        first = network(PICTURES)
        draws.begin(1)
        assert not torch.equal(first, network(PICTURES))
        network.eval()
        draws.begin(0)
        silent = network(PICTURES)
        draws.begin(1)
        assert torch.equal(silent, network(PICTURES))

    def test_pixels_have_noise_of_their_own(self):
        draws = Draws((0,))
        made = images.Noise(draws)(torch.zeros(2, 1, 8, 8))
        assert made.unique().numel() == made.numel()


def test_alone_is_a_stack_of_one():
    network = images.plain_network((4,), 10)
    stacked = images.Alone(network).eval()
    torch.testing.assert_close(stacked(PICTURES[None])[0], network(PICTURES))


def test_bytes_are_standardized_by_channel():
    pictures = torch.tensor([[10, 30], [50, 90]], dtype=torch.uint8).reshape(1, 2, 1, 2)
    made = images.Standardize([20, 70], [10, 20])(pictures)
    assert made.flatten().tolist() == [-1, 1, -1, 1]


def test_half_precision_changes_scores_a_little_and_weights_not_at_all():
    network = images.plain_network((8, 0, 8), 5, images.batchnorm())
    images.glorot(network, 0)
    whole, half = images.Alone(network), images.Alone(network, half=True)
    scores, rough = (one(PICTURES[None]) for one in (whole, half))
    assert scores.dtype == rough.dtype == torch.float32
    assert 0 < (scores - rough).abs().max() < 0.1
    assert {one.dtype for one in half.parameters()} == {torch.float32}
