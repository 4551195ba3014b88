"""Parameters as a page prints them: what is read off the page must lead to the key (design, rule 3).

Two questions. Does every number of the parameters survive its own print? And does the page print every
parameter that the key depends on, and no other number in its place? The second is answered by changing one
parameter at a time: if the key changes, the old value must leave the page, or the new one must come. A page that
prints one more than a parameter changes, too, but never so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from psetpress import proving, schema
from psetpress.answers.arithmetic import read_number
from psetpress.answers.numbers import latex_number
from psetpress.errors import PsetpressError
from psetpress.verify.leaves import annotated, at, mapped, put, shown
from psetpress.verify.page import page

if TYPE_CHECKING:
    from psetpress.drawing import Variant
    from psetpress.proving import Answers
    from psetpress.verify.leaves import Path
    from psetpress.verify.page import Page

HAIR = Fraction(1, 1_000_003)
"""What a fraction is changed by: any rounding on the page hides it, and no digits hide it by chance."""
UNWRITTEN = frozenset({-1, 0, 1})
"""What formulas leave out: ``x`` is ``1x``, and a term with 0 is no term."""


def as_read(params: Any) -> Any:
    """Return ``params`` with every number as it is read off its print."""
    return mapped(params, _as_read)


def _as_read(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        return value
    read = read_number(latex_number(value))
    return type(value)(read) if isinstance(read, (int, Fraction)) else read


def unseen(variant: Variant) -> Iterator[str]:
    """Yield every parameter that the key depends on and the page does not print, with a change that proves it."""
    before = page(variant)
    for path, value, kind in annotated(variant.params):
        for other in _neighbours(value, kind):
            with suppress(PsetpressError, ArithmeticError, ValueError, TypeError, LookupError, AssertionError):
                changed = replace(variant, params=put(variant.params, path, other))
                if _key(changed) != variant.answers:
                    yield from _hidden(variant, path, changed, before, page(changed))


def _hidden(variant: Variant, path: Path, changed: Variant, before: Page, after: Page) -> Iterator[str]:
    """Yield what is wrong if the page does not show the change of the value at ``path``, which changes the key."""
    value, other = (at(item.params, path) for item in (variant, changed))
    if before.text == after.text:
        yield f"the key depends on {shown(path)}, but the page is the same for {value} and {other}"
        return
    old, new = (Counter(_stands(item, path)) for item in (variant, changed))
    lost, gained = (old - new).keys() - UNWRITTEN, (new - old).keys() - UNWRITTEN
    if not (lost or gained):
        return
    if not (lost & before.loses(after) or gained & after.loses(before)):
        yield f"the key depends on {shown(path)}, but the page does not print it: nowhere does {value} become {other}"


def _stands(variant: Variant, path: Path) -> Iterator[Fraction]:
    """Yield the numbers that stand on the page for a parameter: those that the record declares, or its own value."""
    for prefix, numbers in variant.problem.printed_as.items():
        if re.match(rf"{re.escape(prefix)}(?![A-Za-z_0-9])", shown(path)):
            yield from (Fraction(number) for number in numbers(variant.params))
            return
    value = at(variant.params, path)
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        yield Fraction(value)


def _neighbours(value: Any, kind: Any) -> tuple[Any, ...]:
    """Return other values of a parameter annotated as ``kind``: small steps, or all choices that it has."""
    options = [
        choice for member in schema.members(kind) if get_origin(member) is Literal for choice in get_args(member)
    ]
    if options or isinstance(value, bool):
        return tuple(choice for choice in options or (True, False) if choice != value)
    if isinstance(value, int):
        return (value - 1, value + 1) if value else (-1, 1, 2)  # of a 0, only the 2 must be written
    return (value + HAIR,) if isinstance(value, Fraction) else ()


def _key(variant: Variant) -> Answers:
    kinds = proving.kinds_of(variant.problem, variant.params)
    return proving.solve(variant.problem, variant.params, kinds)
