"""Results that take a moment to make, kept on disk by their content."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

VARIABLE = "PSETPRESS_CACHE"
"""The environment variable that names another folder than the user's own for caches."""


def folder() -> Path:
    """Return where results are kept; the folder need not exist, nor be writable."""
    import platformdirs

    named = os.environ.get(VARIABLE)
    return Path(named) if named else platformdirs.user_cache_path("psetpress")


def kept(room: str, recipe: str, shape: tuple[int, ...], make: Callable[[], Array]) -> Array:
    """Return what ``make`` returns, an array of ``shape``; a second call reads it from the disk.

    ``recipe`` says everything that the result depends on, the version of the code that makes it included: it
    is hashed into the file's name. A file that cannot be read, or holds something else, is made anew; where
    nothing can be written nothing is kept. Writing is atomic, so that processes may share the folder.
    """
    path = folder() / room / f"{hashlib.sha256(recipe.encode()).hexdigest()[:32]}.npz"
    found = _read(path, shape)
    if found is not None:
        return found
    made = make()
    with suppress(OSError):
        _write(path, made)
    return made


def _read(path: Path, shape: tuple[int, ...]) -> Array | None:
    """Return the array in a file, or None if there is none of finite numbers and this shape."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            found: Array = arrays["kept"]
    except Exception:  # whatever is wrong with the file, making the result anew is right
        return None
    good = found.shape == shape and found.dtype == np.float64 and np.isfinite(found).all()
    return found if good else None


def _write(path: Path, made: Array) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, kept=made)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
