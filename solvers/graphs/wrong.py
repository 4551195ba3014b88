"""Graphs that students draw who hold a misconception; None where a layer has nothing to be mistaken about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solvers.graphs.exact import graph

if TYPE_CHECKING:
    from solvers.graphs.exact import Graph
    from solvers.graphs.layers import Layer

STATISTICS = ("mu", "q", "var")


def _without(layer: Layer, *edges: tuple[str, str]) -> Graph | None:
    """Return the graph of a layer without some edges, None if it has none of them."""
    right = graph(layer)
    left = {name: tuple(parent for parent in right[name] if (parent, name) not in edges) for name in right}
    return None if left == right else left


def no_direct_edge(layer: Layer) -> Graph | None:
    """Let the sample reach Z through its statistics only."""
    core = "E" if layer.norm == "softmax" else "A" if layer.before else "X"
    return _without(layer, (core, "Z"))


def no_mean_to_variance(layer: Layer) -> Graph | None:
    """Compute the variance without the mean."""
    return _without(layer, ("mu", "var"))


def no_mean_to_z(layer: Layer) -> Graph | None:
    """Do not center."""
    return _without(layer, ("mu", "Z"))


def no_spread_to_z(layer: Layer) -> Graph | None:
    """Do not divide."""
    return _without(layer, ("var", "Z"), ("r", "Z"), ("s", "Z"))


def affine_into_z(layer: Layer) -> Graph | None:
    """Let the scale and the shift act before the normalization."""
    right, given = graph(layer), tuple(layer.scale.split("-"))
    if not layer.scale:
        return None
    first = {"X": right["X"], **dict.fromkeys(given, ())}  # they are needed earlier now
    return {**first, **right, "Z": (*right["Z"], *given), "Y": ("Z",)}


def test_time(layer: Layer) -> Graph | None:
    """Take the statistics of a batch for constants, as they are at test time."""
    if layer.norm not in {"batch", "moments", "mean"}:
        return None
    right = graph(layer)
    edges = [(parent, name) for name in STATISTICS if name in right for parent in right[name]]
    return _without(layer, *edges)


def no_skip(layer: Layer) -> Graph | None:
    """Forget that X is added in the end."""
    return _without(layer, ("X", "O"))
