"""CS231n's sweep: a deep, narrow network from initial weights over four decades, with and without BatchNorm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.experiment import Experiment, Findings, Job, Settings
from solvers.training.record import Claim, Value
from solvers.training.statistics import FAILED, above, estimate, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.loop import Curves

NETWORKS = ("normalized", "plain")
PARTS = ("training", "validation")

LEARNED = 0.2
"""A training accuracy from which something was learned."""

FLAT = 0.1
"""Accuracies that differ by less over the scales would be called flat."""


@dataclass(frozen=True, kw_only=True)
class Sweep(Settings):
    """Settings. The scales are standard deviations, equally spaced by their logarithm."""

    data: str = "cifar10"
    images: int = 1000
    validation_images: int = 1000
    inputs: str = "bytes less the mean image"
    hidden: tuple[int, ...] = (50,) * 7
    activation: str = "ReLU"
    initialization: str = "Gaussian, biases 0"
    lowest_exponent: float = -4.0
    highest_exponent: float = 0.0
    scales: int = 20
    optimizer: str = "Adam"
    learning_rate: float = 1e-3
    batch: int = 50
    sampling: str = "with replacement"
    epochs: int = 10
    bn_epsilon: float = 1e-5
    bn_share_of_batch: float = 0.1

    def values(self) -> NDArray[np.float64]:
        """Return the scales, ascending."""
        return np.logspace(self.lowest_exponent, self.highest_exponent, self.scales)


def train(settings: Sweep, job: Job) -> Curves:
    """Train one of the networks for all seeds and scales side by side: the scales of a seed are neighbours."""
    import torch
    from torch.nn.functional import relu

    from solvers.training import batches, loop, objectives, probes
    from solvers.training.experiments.rows import centered
    from solvers.training.networks import stacked

    rows = centered(job.data, settings.images, settings.validation_images, job.device)
    sizes = (rows.training.shape[1], *settings.hidden, len(job.data.classes))
    seeds = [seed for seed in job.seeds for _ in range(settings.scales)]
    scales = [float(scale) for _ in job.seeds for scale in settings.values()]
    norm = stacked.Norm(settings.bn_epsilon, settings.bn_share_of_batch) if job.name == "normalized" else None
    network = stacked.Stack(stacked.gaussian(sizes, seeds, scales), relu, norm).to(job.device)
    per_epoch = settings.images // settings.batch
    at = range(0, settings.epochs * per_epoch + 1, per_epoch)
    return loop.train(
        loop.Training(
            network=network,
            models=len(seeds),
            objective=objectives.cross_entropy,
            optimizer=torch.optim.Adam(network.parameters(), lr=settings.learning_rate),
            batches=batches.drawn(rows.training, rows.training_labels, settings.batch, seeds),
            steps=settings.epochs * per_epoch,
            probes={
                "training": loop.Probe(at, probes.accuracy(rows.training, rows.training_labels)),
                "validation": loop.Probe(at, probes.accuracy(rows.validation, rows.validation_labels)),
            },
        ),
        job.checkpoint,
        job.tell,
        compiled=job.compiled,
    )


def conclude(settings: Sweep, seeds: tuple[int, ...], curves: Mapping[str, Curves]) -> Findings:
    """Return the best accuracies over the epochs for every scale, and what they say of BatchNorm.

    After a network has diverged its accuracy counts as 0.
    """
    shape = (len(seeds), settings.scales)
    arrays = {
        f"{part}_{name}": np.nan_to_num(curves[name].curves[part].values).max(axis=1).reshape(shape)
        for name in NETWORKS
        for part in PARTS
    }
    failed = {name: curves[name].diverged.reshape(shape).sum(axis=0) for name in NETWORKS}
    best = {name: arrays[f"training_{name}"] for name in NETWORKS}
    scales = settings.values()
    return Findings(
        measurements={"rows": tuple(_rows(scales, arrays, failed))},
        claims={
            "bn_learns_everywhere": _everywhere(scales, best["normalized"]),
            "bn_is_flat": _flat(best["normalized"]),
            "plain_needs_its_band": _band(scales, best["plain"]),
            "bn_better_in_the_band": _in_band(scales, best),
        },
        arrays={
            "scale": scales,
            **{name: values.astype(np.float32) for name, values in arrays.items()},
        },
    )


def _rows(
    scales: NDArray[np.float64],
    arrays: Mapping[str, NDArray[np.float64]],
    failed: Mapping[str, NDArray[np.int64]],
) -> list[Value]:
    """Return a row for every scale: mean accuracies over the seeds, and how many of them diverged."""
    return [
        {
            "scale": f"{scale:.2g}",
            **{name: rounded(float(values[:, at].mean())) for name, values in arrays.items()},
            **{f"{name}_diverged": int(failed[name][at]) for name in NETWORKS},
        }
        for at, scale in enumerate(scales)
    ]


def _everywhere(scales: NDArray[np.float64], best: NDArray[np.float64]) -> Claim:
    """Tell whether every seed learned at every scale; ``best`` is (seeds, scales), here and below."""
    worst = int(best.min(axis=0).argmin())
    evidence: dict[str, Value] = {
        "lowest_accuracy": rounded(float(best.min())),
        "at_scale": f"{scales[worst]:.2g}",
        "seeds_that_learned": int((best[:, worst] > LEARNED).sum()),
        "seeds": len(best),
    }
    return Claim(bool(best.min() > LEARNED), evidence)


def _flat(best: NDArray[np.float64]) -> Claim:
    """Tell whether mean accuracies hardly depend on the scale."""
    means = best.mean(axis=0)
    evidence: dict[str, Value] = {
        "lowest_accuracy": rounded(float(means.min())),
        "highest_accuracy": rounded(float(means.max())),
    }
    return Claim(float(np.ptp(means)) < FLAT, evidence)


def _band(scales: NDArray[np.float64], best: NDArray[np.float64]) -> Claim:
    """Tell whether without BatchNorm every seed stays at chance at the smallest scale.

    Where every seed learns is the evidence.
    """
    learned = scales[best.min(axis=0) > LEARNED]
    evidence: dict[str, Value] = {
        "accuracy_at_smallest": rounded(float(best[:, 0].mean())),
        "seeds_at_chance": int((best[:, 0] <= FAILED).sum()),
        "seeds": len(best),
        "learns_from": f"{learned.min():.2g}" if len(learned) else None,
        "best_scale": f"{scales[int(best.mean(axis=0).argmax())]:.2g}",
    }
    return Claim(bool(best[:, 0].max() <= FAILED), evidence)


def _in_band(scales: NDArray[np.float64], best: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Compare both, seed by seed, at the best scale of the network without BatchNorm."""
    at = int(best["plain"].mean(axis=0).argmax())
    difference = estimate(best["normalized"][:, at] - best["plain"][:, at])
    evidence: dict[str, Value] = {"scale": f"{scales[at]:.2g}"}
    evidence |= {name: rounded(float(values[:, at].mean())) for name, values in best.items()}
    evidence |= {
        "difference": rounded(difference.mean),
        "low": rounded(difference.low),
        "high": rounded(difference.high),
    }
    return Claim(above(difference, 0.0), evidence)


EXPERIMENT = Experiment[Sweep](
    name="batchnorm_init_scale",
    question="How much does the initial scale of the weights matter, with BatchNorm and without?",
    source="CS231n, assignment 2",
    scales={
        "smoke": Sweep(
            data="digits",
            images=100,
            validation_images=200,
            hidden=(20,) * 4,
            scales=5,
            batch=20,
            epochs=4,
            learning_rate=0.01,
        ),
        "cpu": Sweep(),
        "paper": Sweep(),
    },
    seeds={"smoke": 2, "cpu": 3, "paper": 5},
    jobs=lambda _: NETWORKS,
    train=train,
    conclude=conclude,
)
