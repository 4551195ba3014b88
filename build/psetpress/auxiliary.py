"""What LaTeX needs to know beforehand (page numbers, bookmarks), kept from one build for the next.

LaTeX learns it in one run and uses it in the next, so a document takes two runs. The files that the last
build of the same questions left are a guess at what this one will need. A right guess saves a run; a wrong
one costs nothing, because a document runs until what it reads is what it writes.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psetpress.latex import Document

SUFFIXES = (".aux", ".out", ".toc")
"""The files that one run leaves for the next."""

VARIABLE = "PSETPRESS_CACHE"
"""The environment variable that names another folder than the user's own for caches."""

_OUTLINE = re.compile(r"^\\(?:documentclass|question|settitle)\b.*$", re.MULTILINE)


def root() -> Path:
    """Return the folder of everything that is kept from one build for the next."""
    import platformdirs

    named = os.environ.get(VARIABLE)
    return Path(named) if named else platformdirs.user_cache_path("psetpress")


def place(document: Document) -> Path:
    """Return the folder of guesses for ``document``: its kind, its class and its questions name it."""
    digest = hashlib.sha256("\n".join([document.name, *_OUTLINE.findall(document.main)]).encode())
    for name, content in sorted(document.files.items()):
        if name.endswith(".cls"):
            digest.update(content)
    return root() / "latex" / digest.hexdigest()[:32]


def recall(document: Document, folder: Path) -> bool:
    """Put the guess for ``document`` into ``folder`` and say whether there was one."""
    kept = place(document)
    for suffix in SUFFIXES:
        with suppress(OSError):
            (folder / f"main{suffix}").write_bytes((kept / f"main{suffix}").read_bytes())
    return any((folder / f"main{suffix}").exists() for suffix in SUFFIXES)


def forget(folder: Path) -> None:
    """Remove the guess from ``folder``."""
    for suffix in SUFFIXES:
        (folder / f"main{suffix}").unlink(missing_ok=True)


def keep(document: Document, folder: Path) -> None:
    """Keep what ``folder`` holds for the next build; where nothing can be written nothing is kept."""
    kept = place(document)
    with suppress(OSError):
        kept.mkdir(parents=True, exist_ok=True)
        for suffix in SUFFIXES:
            path = folder / f"main{suffix}"
            if path.exists():
                _replace(kept / path.name, path.read_bytes())


def state(folder: Path) -> str:
    """Return a hash of the files that one run leaves for the next."""
    digest = hashlib.sha256()
    for suffix in SUFFIXES:
        path = folder / f"main{suffix}"
        digest.update(path.read_bytes() if path.exists() else b"-")
    return digest.hexdigest()


def _replace(path: Path, content: bytes) -> None:
    """Write a file at once, so that builds at the same time may share it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as staged:
        staged.write(content)
    Path(staged.name).replace(path)
