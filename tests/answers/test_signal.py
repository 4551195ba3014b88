"""Signals: values at consecutive integers, zeros elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers import Match, ResponseError, Sampled, Signal, StoredValueError
from psetpress.answers.numbers import real

KIND = Signal()
HALVES = (1, Fraction(3, 2), Fraction(7, 4))
PUBLISHED = Sampled(0, tuple(real(2 - Fraction(1, 2**n)) for n in range(7)))
"""HW3 Q2(a), the first seven values."""

reals = st.one_of(
    st.integers(-(10**6), 10**6),
    st.fractions(max_denominator=10**6),
    st.floats(-1e9, 1e9),
).map(real)
signals = st.builds(Sampled, st.integers(-50, 50), st.lists(reals, min_size=1, max_size=8).map(tuple))


@given(signals)
def test_contract(keeps_contract: Callable[..., None], value: Sampled) -> None:
    keeps_contract(KIND, value)


@given(signals, st.integers(0, 3), st.integers(0, 3))
def test_padding_never_decides(value: Sampled, before: int, after: int) -> None:
    padded = Sampled(value.start - before, (*[0] * before, *value.values, *[0] * after))
    assert KIND.match(value, padded).ok
    assert KIND.match(padded, value).ok
    assert KIND.agrees(value, padded)
    assert KIND.agrees(padded, value)


@given(signals.filter(lambda signal: any(abs(v) > 1e-6 for v in signal.values)), st.integers(1, 5))
def test_a_shift_is_seen(value: Sampled, shift: int) -> None:
    moved = Sampled(value.start + shift, value.values)
    assert KIND.match(value, moved).ok is False


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ((0, [1, 2]), Sampled(0, (1, 2))),
        ((-1, (Fraction(1, 2), 1)), Sampled(-1, (Fraction(1, 2), 1))),
        ((np.int64(2), np.array([1.5, 2.0])), Sampled(2, (1.5, 2.0))),
        ((0, torch.tensor([1, 2])), Sampled(0, (1, 2))),
        ([0, [1]], Sampled(0, (1,))),
        ((5, []), Sampled(5, (0,))),
    ],
)
def test_value(raw: Any, value: Sampled) -> None:
    assert KIND.value(raw) == value
    assert isinstance(KIND.value(raw), Sampled)


@pytest.mark.parametrize("raw", [5, None, (0,), (0, 1), (0.5, [1]), (0, ["a"]), (0, [[1]]), (0, [1], 2), "0:1"])
def test_value_refuses(raw: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"^Signal: a pair \(start, values\) is wanted, not "):
        KIND.value(raw)


@pytest.mark.parametrize(
    "text",
    [
        "n=0: 1, 1.5, 7/4",
        "n = 0 : 1, 1.5, 1.75",
        "n=0: 1; 1.5; 1.75",
        "n=0: 1 1.5 1.75",
        "n=0:\n1\n1.5\n1.75",
        "n=0: [1, 1.5, 1.75]",
        "n=0: (1, 1.5, 1.75)",
        "n=0..2: 1, 1.5, 7/4",
        "n = 0, ..., 2: 1, 1.5, 7/4",
        "n = 0, 1, ..., 2: 1, 1.5, 7/4",
        "n = 0, 1, 2: 1, 1.5, 7/4",
        "n = 0 to 2: 1, 1.5, 7/4",
        "0: 1, 1.5, 7/4",
        "from n=0: 1, 1.5, 7/4",
        "starting at n=0: 1, 1.5, 7/4",
        "start 0: 1, 1.5, 7/4",
        "1, 1.5, 7/4 for n = 0, 1, 2",
        "1, 1.5, 7/4 for n = 0, ..., 2",
        "1, 1.5, 7/4 from n=0",
        "[1, 1.5, 7/4] starting at n=0",
        "(0, [1, 1.5, 1.75])",
        "(0, (1, 1.5, 1.75))",
        "y(0)=1, y(1)=1.5, y(2)=7/4",
        "y[0] = 1; y[1] = 1.5; y[2] = 7/4",
        "y(2) = 7/4\ny(0) = 1\ny(1) = 3/2",
        "y_2(0)=1, y_2(1)=1.5, y_2(2)=7/4",
        "0: 1, 1: 1.5, 2: 7/4",
        "n=0: 1, n=1: 1.5, n=2: 7/4",
        "{0: 1, 1: 1.5, 2: 1.75}",
        "n=0: 1, 1.5, 7/4, 0 elsewhere",
        "n=0: 1, 1.5, 7/4 and zero otherwise.",
        "n=0: 2^0, 2 - 1/2, 2 - 2^-2",
        r"$n=0: 1, \frac{3}{2}, \frac{7}{4}$",
        r"\left(1,\ 1.5,\ 1.75\right)_{n=0}^{2}",
    ],
)
def test_natural_forms(text: str) -> None:
    assert KIND.parse(text) == Sampled(0, HALVES)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n=-2: 1", Sampled(-2, (1,))),
        ("n=−2: −1, 0", Sampled(-2, (-1, 0))),
        ("y(3)=5", Sampled(3, (5,))),
        ("y(0)=1, y(4)=2", Sampled(0, (1, 0, 0, 0, 2))),
        ("-1: 1, 1: 1", Sampled(-1, (1, 0, 1))),
        ("n=0: ~0.1", Sampled(0, (0.1,))),
        ("n=0: 0, 0, 1", Sampled(0, (0, 0, 1))),
    ],
)
def test_parse(text: str, value: Sampled) -> None:
    assert KIND.parse(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1, 1.5, 7/4", 'the index of the first value of "1, 1.5, 7/4" is missing'),
        ("[1, 2]", 'the index of the first value of "[1, 2]" is missing'),
        ("n=0:", "no values are written"),
        ("n=0: 1, b", 'in the entry "b", "b" is no number and no known function'),
        ("n=0: 1,, 2", 'beside a "," an entry is missing'),
        ("n=0..3: 1, 2, 3", "values up to n=3 are announced, but those written end at n=2"),
        ("1, 2 for n = 0, ..., 5", "values up to n=5 are announced, but those written end at n=1"),
        ("y(0)=1, y(0)=2", "an index stands twice"),
        ("n=10001: 1", "the index 10001 is too far from 0 (at most 10000)"),
        ("0: 1, 5000: 1", "from n=0 to n=5000 there are too many values (at most 2500)"),
        ("n=0: 1, (2", 'a ")" is missing'),
        ("y(n) = 2 - 2^-n", 'in the entry "y(n)", "y" is no number and no known function'),
    ],
)
def test_refusals(reason: Callable[..., str], text: str, why: str) -> None:
    assert reason(KIND, text) == why


def test_hostile_responses(refuses: Callable[..., str], hostile: str) -> None:
    refuses(KIND, hostile)
    refuses(KIND, f"n=0: {hostile[:19_000]}")


@pytest.mark.parametrize(
    "text",
    [
        "n=0" + ",1" * 9_000,
        "n=0: " + "1," * 9_000,
        "0,1" * 6_000 + ":1",
        "y(0)=1," * 2_800,
        "1, 2" + " for n=" * 2_500,
        "n=0: 1" + " ," * 9_000 + "0 elsewhere",
        "1 " * 9_000 + "elsewhere",
    ],
)
def test_long_responses_take_no_time(text: str) -> None:
    started = time.perf_counter()
    with suppress(ResponseError):
        KIND.parse(text)
    assert time.perf_counter() - started < 2.0


def test_match_says_where() -> None:
    wrong = Sampled(0, (*PUBLISHED.values[:3], Fraction(15, 4), *PUBLISHED.values[4:]))
    assert KIND.match(PUBLISHED, PUBLISHED) == Match(True, "all values right")
    assert KIND.match(PUBLISHED, wrong) == Match(False, "1 value wrong, the first at n=3, where 3.75 was read")
    shifted = Sampled(5, PUBLISHED.values)
    assert KIND.match(PUBLISHED, shifted).how == "12 values wrong, the first at n=0, where 0 was read"


def test_rounded_values_match_where_not_all_are_integers() -> None:
    rounded = Sampled(0, tuple(real(Fraction(round(1000 * v), 1000)) for v in PUBLISHED.values))
    assert rounded != PUBLISHED
    assert KIND.match(PUBLISHED, rounded).ok
    assert not Signal(rtol=Fraction(0)).match(PUBLISHED, rounded).ok
    assert not KIND.agrees(PUBLISHED, rounded)


def test_integers_are_exact() -> None:
    triangle = Sampled(0, (100, 200, 300))
    assert not KIND.match(triangle, Sampled(0, (100, 200, 301))).ok
    assert KIND.match(triangle, Sampled(0, (100.0, 200.0, 300.0))).ok


def test_an_implied_zero_is_exact() -> None:
    assert not KIND.match(PUBLISHED, Sampled(-1, (Fraction(1, 1000), *PUBLISHED.values))).ok


def test_roads_agree_across_types_and_padding() -> None:
    floats = Sampled(-6, (*[0.0] * 6, *[float(v) for v in PUBLISHED.values], 1e-17))
    assert KIND.agrees(PUBLISHED, floats)
    assert not KIND.agrees(PUBLISHED, Sampled(1, PUBLISHED.values))


def test_sampled_is_zero_outside() -> None:
    signal = Sampled(-1, (1, 2, 3))
    assert [signal.at(n) for n in range(-3, 4)] == [0, 0, 1, 2, 3, 0, 0]
    assert signal.stop == 1


def test_print_and_store() -> None:
    signal = Sampled(-1, (1, Fraction(1, 3), 0.1))
    assert KIND.text(signal) == "n=-1: 1, 1/3, ~0.1"
    assert KIND.latex(signal) == r"\left(1,\ \frac{1}{3},\ 0.1\right)_{n=-1}^{1}"
    assert KIND.to_json(signal) == {"start": -1, "values": [1, "1/3", 0.1]}


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        [0, [1]],
        {"start": 0},
        {"values": [1]},
        {"start": 0.5, "values": [1]},
        {"start": 0, "values": ["x"]},
        {"start": 0, "values": 5},
    ],
)
def test_restore_refuses(data: Any) -> None:
    with pytest.raises(StoredValueError, match="is not a signal as a manifest stores it"):
        KIND.from_json(data)
