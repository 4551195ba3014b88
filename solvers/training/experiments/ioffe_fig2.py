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
from solvers.training.statistics import FAILED, above, arrivals, estimate, first_reaching, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.loop import Curves

BASELINE = "plain_x1"
NETWORKS = (BASELINE, "bn_x1", "plain_x5", "bn_x5", "plain_x30", "bn_x30", "plain_x5_sigmoid", "bn_x5_sigmoid")


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
    measured_every: int = 50
    test_images: int = 2000
    bn_epsilon: float = 1e-5
    bn_share_of_batch: float = 0.1


def train(settings: Fig2, job: Job) -> Curves:
    """Train one network for one seed."""
    import torch
    from torch import nn

    from solvers.training import batches, loop, objectives, probes
    from solvers.training.experiments.pictures import placed
    from solvers.training.networks import images

    norm = images.batchnorm(settings.bn_epsilon, settings.bn_share_of_batch) if job.name.startswith("bn") else None
    activation = nn.Sigmoid if job.name.endswith("sigmoid") else nn.ReLU
    pictures = placed(job.data, job.device)
    depth = pictures.training.shape[1]
    network = images.plain_network(settings.channels, len(job.data.classes), norm, activation, depth)
    images.kaiming(network, job.seeds[0])
    whole = images.Alone(nn.Sequential(pictures.standardize, network)).to(job.device)
    few = slice(0, settings.test_images)
    at = (*range(0, settings.steps, settings.measured_every), settings.steps)
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

    The target of a seed is the best accuracy of its network without BatchNorm at the lowest rate, or the mean of such
    targets where that learned nothing; what diverged counts as 0.
    """
    steps = curves[BASELINE].curves["accuracy"].steps
    accuracy = {name: np.nan_to_num(run.curves["accuracy"].values) for name, run in curves.items()}
    targets = _targets(accuracy[BASELINE].max(axis=1))
    reached = {name: _reached(steps, values, targets) for name, values in accuracy.items()}
    rows = {name: _row(settings, name, reached[name], values) for name, values in accuracy.items()}
    return Findings(
        measurements={
            "networks": tuple(rows.values()),
            "target": rounded(float(targets.mean())),
            "baselines_that_learned": int((accuracy[BASELINE].max(axis=1) > FAILED).sum()),
            "seeds": len(seeds),
        },
        claims={
            "bn_needs_fewer_steps": _fewer(reached, "bn_x1", BASELINE, int(steps[-1])),
            "higher_rate_needs_fewer_steps": _fewer(reached, "bn_x5", "bn_x1", int(steps[-1])),
            "highest_rate_ends_best": _best_rate(accuracy),
            "plain_fails_at_higher_rates": _failures(accuracy),
            "sigmoid_needs_bn": _sigmoids(accuracy),
        },
        arrays={"step": steps, **{name: values.astype(np.float32) for name, values in accuracy.items()}},
    )


def _targets(best: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the target of every seed from the best accuracies of the baseline; nan if no seed learned anything."""
    learned = best[best > FAILED]
    return np.where(best > FAILED, best, learned.mean() if len(learned) else np.nan)


def _reached(
    steps: NDArray[np.int64], accuracy: NDArray[np.float64], targets: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return for every seed the step at which it first reaches its target, nan if it never does or has none."""
    pairs = zip(accuracy, targets, strict=True)
    return np.concatenate([first_reaching(steps, row[None], float(target)) for row, target in pairs])


def _row(settings: Fig2, name: str, reached: NDArray[np.float64], accuracy: NDArray[np.float64]) -> dict[str, Value]:
    """Return a line of the table: steps to the target (None if a seed misses it), best and last accuracy."""
    found = arrivals({"steps": reached})
    return {
        "network": name,
        "rate": rounded(settings.base_rate * factor(name)),
        "steps": found["steps"],
        "reached": found["steps_reached"],
        "best": rounded(float(accuracy.max(axis=1).mean())),
        "last": rounded(float(accuracy[:, -1].mean())),
    }


def _fewer(reached: Mapping[str, NDArray[np.float64]], name: str, other: str, last: int) -> Claim:
    """Tell whether ``name`` needs fewer steps than ``other``, pair by pair.

    Where ``other`` never arrives, the last step counts, so that what is saved is a lower bound.
    """
    saved = estimate(np.nan_to_num(reached[other], nan=last) - reached[name])
    evidence = arrivals({one: reached[one] for one in (name, other)})
    evidence |= {"saved": rounded(saved.mean), "low": rounded(saved.low), "high": rounded(saved.high)}
    return Claim(above(saved, 0.0), evidence)


def _best_rate(accuracy: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Tell whether the highest rate's best accuracy lies above those of both other rates, pair by pair."""
    best = {name: accuracy[name].max(axis=1) for name in ("bn_x1", "bn_x5", "bn_x30")}
    lead = estimate(best["bn_x30"] - np.maximum(best["bn_x1"], best["bn_x5"]))
    evidence: dict[str, Value] = {name: rounded(float(values.mean())) for name, values in best.items()}
    evidence |= {"lead": rounded(lead.mean), "low": rounded(lead.low), "high": rounded(lead.high)}
    return Claim(above(lead, 0.0), evidence)


def _failures(accuracy: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Tell whether without BatchNorm every seed ended at chance at both higher rates."""
    last = {name: accuracy[name][:, -1] for name in ("plain_x5", "plain_x30")}
    evidence: dict[str, Value] = {}
    for name, values in last.items():
        evidence |= {name: rounded(float(values.mean())), f"{name}_failed": int((values <= FAILED).sum())}
    holds = all(bool(values.max() <= FAILED) for values in last.values())
    return Claim(holds, evidence | {"seeds": len(last["plain_x5"]), "bound": FAILED})


def _sigmoids(accuracy: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Tell whether with sigmoids every seed learned something with BatchNorm, and none without."""
    best = {name: accuracy[name].max(axis=1) for name in ("plain_x5_sigmoid", "bn_x5_sigmoid")}
    evidence: dict[str, Value] = {}
    for name, values in best.items():
        evidence |= {name: rounded(float(values.mean())), f"{name}_learned": int((values > FAILED).sum())}
    plain, bn = best.values()
    return Claim(bool(plain.max() <= FAILED < bn.min()), evidence | {"seeds": len(bn), "bound": FAILED})


EXPERIMENT = Experiment[Fig2](
    name="ioffe_fig2",
    question="How many steps does BatchNorm save, and how many more with a higher learning rate?",
    source="Ioffe and Szegedy 2015, Figures 2 and 3, scaled down",
    scales={
        "smoke": Fig2(data="digits", channels=(8, 0, 8, 0), batch=20, steps=20, measured_every=10, test_images=100),
        "cpu": Fig2(),
        "paper": Fig2(
            channels=(64, 64, 0, 128, 128, 0, 256, 256, 0),
            batch=32,
            steps=30_000,
            measured_every=500,
            test_images=10_000,
        ),
    },
    seeds={"smoke": 2, "cpu": 5, "paper": 5},
    stacked=False,
    jobs=lambda _: NETWORKS,
    train=train,
    conclude=conclude,
)
