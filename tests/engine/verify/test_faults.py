"""Faults: what each makes of each kind of answer, by hand; None where it has nothing to change."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from psetpress.answers import Choice, Distribution, Expression, Integer, Matrix, Number, Shape, Signal
from psetpress.verify.faults import FAULTS, swaps

LAW = Choice({"linear": "linearity", "causal": "causality"})


@pytest.mark.parametrize(
    ("fault", "kind", "value", "expected"),
    [
        ("off by one", Integer(), 7, 8),
        ("off by one", Signal(), (2, (1, 5)), (2, (1, 6))),
        ("off by one", Matrix(), ((1, 2), (3, 4)), ((1, 2), (3, 5))),
        ("off by one", Shape(), (14, 14, 10), (14, 14, 11)),
        ("off by one", LAW, "linear", "causal"),
        ("off by one", LAW, "causal", "linear"),
        ("off by one", Expression(("K",)), "2*K", "2*K + 1"),
        ("begins late", Signal(), (2, (1, 5)), (3, (1, 5))),
        ("begins late", Distribution(), (3, 4), (4, 4)),
        ("begins late", LAW, "linear", None),
        ("sign", Integer(), 7, -7),
        ("sign", Matrix(), ((1, -2),), ((-1, 2),)),
        ("sign", Expression(("K",)), "2*K", "-2*K"),
        ("sign", LAW, "linear", None),
        ("transposed", Matrix(), ((1, 2), (3, 4)), ((1, 3), (2, 4))),
        ("transposed", Shape(), (1, 2, 3), (3, 2, 1)),
        ("transposed", Signal(), (2, (1, 5)), (2, (5, 1))),
        ("transposed", Integer(), 7, None),
        ("wrong rounding", Number(), Fraction(1, 3), Fraction(33, 100)),
        ("wrong rounding", Integer(), 1473, 1500),
        ("truncated", Number(), Fraction(-7, 2), -3),
        ("truncated", Integer(), 7, 7),
        ("single precision", Integer(), 2**30 + 1, 2**30 + 1),
        ("single precision", Number(), Fraction(1, 2), Fraction(1, 2)),
        ("single precision", Number(), Fraction(1, 10), 0.10000000149011612),
    ],
)
def test_what_a_fault_makes_of_a_value(fault: str, kind: Any, value: Any, expected: Any) -> None:
    changed = FAULTS[fault](kind, kind.value(value))
    assert (None if changed is None else kind.value(changed)) == (None if expected is None else kind.value(expected))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Integer(), 1473),
        (Number(), 0.1234567),
        (Signal(), (-1, (Fraction(1, 3), 2, 0.7))),
        (Matrix(), ((1, Fraction(1, 3)), (0.7, 4))),
        (Shape(), (3, 4, 5)),
        (LAW, "linear"),
        (Expression(("K", "C")), "K**2*C"),
        (Distribution(), ((1, 2), ((2, Fraction(1, 2)), (Fraction(1, 2), 3)))),
    ],
    ids=lambda value: value.name if hasattr(value, "name") else None,
)
def test_a_fault_that_changes_a_value_is_not_agreed_with(fault: Any, kind: Any, value: Any) -> None:
    """The proof must be strict enough for the smallest of them; what is no value at all stops a build anyway."""
    right = kind.value(value)
    changed = fault(kind, right)
    if changed is None:
        return
    try:
        wrong = kind.value(changed)
    except (TypeError, ValueError):
        return
    assert wrong == right or not kind.agrees(wrong, right)


@dataclass(frozen=True)
class Inner:
    height: int
    width: int
    ratio: Fraction


@dataclass(frozen=True)
class Params:
    inner: Inner
    rows: tuple[int, ...]
    depth: int
    flag: bool
    name: str


def test_swaps_are_of_fields_of_one_record_and_of_neighbours_in_a_tuple() -> None:
    params = Params(Inner(2, 3, Fraction(1, 2)), (4, 5, 6), 7, True, "x")
    assert list(swaps(params)) == [
        (("inner", "height"), ("inner", "width")),
        (("rows", 0), ("rows", 1)),
        (("rows", 1), ("rows", 2)),
    ]
