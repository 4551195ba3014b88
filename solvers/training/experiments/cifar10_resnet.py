"""CS 7150 HW1 3(a)-(c) again: a small residual network learns CIFAR-10 by the training of cifar10_cnn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solvers.training.experiments import cifar10_cnn

if TYPE_CHECKING:
    from solvers.training.experiments.cifar10_cnn import Cnn
    from solvers.training.record import Scale

WIDTHS: dict[Scale, tuple[int, ...]] = {"smoke": (8, 12, 12), "cpu": (16, 32, 64), "paper": (64, 128, 256)}
"""Channels of the stages: one block each."""


def settings(scale: Scale) -> Cnn:
    """Return the settings of cifar10_cnn with another network."""
    return replace(
        cifar10_cnn.EXPERIMENT.scales[scale],
        network="residual",
        widths=WIDTHS[scale],
        shown=(1, 2, 3),
        normalization="standardized by channel",
        initialization="Kaiming normal",
    )


EXPERIMENT = replace(
    cifar10_cnn.EXPERIMENT,
    name="cifar10_resnet",
    question="How well does a small residual network classify photographs, and what do its channels look for?",
    scales={scale: settings(scale) for scale in WIDTHS},
)
