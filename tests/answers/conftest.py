"""What every answer kind promises, checked on one value; and responses that mean harm."""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Callable
from typing import Any

import pytest

from psetpress.answers import Kind, ResponseError

SECONDS = 2.0
"""A refusal takes milliseconds; this only tells it from one that would never end."""

HOSTILE = {
    "import": "__import__('os').system('true')",
    "attribute": "().__class__.__bases__[0].__subclasses__()",
    "lambda": "(lambda: 1)()",
    "tower": "9**9**9",
    "tall power": "9^999999999",
    "factors": "*".join(["10^400"] * 40),
    "ten million digits": "1" * 10**7,
    "long number": "1" * 19_000,
    "huge exponent": "1e999999999",
    "parentheses": "(" * 10_000 + "1" + ")" * 10_000,
    "a thousand deep": "(" * 9_000 + "1" + ")" * 9_000,
    "sixty deep": "(" * 60 + "1" + ")" * 60,
    "open parentheses": "(" * 19_000,
    "closed parentheses": ")" * 19_000,
    "brackets": "[" * 9_000 + "]" * 9_000,
    "mixed brackets": "([{" * 3_000,
    "braces": "{" * 19_000,
    "minus signs": "-" * 19_000,
    "300 minus signs": "-" * 300 + "1",
    "fractions": r"\frac{" * 3_000,
    "open matrices": r"\begin{pmatrix}" * 1_300,
    "spaces": "?" + " " * 19_000 + "?",
    "lines": "?" + "\n " * 9_000 + "?",
    "commas": "," * 19_000,
    "semicolons": ";" * 19_000,
    "equations": "=" * 19_000,
    "tildes": "~" * 19_000,
    "colons": ":" * 19_000,
    "letters": "a" * 19_000,
    "crosses": "x" * 19_000,
    "null": "\x00",
    "escape": "\x1b[31m",
    "emoji": "\N{GRINNING FACE}",
    "surrogate": "\ud800",
    "arabic digits": "\u0661\u0662",
    "full width": "\uff11",
}


@pytest.fixture(scope="session")
def keeps_contract() -> Callable[[Kind[Any], Any], None]:
    """Return the check that every kind passes with every value."""
    return _keeps_contract


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def hostile(request: pytest.FixtureRequest) -> str:
    """Return a response that no kind of computed answer may accept, and none may choke on."""
    return request.param


@pytest.fixture(scope="session")
def refuses() -> Callable[[Kind[Any], str], str]:
    """Return the check that a response is refused at once, with a message that names kind and form."""
    return _refuses


@pytest.fixture(scope="session")
def reason() -> Callable[[Kind[Any], str], str]:
    """Return the function that gives the reason for a refusal, without frame."""
    return _reason


def _keeps_contract(kind: Kind[Any], value: Any) -> None:
    assert kind.value(value) == value, "a canonical value is a raw value"
    text = kind.text(value)
    assert kind.parse(text) == value, text
    assert kind.parse(f"  {text}\n") == value, "outer spaces do not count"
    stored = json.loads(json.dumps(kind.to_json(value), allow_nan=False))
    assert kind.from_json(stored) == value, stored
    assert type(kind.from_json(stored)) is type(value)
    assert kind.match(value, value).ok is (True if kind.proved else None)
    assert not kind.match(value, kind.perturb(value)).ok, kind.perturb(value)
    assert kind.agrees(value, value)
    assert not kind.agrees(value, kind.perturb(value))
    assert kind.latex(value)
    assert "$" not in kind.latex(value) or r"\text" in kind.latex(value)
    hash(value)  # canonical values are immutable
    assert pickle.loads(pickle.dumps(kind)) == kind, "kinds travel to worker processes"
    assert hash(pickle.loads(pickle.dumps(kind))) == hash(kind)


def _refuses(kind: Kind[Any], text: str) -> str:
    started = time.perf_counter()
    with pytest.raises(ResponseError) as caught:
        kind.parse(text)
    assert time.perf_counter() - started < SECONDS
    message = caught.value.message
    assert message.startswith('cannot read "')
    assert f" as {kind.noun}: " in message
    assert message.endswith(f". Accepted: {kind.accepts}.")
    assert len(message) < 700, "a message is short, however long the response was"
    assert "\n" not in message
    assert message.isprintable(), "nothing in a message can drive a terminal"
    return message


def _reason(kind: Kind[Any], text: str) -> str:
    message = _refuses(kind, text)
    return message.split(f" as {kind.noun}: ", 1)[1].removesuffix(f". Accepted: {kind.accepts}.")
