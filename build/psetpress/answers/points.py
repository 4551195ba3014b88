"""Equality of formulas by exact evaluation at many points, the judge that understands floors.

Symbols stand for positive quantities, for positive integers where a floor or ceiling occurs (sizes,
strides). Two different rational functions of the degrees met here agree at a random point with
probability below one in a thousand, so agreement at all points is no accident.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from psetpress.answers.arithmetic import Numbers
from psetpress.answers.base import Unreadable
from psetpress.answers.formula import Formula, fold
from psetpress.answers.numbers import AGREE_RTOL, Exact, Real, text_number

COUNT = 60
"""Points tried."""
ENOUGH = 10
"""Points at which both formulas must be defined before their agreement says anything."""

_SEED = 182
_REACHES = (4, 9, 40)
"""Sizes, strides and counts are of these orders: small numbers make floors bite, large ones tell degrees apart."""

Point = Mapping[str, Exact]


class Comparison(NamedTuple):
    """Whether two formulas are equal, at how many points, and the first point where they differ."""

    equal: bool
    tried: int
    difference: tuple[Point, Real] | None = None

    def says(self) -> str:
        """Return the outcome for people, without the right value."""
        if self.difference is not None:
            point, read = self.difference
            where = ", ".join(f"{name} = {x}" for name, x in sorted(point.items()))
            gives = f"it gives {text_number(read, digits=6)}"
            return f"not equal to the right answer: {f'at {where} ' if where else ''}{gives}"
        if not self.equal:
            return "not defined where the right answer is"
        return f"equal at all {self.tried} points tried" if self.tried > 1 else "equal"


def compare(value: Formula, response: Formula) -> Comparison:
    """Evaluate both formulas at the same points until they differ."""
    symbols = tuple(sorted(value.symbols() | response.symbols()))
    whole = not {"floor", "ceil"}.isdisjoint(value.functions() | response.functions())
    tried = missed = 0
    for point in points(symbols, whole):
        wanted, read = _at(value, point), _at(response, point)
        if wanted is None:
            continue
        if read is None:
            missed += 1
        elif _differ(wanted, read):
            return Comparison(False, tried + 1, (point, read))
        else:
            tried += 1
    enough = min(ENOUGH, len(points(symbols, whole)))
    return Comparison(tried >= max(enough, missed), tried)


@lru_cache(maxsize=64)
def points(symbols: tuple[str, ...], whole: bool) -> tuple[Point, ...]:
    """Return the same points for the same symbols: integers, or fractions below and above 1."""
    if not symbols:
        return ({},)
    rng = random.Random(_SEED)
    return tuple({name: _coordinate(rng, whole, number) for name in symbols} for number in range(COUNT))


def _coordinate(rng: random.Random, whole: bool, number: int) -> Exact:
    if whole:
        return rng.randint(1, rng.choice(_REACHES))
    below, above = rng.randint(2, 30), rng.randint(31, 90)
    return Fraction(below, above) if number % 2 else Fraction(above, below)


def _at(parsed: Formula, point: Point) -> Real | None:
    """Return the value at ``point``, None where it is not defined."""
    try:
        return fold(parsed, Numbers(point))
    except Unreadable:
        return None


def _differ(a: Real, b: Real) -> bool:
    """Compare exactly; where a root, ``exp`` or ``log`` made floats, up to noise at their own scale."""
    if isinstance(a, float) or isinstance(b, float):
        x, y = float(a), float(b)
        return abs(x - y) > AGREE_RTOL * max(1e-3, abs(x), abs(y))
    return a != b
