"""Exact numbers: canonical values, agreement of roads, print, storage."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers.arithmetic import read_number
from psetpress.answers.numbers import (
    agree,
    elements,
    exact_decimal,
    integer,
    json_number,
    latex_number,
    real,
    reduced,
    stored_number,
    text_number,
    unarray,
)

floats = st.floats(allow_nan=False, allow_infinity=False)
fractions = st.fractions(max_denominator=10**6)
reals = st.one_of(st.integers(-(10**40), 10**40), fractions, floats).map(real)


@pytest.mark.parametrize(
    ("raw", "value", "kind"),
    [
        (3, 3, int),
        (Fraction(3, 2), Fraction(3, 2), Fraction),
        (Fraction(6, 2), 3, int),
        (0.5, 0.5, float),
        (3.0, 3.0, float),
        (np.int64(7), 7, int),
        (np.uint8(7), 7, int),
        (np.float64(0.1), 0.1, float),
        (np.float32(0.5), 0.5, float),
        (np.array(4), 4, int),
        (np.array(0.25), 0.25, float),
        (torch.tensor(4), 4, int),
        (torch.tensor(0.1, dtype=torch.float64), 0.1, float),
        (torch.tensor(0.5, requires_grad=True), 0.5, float),
        (sympy.Integer(5), 5, int),
        (sympy.Rational(5, 4), Fraction(5, 4), Fraction),
        (sympy.Float(0.5), 0.5, float),
    ],
)
def test_real_keeps_value_and_exactness(raw: Any, value: Any, kind: type) -> None:
    assert real(raw) == value
    assert type(real(raw)) is kind


def test_negative_zero_is_zero() -> None:
    assert math.copysign(1, real(-0.0)) == 1


@pytest.mark.parametrize(
    "raw", [True, np.bool_(True), torch.tensor(True), "3", None, 1j, [3], np.array([3]), sympy.Symbol("x")]
)
def test_real_refuses_what_is_no_number(raw: Any) -> None:
    with pytest.raises(TypeError, match="a number is wanted, not "):
        real(raw)


@pytest.mark.parametrize("raw", [math.nan, math.inf, -math.inf, np.float64("nan"), torch.tensor(math.inf)])
def test_real_refuses_what_is_not_finite(raw: Any) -> None:
    with pytest.raises(ValueError, match=r"a finite number is wanted, not -?(nan|inf)"):
        real(raw)


def test_integer_takes_no_floats() -> None:
    assert integer(np.int32(3)) == 3
    with pytest.raises(TypeError, match=r"an int is wanted, not 3\.0 \(float\)"):
        integer(3.0)


def test_reduced() -> None:
    assert type(reduced(Fraction(4, 2))) is int
    assert type(reduced(Fraction(1, 2))) is Fraction
    assert type(reduced(2.0)) is float


def test_unarray_and_elements() -> None:
    assert unarray(np.arange(3)) == [0, 1, 2]
    assert unarray("text") == "text"
    assert elements(torch.arange(3)) == [0, 1, 2]
    assert elements((1, 2)) == [1, 2]
    assert elements(5) is None
    assert elements("12") is None


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (1, 1, True),
        (1, 2, False),
        (1, 1.0, True),
        (Fraction(1, 3), 1 / 3, True),
        (Fraction(1, 3), Fraction(333333333, 1000000000), False),  # exact numbers have no noise
        (1.0, 1.0 + 0.9e-9, True),
        (1.0, 1.0 + 1.2e-9, False),
        (0, 0.9e-12, True),
        (0, 1.1e-12, False),
        (1e300, 1e300 * (1 + 1e-10), True),
        (10**400, 1.0, False),
        (1.0, Fraction(10**400), False),
    ],
)
def test_agree(a: Any, b: Any, same: bool) -> None:
    assert agree(a, b) is same
    assert agree(b, a) is same


@pytest.mark.parametrize(
    ("x", "latex"),
    [
        (0, "0"),
        (-5, "-5"),
        (231211008, "231211008"),
        (Fraction(1, 2), "0.5"),
        (Fraction(-7, 4), "-1.75"),
        (Fraction(63, 64), "0.984375"),
        (Fraction(127, 128), r"\frac{127}{128}"),  # seven decimals
        (Fraction(1, 3), r"\frac{1}{3}"),
        (Fraction(-2, 3), r"-\frac{2}{3}"),
        (Fraction(1, 100000), "0.00001"),
        (Fraction(8, 4), "2"),
        (0.1, "0.1"),
        (-0.0, "0"),
        (1 / 3, "0.333333"),
        (2 / 3, "0.666667"),
        (-1.264911064, "-1.26491"),
        (40.0, "40"),
        (0.031005859375, "0.0310059"),
        (1.2e-5, r"1.2\cdot 10^{-5}"),
        (-1.2e-5, r"-1.2\cdot 10^{-5}"),
        (1e-5, "10^{-5}"),
        (-1e-5, "-10^{-5}"),
        (0.0001, "0.0001"),
        (1e6, "1000000"),
        (123456.7, "123457"),
        (1234567.0, r"1.23457\cdot 10^{6}"),
        (2.5e12, r"2.5\cdot 10^{12}"),
        (9.9999999, "10"),
        (999999.9, r"10^{6}"),
        (5e-324, r"5\cdot 10^{-324}"),
    ],
)
def test_latex_number(x: Any, latex: str) -> None:
    assert latex_number(x) == latex


@pytest.mark.parametrize(
    ("x", "style", "digits", "latex"),
    [
        (Fraction(1, 2), "frac", 6, r"\frac{1}{2}"),
        (Fraction(-1, 2), "frac", 6, r"-\frac{1}{2}"),
        (3, "frac", 6, "3"),
        (0.5, "frac", 6, "0.5"),
        (Fraction(1, 3), "decimal", 4, "0.3333"),
        (Fraction(2, 3), "decimal", 4, "0.6667"),
        (Fraction(1, 8), "decimal", 2, "0.13"),  # half up, as students round
        (Fraction(-1, 8), "decimal", 2, "-0.13"),
        (2.675, "decimal", 3, "2.68"),  # the digits seen, not the binary value 2.67499...
        (Fraction(1, 2), "decimal", 4, "0.5"),
        (Fraction(100000, 3), "decimal", 4, r"3.333\cdot 10^{4}"),
        (Fraction(1, 300000), "decimal", 2, r"3.3\cdot 10^{-6}"),
        (12345, "decimal", 2, "12345"),
    ],
)
def test_latex_number_styles(x: Any, style: Any, digits: int, latex: str) -> None:
    assert latex_number(x, style, digits) == latex


@pytest.mark.parametrize(
    ("x", "text", "rounded"),
    [
        (3, "3", "3"),
        (-3, "-3", "-3"),
        (Fraction(3, 2), "1.5", "1.5"),
        (Fraction(-1, 3), "-1/3", "-1/3"),
        (0.1, "~0.1", "0.1"),
        (1 / 3, "~0.3333333333333333", "0.333"),
        (1e-7, "~1e-07", "1e-7"),
        (-2.5e20, "~-2.5e+20", "-2.5e20"),
    ],
)
def test_text_number(x: Any, text: str, rounded: str) -> None:
    assert text_number(x) == text
    assert text_number(x, digits=3) == rounded


@pytest.mark.parametrize(
    ("x", "places", "decimal"),
    [
        (Fraction(5), 6, "5"),
        (Fraction(1, 8), 3, "0.125"),
        (Fraction(1, 8), 2, None),
        (Fraction(-1, 1000000), 6, "-0.000001"),
        (Fraction(1, 7), 6, None),
        (Fraction(7), 0, "7"),
    ],
)
def test_exact_decimal(x: Fraction, places: int, decimal: str | None) -> None:
    assert exact_decimal(x, places) == decimal


@pytest.mark.parametrize(("x", "stored"), [(3, 3), (Fraction(3, 2), "3/2"), (Fraction(-1, 3), "-1/3"), (0.1, 0.1)])
def test_json_number(x: Any, stored: Any) -> None:
    assert json_number(x) == stored
    assert stored_number(stored) == x


@pytest.mark.parametrize("data", ["1.5", "3", "1/2/3", " 1/2", "1e5", "", "__import__('os')"])
def test_stored_number_reads_fractions_only(data: str) -> None:
    with pytest.raises(ValueError, match='a fraction is stored as "3/2", not as '):
        stored_number(data)


@pytest.mark.parametrize("data", [None, [1], {"a": 1}, True])
def test_stored_number_refuses_other_json(data: Any) -> None:
    with pytest.raises(TypeError, match="a number is wanted"):
        stored_number(data)


@given(reals)
def test_text_reads_back(x: Any) -> None:
    assert read_number(text_number(x)) == x
    assert type(read_number(text_number(x))) is type(x)


@given(reals)
def test_json_reads_back(x: Any) -> None:
    back = stored_number(json.loads(json.dumps(json_number(x))))
    assert back == x
    assert type(back) is type(x)


@given(st.one_of(st.integers(-(10**15), 10**15), fractions))
def test_exact_latex_reads_back(x: Any) -> None:
    assert read_number(latex_number(x)) == x


@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_rounded_latex_is_near(x: float) -> None:
    """Six digits: at most half a unit of the sixth (5e-6 of the number), and the binary value beneath (1e-12)."""
    error = abs(Fraction(read_number(latex_number(x))) - Fraction(x))
    assert error <= abs(Fraction(x)) * Fraction(5_000_001, 10**12)


@given(reals, reals)
def test_agree_is_symmetric(a: Any, b: Any) -> None:
    assert agree(a, b) == agree(b, a)
    assert agree(a, a)
