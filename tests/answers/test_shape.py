"""Shapes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers import Match, Shape, StoredValueError

KIND = Shape()


@given(st.lists(st.integers(-5, 10**6), min_size=1, max_size=5).map(tuple))
def test_contract(keeps_contract: Callable[..., None], value: tuple[int, ...]) -> None:
    keeps_contract(KIND, value)


@given(st.lists(st.integers(1, 10**4), min_size=1, max_size=5).map(tuple))
def test_printed_forms_are_read(sizes: tuple[int, ...]) -> None:
    for text in (KIND.latex(sizes), f"${KIND.latex(sizes)}$", str(sizes), str(list(sizes)), "×".join(map(str, sizes))):
        assert KIND.parse(text) == sizes


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ((14, 14, 10), (14, 14, 10)),
        ([14, 14], (14, 14)),
        (490, (490,)),
        (np.zeros((2, 3)).shape, (2, 3)),
        (np.array([2, 3]), (2, 3)),
        (torch.zeros(2, 3).shape, (2, 3)),
        (np.int64(5), (5,)),
        ((Fraction(28, 2), 3), (14, 3)),
    ],
)
def test_value(raw: Any, value: tuple[int, ...]) -> None:
    assert KIND.value(raw) == value
    assert type(KIND.value(raw)) is tuple


@pytest.mark.parametrize("raw", [14.0, (14.5, 2), "14 x 14", None, (), ((1, 2),), (True,)])
def test_value_refuses(raw: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"^Shape: ints are wanted, not "):
        KIND.value(raw)


@pytest.mark.parametrize(
    "text",
    [
        "14 x 14 x 10",
        "14x14x10",
        "14 X 14 X 10",
        "14×14×10",
        "14 × 14 × 10",
        "(14, 14, 10)",
        "[14, 14, 10]",
        "14, 14, 10",
        "14,14,10",
        "((14, 14, 10))",
        "(14 x 14 x 10)",
        "14 by 14 by 10",
        "28/2 x 28/2 x 10",
        "28/2x28/2x10",
        "(28/2) x (28/2) x 10",
        "(28 + 2*1 - 3)/2 + 1/2 x 14 x 10",
        "floor(29/2) x 14 x 10",
        "⌊29/2⌋ × 14 × 10",
        r"$14 \times 14 \times 10$",
        r"\frac{28}{2} \times 14 \times 10",
        "torch.Size([14, 14, 10])",
        "Size([14, 14, 10])",
        "shape = (14, 14, 10)",
        "14 x 14 x 10 = 1960",
        "14 x 14 x 10 = 14*14*10 = 1960",
    ],
)
def test_natural_forms(text: str) -> None:
    assert KIND.parse(text) == (14, 14, 10)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("490", (490,)),
        ("(490,)", (490,)),
        ("[490]", (490,)),
        ("7*7*10 + 0", (490,)),
        ("490.0", (490,)),
        ("0 x 5", (0, 5)),
        ("-1 x 5", (-1, 5)),
    ],
)
def test_parse(text: str, value: tuple[int, ...]) -> None:
    assert KIND.parse(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("7*7*10", '"7*7*10" may be several sizes or one: write 7 x 7 x 10, or the product\'s value'),
        ("7·7", '"7*7" may be several sizes or one: write 7 x 7, or the product\'s value'),
        ("14 x 14.5", 'the size "14.5" is 14.5, which is not whole'),
        ("29/2 x 3", 'the size "29/2" is 14.5, which is not whole'),
        ("14 x W", 'in the size "W", "W" is no number and no known function'),
        ("14 x", 'in the size "14 x", "x" is no number and no known function'),
        ("14 × × 10", "a size is missing"),
        ("14,, 10", "a size is missing"),
        ("14 14 10", 'in the size "14 14 10", between "14 14" an operator is missing'),
        ("14 x 14 x 10 = 1961", 'the sizes multiply to 1960, not to "1961"'),
        ("()", "nothing is written"),
        ("1" + " x 1" * 16, "17 sizes are too many (at most 16)"),
        ("(14, 14", 'a ")" is missing'),
        ("[[1, 2], [3]]", 'in the size "[1, 2]", "[" is not understood'),
    ],
)
def test_refusals(reason: Callable[..., str], text: str, why: str) -> None:
    assert reason(KIND, text) == why


def test_hostile_responses(refuses: Callable[..., str], hostile: str) -> None:
    refuses(KIND, hostile)


def test_match() -> None:
    assert KIND.match((14, 14, 10), (14, 14, 10)) == Match(True, "all sizes right")
    assert KIND.match((14, 14, 10), (14, 14, 5)) == Match(False, "size 3 of 3 wrong, where 5 was read")
    assert KIND.match((32, 24, 3), (24, 32, 3)).how == "size 1 of 3 wrong, where 24 was read"
    assert KIND.match((14, 14, 10), (14, 14)) == Match(False, "3 sizes expected, read 2 sizes (14 x 14)")
    assert KIND.match((490,), (7, 7, 10)) == Match(False, "1 size expected, read 3 sizes (7 x 7 x 10)")


def test_print_and_store() -> None:
    assert KIND.latex((14, 14, 10)) == r"14 \times 14 \times 10"
    assert KIND.text((14, 14, 10)) == "14 x 14 x 10"
    assert KIND.to_json((14, 14, 10)) == [14, 14, 10]


@pytest.mark.parametrize("data", [None, 5, [], [1.5], ["14"], "14", {"a": 1}])
def test_restore_refuses(data: Any) -> None:
    with pytest.raises(StoredValueError, match="is not a shape as a manifest stores it"):
        KIND.from_json(data)
