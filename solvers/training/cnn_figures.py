"""Plain data for the figures of the small convolutional network: its layers, its confusions, what its channels like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.record import Recorded

CELL, GAP = 32, 2
"""Pixels of a picture's side in a mosaic, and between pictures."""

WHITE = 255

ROWS = ("best", "worst")
"""Examples: those to whose class the network gives the most probability, and the least."""


def architecture(result: Recorded) -> dict[str, Any]:
    """Return the layers that form maps, in order: name, and shape as hooks recorded it, (channels, height, width).

    ``added`` are pairs of places among them: what leaves the first is added to what the second is made of.
    """
    rows: Any = result.measurements["layers"]
    maps = [row for row in rows if len(row["shape"]) == 3]
    return {
        "layers": tuple((row["name"], tuple(row["shape"])) for row in maps),
        "added": tuple((row["added"], place) for place, row in enumerate(maps) if row["added"] is not None),
    }


def confusion(result: Recorded) -> dict[str, Any]:
    """Return the shares of the images of each class (rows) that are taken for each class, in percent."""
    counts = result.arrays["confusion"]
    shares = np.rint(100 * counts / counts.sum(axis=1, keepdims=True)).astype(int)
    rows: Any = result.measurements["classes"]
    return {"names": tuple(row["name"] for row in rows), "shares": tuple(tuple(map(int, row)) for row in shares)}


def maps(result: Recorded) -> dict[str, Any]:
    """Return a row of pictures for every channel looked into: the one made for it, then its strongest patches.

    Pixels are two hexadecimal digits each of red, green and blue; every picture is enlarged to the same side.
    """
    rows: Any = result.measurements["maps"]
    layers = range(1, 1 + len({row["layer"] for row in rows}))
    pictures = [
        [made, *patches]
        for place in layers
        for made, patches in zip(result.arrays[f"made_{place}"], result.arrays[f"patches_{place}"], strict=True)
    ]
    mosaic = np.concatenate([np.concatenate([_cell(one) for one in row], axis=1) for row in pictures])
    return {
        "labels": tuple(f"{row['layer']}, {row['channel']}" for row in rows),
        "columns": len(pictures[0]),
        "pixels": mosaic.tobytes().hex(),
    }


def examples(result: Recorded) -> dict[str, Any]:
    """Return the best test images and the worst, a row each, with their classes and what they are taken for."""
    classes: Any = result.measurements["classes"]
    names = [row["name"] for row in classes]
    told = {
        part: tuple(tuple(names[number] for number in result.arrays[f"{row}_{part}"]) for row in ROWS)
        for part in ("truth", "taken_for")
    }
    mosaic = np.concatenate([np.concatenate([_cell(one) for one in result.arrays[row]], axis=1) for row in ROWS])
    return {"rows": ROWS, **told, "pixels": mosaic.tobytes().hex()}


def _cell(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture (channels, side, side), enlarged, in colour and with a white border right and below."""
    nearest = np.arange(CELL) * picture.shape[-1] // CELL
    enlarged = np.moveaxis(picture[:, nearest][:, :, nearest], 0, -1)
    colour = np.broadcast_to(enlarged, (CELL, CELL, 3))
    return np.pad(colour, ((0, GAP), (0, GAP), (0, 0)), constant_values=WHITE)
