"""The folder beside the output where a build of a class keeps what it has done until all is done.

Every finished stage of a shard is a file that appears whole. A build that was stopped, at any moment and however
roughly, finds them again, if nothing has changed that they were made of.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from psetpress import delivery
from psetpress.errors import PsetpressError

FOLDER = ".psetpress-class"
"""Its name in the output folder. It holds keys, as the output does, and is gone when the build has ended."""

NEW = "new"
"""The folder in it that holds finished files under the names that they will have."""

MARK = "material"
"""The file in it that says what everything else is made of. Without it nothing else counts."""


class Workshop:
    """What a build has done so far. ``material`` is a hash of everything that decides what comes of it."""

    def __init__(self, output: Path, material: str) -> None:
        self.root = output / FOLDER
        delivery.take_back(output, self.root)
        mark = self.root / MARK
        if not mark.is_file() or mark.read_text(encoding="utf-8") != material:
            clear(self.root)
            self.root.mkdir(parents=True, exist_ok=True)
            put(mark, material.encode())

    def keep(self, name: str, result: Any) -> None:
        """Keep a result under a name of its own."""
        put(self.root / name, pickle.dumps(result))

    def kept(self, name: str) -> Any:
        """Return the result that is kept under ``name``; None if there is none, or if a power cut has emptied it."""
        with suppress(FileNotFoundError, EOFError, pickle.UnpicklingError):
            return pickle.loads((self.root / name).read_bytes())
        return None

    def stage(self, name: str, content: bytes) -> str:
        """Keep a finished file under the name that it will have, and return its hash."""
        put(self.root / NEW / name, content)
        return hashlib.sha256(content).hexdigest()

    def staged(self, digests: Mapping[str, str]) -> bool:
        """Say whether all these files are here."""
        here = {self.root / NEW / name: digest for name, digest in digests.items()}
        return all(path.exists() and digest_of(path) == digest for path, digest in here.items())


def put(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there: it is never seen half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}-part")
    staged.write_bytes(content)
    staged.replace(path)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def clear(folder: Path) -> None:
    """Remove a folder of this module, if it is there; what is left by whoever is killed meanwhile does not count."""
    (folder / MARK).unlink(missing_ok=True)
    if folder.exists():
        shutil.rmtree(folder)


@contextmanager
def alone(output: Path) -> Generator[None]:
    """Let no second build work on the same output. The system lets go when the process ends, whatever ends it."""
    output.mkdir(parents=True, exist_ok=True)
    path = output / ".psetpress-lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not (_locks(descriptor) and _is_there(path, descriptor)):
            raise PsetpressError(f"{output}: another build of this set is at work there; wait, or choose another --out")
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink()
    finally:
        os.close(descriptor)


def _locks(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows has other locks, and a class is seldom built twice at once
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _is_there(path: Path, descriptor: int) -> bool:
    """Say whether a file is at its path: whoever had it locked has removed it on leaving."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False


def material(folders: Iterable[Path], *more: str) -> str:
    """Return a hash of all files below ``folders`` and of ``more``: what a build is made of."""
    digest = hashlib.sha256("\0".join(more).encode())
    for folder in folders:
        files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
        for path in files:
            if "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(folder)}\0{digest_of(path)}\0".encode())
    return digest.hexdigest()
