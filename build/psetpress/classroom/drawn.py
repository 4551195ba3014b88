"""Variants on their way from the task that draws them to the one that writes them: drawing takes ten times as long."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from psetpress import proving
from psetpress.drawing import Variant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psetpress.assignment import AskedItem, Assignment
    from psetpress.documents import Variants

KEPT = ("params", "answers", "wrong", "attempts", "rejected")
"""Fields of a variant that travel; the rest follows from the set file and the parameters."""


def pack(variants: Variants) -> bytes:
    """Return the variants of a student, by item, as bytes."""
    fields = {name: [getattr(variant, field) for field in KEPT] for name, variant in variants.items()}
    return pickle.dumps(fields, pickle.HIGHEST_PROTOCOL)


def unpack(assignment: Assignment, packed: bytes) -> dict[str, Variant]:
    """Return the variants that were packed: equal to those that were drawn."""
    fields: Mapping[str, list[Any]] = pickle.loads(packed)
    return {item.name: _variant(item, fields[item.name]) for item in assignment.items()}


def _variant(item: AskedItem, fields: list[Any]) -> Variant:
    kept = dict(zip(KEPT, fields, strict=True))
    with proving.about(item.problem_name):
        kinds = proving.kinds_of(item.problem, kept["params"])
    return Variant(item.problem_name, item.problem, level=item.level, kinds=kinds, **kept)
