"""Equality of formulas at points, and by polynomial arithmetic."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psetpress.answers import points, symbolic
from psetpress.answers.formula import Formula, formula

SYMBOLS = ("W", "P", "K", "S", "a", "n", "p")


def read(text: str) -> Formula:
    return formula(text, SYMBOLS)


EQUAL = [
    ("W + P", "P + W"),
    ("(W + P)^2", "W^2 + 2*W*P + P^2"),
    ("K^2*W", "K*K*W"),
    ("W/S + P/S", "(W + P)/S"),
    ("1/(1/W)", "W"),
    ("W^-2", "1/W^2"),
    ("(W^2 - P^2)/(W - P)", "W + P"),
    ("0.5*W", "W/2"),
    ("K + (n - 1)*(K - 1)", "n*(K - 1) + 1"),
    ("W - W", "0"),
    ("W*0", "P - P"),
]
DIFFERENT = [
    ("W + P", "W - P"),
    ("K^2*W", "K*W"),
    ("W/S", "W/S + 1"),
    ("n*(K - 1) + 1", "n*K"),
    ("n*(K - 1) + 1", "n*(K - 1)"),
    ("W", "P"),
    ("W", "W + W/1000000"),
    ("W*P", "W + P"),
    ("2", "3"),
]
ONLY_AT_POINTS = [
    ("floor((W - K)/S) + 1", "ceil((W - K + 1)/S)"),  # equal for integers only
    ("floor((W + 2*P - K)/S) + 1", "floor((W + 2*P - K + S)/S)"),
    ("sqrt(W^2)", "W"),
    ("abs(-W)", "W"),
    ("exp(log(W))", "W"),
    ("(1 - a^(n+1))/(1 - a)", "(a^(n+1) - 1)/(a - 1)"),
    ("a^n*a", "a^(n+1)"),
    ("sqrt(p*(1 - p))^2", "p - p^2"),
    ("2^-n", "(1/2)^n"),
    ("floor(W)", "W"),
]
DIFFERENT_AT_POINTS = [
    ("floor((W + 2*P - K)/S) + 1", "(W + 2*P - K)/S + 1"),
    ("floor((W + 2*P - K)/S) + 1", "floor((W + P - K)/S) + 1"),
    ("floor((W + 2*P - K)/S) + 1", "ceil((W + 2*P - K)/S) + 1"),
    ("floor((W + 2*P - K)/S) + 1", "floor((W + 2*P - K)/S)"),
    ("floor((W + 2*P - K)/S) + 1", "floor((W + 2*P - K + 1)/S)"),
    ("sqrt(W + P)", "sqrt(W) + sqrt(P)"),
    ("exp(W)", "exp(W) + exp(-W)/1000"),
    ("a^n", "a^(n+1)"),
    ("log(W*P)", "log(W)*log(P)"),
]


@pytest.mark.parametrize(("a", "b"), EQUAL + ONLY_AT_POINTS)
def test_equal_at_points(a: str, b: str) -> None:
    assert points.compare(read(a), read(b)).equal
    assert points.compare(read(b), read(a)).equal


@pytest.mark.parametrize(("a", "b"), DIFFERENT + DIFFERENT_AT_POINTS)
def test_different_at_points(a: str, b: str) -> None:
    assert not points.compare(read(a), read(b)).equal
    assert not points.compare(read(b), read(a)).equal


@pytest.mark.parametrize(("a", "b"), [pair for pair in EQUAL if any(name in "".join(pair) for name in SYMBOLS)])
def test_polynomials_prove_equality(a: str, b: str) -> None:
    assert symbolic.identical(read(a), read(b)) is True


@pytest.mark.parametrize(("a", "b"), DIFFERENT[:-1])
def test_polynomials_refute_equality(a: str, b: str) -> None:
    assert symbolic.identical(read(a), read(b)) is False


@pytest.mark.parametrize(
    ("a", "b"), ONLY_AT_POINTS + DIFFERENT_AT_POINTS + [("2", "3"), ("W^17", "W^17"), ("W/0", "W"), ("0^-1", "W")]
)
def test_polynomials_leave_the_rest_to_points(a: str, b: str) -> None:
    assert symbolic.identical(read(a), read(b)) is None


def test_degrees_are_bounded_before_anything_is_multiplied_out() -> None:
    towering = "((W + P + K + S)^16*(W + P + K + S + 1)^16)^16"
    started = time.perf_counter()
    assert symbolic.identical(read(towering), read(f"{towering} + 0")) is None
    assert time.perf_counter() - started < 1.0
    assert symbolic.identical(read("(W + P)^16"), read("(P + W)^16")) is True


def test_a_large_but_allowed_power_takes_no_time() -> None:
    symbolic.identical(read("W"), read("W"))  # imports SymPy
    started = time.perf_counter()
    assert symbolic.identical(read("(W + P + K + S + a + n)^8"), read("(n + a + S + K + P + W)^8")) is True
    assert time.perf_counter() - started < 2.0


def test_the_difference_is_shown_without_the_right_value() -> None:
    found = points.compare(read("K^2"), read("K"))
    assert found.difference is not None
    point, value = found.difference
    assert point["K"] == value
    assert found.says() == f"not equal to the right answer: at K = {point['K']} it gives {points.text_number(value)}"
    assert points.compare(read("2"), read("3")).says() == ("not equal to the right answer: it gives 3")


def test_undefined_responses_are_not_right() -> None:
    found = points.compare(read("W"), read("W + 0/(P - P)"))
    assert not found.equal
    assert found.says() == "not defined where the right answer is"
    assert not points.compare(read("W"), read("log(-W)")).equal
    assert not points.compare(read("log(-W)"), read("log(-W)")).equal, "no point says anything"


def test_few_undefined_points_do_not_matter() -> None:
    assert points.compare(read("floor(W)"), read("floor(W)*(P - K)/(P - K)")).equal


@pytest.mark.parametrize("whole", [True, False])
def test_points_are_the_same_every_time(whole: bool) -> None:
    some = points.points(("K", "W"), whole)
    assert len(some) == points.COUNT
    points.points.cache_clear()
    assert points.points(("K", "W"), whole) == some
    values = [x for point in some for x in point.values()]
    assert all((x > 0 and x != 1) or whole for x in values)
    assert all(isinstance(x, int if whole else Fraction) for x in values)
    if not whole:
        assert sum(x < 1 for x in values) == len(values) // 2


def test_floors_bite_at_most_points() -> None:
    """Else a formula without its floor could slip through."""
    some = points.points(("K", "P", "S", "W"), True)
    assert sum((p["W"] + 2 * p["P"] - p["K"]) % p["S"] != 0 for p in some) > points.COUNT // 2


coefficients = st.integers(-3, 3)


@settings(deadline=None)
@given(st.lists(coefficients, min_size=3, max_size=3), st.lists(coefficients, min_size=3, max_size=3))
def test_both_judges_agree_on_polynomials(a: list[int], b: list[int]) -> None:
    p = read(f"({a[0]}) + ({a[1]})*W + ({a[2]})*W*K^2")
    q = read(f"({b[2]})*K*K*W + ({b[1]})*W + ({b[0]})")
    same = a == b
    assert points.compare(p, q).equal is same
    assert symbolic.identical(p, q) is same
