"""Numbers with a tolerance."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers import Number, StoredValueError
from psetpress.answers.numbers import real

reals = st.one_of(
    st.integers(-(10**20), 10**20),
    st.fractions(max_denominator=10**9),
    st.floats(allow_nan=False, allow_infinity=False),
).map(real)
tolerances = st.fractions(0, Fraction(1, 10), max_denominator=1000)
kinds = st.builds(Number, rtol=tolerances, atol=tolerances, digits=st.integers(1, 12))


@given(kinds, reals)
def test_contract(keeps_contract: Callable[..., None], kind: Number, value: Any) -> None:
    keeps_contract(kind, value)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (3, 3),
        (Fraction(6, 4), Fraction(3, 2)),
        (0.25, 0.25),
        (np.float64(0.25), 0.25),
        (torch.tensor(0.25), 0.25),
        (np.array(3), 3),
    ],
)
def test_value(raw: Any, value: Any) -> None:
    assert Number().value(raw) == value


@pytest.mark.parametrize("raw", ["1/2", None, True, [1.0], 1j])
def test_value_refuses_other_types(raw: Any) -> None:
    with pytest.raises(TypeError, match=r"^Number: a number is wanted, not "):
        Number().value(raw)


@pytest.mark.parametrize("raw", [math.nan, math.inf, np.float64("-inf")])
def test_value_refuses_what_is_not_finite(raw: Any) -> None:
    with pytest.raises(ValueError, match=r"^Number: a finite number is wanted, not "):
        Number().value(raw)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.75", Fraction(3, 4)),
        ("3/4", Fraction(3, 4)),
        ("7.5e-1", Fraction(3, 4)),
        ("75 %", Fraction(3, 4)),
        ("1 - 2^-2", Fraction(3, 4)),
        (r"\frac{3}{4}", Fraction(3, 4)),
        ("3/4 = 0.75", Fraction(3, 4)),
        ("3/4 = 75 %", Fraction(3, 4)),
        ("1/3 = 0.333", Fraction(1, 3)),
        ("1/3 ≈ 0.33", Fraction(1, 3)),
        ("≈ 0.33", 0.33),
        ("sqrt(1.6)", math.sqrt(1.6)),
    ],
)
def test_parse(text: str, value: Any) -> None:
    assert Number().parse(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nan", '"nan" is not a finite number'),
        ("NaN", '"NaN" is not a finite number'),
        ("inf", '"inf" is not a finite number'),
        ("-∞", '"infinity" is not a finite number'),
        ("1e999", '"1e999" is too large or too small'),
        ("0,75", "a comma is no decimal point and groups no digits: write 3.5 and 1000"),
        ("1/3 = 0.3", 'the sides of "=" differ: 1/3 and 0.3'),
        ("about 3", '"about" is no number and no known function'),
        ("3 cm", '"cm" is no number and no known function'),
        ("1/0", "it divides by zero"),
        ("%", "nothing is written"),
    ],
)
def test_refusals(reason: Callable[..., str], text: str, why: str) -> None:
    assert reason(Number(), text) == why


def test_hostile_responses(refuses: Callable[..., str], hostile: str) -> None:
    refuses(Number(), hostile)


@pytest.mark.parametrize(
    ("value", "text", "ok"),
    [
        (Fraction(1, 3), "1/3", True),
        (Fraction(1, 3), "0.33", True),  # 1 % off, the end included
        (Fraction(1, 3), "0.3299", False),
        (Fraction(1, 3), "0.337", False),
        (1.264911064067352, "1.26", True),
        (1.264911064067352, "sqrt(1.6)", True),
        (1.264911064067352, "1.6", False),
        (-2, "2", False),
        (0, "0", True),
        (0, "0.001", False),
        (0, "sqrt(2)^2 - 2", True),  # float noise
        (1e-5, "0.00001", True),
        (1e-5, "0", False),
    ],
)
def test_match_with_one_percent(value: Any, text: str, ok: bool) -> None:
    kind = Number()
    assert kind.match(value, kind.parse(text)).ok is ok


def test_match_says_how() -> None:
    kind = Number()
    rule = "within 1 % of the right value (0 must be exact)"
    assert kind.tolerance == rule
    assert kind.match(2, 2).how == "equal"
    assert kind.match(2, Fraction(201, 100)).how == f"within the tolerance ({rule})"
    assert kind.match(Fraction(7, 3), 3.5).how == f"3.5 is outside the tolerance ({rule})"
    assert "7/3" not in kind.match(Fraction(7, 3), 3.5).how


def test_absolute_tolerance_rules_at_zero() -> None:
    kind = Number(rtol=Fraction(0), atol=Fraction(1, 100))
    assert kind.tolerance == "within 0.01 of the right value"
    assert kind.match(0, Fraction(1, 100)).ok
    assert not kind.match(0, Fraction(101, 10000)).ok


def test_no_tolerance_is_exact_but_takes_what_the_key_prints() -> None:
    kind = Number(rtol=Fraction(0))
    assert kind.tolerance == "exact"
    assert not kind.match(Fraction(1, 3), kind.parse("0.333333")).ok
    assert kind.match(1 / 3, kind.parse("0.333333")).ok
    assert not kind.match(1 / 3, kind.parse("0.33333")).ok


def test_roads_agree_far_more_closely_than_responses_match() -> None:
    kind = Number()
    assert kind.agrees(Fraction(1, 3), 1 / 3)
    assert kind.match(100, Fraction(1005, 10)).ok
    assert not kind.agrees(100, Fraction(1005, 10))
    assert not kind.agrees(100.0, 100.00001)


@pytest.mark.parametrize(
    ("value", "digits", "latex"),
    [
        (Fraction(1, 3), 6, r"\frac{1}{3}"),
        (1 / 3, 6, "0.333333"),
        (1 / 3, 3, "0.333"),
        (Fraction(5, 4), 2, "1.25"),
        (-3, 6, "-3"),
    ],
)
def test_latex(value: Any, digits: int, latex: str) -> None:
    assert Number(digits=digits).latex(value) == latex


@pytest.mark.parametrize("bad", [{"rtol": 0.01}, {"atol": "0"}, {"rtol": None}])
def test_tolerances_are_fractions(bad: Any) -> None:
    with pytest.raises(TypeError, match=r"^Number: (rtol|atol) wants a Fraction"):
        Number(**bad)


@pytest.mark.parametrize("data", ["0.5", "1e3", None, [1], {"value": 1}, math.inf, math.nan])
def test_restore_refuses(data: Any) -> None:
    with pytest.raises(StoredValueError, match="is not a number as a manifest stores it"):
        Number().from_json(data)
