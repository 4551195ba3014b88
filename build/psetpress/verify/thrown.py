"""Draws that were thrown away: a predicate may refuse a question, it may not hide a wrong key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from psetpress import drawing, proving

if TYPE_CHECKING:
    from psetpress.drawing import Variant
    from psetpress.streams import Stream


def disputed(variant: Variant, stream: Stream) -> Iterator[str]:
    """Yield every attempt before the accepted one on which the two roads differ.

    A draw that a road cannot work out at all is no hidden wrong key: refusing such draws is what predicates are for.
    """
    for attempt in range(variant.attempts - 1):
        with suppress(proving.ProofError):
            params = drawing.sample(variant.problem, variant.level, stream.generator(attempt))
            refused = drawing.given(variant.name, variant.problem, params, variant.level)
            for difference in proving.disagreements(refused):
                yield f"a rejected draw (attempt {attempt + 1}) hides a wrong key: {difference}; parameters: {params}"
