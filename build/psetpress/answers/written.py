"""Written answers: words that a reader judges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, TypeAlias, cast

from psetpress.answers.base import Kind, Match, Unreadable
from psetpress.answers.numbers import elements
from psetpress.answers.words import escaped

Texts: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Written(Kind[Texts]):
    r"""Text in named ``slots``; the canonical value holds one text for each slot, in order.

    There is nothing to prove, so neither road returns such an answer. With several slots a response
    names them: "Context: ...", each at the start of a line.

    >>> Written(("context", "observation")).parse("Context: two runs.\nObservation: no gap.")
    ('two runs.', 'no gap.')
    """

    name: ClassVar[str] = "written"
    noun: ClassVar[str] = "a written answer"
    proved: ClassVar[bool] = False

    slots: tuple[str, ...] = ("answer",)

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", tuple(self.slots))
        folded = {slot.casefold() for slot in self.slots}
        if not self.slots or len(folded) < len(self.slots):
            raise ValueError(f"Written: slots need different names, not {self.slots!r}")
        for slot in self.slots:
            if slot != slot.strip() or not slot or ":" in slot or "\n" in slot:
                raise ValueError(f"Written: {slot!r} cannot name a slot")

    @property
    def accepts(self) -> str:
        """What a response may look like."""
        if len(self.slots) == 1:
            return "some words"
        return "some words for each of " + ", ".join(f'"{slot}: ..."' for slot in self.slots)

    @property
    def tolerance(self) -> str:
        """Nothing is compared."""
        return "a reader judges"

    def value(self, raw: Any) -> Texts:
        """Return a text (for a single slot), a sequence of texts, or a mapping from slots to texts."""
        names = ", ".join(self.slots)
        texts = [raw] if isinstance(raw, str) else elements(raw)
        if texts is not None and len(texts) == len(self.slots):
            raw = dict(zip(self.slots, texts, strict=True))
        if not isinstance(raw, Mapping):
            raise TypeError(f"Written: texts for {names} are wanted, not {raw!r}")
        given = dict(cast("Mapping[str, Any]", raw))
        for slot, text in given.items():
            if slot not in self.slots or not isinstance(text, str):
                raise ValueError(f"Written: {slot!r}: {text!r} is no text for one of {names}")
        if not any(given.values()):
            raise ValueError(f"Written: the texts for {names} are empty")
        return self._filled(given)

    def latex(self, value: Texts) -> str:
        r"""Return the words in ``\text``, on one line."""
        return rf"\text{{{escaped(' '.join(text for text in value if text))}}}"

    def text(self, value: Texts) -> str:
        """Return the words, each slot in a paragraph that starts with its name."""
        if len(self.slots) == 1:
            return value[0]
        masked = (_look_alike(self.slots).sub(r"\\\1", text) for text in value)
        return "\n\n".join(f"{slot}: {text}".rstrip() for slot, text in zip(self.slots, masked, strict=True))

    def read(self, text: str) -> Texts:
        """Return the texts. Slots that are not named stay empty; words outside all slots are refused."""
        text = _clean(text)
        if not text:
            raise Unreadable("nothing is written")
        if len(self.slots) == 1:
            return (text,)
        before, *found = _heading(self.slots).split(text)
        if before:
            raise Unreadable("words stand before the name of the first slot")
        names = [name.casefold() for name in found[::2]]
        if len(set(names)) < len(names):
            raise Unreadable("a slot is named twice")
        shown = (_look_alike(self.slots).sub(lambda mask: mask[1][1:], body) for body in found[1::2])
        bodies = dict(zip(names, shown, strict=True))
        return self._filled({slot: bodies.get(slot.casefold(), "") for slot in self.slots})

    def match(self, value: Texts, response: Texts) -> Match:
        """Leave the judgement to a reader."""
        return Match(None, "a reader judges this answer")

    def agrees(self, value: Texts, other: Texts) -> bool:
        """Compare the words."""
        return value == other

    def perturb(self, value: Texts) -> Texts:
        """Return other words."""
        return (*value[:-1], f"{value[-1]} (changed)".strip())

    def to_json(self, value: Texts) -> dict[str, str]:
        """Return the texts by slot."""
        return dict(zip(self.slots, value, strict=True))

    def restore(self, data: Any) -> Texts:
        """Return the texts."""
        return self.value(data)

    def _filled(self, texts: Mapping[str, str]) -> Texts:
        """Return one text for each slot. Raises :class:`Unreadable`, a ValueError, if all are empty."""
        filled = tuple(_clean(texts.get(slot, "")) for slot in self.slots)
        if not any(filled):
            raise Unreadable("nothing is written")
        return filled


def _clean(text: str) -> str:
    """Return ``text`` without control characters and outer spaces, its lines ended by line feeds."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in lines if sign == "\n" or sign.isprintable()).strip()


@lru_cache
def _heading(slots: tuple[str, ...]) -> re.Pattern[str]:
    """Return what starts a slot: its name and a colon at the start of a line."""
    return re.compile(rf"(?:\A|(?<=\n))({_names(slots)})[ ]*:", re.IGNORECASE)


@lru_cache
def _look_alike(slots: tuple[str, ...]) -> re.Pattern[str]:
    r"""Return the start of a line inside a slot that would start a slot itself, masked by ``\`` or not."""
    return re.compile(rf"(?<=\n)(\\*)(?=(?:{_names(slots)})[ ]*:)", re.IGNORECASE)


def _names(slots: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(slots, key=len, reverse=True)))
