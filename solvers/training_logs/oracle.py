"""The second road: train again with torch's layers, autograd and optimizer, and read the curves by bisection.

Shared with the first road is what a seed means: which of NumPy's streams gives weights, batches and masks.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from solvers.training_logs.recipes import (
    CLASSES,
    DECIMALS,
    EVERY,
    HIDDEN,
    METRICS,
    PIXELS,
    SHOWN,
    STEPS,
    TRAINING,
    Crossing,
    Reaching,
    Recipe,
)

if TYPE_CHECKING:
    from numpy.random import Generator
    from torch import Tensor, nn

Values = list[float]


@cache
def train(recipe: Recipe, seed: int) -> tuple[tuple[float, ...], ...]:
    """Return the log of a run, unrounded: a row for each logged step, a column for each of METRICS."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # on layers this small, threads only wait for each other
    try:
        return tuple(_rows(recipe, seed))
    finally:
        torch.set_num_threads(threads)


def _rows(recipe: Recipe, seed: int) -> list[tuple[float, ...]]:
    import numpy as np
    import torch

    images, labels = _digits()
    weights, batches, masks = (np.random.default_rng([seed, stream]) for stream in range(3))
    network = _network(recipe, weights, masks)
    optimizer = torch.optim.SGD(network.parameters(), lr=float(recipe.rate), momentum=float(recipe.momentum))
    rows = [_measured(network, images, labels)]
    for step, batch in enumerate(torch.from_numpy(batches.integers(0, TRAINING, (STEPS, recipe.batch))), start=1):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(images[batch]), labels[batch]).backward()
        optimizer.step()
        if step % EVERY == 0:
            rows.append(_measured(network, images, labels))
    return rows


@cache
def _digits() -> tuple[Tensor, Tensor]:
    import torch
    from sklearn.datasets import load_digits

    data = cast("Any", load_digits())
    return torch.from_numpy(data.images.reshape(-1, PIXELS) / 16), torch.from_numpy(data.target).long()


def _network(recipe: Recipe, weights: Generator, masks: Generator) -> nn.Sequential:
    import torch
    from torch import nn

    class Dropout(nn.Module):
        """What ``nn.Dropout`` does, with the masks of the seed."""

        def forward(self, inputs: Tensor) -> Tensor:
            drop = float(recipe.dropout)
            if not (self.training and drop):
                return inputs
            return inputs * (torch.from_numpy(masks.random(tuple(inputs.shape))) >= drop) / (1 - drop)

    def linear(inputs: int, outputs: int, bias: bool) -> nn.Linear:
        layer = nn.Linear(inputs, outputs, bias=bias, dtype=torch.float64)
        start = float(recipe.scale) / inputs**0.5 * weights.standard_normal((inputs, outputs))
        layer.weight.data = torch.from_numpy(start).T.contiguous()
        if bias:
            nn.init.zeros_(layer.bias)
        return layer

    layers: list[nn.Module] = []
    for inputs in [PIXELS, *[recipe.width] * (recipe.depth - 1)]:
        layers.append(linear(inputs, recipe.width, bias=not recipe.batchnorm))
        layers += [nn.BatchNorm1d(recipe.width, dtype=torch.float64)] if recipe.batchnorm else []
        layers += [{"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}[recipe.activation](), Dropout()]
    return nn.Sequential(*layers, linear(recipe.width, CLASSES, bias=True))


def _measured(network: nn.Sequential, images: Tensor, labels: Tensor) -> tuple[float, ...]:
    import torch

    network.eval()
    with torch.no_grad():
        scores = network(images)
    network.train()
    values: Values = []
    for part in (slice(0, TRAINING), slice(TRAINING, None)):
        values.append(torch.nn.functional.cross_entropy(scores[part], labels[part]).item())
        values.append(100 * (scores[part].argmax(1) == labels[part]).double().mean().item())
    return tuple(values)


def answers(
    recipes: Sequence[Recipe], seeds: Sequence[int], metric: str, steps: int, question: Reaching | Crossing
) -> dict[str, object]:
    """Return all answers about a figure, from logs of torch's own."""
    sign = -1.0 if "loss" in metric else 1.0
    repeated = [[_column(recipe, seed, metric, steps) for seed in seeds] for recipe in recipes]
    decimals = DECIMALS[metric.split()[1]]
    means = [[round(statistics.fmean(values), decimals) for values in zip(*runs, strict=True)] for runs in repeated]
    names = dict(zip("ABC", ([sign * value for value in curve] for curve in means), strict=False))
    ends = {name: curve[-1] for name, curve in names.items()}
    best, second = sorted(ends, key=lambda name: ends[name], reverse=True)[:2]
    read = _crossing(names, best, second) if isinstance(question, Crossing) else _level(names, sign, question)
    return {
        "winner": best,
        "gap": ends[best] - ends[second],
        **read,
        **_claims(recipes, metric, [[sign * run[-1] for run in runs] for runs in repeated]),
    }


def _column(recipe: Recipe, seed: int, metric: str, steps: int) -> Values:
    """Return the written values of a metric up to ``steps``."""
    decimals = DECIMALS[metric.split()[1]]
    return [round(row[METRICS.index(metric)], decimals) for row in train(recipe, seed)[: steps // EVERY + 1]]


def _level(curves: dict[str, Values], sign: float, question: Reaching) -> dict[str, object]:
    level = sign * float(question.value)
    found = {name: _last_rise(curve, level) for name, curve in curves.items()}
    first, second, *_ = sorted((step, name) for name, step in found.items() if step is not None)
    return {"leader": first[1], "step": first[0], "lead": second[0] - first[0]}


def _crossing(curves: dict[str, Values], late: str, early: str) -> dict[str, object]:
    lead = [ahead - behind for ahead, behind in zip(curves[late], curves[early], strict=True)]
    return {"leader": early, "step": _last_rise(lead, 0.0), "most": max(-value for value in lead)}


def _last_rise(values: Values, level: float) -> float | None:
    """Return the largest step at which the line through ``values`` passes ``level`` upwards to stay, by bisection.

    Values are compared half a last decimal lower, so that float noise cannot move one across the level.
    """
    import numpy as np

    steps, line = EVERY * np.arange(len(values)), np.array(values)
    stays = len(values)
    while stays and values[stays - 1] > level - 1e-6:
        stays -= 1
    if stays in {0, len(values)}:
        return None
    low, high = float(steps[stays - 1]), float(steps[stays])
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if np.interp(middle, steps, line) < level else (low, middle)
    return high


def _claims(recipes: Sequence[Recipe], metric: str, ends: list[Values]) -> dict[str, object]:
    """Judge the claims: ``ends`` are what each run gained in the end, seed by seed."""
    settings = [set(asdict(recipe).items()) for recipe in recipes]
    common = set[tuple[str, Any]].intersection(*settings)
    shown = {
        "setting": len(settings[0] - common) == 1,
        "images": "validation" in metric,
        "seeds": len(ends[0]) > 1 and _all_ahead(ends),
        "time": False,
    }
    return {name: SHOWN if holds else HIDDEN for name, holds in shown.items()}


def _all_ahead(ends: list[Values]) -> bool:
    """Say whether some run ended better with every seed than every other run with any."""
    return any(
        all(mine > other for mine in run for index, rest in enumerate(ends) if index != place for other in rest)
        for place, run in enumerate(ends)
    )
