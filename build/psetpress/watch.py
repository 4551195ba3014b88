"""Build again whenever a file of the workspace changes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psetpress.workspace import Workspace

WATCHED = (".py", ".j2", ".cls", ".toml")


def rebuild(arguments: Sequence[str], place: Workspace, source: Path) -> None:
    """Run the build of ``arguments`` now and after every change, until interrupted.

    Each build is a process of its own: a changed module is read afresh, and a build that fails says so
    and waits for the next change.
    """
    from watchfiles import watch

    command = [sys.executable, "-m", "psetpress", *(word for word in arguments[1:] if word != "--watch")]
    folders = {folder / name for folder in place.folders for name in ("problems", "solvers", "templates")}
    paths = [source, *sorted(path for path in folders if path.is_dir())]
    subprocess.run(command, check=False)
    click.echo("waiting for changes; Ctrl-C ends", err=True)
    for _ in watch(*paths, watch_filter=lambda _, path: path.endswith(WATCHED), raise_interrupt=False):
        subprocess.run(command, check=False)
        click.echo("waiting for changes; Ctrl-C ends", err=True)
