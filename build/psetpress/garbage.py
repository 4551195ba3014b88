"""Garbage: how often Python looks for it."""

from __future__ import annotations

import gc


def look_rarely() -> None:
    """Look for cycles less often, in a process that draws and prints.

    Torch and matplotlib bring a million objects that are no garbage, and Python would go through them again and again.
    """
    gc.set_threshold(100_000, 50, 50)
