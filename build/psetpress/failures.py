"""Failures of code that is not the engine's, a problem's or a solver's, said in one line."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb

ROOMS = ("problems", "solvers")


def described(error: BaseException) -> str:
    """Return type and text of ``error``, and the line in ``problems/`` or ``solvers/`` where it arose.

    >>> described(ValueError("no such kernel"))
    'ValueError: no such kernel'
    """
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    place = _place(error)
    return f"{text} ({place})" if place else text


def _place(error: BaseException) -> str:
    """Return the innermost line of the bank's own code; a library's lines below it help nobody."""
    for frame in reversed(extract_tb(error.__traceback__)):
        parts = Path(frame.filename).parts
        for index, part in enumerate(parts):
            if part in ROOMS and index < len(parts) - 1:
                return f"{'/'.join(parts[index:])}, line {frame.lineno}"
    return ""
