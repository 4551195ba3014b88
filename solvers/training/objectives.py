"""What trainings minimize: the losses of models side by side, shape (models,)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from solvers.training.loop import Batch


def cross_entropy(network: nn.Module, batch: Batch, smoothing: float = 0.0) -> Tensor:
    """Return the mean cross-entropy of every model: outputs (models, examples, classes), labels (models, examples).

    ``smoothing`` is the part of a label's weight that all classes share.
    """
    inputs, labels = batch
    scores = network(inputs).mT
    return functional.cross_entropy(scores, labels, reduction="none", label_smoothing=smoothing).mean(1)


def half_squares(network: nn.Module, batch: Batch, weight: float = 1.0) -> Tensor:
    """Return half the sum of squared errors of every model, over examples and outputs.

    ``weight`` is how many examples each row stands for.
    """
    inputs, targets = batch
    return 0.5 * weight * (network(inputs) - targets).square().sum((1, 2))
