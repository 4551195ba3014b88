"""Receptive fields against gradients, patches by hand, and images that a linear channel must like."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from solvers.training import feature_maps
from solvers.training.feature_maps import Field
from solvers.training.networks.classifiers import Residual


def unchanged(_: int) -> nn.Module:
    """Return what normalizes nothing: BatchNorm in training mode would let a position see everything."""
    return nn.Identity()


NETWORKS = (
    [nn.Conv2d(1, 2, 3, padding=1)],
    [nn.Conv2d(1, 2, 2), nn.GELU(), nn.Conv2d(2, 2, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(2, 1, 3, padding=1)],
    [nn.Conv2d(1, 1, 3, stride=2), nn.AvgPool2d(1), nn.MaxPool2d(2), nn.Conv2d(1, 1, 1)],
    [
        nn.Sequential(nn.Conv2d(1, 2, 3, padding=1)),
        Residual(2, 2, unchanged, 1),
        nn.ReLU(),
        Residual(2, 1, unchanged, 2),
    ],
)


@pytest.mark.parametrize("modules", NETWORKS)
def test_a_position_sees_its_receptive_field_and_nothing_else(modules: list[nn.Module]):
    field = feature_maps.receptive_field(modules)
    network = nn.Sequential(*(nn.AvgPool2d(2) if isinstance(one, nn.MaxPool2d) else one for one in modules))
    for parameter in network.parameters():
        nn.init.ones_(parameter)
    image = torch.rand(1, 1, 20, 20, requires_grad=True)
    maps = network(image)
    row, column = maps.shape[2] // 2, maps.shape[3] // 2
    (seen,) = torch.autograd.grad(maps[0, 0, row, column], image)
    rows, columns = (seen[0, 0].abs() > 0).nonzero().mT
    for place, found in ((row, rows), (column, columns)):
        start = field.start + place * field.jump
        assert (found.min().item(), found.max().item()) == (start, start + field.side - 1)


def test_a_window_is_the_middle_of_a_field_too_large():
    assert feature_maps.window(Field(51, 8, -20), 32) == Field(32, 8, -11)
    assert feature_maps.window(Field(9, 2, -3), 32) == Field(9, 2, -3)


def test_patches_are_what_the_strongest_positions_saw():
    pictures = torch.zeros(3, 1, 4, 4, dtype=torch.uint8)
    pictures[0, 0, 0, 0], pictures[1, 0, 2, 1], pictures[2, 0, 3, 3] = 50, 200, 100
    front = nn.Identity()
    maps = feature_maps.responses(front, pictures.float(), [0])
    images, places = feature_maps.strongest(maps, 2)
    assert images.tolist() == [[1, 2]]
    assert places.tolist() == [[[2, 1], [3, 3]]]
    found = feature_maps.patches(pictures, maps, 2, Field(3, 1, -1))
    assert found.shape == (1, 2, 1, 3, 3)
    assert found[0, 0, 0].tolist() == [[0, 0, 0], [0, 200, 0], [0, 0, 0]]
    grey = feature_maps.GREY
    assert found[0, 1, 0].tolist() == [[0, 0, grey], [0, 100, grey], [grey, grey, grey]]


def test_an_image_counts_once():
    maps = torch.zeros(2, 1, 2, 2)
    maps[0, 0] = torch.tensor([[5.0, 4.0], [3.0, 2.0]])
    images, places = feature_maps.strongest(maps, 2)
    assert images.tolist() == [[0, 1]]
    assert places[0, 0].tolist() == [0, 0]


def test_what_is_made_for_a_channel_is_what_it_likes():
    front = nn.Conv2d(1, 2, 1)
    with torch.no_grad():
        front.weight.copy_(torch.tensor([0.01, -0.01]).reshape(2, 1, 1, 1))
    made = feature_maps.maximized(front, [0, 1], (1, 6, 6), feature_maps.Climb(steps=60), seed=0)
    assert made.shape == (2, 1, 6, 6)
    assert made[0].min().item() > 230
    assert made[1].max().item() < 25
    assert all(parameter.grad is None for parameter in front.parameters())
    again = feature_maps.maximized(front, [0, 1], (1, 6, 6), feature_maps.Climb(steps=60), seed=0)
    assert torch.equal(made, again)
