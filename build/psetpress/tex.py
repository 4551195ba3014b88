"""Values as TeX: what is TeX already passes, everything else is escaped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Protocol, TypeGuard, cast, runtime_checkable

from psetpress import blocks
from psetpress.answers.numbers import latex_number, text_number
from psetpress.errors import PsetpressError


class TeX(str):
    """A string that is TeX code: the one type that templates print as it is."""

    __slots__ = ()


NONE = TeX(r"\text{none}")
"""In math mode, what stands where nothing could be measured."""


@runtime_checkable
class Printable(Protocol):
    """Whatever prints itself as LaTeX in math mode and as plain text, such as an answer."""

    def latex(self) -> str:
        """Return the LaTeX."""
        ...

    def text(self) -> str:
        """Return the plain text."""
        ...


_LACKING = frozenset("\u00ad¨¯´ĦħĸĿŀŉŊŋŦŧſ")
_LATIN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0x180)))) | frozenset("ȘșȚț‘’“”–—…•€™")
_PRINTED = _LATIN - _LACKING
"""What the class prints with the outline fonts of its packages."""

_COMMANDS = {
    "αβγδεζηθ": "alpha beta gamma delta varepsilon zeta eta theta",
    "ικλμνξπρ": "iota kappa lambda mu nu xi pi rho",
    "ςστυφϕχψωϵ": "varsigma sigma tau upsilon varphi phi chi psi omega epsilon",
    "ΓΔΘΛΞΠΣΥΦΨΩ": "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega",
    "≤≥≠≈→←∞√∂∇∈∑": "leq geq neq approx to leftarrow infty surd partial nabla in sum",
}
_MATH = {"−": "-"} | {
    character: rf"\{name}"
    for characters, names in _COMMANDS.items()
    for character, name in zip(characters, names.split(), strict=True)
}
"""What only the math fonts have: enough for a title such as "β-VAE"."""

_LIGATURE = re.compile(r"([-<>,'])(?=\1)")
"""Characters that TeX joins with an equal neighbour: two hyphens become a dash."""


class _Table(dict[int, str]):
    """What ``str.translate`` puts in the place of each character; worked out when one is first seen."""

    def __init__(self, print_character: Callable[[str], str]) -> None:
        super().__init__()
        self._print = print_character

    def __missing__(self, code: int) -> str:
        """Work out one more character."""
        self[code] = printed = self._print(chr(code))
        return printed


@lru_cache(maxsize=4096)
def escape(text: str) -> TeX:
    r"""Return ``text``, which may come from anywhere, as TeX that prints it and does nothing else.

    Characters that the course fonts lack lose their accents or, failing that, print as an empty box.

    >>> escape(r"50% \input{/etc/passwd}")
    '50\\% \\textbackslash{}input\\{/etc/passwd\\}'
    """
    return TeX(_LIGATURE.sub(r"\1{}", _flat(text).translate(_SEEN)))


def escape_unseen(text: str) -> TeX:
    """Return ``text`` as TeX for the PDF's own strings, such as alt texts, which hold all of Unicode."""
    return TeX(_flat(text).translate(_UNSEEN))


def _flat(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _typeset(character: str) -> str:
    if character in _PRINTED:
        return blocks.escape(character)
    if character in _MATH:
        return rf"\texorpdfstring{{${_MATH[character]}$}}{{{character}}}"
    base = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    if base and all(part in _PRINTED for part in base):
        return blocks.escape(base)
    if unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}:
        return ""  # an accent or a joiner without its letter
    return r"\texorpdfstring{\unprintable{}}{?}"


def _kept(character: str) -> str:
    return "" if unicodedata.category(character) in {"Cc", "Cs"} else blocks.escape(character)


_SEEN, _UNSEEN = _Table(_typeset), _Table(_kept)


def finalize(value: Any) -> str:
    """Return what ``<< value >>`` prints: TeX as it is, numbers exactly, strings escaped."""
    if isinstance(value, TeX):
        return value
    if type(value) is int:  # as latex_number prints it; half of what is printed
        return str(value)
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        return latex_number(value)
    if _prints_itself(value):
        return value.latex()
    raise PsetpressError(
        f"a template prints {value!r}, a {type(value).__name__}; it can print numbers, strings and answers "
        "(a sequence with `|times`, `|sum` or `|listing`)"
    )


def _prints_itself(value: object) -> TypeGuard[Printable]:
    return _is_printable(type(value)) or isinstance(value, Printable)  # the latter: what is undefined then says so


@cache
def _is_printable(kind: type) -> bool:
    """Say whether values of ``kind`` are printable: looking for a protocol's methods takes longer than printing."""
    return issubclass(kind, Printable)


def readable(value: Any) -> str:
    """Return a value as people read it in plain text, such as an alt text; sequences are joined with commas."""
    if isinstance(value, TeX):
        raise PsetpressError(f"plain text cannot hold {str(value)!r}, which is TeX; give the value itself")
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        return text_number(value, digits=6)
    if _prints_itself(value):
        return value.text()
    if isinstance(value, (tuple, list)):
        return joined(cast("Iterable[object]", value), ", ")
    raise PsetpressError(f"plain text cannot hold {value!r}, a {type(value).__name__}; give a number or a string")


def signed(value: Any) -> TeX:
    """Return a number with its sign in front, to be added to what stands before it: ``+3`` or ``-3``."""
    text = finalize(value)
    return TeX(text if text.startswith("-") else f"+{text}")


def paren(value: Any) -> TeX:
    r"""Return a number, in parentheses if it is negative.

    >>> paren(-3), paren(Fraction(-1, 3))
    ('(-3)', '\\left(-\\frac{1}{3}\\right)')
    """
    text = finalize(value)
    if not text.startswith("-"):
        return TeX(text)
    return TeX(rf"\left({text}\right)" if r"\frac" in text else f"({text})")


def frac(value: Any) -> TeX:
    r"""Return an exact number with ``\frac`` where it is no integer."""
    return TeX(latex_number(value, style="frac"))


def decimal(value: Any, digits: int = 4) -> TeX:
    """Return a number rounded to ``digits`` significant digits; the words around it say that it is."""
    return TeX(latex_number(value, style="decimal", digits=digits))


def measured(value: Any, digits: int = 4, *, signed: bool = False) -> TeX:
    r"""Return a number of a record as a decimal with ``digits`` significant digits; ``signed`` with a + if positive.

    A record holds None where nothing could be measured; math mode prints the word.

    >>> measured(0.12345, 2), measured(0.12345, 2, signed=True), measured(None)
    ('0.12', '+0.12', '\\text{none}')
    """
    if value is None:
        return NONE
    text = decimal(value, digits)
    return TeX(f"+{text}") if signed and not text.startswith("-") else text


def known(value: Any) -> Any:
    """Return a number of a record for a text that is read aloud: the word none where nothing could be measured."""
    return "none" if value is None else value


def places(value: float | None, count: int = 3) -> TeX:
    r"""Return a measured number with ``count`` digits behind the point, for columns in which all should have as many.

    >>> places(0.7), places(12.345, 1), places(None)
    ('0.700', '12.3', '\\text{none}')
    """
    return NONE if value is None else TeX(f"{value:.{count}f}")


def times(values: Iterable[Any]) -> TeX:
    r"""Return a product: factors joined by ``\times``, negative ones in parentheses; 1 without factors."""
    return TeX(r" \times ".join(paren(value) for value in values) or "1")


def summed(values: Iterable[Any]) -> TeX:
    """Return a sum: terms joined by ``+``, negative ones after the first in parentheses; 0 without terms."""
    first, *others = [*values] or [0]
    return TeX(" + ".join([finalize(first), *(paren(value) for value in others)]))


def listing(values: Sequence[Any]) -> TeX:
    """Return numbers as running text: ``$1$, $2$ and $3$``."""
    *others, last = [f"${finalize(value)}$" for value in values] or ["none"]
    return TeX(f"{', '.join(others)} and {last}" if others else last)


def joined(values: Iterable[Any], between: str = "") -> str:
    """Return values as plain text with ``between`` between them."""
    return between.join(readable(value) for value in values)


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def words(value: int) -> str:
    """Return a small number as a word, a larger one in digits."""
    return _WORDS[value] if 0 <= value < len(_WORDS) else str(value)


def points(value: Fraction, short: bool = False) -> TeX:
    """Return points as ``4 points``, or in brackets for the margin; what counts nothing says nothing."""
    if value == 0:
        return TeX("")
    number = finalize(value)
    number = f"${number}$" if "\\" in number else number
    if short:
        return TeX(f"[{number}]")
    return TeX(f"{number} point{'' if value == 1 else 's'}")


def deduction(value: Fraction) -> TeX:
    """Return a deduction, which is negative, with two decimals at most."""
    hundredths = round(-value * 100)
    return TeX(f"$-{hundredths / 100:g}$" if hundredths else "$0$")


def link(address: str) -> TeX:
    """Return an address as a link that shows itself and may break where its parts join."""
    shown = re.sub(r"(?<=[/?&=.])(?=\w)", r"\\allowbreak ", escape(address))
    return TeX(rf"\psetlink{{{escape(address)}}}{{{shown}}}")


FILTERS = {
    "link": link,
    "signed": signed,
    "paren": paren,
    "frac": frac,
    "decimal": decimal,
    "known": known,
    "measured": measured,
    "places": places,
    "times": times,
    "sum": summed,
    "listing": listing,
    "join": joined,
    "words": words,
    "points": points,
    "deduction": deduction,
}
