"""The second road: run a layer's formulas in torch, let autograd say what depends on what, and walk all paths.

Every formula is evaluated on copies of its arguments that remember nothing, so a gradient that exists
(zero or not) belongs to a direct dependence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from torch import Tensor

    from solvers.graphs.layers import Layer

    Values = Mapping[str, Tensor]
    Formula = Callable[[Values], Tensor]

EPSILON = 1e-5
KEEP = 0.8
SIZE = 3
"""Samples and features."""


def edges(layer: Layer) -> frozenset[tuple[str, str]]:
    """Return the pairs (from, to) of a layer's graph."""
    import torch

    values = _given()
    found: set[tuple[str, str]] = set()
    for name, formula in _formulas(layer).items():
        leaves = {each: value.detach().requires_grad_() for each, value in values.items()}
        result = formula(leaves)
        gradients = torch.autograd.grad(result.sum(), [*leaves.values()], allow_unused=True)
        reached = cast("tuple[Tensor | None, ...]", gradients)  # None where nothing depends on a leaf
        found |= {(each, name) for each, gradient in zip(leaves, reached, strict=True) if gradient is not None}
        values[name] = result.detach()
    return frozenset(found)


def arrivals(layer: Layer) -> list[int]:
    """Return the number of edges that arrive at each computed node, in the order of computation."""
    found = _edges(layer)
    return [sum(end == name for _, end in found) for name in _formulas(layer)]


def path_count(layer: Layer, source: str) -> int:
    """Return the number of paths from ``source`` to the output, by walking along each of them."""
    found, output = _edges(layer), list(_formulas(layer))[-1]

    def walk(name: str) -> int:
        return 1 if name == output else sum(walk(end) for start, end in found if start == name)

    return walk(source)


def departures(layer: Layer, name: str) -> int:
    """Return the number of edges that leave a node."""
    return sum(start == name for start, _ in _edges(layer))


@cache
def _edges(layer: Layer) -> frozenset[tuple[str, str]]:
    return edges(layer)


def _given() -> dict[str, Tensor]:
    """Return values for whatever may be an input; those that no formula uses get no edge."""
    import torch

    generator = torch.Generator().manual_seed(7)
    square = (torch.rand(SIZE, SIZE, generator=generator, dtype=torch.float64) + 0.5 for _ in "XWM")
    row = (torch.rand(SIZE, generator=generator, dtype=torch.float64) + 0.5 for _ in range(3))
    return dict(zip(("X", "W", "M", "b", "gamma", "beta"), (*square, *row), strict=True))


def _formulas(layer: Layer) -> dict[str, Formula]:
    """Return the computed nodes of a layer in order, each with its formula."""
    found: dict[str, Formula] = {}
    core = "X"
    if layer.before:
        bias = layer.before == "affine"
        found["A"] = lambda v: v["X"] @ v["W"] + (v["b"] if bias else 0)
        core = "A"
    found |= _normalization(layer.norm, core)
    if layer.scale:
        shift = layer.scale == "gamma-beta"
        found["Y"] = lambda v: v["gamma"] * v["Z"] + (v["beta"] if shift else 0)
    if layer.after:
        below = list(found)[-1]
        drop = layer.after == "dropout"
        found["H"] = lambda v: v["M"] * v[below] / KEEP if drop else v[below].relu()
    if layer.skip:
        top = list(found)[-1]
        found["O"] = lambda v: v["X"] + v[top]
    return found


def _normalization(norm: str, x: str) -> dict[str, Formula]:
    """Return the formulas from ``x`` to Z."""
    if norm == "softmax":
        return {
            "E": lambda v: v[x].exp(),
            "s": lambda v: v["E"].sum(dim=1, keepdim=True),
            "Z": lambda v: v["E"] / v["s"],
        }
    if norm == "rms":
        return {
            "r": lambda v: (v[x].square().mean(dim=1, keepdim=True) + EPSILON).sqrt(),
            "Z": lambda v: v[x] / v["r"],
        }
    along = 1 if norm == "layer" else 0
    mean: dict[str, Formula] = {"mu": lambda v: v[x].mean(dim=along, keepdim=True)}
    if norm == "mean":
        return {**mean, "Z": lambda v: v[x] - v["mu"]}
    spread: dict[str, Formula] = {"var": lambda v: (v[x] - v["mu"]).square().mean(dim=along, keepdim=True)}
    if norm == "moments":
        spread = {
            "q": lambda v: v[x].square().mean(dim=along, keepdim=True),
            "var": lambda v: v["q"] - v["mu"].square(),
        }
    return {**mean, **spread, "Z": lambda v: (v[x] - v["mu"]) / (v["var"] + EPSILON).sqrt()}
