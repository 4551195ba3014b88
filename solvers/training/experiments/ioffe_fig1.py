"""Ioffe and Szegedy, Figure 1: three hidden layers of sigmoids on binary images, with and without BatchNorm.

The paper leaves learning rate and initial scale open; those here put the network without BatchNorm within 1.5
points of its curve from 8000 steps on. Larger ones, tried as well, close the early gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.experiment import Experiment, Findings, Job, Settings
from solvers.training.record import Claim, Value
from solvers.training.statistics import above, estimate, faster, rounded, target_for

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from solvers.training.loop import Curves

SHARES = (0.15, 0.5, 0.85)
"""Quantiles that are followed."""

TARGET = 0.9
"""Steps are counted to this part of the final accuracy without BatchNorm."""

READINGS = (0.02, 0.04, 0.08, 0.16, 0.25, 0.32, 0.4, 0.6, 0.8, 1.0)
"""Parts of the training at which accuracies are quoted: 1k, 2k, 4k, 8k, 12.5k, ... of 50k steps."""

COLLAPSED, FANNED, STEADY = 0.1, 0.8, 3.0
"""Spreads between the outer quantiles that count as together and as fanned out; and how far a steady one grows."""


@dataclass(frozen=True, kw_only=True)
class Fig1(Settings):
    """Settings. The quantiles of ``unit`` are over the first ``unit_images`` test images, taken as one batch.

    At the steps ``early`` and ``later`` they should lie together, and apart.
    """

    data: str = "mnist"
    threshold: float = 0.5
    hidden: tuple[int, ...] = (100, 100, 100)
    activation: str = "sigmoid"
    initialization: str = "Gaussian, biases 0"
    scale: float = 0.05
    optimizer: str = "SGD without momentum"
    learning_rate: float = 0.125
    batch: int = 60
    steps: int = 50_000
    bn_epsilon: float = 1e-5
    bn_share_of_batch: float = 0.01
    unit: str = "first of the last hidden layer"
    unit_images: int = 2000
    early: int = 1000
    later: int = 8000
    large_scale: float = 0.1
    large_rate: float = 0.5


def jobs(_: Fig1) -> tuple[str, ...]:
    """Return the trainings: the two networks by the recipe, and for the first steps with larger weights and rate."""
    return ("normalized", "plain", "normalized_large", "plain_large")


def train(settings: Fig1, job: Job) -> Curves:
    """Train one of the networks for all seeds side by side."""
    import torch

    from solvers.training import batches, loop, objectives, probes
    from solvers.training.networks import stacked

    large = job.name.endswith("_large")
    scale, rate = (settings.large_scale, settings.large_rate) if large else (settings.scale, settings.learning_rate)
    inputs, labels = (part.to(job.device) for part in _binary(settings, job.data.training, job.data.training_labels))
    test, truth = (part.to(job.device) for part in _binary(settings, job.data.test, job.data.test_labels))
    sizes = (inputs.shape[1], *settings.hidden, len(job.data.classes))
    norm = stacked.Norm(settings.bn_epsilon, settings.bn_share_of_batch) if job.name.startswith("normalized") else None
    network = stacked.Stack(stacked.gaussian(sizes, job.seeds, scale), torch.sigmoid, norm).to(job.device)
    steps = settings.later if large else settings.steps
    at, last = points(settings, steps), f"layers.{len(settings.hidden) - 1}"
    return loop.train(
        loop.Training(
            network=network,
            models=len(job.seeds),
            objective=objectives.cross_entropy,
            optimizer=torch.optim.SGD(network.parameters(), lr=rate),
            batches=batches.shuffled(inputs, labels, settings.batch, job.seeds),
            steps=steps,
            probes={
                "accuracy": loop.Probe(at, probes.accuracy(test, truth)),
                "quantiles": loop.Probe(at, probes.quantiles(last, (0,), test[: settings.unit_images], SHARES)),
            },
        ),
        job.checkpoint,
        job.tell,
        compiled=job.compiled,
    )


def points(settings: Fig1, steps: int) -> tuple[int, ...]:
    """Return the steps that are probed: more closely in the first tenth, and those that are quoted."""
    fine, coarse = max(1, settings.steps // 200), max(1, settings.steps // 50)
    quoted = [round(share * settings.steps) for share in READINGS]
    closely, widely = range(0, steps // 10 + 1, fine), range(0, steps + 1, coarse)
    at = {*closely, *widely, *quoted, settings.early, settings.later, steps}
    return tuple(sorted(step for step in at if step <= steps))


def _binary(settings: Fig1, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
    """Return images as rows of zeros and ones, a byte each, and their labels."""
    import torch

    rows = images.reshape(len(images), -1) > 255 * settings.threshold
    return torch.from_numpy(rows), torch.from_numpy(labels)


def conclude(settings: Fig1, seeds: tuple[int, ...], curves: Mapping[str, Curves]) -> Findings:
    """Return accuracies and quantiles, and which of the paper's claims they support; what diverged has accuracy 0."""
    accuracy = {name: np.nan_to_num(run.curves["accuracy"].values) for name, run in curves.items()}
    quantiles = {name: curves[name].curves["quantiles"].values[:, :, 0] for name in ("normalized", "plain")}
    spread = {name: values[..., 2] - values[..., 0] for name, values in quantiles.items()}
    steps = curves["plain"].curves["accuracy"].steps
    return Findings(
        measurements={"readings": tuple(_readings(steps, accuracy)), "seeds": len(seeds)},
        claims={
            "faster": _faster(steps, accuracy),
            "ends_higher": _ends_higher(accuracy),
            "collapses_then_fans": _fans(settings, steps, spread["plain"]),
            "steady_with_bn": _steady(spread),
            "gap_needs_small_steps": _gap(settings, curves, accuracy),
        },
        arrays={
            "step": steps,
            "step_large": curves["plain_large"].curves["accuracy"].steps,
            **{name: values.astype(np.float32) for name, values in accuracy.items()},
            **{f"quantiles_{name}": values.astype(np.float32) for name, values in quantiles.items()},
        },
    )


def _readings(steps: NDArray[np.int64], accuracy: Mapping[str, NDArray[np.float64]]) -> list[Value]:
    """Return mean accuracies at the steps that are quoted."""
    chosen = [int(np.searchsorted(steps, round(share * int(steps[-1])))) for share in READINGS]
    names = ("plain", "normalized")
    return [
        {"step": int(steps[at]), **{name: rounded(float(accuracy[name][:, at].mean())) for name in names}}
        for at in chosen
    ]


def _faster(steps: NDArray[np.int64], accuracy: Mapping[str, NDArray[np.float64]]) -> Claim:
    target = target_for(accuracy["plain"][:, -1], TARGET)
    return faster(steps, {name: accuracy[name] for name in ("normalized", "plain")}, target)


def _ends_higher(accuracy: Mapping[str, NDArray[np.float64]]) -> Claim:
    normalized, plain = accuracy["normalized"][:, -1], accuracy["plain"][:, -1]
    difference = estimate(normalized - plain)
    evidence: dict[str, Value] = {
        "normalized": rounded(float(normalized.mean())),
        "plain": rounded(float(plain.mean())),
        "difference": rounded(difference.mean),
        "low": rounded(difference.low),
        "high": rounded(difference.high),
    }
    return Claim(above(difference, 0.0), evidence)


def _fans(settings: Fig1, steps: NDArray[np.int64], spread: NDArray[np.float64]) -> Claim:
    """Tell whether the quantiles of every seed lay together early and apart later; None if one diverged before."""
    early, later = (spread[:, int(np.searchsorted(steps, step))] for step in (settings.early, settings.later))
    evidence: dict[str, Value] = {
        "early_step": settings.early,
        "largest_early_spread": rounded(float(early.max())),
        "later_step": settings.later,
        "smallest_later_spread": rounded(float(later.min())),
    }
    return Claim(bool(early.max() < COLLAPSED and later.min() > FANNED), evidence)


def _steady(spread: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Tell whether with BatchNorm no seed's spread grew more than threefold between its extremes.

    The growth is None where it has no bound: a seed diverged, or its quantiles fell together.
    """
    growth = {name: float(_growth(values).max()) for name, values in spread.items()}
    evidence: dict[str, Value] = {f"growth_{name}": rounded(value) for name, value in growth.items()}
    return Claim(growth["normalized"] < STEADY, evidence | {"bound": STEADY})


def _growth(spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for every seed how many times its largest spread is its smallest."""
    least = spread.min(axis=1)
    return np.divide(spread.max(axis=1), least, out=np.full(len(spread), np.inf), where=least > 0)


def _gap(settings: Fig1, curves: Mapping[str, Curves], accuracy: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Compare the gap at the later step with that of a larger scale and rate, seed by seed.

    There should be a gap, and less than half of it should be left.
    """
    at = {name: _at(curves[name], values, settings.later) for name, values in accuracy.items()}
    small, large = (at[f"normalized{kind}"] - at[f"plain{kind}"] for kind in ("", "_large"))
    evidence: dict[str, Value] = {
        "step": settings.later,
        "gap": rounded(float(small.mean())),
        "gap_large": rounded(float(large.mean())),
        "scale": settings.large_scale,
        "rate": settings.large_rate,
    }
    return Claim(above(estimate(small), 0.0) and above(estimate(small / 2 - large), 0.0), evidence)


def _at(run: Curves, accuracy: NDArray[np.float64], step: int) -> NDArray[np.float64]:
    return accuracy[:, int(np.searchsorted(run.curves["accuracy"].steps, step))]


EXPERIMENT = Experiment[Fig1](
    name="ioffe_fig1",
    question="Does BatchNorm speed up a network of sigmoids, and does it steady the distribution inside?",
    source="Ioffe and Szegedy 2015, Figure 1",
    scales={
        "smoke": Fig1(data="digits", hidden=(20, 20, 20), batch=20, steps=120, early=10, later=60, learning_rate=0.5),
        "cpu": Fig1(steps=20_000),
        "paper": Fig1(),
    },
    seeds={"smoke": 2, "cpu": 3, "paper": 1},
    jobs=jobs,
    train=train,
    conclude=conclude,
)
