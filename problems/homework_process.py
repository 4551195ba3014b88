"""HW3 6(a)-(c): sources, study partners, hours. Plain prompts: there is nothing to grade."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from psetpress.answers import Written
from psetpress.records import Part, Problem


@dataclass(frozen=True)
class Params:
    """How the course runs."""

    self_grading: bool = True  # students grade themselves later, on a form that asks for the hours again


# The source prints no points. A point each, for any answer, is ours; a set that gives none sets them to 0.
PROBLEM = Problem[Params](
    title="Homework process and study group",
    topics=("process",),
    source="EECS 182 HW3 6(a)-(c)",
    minutes=3,
    params=Params,
    draw=lambda _rng, _level: Params(),
    published=Params(),
    edges=(Params(self_grading=False),),
    solve=lambda _: {},
    oracle=lambda _: {},
    parts=(
        Part(name="sources", points=Fraction(1), answers={"sources": Written()}),
        Part(name="partners", points=Fraction(1), answers={"partners": Written()}),
        Part(name="hours", points=Fraction(1), answers={"hours": Written()}),
    ),
    levels=("standard",),
    few="asks how the work went: there is nothing to draw",
)
