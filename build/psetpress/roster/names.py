"""Names as they are spoken: "Lovelace, Ada" is Ada Lovelace."""

from __future__ import annotations

_SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "phd", "md", "esq"}


def spoken(name: str) -> str:
    """Return a name with the family name last.

    A comma before "Jr." or another suffix is part of the name: "King, Martin Luther, Jr." (as Canvas
    sorts it) is "Martin Luther King, Jr."; other names with more commas stay as they are.
    """
    match [part.strip() for part in name.split(",")]:
        case [last, first] if last and first and not _is_suffix(first):
            return f"{first} {last}"
        case [last, first, suffix] if last and first and _is_suffix(suffix):
            return f"{first} {last}, {suffix}"
        case _:
            return name


def _is_suffix(part: str) -> bool:
    return part.casefold().replace(".", "") in _SUFFIXES
