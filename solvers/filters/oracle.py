"""The second road: SciPy filters the images, and the filters are read off responses to a single bright pixel."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float64]]

SCIPY = {"zero": "constant"}
"""Our names of borders that SciPy calls otherwise."""


def weights(sizes: Sequence[int]) -> list[float]:
    """Return how bright a pixel of brightness 1 is behind ``scipy.ndimage.uniform_filter`` of each size."""
    import numpy as np
    from scipy import ndimage

    dot = np.zeros((2 * max(sizes) + 1,) * 2)
    dot[max(sizes), max(sizes)] = 1.0
    return [float(ndimage.uniform_filter(dot, size).max()) for size in sizes]


def blurred_row(image: Sequence[Sequence[int]], size: int, row: int, border: str) -> list[float]:
    """Return one row of the image behind ``scipy.ndimage.convolve`` with ``size * size`` equal entries."""
    import numpy as np
    from scipy import ndimage

    ones, x = np.ones((size, size)), np.array(image, dtype=np.float64)
    out = cast("Floats", ndimage.convolve(x, ones / ones.sum(), mode=SCIPY.get(border, border)))
    return out[row].tolist()


def kernel(sides: Fraction, corners: Fraction) -> list[list[float]]:
    """Return the 3 x 3 filter of the weighted second differences: their response to a single bright pixel."""
    import numpy as np

    dot = np.zeros((5, 5))
    dot[2, 2] = 1.0
    return _second_differences(dot, float(sides), float(corners)).tolist()


def response(image: Sequence[Sequence[int]], sides: Fraction, corners: Fraction) -> list[list[float]]:
    """Return the weighted second differences at all pixels that have eight neighbors."""
    import numpy as np

    return _second_differences(np.array(image, dtype=np.float64), float(sides), float(corners)).tolist()


def outline(sides: Fraction, corners: Fraction) -> str:
    """Filter an image with a step and look where the display, which cuts off negative values, is not black."""
    import numpy as np

    step = np.zeros((7, 8))
    step[:, 4:] = 1.0
    shown = _second_differences(step, float(sides), float(corners)).clip(min=0.0)
    left, right = bool(shown[:, 2].any()), bool(shown[:, 3].any())
    return {(True, False): "dark", (False, True): "bright"}.get((left, right), "both")


def _second_differences(x: Floats, sides: float, corners: float) -> Floats:
    """Return the sum over the four directions of x[next] - 2 x + x[previous], weighted, inside the border."""
    center = 2 * x[1:-1, 1:-1]
    straight = (x[:-2, 1:-1] - center + x[2:, 1:-1]) + (x[1:-1, :-2] - center + x[1:-1, 2:])
    diagonal = (x[:-2, :-2] - center + x[2:, 2:]) + (x[:-2, 2:] - center + x[2:, :-2])
    return sides * straight + corners * diagonal
