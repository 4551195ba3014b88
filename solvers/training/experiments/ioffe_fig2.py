"""Ioffe and Szegedy, Figure 2, at a scale that can be afforded: learning rates x1, x5, x30 with and without BatchNorm.

ImageNet and Inception become CIFAR-10 and a plain network of some convolutions. Nothing but BatchNorm, the rate and the
nonlinearity differs between the networks: the paper changed six things more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.experiment import Experiment, Findings, Job, Settings
from solvers.training.record import Claim, Value
from solvers.training.statistics import above, estimate, first_reaching, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.loop import Curves

BASELINE = "plain_x1"
NETWORKS = (BASELINE, "bn_x1", "plain_x5", "bn_x5", "plain_x30", "bn_x30", "plain_x5_sigmoid", "bn_x5_sigmoid")

FAILED = 0.15
"""An accuracy on ten classes up to which nothing was learned."""


@dataclass(frozen=True, kw_only=True)
class Fig2(Settings):
    """Settings. ``channels`` are those of the convolutions in order, 0 is pooling."""

    data: str = "cifar10"
    channels: tuple[int, ...] = (16, 0, 32, 32, 0, 64, 64, 0)
    initialization: str = "Kaiming normal, biases 0"
    inputs: str = "standardized by channel, no augmentation"
    optimizer: str = "SGD, constant rate"
    momentum: float = 0.9
    base_rate: float = 0.01
    batch: int = 64
    steps: int = 1000
    every: int = 50
    test_images: int = 2000
    bn_epsilon: float = 1e-5
    bn_update: float = 0.1


def train(settings: Fig2, job: Job) -> Curves:
    """Train one network for one seed."""
    import torch
    from torch import nn

    from solvers.training import batches, loop, objectives, probes
    from solvers.training.experiments.pictures import placed
    from solvers.training.networks import images

    norm = images.batchnorm(settings.bn_epsilon, settings.bn_update) if job.name.startswith("bn") else None
    activation = nn.Sigmoid if job.name.endswith("sigmoid") else nn.ReLU
    pictures = placed(job.data, job.device)
    depth = pictures.training.shape[1]
    network = images.plain_network(settings.channels, len(job.data.classes), norm, activation, depth)
    images.kaiming(network, job.seeds[0])
    whole = images.Alone(nn.Sequential(pictures.standardize, network)).to(job.device)
    few = slice(0, settings.test_images)
    at = (*range(0, settings.steps, settings.every), settings.steps)
    return loop.train(
        loop.Training(
            network=whole,
            models=1,
            objective=objectives.cross_entropy,
            optimizer=torch.optim.SGD(
                whole.parameters(), lr=settings.base_rate * factor(job.name), momentum=settings.momentum
            ),
            batches=batches.shuffled(pictures.training, pictures.training_labels, settings.batch, job.seeds),
            steps=settings.steps,
            probes={"accuracy": loop.Probe(at, probes.accuracy(pictures.test[few], pictures.test_labels[few]))},
        ),
        job.checkpoint,
        job.tell,
        compiled=job.compiled,
    )


def factor(name: str) -> int:
    """Return how many times the base rate a network learns with.

    >>> factor("bn_x30"), factor("plain_x5_sigmoid")
    (30, 5)
    """
    return int(name.split("_")[1].removeprefix("x"))


def conclude(settings: Fig2, seeds: tuple[int, ...], curves: Mapping[str, Curves]) -> Findings:
    """Return the paper's table, and which of its claims these runs support.

    The target of a seed is the best accuracy of its network without BatchNorm at the lowest rate; what diverged
    counts as 0.
    """
    steps = curves[BASELINE].curves["accuracy"].steps
    accuracy = {name: np.nan_to_num(run.curves["accuracy"].values) for name, run in curves.items()}
    targets = accuracy[BASELINE].max(axis=1)
    reached = {name: _reached(steps, values, targets) for name, values in accuracy.items()}
    rows = {name: _row(settings, name, reached[name], values) for name, values in accuracy.items()}
    return Findings(
        measurements={
            "networks": tuple(rows.values()),
            "target": rounded(float(targets.mean())),
            "seeds": len(seeds),
        },
        claims={
            "bn_needs_fewer_steps": _fewer(reached, "bn_x1", BASELINE, int(steps[-1])),
            "higher_rate_needs_fewer_steps": _fewer(reached, "bn_x5", "bn_x1", int(steps[-1])),
            "highest_rate_ends_best": _best_rate(accuracy),
            "plain_fails_at_higher_rates": _failures(rows),
            "sigmoid_needs_bn": _sigmoids(rows),
        },
        arrays={"step": steps, **{name: values.astype(np.float32) for name, values in accuracy.items()}},
    )


def _reached(
    steps: NDArray[np.int64], accuracy: NDArray[np.float64], targets: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return for every seed the step at which it first reaches its target, nan if it never does."""
    pairs = zip(accuracy, targets, strict=True)
    return np.concatenate([first_reaching(steps, row[None], float(target)) for row, target in pairs])


Row = Mapping[str, Value]


def _row(settings: Fig2, name: str, reached: NDArray[np.float64], accuracy: NDArray[np.float64]) -> dict[str, Value]:
    """Return a line of the table: steps to the target (None if a seed misses it), best and last accuracy."""
    return {
        "network": name,
        "rate": rounded(settings.base_rate * factor(name)),
        "steps": rounded(float(reached.mean())),
        "best": rounded(float(accuracy.max(axis=1).mean())),
        "last": rounded(float(accuracy[:, -1].mean())),
    }


def _number(value: Value) -> float:
    return float(value) if isinstance(value, (int, float)) else float("inf")


def _fewer(reached: Mapping[str, NDArray[np.float64]], name: str, other: str, last: int) -> Claim:
    """Tell whether ``name`` needs fewer steps than ``other``, pair by pair; never counts as the last step there is."""
    saved = estimate(np.nan_to_num(reached[other], nan=last) - reached[name])
    evidence: dict[str, Value] = {one: rounded(float(reached[one].mean())) for one in (name, other)}
    evidence |= {"saved": rounded(saved.mean), "low": rounded(saved.low), "high": rounded(saved.high)}
    return Claim(above(saved, 0.0), evidence)


def _best_rate(accuracy: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Tell whether the highest rate's best accuracy lies above those of both other rates, pair by pair."""
    best = {name: accuracy[name].max(axis=1) for name in ("bn_x1", "bn_x5", "bn_x30")}
    lead = estimate(best["bn_x30"] - np.maximum(best["bn_x1"], best["bn_x5"]))
    evidence: dict[str, Value] = {name: rounded(float(values.mean())) for name, values in best.items()}
    evidence |= {"lead": rounded(lead.mean), "low": rounded(lead.low), "high": rounded(lead.high)}
    return Claim(above(lead, 0.0), evidence)


def _failures(rows: Mapping[str, Row]) -> Claim:
    last = {name: rows[name]["last"] for name in ("plain_x5", "plain_x30")}
    return Claim(all(_number(value) < FAILED for value in last.values()), last)


def _sigmoids(rows: Mapping[str, Row]) -> Claim:
    best = {name: rows[name]["best"] for name in ("plain_x5_sigmoid", "bn_x5_sigmoid")}
    return Claim(_number(best["plain_x5_sigmoid"]) < FAILED < _number(best["bn_x5_sigmoid"]), best)


EXPERIMENT = Experiment[Fig2](
    name="ioffe_fig2",
    question="How many steps does BatchNorm save, and how many more with a higher learning rate?",
    source="Ioffe and Szegedy 2015, Figures 2 and 3, scaled down",
    scales={
        "smoke": Fig2(data="digits", channels=(8, 0, 8, 0), batch=20, steps=20, every=10, test_images=100),
        "cpu": Fig2(),
        "paper": Fig2(
            channels=(64, 64, 0, 128, 128, 0, 256, 256, 0), batch=32, steps=30_000, every=500, test_images=10_000
        ),
    },
    seeds={"smoke": 2, "cpu": 5, "paper": 5},
    stacked=False,
    jobs=lambda _: NETWORKS,
    train=train,
    conclude=conclude,
)
