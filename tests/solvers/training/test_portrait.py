"""What is kept of a trained network: its layers as hooks saw them, its best and worst images, views of channels."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from solvers.training import batches, loop, objectives
from solvers.training.experiments import portrait
from solvers.training.experiments.cifar10_cnn import CLASSES, Cnn
from solvers.training.experiments.pictures import placed
from solvers.training.networks import classifiers, images
from solvers.training.perform import images as data

from .conftest import same, weights

SETTINGS = Cnn(data="digits", widths=(6, 8), shown=(1, 4), channels_shown=2, patches=3, climbing_steps=5)
RESIDUAL = replace(SETTINGS, network="residual", shown=(1, 2))


FIELDS = {"fast": (5, 23), "residual": (3 + 2 + 2, 3 + 2 + 2 + 2 + 4)}
"""Sides of the receptive fields of what is shown: a convolution of 3 adds twice what a step of its input is worth."""


@pytest.fixture(params=[SETTINGS, RESIDUAL], ids=["fast", "residual"])
def settings(request: pytest.FixtureRequest) -> Cnn:
    return request.param


@pytest.fixture
def training(settings: Cnn, tmp_path) -> loop.Training:
    pictures = placed(data(SETTINGS, tmp_path), torch.device("cpu"))
    few = pictures.training[:60]
    network = classifiers.built(settings.network, settings.widths, pictures.standardize(few), 10)
    network.initialize(0)
    whole = images.Alone(nn.Sequential(pictures.standardize, network))
    return loop.Training(
        network=whole,
        models=1,
        objective=objectives.cross_entropy,
        optimizer=torch.optim.SGD(whole.parameters(), lr=0.1),
        batches=batches.shuffled(few, pictures.training_labels[:60], 20, (0,)),
        steps=1,
    )


@pytest.fixture
def sitting(settings: Cnn, tmp_path) -> portrait.Sitting:
    pictures = placed(data(settings, tmp_path), torch.device("cpu"))
    return portrait.Sitting(settings, pictures.test[:50], pictures.test_labels[:50], seed=0)


def test_layers_are_those_of_the_network_by_hand():
    found = portrait.layers(Cnn(widths=(16, 32, 64)), (3, 32, 32), 10)
    assert [(layer.name, layer.shape) for layer in found[:4]] == [
        ("whitening, GELU", (24, 31, 31)),
        ("conv1", (16, 31, 31)),
        ("pooling, BatchNorm, GELU", (16, 15, 15)),
        ("conv2, BatchNorm, GELU", (16, 15, 15)),
    ]
    assert [(layer.name, layer.shape) for layer in found[-2:]] == [
        ("maximum over positions", (64, 1, 1)),
        ("linear", (10,)),
    ]
    assert found[1].parameters == 24 * 16 * 9
    assert found[3].parameters == 16 * 16 * 9 + 2 * 16
    network = classifiers.Fast(torch.zeros(24, 3, 2, 2), (16, 32, 64))
    assert {layer.added for layer in found} == {None}
    assert sum(layer.parameters for layer in found) == sum(one.numel() for one in network.parameters())


def test_layers_of_a_residual_network_say_what_is_added():
    found = portrait.layers(Cnn(network="residual", widths=(16, 32)), (3, 32, 32), 10)
    assert [(layer.name, layer.shape, layer.parameters, layer.added) for layer in found] == [
        ("conv1, BatchNorm, ReLU", (16, 32, 32), 3 * 16 * 9 + 32, None),
        ("conv2, BatchNorm, ReLU", (16, 32, 32), 16 * 16 * 9 + 32, None),
        ("conv3, BatchNorm", (16, 32, 32), 16 * 16 * 9 + 32, None),
        ("block1: sum, ReLU", (16, 32, 32), 0, 0),
        ("conv4, BatchNorm, ReLU", (32, 16, 16), 16 * 32 * 9 + 64, None),
        ("conv5, BatchNorm", (32, 16, 16), 32 * 32 * 9 + 64, None),
        ("block2: sum with 1 x 1 conv, ReLU", (32, 16, 16), 16 * 32, 3),
        ("mean over positions", (32, 1, 1), 0, None),
        ("linear", (10,), 32 * 10 + 10, None),
    ]
    network = classifiers.ResNet(3, (16, 32))
    assert sum(layer.parameters for layer in found) == sum(one.numel() for one in network.parameters())


def test_a_sitting_leaves_the_network_as_it_was(training: loop.Training, sitting: portrait.Sitting):
    before = weights(training)
    for measure in sitting.measures().values():
        measure(training, 0)
    assert same(before, weights(training))
    assert training.network.training
    assert all(one.grad is None for one in training.network.parameters())


def test_best_and_worst_are_the_ends_of_the_truth_s_probability(training: loop.Training, sitting: portrait.Sitting):
    found = {name: measure(training, 0)[0] for name, measure in sitting.measures().items()}
    right = found["probability"][torch.arange(50), found["truth"].long()]
    best, worst = found["examples"].long()
    assert right[worst].max() <= right.median() <= right[best].min()
    assert right[worst[0]] == right.min()
    torch.testing.assert_close(found["worst"], sitting.test[worst].double())
    torch.testing.assert_close(found["probability"].sum(1), torch.ones(50, dtype=torch.double), rtol=0, atol=1e-5)


def test_answers_are_those_of_the_channels(settings: Cnn, training: loop.Training, sitting: portrait.Sitting):
    found = {name: measure(training, 0)[0] for name, measure in sitting.measures().items()}
    network = training.network.eval().network
    front = nn.Sequential(network[0], *network[1].front(settings.shown[1]))
    strongest = front(sitting.test).amax((2, 3))
    for channel, field, median, largest, _ in found["answers_2"].tolist():
        values = strongest[:, int(channel)]
        assert (median, largest) == pytest.approx((values.median().item(), values.max().item()), rel=1e-4)
        assert field == FIELDS[settings.network][1]
    own = front(found["made_2"].float())
    for row, (channel, *_, made) in enumerate(found["answers_2"].tolist()):
        assert own[row, int(channel)].max().item() == pytest.approx(made, rel=1e-4)
    assert found["patches_2"].shape == (2, 3, 1, 8, 8)  # the field is larger than the image
    side = FIELDS[settings.network][0]
    assert found["patches_1"].shape == (2, 3, 1, side, side)


def test_pictures_are_standardized_and_set_apart(tmp_path):
    source = data(SETTINGS, tmp_path)
    pictures = placed(source, torch.device("cpu"), validation=100)
    assert len(pictures.training) == len(source.training) - 100
    assert pictures.validation_labels.tolist() == source.training_labels[-100:].tolist()
    standardized = pictures.standardize(pictures.training)
    assert standardized.mean().item() == pytest.approx(0, abs=1e-3)
    assert standardized.std().item() == pytest.approx(1, abs=1e-3)
    assert source.classes == CLASSES["digits"]
