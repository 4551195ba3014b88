"""One rule for near enough: |r - v| <= atol + rtol * |v|, both ends included."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers import Number
from psetpress.answers.numbers import agree, latex_number, real
from psetpress.answers.tolerance import (
    PERCENT,
    beyond,
    check,
    entrywise,
    margin,
    says,
    says_entrywise,
    within,
)

NONE = Fraction(0)


@pytest.mark.parametrize(
    ("value", "response", "rtol", "atol", "near"),
    [
        (100, 101, PERCENT, NONE, True),
        (100, 99, PERCENT, NONE, True),
        (100, Fraction(10101, 100), PERCENT, NONE, False),
        (100, Fraction(9899, 100), PERCENT, NONE, False),
        (-100, -101, PERCENT, NONE, True),
        (-100, 100, PERCENT, NONE, False),
        (100, 101.0, PERCENT, NONE, True),
        (0.1, Fraction(101, 1000), PERCENT, NONE, True),
        (0, 0, PERCENT, NONE, True),
        (0, Fraction(1, 10**20), PERCENT, NONE, False),  # zero is met exactly
        (0, 1e-13, PERCENT, NONE, True),  # but float noise is zero
        (0, 1e-11, PERCENT, NONE, False),
        (1e-17, 0, PERCENT, NONE, True),
        (0, Fraction(1, 100), PERCENT, Fraction(1, 100), True),
        (0, Fraction(11, 1000), PERCENT, Fraction(1, 100), False),
        (10, Fraction(1011, 100), PERCENT, Fraction(1, 100), True),  # the two add up
        (10, Fraction(1012, 100), PERCENT, Fraction(1, 100), False),
        (2, 2**0.5 * 2**0.5, NONE, NONE, True),
        (2, Fraction(2000001, 10**6), NONE, NONE, False),
        (1e300, Fraction(10**300), NONE, NONE, True),
        (10**400, 10**400 + 1, PERCENT, NONE, True),
        (10**400, 1.0, PERCENT, NONE, False),
    ],
)
def test_within(value: Any, response: Any, rtol: Fraction, atol: Fraction, near: bool) -> None:
    assert within(value, response, rtol, atol) is near


@given(
    value=st.fractions(-1000, 1000, max_denominator=10**6),
    share=st.fractions(-2, 2, max_denominator=10**4),
    scale=st.integers(-330, 330),
    rtol=st.sampled_from((NONE, PERCENT)),
    atol=st.sampled_from((NONE, Fraction(1, 100))),
)
def test_exact_numbers_follow_the_rule_to_the_digit(
    value: Fraction, share: Fraction, scale: int, rtol: Fraction, atol: Fraction
) -> None:
    """At and around the ends of what is accepted, at sizes that floats cannot hold too."""
    value *= Fraction(10) ** scale
    response = value + share * (atol + rtol * abs(value))
    assert within(value, response, rtol, atol) is (abs(share) <= 1 or response == value)


@given(value=st.floats(-1e6, 1e6), share=st.sampled_from((Fraction(999, 1000), Fraction(1001, 1000))))
def test_float_keys_follow_the_rule_too(value: float, share: Fraction) -> None:
    response = Fraction(value) + share * margin(value, PERCENT, NONE)
    assert within(value, response, PERCENT, NONE) is (share < 1 or agree(value, response))


def test_a_float_key_accepts_what_it_prints() -> None:
    assert latex_number(1 / 3) == "0.333333"
    assert within(1 / 3, Fraction(333333, 10**6), NONE, NONE)
    assert not within(1 / 3, Fraction(33333, 10**5), NONE, NONE)
    assert margin(1 / 3, NONE, NONE) == Fraction(1, 2 * 10**6)
    assert margin(Fraction(1, 3), NONE, NONE) == 0, "a fraction prints exactly"
    assert margin(1.2e-5, NONE, NONE) == Fraction(5, 10**11)


@pytest.mark.parametrize(
    ("rtol", "atol", "text"),
    [
        (PERCENT, NONE, "within 1 % of the right value (0 must be exact)"),
        (Fraction(1, 1000), NONE, "within 0.1 % of the right value (0 must be exact)"),
        (PERCENT, Fraction(1, 100), "within 1 % of the right value plus 0.01"),
        (NONE, Fraction(1, 2), "within 0.5 of the right value"),
        (NONE, NONE, "exact"),
    ],
)
def test_the_rule_in_words(rtol: Fraction, atol: Fraction, text: str) -> None:
    assert says(rtol, atol) == text


def test_entries() -> None:
    assert entrywise([1, 2, 3], PERCENT, NONE) == (0, 0), "a table of integers is exact"
    assert entrywise([1, Fraction(3, 2)], PERCENT, NONE) == (PERCENT, 0)
    assert entrywise([1.0, 2.0], PERCENT, NONE) == (PERCENT, 0)
    assert says_entrywise(NONE, NONE) == "exact"
    assert says_entrywise(PERCENT, NONE) == (
        "exact if all values are integers, else each within 1 % of the right value (0 must be exact)"
    )


@pytest.mark.parametrize("given_rtol", [0.01, "1%", None, True])
def test_tolerances_are_exact_numbers(given_rtol: Any) -> None:
    with pytest.raises(TypeError, match=r"Number: rtol wants a Fraction such as Fraction\(1, 100\), not "):
        check("Number", given_rtol, NONE)


def test_no_tolerance_takes_wrong_answers_for_right_ones() -> None:
    assert Number(rtol=Fraction(1, 10)).match(100, 110).ok
    with pytest.raises(ValueError, match=r"Number: rtol 9 would accept wrong answers; at most 1/10 is allowed"):
        Number(rtol=Fraction(9))


def test_tolerances_are_not_negative() -> None:
    with pytest.raises(ValueError, match="Matrix: atol cannot be negative, as -1 is"):
        check("Matrix", PERCENT, Fraction(-1))


tolerances = st.fractions(0, Fraction(1, 2), max_denominator=10**4)
reals = st.one_of(
    st.integers(-(10**12), 10**12),
    st.fractions(max_denominator=10**6),
    st.floats(allow_nan=False, allow_infinity=False),
).map(real)


@given(reals, tolerances, tolerances)
def test_beyond_is_beyond(value: Any, rtol: Fraction, atol: Fraction) -> None:
    assert within(value, value, rtol, atol)
    assert not within(value, beyond(value, rtol, atol), rtol, atol)


@given(reals, reals, tolerances, tolerances)
def test_a_wider_tolerance_refuses_nothing_more(a: Any, b: Any, rtol: Fraction, atol: Fraction) -> None:
    if within(a, b, rtol, atol):
        assert within(a, b, rtol * 2, atol * 2)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_key_accepts_its_own_print(value: float) -> None:
    from psetpress.answers.arithmetic import read_number

    assert within(value, read_number(latex_number(value)), NONE, NONE)
