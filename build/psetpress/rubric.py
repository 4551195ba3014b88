"""Rubrics of a variant: what a reader judges, and what each misconception costs and answers here."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psetpress.assignment import AskedPart
    from psetpress.drawing import Variant


STEPS = 4
"""Steps in a point."""


@dataclass(frozen=True)
class Line:
    """One deduction: ``points`` (negative), its stable name, its sentence, and the answers it produces here."""

    points: Fraction
    name: str
    says: str
    answers: dict[str, Any]


def lines(part: AskedPart, variant: Variant) -> list[Line]:
    """Return a part's deductions: the record's items, then the misconceptions that show in its answers."""
    judged = [Line(item.points * part.scale, item.name, item.says, {}) for item in part.part.rubric]
    return judged + _recognized(part, variant)


def _recognized(part: AskedPart, variant: Variant) -> list[Line]:
    """Return what the misconceptions cost: each answer of a part carries an equal share of its points."""
    kinds = part.part.kinds(variant.params)
    found: list[Line] = []
    for item in variant.problem.misconceptions:
        told = variant.mistakes.get(item.name, {})
        changed = {name: value for name, value in told.items() if name in kinds}
        if changed:
            points = _cost(part.points, item.credit, len(changed), len(kinds))
            found.append(Line(points, item.name, item.says, changed))
    return found


@lru_cache(maxsize=4096)
def _cost(points: Fraction, credit: Fraction, changed: int, answers: int) -> Fraction:
    """Return what a misconception deducts that changes some of a part's answers; every student's rubric asks."""
    return -min(_in_steps((1 - credit) * points * Fraction(changed, answers)), points)


def _in_steps(cost: Fraction) -> Fraction:
    """Return a cost in the steps that graders use: the nearest quarter of a point, but never nothing."""
    return max(round(cost * STEPS), 1) * Fraction(1, STEPS) if cost else cost
