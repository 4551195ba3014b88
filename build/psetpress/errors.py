"""The errors that people see: what happened, the value, what is accepted, how to go on."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import click


class PsetpressError(click.ClickException):
    """Work that failed: printed as one message, exit code 1, never a traceback."""

    exit_code = 1


class UsageError(PsetpressError):
    """Input that cannot be used (a set file, a name, an option): exit code 2."""

    exit_code = 2


def nearest(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean ...?)" for the known word closest to ``word``, or an empty string."""
    close = get_close_matches(word, list(known), n=1)
    return f' (did you mean "{close[0]}"?)' if close else ""
