"""Where the nodes of a layer's graph are drawn, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solvers.graphs.exact import graph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solvers.graphs.layers import Layer, Norm

Place = tuple[float, float]

LABELS = {"mu": r"$\mu$", "var": r"$\sigma^2$", "gamma": r"$\gamma$", "beta": r"$\beta$"}
"""Names of nodes that are no single letter."""

STEP = 1.7
"""From a node of the main line to the next."""

BELOW = -1.35
"""Where parameters stand."""

INNER: Mapping[Norm, Mapping[str, Place]] = {
    "batch": {"mu": (1.6, 2.4), "var": (1.6, 1.0), "Z": (3.2, 0.0)},
    "layer": {"mu": (1.6, 2.4), "var": (1.6, 1.0), "Z": (3.2, 0.0)},
    "moments": {"mu": (2.1, 2.3), "q": (1.4, 0.8), "var": (2.8, 0.8), "Z": (4.2, 0.0)},
    "mean": {"mu": (1.2, 1.2), "Z": (2.4, 0.0)},
    "rms": {"r": (1.2, 1.2), "Z": (2.4, 0.0)},
    "softmax": {"E": (STEP, 0.0), "s": (STEP + 1.2, 1.2), "Z": (STEP + 2.4, 0.0)},
}
"""Places relative to the input of the normalization, such that no two edges cross."""


def drawing(layer: Layer) -> dict[str, Any]:
    """Return the arguments of ``plots.graph``: nodes with labels and places, and edges."""
    found, places = graph(layer), _places(layer)
    left, right = (choose(x for x, _ in places.values()) for choose in (min, max))
    nodes = tuple(
        (LABELS.get(name, f"${name}$"), x - (left + right) / 2, y, bool(found[name])) for name, (x, y) in places.items()
    )
    order = list(places)
    edges = ((order.index(start), order.index(end)) for end, starts in found.items() for start in starts)
    skip = (order.index("X"), order.index("O")) if layer.skip else None
    return {"nodes": nodes, "edges": tuple(edge for edge in edges if edge != skip), "skip": skip}


def _places(layer: Layer) -> dict[str, Place]:
    """Return where the nodes stand: results from left to right, their parameters below, statistics above."""
    places: dict[str, Place] = {"X": (0.0, 0.0)}
    x = _advance(places, 0.0, "A", layer.before and {"linear": "W", "affine": "W b"}[layer.before])
    inner = INNER[layer.norm]
    places |= {name: (x + dx, dy) for name, (dx, dy) in inner.items()}
    x = _advance(places, x + inner["Z"][0], "Y", layer.scale.replace("-", " "))
    if layer.after:
        x = _advance(places, x, "H", "M" if layer.after == "dropout" else " ")
    return places | ({"O": (x + STEP, 0.0)} if layer.skip else {})


def _advance(places: dict[str, Place], x: float, name: str, parameters: str) -> float:
    """Put the next node and its parameters, if there is one; return where the line has come to."""
    if not parameters:
        return x
    names = parameters.split()
    places[name] = (x + STEP, 0.0)
    places.update({each: (x + STEP + (k - (len(names) - 1) / 2), BELOW) for k, each in enumerate(names)})
    return x + STEP
