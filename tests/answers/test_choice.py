"""Choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers import Choice, Match, StoredValueError
from psetpress.answers.words import escaped, latex_text

PROPERTY = Choice(
    {
        "time": "time invariance",
        "linear": "linearity of $h$",
        "causal": "causality (50 % sure)",
    }
)

words = st.text(alphabet="abcdefghij ", min_size=2, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)


@given(st.lists(words, min_size=2, max_size=6, unique=True), st.integers(0, 5))
def test_contract(keeps_contract: Callable[..., None], labels: list[str], place: int) -> None:
    kind = Choice({f"key-{number}": label for number, label in enumerate(labels)})
    keeps_contract(kind, f"key-{place % len(labels)}")


@pytest.mark.parametrize(
    "text",
    [
        "linear",
        "Linear",
        " LINEAR ",
        "linearity of h",
        "linearity of $h$",
        "Linearity  of H.",
        "b",
        "B",
        "(b)",
        "b)",
        "b.",
    ],
)
def test_parse(text: str) -> None:
    assert PROPERTY.parse(text) == "linear"


@pytest.mark.parametrize("text", ["d", "lin", "time or causal", "a b", "ab", "1", "invariance", "((b))", "$", "-"])
def test_refusals_list_the_choices(refuses: Callable[..., str], text: str) -> None:
    message = refuses(PROPERTY, text)
    assert ": it is none of the choices. Accepted: one of " in message
    assert message.endswith(
        "one of (a) time (time invariance); (b) linear (linearity of $h$); (c) causal (causality (50 % sure))."
    )


def test_hostile_responses(refuses: Callable[..., str], hostile: str) -> None:
    refuses(PROPERTY, hostile)


def test_nothing_chosen(reason: Callable[..., str]) -> None:
    assert reason(PROPERTY, " ") == "nothing is chosen"


def test_keys_of_one_letter_beat_places() -> None:
    swapped = Choice({"b": "first", "a": "second"})
    assert swapped.parse("a") == "a"
    assert swapped.parse("b") == "b"
    assert swapped.accepts == "one of b (first); a (second)"
    crossed = Choice({"x": "b", "y": "z"})  # (b) might mean the label of x or the place of y
    assert crossed.parse("b") == "x"
    assert crossed.parse("(b)") == "x" if crossed.accepts.startswith("(a)") else True


def test_keys_that_are_their_letters() -> None:
    kind = Choice({"a": "it grows", "b": "it shrinks"})
    assert kind.parse("(A)") == "a"
    assert kind.parse("it shrinks") == "b"
    assert kind.accepts == "one of (a) a (it grows); (b) b (it shrinks)"


def test_a_label_like_its_key_is_not_repeated() -> None:
    assert Choice({"yes": "Yes", "no": "No"}).accepts == "one of (a) yes; (b) no"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "at least two options are wanted"),
        ({"a": "only"}, "at least two options are wanted"),
        ({"a": "same", "b": "Same"}, "\"same\" means both 'a' and 'b'"),
        ({"one": "two", "two": "three"}, "\"two\" means both 'one' and 'two'"),
        ({"A": "first", "a": "second"}, "\"a\" means both 'A' and 'a'"),
        ({"a": "", "b": "x"}, "the option 'a' has an empty key or label"),
    ],
)
def test_ambiguous_options_are_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=r"^Choice: ") as caught:
        Choice(options)
    assert message in str(caught.value)


def test_options_are_copied_and_their_order_counts() -> None:
    options = {"yes": "it does", "no": "it does not"}
    kind = Choice(options)
    options["maybe"] = "who knows"
    assert list(kind.options) == ["yes", "no"]
    assert kind == Choice({"yes": "it does", "no": "it does not"})
    assert kind != Choice({"no": "it does not", "yes": "it does"})
    assert kind != "yes"
    assert len({kind, Choice(kind.options)}) == 1


@pytest.mark.parametrize("raw", [3, None, ["time"], True])
def test_value_refuses_other_types(raw: Any) -> None:
    with pytest.raises(TypeError, match=r"^Choice: a key is wanted, not "):
        PROPERTY.value(raw)


@pytest.mark.parametrize("raw", ["a", "Time", "time invariance", ""])
def test_value_takes_keys_only(raw: str) -> None:
    with pytest.raises(ValueError, match=r"^Choice: '.*' is none of time, linear, causal$"):
        PROPERTY.value(raw)


def test_match() -> None:
    assert PROPERTY.match("time", "time") == Match(True, "the right choice")
    assert PROPERTY.match("time", "linear") == Match(False, '"linear" is not the right choice')


def test_perturb_goes_round() -> None:
    assert [PROPERTY.perturb(key) for key in PROPERTY.options] == ["linear", "causal", "time"]


def test_print_and_store() -> None:
    assert PROPERTY.latex("linear") == r"\text{linearity of $h$}"
    assert PROPERTY.latex("causal") == r"\text{causality (50 \% sure)}"
    assert PROPERTY.text("linear") == "linear"
    assert PROPERTY.to_json("linear") == "linear"


@pytest.mark.parametrize("data", ["nothing", "a", 5, None, []])
def test_restore_refuses(data: Any) -> None:
    with pytest.raises(StoredValueError, match="is not a choice as a manifest stores it"):
        PROPERTY.from_json(data)


def test_many_options_have_no_letters() -> None:
    kind = Choice({f"key {n}": f"label {n}" for n in range(27)})
    assert kind.accepts.startswith("one of key 0 (label 0); ")
    assert kind.parse("label 26") == "key 26"


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("plain", "plain"),
        ("50 %", r"50 \%"),
        ("a_b & #1 {x}", r"a\_b \& \#1 \{x\}"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("x^2 ~ y", r"x\textasciicircum{}2 \textasciitilde{} y"),
        ("$x^2$ is 50 %", r"$x^2$ is 50 \%"),
        ("costs 5$", r"costs 5\$"),
        ("<a|b>", r"\textless{}a\textbar{}b\textgreater{}"),
        ("two\nlines", "two lines"),
    ],
)
def test_latex_text(text: str, latex: str) -> None:
    assert latex_text(text) == latex


@given(st.text(max_size=40))
def test_escaped_text_is_harmless(text: str) -> None:
    rest = escaped(text)
    for known in (r"\textbackslash{}", r"\textasciitilde{}", r"\textasciicircum{}", r"\textless{}", r"\textgreater{}"):
        rest = rest.replace(known, "")
    for known in (r"\textbar{}", r"\&", r"\%", r"\#", r"\_", r"\{", r"\}", r"\$"):
        rest = rest.replace(known, "")
    assert not set(rest) & set("\\{}$&#%_^~\n")
