"""Formulas: tokens, products without a sign, trees, and how they print."""

from __future__ import annotations

import ast
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers.arithmetic import Numbers
from psetpress.answers.base import Unreadable
from psetpress.answers.formula import fold, formula
from psetpress.answers.printing import latex, latex_symbol, normal
from psetpress.answers.tokens import tokenize

SYMBOLS = ("W", "P", "K", "S", "C", "F", "n_in", "beta", "lambda")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2P", "2*P"),
        ("2 P", "2*P"),
        ("2P(K-1)", "2*P*(K - 1)"),
        ("K(K-1)", "K*(K - 1)"),
        ("(K-1)(P+1)", "(K - 1)*(P + 1)"),
        ("(K-1)P", "(K - 1)*P"),
        ("K C F", "K*C*F"),
        ("KCF", "K*C*F"),
        ("K^2CF", "K^2*C*F"),
        ("K²CF", "K^2*C*F"),
        ("K**2*C*F", "K^2*C*F"),
        ("K·K·C·F", "K*K*C*F"),
        ("3x3", "3*3"),
        ("2 n_in", "2*n_in"),
        ("2λβ", "2*lambda*beta"),
        (r"\lambda\beta", "lambda*beta"),
        ("floor(W)P", "floor(W)*P"),
        ("P floor(W)", "P*floor(W)"),
        ("W/(2P)", "W/(2*P)"),
        ("(W/2)P", "W/2*P"),
        ("W/2 + 2P", "W/2 + 2*P"),
        ("W/2*P", "W/2*P"),
        ("W/(K)", "W/K"),
        ("W/floor(2P)", "W/floor(2*P)"),
        ("2P/S", "2*P/S"),
        ("2^KC", "2^K*C"),
    ],
)
def test_products_are_written_out(text: str, expected: str) -> None:
    assert normal(formula(text, SYMBOLS)) == expected


@pytest.mark.parametrize(
    ("text", "symbols", "reason"),
    [
        ("W/2P", ("W", "P"), 'after "/" the product "2 P" can be read in two ways: write parentheses and "*"'),
        ("W/P(K)", SYMBOLS, 'after "/" the product "P (" can be read in two ways: write parentheses and "*"'),
        ("1/KC", SYMBOLS, 'after "/" the product "K C" can be read in two ways: write parentheses and "*"'),
        ("W/2^2P", SYMBOLS, 'after "/" the product "2 P" can be read in two ways: write parentheses and "*"'),
        ("P 2", SYMBOLS, 'between "P 2" an operator is missing'),
        ("ab", ("a", "b", "ab", "c"), None),
        ("aab", ("a", "b", "ab"), '"aab" can be read as a*a*b or a*ab: write the products out'),
        ("Q", ("W", "P"), '"Q" is no known symbol; known are W, P, capital and small letters differ'),
        (
            "w",
            ("W", "P"),
            '"w" is no known symbol (did you mean "W"?); known are W, P, capital and small letters differ',
        ),
        (
            "bata",
            ("beta",),
            '"bata" is no known symbol (did you mean "beta"?); known are beta, capital and small letters differ',
        ),
        ("P2", ("P",), '"P2" is no known symbol (did you mean "P"?); known are P, capital and small letters differ'),
        ("floor", SYMBOLS, '"floor" needs its argument in parentheses'),
        ("sqrt 2", SYMBOLS, '"sqrt" needs its argument in parentheses'),
        ("W,P", SYMBOLS, "a comma is no decimal point and groups no digits: write 3.5 and 1000"),
        ("W = P", SYMBOLS, 'one "=" too many'),
        ("W[0]", SYMBOLS, '"[" is not understood'),
        ("W.real", SYMBOLS, '"." is not understood'),
        ("'W'", SYMBOLS, '"\'" is not understood'),
        ("W if P else K", SYMBOLS, None),
    ],
)
def test_what_is_ambiguous_or_unknown_is_refused(text: str, symbols: tuple[str, ...], reason: str | None) -> None:
    if text == "ab":
        assert normal(formula(text, symbols)) == "ab"  # a symbol's own name comes first
        return
    with pytest.raises(Unreadable) as caught:
        formula(text, symbols)
    assert reason is None or str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "plain", "tex"),
    [
        ("(W+2P-K)/S+1", "(W + 2*P - K)/S + 1", r"\frac{W + 2 P - K}{S} + 1"),
        ("floor((W+2P-K)/S)+1", "floor((W + 2*P - K)/S) + 1", r"\left\lfloor \frac{W + 2 P - K}{S}\right\rfloor + 1"),
        ("ceil(W)", "ceil(W)", r"\left\lceil W\right\rceil"),
        ("abs(W)", "abs(W)", r"\left|W\right|"),
        ("sqrt(W+1)", "sqrt(W + 1)", r"\sqrt{W + 1}"),
        ("exp(W)^2", "exp(W)^2", r"\left(\exp\left(W\right)\right)^{2}"),
        ("ln(W)*2", "log(W)*2", r"\ln\left(W\right) \cdot 2"),
        ("floor(W)^2", "floor(W)^2", r"\left\lfloor W\right\rfloor^{2}"),
        ("K^2CF", "K^2*C*F", "K^{2} C F"),
        ("2*3*K", "2*3*K", r"2 \cdot 3 K"),
        ("K*2", "K*2", r"K \cdot 2"),
        ("-K^2", "-K^2", "-K^{2}"),
        ("(-K)^2", "(-K)^2", r"\left(-K\right)^{2}"),
        ("-(K*C)", "-K*C", "-K C"),
        ("-(K+C)", "-(K + C)", r"-\left(K + C\right)"),
        ("--K", "-(-K)", r"-\left(-K\right)"),
        ("+K", "K", "K"),
        ("K-(-1)", "K - (-1)", r"K - \left(-1\right)"),
        ("K*(-C)", "K*(-C)", r"K \left(-C\right)"),
        ("K-(C-F)", "K - (C - F)", r"K - \left(C - F\right)"),
        ("K-(C+F)", "K - (C + F)", r"K - \left(C + F\right)"),
        ("K+(C-F)", "K + C - F", "K + C - F"),
        ("K+(-C+F)", "K + (-C + F)", r"K + \left(-C + F\right)"),
        ("K-C*F", "K - C*F", "K - C F"),
        ("(K/C)/F", "K/C/F", r"\frac{\frac{K}{C}}{F}"),
        ("K/(C/F)", "K/(C/F)", r"\frac{K}{\frac{C}{F}}"),
        ("K/(C*F)", "K/(C*F)", r"\frac{K}{C F}"),
        ("(1/2)*K", "1/2*K", r"\frac{1}{2} K"),
        ("(K/2)^2", "(K/2)^2", r"\left(\frac{K}{2}\right)^{2}"),
        ("K^(C^F)", "K^(C^F)", "K^{C^{F}}"),
        ("K^C^F", "K^(C^F)", "K^{C^{F}}"),
        ("(K^C)^F", "(K^C)^F", r"\left(K^{C}\right)^{F}"),
        ("K^-1", "K^(-1)", "K^{-1}"),
        ("(-1)^K", "(-1)^K", r"\left(-1\right)^{K}"),
        ("0.50*K", "0.5*K", "0.5 K"),
        ("1e-3*K", "0.001*K", "0.001 K"),
        ("1e-20*K", "1e-20*K", r"\frac{1}{100000000000000000000} K"),
        ("6.02e23*K", "6.02e+23*K", "602000000000000000000000 K"),
        ("2/n_in", "2/n_in", r"\frac{2}{n_{\mathrm{in}}}"),
        ("lambda^2", "lambda^2", r"\lambda^{2}"),
        ("((((K))))", "K", "K"),
    ],
)
def test_normal_form_and_latex(text: str, plain: str, tex: str) -> None:
    parsed = formula(text, SYMBOLS)
    assert normal(parsed) == plain
    assert latex(parsed) == tex
    assert normal(formula(plain, SYMBOLS)) == plain


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("W", "W"),
        ("beta", r"\beta"),
        ("sigma_l", r"\sigma_{l}"),
        ("n_in", r"n_{\mathrm{in}}"),
        ("g2", "g_{2}"),
        ("x_12", "x_{12}"),
        ("eta_lambda", r"\eta_{\lambda}"),
        ("rate", r"\mathrm{rate}"),
        ("W_in_1", r"W_{\mathrm{in,1}}"),
    ],
)
def test_latex_symbol(name: str, tex: str) -> None:
    assert latex_symbol(name) == tex


def test_symbols_and_functions_are_listed() -> None:
    parsed = formula("floor(W/S) + sqrt(K) + 2", SYMBOLS)
    assert parsed.symbols() == {"W", "S", "K"}
    assert parsed.functions() == {"floor", "sqrt"}


def test_tokens_know_where_operands_end() -> None:
    tokens = tokenize("2P(K)", ("P", "K"))
    assert [token.text for token in tokens] == ["2", "*", "P", "*", "(", "K", ")"]
    assert [token.ends for token in tokens] == [True, False, True, False, False, True, True]


def test_python_sees_place_holders_only() -> None:
    """Keywords, long digits and names never reach Python's parser."""
    parsed = formula("lambda*12345678901234567890.5 + 007", ("lambda",))
    assert ast.unparse(parsed.tree) == "_0 * _1 + _2"
    assert parsed.leaves == ("lambda", Fraction("12345678901234567890.5"), Fraction(7))


def test_unknown_trees_are_not_folded() -> None:
    """The parser cannot produce them from tokens; the fold refuses them all the same."""
    parsed = formula("1")
    for source in ("_0 if _0 else _0", "_0[0]", "_0.real", "[_0]", "floor(_0, _0)", "_0 // _0", "not _0", "(_0)(_0)"):
        broken = type(parsed)(parsed.leaves, ast.parse(source, mode="eval").body)
        with pytest.raises(Unreadable, match="this is not arithmetic"):
            fold(broken, Numbers())


@st.composite
def formulas(draw: st.DrawFn, depth: int = 4) -> str:
    """Draw a fully parenthesised formula."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(["W", "K", "S", "lambda", "2", "0.25", "17", "1e-9"]))
    inner = formulas(depth=depth - 1)
    shape = draw(
        st.sampled_from(
            ["({} + {})", "({} - {})", "({} * {})", "({} / {})", "({} ^ {})", "(-{})", "(--{})", "floor({})"]
        )
    )
    return shape.format(*(draw(inner) for _ in range(shape.count("{}"))))


@given(formulas())
def test_the_normal_form_is_normal_and_means_the_same(text: str) -> None:
    parsed = formula(text, SYMBOLS)
    form = normal(parsed)
    again = formula(form, SYMBOLS)
    assert normal(again) == form
    assert latex(again) == latex(parsed)
    point = Numbers({"W": 7, "K": 3, "S": 2, "lambda": Fraction(5, 2)})
    try:
        value = fold(parsed, point)
    except Unreadable:
        return
    if isinstance(value, float):  # sums may be regrouped, so roundings may move
        assert fold(again, point) == pytest.approx(value, rel=1e-6)
    else:
        assert fold(again, point) == value


@given(st.text(alphabet="WPKSCF2()+-*/^ .floor", max_size=30))
def test_any_formula_is_read_or_refused(text: str) -> None:
    with suppress(Unreadable):
        parsed = formula(text, SYMBOLS)
        assert latex(parsed)
        assert normal(formula(normal(parsed), SYMBOLS)) == normal(parsed)
