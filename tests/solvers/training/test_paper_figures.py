"""Figures of the papers' experiments: the data that are taken from a result, and what is drawn of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solvers.training import experiments, figures, perform, plots
from solvers.training.plotted import PLOTS
from solvers.training.record import Recorded


@cache
def recorded(name: str) -> Recorded:
    """Return the result of an experiment at its smallest; the data are inside an installed package."""
    seeds = tuple(range(experiments.find(name).seeds["smoke"]))
    with TemporaryDirectory() as work:
        order = perform.Order(name, "smoke", seeds, Path(work), Path(work, "checkpoints"))
        return perform.perform(order, lambda tasks: map(perform.run, tasks), date="2026-11-21")


@pytest.fixture
def axes() -> Iterator[Axes]:
    figure = Figure()
    yield figure.add_subplot()
    figure.clear()


def test_figure_1_is_drawn_from_its_record(axes: Axes):
    result = recorded("ioffe_fig1")
    accuracy = figures.sigmoid_accuracy(result)
    assert [label for label, *_ in accuracy["curves"]] == ["with BN", "without BN"]
    data = {network: figures.sigmoid_quantiles(result, network) for network in ("plain", "normalized")}
    assert data["plain"]["reach"] == data["normalized"]["reach"]
    np.testing.assert_allclose(data["plain"]["quantiles"][1], result.arrays["quantiles_plain"][0, :, 1], atol=1e-5)
    plots.quantiles(axes, **data["normalized"])
    assert axes.get_ylim()[1] == pytest.approx(1.05 * data["plain"]["reach"])
    drawn = [line.get_ydata() for line in axes.lines[1:]]
    np.testing.assert_allclose(drawn, data["normalized"]["quantiles"])


def test_the_cosines_are_those_of_rate_and_layer(axes: Axes):
    result = recorded("santurkar_fig3")
    data = figures.linear_cosines(result, rate=1, layer=0)
    assert len(data["x"]) == len(result.arrays["dln_step"]) - 1
    (name, values, accent), (other, plain, _) = data["lines"]
    assert (name, accent, other) == ("with BN", True, "without BN")
    np.testing.assert_allclose(values, result.arrays["dln_normalized_1_shift"][0, 1:, 0, 1], atol=1e-5)
    plots.cosines(axes, **data)
    np.testing.assert_allclose(axes.lines[2].get_ydata(), plain)
    assert [text.get_text() for text in axes.texts] == ["with BN", "without BN"]
    assert axes.texts[0].xy[1] != axes.texts[1].xy[1]


@pytest.mark.parametrize(("name", "plot"), [(name, plot) for name, plots in PLOTS.items() for plot in plots])
def test_every_figure_is_drawn_within_its_axes(name: str, plot: str, axes: Axes):
    found = PLOTS[name][plot]
    found.draw(axes, **found.data(recorded(name)))
    assert axes.lines or axes.patches or axes.images or axes.collections or axes.texts
    low, high = sorted(axes.get_ylim())
    values = np.array([value for line in axes.lines for value in np.ravel(line.get_ydata())])
    assert ((values >= low) & (values <= high) | np.isnan(values)).all()
    assert (found.xlabel and found.ylabel) or not axes.lines


def test_the_five_networks_of_figure_2_have_their_own_curves():
    result = recorded("ioffe_fig2")
    curves = {label: mean for label, mean, *_ in figures.rate_curves(result)["curves"]}
    assert next(iter(curves)) == r"without BN, rate $\times1$"
    np.testing.assert_allclose(curves[r"BN, rate $\times30$"], result.arrays["bn_x30"].mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(
        curves[r"BN, $\times5$, sigmoids"], result.arrays["bn_x5_sigmoid"].mean(axis=0), atol=1e-5
    )


def test_many_rates_leave_their_ticks_to_the_axis(axes: Axes):
    data = figures.scale_sweep(recorded("batchnorm_init_scale"))
    assert [label for label, *_ in data["sweeps"]] == ["with BN", "without BN"]
    plots.sweep(axes, **data)
    assert [float(tick) for tick in axes.get_xticks()] == pytest.approx(data["rates"])
    many = [2.0**power for power in range(12)]
    plots.sweep(axes, rates=many, sweeps=[("with BN", [0.5] * 12, True)])
    assert len(axes.get_xticks()) < 12


def test_percentiles_are_named_where_they_end(axes: Axes):
    plots.quantiles(axes, x=(0, 1), quantiles=((-1, -2), (0, 0.5), (1, 2)), reach=2.0)
    assert [(text.get_text(), text.xy) for text in axes.texts] == [
        ("15th", (1, -2)),
        ("50th", (1, 0.5)),
        ("85th", (1, 2)),
    ]
