"""Written answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers import Match, StoredValueError, Written

ONE = Written()
FOUR = Written(("Context", "What is plotted", "What we observe", "Interpretation"))

texts = st.text(max_size=60).map(lambda text: ONE.value({"answer": text + "x"})[0])
tricky = st.lists(
    st.sampled_from(
        ["Context:", "context :", r"\Context: x", r"\\interpretation:", "a", "", "  b", "Contexts:", "What is plotted:"]
    ),
    max_size=6,
).map("\n".join)


@given(texts)
def test_contract(keeps_contract: Callable[..., None], text: str) -> None:
    keeps_contract(ONE, (text,))


@given(st.lists(st.one_of(st.text(max_size=30), tricky), min_size=4, max_size=4))
def test_contract_with_slots(keeps_contract: Callable[..., None], given_texts: list[str]) -> None:
    value = FOUR.value(dict(zip(FOUR.slots, [given_texts[0] + "x", *given_texts[1:]], strict=True)))
    keeps_contract(FOUR, value)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (ONE, " some words ", ("some words",)),
        (ONE, "two\r\nlines\rhere", ("two\nlines\nhere",)),
        (ONE, "answer: yes", ("answer: yes",)),
        (ONE, "__import__('os')", ("__import__('os')",)),
        (ONE, "a\x00b\x1b[31mc", ("ab[31mc",)),
        (FOUR, "Context: a\nInterpretation: b", ("a", "", "", "b")),
        (FOUR, "INTERPRETATION: b\n\ncontext : a\nstill a", ("a\nstill a", "", "", "b")),
        (FOUR, "What is plotted: Context: both", ("", "Context: both", "", "")),
        (FOUR, "Context:\na\n\nb", ("a\n\nb", "", "", "")),
        (FOUR, "Context: a\n\\Interpretation: not a slot", ("a\nInterpretation: not a slot", "", "", "")),
    ],
)
def test_parse(kind: Written, text: str, value: tuple[str, ...]) -> None:
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        (ONE, "", "nothing is written"),
        (ONE, "\x00", "nothing is written"),
        (FOUR, "Context:", "nothing is written"),
        (FOUR, "words", "words stand before the name of the first slot"),
        (FOUR, "words\nContext: a", "words stand before the name of the first slot"),
        (FOUR, "Context: a\ncontext: b", "a slot is named twice"),
        (ONE, "x" * 20_001, "20001 characters are too many (at most 20000)"),
    ],
)
def test_refusals(reason: Callable[..., str], kind: Written, text: str, why: str) -> None:
    assert reason(kind, text) == why


def test_what_is_accepted_names_the_slots() -> None:
    assert ONE.accepts == "some words"
    assert FOUR.accepts == (
        'some words for each of "Context: ...", "What is plotted: ...", "What we observe: ...", "Interpretation: ..."'
    )


def test_hostile_responses_are_words_or_refused(refuses: Callable[..., str], hostile: str) -> None:
    if len(hostile) > 20_000 or not any(sign.isprintable() and sign != " " for sign in hostile):
        refuses(ONE, hostile)
    else:
        assert ONE.parse(hostile)[0]
    refuses(FOUR, hostile)


def test_only_a_reader_can_tell() -> None:
    assert not Written.proved
    assert ONE.match(("a",), ("b",)) == Match(None, "a reader judges this answer")
    assert ONE.agrees(("a",), ("a",))
    assert not ONE.agrees(("a",), ("b",))
    assert ONE.tolerance == "a reader judges"


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (ONE, " words ", ("words",)),
        (ONE, {"answer": "words"}, ("words",)),
        (FOUR, {"Context": "a"}, ("a", "", "", "")),
        (FOUR, ("a", "b", "", ""), ("a", "b", "", "")),
    ],
)
def test_value(kind: Written, raw: Any, value: tuple[str, ...]) -> None:
    assert kind.value(raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (ONE, 5),
        (ONE, None),
        (ONE, {"other": "x"}),
        (ONE, {"answer": 5}),
        (ONE, ""),
        (FOUR, "words"),
        (FOUR, {}),
        (FOUR, ("a", "b")),
        (FOUR, (1, 2, 3, 4)),
    ],
)
def test_value_refuses(kind: Written, raw: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"^Written: "):
        kind.value(raw)


@pytest.mark.parametrize("slots", [(), ("a", "A"), ("",), (" a",), ("a:",), ("a\nb",)])
def test_slots_have_names(slots: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"^Written: "):
        Written(slots)


def test_print_and_store() -> None:
    value = ("a\nInterpretation: no slot", "", "50 % & more", "b")
    assert FOUR.text(value) == (
        "Context: a\n\\Interpretation: no slot\n\nWhat is plotted:\n\nWhat we observe: 50 % & more\n\nInterpretation: b"
    )
    assert FOUR.latex(value) == r"\text{a Interpretation: no slot 50 \% \& more b}"
    assert FOUR.to_json(("a", "", "c", "d"))["What we observe"] == "c"
    assert ONE.text(("words",)) == "words"


@pytest.mark.parametrize("data", [None, 5, [], {}, {"answer": 5}, {"other": "x"}])
def test_restore_refuses(data: Any) -> None:
    with pytest.raises(StoredValueError, match="is not a written answer as a manifest stores it"):
        ONE.from_json(data)
