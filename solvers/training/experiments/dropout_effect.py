"""EECS 182 HW3 5(c): two networks of one hidden layer learn a few images of CIFAR-10, one of them with dropout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.experiment import Experiment, Findings, Job, Settings
from solvers.training.record import Claim, Value
from solvers.training.statistics import LEAST, Estimate, estimate, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.loop import Curves

NETWORKS = ("plain", "dropout")

MEMORIZED = 0.9
"""Training accuracy from which a network all but memorizes its images."""

OVERFITS = 0.1
"""A gap between training and validation accuracy that is no accident."""


@dataclass(frozen=True, kw_only=True)
class Dropout(Settings):
    """Settings, those of the course's notebook; ``early_epoch`` is where the speed of the two is compared."""

    data: str = "cifar10"
    images: int = 500
    validation_images: int = 1000
    inputs: str = "bytes less the mean image"
    hidden: int = 500
    drop: float = 0.5
    initialization: str = "Gaussian, biases 0"
    scale: float = 0.01
    optimizer: str = "Adam"
    learning_rate: float = 5e-4
    batch: int = 100
    sampling: str = "with replacement"
    epochs: int = 15
    early_epoch: int = 5


def train(settings: Dropout, job: Job) -> Curves:
    """Train one of the networks for all seeds side by side."""
    import torch
    from torch.nn.functional import relu

    from solvers.training import batches, loop, objectives, probes, streams
    from solvers.training.experiments.rows import centered
    from solvers.training.networks import stacked

    rows = centered(job.data, settings.images, settings.validation_images, job.device)
    sizes = (rows.training.shape[1], settings.hidden, len(job.data.classes))
    draws = streams.Draws(job.seeds, job.device)
    drop = settings.drop if job.name == "dropout" else 0.0
    weights = stacked.gaussian(sizes, job.seeds, settings.scale)
    network = stacked.Stack(weights, relu, drop=drop, draws=draws).to(job.device)
    per_epoch = -(-settings.images // settings.batch)
    at = range(0, settings.epochs * per_epoch + 1, per_epoch)
    return loop.train(
        loop.Training(
            network=network,
            models=len(job.seeds),
            objective=objectives.cross_entropy,
            optimizer=torch.optim.Adam(network.parameters(), lr=settings.learning_rate),
            batches=batches.drawn(rows.training, rows.training_labels, settings.batch, job.seeds),
            steps=settings.epochs * per_epoch,
            probes={
                "training": loop.Probe(at, probes.accuracy(rows.training, rows.training_labels)),
                "validation": loop.Probe(at, probes.accuracy(rows.validation, rows.validation_labels)),
            },
            draws=draws,
        ),
        job.checkpoint,
        job.tell,
        compiled=job.compiled,
    )


def conclude(settings: Dropout, _seeds: tuple[int, ...], curves: Mapping[str, Curves]) -> Findings:
    """Return the accuracies over epochs, and what they say of dropout.

    Seeds are compared of which neither network diverged; in the curves what diverged has accuracy 0.
    """
    measured = {f"{part}_{name}": curves[name].curves[part].values for name in NETWORKS for part in PARTS}
    lasted = ~np.any([curves[name].diverged for name in NETWORKS], axis=0)
    arrays = {name: _kept(values, lasted) for name, values in measured.items()}
    last = {name: values[:, -1] for name, values in arrays.items()}
    gaps = {name: last[f"training_{name}"] - last[f"validation_{name}"] for name in NETWORKS}
    return Findings(
        measurements={name: _spread(values) for name, values in last.items()},
        claims={
            "memorizes": _memorizes(last, gaps),
            "slower": _slower(settings, arrays),
            "ends_lower": _ends_lower(last),
            "gap_shrinks": _gap_shrinks(gaps),
            "still_overfits": _still_overfits(gaps),
            "generalizes_better": _generalizes(settings, last),
        },
        arrays={
            "epoch": np.arange(settings.epochs + 1),
            **{name: np.nan_to_num(values).astype(np.float32) for name, values in measured.items()},
        },
    )


PARTS = ("training", "validation")


def _kept(values: NDArray[np.float64], lasted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the rows of the seeds that lasted; one of nan, of which nothing can be said, if they are too few."""
    return values[lasted] if lasted.sum() >= LEAST else np.full_like(values[:1], np.nan)


def _spread(values: NDArray[np.float64]) -> Value:
    found = estimate(values)
    return {"mean": rounded(found.mean), "low": rounded(found.low), "high": rounded(found.high)}


def _beyond(found: Estimate) -> bool:
    """Return whether a mean difference lies more than two standard errors above 0."""
    return found.error is not None and found.mean > 2 * found.error


def _mean(values: NDArray[np.float64]) -> Value:
    return rounded(float(values.mean()))


def _memorizes(last: Mapping[str, NDArray[np.float64]], gaps: Mapping[str, NDArray[np.float64]]) -> Claim:
    training = last["training_plain"]
    evidence = {"training": _mean(training), "validation": _mean(last["validation_plain"]), "gap": _mean(gaps["plain"])}
    return Claim(float(training.mean()) > MEMORIZED, evidence)


def _slower(settings: Dropout, arrays: Mapping[str, NDArray[np.float64]]) -> Claim:
    early = {name: arrays[f"training_{name}"][:, settings.early_epoch] for name in NETWORKS}
    evidence: dict[str, Value] = {"epoch": settings.early_epoch}
    evidence |= {name: _mean(values) for name, values in early.items()}
    return Claim(_beyond(estimate(early["plain"] - early["dropout"])), evidence)


def _ends_lower(last: Mapping[str, NDArray[np.float64]]) -> Claim:
    dropout, plain = last["training_dropout"], last["training_plain"]
    found = estimate(dropout - plain)
    return Claim(_beyond(estimate(plain - dropout)), _paired(dropout, plain, found))


def _paired(dropout: NDArray[np.float64], plain: NDArray[np.float64], found: Estimate) -> dict[str, Value]:
    return {
        "dropout": _mean(dropout),
        "plain": _mean(plain),
        "difference": rounded(found.mean),
        "error": rounded(found.error),
    }


def _gap_shrinks(gaps: Mapping[str, NDArray[np.float64]]) -> Claim:
    evidence = {name: _mean(gaps[name]) for name in ("dropout", "plain")}
    return Claim(_beyond(estimate(gaps["plain"] - gaps["dropout"])), evidence)


def _still_overfits(gaps: Mapping[str, NDArray[np.float64]]) -> Claim:
    found = estimate(gaps["dropout"])
    evidence = {
        "dropout": rounded(found.mean),
        "low": rounded(found.low),
        "high": rounded(found.high),
        "bound": OVERFITS,
    }
    return Claim(found.low is not None and found.low > OVERFITS, evidence)


def _generalizes(settings: Dropout, last: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Compare validation accuracies pair by pair; ``single`` is the standard error of one of them.

    Where the difference is ``small``, one pair of runs could not have shown it.
    """
    dropout, plain = last["validation_dropout"], last["validation_plain"]
    found = estimate(dropout - plain)
    share = float(plain.mean())
    evidence = _paired(dropout, plain, found)
    single = sqrt(share * (1 - share) / settings.validation_images)
    evidence |= {
        "positive": int((dropout > plain).sum()),
        "seeds": int(np.isfinite(plain).sum()),
        "single": rounded(single),
        "small": abs(found.mean) < 2 * single,
    }
    return Claim(_beyond(found), evidence)


EXPERIMENT = Experiment[Dropout](
    name="dropout_effect",
    question="What does dropout do to a network that has few images to learn from?",
    source="EECS 182 HW3 5(c)",
    scales={
        "smoke": Dropout(
            data="digits", images=100, validation_images=300, hidden=30, batch=20, epochs=6, early_epoch=2
        ),
        "cpu": Dropout(),
        "paper": Dropout(),
    },
    seeds={"smoke": 3, "cpu": 10, "paper": 10},
    least=LEAST,
    jobs=lambda _: NETWORKS,
    train=train,
    conclude=conclude,
)
