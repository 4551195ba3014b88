"""Santurkar et al., Figure 1: a VGG with and without BatchNorm at two learning rates, and distributions inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.experiment import Experiment, Findings, Job
from solvers.training.experiments import vgg
from solvers.training.record import Claim, Value
from solvers.training.statistics import FAILED, LEAST, above, estimate, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.loop import Curves

JOBS = ("bn_0", "plain_0", "bn_1", "plain_1")
"""Networks at the smaller rate, 0, and at the larger one, 1."""

ALIKE = 2.0
"""Distributions are about as stable if neither network's drift is so many times the other's."""


@dataclass(frozen=True, kw_only=True)
class Fig1(vgg.Vgg):
    """Settings. ``layers`` numbers the convolutions behind which distributions are followed."""

    rates: tuple[float, float] = (0.1, 0.5)
    layers: tuple[int, ...] = (3, 7)
    distributions: str = "what enters the ReLU, over test images in training mode, 8 random channels a layer"


def train(settings: Fig1, job: Job) -> Curves:
    """Train one network at one rate for one seed."""
    from solvers.training import loop

    kind, number = job.name.split("_")
    training, pictures = vgg.training(settings, job, kind, settings.rates[int(number)])
    training.probes = vgg.probes(settings, pictures, settings.layers, job.seeds[0])
    return loop.train(training, job.checkpoint, job.tell, compiled=job.compiled)


def conclude(settings: Fig1, _seeds: tuple[int, ...], curves: Mapping[str, Curves]) -> Findings:
    """Return accuracies and distributions, and which of the paper's claims they support."""
    accuracy = {f"{part}_{name}": vgg.evaluated(curves, name, part) for name in JOBS for part in vgg.PARTS}
    last = {name: vgg.final(accuracy[f"test_{name}"]) for name in JOBS}
    return Findings(
        measurements={"accuracies": tuple(_row(settings, name, accuracy) for name in JOBS)},
        claims={
            "trains_faster": vgg.faster(curves, "bn_0", "plain_0"),
            "generalizes_better": _generalizes(last),
            "permits_larger_rate": _permits(settings, last),
            "larger_rate_no_better": _no_better(last),
            "equally_stable": _stable(vgg.drifts(curves, ("bn_0", "plain_0"))),
        },
        arrays={
            "step": vgg.steps_of(curves),
            **{name: values.astype(np.float32) for name, values in accuracy.items()},
            **vgg.ridges(curves, ("bn_0", "plain_0")),
        },
    )


def _row(settings: Fig1, name: str, accuracy: Mapping[str, NDArray[np.float64]]) -> dict[str, Value]:
    """Return a line for a network at a rate: its final accuracies, means over seeds."""
    kind, number = name.split("_")
    row: dict[str, Value] = {"network": kind, "rate": settings.rates[int(number)]}
    return row | {part: rounded(float(vgg.final(accuracy[f"{part}_{name}"]).mean())) for part in vgg.PARTS}


def _generalizes(last: Mapping[str, NDArray[np.float64]]) -> Claim:
    bn, plain = last["bn_0"], last["plain_0"]
    return Claim(above(estimate(bn - plain), 0.0), vgg.compared(bn, plain, ("bn", "plain")))


def _permits(settings: Fig1, last: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Tell whether at the larger rate every seed trained with BatchNorm, and none without."""
    bn, plain = last["bn_1"], last["plain_1"]
    evidence: dict[str, Value] = {
        "rate": settings.rates[1],
        "bn": rounded(float(bn.mean())),
        "plain": rounded(float(plain.mean())),
        "seeds_trained_bn": int((bn > FAILED).sum()),
        "seeds_trained_plain": int((plain > FAILED).sum()),
        "seeds": len(bn),
    }
    return Claim(bool(bn.min() > FAILED > plain.max()), evidence)


def _no_better(last: Mapping[str, NDArray[np.float64]]) -> Claim:
    large, small = last["bn_1"], last["bn_0"]
    return Claim(not above(estimate(large - small), 0.0), vgg.compared(large, small, ("larger_rate", "smaller_rate")))


def _stable(drifts: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Compare how far distributions move between measurements, as parts of their spread."""
    bn, plain = (float(drifts[name].mean()) for name in ("bn_0", "plain_0"))
    ratio = bn / plain if plain else np.inf
    evidence: dict[str, Value] = {"bn": rounded(bn), "plain": rounded(plain), "ratio": rounded(ratio)}
    return Claim(1 / ALIKE < ratio < ALIKE, evidence)


EXPERIMENT = Experiment[Fig1](
    name="santurkar_fig1",
    question="Does BatchNorm train a VGG faster and better, and are its layers' inputs steadier?",
    source="Santurkar et al. 2018, Figure 1",
    scales={
        "smoke": Fig1(**vgg.SMOKE, layers=(2, 3)),
        "cpu": Fig1(steps=1500, measured_every=75),
        "paper": Fig1(channels=vgg.VGG16, layers=(3, 11), steps=15_000, measured_every=250, images_evaluated=10_000),
    },
    seeds={"smoke": 2, "cpu": 3, "paper": 3},
    least=LEAST,
    stacked=False,
    jobs=lambda _: JOBS,
    train=train,
    conclude=conclude,
)
