"""What the figures of convolution problems show, as plain data."""

from __future__ import annotations

from typing import Any

from solvers.convolution.exact import Impulse, Samples, end

MARGIN = 2
"""A signal is drawn with this many implicit zeros on either side."""

VISIBLE = 6
"""An infinite impulse response is drawn up to this index."""


def signal(x: Samples) -> dict[str, Any]:
    """Return the arguments of ``plots.stems`` for a finite signal and some zeros around it."""
    zeros = (0.0,) * MARGIN
    return {"first": x[0] - MARGIN, "values": (*zeros, *map(float, x[1]), *zeros)}


def impulse(h: Impulse, stop: int | None) -> dict[str, Any]:
    """Return the arguments of ``plots.stems`` for an impulse response that ends at ``stop``, if it does."""
    last = VISIBLE if stop is None else stop + MARGIN
    first = h.start - MARGIN
    return {"first": first, "values": tuple(float(h.at(n)) for n in range(first, last + 1))}


def response(y: Samples) -> dict[str, Any]:
    """Return the arguments of ``plots.stems`` for a response on its window."""
    return {"first": y[0], "values": tuple(map(float, y[1])), "answer": True}


def responses(before: Samples, after: Samples) -> dict[str, Any]:
    """Return the arguments of ``plots.stem_pair`` for two responses on one window.

    Raises ValueError if the windows differ.
    """
    if (before[0], end(before)) != (after[0], end(after)):
        raise ValueError(
            f"the windows {before[0]}..{end(before)} and {after[0]}..{end(after)} differ; one figure shows one"
        )
    return {"first": after[0], "before": tuple(map(float, before[1])), "after": tuple(map(float, after[1]))}
