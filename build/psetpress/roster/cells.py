"""Cells: what spreadsheets and web pages do to an id, and how much of it can be undone."""

from __future__ import annotations

import re
import unicodedata

_EDGE = "\\s\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""Blanks of all kinds, and marks without width that come along when text is copied from a web page."""
_EDGES = re.compile(f"^[{_EDGE}]+|[{_EDGE}]+$")

_NUMBER = re.compile(r"[0-9]([.,][0-9]+)?E[+-][0-9]+|[0-9]+[.,]0+", re.IGNORECASE)
"""What spreadsheets make of a long number, and pandas of a column of numbers with a gap."""
_FAILED = re.compile(r"#(N/A|REF!|NAME\?|VALUE!|NUM!|DIV/0!|NULL!|SPILL!|ERROR!)", re.IGNORECASE)
_QUOTED = re.compile(r'="([^"]*)"')
_TEXT_MARK = re.compile(r"'(?=[0-9])")


def trimmed(text: str) -> str:
    """Return a cell without blanks and unseen marks around it."""
    return _EDGES.sub("", text)


def plain(text: str) -> str:
    """Return a header's letters and digits: "SIS User ID" and "sis_user_id" are the same."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def words(text: str) -> str:
    """Return a cell as text: single spaces (a line break in a cell is one), accents and their letters made one."""
    return unicodedata.normalize("NFC", " ".join(_unquoted(text).split()))


def identifier(text: str, *, hash_mark: bool = False) -> tuple[str, str]:
    """Return the id in a cell, and what was undone to get it (empty for a sound cell).

    With ``hash_mark`` ids begin with ``#``, as Brightspace exports them so that they keep their zeros.
    """
    kept = _unquoted(text)
    undone = '="..." around the id' if kept != text else ""
    if _TEXT_MARK.match(kept):
        kept, undone = kept[1:], "an apostrophe before the id"
    if hash_mark and kept.startswith("#"):
        kept = kept[1:]
    seen = "".join(sign for sign in kept if unicodedata.category(sign) != "Cf")
    if seen != kept or any(sign.isspace() and sign not in " \r\n\t" for sign in seen):
        undone = "unseen marks or special blanks in the id"
    return words(seen), undone


def damage(text: str) -> str:
    """Return what a spreadsheet did to an id that nobody can undo, or an empty string."""
    if _NUMBER.fullmatch(text):
        return "looks like a number that a spreadsheet has rounded or reformatted"
    if _FAILED.fullmatch(text):
        return "is what a spreadsheet shows where a formula failed"
    return ""


def is_formula(text: str) -> bool:
    """Say whether a cell holds a formula instead of a value."""
    return text.startswith("=")


def hidden(text: str) -> str:
    """Return the first control character in a text, or an empty string."""
    return next((sign for sign in text if unicodedata.category(sign) == "Cc"), "")


def _unquoted(text: str) -> str:
    """Return the text in ``="0123"``, which keeps a number's zeros in a spreadsheet."""
    found = _QUOTED.fullmatch(text)
    return trimmed(found[1]) if found else text
