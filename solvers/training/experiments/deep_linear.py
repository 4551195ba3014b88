"""The deep linear networks of Santurkar et al., Figure 3: full-batch descent, and how far gradients shift.

The loss is half the sum of squares over all inputs. The models of a training are trained and probed side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.experiment import Job, Settings
from solvers.training.record import Claim, Value
from solvers.training.statistics import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.loop import Curves

STEADY = 0.95
"""A cosine that never falls below this is steady."""

SWINGS = 1.0
"""A cosine swings widely if it covers more than this, of the 2 that there are."""


@dataclass(frozen=True, kw_only=True)
class Linear(Settings):
    """Settings of the deep linear networks. ``dln_layers_probed`` counts layers from 1, as the paper does."""

    dln_depth: int = 25
    dln_width: int = 10
    dln_inputs: int = 1000
    dln_loss: str = "half the sum of squares over all inputs"
    dln_optimizer: str = "gradient descent on all inputs"
    dln_initialization: str = "Glorot uniform"
    dln_bn: str = "after every layer but the last, gains and shifts learned"
    dln_bn_epsilon: float = 1e-3
    dln_rates: tuple[float, ...] = (1e-6, 1e-7)
    dln_steps: int = 10_000
    dln_every: int = 50
    dln_layers_probed: tuple[int, ...] = (9, 17)


def jobs(settings: Linear) -> tuple[str, ...]:
    """Return a training for each network and rate; the rates are numbered."""
    numbers = range(len(settings.dln_rates))
    return tuple(f"dln_{network}_{number}" for number in numbers for network in ("normalized", "plain"))


def train(settings: Linear, job: Job) -> Curves:
    """Train one of the networks at one rate, a model for each seed."""
    import torch

    from solvers.training import batches, linear, loop, objectives, probes
    from solvers.training.networks import stacked

    _, kind, number = job.name.split("_")
    sizes = (settings.dln_width,) * (settings.dln_depth + 1)
    inputs, targets = linear.task(job.seeds, settings.dln_inputs, settings.dln_width)
    network = stacked.Stack(
        stacked.glorot(sizes, job.seeds, torch.float64),
        lambda u: u,
        stacked.Norm(settings.dln_bn_epsilon) if kind == "normalized" else None,
        bias=False,
    ).to(job.device)
    learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
    at = range(0, settings.dln_steps + 1, settings.dln_every)
    probed = [f"layers.{layer - 1}.weight" for layer in settings.dln_layers_probed]
    return loop.train(
        loop.Training(
            network=network,
            models=len(job.seeds),
            objective=partial(objectives.half_squares, weight=settings.dln_inputs / inputs.shape[1]),
            optimizer=torch.optim.SGD(learned, lr=settings.dln_rates[int(number)]),
            batches=batches.whole(inputs.to(job.device), targets.to(job.device)),
            steps=settings.dln_steps,
            probes={"loss": loop.Probe(at, probes.loss), "shift": loop.Probe(at, probes.shift(probed))},
        ),
        job.checkpoint,
        job.tell,
        compiled=job.compiled,
    )


def measurements(settings: Linear, curves: Mapping[str, Curves]) -> dict[str, Value]:
    """Return the median loss and the extremes of the cosines of every network and rate."""
    rows: list[Value] = []
    for number, rate in enumerate(settings.dln_rates):
        for network in ("plain", "normalized"):
            losses, cosines = _loss(curves, network, number), _cosines(curves, network, number)
            rows.append(
                {
                    "rate": f"{rate:g}",
                    "network": network,
                    "first_loss": rounded(float(np.median(losses[:, 0]))),
                    "last_loss": rounded(float(np.median(losses[:, -1]))),
                    "lowest_cosine": rounded(float(cosines.min())),
                    "highest_cosine": rounded(float(cosines.max())),
                    "diverged": int(_run(curves, network, number).diverged.sum()),
                }
            )
    return {"dln": tuple(rows)}


def claims(settings: Linear, curves: Mapping[str, Curves]) -> dict[str, Claim]:
    """Return which of the paper's claims about deep linear networks these runs support."""
    large, small = _extremes(settings)
    return {
        "dln_standard_steady": _steady(settings, curves, small),
        "dln_bn_swings": _swings(settings, curves, ("normalized",), small),
        "dln_alike_at_larger_rate": _swings(settings, curves, ("plain", "normalized"), large),
        "bn_trains_better": _better(settings, curves),
    }


def arrays(curves: Mapping[str, Curves]) -> dict[str, NDArray[np.generic]]:
    """Return the curves: losses (seeds, points), and distances and cosines (seeds, points, layers, 2)."""
    first = next(run for name, run in curves.items() if name.startswith("dln_"))
    found: dict[str, NDArray[np.generic]] = {"dln_step": first.curves["loss"].steps}
    for name, run in curves.items():
        if name.startswith("dln_"):
            found[f"{name}_loss"] = run.curves["loss"].values.astype(np.float32)
            found[f"{name}_shift"] = run.curves["shift"].values.astype(np.float32)
    return found


def _steady(settings: Linear, curves: Mapping[str, Curves], number: int) -> Claim:
    """Tell whether in most seeds no cosine of the standard network, of any layer, ever fell below STEADY."""
    cosines = _cosines(curves, "plain", number)
    lowest: NDArray[np.float64] = cosines.min(axis=(1, 2))
    evidence: dict[str, Value] = {
        "rate": f"{settings.dln_rates[number]:g}",
        "lowest_cosine": rounded(float(lowest.min())),
        "median_lowest_cosine": rounded(float(np.median(lowest))),
        "bound": STEADY,
        "steady_seeds": int((lowest > STEADY).sum()),
        "seeds": len(lowest),
    }
    return Claim(bool((lowest > STEADY).mean() > 0.5), evidence)


def _swings(settings: Linear, curves: Mapping[str, Curves], networks: tuple[str, ...], number: int) -> Claim:
    """Tell whether the cosines of these networks swing widely in most seeds; the range is that of the widest layer."""
    evidence: dict[str, Value] = {"rate": f"{settings.dln_rates[number]:g}", "bound": SWINGS}
    wide: list[bool] = []
    for network in networks:
        cosines = _cosines(curves, network, number)
        ranges: NDArray[np.float64] = (cosines.max(axis=1) - cosines.min(axis=1)).max(axis=1)
        wide.append(bool((ranges > SWINGS).mean() > 0.5))
        evidence[f"median_range_{network}"] = rounded(float(np.median(ranges)))
        evidence[f"swinging_seeds_{network}"] = int((ranges > SWINGS).sum())
        evidence["seeds"] = len(ranges)
    return Claim(all(wide), evidence)


def _better(settings: Linear, curves: Mapping[str, Curves]) -> Claim:
    """Tell whether BatchNorm ended at a lower loss at every rate in most seeds."""
    evidence: dict[str, Value] = {}
    better: list[bool] = []
    large, small = _extremes(settings)
    for number, name in ((large, "dln_larger_rate"), (small, "dln_smaller_rate")):
        plain, normalized = (_loss(curves, network, number)[:, -1] for network in ("plain", "normalized"))
        wins = int((normalized < plain).sum())  # a loss that is no number is no win
        better.append(wins > len(plain) / 2)
        evidence[name] = {
            "plain": rounded(float(np.median(plain))),
            "normalized": rounded(float(np.median(normalized))),
            "seeds_won": wins,
            "seeds": len(plain),
        }
    return Claim(all(better), evidence)


def _extremes(settings: Linear) -> tuple[int, int]:
    """Return the numbers of the largest and of the smallest rate."""
    return int(np.argmax(settings.dln_rates)), int(np.argmin(settings.dln_rates))


def _run(curves: Mapping[str, Curves], network: str, number: int) -> Curves:
    return curves[f"dln_{network}_{number}"]


def _loss(curves: Mapping[str, Curves], network: str, number: int) -> NDArray[np.float64]:
    """Return the losses, (seeds, points)."""
    return _run(curves, network, number).curves["loss"].values


def _cosines(curves: Mapping[str, Curves], network: str, number: int) -> NDArray[np.float64]:
    """Return the cosines after the first step, (seeds, points, layers)."""
    return _run(curves, network, number).curves["shift"].values[:, 1:, :, 1]
