"""Numbers as students write them."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers.arithmetic import MAX_BITS, Numbers, read_number, read_sides
from psetpress.answers.base import Unreadable
from psetpress.answers.formula import fold, formula


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("+3", 3),
        ("− 3", -3),
        ("–3", -3),
        ("--3", 3),
        ("007", 7),
        ("1.50", Fraction(3, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("7/4", Fraction(7, 4)),
        ("8/4", 2),
        ("1e-3", Fraction(1, 1000)),
        ("1.2E2", 120),
        ("1.2*10^-5", Fraction(12, 10**6)),
        ("1.2·10^{-5}", Fraction(12, 10**6)),
        (r"1.2 \cdot 10^{-5}", Fraction(12, 10**6)),
        ("1.2 × 10⁻⁵", Fraction(12, 10**6)),
        ("3*3*10*10 + 10", 910),
        ("3×3×10×10+10", 910),
        ("3x3x10x10 + 10", 910),
        ("3 X 3", 9),
        ("3·3·10·10 + 10", 910),
        ("0x10", 0),  # a product, no hexadecimal number
        ("2(3 + 4)", 14),
        ("(1+1)(2+3)", 10),
        ("2^10", 1024),
        ("2**10", 1024),
        ("2^-3", Fraction(1, 8)),
        ("2^(1+1)^2", 16),
        ("2^3^2", 512),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("2 - 2^-2", Fraction(7, 4)),
        ("4^(1/2)", 2),
        ("sqrt(49/4)", Fraction(7, 2)),
        ("√49", 7),
        ("floor(7/2) + 1", 4),
        ("⌊7/2⌋ + 1", 4),
        (r"\left\lfloor\frac{7}{2}\right\rfloor", 3),
        ("ceil(7/2)", 4),
        ("⌈7/2⌉", 4),
        ("floor(-7/2)", -4),
        ("abs(-3/2)", Fraction(3, 2)),
        ("exp(0)", 1),
        ("log(1)", 0),
        (r"\frac{1}{2}", Fraction(1, 2)),
        (r"-\tfrac{1}{2}", Fraction(-1, 2)),
        (r"\frac12", Fraction(1, 2)),
        (r"\frac{\frac{1}{2}}{3}", Fraction(1, 6)),
        (r"$\frac{1}{2}$", Fraction(1, 2)),
        ("75 %", Fraction(3, 4)),
        ("75%", Fraction(3, 4)),
        (r"75\%", Fraction(3, 4)),
        ("75 percent", Fraction(3, 4)),
        ("100 %", 1),
    ],
)
def test_exact(text: str, value: Any) -> None:
    assert read_number(text) == value
    assert type(read_number(text)) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("~0.1", 0.1),
        ("≈ 0.1", 0.1),
        (r"\approx 3", 3.0),
        ("~1e-300", 1e-300),
        ("~33 %", 0.33),
        ("sqrt(2)", math.sqrt(2)),
        ("√2", math.sqrt(2)),
        ("2^0.5", math.sqrt(2)),
        ("exp(1)", math.e),
        ("ln(10)", math.log(10)),
        ("log(10)", math.log(10)),
        ("2π", 2 * math.pi),
        ("2*pi", 2 * math.pi),
        ("8^(1/3)", 8 ** (1 / 3)),
        ("1/3 + sqrt(2)", 1 / 3 + math.sqrt(2)),
        ("floor(sqrt(2))*1.0", 1),
    ],
)
def test_floats(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nothing is written"),
        ("   ", "nothing is written"),
        ("nan", '"nan" is not a finite number'),
        ("-inf", '"inf" is not a finite number'),
        ("Infinity", '"Infinity" is not a finite number'),
        ("∞", '"infinity" is not a finite number'),
        ("3,5", "a comma is no decimal point and groups no digits: write 3.5 and 1000"),
        ("1,000", "a comma is no decimal point and groups no digits: write 3.5 and 1000"),
        ("1 000", 'between "1 000" an operator is missing'),
        ("1.2.3", 'between "1.2 .3" an operator is missing'),
        ("(3)4", 'between ") 4" an operator is missing'),
        ("2+*3", 'after "+" something is missing'),
        ("2+", 'after "+" something is missing'),
        ("*3", 'before "*" something is missing'),
        ("(*3)", 'before "*" something is missing'),
        ("()", "the parentheses () are empty"),
        ("floor()", "the parentheses () are empty"),
        ("(1", 'a "(" is not closed'),
        ("1)", 'a ")" has no "("'),
        ("1/0", "it divides by zero"),
        ("0^-1", "it divides by zero"),
        ("1/(2-2)", "it divides by zero"),
        ("1/2(3)", 'after "/" the product "2 (" can be read in two ways: write parentheses and "*"'),
        ("sqrt(-4)", "sqrt of -4 is not a real number"),
        ("log(0)", "log of 0 is not a real number"),
        ("(-8)^(1/3)", "a broken power of -8 is not a real number"),
        ("(-8)^(1/2)", "a broken power of -8 is not a real number"),
        ("9**9**9", "an exponent is too large (at most 1000)"),
        ("2^-1001", "an exponent is too large (at most 1000)"),
        ("(10^300)^100", "its value is too large"),
        ("10^400*10^400*10^400*10^400", "its value is too large"),
        ("exp(1000)", "its value is too large"),
        ("~10^400", "its value is too large"),
        ("sqrt(2)*10^400", "its value is too large"),
        ("1e401", '"1e401" is too large or too small'),
        ("1e-999999999999", '"1e-999999999999" is too large or too small'),
        ("5!", '"!" is not understood'),
        ("1 = 2", 'one "=" too many'),
        ("x", '"x" is no number and no known function'),
        ("three", '"three" is no number and no known function'),
        ("floor 3", '"floor" needs its argument in parentheses'),
        ("\\frac{1}", '"\\frac{1}" has no denominator in braces'),
        ("\\frac{1", 'a "{" is not closed'),
        ("3; 4", '";" is not understood'),
        ("१", '"१" is not understood'),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_number(text)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("5", (5,)),
        ("= 5", (5,)),
        ("3*3 = 9", (9, 9)),
        ("1/3 ≈ 0.333", (Fraction(1, 3), 0.333)),
        ("1/3 =~ 0.333", (Fraction(1, 3), 0.333)),
        ("~0.5", (0.5,)),
        ("1 = 2 = 3", (1, 2, 3)),
    ],
)
def test_sides(text: str, values: tuple[Any, ...]) -> None:
    assert read_sides(text) == values


@pytest.mark.parametrize("text", ["3 =", "3 == 3", "= = 3"])
def test_sides_must_be_there(text: str) -> None:
    with pytest.raises(Unreadable, match='beside "=" something is missing'):
        read_sides(text)


def test_values_stay_bearable() -> None:
    """Every intermediate result is bounded, so no text of bearable length takes long."""
    largest = "2^1000*2^1000*2^1000*2^1000*2^95"
    assert int(read_number(largest)).bit_length() == MAX_BITS
    with pytest.raises(Unreadable, match="its value is too large"):
        read_number(f"{largest}*2")
    started = time.perf_counter()
    with pytest.raises(Unreadable):
        read_number("*".join(["1/(3^1000)"] * 20))
    assert time.perf_counter() - started < 0.5


def test_long_formulas_are_refused_and_short_ones_read() -> None:
    assert read_number("+".join(["1"] * 125)) == 125
    with pytest.raises(Unreadable, match="it has more than 250 numbers and signs"):
        read_number("+".join(["1"] * 126))
    with pytest.raises(Unreadable, match=r'"1\+1\+1\+1\+1\+1\+1\+1\+1\+1\+\.\.\." is too long \(1999 characters'):
        read_number("+".join(["1"] * 1000))


def test_brackets_have_a_depth() -> None:
    assert read_number("(" * 49 + "1" + ")" * 49) == 1
    with pytest.raises(Unreadable, match="brackets are nested deeper than 50"):
        read_number("(" * 50 + "1" + ")" * 50)


def test_symbols_take_values() -> None:
    parsed = formula("floor((W + 2P - K)/S) + 1", ("W", "P", "K", "S"))
    assert fold(parsed, Numbers({"W": 32, "P": 2, "K": 5, "S": 2})) == 16


def test_a_symbol_called_pi_is_what_the_problem_says() -> None:
    assert fold(formula("2 pi", ("pi",)), Numbers({"pi": 3})) == 6


integers = st.integers(-999, 999)


@st.composite
def computations(draw: st.DrawFn, depth: int = 4) -> tuple[str, Fraction]:
    """Draw a text and its value, worked out by fractions only: the second road."""
    if depth == 0 or draw(st.booleans()):
        number = draw(integers)
        return (str(number), Fraction(number)) if number >= 0 else (f"({number})", Fraction(number))
    (a, x), (b, y) = draw(computations(depth - 1)), draw(computations(depth - 1))
    operator = draw(st.sampled_from("+-*/^"))
    if operator == "/" and y == 0:
        operator = "+"
    if operator == "^":
        return f"({a})^2", x**2
    value = {"+": x + y, "-": x - y, "*": x * y, "/": x / y if y else x}[operator]
    space = draw(st.sampled_from(["", " "]))
    return f"({a}{space}{operator}{space}{b})", value


@given(computations())
def test_arithmetic_agrees_with_fractions(case: tuple[str, Fraction]) -> None:
    text, value = case
    assert read_number(text) == value


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Unreadable):
        number = read_number(text)
        assert isinstance(number, int | Fraction | float)
        assert not isinstance(number, float) or math.isfinite(number)


@given(st.text(alphabet="0123456789.eE+-*/^()x×·~%=floorsqtanbcip √⌊⌋²{}\\", max_size=40))
def test_any_arithmetic_is_read_or_refused(text: str) -> None:
    with suppress(Unreadable):
        numbers = read_sides(text)
        assert all(isinstance(number, int | Fraction | float) for number in numbers)
