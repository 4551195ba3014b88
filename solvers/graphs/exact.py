"""Computational graphs as data, and what can be counted in them.

A graph has a node for each input and each intermediate result; an edge leads to a result from every
quantity in its formula. Constants (epsilon, the batch size) are no nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solvers.graphs.layers import Layer, Norm

Graph = Mapping[str, tuple[str, ...]]
"""Node -> the nodes of its formula, none for an input; a node comes after those of its formula."""

STATISTICS: Mapping[Norm, Mapping[str, str]] = {
    "batch": {"mu": "core", "var": "core mu", "Z": "core mu var"},
    "moments": {"mu": "core", "q": "core", "var": "q mu", "Z": "core mu var"},
    "layer": {"mu": "core", "var": "core mu", "Z": "core mu var"},
    "mean": {"mu": "core", "Z": "core mu"},
    "rms": {"r": "core", "Z": "core r"},
    "softmax": {"E": "core", "s": "E", "Z": "E s"},
}
"""The nodes between the input of a normalization, called core here, and its result Z."""


@lru_cache(maxsize=1024)
def graph(layer: Layer) -> Graph:
    """Return the graph of a layer, inputs first where they are needed first."""
    nodes: dict[str, tuple[str, ...]] = {"X": ()}
    core = last = "X"
    if layer.before:
        inputs = ("W", "b") if layer.before == "affine" else ("W",)
        core = _append(nodes, "A", ("X", *inputs), inputs)
    for name, formula in STATISTICS[layer.norm].items():
        last = _append(nodes, name, [core if part == "core" else part for part in formula.split()])
    if layer.scale:
        inputs = tuple(layer.scale.split("-"))
        last = _append(nodes, "Y", (last, *inputs), inputs)
    if layer.after:
        inputs = ("M",) if layer.after == "dropout" else ()
        last = _append(nodes, "H", (last, *inputs), inputs)
    if layer.skip:
        _append(nodes, "O", (last, "X"))
    return nodes


def _append(nodes: dict[str, tuple[str, ...]], name: str, parents: Iterable[str], inputs: Iterable[str] = ()) -> str:
    """Add new inputs and then the node that they are for; return its name."""
    nodes.update(dict.fromkeys(inputs, ()))
    nodes[name] = tuple(parents)
    return name


def inputs(found: Graph) -> tuple[str, ...]:
    """Return the nodes without a formula."""
    return tuple(name for name, parents in found.items() if not parents)


def computed(found: Graph) -> tuple[str, ...]:
    """Return the nodes with a formula, in the order of computation; the last one is the output."""
    return tuple(name for name, parents in found.items() if parents)


def arrivals(found: Graph, names: Iterable[str]) -> tuple[int, ...]:
    """Return how many edges arrive at each of the nodes ``names``."""
    return tuple(len(found[name]) for name in names)


def children(found: Graph, name: str) -> tuple[str, ...]:
    """Return the nodes in whose formulas ``name`` stands."""
    return tuple(child for child, parents in found.items() if name in parents)


def branching(found: Graph) -> tuple[str, ...]:
    """Return the nodes from which two or more edges leave."""
    return tuple(name for name in found if len(children(found, name)) > 1)


def path_count(found: Graph, source: str) -> int:
    """Return the number of directed paths from ``source`` to the output, node by node in their order."""
    ways: dict[str, int] = {}
    for name, parents in found.items():
        ways[name] = int(name == source) + sum(ways[parent] for parent in parents)
    return ways[_output(found)]


def paths(found: Graph, source: str) -> tuple[tuple[str, ...], ...]:
    """Return the directed paths from ``source`` to the output, the shortest first."""
    ending: dict[str, list[tuple[str, ...]]] = {}
    for name, parents in found.items():
        own = [(name,)] if name == source else []
        ending[name] = own + [(*path, name) for parent in parents for path in ending[parent]]
    return tuple(sorted(ending[_output(found)], key=lambda path: (len(path), path)))


def sources(found: Graph) -> tuple[str, ...]:
    """Return the nodes from which more than one path leads to the output."""
    return tuple(name for name in found if path_count(found, name) > 1)


def _output(found: Graph) -> str:
    return list(found)[-1]


def steps(layer: Layer, source: str, summed: str) -> dict[str, Any]:
    """Return inputs, formulas, paths and children for the worked solution."""
    found = graph(layer)
    return {
        "inputs": inputs(found),
        "formulas": tuple((name, parents) for name, parents in found.items() if parents),
        "edges": sum(map(len, found.values())),
        "paths": paths(found, source),
        "children": children(found, summed),
    }
