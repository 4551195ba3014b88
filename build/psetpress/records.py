"""The record of a problem: parameters, four roads to its answer, parts, rubric and figures.

A file in ``problems/`` holds one :class:`Problem`. It points at the arithmetic in ``solvers/``
and says nothing itself; the words are in ``templates/problems/<name>.tex.j2``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, get_args

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.random import Generator

    from psetpress.answers import Kind

P = TypeVar("P")

Level = Literal["easy", "standard", "hard"]
LEVELS: tuple[Level, ...] = get_args(Level)

DOCUMENTS = ("handout", "key", "rubric", "source")
"""What a build can make."""

Values = Mapping[str, Any]
"""What a road returns: answer name -> raw value (the kind of that answer says which types)."""


@dataclass(frozen=True, kw_only=True)
class Misconception(Generic[P]):
    """A named wrong solver: what a student believes, and what he then answers.

    ``solve`` returns the answers that the belief changes, or ``{}`` for a variant to which it
    does not apply. ``credit`` is the share of an affected answer's points that is still given.
    """

    name: str
    says: str
    solve: Callable[[P], Values]
    feedback: str
    credit: Fraction = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Reject(Generic[P]):
    """A named reason to throw a draw away: ``test`` says whether it holds for the parameters."""

    name: str
    test: Callable[[P], bool]


@dataclass(frozen=True, kw_only=True)
class RubricItem:
    """A deduction that a reader judges: ``points`` (negative) on the scale of the part's own points."""

    name: str
    points: Fraction
    says: str


@dataclass(frozen=True, kw_only=True)
class Figure(Generic[P]):
    """A drawing: ``data`` is worked out from the parameters, ``draw`` puts it on the axes.

    ``data`` returns keyword arguments of ``draw``, made of plain values (numbers, strings, tuples):
    two figures of equal ``draw`` and ``data`` are one drawing, made once. ``size`` is width and
    height in centimetres. An ``answer`` figure exists in keys only. ``pixels`` are for photographs; every
    other figure is vector. The alt text is words, so the template gives it where it shows the figure.
    """

    draw: Callable[..., None]
    data: Callable[[P], Mapping[str, Any]]
    size: tuple[float, float] = (11.0, 4.0)
    xlabel: str = ""
    ylabel: str = ""
    answer: bool = False
    pixels: bool = False

    def paint(self, axes: Axes, data: Mapping[str, Any]) -> None:
        """Label the axes and draw ``data`` on them."""
        axes.set_xlabel(self.xlabel)
        axes.set_ylabel(self.ylabel)
        self.draw(axes, **data)


@dataclass(frozen=True, kw_only=True)
class Part(Generic[P]):
    """One lettered part: its points, its typed answers, and what a reader deducts.

    ``answers`` maps answer names to kinds; where they depend on the variant (the blanks of a
    table) it is a function of the parameters. ``needs`` names parts whose statement this one
    refers to: a set cannot ask this part without them.
    """

    name: str
    points: Fraction
    answers: Mapping[str, Kind[Any]] | Callable[[P], Mapping[str, Kind[Any]]]
    rubric: tuple[RubricItem, ...] = ()
    needs: tuple[str, ...] = ()

    def kinds(self, params: P) -> Mapping[str, Kind[Any]]:
        """Return the kinds of this part's answers in the variant ``params``, by name."""
        return self.answers(params) if callable(self.answers) else self.answers


@dataclass(frozen=True, kw_only=True)
class Problem(Generic[P]):
    """Everything the engine knows of a problem; see ``DESIGN``, "a key that is proved".

    ``solve`` and ``oracle`` share no code. ``work`` returns the intermediate results that the
    worked solution prints. ``blind`` names the misconceptions that the published variant cannot
    tell from the right answer. ``few`` says why fewer than 500 distinct variants exist, if so.
    ``experiments`` maps the names of training experiments whose results a key quotes to functions that
    return the recorded result, or None while there is none. ``printed_as`` maps a parameter (or the start of its
    path, ``probe.blur``) that the page shows in another form to a function that returns the numbers which stand
    there instead: a correlation stands there as the covariance that follows from it. ``neutral`` names the functions
    and constants that both roads may use, and says why: they restate the question, and answer nothing.
    """

    title: str
    topics: tuple[str, ...]
    source: str
    minutes: int
    params: type[P]
    draw: Callable[[Generator, Level], P]
    published: P
    edges: tuple[P, ...]
    solve: Callable[[P], Values]
    oracle: Callable[[P], Values]
    parts: tuple[Part[P], ...]
    work: Callable[[P], Values] = field(default=lambda _: {})
    misconceptions: tuple[Misconception[P], ...] = ()
    rejects: tuple[Reject[P], ...] = ()
    figures: Mapping[str, Figure[P]] = field(default_factory=dict[str, "Figure[P]"])
    experiments: Mapping[str, Callable[[], Any]] = field(default_factory=dict[str, "Callable[[], Any]"])
    blind: tuple[str, ...] = ()
    printed_as: Mapping[str, Callable[[P], Iterable[Fraction | float]]] = field(
        default_factory=dict[str, "Callable[[P], Iterable[Fraction | float]]"]
    )
    neutral: Mapping[str, str] = field(default_factory=dict[str, str])
    levels: tuple[Level, ...] = LEVELS
    few: str = ""
    version: int = 1

    def kinds(self, params: P) -> dict[str, Kind[Any]]:
        """Return the kinds of all answers of the variant ``params``, by answer name."""
        return {name: kind for part in self.parts for name, kind in part.kinds(params).items()}
