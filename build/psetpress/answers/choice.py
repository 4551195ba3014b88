"""Choices: one of a few named options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any, ClassVar

from psetpress.answers.base import Kind, Match, Unreadable
from psetpress.answers.words import latex_text

_LETTER = re.compile(r"\(?([A-Za-z])[).:]?")


@dataclass(frozen=True, eq=False)
class Choice(Kind[str]):
    """One of ``options``, key -> label; a label is plain text with mathematics between dollar signs.

    A response may be a key, a label, or the letter of an option's place, if no key or label of one
    letter says otherwise. Capitals do not count.

    >>> Choice({"time": "time invariance", "linear": "linearity"}).parse("(b)")
    'linear'
    """

    name: ClassVar[str] = "choice"
    noun: ClassVar[str] = "a choice"

    options: Mapping[str, str]

    def __post_init__(self) -> None:
        options = dict(self.options)  # a copy, so that nobody else can change it
        object.__setattr__(self, "options", options)
        if len(options) < 2:
            raise ValueError(f"Choice: at least two options are wanted, not {options!r}")
        seen: dict[str, str] = {}
        for word, key in self._words():
            if not word:
                raise ValueError(f"Choice: the option {key!r} has an empty key or label")
            if seen.setdefault(word, key) != key:
                raise ValueError(f'Choice: "{word}" means both {seen[word]!r} and {key!r}')

    def __eq__(self, other: object) -> bool:
        """Compare the options and their order, on which the letters depend."""
        return isinstance(other, Choice) and list(self.options.items()) == list(other.options.items())

    def __hash__(self) -> int:
        """Agree with ``==``."""
        return hash(tuple(self.options.items()))

    @property
    def accepts(self) -> str:
        """The options."""
        letters = self._letters()
        places = {key: letter for letter, key in letters.items()}
        shown = (
            (f"({places[key]}) " if letters else "") + key + (f" ({label})" if _folded(label) != _folded(key) else "")
            for key, label in self.options.items()
        )
        return "one of " + "; ".join(shown)

    def value(self, raw: Any) -> str:
        """Return the key ``raw``. Raises TypeError or ValueError."""
        if not isinstance(raw, str):
            raise TypeError(f"Choice: a key is wanted, not {raw!r} ({type(raw).__name__})")
        if raw not in self.options:
            raise ValueError(f"Choice: {raw!r} is none of {', '.join(self.options)}")
        return str(raw)

    def latex(self, value: str) -> str:
        r"""Return the label in ``\text``."""
        return rf"\text{{{latex_text(self.options[value])}}}"

    def text(self, value: str) -> str:
        """Return the key."""
        return value

    def read(self, text: str) -> str:
        """Return the key whose key, label or letter ``text`` is."""
        known = dict(self._words())
        wanted = _folded(text)
        if wanted in known:
            return known[wanted]
        letter = _LETTER.fullmatch(wanted)
        letters = self._letters()
        if letter and letter[1] in letters:
            return letters[letter[1]]
        raise Unreadable("it is none of the choices" if text else "nothing is chosen")

    def match(self, value: str, response: str) -> Match:
        """Compare the keys."""
        if response == value:
            return Match(True, "the right choice")
        return Match(False, f'"{response}" is not the right choice')

    def agrees(self, value: str, other: str) -> bool:
        """Compare the keys."""
        return value == other

    def perturb(self, value: str) -> str:
        """Return the next key."""
        keys = list(self.options)
        return keys[(keys.index(value) + 1) % len(keys)]

    def to_json(self, value: str) -> str:
        """Return the key."""
        return value

    def restore(self, data: Any) -> str:
        """Return the key."""
        return self.value(data)

    def _words(self) -> Iterator[tuple[str, str]]:
        """Return everything but letters that a response may say, with the key it means."""
        for key, label in self.options.items():
            yield _folded(key), key
            yield _folded(label), key

    def _letters(self) -> dict[str, str]:
        """Return the letters of the places; none where a key or label of one letter says otherwise."""
        letters = dict(zip(ascii_lowercase, self.options, strict=False))
        words = dict(self._words())
        clash = any(words.get(letter, key) != key for letter, key in letters.items())
        return {} if clash or len(self.options) > len(ascii_lowercase) else letters


def _folded(text: str) -> str:
    """Return ``text`` without what does not count: capitals, dollar signs, spaces, a final stop."""
    return " ".join(text.replace("$", " ").casefold().split()).rstrip(".")
