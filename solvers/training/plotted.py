"""The figures of every experiment's result: what is drawn, from which part of the record, on which axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from solvers.training import cnn_figures, cnn_plots, figures, plots, vgg_figures, vgg_plots

if TYPE_CHECKING:
    from solvers.training.record import Recorded

WIDE = 12.4
"""Centimetres: as wide as the text of a part."""


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A figure: ``data`` takes from a record the keyword arguments of ``draw``; ``size`` is in centimetres.

    ``pixels`` says that it shows photographs.
    """

    draw: Callable[..., None]
    data: Callable[[Recorded], dict[str, Any]]
    xlabel: str
    ylabel: str
    size: tuple[float, float] = (WIDE, 5.2)
    pixels: bool = False


CLASSIFIER: Mapping[str, Plot] = {
    "curves": Plot(
        draw=plots.curves, data=figures.classifier_curves, xlabel="epoch", ylabel="accuracy", size=(WIDE, 5.6)
    ),
    "architecture": Plot(
        draw=cnn_plots.architecture,
        data=cnn_figures.architecture,
        xlabel="width: side of a map; height: channels",
        ylabel="",
        size=(WIDE, 6.4),
    ),
    "confusion": Plot(
        draw=cnn_plots.confusion,
        data=cnn_figures.confusion,
        xlabel="taken for, in percent",
        ylabel="class",
        size=(WIDE, 6.4),
    ),
    "examples": Plot(
        draw=cnn_plots.examples,
        data=cnn_figures.examples,
        xlabel="above: the class; below: what it is taken for",
        ylabel="",
        size=(WIDE, 4.8),
        pixels=True,
    ),
    "maps": Plot(
        draw=cnn_plots.mosaic,
        data=cnn_figures.maps,
        xlabel="images",
        ylabel="layer, channel",
        size=(WIDE, 10.5),
        pixels=True,
    ),
}
"""The figures of a network that classifies photographs."""

PLOTS: Mapping[str, Mapping[str, Plot]] = {
    "batchnorm_benefits": {
        "convergence": Plot(draw=plots.curves, data=figures.convergence, xlabel="step", ylabel="test accuracy"),
        "sweep": Plot(draw=plots.sweep, data=figures.rate_sweep, xlabel="learning rate", ylabel="final test accuracy"),
    },
    "batchnorm_init_scale": {
        "scales": Plot(
            draw=plots.sweep,
            data=figures.scale_sweep,
            xlabel="standard deviation of the initial weights",
            ylabel="best validation accuracy",
        ),
    },
    "cifar10_cnn": CLASSIFIER,
    "cifar10_resnet": CLASSIFIER,
    "dropout_effect": {
        "curves": Plot(
            draw=plots.curves, data=figures.dropout_curves, xlabel="epoch", ylabel="accuracy", size=(WIDE, 5.6)
        ),
    },
    "ioffe_fig1": {
        "accuracy": Plot(draw=plots.curves, data=figures.sigmoid_accuracy, xlabel="step", ylabel="test accuracy"),
        **{
            network: Plot(
                draw=plots.quantiles,
                data=partial(figures.sigmoid_quantiles, network=network),
                xlabel="step",
                ylabel="input of the unit",
                size=(WIDE, 3.6),
            )
            for network in ("plain", "normalized")
        },
    },
    "ioffe_fig2": {
        "accuracy": Plot(draw=plots.curves, data=figures.rate_curves, xlabel="step", ylabel="test accuracy"),
    },
    "santurkar_fig1": {
        **{
            part: Plot(
                draw=plots.curves,
                data=partial(vgg_figures.rate_accuracy, part=part),
                xlabel="step",
                ylabel=f"{part} accuracy",
            )
            for part in ("training", "test")
        },
        **{
            f"ridges_{place}": Plot(
                draw=vgg_plots.ridges,
                data=partial(vgg_figures.ridges, layer=place, names=("plain_0", "bn_0")),
                xlabel="value",
                ylabel="step",
            )
            for place in (0, 1)
        },
    },
    "santurkar_fig2": {
        "accuracy": Plot(draw=plots.curves, data=vgg_figures.noise_accuracy, xlabel="step", ylabel="training accuracy"),
        "ridges": Plot(
            draw=vgg_plots.ridges,
            data=partial(vgg_figures.ridges, layer=1, names=("plain", "bn", "noisy_bn")),
            xlabel="value",
            ylabel="step",
        ),
    },
    "santurkar_fig3": {
        **{
            f"vgg_cosine_{number}": Plot(
                draw=plots.cosines,
                data=partial(vgg_figures.shift_cosines, rate=number, layer=1),
                xlabel="step",
                ylabel="cosine",
                size=(WIDE, 3.6),
            )
            for number in (0, 1)
        },
        **{
            f"dln_cosine_{number}": Plot(
                draw=plots.cosines,
                data=partial(figures.linear_cosines, rate=number, layer=1),
                xlabel="step",
                ylabel="cosine",
                size=(WIDE, 3.6),
            )
            for number in (0, 1)
        },
    },
    "santurkar_fig4": {
        kind: Plot(
            draw=vgg_plots.bands,
            data=partial(vgg_figures.landscape, kind=kind),
            xlabel="step",
            ylabel=label,
            size=(WIDE, 4.4),
        )
        for kind, label in (
            ("loss", "loss along the gradient"),
            ("gradient_change", "change of the gradient"),
            ("smoothness", "effective smoothness"),
        )
    },
}
"""By experiment and name."""
