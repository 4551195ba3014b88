"""What every answer kind can do: print itself, read a response, and judge it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from psetpress.errors import PsetpressError

V = TypeVar("V")

MAX_RESPONSE = 20_000
"""Characters of a response: more than an honest one has, few enough to be read at once."""


class ResponseError(PsetpressError):
    """A response that cannot be read: the message says what stood there and what is accepted."""


class StoredValueError(PsetpressError):
    """A value in a manifest that :meth:`Kind.to_json` cannot have written."""


class Unreadable(ValueError):
    """Why a piece of a response cannot be read; :meth:`Kind.parse` makes a :class:`ResponseError` of it."""


@dataclass(frozen=True)
class Match:
    """Whether a response is right, and how it was judged (or why it is wrong).

    ``ok`` is ``None`` where only a reader can tell. ``how`` says where a response differs and what was
    read there, never the right value, so that it may be shown to a student.
    """

    ok: bool | None
    how: str


class Kind(ABC, Generic[V]):
    """The kind of an answer. A kind is configured once, in the problem's record, and holds no value.

    ``V`` is the canonical value: immutable, exact where the solver was exact, comparable with ``==``.
    Every kind keeps ``parse(text(v)) == v``, ``from_json(to_json(v)) == v``, ``match(v, v).ok`` and
    ``not match(v, perturb(v)).ok``.
    """

    name: ClassVar[str]
    noun: ClassVar[str]
    """The name with its article, for messages: "an integer"."""
    proved: ClassVar[bool] = True
    """Whether two roads work this answer out (a written answer has none)."""

    @property
    @abstractmethod
    def accepts(self) -> str:
        """One clause for people: what a response may look like, with an example."""

    @property
    def tolerance(self) -> str:
        """One clause for students: how near a right response must be."""
        return "exact"

    @abstractmethod
    def value(self, raw: Any) -> V:
        """Return the canonical value of what a solver or an oracle returned.

        Raises TypeError or ValueError, with the kind and the value, for anything else.
        """

    @abstractmethod
    def latex(self, value: V) -> str:
        """Return ``value`` as LaTeX for math mode, without dollar signs."""

    @abstractmethod
    def text(self, value: V) -> str:
        """Return ``value`` as plain text that :meth:`parse` reads back."""

    def parse(self, text: str) -> V:
        """Return the value that ``text``, a response, stands for. Raises :class:`ResponseError`."""
        if len(text) > MAX_RESPONSE:
            raise self._refusal(text, f"{len(text)} characters are too many (at most {MAX_RESPONSE})")
        try:
            return self.read(text.strip())
        except Unreadable as reason:
            raise self._refusal(text, str(reason)) from None

    @abstractmethod
    def read(self, text: str) -> V:
        """Return the value of ``text``, stripped and of bearable length. Raises :class:`Unreadable`."""

    @abstractmethod
    def match(self, value: V, response: V) -> Match:
        """Judge ``response`` against the right ``value`` with the tolerance told to students."""

    def judge(self, value: V, text: str) -> Match:
        """Read ``text`` and judge it; says what was read where that is not what stood there.

        Raises :class:`ResponseError`.
        """
        response = self.parse(text)
        verdict, read = self.match(value, response), self.text(response)
        if read == text.strip() or verdict.ok is None:
            return verdict
        return Match(verdict.ok, f"{verdict.how}; read as {quote(read)}")

    @abstractmethod
    def agrees(self, value: V, other: V) -> bool:
        """Say whether two roads agree: far tighter than :meth:`match`, wide enough for float noise."""

    @abstractmethod
    def perturb(self, value: V) -> V:
        """Return a neighbour of ``value`` that :meth:`match` must refuse."""

    def trivial(self, value: V) -> str | None:
        """Say in what way ``value`` asks nothing of a student ("zero throughout"), or return None."""
        return None

    @abstractmethod
    def to_json(self, value: V) -> Any:
        """Return ``value`` in JSON types; exact numbers are strings such as ``"3/2"``."""

    def from_json(self, data: Any) -> V:
        """Return the value that :meth:`to_json` wrote. Raises :class:`StoredValueError`."""
        try:
            return self.restore(data)
        except (TypeError, ValueError, KeyError, ArithmeticError) as reason:
            stored = quote(repr(data))
            raise StoredValueError(f"{stored} is not {self.noun} as a manifest stores it: {reason}") from None

    @abstractmethod
    def restore(self, data: Any) -> V:
        """Do the work of :meth:`from_json`. May raise TypeError, ValueError or KeyError."""

    def _refusal(self, text: str, reason: str) -> ResponseError:
        return ResponseError(f"cannot read {quote(text)} as {self.noun}: {reason}. Accepted: {self.accepts}.")


def quote(text: str, limit: int = 60) -> str:
    """Return ``text`` in double quotes on one line, cut to ``limit`` characters, harmless to print.

    >>> quote("3 +")
    '"3 +"'
    """
    cut = " ".join(text[: 4 * limit].split())
    shown = cut[:limit] + ("..." if len(cut) > limit or len(text) > 4 * limit else "")
    return '"' + "".join(c if c.isprintable() else repr(c)[1:-1] for c in shown) + '"'
