"""Images as rows of numbers for fully connected networks, as the EECS 182 and CS231n notebooks make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from solvers.training.data import Images


@dataclass(frozen=True)
class Rows:
    """A few training images and the validation images, (images, values), and their labels."""

    training: Tensor
    training_labels: Tensor
    validation: Tensor
    validation_labels: Tensor


def centered(images: Images, count: int, validation: int, device: torch.device) -> Rows:
    """Return the first ``count`` training images, and the last ``validation`` of the training set for validation.

    From all of them the mean image of the training set without its validation part is subtracted; a value is a
    byte, from 0 to 255, before.
    """
    import torch

    cut = len(images.training) - validation
    mean = images.training[:cut].reshape(cut, -1).mean(axis=0, dtype=np.float64)

    def rows(part: slice) -> Tensor:
        pixels = images.training[part]
        return torch.from_numpy((pixels.reshape(len(pixels), -1) - mean).astype(np.float32)).to(device)

    few, rest = slice(0, count), slice(cut, None)
    labels = torch.from_numpy(images.training_labels).to(device)
    return Rows(rows(few), labels[few], rows(rest), labels[rest])
