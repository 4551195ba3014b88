"""A course workspace of one's own: ``psetpress new DIR`` copies the files in ``course/``."""

from __future__ import annotations

import shutil
from pathlib import Path
from shlex import quote

from psetpress.errors import PsetpressError, UsageError

COURSE = Path(__file__).resolve().parent / "course"
RENAMED = {"gitignore": ".gitignore"}
"""Files that would act on this repository under the name that they get in a workspace."""


def create(directory: Path) -> str:
    """Write a workspace to ``directory`` and return what to tell its owner.

    Raises UsageError if the directory exists and holds anything: nothing is ever overwritten.
    """
    if directory.is_symlink() or (directory.exists() and not _is_empty(directory)):
        raise UsageError(
            f"{directory} exists already; a workspace is made in a new or an empty folder: psetpress new NAME"
        )
    try:
        for source in files():
            _copy(source, directory)
    except OSError as error:
        raise PsetpressError(f"{error.filename or directory}: cannot be written: {error.strerror}") from error
    return f"made {directory}; to build its first set:\n  cd {quote(str(directory))} && psetpress build first"


def files() -> list[Path]:
    """Return the files that a new workspace consists of, sorted; caches of tools (``.ruff_cache``) are none of them."""
    return sorted(path for path in COURSE.rglob("*") if path.is_file() and not _is_cached(path.relative_to(COURSE)))


def _is_cached(path: Path) -> bool:
    return any(part.endswith(("_cache", "__pycache__")) for part in path.parts)


def _is_empty(directory: Path) -> bool:
    return directory.is_dir() and not any(directory.iterdir())


def _copy(source: Path, directory: Path) -> None:
    inside = source.relative_to(COURSE)
    target = directory / inside.with_name(RENAMED.get(inside.name, inside.name))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
