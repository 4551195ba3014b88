"""Parameters as a page prints them: what is read off the page must lead to the key (design, rule 3).

Two questions. Does every number of the parameters survive its own print? And does the page show every
parameter that the key depends on? The second is answered by changing one parameter at a time by a hair:
if the key changes, the page must change too, or else two students with one page have two keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from psetpress import proving, workspace
from psetpress.answers.arithmetic import read_number
from psetpress.answers.numbers import latex_number
from psetpress.assignment import alone
from psetpress.errors import PsetpressError
from psetpress.figures import Gallery
from psetpress.targets.latex import LatexTarget
from psetpress.templates import Templates
from psetpress.verify.leaves import leaves, mapped, put, shown
from psetpress.wording import Desk, Writer

if TYPE_CHECKING:
    from psetpress.drawing import Variant
    from psetpress.proving import Answers

HAIR = Fraction(1, 1_000_003)
"""What a fraction is changed by: any rounding on the page hides it, and no digits hide it by chance."""


def as_read(params: Any) -> Any:
    """Return ``params`` with every number as it is read off its print."""
    return mapped(params, _as_read)


def _as_read(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        return value
    read = read_number(latex_number(value))
    return type(value)(read) if isinstance(read, (int, Fraction)) else read


def unseen(variant: Variant) -> Iterator[str]:
    """Yield every parameter that the key depends on and the page does not show, with a change that proves it."""
    before = page(variant)
    for path, value in leaves(variant.params):
        for other in _neighbours(value):
            with suppress(PsetpressError, ArithmeticError, ValueError, TypeError, LookupError, AssertionError):
                changed = replace(variant, params=put(variant.params, path, other))
                if _key(changed) != variant.answers and page(changed) == before:
                    yield f"the key depends on {shown(path)}, but the page is the same for {value} and {other}"


def _neighbours(value: Any) -> tuple[Any, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return value - 1, value + 1
    return (value + HAIR,) if isinstance(value, Fraction) else ()


def _key(variant: Variant) -> Answers:
    kinds = proving.kinds_of(variant.problem, variant.params)
    return proving.solve(variant.problem, variant.params, kinds)


def page(variant: Variant) -> str:
    """Return everything that a student is shown, as TeX; a figure stands there by the hash of its content."""
    item = next(alone(variant.name, variant.level).items())
    desk = Desk(_templates(), LatexTarget(responses=False), Gallery(seen=False))
    writer = Writer(desk, item, variant)
    return "\n".join([writer.intro(), *(writer.statement(part) for part in item.parts)])


@cache
def _templates() -> Templates:
    return Templates(workspace.active().templates, marked=False)
