"""Figures of convolutional networks: what is taken from a made-up result, and what is drawn of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from solvers.training import cnn_figures, cnn_plots, vgg_figures, vgg_plots
from solvers.training.experiments.vgg import SHARES
from solvers.training.record import Provenance, Recorded

PROVENANCE = Provenance(
    date="2026-11-21", device="cpu", data="made up", seeds=(0, 1), versions={}, seconds=1.0, revision="none"
)


def made_up(measurements: dict[str, Any], arrays: dict[str, Any], settings: dict[str, Any] | None = None) -> Recorded:
    return Recorded(
        experiment="made_up",
        scale="smoke",
        settings=settings or {},
        measurements=measurements,
        claims={},
        provenance=PROVENANCE,
        arrays={name: np.asarray(values) for name, values in arrays.items()},
    )


@pytest.fixture
def axes() -> Iterator[Axes]:
    figure = Figure()
    yield figure.add_subplot()
    figure.clear()


def test_the_architecture_has_a_box_for_every_map(axes: Axes):
    layers = (
        {"name": "conv1", "shape": (16, 31, 31), "added": None},
        {"name": "pool", "shape": (16, 15, 15), "added": None},
        {"name": "linear", "shape": (10,), "added": None},
    )
    data = cnn_figures.architecture(made_up({"layers": layers}, {}))
    assert data == {"layers": (("conv1", (16, 31, 31)), ("pool", (16, 15, 15))), "added": ()}
    cnn_plots.architecture(axes, **data)
    assert [box.get_width() for box in axes.patches] == [31, 15]
    assert [text.get_text() for text in axes.texts] == [r"$16 \times 31 \times 31$", r"$16 \times 15 \times 15$"]
    assert axes.get_xlim() == (-15.5, 15.5)


def test_an_arrow_leads_past_the_convolutions_of_a_block(axes: Axes):
    sides = (32, 32, 16, 16, 8)
    added = (None, None, None, 1, 3)
    layers = tuple(
        {"name": "layer", "shape": (4, side, side), "added": at} for side, at in zip(sides, added, strict=True)
    )
    data = cnn_figures.architecture(made_up({"layers": layers}, {}))
    assert data["added"] == ((1, 3), (3, 4))
    cnn_plots.architecture(axes, **data)
    past, inner = -16 - 0.04 * 32, -8 - 0.04 * 32
    ways = ([(-16, 1.2), (past, 1.2), (past, 2.8), (-8, 2.8)], [(-8, 3.2), (inner, 3.2), (inner, 3.8), (-4, 3.8)])
    arrows = [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]
    for arrow, way in zip(arrows, ways, strict=True):
        vertices = arrow.get_path().vertices
        assert [corner for corner in way[:-1] if not np.isclose(vertices, corner).all(axis=1).any()] == []
        assert np.abs(vertices - way[-1]).sum(axis=1).min() < 0.3  # the tip is drawn back by the width of its line
    assert axes.get_xlim()[0] < past


def test_the_confusion_is_in_percent_of_the_true_class(axes: Axes):
    classes = ({"name": "cat"}, {"name": "automobile"})
    data = cnn_figures.confusion(made_up({"classes": classes}, {"confusion": [[150.0, 50.0], [0.0, 400.0]]}))
    assert data["shares"] == ((75, 25), (0, 100))
    cnn_plots.confusion(axes, **data)
    assert [text.get_text() for text in axes.texts] == ["$75$", "$25$", "$100$"]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["cat", "autom"]


def test_examples_stand_between_what_they_are_and_what_they_are_taken_for(axes: Axes):
    arrays = {"best": np.full((2, 3, 8, 8), 10, np.uint8), "worst": np.full((2, 3, 8, 8), 20, np.uint8)}
    answers = {"best_truth": [0, 1], "best_taken_for": [0, 1], "worst_truth": [1, 0], "worst_taken_for": [0, 0]}
    classes = ({"name": "automobile"}, {"name": "cat"})
    data = cnn_figures.examples(made_up({"classes": classes}, {**arrays, **answers}))
    assert data["truth"] == (("automobile", "cat"), ("cat", "automobile"))
    assert data["taken_for"][1] == ("automobile", "automobile")
    cnn_plots.examples(axes, **data)
    best, worst = (np.asarray(image.get_array()) for image in axes.images)
    assert (best[0, 0, 0], worst[0, 0, 0]) == (10, 20)
    assert [text.get_text() for text in axes.texts] == ["autom", "cat", "best", "cat", "autom", "autom", "worst"]


def test_the_mosaic_shows_every_picture_where_it_belongs(axes: Axes):
    rows = ({"layer": "conv2", "channel": 5}, {"layer": "conv4", "channel": 1})
    shades = {"made_1": 10, "patches_1": 20, "made_2": 30, "patches_2": 40}
    sides = {"made_1": 8, "patches_1": 3, "made_2": 8, "patches_2": 8}
    arrays = {
        name: np.full((1, *((2,) if "patches" in name else ()), 1, sides[name], sides[name]), shade, np.uint8)
        for name, shade in shades.items()
    }
    data = cnn_figures.maps(made_up({"maps": rows}, arrays))
    assert data["labels"] == ("conv2, 5", "conv4, 1")
    assert data["columns"] == 3
    cnn_plots.mosaic(axes, **data)
    first, rest = (np.asarray(image.get_array()) for image in axes.images)
    side = cnn_figures.CELL + cnn_figures.GAP
    assert (first.shape, rest.shape) == ((2 * side, side, 3), (2 * side, 2 * side, 3))
    assert (first[0, 0, 0], rest[0, 0, 0], first[side, 0, 0], rest[side, side, 2]) == (10, 20, 30, 40)
    assert first[side - 1, 0, 0] == rest[0, side - 1, 0] == cnn_figures.WHITE


def test_a_picture_is_enlarged_by_its_nearest_pixels():
    rows = ({"layer": "conv1", "channel": 0},)
    picture = np.arange(4, dtype=np.uint8).reshape(1, 1, 2, 2)
    data = cnn_figures.maps(made_up({"maps": rows}, {"made_1": picture, "patches_1": picture[:, None]}))
    pixels = np.frombuffer(bytes.fromhex(data["pixels"]), np.uint8).reshape(34, 68, 3)
    assert (pixels[0, 0, 0], pixels[15, 15, 1], pixels[0, 16, 2], pixels[31, 0, 0], pixels[31, 31, 0]) == (
        0,
        0,
        1,
        2,
        3,
    )


def uniform(centers: list[float], width: float) -> np.ndarray:
    """Return quantiles of uniform distributions, (points, 1, SHARES)."""
    return (np.array(centers)[:, None] + width * (np.array(SHARES) - 0.5))[:, None]


def test_ridges_of_uniform_distributions_are_flat(axes: Axes):
    arrays = {"step": [0, 10, 20], "ridge_bn_0": uniform([9, 1, 2], 1), "ridge_plain_0": uniform([9, 1, 2], 2)}
    data = vgg_figures.ridges(made_up({}, arrays), 0, ("plain_0", "bn_0"))
    assert data["steps"] == (10, 20)  # nothing has been learned before
    (label, ends, curves), (other, narrow, _) = data["columns"]
    assert (label, other) == ("without BN", "with BN")
    assert ends == pytest.approx((1 - 0.96, 2 + 0.96))
    assert narrow == pytest.approx((1 - 0.48, 2 + 0.48))
    for x, density in curves:
        np.testing.assert_allclose(density, 1)
        assert 0 <= min(x) < max(x) <= 1
    vgg_plots.ridges(axes, **data)
    assert len(axes.lines) == 4
    assert [text.get_text() for text in axes.texts] == ["without BN", "with BN"]
    first, second = (line.get_xdata() for line in axes.lines[:2])
    assert max(second) > max(first)


def test_ties_among_quantiles_draw_no_infinite_ridge():
    arrays = {"step": [0, 1], "ridge_bn": np.stack([np.zeros(25), np.repeat([0.0, 1.0], [24, 1])])[:, None]}
    ((_, _, ((_, density),)),) = vgg_figures.ridges(made_up({}, arrays), 0, ("bn",))["columns"]
    assert max(density) == 1
    assert min(density) > 0


def test_what_is_no_number_leaves_a_gap_in_the_landscape(axes: Axes):
    arrays = {
        "step": [0, 5, 10],
        **{f"loss_low_{name}": [[1.0, 1.0, 2.0]] for name in ("bn", "plain")},
        **{f"loss_high_{name}": [[2.0, np.inf, 3.0]] for name in ("bn", "plain")},
    }
    data = vgg_figures.landscape(made_up({}, arrays, {"lengths": (0.05, 0.1)}), "loss")
    assert data["level"] is None
    assert data["bands"][0] == ("with BN", (1.0, 1.0, 2.0), (2.0, None, 3.0), True)
    vgg_plots.bands(axes, **data)
    assert np.isnan(axes.lines[0].get_ydata()[1])
    assert axes.get_yscale() == "log"


def test_smoothness_has_the_line_of_the_shortest_length(axes: Axes):
    arrays = {"step": [0, 5], **{f"smoothness_{name}": [[10.0, 30.0]] for name in ("bn", "plain")}}
    data = vgg_figures.landscape(made_up({}, arrays, {"lengths": (0.1, 0.05)}), "smoothness")
    assert data["level"] == 20
    vgg_plots.bands(axes, **data)
    assert [line.get_ydata()[0] for line in axes.lines] == [20, 10, 10]
    assert axes.texts[0].xy[1] != axes.texts[1].xy[1]


def test_cosines_are_those_of_rate_and_layer():
    shift = np.zeros((2, 3, 2, 2))
    shift[0, :, 1, 1] = [0.9, 0.5, 0.25]
    arrays = {"vgg_step": [0, 10, 20], "vgg_bn_1_shift": shift, "vgg_plain_1_shift": -shift}
    data = vgg_figures.shift_cosines(made_up({}, arrays), rate=1, layer=1)
    assert data == {
        "x": (10.0, 20.0),
        "lines": (("with BN", (0.5, 0.25), True), ("without BN", (-0.5, -0.25), False)),
    }


def test_accuracies_have_the_rates_in_their_labels():
    arrays = {f"test_{name}_{rate}": [[0.1, 0.5], [0.1, 0.7]] for name in ("bn", "plain") for rate in (0, 1)}
    data = vgg_figures.rate_accuracy(made_up({}, {"step": [0, 9], **arrays}, {"rates": (0.1, 0.5)}), "test")
    assert [label for label, *_ in data["curves"]] == ["BN, 0.1", "standard, 0.1", "BN, 0.5", "standard, 0.5"]
    assert data["curves"][0][1:] == ((0.1, 0.6), (0.1, 0.5), (0.1, 0.7), True)
    assert len(data["styles"]) == 4
