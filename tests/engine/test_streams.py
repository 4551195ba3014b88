"""Random streams: the same names give the same numbers, and other names give others."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.streams import Stream

NAMES = st.tuples(st.text(), st.text(), st.text(), st.text())


def numbers(stream: Stream, attempt: int = 0) -> list[int]:
    return stream.generator(attempt).integers(0, 2**63, size=4).tolist()


def test_the_numbers_of_a_stream_are_fixed_for_all_time() -> None:
    """Who changes these values changes every variant of every course."""
    stream = Stream("seed 0", "cs182-hw3", "", "batchnorm_density")
    assert stream.generator(0).integers(0, 1000, 8).tolist() == [472, 10, 341, 523, 767, 246, 428, 217]
    assert stream.generator(1).integers(0, 1000, 8).tolist() == [839, 315, 921, 427, 465, 296, 502, 89]


@given(NAMES, st.integers(0, 10))
def test_a_stream_starts_afresh_every_time(names: tuple[str, str, str, str], attempt: int) -> None:
    assert numbers(Stream(*names), attempt) == numbers(Stream(*names), attempt)


@given(NAMES, NAMES, st.integers(0, 3), st.integers(0, 3))
def test_streams_are_equal_only_by_name(
    one: tuple[str, str, str, str], other: tuple[str, str, str, str], first: int, second: int
) -> None:
    """Two of 2**256 hashes do not collide by chance."""
    same = (one, first) == (other, second)
    assert (numbers(Stream(*one), first) == numbers(Stream(*other), second)) is same


@pytest.mark.parametrize("separator", ["\x1f", "\x00", ",", '", "', "/", " ", "\\"])
def test_no_separator_lets_names_run_together(separator: str) -> None:
    names = [
        Stream(f"a{separator}b", "c", "d", "e"),
        Stream("a", f"b{separator}c", "d", "e"),
        Stream("a", "b", f"c{separator}d", "e"),
        Stream("a", "b", "c", f"d{separator}e"),
        Stream("a", "b", "c", f"d{separator}e{separator}"),
    ]
    assert len({tuple(numbers(name)) for name in names}) == len(names)


def test_the_attempt_is_not_part_of_the_item() -> None:
    assert numbers(Stream("k", "s", "", "item1"), 2) != numbers(Stream("k", "s", "", "item"), 12)


def test_neighbours_share_nothing() -> None:
    """Neighbouring seeds, students and attempts: no number of one window occurs in another's."""
    seen: set[int] = set()
    for seed, student, attempt in itertools.product(range(5), ("", "s1", "s2"), range(5)):
        window = Stream(f"seed {seed}", "set", student, "item").generator(attempt).integers(0, 2**63, size=100)
        assert not seen & set(window.tolist())
        seen.update(window.tolist())


def test_neighbouring_streams_are_not_correlated() -> None:
    """Correlation of 10,000 pairs is below 0.05, which is five standard deviations."""
    first, second = (Stream(f"seed {seed}", "set", "", "item").generator(0).normal(size=10_000) for seed in (1, 2))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.05


def test_text_that_no_encoding_holds_names_a_stream_too() -> None:
    assert numbers(Stream("\ud800", "s", "", "i")) != numbers(Stream("\ud801", "s", "", "i"))


def test_a_stream_reads_as_set_item_key_and_student() -> None:
    assert str(Stream("seed 7", "hw3", "", "conv")) == "hw3/conv (seed 7)"
    assert str(Stream("fall", "hw3", "ada", "conv")) == "hw3/conv (fall, student ada)"
