"""CS 7150 HW1 4(a)-(c): a convolutional network with and without BatchNorm, on one grid of learning rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.experiment import Experiment, Findings, Job, Settings
from solvers.training.record import Claim, Value
from solvers.training.statistics import FAILED, LEAST, above, estimate, faster, rounded, target_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.loop import Curves

NETWORKS = ("normalized", "plain")
PARTS = ("validation", "test")

TARGET = 0.9
"""Steps are counted to this part of the final accuracy without BatchNorm."""

CHUNK = 1000
"""Images that are evaluated at a time: larger parts leave a processor's cache."""


@dataclass(frozen=True, kw_only=True)
class Benefits(Settings):
    """Settings. ``channels`` are those of the convolutions in order, 0 is pooling; ``common`` is the rate of (a)."""

    data: str = "cifar10"
    network: str = "3 x 3 convolutions, the mean over positions, a linear layer, BN between convolution and ReLU"
    channels: tuple[int, ...] = (16, 0, 16, 16, 0, 32, 32, 0, 32, 32, 0)
    initialization: str = "Kaiming normal, biases 0"
    inputs: str = "standardized by channel, no augmentation"
    optimizer: str = "SGD without momentum, constant rate"
    rates: tuple[float, ...] = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    common: float = 0.1
    batch: int = 64
    steps: int = 800
    measured_every: int = 50
    precision: str = "bfloat16 where it is safe"
    validation_images: int = 5000
    test_images_on_the_way: int = 2000
    bn_epsilon: float = 1e-5
    bn_share_of_batch: float = 0.1


def jobs(settings: Benefits) -> tuple[str, ...]:
    """Return a training for each network and rate; the rates are numbered."""
    return tuple(f"{network}_{number}" for number in range(len(settings.rates)) for network in NETWORKS)


def train(settings: Benefits, job: Job) -> Curves:
    """Train one of the networks at one rate for one seed."""
    import torch
    from torch import nn

    from solvers.training import batches, loop, objectives, probes
    from solvers.training.experiments.pictures import placed
    from solvers.training.networks import images

    kind, number = job.name.split("_")
    pictures = placed(job.data, job.device, settings.validation_images)
    norm = images.batchnorm(settings.bn_epsilon, settings.bn_share_of_batch) if kind == "normalized" else None
    count, depth = len(job.data.classes), pictures.training.shape[1]
    network = images.plain_network(settings.channels, count, norm, inputs=depth)
    images.kaiming(network, job.seeds[0])
    whole = images.Alone(nn.Sequential(pictures.standardize, network), half=True).to(job.device)
    few = slice(0, settings.test_images_on_the_way)
    on_the_way = (*range(0, settings.steps, settings.measured_every), settings.steps)
    at_the_end = (settings.steps,)
    return loop.train(
        loop.Training(
            network=whole,
            models=1,
            objective=objectives.cross_entropy,
            optimizer=torch.optim.SGD(whole.parameters(), lr=settings.rates[int(number)]),
            batches=batches.shuffled(pictures.training, pictures.training_labels, settings.batch, job.seeds),
            steps=settings.steps,
            probes={
                "accuracy": loop.Probe(
                    on_the_way, probes.accuracy(pictures.test[few], pictures.test_labels[few], CHUNK)
                ),
                "validation": loop.Probe(
                    at_the_end, probes.accuracy(pictures.validation, pictures.validation_labels, CHUNK)
                ),
                "test": loop.Probe(at_the_end, probes.accuracy(pictures.test, pictures.test_labels, CHUNK)),
            },
        ),
        job.checkpoint,
        job.tell,
        compiled=job.compiled,
    )


def conclude(settings: Benefits, _seeds: tuple[int, ...], curves: Mapping[str, Curves]) -> Findings:
    """Return accuracies at all rates, and which of the three benefits they show."""
    last = {part: {name: _last(settings, curves, name, part) for name in NETWORKS} for part in PARTS}
    at = settings.rates.index(settings.common)
    runs = {name: curves[f"{name}_{at}"].curves["accuracy"] for name in NETWORKS}
    accuracy = {name: np.nan_to_num(run.values) for name, run in runs.items()}
    return Findings(
        measurements={"rates": tuple(_rows(settings, last["test"]))},
        claims={
            "faster": _faster(settings, runs["plain"].steps, accuracy),
            "larger_rates": _larger(settings, last["test"]),
            "better": _better(settings, last),
        },
        arrays={
            "step": runs["plain"].steps,
            **{name: values.astype(np.float32) for name, values in accuracy.items()},
            **{f"test_{name}": values.astype(np.float32) for name, values in last["test"].items()},
        },
    )


def _last(settings: Benefits, curves: Mapping[str, Curves], name: str, part: str) -> NDArray[np.float64]:
    """Return final accuracies, (rates, seeds); 0 for a network that diverged."""
    runs = (curves[f"{name}_{number}"] for number in range(len(settings.rates)))
    return np.array([np.where(run.diverged, 0, np.nan_to_num(run.curves[part].values[:, -1])) for run in runs])


def _rows(settings: Benefits, test: Mapping[str, NDArray[np.float64]]) -> list[Value]:
    """Return a row for every rate: mean accuracies of the seeds that trained, and how many did not."""
    rows: list[Value] = []
    for at, rate in enumerate(settings.rates):
        row: dict[str, Value] = {"rate": rate}
        for name in NETWORKS:
            trained = test[name][at][test[name][at] > FAILED]
            row[name] = rounded(float(trained.mean())) if len(trained) else None
            row[f"{name}_failed"] = len(test[name][at]) - len(trained)
        rows.append(row)
    return rows


def _faster(settings: Benefits, steps: NDArray[np.int64], accuracy: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Compare steps to a target at the common rate."""
    target = target_for(accuracy["plain"][:, -1], TARGET)
    found = faster(steps, accuracy, None if target is None else round(target, 2))
    return replace(found, evidence={"rate": settings.common, **found.evidence})


def _larger(settings: Benefits, test: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Compare the largest rates at which every seed trained."""
    largest: dict[str, float | None] = {}
    for name in NETWORKS:
        trained = [rate for rate, row in zip(settings.rates, test[name], strict=True) if row.min() > FAILED]
        largest[name] = max(trained, default=None)
    return Claim((largest["normalized"] or 0) > (largest["plain"] or 0), dict(largest))


def _better(settings: Benefits, last: Mapping[str, Mapping[str, NDArray[np.float64]]]) -> Claim:
    """Compare test accuracies seed by seed, each network at the rate that is best for it on validation images.

    A best rate at an end of the grid may not be the best there is.
    """
    best = {name: int(last["validation"][name].mean(axis=1).argmax()) for name in NETWORKS}
    chosen = {name: last["test"][name][best[name]] for name in NETWORKS}
    difference = estimate(chosen["normalized"] - chosen["plain"])
    evidence: dict[str, Value] = {}
    for name in NETWORKS:
        evidence[name] = rounded(float(chosen[name].mean()))
        evidence[f"{name}_rate"] = settings.rates[best[name]]
        evidence[f"{name}_edge"] = _edge(settings.rates, best[name])
    evidence |= {
        "difference": rounded(difference.mean),
        "low": rounded(difference.low),
        "high": rounded(difference.high),
    }
    return Claim(above(difference, 0.0), evidence)


def _edge(rates: tuple[float, ...], at: int) -> str | None:
    """Return at which end of the grid a rate lies, None if it lies inside.

    >>> _edge((0.1, 0.3, 1.0), 0), _edge((0.1, 0.3, 1.0), 1), _edge((0.1, 0.3, 1.0), 2)
    ('lowest', None, 'highest')
    """
    return "lowest" if at == 0 else "highest" if at == len(rates) - 1 else None


EXPERIMENT = Experiment[Benefits](
    name="batchnorm_benefits",
    question="Does BatchNorm speed training up, permit larger learning rates, and lead to better networks?",
    source="CS 7150 HW1 4(a)-(c)",
    scales={
        "smoke": Benefits(
            data="digits",
            channels=(8, 0, 8, 0),
            rates=(0.01, 0.1, 3.0),
            batch=20,
            steps=40,
            measured_every=10,
            validation_images=200,
            test_images_on_the_way=100,
        ),
        "cpu": Benefits(),
        "paper": Benefits(
            channels=(64, 64, 0, 128, 128, 0, 256, 256, 0),
            rates=(0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 3.0),
            batch=128,
            steps=10_000,
            measured_every=250,
            test_images_on_the_way=10_000,
        ),
    },
    seeds={"smoke": 2, "cpu": 5, "paper": 5},
    least=LEAST,
    stacked=False,
    jobs=jobs,
    train=train,
    conclude=conclude,
)
