"""The experiments by name. Their modules load torch only when they train."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from solvers.training.experiment import Experiment

NAMES = (
    "batchnorm_benefits",
    "batchnorm_init_scale",
    "cifar10_cnn",
    "cifar10_resnet",
    "dropout_effect",
    "ioffe_fig1",
    "ioffe_fig2",
    "santurkar_fig1",
    "santurkar_fig2",
    "santurkar_fig3",
    "santurkar_fig4",
)
"""Every experiment has a module of its name here, with a record EXPERIMENT."""


def find(name: str) -> Experiment[Any]:
    """Return the record of an experiment. Raises LookupError for a name that is not in NAMES."""
    if name not in NAMES:
        raise LookupError(f'"{name}" is no experiment; there are {", ".join(NAMES)}')
    return import_module(f"{__name__}.{name}").EXPERIMENT
