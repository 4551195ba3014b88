"""Plain data for the figures of Santurkar et al.: accuracies, distributions, shifts of gradients, landscapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from solvers.training.experiments.vgg import SHARES
from solvers.training.figures import over_seeds, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.record import Recorded

DIGITS = 5
"""Significant digits that are kept, so that equal results give equal figures."""

RIDGES = 10
"""About so many measurements stand one behind the other."""

NAMES: Mapping[str, tuple[str, bool]] = {
    "bn": ("with BN", True),
    "noisy_bn": ("noisy BN", True),
    "plain": ("without BN", False),
    "noisy_plain": ("without BN, noise", False),
}
"""Labels of networks, and whether they have BatchNorm."""


def rate_accuracy(result: Recorded, part: str) -> dict[str, Any]:
    """Return the accuracies on ``part`` of both networks at both rates: Figure 1(a) and (b)."""
    small, large = (f"{rate:g}" for rate in _rates(result))
    names = {
        f"{part}_bn_0": (f"BN, {small}", True),
        f"{part}_plain_0": (f"standard, {small}", False),
        f"{part}_bn_1": (f"BN, {large}", True),
        f"{part}_plain_1": (f"standard, {large}", False),
    }
    return over_seeds(result, "step", names, _short) | {"styles": ("-", "-", "--", "--")}


def noise_accuracy(result: Recorded) -> dict[str, Any]:
    """Return training accuracies with BatchNorm, with noise behind it, and without: Figure 2."""
    names = {f"training_{name}": label for name, label in NAMES.items()}
    return over_seeds(result, "step", names, _short) | {"styles": ("-", "--", "-", "--")}


def ridges(result: Recorded, layer: int, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the densities of one activation behind a layer (by its place) over the training: Figures 1(c) and 2.

    Each column is a network: its label, the range of its values, and curves from early to late, densities over values,
    both scaled to at most 1.
    """
    steps = result.arrays["step"]
    chosen = np.unique(np.linspace(1, len(steps) - 1, min(RIDGES, len(steps) - 1)).astype(int))
    columns = tuple(
        _column(NAMES[name.removesuffix("_0")][0], result.arrays[f"ridge_{name}"][chosen, layer]) for name in names
    )
    return {"steps": tuple(int(step) for step in steps[chosen]), "columns": columns}


def _column(label: str, quantiles: NDArray[Any]) -> tuple[Any, ...]:
    """Return a column of ridges of quantiles (points, SHARES): label, range, curves."""
    low, high = float(quantiles.min()), float(quantiles.max())
    spread = max(high - low, 1e-9)
    gaps = np.maximum(np.diff(quantiles.astype(float), axis=1), spread / 200)  # ties are no infinite densities
    density = np.diff(SHARES) / gaps
    middles = (quantiles[:, 1:] + quantiles[:, :-1]) / 2
    curves = zip((middles - low) / spread, density / density.max(), strict=True)
    return label, (_short(low), _short(high)), tuple((_rounded(x), _rounded(y)) for x, y in curves)


def shift_cosines(result: Recorded, rate: int, layer: int) -> dict[str, Any]:
    """Return the cosines of the first seed's VGGs over steps, at a rate and for a layer by number: Figure 3."""
    lines = tuple(
        (label, _rounded(result.arrays[f"vgg_{name}_{rate}_shift"][0, 1:, layer, 1]), accent)
        for name, (label, accent) in NAMES.items()
        if not name.startswith("noisy")
    )
    return {"x": _rounded(result.arrays["vgg_step"][1:]), "lines": lines}


def landscape(result: Recorded, kind: str) -> dict[str, Any]:
    """Return a panel of Figure 4 for the first seed, over steps: a band of "loss", or lines of another ``kind``.

    A band is (label, low, high, accent), of a line both ends are equal. What is no number is left out as None.
    ``level`` is the inverse of the shortest length, which is where effective smoothness ends for any network.
    """
    low, high = ("loss_low", "loss_high") if kind == "loss" else (kind, kind)
    bands = tuple(
        (label, *(_finite(result.arrays[f"{end}_{name}"][0]) for end in (low, high)), accent)
        for name, (label, accent) in NAMES.items()
        if not name.startswith("noisy")
    )
    lengths: Any = result.settings["lengths"]
    level = round(1 / min(lengths), DIGITS) if kind == "smoothness" else None
    return {"x": _rounded(result.arrays["step"]), "bands": bands, "level": level}


def _rates(result: Recorded) -> tuple[float, float]:
    rates: Any = result.settings["rates"]
    return rates


def _short(value: Any) -> float:
    return float(f"{value:.{DIGITS}g}")


def _rounded(values: Iterable[Any]) -> tuple[float, ...]:
    return rounded(values, _short)


def _finite(values: Iterable[Any]) -> tuple[float | None, ...]:
    return tuple(_short(float(value)) if np.isfinite(value) else None for value in values)
