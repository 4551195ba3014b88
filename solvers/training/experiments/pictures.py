"""Images as convolutional networks take them: bytes on the device, and the standardization that comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from solvers.training.data import Images
    from solvers.training.networks.images import Standardize

MEASURED = 5000
"""Training images of which the channels' means and deviations are taken."""


@dataclass(frozen=True)
class Pictures:
    """Bytes, (images, channels, height, width), their labels, and what standardizes them.

    The validation images are the last of the training set, and are not among ``training``.
    """

    training: Tensor
    training_labels: Tensor
    validation: Tensor
    validation_labels: Tensor
    test: Tensor
    test_labels: Tensor
    standardize: Standardize


def placed(images: Images, device: torch.device, validation: int = 0) -> Pictures:
    """Return images on a device, the last ``validation`` of the training set set apart."""
    import torch

    from solvers.training.networks.images import Standardize

    cut = len(images.training) - validation
    parts = (
        *(images.training[:cut], images.training_labels[:cut]),
        *(images.training[cut:], images.training_labels[cut:]),
        *(images.test, images.test_labels),
    )
    measured = images.training[: min(MEASURED, cut)]
    channels = measured.mean(axis=(0, 2, 3)), measured.std(axis=(0, 2, 3))
    return Pictures(
        *(torch.from_numpy(part).to(device) for part in parts),
        standardize=Standardize(*(values.tolist() for values in channels)).to(device),
    )
