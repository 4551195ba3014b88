"""Signals: values at consecutive integers, zero everywhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

from psetpress.answers import lists
from psetpress.answers import tolerance as near
from psetpress.answers.base import Kind, Match, Unreadable, quote
from psetpress.answers.numbers import (
    Real,
    agree,
    integer,
    json_number,
    latex_number,
    real,
    stored_number,
    text_number,
    unarray,
)
from psetpress.answers.plain import plain

MAX_INDEX = 10_000
"""Signals of a handout live near the origin."""

_INT = r"-?[0-9]{1,6}"
_SPAN = rf"({_INT})(?:\s*(?:,\s*{_INT}\s*)*(?:,?\s*\.{{2,}}\s*,?|to|,)\s*({_INT}))?"
_FIRST = re.compile(
    rf"(?:from|for|at|start(?:s|ing)?(?:\s+(?:at|from))?)?\s*(?:n\s*=\s*)?{_SPAN}\s*:\s*", re.IGNORECASE
)
_LAST = re.compile(
    rf"\s*[,;]?\s*(?:\b(?:from|for|at|start(?:s|ing)?(?:\s+(?:at|from))?)\s+)n\s*=\s*{_SPAN}\s*", re.IGNORECASE
)
_SUBSCRIPT = re.compile(rf"\s*_\(?n\s*=\s*({_INT})\)?(?:\^\(?({_INT})\)?)?")
_PAIR = re.compile(
    rf"(?:n\s*=\s*({_INT})\s*:|[A-Za-z]\w*\s*[\[(]\s*({_INT})\s*[\])]\s*=|({_INT})\s*:)\s*(.+)", re.DOTALL
)
_ELSEWHERE = re.compile(r"[\s,;]{0,3}(?:and\s+)?(?:0|zero)\s+(?:elsewhere|otherwise)\s*\.?\s*$", re.IGNORECASE)


class Sampled(NamedTuple):
    """A signal with ``values`` at n = start, start + 1, ... and zeros elsewhere."""

    start: int
    values: tuple[Real, ...]

    def at(self, n: int) -> Real:
        """Return the value at ``n``."""
        inside = 0 <= n - self.start < len(self.values)
        return self.values[n - self.start] if inside else 0

    @property
    def stop(self) -> int:
        """The last index written."""
        return self.start + len(self.values) - 1


@dataclass(frozen=True)
class Signal(Kind[Sampled]):
    """A signal. Zeros that are not written are implied, so padding never decides.

    If all right values are integers a response must be exact, else each value has the tolerance.

    >>> Signal().parse("n=0: 1, 1.5, 7/4")
    Sampled(start=0, values=(1, Fraction(3, 2), Fraction(7, 4)))
    """

    name: ClassVar[str] = "signal"
    noun: ClassVar[str] = "a signal"

    rtol: Fraction = near.PERCENT
    atol: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        near.check("Signal", self.rtol, self.atol)

    @property
    def accepts(self) -> str:
        """What a response may look like."""
        return 'the values with the index of the first, such as "n=0: 1, 1.5, 7/4", or "y(0)=1, y(1)=1.5"'

    @property
    def tolerance(self) -> str:
        """How near a right response must be."""
        return near.says_entrywise(self.rtol, self.atol)

    def value(self, raw: Any) -> Sampled:
        """Return the pair (start, values) as a signal. Raises TypeError or ValueError."""
        try:
            start, values = raw
            return Sampled(integer(start), tuple(map(real, unarray(values))) or (0,))
        except (TypeError, ValueError) as reason:
            raise type(reason)(f"Signal: a pair (start, values) is wanted, not {raw!r}: {reason}") from None

    def latex(self, value: Sampled) -> str:
        r"""Return ``\left(1,\ 1.5\right)_{n=0}^{1}``."""
        entries = r",\ ".join(latex_number(v) for v in value.values)
        return rf"\left({entries}\right)_{{n={value.start}}}^{{{value.stop}}}"

    def text(self, value: Sampled) -> str:
        """Return ``n=0: 1, 1.5``."""
        return f"n={value.start}: " + ", ".join(text_number(v) for v in value.values)

    def read(self, text: str) -> Sampled:
        """Return the signal of one of the forms that :attr:`accepts` names, or their near relatives."""
        text = _ELSEWHERE.sub("", plain(text))
        return _from_pairs(text) or _with_first_index(text) or _as_tuple(text) or _refuse(text)

    def match(self, value: Sampled, response: Sampled) -> Match:
        """Compare value by value; says the first index at which the signals differ."""
        rtol, atol = near.entrywise(value.values, self.rtol, self.atol)
        indices = _indices(value, response)
        wrong = [n for n in indices if not near.within(value.at(n), response.at(n), rtol, atol)]
        if not wrong:
            return Match(True, "all values right")
        read = text_number(response.at(wrong[0]), digits=6)
        count = f"{len(wrong)} value{'s' if len(wrong) > 1 else ''} wrong"
        return Match(False, f"{count}, the first at n={wrong[0]}, where {read} was read")

    def agrees(self, value: Sampled, other: Sampled) -> bool:
        """Compare all values, exactly or up to float noise."""
        return all(agree(value.at(n), other.at(n)) for n in _indices(value, other))

    def perturb(self, value: Sampled) -> Sampled:
        """Return the signal with another last value."""
        rtol, atol = near.entrywise(value.values, self.rtol, self.atol)
        return Sampled(value.start, (*value.values[:-1], near.beyond(value.values[-1], rtol, atol)))

    def trivial(self, value: Sampled) -> str | None:
        """Refuse the signal without a value."""
        return None if any(value.values) else "zero throughout"

    def to_json(self, value: Sampled) -> dict[str, Any]:
        """Return ``{"start": 0, "values": [1, "3/2"]}``."""
        return {"start": value.start, "values": [json_number(v) for v in value.values]}

    def restore(self, data: Any) -> Sampled:
        """Return the signal."""
        return Sampled(integer(data["start"]), tuple(stored_number(v) for v in data["values"]))


def _indices(a: Sampled, b: Sampled) -> list[int]:
    return sorted({*range(a.start, a.stop + 1), *range(b.start, b.stop + 1)})


def _with_first_index(text: str) -> Sampled | None:
    """Read "n=0: 1, 2", "n=0..1: 1, 2", "1, 2 for n=0, ..., 1" and "(1, 2)_{n=0}^{1}"."""
    if found := _FIRST.match(text):
        return _spanned(found[1], found[2], text[found.end() :])
    for pattern in (_LAST, _SUBSCRIPT):
        if (found := pattern.search(text)) and found.end() == len(text):
            return _spanned(found[1], found[2], text[: found.start()])
    return None


def _spanned(start: str, stop: str | None, values: str) -> Sampled:
    values = values.strip()
    body = lists.inside(values) if lists.is_list(values) else values.replace(";", ",")
    numbers = lists.numbers(lists.items(body or ""))
    if not numbers:
        raise Unreadable("no values are written")
    signal = Sampled(_index(start), numbers)
    if stop is not None and _index(stop) != signal.stop:
        raise Unreadable(f"values up to n={stop} are announced, but those written end at n={signal.stop}")
    return signal


def _from_pairs(text: str) -> Sampled | None:
    """Read "y(0)=1, y(1)=1.5", "0: 1, 1: 1.5" and "n=0: 1, n=1: 1.5"; gaps are zeros."""
    body = lists.inside(text) if lists.is_list(text) else text
    pairs = [_PAIR.fullmatch(piece) for piece in lists.split(body or "", ",;\n") if piece]
    found = [pair for pair in pairs if pair is not None]
    if not found or len(found) < len(pairs) or (len(found) == 1 and found[0][2] is None):
        return None  # "n=0: 1 2 3" is no pair
    entries = dict(_entry(pair) for pair in found)
    if len(entries) < len(pairs):
        raise Unreadable("an index stands twice")
    return _filled(entries)


def _entry(pair: re.Match[str]) -> tuple[int, Real]:
    return _index(pair[1] or pair[2] or pair[3]), lists.numbers([pair[4]])[0]


def _filled(entries: Mapping[int, Real]) -> Sampled:
    first, last = min(entries), max(entries)
    if last - first >= lists.MAX_ENTRIES:
        raise Unreadable(f"from n={first} to n={last} there are too many values (at most {lists.MAX_ENTRIES})")
    return Sampled(first, tuple(entries.get(n, 0) for n in range(first, last + 1)))


def _as_tuple(text: str) -> Sampled | None:
    """Read what Python prints, "(0, [1, 1.5])"."""
    body = lists.inside(text)
    pieces = lists.split(body, ",") if body is not None else []
    if len(pieces) != 2 or not re.fullmatch(_INT, pieces[0]) or not lists.is_list(pieces[1]):
        return None
    return _spanned(pieces[0], None, pieces[1])


def _refuse(text: str) -> Sampled:
    body = lists.inside(text) if lists.is_list(text) else text
    lists.numbers(lists.items(body or ""))  # what is no list of numbers at all is the nearer reason
    raise Unreadable(f"the index of the first value of {quote(text, 30)} is missing")


def _index(digits: str) -> int:
    if abs(int(digits)) > MAX_INDEX:
        raise Unreadable(f"the index {digits} is too far from 0 (at most {MAX_INDEX})")
    return int(digits)
