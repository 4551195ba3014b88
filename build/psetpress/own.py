"""A set author's own problem, written straight in the set file: a statement and a solution in LaTeX, no Python."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from psetpress.answers import Written
from psetpress.records import Part, Problem, RubricItem

if TYPE_CHECKING:
    from psetpress.setfile import Own

PART = "answer"
"""The one part of such a problem."""


@dataclass(frozen=True)
class Words:
    """The words stand in for parameters: they make the variant's identity, and the manifest records them."""

    statement: str
    solution: str


def record(own: Own) -> Problem[Words]:
    """Return the record of an author's own problem: one written part, read by a person."""
    words = Words(own.statement, own.solution)
    rubric = tuple(
        RubricItem(name=f"item-{number}", points=item.points, says=item.says)
        for number, item in enumerate(own.rubric, start=1)
    )
    part = Part[Words](
        name=PART,
        points=Fraction(1) if own.points is None else own.points,
        answers={PART: Written(slots=tuple(labels(own)) or (PART,))},
        rubric=rubric,
    )
    return Problem[Words](
        title=own.title,
        topics=(),
        source="the set file",
        minutes=0,
        params=Words,
        draw=lambda _rng, _level: words,
        published=words,
        edges=(),
        solve=lambda _: {},
        oracle=lambda _: {},
        parts=(part,),
        few="the author's own words",
    )


def labels(own: Own) -> dict[str, str]:
    """Return the labels of the answer spaces by slot name: ``What is plotted`` is the slot ``what-is-plotted``.

    Names are ASCII, because responses are found by them. A label that has no such letters is called by its
    number, and so is one whose name is taken; the only label is that of the whole answer.
    """
    if len(own.slots) == 1:
        return {PART: own.slots[0]}
    found: dict[str, str] = {}
    for number, label in enumerate(own.slots, start=1):
        letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
        name = re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or f"slot-{number}"
        while name in found:
            name = f"{name}-{number}"
        found[name] = label
    return found
