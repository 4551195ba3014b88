r"""What a student is shown of a variant, and which numbers stand there.

A number stands on the page in digits (``3``, ``-0.25``, ``\frac{2}{3}``), as a word ("three kernels"), or in the data
of a figure that the page shows. A hyphen in front of a number may be a sign or not (``x - 3``, ``CONV5-6``): both
readings count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from psetpress import tex, workspace
from psetpress.assignment import alone
from psetpress.figures import Drawing, Gallery
from psetpress.targets.latex import LatexTarget
from psetpress.templates import Templates
from psetpress.wording import Desk, Writer

if TYPE_CHECKING:
    from psetpress.drawing import Variant
    from psetpress.records import Figure

_NUMBER = re.compile(
    r"(?P<minus>-?)\s*"
    r"(?:\\[dt]?frac\{(?P<over>\d+)\}\{(?P<under>\d+)\}|(?P<digits>\d+(?:\.\d+)?))"
)
_TERM = re.compile(r"[\w)}\]]\s*$")
"""What a hyphen subtracts from."""
_WORDS = {tex.words(number): Fraction(number) for number in range(2, 13)}
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """Everything that a student is shown: the TeX, in which a figure stands by the hash of its content.

    ``words`` are the numbers in the TeX, ``figures`` those in the data of its figures.
    """

    text: str
    words: Counter[Fraction]
    figures: Counter[Fraction]

    def loses(self, after: Page) -> frozenset[Fraction]:
        """Return the numbers that stand here more often than on ``after``, in the words or in the figures."""
        return frozenset((self.words - after.words) | (self.figures - after.figures))


class _Shown(Gallery):
    """A gallery that draws nothing and remembers what its figures would show."""

    def __init__(self) -> None:
        super().__init__(seen=False)
        self.data: list[Mapping[str, Any]] = []

    def get(self, problem: str, figure_name: str, figure: Figure[Any], params: object) -> Drawing:
        """Return the drawing of a problem's figure, without lines."""
        if not figure.pixels:  # nobody reads numbers off a photograph
            self.data.append(figure.data(params))
        return super().get(problem, figure_name, figure, params)


def page(variant: Variant) -> Page:
    """Return what a student is shown of ``variant``."""
    item = next(alone(variant.name, variant.level).items())
    gallery = _Shown()
    writer = Writer(Desk(_templates(), LatexTarget(responses=False), gallery), item, variant)
    text = "\n".join([writer.intro(), *(writer.statement(part) for part in item.parts)])
    words = text
    for drawing in writer.desk.drawings:
        words = words.replace(drawing, "")  # the digits of a hash are no numbers of the page
    return Page(text, Counter(written(words)), Counter(held(gallery.data)))


@cache
def _templates() -> Templates:
    return Templates(workspace.active().templates, marked=False)


def written(text: str) -> Iterator[Fraction]:
    r"""Yield the numbers in TeX, or in words.

    >>> list(map(str, written(r"$-\frac{2}{3}$ of three, or $x - 0.5$")))
    ['-2/3', '-1/2', '1/2', '3']
    """
    for found in _NUMBER.finditer(text):
        over, under, digits = found["over"], found["under"], found["digits"]
        number = Fraction(digits) if digits else Fraction(int(over), int(under))
        if found["minus"]:
            yield -number
        if not found["minus"] or _TERM.search(text, max(0, found.start() - 20), found.start()):
            yield number
    yield from (_WORDS[word.lower()] for word in _WORD.findall(text))


def held(data: object) -> Iterator[Fraction]:
    """Yield the numbers in the data of figures: numbers, strings, and tuples and mappings of them."""
    if isinstance(data, str):
        yield from written(data)
    elif isinstance(data, Mapping):
        yield from held(tuple(cast("Mapping[str, object]", data).values()))
    elif isinstance(data, (tuple, list)):
        for entry in cast("tuple[object, ...]", data):
            yield from held(entry)
    elif isinstance(data, (int, float, Fraction)) and not isinstance(data, bool):
        yield Fraction(data)
