"""Rubrics of a variant: what a reader judges, and what each misconception costs and answers here."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psetpress.assignment import AskedPart
    from psetpress.drawing import Variant


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
        wrong = variant.wrong.get(item.name, {})
        changed = {
            name: value
            for name, value in wrong.items()
            if name in kinds and not kinds[name].match(variant.answers[name], value).ok
        }
        if changed:
            cost = -(1 - item.credit) * part.points * Fraction(len(changed), len(kinds))
            found.append(Line(cost, item.name, item.says, changed))
    return found
