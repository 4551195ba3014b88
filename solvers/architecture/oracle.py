"""The second road: build the network in torch, count its parameters, and push one input through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solvers.architecture.layers import Conv, Dense, Flatten, Pool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, nn

    from solvers.architecture.layers import Cell, Layer, Shape


def entries(size: Shape, layers: Sequence[Layer], blanks: Sequence[Cell]) -> dict[str, int | Shape]:
    """Return the entries of ``blanks`` as torch finds them, named ``column_row``.

    The input is one image of ``size`` (width, height, channels); torch has (N, C, H, W). Image and modules are
    on the ``meta`` device, which has shapes and no values.
    """
    import torch

    width, height, channels = size
    found: dict[tuple[int, str], int | Shape] = {(0, "parameters"): 0, (0, "activations"): size}
    x = torch.empty(1, channels, height, width, device="meta")
    for index, layer in enumerate(layers, start=1):
        built = build(layer, fan_in=x.shape[1])
        with torch.no_grad():
            x: Tensor = built(x)
        found[index, "parameters"] = sum(parameter.numel() for parameter in built.parameters())
        found[index, "activations"] = tuple(reversed(x.shape[1:]))
    return {f"{cell.column}_{cell.row}": found[cell.row, cell.column] for cell in blanks}


def build(layer: Layer, fan_in: int) -> nn.Module:
    """Return torch's module for ``layer``, which gets ``fan_in`` channels (or features)."""
    from torch import nn

    match layer:
        case Conv(kernel, filters):
            return nn.Conv2d(fan_in, filters, kernel, padding="same", device="meta")
        case Pool(size):
            return nn.MaxPool2d(size)
        case Flatten():
            return nn.Flatten()
        case Dense(units):
            return nn.Linear(fan_in, units, device="meta")
