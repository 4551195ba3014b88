"""HW3 5(a): the computational graph of batch normalization at training time, and of other layers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from psetpress.answers import Integer, Matrix, Written
from psetpress.records import Figure, Level, Misconception, Part, Problem, RubricItem
from solvers.graphs import exact, figures, oracle, plots, wrong
from solvers.graphs.layers import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.random import Generator

    from psetpress.answers import Kind
    from psetpress.records import Values


@dataclass(frozen=True)
class Count:
    """What is to be counted in the graph, beside the arrows at each node."""

    source: str  # of the paths to the output
    summed: str  # the node whose gradient is a sum over the arrows that leave it


@dataclass(frozen=True)
class Params:
    """A layer; what is counted in its graph is None if only the drawing is asked for."""

    layer: Layer
    count: Count | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        """The given nodes."""
        return exact.inputs(exact.graph(self.layer))

    @property
    def computed(self) -> tuple[str, ...]:
        """The nodes that are computed; the last one is the output."""
        return exact.computed(exact.graph(self.layer))


@dataclass(frozen=True)
class Menu:
    """What a level draws from; the words are those of :class:`Layer`."""

    norms: tuple[str, ...]
    before: tuple[str, ...]
    scales: tuple[str, ...]
    after: tuple[str, ...]
    skips: tuple[bool, ...]


MENUS = {
    "easy": Menu(("batch", "layer", "mean", "rms"), ("", "linear"), ("gamma", "gamma-beta"), ("", "relu"), (False,)),
    "standard": Menu(
        ("batch", "moments", "layer", "mean", "rms", "softmax"),
        ("", "linear", "affine"),
        ("", "gamma", "gamma-beta"),
        ("", "relu", "dropout"),
        (False, True),
    ),
    "hard": Menu(
        ("batch", "moments", "moments", "layer", "softmax"),
        ("linear", "affine"),
        ("gamma", "gamma-beta"),
        ("relu", "dropout"),
        (True,),
    ),
}


def draw(rng: Generator, level: Level) -> Params:
    """Draw a layer (a softmax is never scaled or rectified), then nodes at which there is something to count."""
    menu = MENUS[level]
    norm, before, scale, after = (
        str(rng.choice(choices)) for choices in (menu.norms, menu.before, menu.scales, menu.after)
    )
    if norm == "softmax":
        scale, after = "", "dropout" if after == "dropout" else ""
    parts: dict[str, Any] = {"norm": norm, "before": before, "scale": scale, "after": after}
    layer = Layer(**parts, skip=bool(rng.choice(menu.skips)))
    found = exact.graph(layer)
    return Params(layer, Count(str(rng.choice(exact.sources(found))), str(rng.choice(exact.branching(found)))))


def _counted(p: Params, found: exact.Graph | None) -> Values:
    """Return what is counted in a graph of the layer, which may be a wrong one."""
    if p.count is None or found is None:
        return {}
    return {
        "arrivals": exact.arrivals(found, p.computed),
        "paths": exact.path_count(found, p.count.source),
        "terms": len(exact.children(found, p.count.summed)),
    }


def _proved(p: Params) -> Values:
    if p.count is None:
        return {}
    return {
        "arrivals": oracle.arrivals(p.layer),
        "paths": oracle.path_count(p.layer, p.count.source),
        "terms": oracle.departures(p.layer, p.count.summed),
    }


def _answers(p: Params) -> Mapping[str, Kind[Any]]:
    drawing: dict[str, Kind[Any]] = {"graph": Written()}
    return drawing if p.count is None else drawing | {"arrivals": Matrix(), "paths": Integer(), "terms": Integer()}


def _belief(road: Callable[[Layer], exact.Graph | None]) -> Callable[[Params], Values]:
    return lambda p: _counted(p, road(p.layer))


BELIEFS = (
    (
        "no-x-to-z",
        wrong.no_direct_edge,
        "lets the data reach $Z$ through the statistics only",
        "Each entry of $Z$ is made of the entry itself, which the statistics cannot replace.",
    ),
    (
        "no-mu-to-var",
        wrong.no_mean_to_variance,
        "has no arrow from $\\mu$ to $\\sigma^2$",
        "$\\mu$ stands in the formula of $\\sigma^2$. That the derivative along this arrow is zero does not remove it.",
    ),
    (
        "no-mu-to-z",
        wrong.no_mean_to_z,
        "has no arrow from $\\mu$ to $Z$",
        "The mean is subtracted where $Z$ is computed.",
    ),
    (
        "no-var-to-z",
        wrong.no_spread_to_z,
        "has no arrow from the spread (or the sum) to $Z$",
        "The division takes place where $Z$ is computed.",
    ),
    (
        "gamma-beta-into-z",
        wrong.affine_into_z,
        "lets the scale and the shift act before the normalization",
        "$\\gamma$ and $\\beta$ stand in the formula of $Y$, not in that of $Z$.",
    ),
    (
        "test-time-graph",
        wrong.test_time,
        "draws the statistics as constants",
        "That is the graph at test time. At training time the statistics are computed from the batch.",
    ),
    (
        "no-skip",
        wrong.no_skip,
        "has no arrow from $X$ to the sum in the end",
        "The input is added in the end, so an arrow leads there from it directly.",
    ),
)
"""Name, wrong graph, what the student does, feedback."""

RUBRIC = (
    RubricItem(
        name="drawn-no-x-to-z",
        points=Fraction(-1),
        says="$X$ reaches $Z$ only through $\\mu$ and $\\sigma^2$ (or their like).",
    ),
    RubricItem(
        name="drawn-no-mu-to-var",
        points=Fraction(-1, 2),
        says="The arrow from $\\mu$ to $\\sigma^2$ is missing (fine if the drawing makes $\\sigma^2$ of other nodes).",
    ),
    RubricItem(
        name="drawn-no-mu-to-z",
        points=Fraction(-1),
        says="Nothing is subtracted: the arrow from $\\mu$ to $Z$ is missing.",
    ),
    RubricItem(
        name="drawn-no-var-to-z",
        points=Fraction(-1),
        says="Nothing is divided by: the arrow from the spread to $Z$ is missing.",
    ),
    RubricItem(
        name="drawn-gamma-beta-into-z",
        points=Fraction(-1),
        says="$\\gamma$ or $\\beta$ leads into $Z$ or into the statistics instead of $Y$.",
    ),
    RubricItem(
        name="drawn-test-time-graph",
        points=Fraction(-2),
        says="The statistics of the batch are drawn as constants or inputs, which is the graph at test time.",
    ),
    RubricItem(name="direction", points=Fraction(-1, 2), says="Arrows have no direction, or the wrong one."),
)
"""What a reader sees in the drawing; the misconceptions are seen in the numbers."""

BATCHNORM = Layer()
PROBLEM = Problem[Params](
    title="A computational graph",
    topics=("normalization", "backpropagation"),
    source="EECS 182 HW3 5(a)",
    minutes=10,
    params=Params,
    draw=draw,
    published=Params(BATCHNORM),
    edges=(
        Params(BATCHNORM, Count("X", "mu")),
        Params(Layer("rms", scale=""), Count("X", "X")),
        Params(Layer("mean", before="linear", scale="", after="relu"), Count("W", "A")),
        Params(Layer("softmax", before="affine", scale="", after="dropout", skip=True), Count("X", "E")),
        Params(Layer("moments", "affine", "gamma-beta", "dropout", skip=True), Count("b", "mu")),
    ),
    solve=lambda p: _counted(p, exact.graph(p.layer)),
    oracle=_proved,
    work=lambda p: exact.steps(p.layer, *((p.count.source, p.count.summed) if p.count else ("X", "X"))),
    misconceptions=tuple(
        Misconception[Params](name=name, says=says, solve=_belief(road), credit=Fraction(1, 2), feedback=feedback)
        for name, road, says, feedback in BELIEFS
    ),
    parts=(Part(name="graph", points=Fraction(5), answers=_answers, rubric=RUBRIC),),
    figures={
        "graph": Figure(draw=plots.graph, data=lambda p: figures.drawing(p.layer), size=(14.4, 5.5), answer=True),
    },
)
