"""What all kinds share: the frame of messages, judging text, and what importing them loads."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError, replace

import pytest
from click import ClickException

from psetpress.answers import (
    Choice,
    Distribution,
    Expression,
    Integer,
    Kind,
    Match,
    Matrix,
    Number,
    ResponseError,
    Shape,
    Signal,
    StoredValueError,
    Written,
)
from psetpress.answers.base import MAX_RESPONSE, quote

KINDS: tuple[Kind[object], ...] = (
    Integer(),
    Number(),
    Signal(),
    Matrix(),
    Shape(),
    Choice({"yes": "it does", "no": "it does not"}),
    Expression(("W", "K")),
    Distribution(),
    Written(),
)
by_name = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def test_names_are_distinct_and_nouns_carry_them() -> None:
    assert [kind.name for kind in KINDS] == [
        "integer",
        "number",
        "signal",
        "matrix",
        "shape",
        "choice",
        "expression",
        "distribution",
        "written",
    ]
    assert all(kind.name in kind.noun for kind in KINDS)
    assert all(kind.noun.startswith(("a ", "an ")) for kind in KINDS)


def test_only_written_answers_are_not_proved() -> None:
    assert [kind.name for kind in KINDS if not kind.proved] == ["written"]


@by_name
def test_kinds_are_values(kind: Kind[object]) -> None:
    assert len({kind, replace(kind)}) == 1
    with pytest.raises(FrozenInstanceError):
        kind.name = "other"  # type: ignore[misc]


@by_name
def test_every_kind_says_what_it_accepts_and_how_near(kind: Kind[object]) -> None:
    for clause in (kind.accepts, kind.tolerance):
        assert clause
        assert not clause.endswith(".")


@by_name
def test_nothing_is_no_answer(kind: Kind[object]) -> None:
    for nothing in ("", "  \n "):
        with pytest.raises(ResponseError, match=r'^cannot read "" as '):
            kind.parse(nothing)


@by_name
def test_length_is_limited(kind: Kind[object]) -> None:
    with pytest.raises(ResponseError, match=f"{MAX_RESPONSE + 1} characters are too many .at most {MAX_RESPONSE}."):
        kind.parse("1" * (MAX_RESPONSE + 1))


def test_errors_are_for_people() -> None:
    assert issubclass(ResponseError, ClickException)
    assert issubclass(StoredValueError, ClickException)
    assert ResponseError("x").exit_code == 1


def test_the_whole_message() -> None:
    with pytest.raises(ResponseError) as caught:
        Integer().parse("nine hundred")
    assert caught.value.message == (
        'cannot read "nine hundred" as an integer: "nine" is no number and no known function. '
        "Accepted: a whole number such as 910, or its computation such as 3*3*10*10 + 10."
    )


def test_judge_says_what_was_read() -> None:
    assert Integer().judge(910, "910") == Match(True, "equal")
    assert Integer().judge(910, "3*3*10*10 + 10") == Match(True, 'equal; read as "910"')
    assert Integer().judge(910, "3*3*10*10") == Match(False, '900 is not the right value; read as "900"')
    assert Written().judge(("words",), " words ") == Match(None, "a reader judges this answer")
    with pytest.raises(ResponseError):
        Integer().judge(910, "?")


def test_stored_values_are_checked() -> None:
    with pytest.raises(StoredValueError) as caught:
        Integer().from_json("910")
    assert caught.value.message == (
        "\"'910'\" is not an integer as a manifest stores it: a number is wanted, not '910' (str)"
    )


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("3 +", '"3 +"'),
        ("a\n  b\tc", '"a b c"'),
        ("x" * 60, '"' + "x" * 60 + '"'),
        ("x" * 61, '"' + "x" * 60 + '..."'),
        ("\x1b[31m", r'"\x1b[31m"'),
        ("\x00", r'"\x00"'),
        ("\u202eabc", r'"\u202eabc"'),
        ("é×", '"é×"'),
        (" " * 1000 + "x", '"..."'),
    ],
)
def test_quote(text: str, quoted: str) -> None:
    assert quote(text) == quoted


def test_importing_the_kinds_loads_no_heavy_library() -> None:
    heavy = "{'numpy', 'sympy', 'torch', 'matplotlib', 'scipy'}"
    code = f"import sys, psetpress.answers; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_printing_and_reading_load_no_heavy_library() -> None:
    code = (
        "import sys; from psetpress.answers import *\n"
        "kind = Expression(('W', 'K')); kind.latex(kind.parse('floor(W/K)')); Matrix().parse('1 2; 3 4')\n"
        "assert kind.match('W', 'W + 1').ok is False\n"  # a difference at a point needs no algebra
        "print(sorted({'numpy', 'sympy', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
