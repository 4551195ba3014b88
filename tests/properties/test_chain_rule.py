"""The chain rule over computational graphs: paths, children and order give the derivatives of the layers they draw.

Every formula is analytic, so a step of 1e-30 along the imaginary axis gives its derivatives to the last digit
(Squire & Trapp 1998): f(x + ih) = f(x) + ih f'(x), with nothing subtracted.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import cache, reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.graphs import exact, wrong
from solvers.graphs.exact import Graph
from solvers.graphs.layers import Layer

few = settings(max_examples=40, deadline=None)

Values = Mapping[str, np.ndarray]
Formula = Callable[[Values], np.ndarray]

SAMPLES, FEATURES = 3, 2
EPSILON, STEP = 0.1, 1e-30
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


def inputs() -> dict[str, np.ndarray]:
    """Values without symmetry: no derivative vanishes by chance."""
    generator = np.random.default_rng(3)
    shapes = {"X": (SAMPLES, FEATURES), "W": (FEATURES, FEATURES), "M": (SAMPLES, FEATURES)}
    shapes |= dict.fromkeys(("b", "gamma", "beta"), (FEATURES,))
    return {name: generator.uniform(0.5, 2, shape).astype(complex) for name, shape in shapes.items()}


def core_of(layer: Layer) -> str:
    return "A" if layer.before else "X"


def statistics(layer: Layer) -> dict[str, Formula]:
    """The formulas between the core and Z."""
    x, axis = core_of(layer), 1 if layer.norm in {"layer", "rms", "softmax"} else 0

    def mean(values: np.ndarray) -> np.ndarray:
        return values.mean(axis=axis, keepdims=True)

    mu: dict[str, Formula] = {"mu": lambda v: mean(v[x])}
    z: dict[str, Formula] = {"Z": lambda v: (v[x] - v["mu"]) / np.sqrt(v["var"] + EPSILON)}
    var: dict[str, Formula] = {"var": lambda v: mean((v[x] - v["mu"]) ** 2)}
    return {
        "batch": mu | var | z,
        "layer": mu | var | z,
        "moments": mu | {"q": lambda v: mean(v[x] ** 2), "var": lambda v: v["q"] - v["mu"] ** 2} | z,
        "mean": mu | {"Z": lambda v: v[x] - v["mu"]},
        "rms": {"r": lambda v: np.sqrt(mean(v[x] ** 2) + EPSILON), "Z": lambda v: v[x] / v["r"]},
        "softmax": {
            "E": lambda v: np.exp(v[x]),
            "s": lambda v: v["E"].sum(axis=axis, keepdims=True),
            "Z": lambda v: v["E"] / v["s"],
        },
    }[layer.norm]


def formulas(layer: Layer) -> dict[str, Formula]:
    """What each computed node computes."""
    found = statistics(layer) | {
        "A": lambda v: v["X"] @ v["W"] + (v["b"] if layer.before == "affine" else 0),
        "Y": lambda v: v["gamma"] * v["Z"] + (v["beta"] if layer.scale == "gamma-beta" else 0),
    }
    below = "Y" if layer.scale else "Z"
    found["H"] = lambda v: v["M"] * v[below] if layer.after == "dropout" else v[below] * (v[below].real > 0)
    found["O"] = lambda v: v["X"] + v["H" if layer.after else below]
    return {name: found[name] for name in exact.computed(exact.graph(layer))}


def evaluated(layer: Layer, given: Values) -> dict[str, np.ndarray]:
    values = dict(given)
    for name, formula in formulas(layer).items():
        values[name] = formula(values)
    return values


def derivative(f: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """The Jacobian, (entries of f, entries of its argument)."""
    columns: list[np.ndarray] = []
    for k in range(at.size):
        moved = at.copy()
        moved.flat[k] += 1j * STEP
        columns.append(f(moved).imag.ravel() / STEP)
    return np.stack(columns, axis=1)


@cache
def local(layer: Layer) -> dict[tuple[str, str], np.ndarray]:
    """The derivative of every formula by each quantity that there is, zeros included."""
    values = evaluated(layer, inputs())
    names = exact.graph(layer)
    return {
        (parent, name): derivative(lambda v, f=formula, p=parent: f({**values, p: v}), values[parent])
        for name, formula in formulas(layer).items()
        for parent in names
        if parent != name
    }


@cache
def total(layer: Layer, source: str) -> np.ndarray:
    """The derivative of the output by one input, everything in between computed anew."""
    given, output = inputs(), exact.computed(exact.graph(layer))[-1]
    return derivative(lambda v: evaluated(layer, {**given, source: v})[output], given[source])


def over_paths(layer: Layer, graph: Graph, source: str) -> np.ndarray:
    """The sum over the paths of ``graph`` of the products of the local derivatives along them."""
    steps = local(layer)
    values = evaluated(layer, inputs())
    found, start = np.zeros((values[exact.computed(graph)[-1]].size, values[source].size)), np.eye(values[source].size)
    for path in exact.paths(graph, source):
        found += reduce(lambda above, pair: steps[pair] @ above, itertools.pairwise(path), start)
    return found


def backwards(layer: Layer, graph: Graph) -> dict[str, np.ndarray]:
    """What arrives at each node in the backward pass, node by node from the output, from its children."""
    steps, values = local(layer), evaluated(layer, inputs())
    order = list(graph)
    size = values[order[-1]].size
    arrived = {order[-1]: np.eye(size)}
    for name in reversed(order[:-1]):
        parts = [arrived[child] @ steps[name, child] for child in exact.children(graph, name)]
        arrived[name] = sum(parts, np.zeros((size, values[name].size)))
    return arrived


def close(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.allclose(one, other, rtol=1e-9, atol=1e-11))  # a few dozen products of numbers near 1


# Right graphs --------------------------------------------------------------------------------------


@few
@given(layers)
def test_the_paths_add_up_to_the_derivative_of_the_layer(layer: Layer) -> None:
    graph = exact.graph(layer)
    for source in exact.inputs(graph):
        assert close(over_paths(layer, graph, source), total(layer, source))


@few
@given(layers)
def test_the_backward_pass_over_the_children_arrives_at_the_derivative(layer: Layer) -> None:
    graph = exact.graph(layer)
    arrived = backwards(layer, graph)
    for source in exact.inputs(graph):
        assert close(arrived[source], total(layer, source))


@few
@given(layers, st.integers(0, 10**6))
def test_forward_and_backward_pass_are_adjoint(layer: Layer, seed: int) -> None:
    """<dO, J v> = <J^T dO, v>: the steps pushed along the edges in order, or pulled back against it."""
    graph, generator = exact.graph(layer), np.random.default_rng(seed)
    steps, values = local(layer), evaluated(layer, inputs())
    pushed = {name: generator.standard_normal(values[name].size) for name in exact.inputs(graph)}
    direction = dict(pushed)
    for name in exact.computed(graph):
        pushed[name] = sum((steps[parent, name] @ pushed[parent] for parent in graph[name]), np.zeros(1))
    dy = generator.standard_normal(pushed[name].size)
    pulled = {name: dy @ part for name, part in backwards(layer, graph).items()}
    assert np.isclose(dy @ pushed[name], sum(pulled[name] @ v for name, v in direction.items()), rtol=1e-9, atol=1e-9)


@few
@given(layers)
def test_no_formula_depends_on_what_has_no_edge_to_it(layer: Layer) -> None:
    graph = exact.graph(layer)
    missing = [(parent, name) for parent, name in local(layer) if parent not in graph[name]]
    assert missing
    assert not any(local(layer)[pair].any() for pair in missing)


# Wrong graphs --------------------------------------------------------------------------------------


def broken(layer: Layer, graph: Graph) -> list[str]:
    """The inputs whose derivative the paths of a graph miss."""
    found = exact.inputs(exact.graph(layer))
    return [source for source in found if not close(over_paths(layer, graph, source), total(layer, source))]


@pytest.mark.parametrize(
    ("belief", "layer", "missed"),
    [
        (wrong.no_direct_edge, Layer(), ["X"]),
        (wrong.no_mean_to_z, Layer(), ["X"]),
        (wrong.no_spread_to_z, Layer(), ["X"]),
        (wrong.affine_into_z, Layer(), ["gamma", "beta"]),
        (wrong.test_time, Layer(), ["X"]),
        (wrong.no_skip, Layer(skip=True), ["X"]),
        (wrong.no_mean_to_variance, Layer("moments"), ["X"]),
        (wrong.no_spread_to_z, Layer("softmax", "affine"), ["X", "W", "b"]),
        (wrong.test_time, Layer("mean", "affine"), ["X", "W", "b"]),
    ],
)
def test_the_paths_of_a_wrong_graph_miss_a_derivative(belief, layer: Layer, missed: list[str]) -> None:
    assert broken(layer, belief(layer)) == missed


@pytest.mark.parametrize("norm", ["batch", "layer"])
def test_the_edge_from_mean_to_variance_carries_nothing(norm) -> None:
    """The deviations add up to zero: who forgets this edge still gets the derivatives right.

    The variance as a difference of moments depends on the mean in earnest.
    """
    layer = Layer(norm)
    assert np.abs(local(layer)["mu", "var"]).max() < 1e-14
    assert broken(layer, wrong.no_mean_to_variance(layer)) == []
    assert np.abs(local(Layer("moments"))["mu", "var"]).max() > 1


@pytest.mark.parametrize("belief", [wrong.test_time, wrong.no_mean_to_z])
def test_a_bias_before_the_normalization_has_no_derivative_but_to_who_forgets_the_mean(belief) -> None:
    layer = Layer("batch", "affine")
    assert np.abs(total(layer, "b")).max() < 1e-12
    assert "b" in broken(layer, belief(layer))


def test_the_derivatives_of_a_softmax_add_up_to_zero() -> None:
    """Its outputs add up to 1, and it does not see a common shift of its inputs."""
    jacobian = total(Layer("softmax", scale=""), "X").reshape(SAMPLES, FEATURES, SAMPLES, FEATURES)
    np.testing.assert_allclose(jacobian.sum(axis=1), 0, atol=1e-15)
    np.testing.assert_allclose(jacobian.sum(axis=3), 0, atol=1e-15)


def test_an_rms_norm_sees_no_scale_but_a_shift() -> None:
    """Along x itself the output changes by what epsilon leaves over; nothing makes up for a shift."""
    x = inputs()["X"].real
    jacobian = total(Layer("rms", scale=""), "X").reshape(SAMPLES, FEATURES, SAMPLES, FEATURES)
    along = np.einsum("ijkl,kl->ij", jacobian, x)
    r2 = (x**2).mean(axis=1, keepdims=True) + EPSILON
    np.testing.assert_allclose(along, x / np.sqrt(r2) * EPSILON / r2, rtol=1e-12)
    assert np.abs(jacobian.sum(axis=(2, 3))).max() > 0.1
