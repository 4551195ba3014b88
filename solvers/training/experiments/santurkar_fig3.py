"""Santurkar et al., Figure 3: how far gradients shift when the layers before move, in a VGG and in linear networks.

Distances of networks with and without BatchNorm do not compare, since gradients in front of it depend on the scale of
the weights: claims are about cosines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.experiment import Experiment, Findings, Job
from solvers.training.experiments import deep_linear, vgg
from solvers.training.experiments.deep_linear import Linear
from solvers.training.record import Claim, Value
from solvers.training.statistics import LEAST, above, estimate, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.loop import Curves

NETWORKS = ("bn", "plain")

CONVERGED = 0.99
"""The training accuracy from which nothing moves any more."""


@dataclass(frozen=True, kw_only=True)
class Fig3(vgg.Vgg, Linear):
    """Settings of both kinds of networks; ``rates`` and ``layers`` are those of the VGG, the larger rate first."""

    rates: tuple[float, float] = (0.1, 0.01)
    layers: tuple[int, ...] = (3, 6)
    images_evaluated: int = 1000


def jobs(settings: Fig3) -> tuple[str, ...]:
    """Return a training for each network and rate; the rates are numbered."""
    numbers = range(len(settings.rates))
    trainings = tuple(f"vgg_{network}_{number}" for number in numbers for network in NETWORKS)
    return (*trainings, *deep_linear.jobs(settings))


def train(settings: Fig3, job: Job) -> Curves:
    """Train one of the networks at one rate: a VGG for one seed, linear networks for all seeds side by side."""
    from solvers.training import loop, probes

    kind, network, number = job.name.split("_")
    if kind == "dln":
        return deep_linear.train(settings, job)
    training, pictures = vgg.training(settings, job, network, settings.rates[int(number)])
    measures = vgg.accuracies(settings, pictures)
    measures["shift"] = probes.shift(vgg.weights(training, settings.layers))
    training.probes = {name: loop.Probe(settings.points(), measure) for name, measure in measures.items()}
    return loop.train(training, job.checkpoint, job.tell, compiled=job.compiled)


def conclude(settings: Fig3, _seeds: tuple[int, ...], curves: Mapping[str, Curves]) -> Findings:
    """Return accuracies, losses, distances and cosines, and which of the paper's claims they support."""
    linear = deep_linear.claims(settings, curves)
    return Findings(
        measurements={"vgg": tuple(_rows(settings, curves)), **deep_linear.measurements(settings, curves)},
        claims={
            "vgg_not_reduced": _not_reduced(settings, curves),
            **linear,
            "bn_trains_better": _better(settings, curves, linear["bn_trains_better"]),
        },
        arrays=_arrays(curves) | deep_linear.arrays(curves),
    )


def cosines(curves: Mapping[str, Curves], name: str) -> NDArray[np.float64]:
    """Return the mean cosine of every seed over layers and measurements, (seeds,), until it had converged.

    The first measurement, before anything is learned, is left out.
    """
    found = curves[name].curves["shift"].values[:, 1:, :, 1].astype(float)
    learning = vgg.evaluated(curves, name, "training")[:, 1:] < CONVERGED
    return vgg.mean(np.where(learning[..., None], found, np.nan), axes=(1, 2))


def _rows(settings: Fig3, curves: Mapping[str, Curves]) -> list[Value]:
    """Return accuracies, distance and cosine of every network and rate, means over seeds."""
    rows: list[Value] = []
    for number, rate in enumerate(settings.rates):
        for network in NETWORKS:
            name = f"vgg_{network}_{number}"
            distance = curves[name].curves["shift"].values[:, 1:, :, 0]
            rows.append(
                {
                    "rate": rate,
                    "network": network,
                    **{part: rounded(float(vgg.final(vgg.evaluated(curves, name, part)).mean())) for part in vgg.PARTS},
                    "median_distance": rounded(float(np.nanmedian(distance))),
                    "mean_cosine": rounded(float(cosines(curves, name).mean())),
                }
            )
    return rows


def _not_reduced(settings: Fig3, curves: Mapping[str, Curves]) -> Claim:
    """Tell whether at no rate the cosines with BatchNorm were above those without, beyond the noise of the seeds."""
    evidence: dict[str, Value] = {}
    raised: list[bool] = []
    for number, (rate, place) in enumerate(zip(settings.rates, PLACES, strict=True)):
        bn, plain = (cosines(curves, f"vgg_{network}_{number}") for network in NETWORKS)
        raised.append(above(estimate(bn - plain), 0.0))
        evidence[place] = {"rate": rate, **vgg.compared(bn, plain, NETWORKS)}
    return Claim(not any(raised), evidence)


PLACES = ("vgg_larger_rate", "vgg_smaller_rate")


def _better(settings: Fig3, curves: Mapping[str, Curves], linear: Claim) -> Claim:
    """Tell whether BatchNorm trained better at every rate in most seeds, in the VGG and in the linear networks."""
    evidence: dict[str, Value] = dict(linear.evidence)
    better = [linear.holds]
    for number, (rate, place) in enumerate(zip(settings.rates, PLACES, strict=True)):
        bn, plain = (vgg.final(vgg.evaluated(curves, f"vgg_{network}_{number}", "training")) for network in NETWORKS)
        wins = int((bn > plain).sum())
        better.append(wins > len(bn) / 2)
        means = {name: rounded(float(one.mean())) for name, one in (("plain", plain), ("normalized", bn))}
        evidence[place] = {"rate": rate, **means, "seeds_won": wins, "seeds": len(bn)}
    return Claim(all(better), evidence)


def _arrays(curves: Mapping[str, Curves]) -> dict[str, NDArray[np.generic]]:
    """Return accuracies (seeds, points), and distances and cosines (seeds, points, layers, 2), of the VGG."""
    runs = {name: run for name, run in curves.items() if name.startswith("vgg")}
    found: dict[str, NDArray[np.generic]] = {"vgg_step": vgg.steps_of(runs)}
    for name, run in runs.items():
        found[f"{name}_training"] = vgg.evaluated(curves, name, "training").astype(np.float32)
        found[f"{name}_shift"] = run.curves["shift"].values.astype(np.float32)
    return found


EXPERIMENT = Experiment[Fig3](
    name="santurkar_fig3",
    question="Does BatchNorm reduce internal covariate shift, measured by gradients?",
    source="Santurkar et al. 2018, Figure 3",
    scales={
        "smoke": Fig3(**vgg.SMOKE, layers=(2, 3), dln_depth=5, dln_steps=40, dln_every=10, dln_layers_probed=(2, 4)),
        "cpu": Fig3(steps=800, measured_every=40),
        "paper": Fig3(channels=vgg.VGG16, layers=(5, 10), steps=15_000, measured_every=250, images_evaluated=10_000),
    },
    seeds={"smoke": 2, "cpu": 5, "paper": 3},
    least=LEAST,
    apart="vgg",
    jobs=jobs,
    train=train,
    conclude=conclude,
)
