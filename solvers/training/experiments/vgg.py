"""The VGG networks of Santurkar et al., with BatchNorm, with noise behind it, and without: settings and trainings.

The paper leaves open the list of layers, weight decay, BatchNorm's constants and how inputs are scaled; the settings
say what is used here. Probes see the loss without the penalty of weight decay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from solvers.training import statistics
from solvers.training.experiment import Job, Settings
from solvers.training.record import Claim, Value
from solvers.training.statistics import Estimate, estimate, rounded, target_for

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from solvers.training.experiments.pictures import Pictures
    from solvers.training.loop import Curves, Measure, Probe, Training

VGG16 = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)
NARROW = (8, 0, 16, 0, 32, 32, 0, 64, 64, 0, 64, 64, 0)
"""Channels of convolutions in order, 0 for pooling: the paper's thirteen, and eight, an eighth as wide."""

PARTS = ("training", "test")

TARGET = 0.9
"""Steps are counted to this part of the final accuracy without BatchNorm."""

LAST = 3
"""A final accuracy is the mean of so many evaluations: at a constant rate one of them is noisy."""

CHUNK = 1000
"""Images that are evaluated at a time: larger parts leave a processor's cache."""

SHARES = tuple(round(0.02 + 0.04 * number, 2) for number in range(25))
"""Quantiles that describe a distribution."""


FOLLOWED = 8
"""Random channels of a layer whose distributions are followed."""


@dataclass(frozen=True, kw_only=True)
class Vgg(Settings):
    """Settings of the VGG networks. ``channels`` are those of the 3 x 3 convolutions in order, 0 is pooling."""

    data: str = "cifar10"
    channels: tuple[int, ...] = NARROW
    initialization: str = "Glorot uniform, biases 0"
    inputs: str = "standardized by channel, no augmentation"
    optimizer: str = "SGD without momentum, constant rate"
    weight_decay: float = 5e-4
    batch: int = 128
    steps: int = 1500
    measured_every: int = 75
    bn_epsilon: float = 1e-5
    bn_share_of_batch: float = 0.1
    images_evaluated: int = 2000

    def points(self) -> tuple[int, ...]:
        """Return the steps before which something is measured."""
        return (*range(0, self.steps, self.measured_every), self.steps)


SMOKE: Mapping[str, Any] = {
    "data": "digits",
    "channels": (8, 0, 8, 8, 0),
    "batch": 20,
    "steps": 20,
    "measured_every": 5,
    "images_evaluated": 100,
}
"""Settings of the smallest scale."""


def training(settings: Vgg, job: Job, kind: str, rate: float) -> tuple[Training, Pictures]:
    """Return a training of one network, yet without probes, and its images.

    ``kind`` is "plain" or "bn", with "noisy_" before it for the noise of the paper's Algorithm 1 behind every layer.
    """
    import torch
    from torch import nn

    from solvers.training import batches, loop, objectives, streams
    from solvers.training.experiments.pictures import placed
    from solvers.training.networks import images

    pictures = placed(job.data, job.device)
    draws = streams.Draws(job.seeds, job.device) if kind.startswith("noisy") else None
    norm = images.batchnorm(settings.bn_epsilon, settings.bn_share_of_batch) if kind.endswith("bn") else None
    noise = partial(images.Noise, draws) if draws else None
    depth = pictures.training.shape[1]
    network = images.plain_network(settings.channels, len(job.data.classes), norm, inputs=depth, noise=noise)
    images.glorot(network, job.seeds[0])
    whole = images.Alone(nn.Sequential(pictures.standardize, network)).to(job.device)
    made = loop.Training(
        network=whole,
        models=1,
        objective=objectives.cross_entropy,
        optimizer=torch.optim.SGD(whole.parameters(), lr=rate, weight_decay=settings.weight_decay),
        batches=batches.shuffled(pictures.training, pictures.training_labels, settings.batch, job.seeds),
        steps=settings.steps,
        draws=draws,
    )
    return made, pictures


def accuracies(settings: Vgg, pictures: Pictures) -> dict[str, Measure]:
    """Return probes of accuracy on the first training and the first test images, in evaluation mode."""
    from solvers.training import probes

    few = slice(0, settings.images_evaluated)
    return {
        "training": probes.accuracy(pictures.training[few], pictures.training_labels[few], CHUNK),
        "test": probes.accuracy(pictures.test[few], pictures.test_labels[few], CHUNK),
    }


def probes(settings: Vgg, pictures: Pictures, layers: Sequence[int], seed: int) -> dict[str, Probe]:
    """Return probes of accuracy, and of distributions behind ``layers`` over as many test images as two batches."""
    from solvers.training import loop

    measures = accuracies(settings, pictures)
    measures["quantiles"] = distributions(layers, FOLLOWED, pictures.test[: 2 * settings.batch], seed)
    return {name: loop.Probe(settings.points(), one) for name, one in measures.items()}


def blocks(training: Training) -> dict[int, str]:
    """Return the names of what holds a convolution and its nonlinearity, by the convolution's number, from 1."""
    from solvers.training.networks.images import Convolution

    modules = cast("Iterable[tuple[str, nn.Module]]", training.network.named_modules())
    return dict(enumerate((name for name, one in modules if isinstance(one, Convolution)), 1))


def weights(training: Training, layers: Sequence[int]) -> tuple[str, ...]:
    """Return the names of the weights of convolutions by number."""
    names = blocks(training)
    return tuple(f"{names[layer]}.0.weight" for layer in layers)


def distributions(layers: Sequence[int], channels: int, inputs: Tensor, seed: int) -> Measure:
    """Return a probe of what enters the nonlinearity behind convolutions, (1, layers, channels, SHARES).

    So many random channels are followed in every layer; their quantiles are over examples and positions, all
    ``inputs`` being one batch in training mode, with the noise of the step.
    """
    import torch

    from solvers.training import probes
    from solvers.training.streams import CHOICE, generator

    shares = torch.tensor(SHARES)

    def measure(training: Training, step: int) -> Tensor:
        names = blocks(training)
        entering = [f"{names[layer]}.{_before_last(training, names[layer])}" for layer in layers]
        with probes.untouched(training):
            training.begin(step)
            maps = probes.recorded(training.network, entering, inputs[None])
        return torch.stack([_quantiles(maps[name], layer) for name, layer in zip(entering, layers, strict=True)])[None]

    def _quantiles(maps: Tensor, layer: int) -> Tensor:
        chosen = torch.randperm(maps.shape[1], generator=generator(seed, CHOICE, layer))[:channels]
        values = maps[:, chosen.to(maps.device)].transpose(0, 1).flatten(1).float()
        return values.quantile(shares.to(values.device), dim=1).mT

    return measure


def _before_last(training: Training, name: str) -> int:
    """Return the place of what stands before the nonlinearity of a block."""
    return len(list(training.network.get_submodule(name).children())) - 2


# --- what curves show ----------------------------------------------------------------------------


def evaluated(curves: Mapping[str, Curves], name: str, part: str) -> NDArray[np.float64]:
    """Return the accuracies of a training, (seeds, points); 0 from where a network has diverged."""
    return np.nan_to_num(curves[name].curves[part].values)


def final(accuracy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of the last evaluations of every seed."""
    return accuracy[:, -LAST:].mean(axis=1)


def steps_of(curves: Mapping[str, Curves]) -> NDArray[np.int64]:
    """Return the steps before which accuracies were measured."""
    return next(iter(curves.values())).curves["training"].steps


def faster(curves: Mapping[str, Curves], name: str, other: str) -> Claim:
    """Compare the steps to TARGET of the final training accuracy of ``other``."""
    accuracy = {one: evaluated(curves, one, "training") for one in (name, other)}
    return statistics.faster(steps_of(curves), accuracy, target_for(final(accuracy[other]), TARGET))


def bounds(found: Estimate, name: str) -> dict[str, Value]:
    """Return a mean under a name, and its interval."""
    return {name: rounded(found.mean), "low": rounded(found.low), "high": rounded(found.high)}


def compared(first: NDArray[np.float64], second: NDArray[np.float64], names: tuple[str, str]) -> dict[str, Value]:
    """Return the means of values that are paired by seeds, and their difference with its interval."""
    evidence = {name: rounded(float(one.mean())) for name, one in zip(names, (first, second), strict=True)}
    return evidence | bounds(estimate(first - second), "difference")


def mean(values: NDArray[np.float64], axes: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the mean over axes of the values that are numbers; nan where none is."""
    there = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.where(there, values, 0).sum(axis=axes) / there.sum(axis=axes)


def drift(quantiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far distributions move between measurements, as a part of their spread, (seeds,).

    ``quantiles`` is (seeds, points, layers, channels, SHARES). The distance is the mean one of equal quantiles; it is
    averaged over the measurements after the first, layers and channels that are not constant.
    """
    learned = quantiles[:, 1:]
    moved = np.abs(np.diff(learned, axis=1)).mean(axis=(1, 4))
    spread = learned.std(axis=4).mean(axis=1)
    return mean(moved / np.where(spread > 0, spread, np.nan), axes=(1, 2))


def ridges(curves: Mapping[str, Curves], names: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """Return the quantiles of the first seed's first followed channel for each training, (points, layers, SHARES)."""
    found = {name: curves[name].curves["quantiles"].values[0, :, :, 0] for name in names}
    return {f"ridge_{name}": values.astype(np.float32) for name, values in found.items()}


def drifts(curves: Mapping[str, Curves], names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Return how far the distributions of trainings move between measurements, (seeds,) each."""
    return {name: drift(curves[name].curves["quantiles"].values.astype(float)) for name in names}
