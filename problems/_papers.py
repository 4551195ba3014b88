"""What the questions on a paper have in common: nothing is drawn, words answer them, and a reader judges the words.

This is no problem: the files that ask such questions build their records here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from problems._experiments import figures, recorded
from psetpress.answers import Written
from psetpress.records import Part, Problem, RubricItem

FOUR_PARTS = ("context", "plotted", "observe", "interpretation")
"""The slots of an explained figure; templates/shared/four_parts.tex.j2 has their labels."""


@dataclass(frozen=True)
class Params:
    """No parameters: the question asks what the paper shows."""


def item(name: str, points: str, says: str) -> RubricItem:
    """Return a deduction; ``points`` is a decimal with its sign, such as ``"-0.2"``."""
    return RubricItem(name=name, points=Fraction(points), says=says)


def text_question(
    *,
    title: str,
    number: int,
    minutes: int,
    rubric: tuple[RubricItem, ...],
    slots: tuple[str, ...] = ("answer",),
    experiment: str = "",
) -> Problem[Params]:
    """Return the record of question ``number`` of CS 7150's Day 7, which has one point.

    ``experiment`` is the name of the training experiment whose recorded result stands in the key beside the paper's.
    """
    return Problem[Params](
        title=title,
        topics=("normalization", "reading a paper"),
        source=f"CS 7150 Day 7, question {number}",
        minutes=minutes,
        params=Params,
        draw=lambda _rng, _level: Params(),
        published=Params(),
        edges=(),
        solve=lambda _: {},
        oracle=lambda _: {},
        parts=(Part(name="response", points=Fraction(1), answers={"response": Written(slots)}, rubric=rubric),),
        experiments=recorded(experiment) if experiment else {},
        figures=figures(experiment),
        levels=("standard",),
        few="it asks about a published paper; nothing is drawn",
    )


def figure_question(
    *,
    title: str,
    number: int,
    experiment: str,
    traps: tuple[RubricItem, ...],
    interpretation: str = "-0.2",
) -> Problem[Params]:
    """Return the record of a question that asks for a figure to be explained in four parts.

    ``interpretation`` is what a missing interpretation costs; the four parts together cost the whole point.
    """
    return text_question(
        title=title,
        number=number,
        minutes=10,
        rubric=(*_four_parts(Fraction(interpretation)), *traps),
        slots=FOUR_PARTS,
        experiment=experiment,
    )


def _four_parts(interpretation: Fraction) -> tuple[RubricItem, ...]:
    observe = str(Fraction("-0.5") - interpretation)
    return (
        item("context", "-0.2", "The context is missing: which experiment was run, and why."),
        item("plotted", "-0.3", "It is not said what has been plotted: the axes, the curves, the panels."),
        item("observe", observe, "The observations are missing, or the figure does not show them."),
        item("interpretation", str(interpretation), "The interpretation is missing, or only repeats the observations."),
    )
