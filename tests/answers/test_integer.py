"""Integers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers import Integer, Match, StoredValueError

KIND = Integer()


@given(st.integers(-(10**30), 10**30))
def test_contract(keeps_contract: Callable[..., None], value: int) -> None:
    keeps_contract(KIND, value)


@pytest.mark.parametrize("raw", [910, np.int64(910), np.int32(910), torch.tensor(910), Fraction(1820, 2)])
def test_value(raw: Any) -> None:
    assert KIND.value(raw) == 910
    assert type(KIND.value(raw)) is int


@pytest.mark.parametrize("raw", [910.0, np.float64(910), "910", None, True, Fraction(1, 2), [910]])
def test_value_refuses(raw: Any) -> None:
    with pytest.raises(TypeError, match=r"^Integer: (an int|a number) is wanted, not "):
        KIND.value(raw)


@pytest.mark.parametrize(
    "text",
    [
        "910",
        "910.0",
        "+910",
        "0910",
        "9.1e2",
        "1820/2",
        "3*3*10*10 + 10",
        "3×3×10×10+10",
        "3·3·10·10 + 10",
        "3x3x10x10 + 10",
        r"$3\cdot 3\cdot 10\cdot 10 + 10$",
        "3*3*10*10 + 10 = 910",
        "3*3*10*10 + 10 = 900 + 10 = 910",
        "= 910",
        "(3^2)(10^2) + 10",
        "3²·10² + 10",
    ],
)
def test_parse(text: str) -> None:
    assert KIND.parse(text) == 910
    assert type(KIND.parse(text)) is int


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.5", "its value 1.5 is not whole"),
        ("1/3", "its value 1/3 is not whole"),
        ("sqrt(2)", "its value 1.41421 is not whole"),
        ("3*3 = 10", 'the sides of "=" differ: 9 and 10'),
        ("1000 = 1001", 'the sides of "=" differ: 1000 and 1001'),  # near is not equal here
        ("910 parameters", '"parameters" is no number and no known function'),
        ("1,000", "a comma is no decimal point and groups no digits: write 3.5 and 1000"),
        ("14 x 14 x", '"x" is no number and no known function'),
    ],
)
def test_refusals(reason: Callable[..., str], text: str, why: str) -> None:
    assert reason(KIND, text) == why


def test_hostile_responses(refuses: Callable[..., str], hostile: str) -> None:
    refuses(KIND, hostile)


def test_match() -> None:
    assert KIND.match(910, 910) == Match(True, "equal")
    assert KIND.match(910, 900) == Match(False, "900 is not the right value")
    assert "910" not in KIND.match(910, 900).how, "what is right is not given away"


def test_print_and_store() -> None:
    assert KIND.latex(-5) == "-5"
    assert KIND.text(-5) == "-5"
    assert KIND.to_json(5) == 5
    assert KIND.tolerance == "exact"


@pytest.mark.parametrize("data", [1.5, 5.0, "5/2", "5", None, [5], True])
def test_restore_refuses(data: Any) -> None:
    with pytest.raises(StoredValueError, match="is not an integer as a manifest stores it"):
        KIND.from_json(data)
