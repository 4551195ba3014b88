"""What one task has drawn reaches another as it was."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from psetpress import press, proving
from psetpress.classroom import drawn
from psetpress.drawing import Variant
from psetpress.press import Order
from psetpress.proving import ProofError

SETS = Path(__file__).parents[3] / "problems" / "sets"


@pytest.mark.parametrize("source", sorted(SETS.glob("*.toml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", range(3))
def test_variants_come_out_as_they_went_in(source: Path, seed: int) -> None:
    assignment = press.read(source)
    variants = press.draw(assignment, Order(Path(), seed))
    again = drawn.unpack(assignment, drawn.pack(variants))
    assert [*again] == [*variants]
    for name, variant in variants.items():
        assert _told(again[name]) == _told(variant)
        assert again[name].kinds.keys() == variant.kinds.keys()
        assert not proving.disagreements(again[name])


def _told(variant: Variant) -> dict[str, Any]:
    """Return the fields of a variant, with the types of all values, but for its kinds, which may be made anew."""
    names = [field.name for field in fields(variant) if field.name != "kinds"]
    return {name: (getattr(variant, name), repr(getattr(variant, name))) for name in names}


def test_parts_that_fail_meanwhile_are_told_by_their_problem(school: Any, bank: Any, toy: Any) -> None:
    packed = drawn.pack(press.draw(press.read(school.source), Order(Path())))

    def kinds(_: Any) -> Any:
        raise ValueError("no luck")

    broken = [part.__class__(**{**vars(part), "answers": kinds}) for part in toy.PROBLEM.parts]
    bank(toy=toy.variation(parts=tuple(broken)))
    with pytest.raises(ProofError, match=r"^toy: answers of the parts fails: ValueError: no luck"):
        drawn.unpack(press.read(school.source), packed)
