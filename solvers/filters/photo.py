"""Cut-outs of scikit-learn's sample photographs, in gray, and what the filters make of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from solvers.filters.exact import Border, Kernel

    Floats = np.ndarray[Any, np.dtype[np.float64]]

SIDE = 160
"""Rows and columns of a cut-out: small enough to be printed four in a row, large enough for a filter of size 12."""

GRAY = (0.2989, 0.5870, 0.1140)
"""Weights of red, green and blue, as in the course's notebook."""


@dataclass(frozen=True)
class Window:
    """A square cut-out of a photograph of 427 rows and 640 columns: every ``step``-th pixel from (top, left) on."""

    photo: Literal["china", "flower"]
    top: int
    left: int
    step: int

    @property
    def last_row(self) -> int:
        """The last row that is kept."""
        return self.bottom - self.step

    @property
    def last_column(self) -> int:
        """The last column that is kept."""
        return self.right - self.step

    @property
    def bottom(self) -> int:
        """The first row below the cut-out."""
        return self.top + SIDE * self.step

    @property
    def right(self) -> int:
        """The first column to the right of the cut-out."""
        return self.left + SIDE * self.step


@lru_cache(maxsize=2)
def gray(photo: str) -> Floats:
    """Return a sample photograph as gray values between 0 and 1, rows x columns."""
    import numpy as np
    from PIL import Image

    colors = np.asarray(Image.open(_sample(photo)), dtype=np.float64)
    return colors @ (np.array(GRAY) / 255)


def _sample(photo: str) -> Path:
    """Return the file that ``sklearn.datasets.load_sample_image`` opens; importing that takes most of a second."""
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("scikit-learn, which brings the sample photographs, is not installed")
    return Path(package.origin).parent / "datasets" / "images" / f"{photo}.jpg"


def cut(window: Window) -> Floats:
    """Return a cut-out. Raises ValueError if the photograph ends before it."""
    whole = gray(window.photo)
    found = whole[window.top : window.bottom : window.step, window.left : window.right : window.step]
    if found.shape != (SIDE, SIDE):
        rows, columns = whole.shape
        raise ValueError(f"{window} leaves the photograph, which has {rows} rows and {columns} columns")
    return found


@lru_cache(maxsize=192)  # 33 MB hold what a class at level standard can be shown
def blurred(window: Window, size: int, border: Border) -> Floats:
    """Return a cut-out behind the averaging filter of a size."""
    import numpy as np

    return _convolved(window, np.full((size, size), 1 / size**2), border)


@lru_cache(maxsize=96)
def edges(window: Window, kernel: Kernel, border: Border) -> Floats:
    """Return a cut-out behind a 3 x 3 filter."""
    import numpy as np

    return _convolved(window, np.array(kernel, dtype=np.float64), border)


def _convolved(window: Window, kernel: Floats, border: Border) -> Floats:
    from scipy import ndimage

    mode = "constant" if border == "zero" else border
    return cast("Floats", ndimage.convolve(cut(window), kernel, mode=mode))


def displayed(image: Floats) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return what the display shows: 255 times the value, cut off at 0 and 255 and truncated."""
    import numpy as np

    return np.clip(255 * image, 0, 255).astype(np.uint8)


def blur_facts(window: Window, sizes: Sequence[int], border: Border) -> dict[str, Any]:
    """Return mean and standard deviation of the cut-out and of its averages."""
    facts = [_moments(window, size, border) for size in (None, *sizes)]
    return {"means": tuple(mean for mean, _ in facts), "spreads": tuple(spread for _, spread in facts)}


@lru_cache(maxsize=1024)
def _moments(window: Window, size: int | None, border: Border) -> tuple[float, float]:
    """Return mean and standard deviation of a cut-out (without ``size``) or of its average."""
    picture = cut(window) if size is None else blurred(window, size, border)
    return float(picture.mean()), float(picture.std())


def edge_facts(window: Window, kernel: Kernel, border: Border) -> dict[str, Any]:
    """Return the percentage of pixels with a negative response, which the display cuts off."""
    return {"negative": 100 * float((edges(window, kernel, border) < 0).mean())}
