"""Writing results: everything is written beside its place first, then moved there; nothing is half there.

What an earlier build left is known from its manifest. A move that fails (a full disk, a file that another
program holds open) takes back the moves before it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Collection, Container, Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from psetpress.errors import PsetpressError

MANIFEST = "manifest.json"


def check(folder: Path) -> None:
    """Refuse a folder that cannot be written, before any work is done; nothing is created."""
    with explained(folder):
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(0, "it is a file, not a folder")
        _recorded(folder)
        existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        with tempfile.TemporaryFile(dir=existing):
            pass


def deliver(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put ``files`` into ``folder``, the manifest last, and remove what only an earlier build made.

    A file is removed if the earlier manifest lists it and it is still what was written then; no other
    file is touched. Raises PsetpressError (full disk, read-only folder) with the earlier output as it was.
    """
    with explained(folder):
        stale = _stale(folder, files)
        folder.mkdir(parents=True, exist_ok=True)
        _place(folder, files, stale)


def deliver_staged(folder: Path, staging: Path, names: Collection[str]) -> None:
    """Do the same with files that lie in ``staging/new`` already, on the same file system as ``folder``."""
    with explained(folder):
        _swap(staging, folder, names, _stale(folder, names))


def take_back(folder: Path, staging: Path) -> None:
    """Undo a :func:`deliver_staged` that was killed on its way; one whose manifest has arrived is left as it is.

    A file that somebody has changed since then stays where it is.
    """
    with explained(folder):
        staged = _recorded(staging / "new")
        moved = (name for name, digest in staged.items() if _is_ours(folder / name, digest))
        if staged:
            _undo(staging, folder, moved)
            (staging / "new" / MANIFEST).unlink()
        shutil.rmtree(staging / "old", ignore_errors=True)


def write(path: Path, content: bytes) -> None:
    """Write one file: beside its place first, then moved there. What is no file (``/dev/stdout``) is written to."""
    with explained(path):
        if path.is_symlink() or (path.exists() and not path.is_file()):
            path.write_bytes(content)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            _place(path.parent, {path.name: content}, ())


def _place(folder: Path, files: Mapping[str, bytes], stale: Collection[str]) -> None:
    """Stage ``files`` in ``folder``, then move them to their names; on failure everything is as before."""
    staging = Path(tempfile.mkdtemp(prefix=".psetpress-", dir=folder))
    try:
        for name, content in files.items():
            _stage(staging / "new" / name, content)
        _swap(staging, folder, files, stale)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _swap(staging: Path, folder: Path, names: Collection[str], stale: Collection[str]) -> None:
    """Move what is staged to its ``names``, the manifest last, and remove what is stale; or change nothing."""
    try:
        for name in sorted({*names} - {MANIFEST}):
            _move(staging, name, folder)
        for name in stale:
            _keep(folder / name, staging / "old" / name)
            (folder / name).unlink()
            _prune((folder / name).parent, folder)
        if MANIFEST in names:
            _move(staging, MANIFEST, folder)
    except BaseException:
        _undo(staging, folder, names)
        raise


def _undo(staging: Path, folder: Path, names: Iterable[str]) -> None:
    """Move those of ``names`` that are not staged any more back to where they were staged, and put back the old ones.

    Every file is tried, whatever happens to others. It may be killed, too, and done again.
    """
    with ExitStack() as last_first:
        for old in [path for path in (staging / "old").rglob("*") if path.is_file()]:
            last_first.callback(_put_back, old, folder / old.relative_to(staging / "old"))
        for name in names:
            last_first.callback(_unmove, staging / "new" / name, name, folder)


def _unmove(new: Path, name: str, folder: Path) -> None:
    place = folder / name
    if not new.exists() and place.exists():
        place.replace(new)
        _prune(place.parent, folder)


def _put_back(old: Path, place: Path) -> None:
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        old.replace(place)


def _prune(place: Path, folder: Path) -> None:
    """Remove the folders that a removed file has left empty, as far as they are there still."""
    while place != folder and not (place.exists() and any(place.iterdir())):
        with suppress(FileNotFoundError):
            place.rmdir()
        place = place.parent


def _stage(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _move(staging: Path, name: str, folder: Path) -> None:
    place = folder / name
    _keep(place, staging / "old" / name)
    place.parent.mkdir(parents=True, exist_ok=True)
    (staging / "new" / name).replace(place)


def _keep(path: Path, old: Path) -> None:
    """Keep what is at ``path`` now, if anything is, as ``old``."""
    if not path.exists():
        return
    old.parent.mkdir(parents=True, exist_ok=True)
    try:
        old.hardlink_to(path)
    except OSError:  # a file system without links
        shutil.copy2(path, old)


def _stale(folder: Path, files: Container[str]) -> list[str]:
    """Return the earlier build's files that ``files`` does not replace, if they are still what it wrote."""
    root = folder.resolve()
    return [
        name
        for name, digest in sorted(_recorded(folder).items())
        if name not in files and _is_ours(folder / name, digest) and (root / name).resolve().is_relative_to(root)
    ]


def _is_ours(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def recorded(folder: Path) -> dict[str, Any]:
    """Return the manifest of what an earlier build left in ``folder``; nothing if there is none.

    Raises PsetpressError for a manifest.json of something else (a web page has one, too).
    """
    try:
        record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if not ("variants" in record and isinstance(record["files"], dict)):
            raise ValueError
        return cast("dict[str, Any]", record)
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, LookupError) as error:
        raise PsetpressError(
            f"{folder / MANIFEST} was not written by psetpress and would be replaced; "
            "choose another folder with --out, or remove it"
        ) from error


def _recorded(folder: Path) -> dict[str, str]:
    """Return names and hashes of the files that the folder's manifest lists."""
    files: dict[object, object] = recorded(folder).get("files", {})
    return {str(name): str(digest) for name, digest in files.items()}


@contextmanager
def explained(place: Path) -> Generator[None]:
    """Raise PsetpressError, with what to do, for what the system refuses while ``place`` is written."""
    try:
        yield
    except OSError as error:
        raise PsetpressError(
            f"{place}: cannot be written: {error.strerror or error}. What was there before is untouched; "
            "free some space, or choose another place."
        ) from error
