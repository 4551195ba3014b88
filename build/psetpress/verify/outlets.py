"""Where the reports of a run go: into files that can be written, or one of them to standard output."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from psetpress import delivery
from psetpress.errors import PsetpressError, UsageError

STDOUT = (Path("-"), Path("/dev/stdout"))
"""What stands for standard output; the table goes to standard error then."""


def check(files: Mapping[str, Path]) -> None:
    """Refuse, before any work is done, places (by option) that could not be written after it; nothing is created.

    Raises UsageError if two reports go to one place, PsetpressError for a place that cannot be written.
    """
    taken: dict[str, str] = {}
    for option, path in files.items():
        place = "standard output" if path in STDOUT else str(path.absolute())
        if place in taken:
            raise UsageError(f"{taken[place]} and {option} both go to {place}; give each report a place of its own")
        taken[place] = option
        if path not in STDOUT:
            _probe(option, path)


def _probe(option: str, path: Path) -> None:
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            if path.exists() and not os.access(path, os.W_OK):
                raise PermissionError(0, "no permission")
            return
        existing = next(place for place in path.absolute().parents if place.exists())
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise PsetpressError(f"{option}: {path} cannot be written: {error.strerror or error}") from error


def write(files: Mapping[str, Path], made: Mapping[str, Callable[[], str]]) -> list[PsetpressError]:
    """Write each report to its place, and return what could not be written: one full disk costs no other report."""
    failed: list[PsetpressError] = []
    for option, path in files.items():
        try:
            if path in STDOUT:
                click.echo(made[option](), nl=False)
            else:
                delivery.write(path, made[option]().encode())
        except PsetpressError as error:
            failed.append(error)
    return failed
