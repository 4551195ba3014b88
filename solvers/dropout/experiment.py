"""What can be said of the dropout experiment before it is run: how large the network is, how noisy an accuracy."""

from __future__ import annotations

from math import sqrt
from typing import Any


def sizes(
    *, inputs: int, hidden: int, classes: int, images: int, validation_images: int, epochs: int, batch: int, **_: object
) -> dict[str, Any]:
    """Return the number of parameters and of gradient steps, and the largest standard error of a validation accuracy.

    An accuracy a on m images has the standard error sqrt(a(1-a)/m), which is at most 1/(2 sqrt(m)).

    >>> sizes(inputs=2, hidden=3, classes=2, images=10, validation_images=100, epochs=2, batch=4)
    {'parameters': 17, 'steps': 6, 'error': 0.05}
    """
    return {
        "parameters": (inputs + 1) * hidden + (hidden + 1) * classes,
        "steps": -(-images // batch) * epochs,
        "error": 1 / (2 * sqrt(validation_images)),
    }
