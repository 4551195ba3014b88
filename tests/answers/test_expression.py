"""Expressions: formulas in named symbols."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from psetpress.answers import Expression, Match, StoredValueError

LAYER = Expression(("W", "H", "C", "K", "P", "S", "F"))
WIDTH = "floor((W + 2*P - K)/S) + 1"
WEIGHTS = "K^2*C*F"


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3) -> str:
    """Draw a formula that has a value wherever all symbols are positive."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(["W", "H", "C", "K", "2", "0.5", "13"]))
    a, b = draw(formulas(depth=depth - 1)), draw(formulas(depth=depth - 1))
    return draw(
        st.sampled_from(
            ["({0} + {1})", "({0} - {1})", "{0}*({1})", "({0})/({1} + 40)^2", "({0})^2", "floor({0})", "-{0}"]
        )
    ).format(a, b)


@settings(deadline=None)
@given(formulas())
def test_contract(keeps_contract: Callable[..., None], text: str) -> None:
    keeps_contract(LAYER, LAYER.value(text))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("K**2*C*F", WEIGHTS),
        ("floor((W+2*P-K)/S)+1", WIDTH),
        (3, "3"),
        (Fraction(1, 2), "1/2"),
        (sympy.Symbol("K") ** 2 * sympy.Symbol("C") / 2, "C*K^2/2"),
        (sympy.floor(sympy.Symbol("W") / sympy.Symbol("S")) + 1, "floor(W/S) + 1"),
        (sympy.ceiling(sympy.Symbol("W") / 2), "ceil(W/2)"),
        (sympy.sqrt(sympy.Symbol("W")), "sqrt(W)"),
        (sympy.Rational(1, 3), "1/3"),
    ],
)
def test_value(raw: Any, value: str) -> None:
    assert LAYER.value(raw) == value


@pytest.mark.parametrize("raw", [None, 0.5, True, ["W"], b"W"])
def test_value_refuses_other_types(raw: Any) -> None:
    with pytest.raises(TypeError, match=r"^Expression: a formula is wanted, not "):
        LAYER.value(raw)


@pytest.mark.parametrize("raw", ["Q + 1", "", "W +", sympy.Symbol("Q"), sympy.Symbol("W") > 0])
def test_value_refuses_other_formulas(raw: Any) -> None:
    with pytest.raises(ValueError, match=r"^Expression: cannot read '.*': "):
        LAYER.value(raw)


@pytest.mark.parametrize(
    "text",
    [
        "K^2*C*F",
        "K**2 * C * F",
        "K^2CF",
        "K²CF",
        "K K C F",
        "C F K^2",
        "F*(K*K*C)",
        "F·K·K·C",
        "F × K × K × C",
        r"$K^2 C F$",
        r"K^{2} \cdot C \cdot F",
        "(K*K)(C*F)",
        "K^2*C*(F + 1) - K^2*C",
        "2*K^2*C*F/2",
        "C*F/(1/K)^2",
    ],
)
def test_equal_responses_match(text: str) -> None:
    assert LAYER.match(WEIGHTS, LAYER.parse(text)).ok


@pytest.mark.parametrize("text", ["K^2*F", "K*C*F", "K^2*C*F + F", "K^2*C", "0", "K^2*C*F + 10^-12", "K^2*C*C"])
def test_other_responses_do_not_match(text: str) -> None:
    assert LAYER.match(WEIGHTS, LAYER.parse(text)).ok is False


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("floor((W - K + 2P)/S) + 1", True),
        ("⌊(W + 2P − K)/S⌋ + 1", True),
        (r"\left\lfloor \frac{W+2P-K}{S} \right\rfloor + 1", True),
        ("floor((W + 2P - K + S)/S)", True),
        ("ceil((W + 2P - K + 1)/S)", True),  # the same for integers
        ("(W + 2P - K)/S + 1", False),
        ("floor((W + P - K)/S) + 1", False),
        ("ceil((W + 2P - K)/S) + 1", False),
        ("floor((W + 2P - K)/S)", False),
        ("floor((H + 2P - K)/S) + 1", False),
    ],
)
def test_floors(text: str, ok: bool) -> None:
    assert LAYER.match(WIDTH, LAYER.parse(text)).ok is ok


def test_match_says_how() -> None:
    assert LAYER.match(WEIGHTS, WEIGHTS) == Match(True, "the same formula")
    assert LAYER.match(WEIGHTS, "C*F*K^2") == Match(True, "symbolically equal")
    assert LAYER.match(WIDTH, "floor((W + 2*P - K + S)/S)") == Match(True, "equal at all 60 points tried")
    wrong = LAYER.match(WEIGHTS, "K^2*F")
    assert wrong.how.startswith("not equal to the right answer: at C = ")
    assert "K^2*C*F" not in wrong.how
    constant = Expression(())
    assert constant.match("4", "2^2") == Match(True, "equal")
    assert constant.match("4", "5") == Match(False, "not equal to the right answer: it gives 5")


def test_agreement_is_equality() -> None:
    assert LAYER.agrees(WEIGHTS, "C*F*K^2")
    assert not LAYER.agrees(WEIGHTS, "C*F*K^2 + 1/10^15")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("k^2", '"k" is no known symbol (did you mean "K"?); known are K, C, capital and small letters differ'),
        ("Q", '"Q" is no known symbol; known are K, C, capital and small letters differ'),
        ("K^2 - ", 'after "-" something is missing'),
        ("1/2K", 'after "/" the product "2 K" can be read in two ways: write parentheses and "*"'),
        ("K = C", 'one "=" too many'),
        ("K; C", '";" is not understood'),
        ("round(K)", '"round" is no known symbol; known are K, C, capital and small letters differ'),
        ("eval('1')", '"eval" is no known symbol; known are K, C, capital and small letters differ'),
        ("K.__class__", '"." is not understood'),
    ],
)
def test_refusals(reason: Callable[..., str], text: str, why: str) -> None:
    assert reason(Expression(("K", "C")), text) == why


def test_what_is_accepted_names_the_symbols() -> None:
    assert Expression(("K", "C")).accepts == (
        "a formula in K, C with + - * / ^, parentheses, floor, ceil, sqrt, exp, log and abs; "
        "capital and small letters differ"
    )
    assert Expression().accepts.startswith("a formula with + - * / ^")


def test_hostile_responses(refuses: Callable[..., str], hostile: str) -> None:
    if hostile.startswith(("9**", "9^", "10^400")):
        assert LAYER.judge(WEIGHTS, hostile).ok is False  # a formula like others, until it is evaluated
    else:
        refuses(LAYER, hostile)


@pytest.mark.parametrize(
    "text",
    ["9**9**9", "W^9^9^9", "(W + H + C + K)^1000 - (H + W + C + K)^1000", "W^999^2", "10^400*10^400*10^400*10^400"],
)
def test_formulas_that_cannot_be_evaluated_are_wrong_at_once(text: str) -> None:
    assert LAYER.match(WEIGHTS, LAYER.parse(text)).ok is False


def test_a_power_is_bounded_before_it_is_worked_out() -> None:
    """Else each of the points would cost a number of four million bits."""
    response = LAYER.parse("(3^1000*3^1000*3^500 + W - W)^1000*W")
    started = time.perf_counter()
    assert LAYER.match(WEIGHTS, response).ok is False
    assert time.perf_counter() - started < 3.0


def test_a_normal_form_that_grows_too_long_is_refused(reason: Callable[..., str]) -> None:
    text = "-" * 100 + "W"  # reads well, but prints with a hundred parentheses
    assert reason(LAYER, text) == "brackets are nested deeper than 50"


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        (("1x",), "Expression: '1x' cannot name a symbol"),
        (("floor",), "Expression: 'floor' cannot name a symbol"),
        (("a b",), "Expression: 'a b' cannot name a symbol"),
        (("_x",), "Expression: '_x' cannot name a symbol"),
        (("W", "W"), "Expression: a symbol stands twice in"),
    ],
)
def test_symbols_are_names(symbols: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=r"^Expression: ") as caught:
        Expression(symbols)
    assert message in str(caught.value)


def test_keywords_and_greek_letters_are_symbols() -> None:
    kind = Expression(("lambda", "sigma", "x"))
    assert kind.parse("2λσ x") == "2*lambda*sigma*x"
    assert kind.latex(kind.parse("λ/σ²")) == r"\frac{\lambda}{\sigma^{2}}"
    assert kind.match("lambda*sigma", kind.parse(r"\sigma\lambda")).ok


def test_symbols_may_be_a_list() -> None:
    kind = Expression(symbols=["W"])  # type: ignore[arg-type]
    assert kind == Expression(("W",))
    assert hash(kind) == hash(Expression(("W",)))


def test_print_and_store() -> None:
    assert LAYER.latex(LAYER.value("K**2*C*F")) == "K^{2} C F"
    assert LAYER.latex(WIDTH) == r"\left\lfloor \frac{W + 2 P - K}{S}\right\rfloor + 1"
    assert LAYER.text(WIDTH) == WIDTH
    assert LAYER.to_json(WIDTH) == WIDTH
    assert LAYER.perturb(WIDTH) == f"{WIDTH} + 1"


@pytest.mark.parametrize("data", [None, 5, ["W"], "Q", "", "W +"])
def test_restore_refuses(data: Any) -> None:
    with pytest.raises(StoredValueError, match="is not an expression as a manifest stores it"):
        LAYER.from_json(data)


def test_nothing_is_evaluated_by_python_or_parsed_by_sympy() -> None:
    """A response reaches neither eval nor SymPy's parser: both are taken away."""
    code = (
        "import builtins, sympy, sympy.parsing.sympy_parser as parser\n"
        "from psetpress.answers import Expression\n"
        "def forbidden(*args, **kwargs): raise AssertionError(args)\n"
        "kind = Expression(('W', 'K')); kind.match('W', 'K + W - K')\n"
        "sympy.sympify = parser.parse_expr = parser.eval_expr = builtins.eval = forbidden\n"
        "assert kind.match('(W + K)^2', kind.parse('W^2 + 2WK + K^2')).ok\n"
        "print(kind.latex(kind.parse('floor(W/K)')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == r"\left\lfloor \frac{W}{K}\right\rfloor", done.stderr
