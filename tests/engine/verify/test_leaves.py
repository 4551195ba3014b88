"""Leaves of parameters: found, replaced one by one, and all at once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.verify.leaves import leaves, mapped, put, shown


@dataclass(frozen=True)
class Inner:
    values: tuple[int, ...]


@dataclass(frozen=True)
class Outer:
    a: Fraction
    inner: Inner
    name: str = "x"


OUTER = Outer(Fraction(1, 2), Inner((3, 4)))

nested = st.recursive(st.integers(), lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=12)


def test_leaves_of_nested_records_in_the_order_of_the_fields() -> None:
    assert list(leaves(OUTER)) == [
        (("a",), Fraction(1, 2)),
        (("inner", "values", 0), 3),
        (("inner", "values", 1), 4),
        (("name",), "x"),
    ]


def test_put_changes_one_leaf_and_keeps_the_rest() -> None:
    assert put(OUTER, ("inner", "values", 1), 9) == Outer(Fraction(1, 2), Inner((3, 9)))
    assert put(OUTER, ("a",), Fraction(5)) == Outer(Fraction(5), Inner((3, 4)))
    assert OUTER.inner.values == (3, 4)


def test_mapped_changes_every_leaf() -> None:
    assert mapped(OUTER, str) == Outer("1/2", Inner(("3", "4")), "x")  # type: ignore[arg-type]


@pytest.mark.parametrize(("path", "expected"), [(("x", "values", 0), "x.values[0]"), ((2,), "[2]"), (("a",), "a")])
def test_a_path_reads_like_python(path: Any, expected: str) -> None:
    assert shown(path) == expected


@given(nested)
def test_putting_back_what_is_there_changes_nothing(value: Any) -> None:
    for path, leaf in leaves(value):
        assert put(value, path, leaf) == value


@given(nested)
def test_mapping_acts_on_each_leaf_where_it_stands(value: Any) -> None:
    assert list(leaves(mapped(value, lambda x: x + 1))) == [(path, leaf + 1) for path, leaf in leaves(value)]
