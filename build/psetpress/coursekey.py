"""The secret of a course: with the names of set, student and problem it decides the numbers of every variant.

It is kept in one file that is made once and then only read. Whoever has it can compute everybody's
variants and keys, so it never enters an artifact; a manifest names it by its fingerprint.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from psetpress.errors import PsetpressError, UsageError
from psetpress.workspace import BUNDLED

if TYPE_CHECKING:
    from psetpress.workspace import Workspace

FILE = "course.key"
"""Its name in the root of a workspace."""

_DIGITS = 64
_LIMIT = 4096
_WRITTEN = re.compile(f"([0-9a-f]{{{_DIGITS}}})-([0-9a-f]{{8}})")
_TEXT = """\
# The secret key of this course, made by psetpress: it decides which numbers every student gets.
# Keep a backup: without it no set can be built again as it was handed out.
# Share it with those who build the sets, and keep it out of git and of everything that students can
# read: whoever has it can compute every student's variant and answers.
{}
"""


class StreamKey(str):
    """A string that random streams are made of (``Stream.key``) and that does not show itself in messages."""

    __slots__ = ()

    def __str__(self) -> str:
        return "the course's key"

    def __repr__(self) -> str:
        return "<the course's key>"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


@dataclass(frozen=True)
class CourseKey:
    """A course's secret. ``notes`` are what its owner should hear: that it is new, or that others can read it."""

    secret: bytes
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def stream_key(self) -> StreamKey:
        """What random streams are made of. It can be used; printed, it names itself only."""
        return StreamKey(self._derived("streams"))

    @property
    def fingerprint(self) -> str:
        """Eight digits that tell this key from others and say nothing about it; they may be published."""
        return self._derived("fingerprint")[:8]

    def mac(self, message: bytes) -> bytes:
        """Return the HMAC-SHA256 of ``message``, which nobody without the key can compute."""
        return hmac.digest(bytes.fromhex(self._derived("codes")), message, "sha256")

    def _derived(self, purpose: str) -> str:
        """Return 256 bits as hexadecimal digits that lead neither back to the key nor to another purpose's."""
        return hmac.digest(self.secret, f"psetpress {purpose}".encode(), "sha256").hex()

    def __repr__(self) -> str:
        return f"<CourseKey {self.fingerprint}>"


def of(place: Workspace) -> CourseKey:
    """Return the key of a workspace, from the file ``course.key`` in its root; make it if there is none.

    Of processes that make it at the same time one succeeds, and all return its key. Raises UsageError
    for a file that holds no key and where there is no workspace, PsetpressError where none can be made or read.
    """
    if place.root == BUNDLED:
        raise UsageError(
            "a class needs a workspace, which keeps the course's key; make one and build there: psetpress new my-course"
        )
    path = place.root / FILE
    try:
        return _load(path)
    except FileNotFoundError:
        made = _made(path)
    key = _loaded(path)
    new = (f"{path} is new: the key of this course ({key.fingerprint}). Back it up, and keep it out of git",)
    return CourseKey(key.secret, (*(new if made else ()), *key.notes))


def _loaded(path: Path) -> CourseKey:
    try:
        return _load(path)
    except FileNotFoundError as error:
        raise _unreadable(path, error) from error


def _load(path: Path) -> CourseKey:
    """Return the key that ``path`` holds. Raises FileNotFoundError; the errors never show what the file holds."""
    try:
        with path.open("rb") as file:
            content, mode = file.read(_LIMIT + 1), os.fstat(file.fileno()).st_mode
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _unreadable(path, error) from error
    return CourseKey(_read(content, path), _exposed(path, mode))


def _unreadable(path: Path, error: OSError) -> PsetpressError:
    return PsetpressError(
        f"{path}: the course's key cannot be read: {error.strerror or error}. Nothing can be built for a class without"
    )


def _read(content: bytes, path: Path) -> bytes:
    lines = [line.strip() for line in content.decode("utf-8-sig", errors="replace").splitlines()]
    kept = [line for line in lines if line and not line.startswith("#")]
    if not kept:
        raise _refused(path, "holds no key")
    found = _WRITTEN.fullmatch(kept[0]) if len(kept) == 1 and len(content) <= _LIMIT else None
    if found is None:
        raise _refused(path, "is damaged")
    key = bytes.fromhex(found[1])
    if CourseKey(key).fingerprint != found[2]:
        raise _refused(path, "has been changed: the 8 digits behind the key do not fit it")
    return key


def _refused(path: Path, what: str) -> UsageError:
    return UsageError(
        f"{path}: {what}; besides lines that begin with # it has one, of {_DIGITS} digits 0-9 and a-f, a hyphen "
        "and 8 more. Restore it from a backup; if no set was built with it yet, remove it and a new one is made "
        "(a new key gives every student new numbers)"
    )


def _exposed(path: Path, mode: int) -> tuple[str, ...]:
    """Return a note if other users of this machine can read the file."""
    if os.name == "nt" or not mode & 0o077:  # Windows has no such bits
        return ()
    return (f"{path}: other users of this machine can read or change the course's key; chmod 600 {path}",)


def _made(path: Path) -> bool:
    """Write a new key to ``path``, whole or not at all; return False if another process was first."""
    secret = secrets.token_bytes(_DIGITS // 2)
    content = _TEXT.format(f"{secret.hex()}-{CourseKey(secret).fingerprint}").encode()
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{FILE}-", dir=path.parent)  # readable by its owner only
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            return _appears(Path(name), path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise PsetpressError(
            f"{path}: the course's key cannot be kept there: {error.strerror or error}. "
            "Make the folder writable, or build in a workspace that is"
        ) from error


def _appears(beside: Path, path: Path) -> bool:
    """Give a finished file its name unless the name is taken, which a link does in one step."""
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        return False
    except OSError:  # a file system without links: the file appears first and is filled at once
        return _filled(path, beside.read_bytes())
    return True


def _filled(path: Path, content: bytes) -> bool:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return True
