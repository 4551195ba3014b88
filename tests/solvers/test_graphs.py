"""Computational graphs: the published one, hand cases, properties, two roads, drawings."""

from __future__ import annotations

import ast
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.graphs import exact, figures, oracle, plots, wrong
from solvers.graphs.layers import Layer

BATCHNORM = Layer()
LAYERS = [
    Layer(*parts)
    for parts in itertools.product(
        ("batch", "moments", "layer", "mean", "rms", "softmax"),
        ("", "linear", "affine"),
        ("", "gamma", "gamma-beta"),
        ("", "relu", "dropout"),
        (False, True),
    )
]
layers = st.sampled_from(LAYERS)
BELIEFS = [
    wrong.no_direct_edge,
    wrong.no_mean_to_variance,
    wrong.no_mean_to_z,
    wrong.no_spread_to_z,
    wrong.affine_into_z,
    wrong.test_time,
    wrong.no_skip,
]


def edges(graph: exact.Graph) -> set[tuple[str, str]]:
    return {(parent, name) for name, parents in graph.items() for parent in parents}


class TestBatchnorm:
    def test_the_nine_edges(self):
        nine = "X mu, X var, mu var, X Z, mu Z, var Z, Z Y, gamma Y, beta Y"
        assert edges(exact.graph(BATCHNORM)) == {tuple(pair.split()) for pair in nine.split(", ")}

    def test_inputs_and_results(self):
        graph = exact.graph(BATCHNORM)
        assert exact.inputs(graph) == ("X", "gamma", "beta")
        assert exact.computed(graph) == ("mu", "var", "Z", "Y")
        assert exact.arrivals(graph, exact.computed(graph)) == (1, 2, 3, 3)

    def test_four_paths(self):
        graph = exact.graph(BATCHNORM)
        routes = ["X Z Y", "X mu Z Y", "X var Z Y", "X mu var Z Y"]
        assert exact.paths(graph, "X") == tuple(tuple(route.split()) for route in routes)
        assert exact.path_count(graph, "X") == 4

    def test_children_and_branching(self):
        graph = exact.graph(BATCHNORM)
        assert exact.children(graph, "X") == ("mu", "var", "Z")
        assert exact.branching(graph) == ("X", "mu")
        assert exact.sources(graph) == ("X", "mu")

    def test_steps(self):
        steps = exact.steps(BATCHNORM, "mu", "X")
        assert steps["edges"] == 9
        assert steps["inputs"] == ("X", "gamma", "beta")
        assert len(steps["paths"]) == 2


class TestOtherLayers:
    @pytest.mark.parametrize(
        ("layer", "paths"),
        [
            (Layer("mean", scale=""), 2),
            (Layer("rms"), 2),
            (Layer("softmax", scale=""), 2),  # through the numerator and through the sum
            (Layer("moments"), 4),
            (Layer("layer", skip=True), 5),
        ],
    )
    def test_paths_by_hand(self, layer, paths):
        assert exact.path_count(exact.graph(layer), "X") == paths

    def test_everything_at_once(self):
        graph = exact.graph(Layer("moments", "affine", "gamma-beta", "dropout", skip=True))
        assert exact.inputs(graph) == ("X", "W", "b", "gamma", "beta", "M")
        assert dict(graph) == {
            "X": (), "W": (), "b": (), "A": ("X", "W", "b"), "mu": ("A",), "q": ("A",), "var": ("q", "mu"),
            "Z": ("A", "mu", "var"), "gamma": (), "beta": (), "Y": ("Z", "gamma", "beta"), "M": (), "H": ("Y", "M"),
            "O": ("H", "X"),
        }  # fmt: skip

    @given(layers)
    def test_a_node_comes_after_what_it_needs(self, layer):
        order = list(exact.graph(layer))
        assert all(order.index(start) < order.index(end) for start, end in edges(exact.graph(layer)))

    @given(layers)
    def test_counts_are_powers_of_the_adjacency_matrix(self, layer):
        graph = exact.graph(layer)
        order = list(graph)
        adjacency = np.zeros((len(order),) * 2, dtype=int)
        for start, end in edges(graph):
            adjacency[order.index(start), order.index(end)] = 1
        walks = sum(np.linalg.matrix_power(adjacency, length) for length in range(len(order)))
        assert [exact.path_count(graph, name) for name in order] == walks[:, -1].tolist()

    @given(layers)
    def test_paths_are_listed_once_each(self, layer):
        graph = exact.graph(layer)
        for name in graph:
            found = exact.paths(graph, name)
            assert len(set(found)) == len(found) == exact.path_count(graph, name)
            assert all(pair in edges(graph) for path in found for pair in itertools.pairwise(path))

    @settings(deadline=None)  # the first example imports torch
    @given(layers)
    def test_autograd_finds_the_same_edges(self, layer):
        graph = exact.graph(layer)
        assert oracle.edges(layer) == edges(graph)
        assert oracle.arrivals(layer) == list(exact.arrivals(graph, exact.computed(graph)))
        for name in graph:
            assert oracle.path_count(layer, name) == exact.path_count(graph, name)
            assert oracle.departures(layer, name) == len(exact.children(graph, name))


class TestMisconceptions:
    @pytest.mark.parametrize(
        ("belief", "arrivals", "paths"),
        [
            (wrong.no_direct_edge, (1, 2, 2, 3), 3),
            (wrong.no_mean_to_variance, (1, 1, 3, 3), 3),
            (wrong.no_mean_to_z, (1, 2, 2, 3), 3),
            (wrong.no_spread_to_z, (1, 2, 2, 3), 2),
            (wrong.affine_into_z, (1, 2, 5, 1), 4),
            (wrong.test_time, (0, 0, 3, 3), 1),
        ],
    )
    def test_published(self, belief, arrivals, paths):
        graph = belief(BATCHNORM)
        assert exact.arrivals(graph, ("mu", "var", "Z", "Y")) == arrivals
        assert exact.path_count(graph, "X") == paths

    def test_no_skip(self):
        layer = Layer(skip=True)
        assert exact.path_count(wrong.no_skip(layer), "X") == 4
        assert wrong.no_skip(BATCHNORM) is None

    @pytest.mark.parametrize("norm", ["layer", "rms", "softmax"])
    def test_only_batches_have_a_test_time(self, norm):
        assert wrong.test_time(Layer(norm)) is None

    @given(layers, st.sampled_from(BELIEFS))
    def test_wrong_graphs_have_the_same_nodes_and_other_arrivals(self, layer, belief):
        right, graph = exact.graph(layer), belief(layer)
        if graph is not None:
            names = exact.computed(right)
            assert graph.keys() == right.keys()
            assert exact.arrivals(graph, names) != exact.arrivals(right, names)

    @given(layers)
    def test_the_direct_edge_is_always_there_to_be_forgotten(self, layer):
        assert wrong.no_direct_edge(layer) is not None


class TestDrawing:
    @given(layers)
    def test_all_nodes_and_edges_are_drawn(self, layer):
        data, graph = figures.drawing(layer), exact.graph(layer)
        assert len(data["nodes"]) == len(graph)
        assert len(data["edges"]) + (data["skip"] is not None) == len(edges(graph))
        assert sum(computed for *_, computed in data["nodes"]) == len(exact.computed(graph))
        json.dumps(data)

    @given(layers)
    def test_edges_join_what_they_should(self, layer):
        data = figures.drawing(layer)
        names = {figures.LABELS.get(name, f"${name}$"): name for name in exact.graph(layer)}
        label = [names[node[0]] for node in data["nodes"]]
        drawn = {(label[i], label[j]) for i, j in (*data["edges"], *([data["skip"]] if data["skip"] else []))}
        assert drawn == edges(exact.graph(layer))

    @given(layers)
    def test_no_edge_crosses_another_or_touches_a_node(self, layer):
        data = figures.drawing(layer)
        places = [np.array([x, y]) for _, x, y, _ in data["nodes"]]
        for i, j in data["edges"]:
            for k, place in enumerate(places):
                if k not in {i, j}:
                    assert _distance(place, places[i], places[j]) > plots.RADIUS
        for (i, j), (k, m) in itertools.combinations(data["edges"], 2):
            assert {i, j} & {k, m} or not _cross(places[i], places[j], places[k], places[m])

    @given(layers)
    def test_the_drawing_fits(self, layer):
        for _, x, y, _ in figures.drawing(layer)["nodes"]:
            assert plots.WINDOW[0] <= x - plots.RADIUS < x + plots.RADIUS <= plots.WINDOW[1]
            assert y - plots.RADIUS > plots.UNDER

    def test_boxes_circles_arrows(self):
        from matplotlib.figure import Figure
        from matplotlib.patches import Circle, FancyArrowPatch, Rectangle

        axes = Figure().add_subplot()
        plots.graph(axes, **figures.drawing(Layer(skip=True)))
        shapes = [type(patch) for patch in axes.patches]
        assert [shapes.count(shape) for shape in (Rectangle, Circle, FancyArrowPatch)] == [3, 5, 11]
        assert r"$\sigma^2$" in [text.get_text() for text in axes.texts]


def _distance(point: np.ndarray, start: np.ndarray, end: np.ndarray) -> float:
    along = np.clip((point - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
    return float(np.linalg.norm(point - start - along * (end - start)))


def _cross(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> bool:
    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> float:
        return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def test_the_oracle_shares_no_code():
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    shared = [name for name in imported if name.startswith(("solvers", "psetpress", "problems"))]
    assert shared == ["solvers.graphs.layers"]  # the question itself
