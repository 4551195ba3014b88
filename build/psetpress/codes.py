"""Codes that lead from paper to a variant, and their QR symbols.

A code is nine characters of Crockford's base 32 such as ``7K3M-Q9TX-0``: 40 bits of an HMAC that only the
course's key can compute, and a check character over GF(32) that detects every wrong character and every
two characters that changed places. (https://www.crockford.com/base32.html)
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

from psetpress.errors import UsageError

if TYPE_CHECKING:
    from psetpress.coursekey import CourseKey

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
_DATA = 8
_EXAMPLE = "7K3M-Q9TX-0"
_JOINS = {"Pd", "Cf"}
"""Dashes of all kinds, and what a copied text carries unseen."""

Modules = tuple[tuple[bool, ...], ...]
"""The rows of a QR symbol from the top, without quiet zone; ``True`` is dark."""


def assign(key: CourseKey, set_name: str, students: Iterable[str]) -> dict[str, str]:
    """Return the code of every student id, in the order given; no two are equal.

    A code depends on key, set and id alone, except that of two students whose codes would be equal
    (one class of 1,000 in two million has such a pair) the later one gets the next code of their own.
    """
    taken: dict[str, str] = {}
    for student in dict.fromkeys(students):
        salts = (_code(key, set_name, student, salt) for salt in count())
        taken[next(code for code in salts if code not in taken)] = student
    return {student: code for code, student in taken.items()}


def parse(text: str) -> str:
    """Return the code that somebody read off a paper: in either case, without hyphens, with O for 0, I or L for 1.

    Raises UsageError that says what is wrong with it.
    """
    shown = unicodedata.normalize("NFKC", text).upper()
    kept = "".join(sign for sign in shown if not (sign.isspace() or unicodedata.category(sign) in _JOINS))
    code = kept.translate(_READ_AS)
    wrong = [sign for sign in code if sign not in ALPHABET]
    if wrong:
        raise _refused(text, f'"{wrong[0]}" is in no code')
    if len(code) != _DATA + 1:
        raise _refused(text, f"it has {len(code)} characters")
    if _sum(code):
        raise _refused(text, "a character is wrong, or two have changed places: the last one does not fit the others")
    return _grouped(code)


@lru_cache(maxsize=16)
def modules(code: str) -> Modules:
    """Return the QR symbol of a code: version 1 (21 modules a side) at error level Q, which is above M.

    The mask is fixed: choosing among the eight, which readers do not need, takes four times as long.
    All papers of a student share one.
    """
    import segno

    symbol = segno.make_qr(code, error="m", mask=_MASK)
    return tuple(tuple(map(bool, row)) for row in symbol.matrix)


_MASK = 0


def _code(key: CourseKey, set_name: str, student: str, salt: int) -> str:
    digest = key.mac(json.dumps([set_name, student, salt]).encode())
    number = int.from_bytes(digest[:5], "big")
    data = "".join(ALPHABET[number >> 5 * place & 31] for place in range(_DATA))
    return _grouped(data + ALPHABET[_sum(data)])


def _grouped(code: str) -> str:
    return f"{code[:4]}-{code[4:8]}-{code[8]}"


def _sum(code: str) -> int:
    r"""Return $\sum_i w_i x_i$ in GF(32) with weights 256, 128, ..., 2 for the data and 1 for the check character.

    A code's sum is 0. All weights differ and none is 0, so one wrong character changes the sum by
    $w_i \delta \ne 0$ and a swap by $(w_i + w_j)(x_i + x_j) \ne 0$.
    """
    total = 0
    for sign in code.ljust(_DATA + 1, "0"):  # Horner's rule
        total = _doubled(total) ^ ALPHABET.index(sign)
    return total


def _doubled(element: int) -> int:
    """Return a product by 2 in GF(32), the polynomials over GF(2) modulo x^5 + x^2 + 1, where 2 has order 31."""
    return element << 1 ^ (0b100101 if element & 16 else 0)


def _refused(text: str, why: str) -> UsageError:
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:40])
    return UsageError(
        f'"{shown}" is no code: {why}; a code has {_DATA + 1} characters and stands on every page, such as {_EXAMPLE}'
    )
