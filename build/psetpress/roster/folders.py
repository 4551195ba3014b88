"""A folder for every student: safe on every file system, readable, and never another student's."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_PLAIN = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.@+-]{0,62}[A-Za-z0-9_@+-])?")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that Windows gives to devices, with any ending."""
_OTHER = re.compile(r"[^A-Za-z0-9_]+")
_READABLE = 40
_DIGITS = 20


def folder(student_id: str) -> str:
    """Return the name of a student's folder: at most 64 ASCII characters, none of them a separator.

    A plain id (letters, digits and ``_ . @ + -`` between them) is its own name. Any other id keeps what
    can be read of it, followed by ``~``, which no plain id has, and 80 bits of its SHA-256: two students
    of a class share a name with a probability below 1e-17. Ids that are equal but for upper and lower
    case may share a folder where file systems ignore case; a roster has no two of them.
    """
    if _PLAIN.fullmatch(student_id) and not _DEVICE.fullmatch(student_id):
        return student_id
    digest = hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_readable(student_id)}~{digest[:_DIGITS]}"


def _readable(student_id: str) -> str:
    """Return the ASCII letters and digits of an id, accents taken off, with one hyphen for whatever is between."""
    apart = unicodedata.normalize("NFKD", student_id)
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return _OTHER.sub("-", letters).strip("-")[:_READABLE] or "student"
