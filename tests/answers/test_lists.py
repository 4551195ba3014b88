"""Brackets, rows and entries."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers import lists
from psetpress.answers.base import Unreadable


@pytest.mark.parametrize(
    ("text", "separators", "pieces"),
    [
        ("1, 2", ",", ["1", "2"]),
        ("1, (2, 3), [4, 5]", ",", ["1", "(2, 3)", "[4, 5]"]),
        ("1; 2, 3", ";", ["1", "2, 3"]),
        ("1; 2, 3", ";,", ["1", "2", "3"]),
        ("", ",", [""]),
        (",", ",", ["", ""]),
        ("({[1, 2]})", ",", ["({[1, 2]})"]),
    ],
)
def test_split(text: str, separators: str, pieces: list[str]) -> None:
    assert lists.split(text, separators) == pieces


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(1", 'a ")" is missing'),
        ("[(1]", 'a "]" closes nothing'),
        ("1)", 'a ")" closes nothing'),
        ("(1]", 'a "]" closes nothing'),
        ("[" * 51, "brackets are nested deeper than 50"),
    ],
)
def test_split_checks_brackets(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        lists.split(text, ",")
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("[1, 2]", "1, 2"),
        ("( 1 )", "1"),
        ("()", ""),
        ("(1)(2)", None),
        ("1", None),
        ("", None),
        ("(", None),
        ("(1]", None),
    ],
)
def test_inside(text: str, body: str | None) -> None:
    assert lists.inside(text) == body


def test_inside_has_a_depth() -> None:
    with pytest.raises(Unreadable, match="brackets are nested deeper than 50"):
        lists.inside("(" * 51 + ")" * 51)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("[1]", True),
        ("[]", True),
        ("(1, 2)", True),
        ("(1; 2)", True),
        ("([1])", True),
        ("(1)", False),
        ("(1 + 2)", False),
        ("(1, 2)(3, 4)", False),
        ("1, 2", False),
    ],
)
def test_is_list(text: str, verdict: bool) -> None:
    assert lists.is_list(text) is verdict


@pytest.mark.parametrize(
    ("row", "entries"),
    [
        ("1, 2, 3", ["1", "2", "3"]),
        ("1,2,", ["1", "2"]),
        ("1 & 2", ["1", "2"]),
        ("1 2  3", ["1", "2", "3"]),
        ("1 -2 3", ["1", "-2", "3"]),
        ("1 + 2, 3", ["1 + 2", "3"]),
        ("(1 + 2) 3", ["(1 + 2)", "3"]),
        ("1", ["1"]),
        ("", []),
    ],
)
def test_items(row: str, entries: list[str]) -> None:
    assert lists.items(row) == entries


@pytest.mark.parametrize("row", ["1,,2", ",1", "1,2,,"])
def test_items_may_not_be_missing(row: str) -> None:
    with pytest.raises(Unreadable, match='beside a "," an entry is missing'):
        lists.items(row)


@pytest.mark.parametrize(
    "text",
    [
        "1 2; 3 4",
        "1, 2; 3, 4",
        "1 2\n3 4",
        "1, 2,\n3, 4",
        "[[1, 2], [3, 4]]",
        "[[1 2]\n [3 4]]",
        "[1 2; 3 4]",
        "[1, 2], [3, 4]",
        "[1, 2]; [3, 4]",
        "((1, 2), (3, 4))",
        "(1, 2), (3, 4)",
        "{{1, 2}, {3, 4}}",
        "[[[1, 2], [3, 4]]]",
        "array([[1, 2],\n       [3, 4]])",
        "np.array([[1, 2], [3, 4]])",
        "tensor([[1, 2],\n        [3, 4]], dtype=torch.int32)",
        "tensor([[1, 2], [3, 4]], device='cpu', dtype=torch.float64)",
        "Matrix([[1, 2], [3, 4]])",
    ],
)
def test_rows(text: str) -> None:
    assert lists.rows(text) == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("5", [["5"]]),
        ("[5]", [["5"]]),
        ("1 2 3", [["1", "2", "3"]]),
        ("(1, 2, 3)", [["1", "2", "3"]]),
        ("[1, 2, 3]", [["1", "2", "3"]]),
        ("[[1, 2, 3]]", [["1", "2", "3"]]),
        ("1; 2; 3", [["1"], ["2"], ["3"]]),
        ("[[1], [2], [3]]", [["1"], ["2"], ["3"]]),
        ("(1+2), 3", [["(1+2)", "3"]]),
        ("1 2; 3", [["1", "2"], ["3"]]),
        ("[]", []),
    ],
)
def test_rows_of_other_shapes(text: str, rows: list[list[str]]) -> None:
    assert lists.rows(text) == rows


def test_numbers_name_the_entry_that_is_none() -> None:
    assert lists.numbers(["1", "3/2"]) == (1, Fraction(3, 2))
    with pytest.raises(Unreadable) as caught:
        lists.numbers(["1", "a"])
    assert str(caught.value) == 'in the entry "a", "a" is no number and no known function'


def test_there_is_a_limit() -> None:
    assert len(lists.numbers(["1"] * lists.MAX_ENTRIES)) == lists.MAX_ENTRIES
    with pytest.raises(Unreadable, match=r"2501 entries are too many \(at most 2500\)"):
        lists.numbers(["1"] * (lists.MAX_ENTRIES + 1))


@given(st.lists(st.lists(st.integers(), min_size=1, max_size=4), min_size=1, max_size=4))
def test_what_python_prints_is_read(matrix: list[list[int]]) -> None:
    expected = [[str(entry) for entry in row] for row in matrix]
    assert lists.rows(str(matrix)) == expected
    assert lists.rows(";".join(" ".join(row) for row in expected)) == expected


@given(st.text(alphabet="()[]{},; \n&12ab", max_size=40))
def test_any_brackets_are_read_or_refused(text: str) -> None:
    with suppress(Unreadable):
        rows = lists.rows(text)
        assert all(isinstance(entry, str) for row in rows for entry in row)
