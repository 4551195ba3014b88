"""Santurkar et al., Figure 2: a VGG with noise behind every BatchNorm layer, drawn from a new distribution every step.

The noise is that of the paper's Algorithm 1: per channel, in training only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.experiment import Experiment, Findings, Job
from solvers.training.experiments import vgg
from solvers.training.record import Claim, Value
from solvers.training.statistics import FAILED, LEAST, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.loop import Curves

NETWORKS = ("bn", "noisy_bn", "plain", "noisy_plain")

CLOSE = 0.05
"""A mean difference of training accuracy over the training that counts as small."""


@dataclass(frozen=True, kw_only=True)
class Fig2(vgg.Vgg):
    """Settings. ``layers`` numbers the convolutions behind which distributions are followed."""

    rate: float = 0.1
    layers: tuple[int, ...] = (2, 5, 8)
    accuracy: str = "on training images as while learning: in training mode, with the noise of the step"
    noise: str = "behind every layer: values are scaled and shifted, about means drawn anew per channel and step"
    distributions: str = "what enters the ReLU, over test images in training mode, 8 random channels a layer"


def train(settings: Fig2, job: Job) -> Curves:
    """Train one network for one seed."""
    from solvers.training import loop, probes

    training, pictures = vgg.training(settings, job, job.name, settings.rate)
    few = slice(0, settings.images_evaluated)
    learning = probes.learning_accuracy(pictures.training[few], pictures.training_labels[few], settings.batch)
    training.probes = {
        **vgg.probes(settings, pictures, settings.layers, job.seeds[0]),
        "training": loop.Probe(settings.points(), learning),
    }
    return loop.train(training, job.checkpoint, job.tell, compiled=job.compiled)


def conclude(_settings: Fig2, _seeds: tuple[int, ...], curves: Mapping[str, Curves]) -> Findings:
    """Return training accuracies and distributions, and which of the paper's claims they support."""
    accuracy = {f"{part}_{name}": vgg.evaluated(curves, name, part) for name in NETWORKS for part in vgg.PARTS}
    training = {name: accuracy[f"training_{name}"] for name in NETWORKS}
    drifts = vgg.drifts(curves, NETWORKS[:3])
    return Findings(
        measurements={"accuracies": tuple(_row(name, accuracy) for name in NETWORKS)},
        claims={
            "noisy_close_to_bn": _close(training),
            "noisy_ahead_of_standard": vgg.faster(curves, "noisy_bn", "plain"),
            "noisy_least_stable": _least_stable(drifts),
            "noise_stops_standard": _stops(training),
        },
        arrays={
            "step": vgg.steps_of(curves),
            **{name: values.astype(np.float32) for name, values in accuracy.items()},
            **vgg.ridges(curves, NETWORKS[:3]),
        },
    )


def _row(name: str, accuracy: Mapping[str, NDArray[np.float64]]) -> dict[str, Value]:
    """Return a line for a network: its final accuracies, means over seeds."""
    row: dict[str, Value] = {"network": name}
    return row | {part: rounded(float(vgg.final(accuracy[f"{part}_{name}"]).mean())) for part in vgg.PARTS}


def _close(training: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Compare noisy BatchNorm with BatchNorm by their mean training accuracy over the training."""
    noisy, bn = (training[name][:, 1:].mean(axis=1) for name in ("noisy_bn", "bn"))
    return Claim(float((bn - noisy).mean()) < CLOSE, vgg.compared(noisy, bn, ("noisy_bn", "bn")))


def _least_stable(drifts: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Tell whether the distributions of noisy BatchNorm move most between measurements, as parts of their spread."""
    means = {name: float(one.mean()) for name, one in drifts.items()}
    return Claim(
        means["noisy_bn"] > max(means["bn"], means["plain"]), {name: rounded(one) for name, one in means.items()}
    )


def _stops(training: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Tell whether no seed of the standard network learned anything under the noise."""
    noisy = vgg.final(training["noisy_plain"])
    evidence: dict[str, Value] = {
        "noisy_plain": rounded(float(noisy.mean())),
        "plain": rounded(float(vgg.final(training["plain"]).mean())),
        "seeds_trained": int((noisy > FAILED).sum()),
        "seeds": len(noisy),
    }
    return Claim(bool(noisy.max() < FAILED), evidence)


EXPERIMENT = Experiment[Fig2](
    name="santurkar_fig2",
    question="Does BatchNorm still help when noise behind it makes the layers' inputs unstable?",
    source="Santurkar et al. 2018, Figure 2",
    scales={
        "smoke": Fig2(**vgg.SMOKE, layers=(2, 3)),
        "cpu": Fig2(steps=1000, measured_every=50),
        "paper": Fig2(channels=vgg.VGG16, layers=(2, 9, 13), steps=15_000, measured_every=250, images_evaluated=10_000),
    },
    seeds={"smoke": 2, "cpu": 3, "paper": 3},
    least=LEAST,
    stacked=False,
    jobs=lambda _: NETWORKS,
    train=train,
    conclude=conclude,
)
