"""Files of data sets as they were published: their hashes, where they lie, and how they are fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

TIMEOUT = 30
"""Seconds that a server may be silent."""


class Missing(ValueError):
    """A file that is neither there nor could be fetched: its name, its hash, and where it goes."""


class Unusable(ValueError):
    """A file that is there and cannot be read: what is wrong with it, and how to go on."""


@dataclass(frozen=True)
class Published:
    """A file as it was published: its name and MD5 hash."""

    name: str
    md5: str


@dataclass(frozen=True)
class Download:
    """Where a file can be fetched; ``unpacks`` is the folder that lies in the archive, "" for a single file."""

    file: Published
    url: str
    unpacks: str = ""


def md5(data: bytes) -> str:
    """Return the MD5 hash of ``data``, as the publishers print it."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def unusable(wrong: str, *paths: Path) -> Unusable:
    """Return the refusal of files that can be fetched: what is wrong with them, and how to go on."""
    them = "it" if len(paths) == 1 else "them"
    return Unusable(f"{' and '.join(map(str, paths))}: {wrong}. Delete {them}, and what was published is fetched")


def read(path: Path) -> bytes:
    """Return the bytes of a file. Raises Unusable if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unusable(f"cannot be read: {error.strerror}", path) from None


def folder_with(names: Sequence[str], places: Sequence[Path]) -> Path | None:
    """Return the first of the folders that holds every file, or None."""
    return next((place for place in places if all((place / name).is_file() for name in names)), None)


def fetch(download: Download, folder: Path, meter: Any = None) -> None:
    """Fetch a file into ``folder``, checked by its hash, and unpack it if it is an archive.

    ``meter`` has tqdm's ``total``, ``update``, ``reset`` and ``close``. Raises Missing if nothing arrives, or something
    else does; then nothing is left in ``folder``.
    """
    import pooch

    pooch.get_logger().setLevel("ERROR")
    try:
        pooch.retrieve(
            download.url,
            known_hash=f"md5:{download.file.md5}",
            fname=download.file.name,
            path=folder,
            downloader=cast("Any", pooch.HTTPDownloader(progressbar=meter or False, timeout=TIMEOUT)),
            processor=pooch.Untar(extract_dir=".") if download.unpacks else None,
        )
    except (OSError, ValueError) as error:  # what requests raises is an OSError
        raise Missing(
            f"{folder / download.file.name}: is missing, and could not be fetched from {download.url} "
            f"({_first_line(error)}). Put it there by hand; its MD5 hash is {download.file.md5}"
        ) from None


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:160]
