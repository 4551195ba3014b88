"""Santurkar et al., Figure 4: loss and gradient along the gradient, at the steps of a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.experiment import Experiment, Findings, Job
from solvers.training.experiments import vgg
from solvers.training.record import Claim, Value
from solvers.training.statistics import LEAST, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.loop import Curves

NETWORKS = ("bn", "plain")

PLATEAU = 0.1
"""Within this part of the inverse of the shortest length an effective smoothness lies on the plateau."""

LATE = 0.75
"""The plateau is looked for after this part of the training."""


@dataclass(frozen=True, kw_only=True)
class Fig4(vgg.Vgg):
    """Settings. ``lengths`` are those of the walks along the gradient, all from the same weights."""

    rate: float = 0.1
    lengths: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4)
    probed_loss: str = "without the penalty of weight decay, in training mode, on the batch of the step"
    probe_every: int = 20


def train(settings: Fig4, job: Job) -> Curves:
    """Train one network for one seed, and look along its gradient every so many steps."""
    from solvers.training import loop, probes

    training, pictures = vgg.training(settings, job, job.name, settings.rate)
    walks = (*range(0, settings.steps, settings.probe_every), settings.steps)
    training.probes = {
        **{name: loop.Probe(settings.points(), one) for name, one in vgg.accuracies(settings, pictures).items()},
        "landscape": loop.Probe(walks, probes.landscape(settings.lengths)),
    }
    return loop.train(training, job.checkpoint, job.tell, compiled=job.compiled)


def conclude(settings: Fig4, _seeds: tuple[int, ...], curves: Mapping[str, Curves]) -> Findings:
    """Return ranges of loss and gradient over the lengths, and which of the paper's claims they support."""
    walked = {name: curves[name].curves["landscape"].values for name in NETWORKS}
    ranges = {name: measured(values, settings.lengths) for name, values in walked.items()}
    accuracy = {
        f"{part}_{name}": vgg.evaluated(curves, name, part) for name in NETWORKS for part in ("training", "test")
    }
    plateau = _plateau(settings, ranges)
    return Findings(
        measurements={
            "landscape": tuple(_row(name, ranges[name], accuracy) for name in NETWORKS),
            "inverse_of_shortest_length": rounded(1 / min(settings.lengths)),
        },
        claims={
            "loss_steadier": _lower({name: one["loss_range"] for name, one in ranges.items()}),
            "gradient_steadier": _lower({name: one["gradient_change"] for name, one in ranges.items()}),
            "smoother": _smoother(settings, ranges, plateau),
            "plateau_is_inverse_probe": plateau,
        },
        arrays={
            "step": curves["bn"].curves["landscape"].steps,
            **{
                f"{kind}_{name}": values.astype(np.float32)
                for name in NETWORKS
                for kind, values in ranges[name].items()
            },
        },
    )


def measured(walked: NDArray[np.float64], lengths: tuple[float, ...]) -> dict[str, NDArray[np.float64]]:
    """Return what the three panels show of walks (seeds, points, 1 + lengths, 2), each (seeds, points).

    The lowest and the highest loss over the lengths, the difference of both, the largest change of the gradient, and
    the largest ratio of change to distance. Where a loss on the way is no number, the range is infinite.
    """
    losses, change = walked[:, :, 1:, 0], walked[:, :, 1:, 1]
    distance = np.array(lengths) * walked[:, :, :1, 1]
    low, high = losses.min(axis=2), losses.max(axis=2)
    return {
        "loss_low": low,
        "loss_high": high,
        "loss_range": np.nan_to_num(high - low, nan=np.inf),
        "gradient_change": np.nan_to_num(change.max(axis=2), nan=np.inf),
        "smoothness": np.nan_to_num((change / distance).max(axis=2), nan=np.inf),
    }


KINDS = ("loss_range", "gradient_change", "smoothness")


def _row(
    name: str, ranges: Mapping[str, NDArray[np.float64]], accuracy: Mapping[str, NDArray[np.float64]]
) -> dict[str, Value]:
    """Return a line for a network, means over seeds: medians and 95th percentiles over the training, and accuracies."""
    row: dict[str, Value] = {"network": name}
    for kind in KINDS:
        middle, high = np.quantile(ranges[kind], (0.5, 0.95), axis=1, method="lower")
        row[f"{kind}_median"], row[f"{kind}_high"] = (rounded(float(one.mean())) for one in (middle, high))
    return row | {part: rounded(float(vgg.final(accuracy[f"{part}_{name}"]).mean())) for part in vgg.PARTS}


def _lower(values: Mapping[str, NDArray[np.float64]]) -> Claim:
    """Tell whether in every seed the median over the training is lower with BatchNorm; values may be infinite.

    The 95th percentile, which tells of spikes, is evidence only.
    """
    medians = {name: np.nanmedian(one, axis=1) for name, one in values.items()}
    highs = {name: np.nanquantile(one, 0.95, axis=1, method="lower") for name, one in values.items()}
    wins = int((medians["bn"] < medians["plain"]).sum())
    evidence: dict[str, Value] = {name: rounded(float(one.mean())) for name, one in medians.items()}
    evidence |= {f"{name}_high": rounded(float(one.mean())) for name, one in highs.items()}
    return Claim(wins == len(medians["bn"]), evidence | {"seeds_lower": wins, "seeds": len(medians["bn"])})


def _smoother(settings: Fig4, ranges: Mapping[str, Mapping[str, NDArray[np.float64]]], plateau: Claim) -> Claim:
    """Compare effective smoothness; where networks reach the plateau, which is the same for any, only away from it."""
    values = {name: one["smoothness"] for name, one in ranges.items()}
    if not plateau.holds:
        return _lower(values)
    away = {name: np.where(_on_plateau(settings, one), np.nan, one) for name, one in values.items()}
    if any(np.isnan(one).all(axis=1).any() for one in away.values()):  # nothing to compare
        return Claim(False, dict.fromkeys((*NETWORKS, "seeds_lower", "seeds")))
    return _lower(away)


def _plateau(settings: Fig4, ranges: Mapping[str, Mapping[str, NDArray[np.float64]]]) -> Claim:
    """Tell whether late in the training most measurements of both networks lie at the inverse of the shortest walk."""
    late = {name: one["smoothness"][:, int(LATE * one["smoothness"].shape[1]) :] for name, one in ranges.items()}
    shares = {name: float(_on_plateau(settings, one).mean()) for name, one in late.items()}
    evidence: dict[str, Value] = {f"share_{name}": rounded(share) for name, share in shares.items()}
    evidence |= {f"median_{name}": rounded(float(np.median(one))) for name, one in late.items()}
    return Claim(min(shares.values()) > 0.5, evidence | {"inverse": rounded(1 / min(settings.lengths))})


def _on_plateau(settings: Fig4, smoothness: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.abs(smoothness * min(settings.lengths) - 1) < PLATEAU


EXPERIMENT = Experiment[Fig4](
    name="santurkar_fig4",
    question="Does BatchNorm smooth the loss along the gradient?",
    source="Santurkar et al. 2018, Figure 4",
    scales={
        "smoke": Fig4(**vgg.SMOKE, probe_every=5),
        "cpu": Fig4(steps=2000, measured_every=100),
        "paper": Fig4(channels=vgg.VGG16, steps=15_000, measured_every=500, probe_every=100, images_evaluated=10_000),
    },
    seeds={"smoke": 2, "cpu": 3, "paper": 3},
    least=LEAST,
    stacked=False,
    jobs=lambda _: NETWORKS,
    train=train,
    conclude=conclude,
)
