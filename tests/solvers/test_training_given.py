"""The given network of HW3's third notebook: the counts of problems.md 8.8, and torch's own count."""

from __future__ import annotations

import pytest

from solvers.training import given


def test_published_counts():
    rows = given.layers(32, 3, 100)
    assert [row.parameters for row in rows] == [448, 4640, 18_496, 262_400, 25_700]
    assert given.totals(rows) == (311_684, 311_908)
    assert [row.shape for row in rows] == [(16, 16, 16), (32, 8, 8), (64, 4, 4), (256,), (100,)]


def test_published_steps():
    assert given.steps(50_000, 32, 5) == 7815
    assert given.steps(50_000, 32, 10) == 15_630  # within the limit of 20 000
    assert given.steps(50_000, 50_000, 3) == 3


@pytest.mark.parametrize(("side", "channels", "classes"), [(32, 3, 100), (28, 1, 10), (33, 3, 7)])
def test_torch_counts_the_same(side: int, channels: int, classes: int):
    """Run an image through torch's layers: shapes and numbers of parameters come from torch."""
    from torch import nn, zeros

    x, found = zeros(2, channels, side, side), []
    for filters, stride, pool in ((16, 1, 2), (32, 1, 2), (64, 2, 1)):
        conv, norm = nn.Conv2d(x.shape[1], filters, 3, stride=stride, padding=1), nn.BatchNorm2d(filters)
        x = nn.MaxPool2d(pool)(norm(conv(x)))
        found.append((tuple(x.shape[1:]), _count(conv), _count(norm)))
    x = x.flatten(1)
    for units in (256, classes):
        dense = nn.Linear(x.shape[1], units)
        x = dense(x)
        found.append((tuple(x.shape[1:]), _count(dense), 0))
    assert found == [row[1:] for row in given.layers(side, channels, classes)]


def _count(module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
