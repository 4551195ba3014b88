"""Which types parameters may have, and what happens to the others."""

from __future__ import annotations

from dataclasses import dataclass, make_dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pytest

from psetpress import schema
from psetpress.errors import PsetpressError

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True)
class Good:
    a: int | Fraction | None
    b: tuple[tuple[bool, ...], str]
    c: Literal["x", 1]
    d: tuple[()] = ()


@dataclass
class Changing:
    a: int


@dataclass(frozen=True)
class Late:
    a: Decimal


class Row(NamedTuple):
    a: int


def of(kind: Any) -> type[Any]:
    """Return a class ``Params`` with one field ``x`` of this type."""
    return make_dataclass("Params", [("x", kind)], frozen=True)


def test_what_parameters_may_be_made_of() -> None:
    schema.check(Good)
    schema.check(of(Good | tuple[Good, ...] | None))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (float, "Params.x: float is no type of a parameter; accepted are int, Fraction, bool, str, Literal, None, "),
        (list[int], "Params.x: list is no type of a parameter"),
        (tuple[int, dict[str, int]], "Params.x: dict is no type of a parameter"),
        (Row, "Params.x: Row is no type of a parameter"),
        (int | float, "Params.x: float is no type of a parameter"),
        (tuple, "Params.x: tuple is no type of a parameter"),
        (Any, "Params.x: Any is no type of a parameter"),
        (Changing, "Params.x: Changing can be changed; write @dataclass(frozen=True)"),
        (tuple[int, ...] | tuple[str, ...], "Params.x: JSON cannot tell two tuples apart"),
        (
            Good | make_dataclass("Good", [], frozen=True),
            "Params.x: JSON cannot tell two tuples apart, nor two classes",
        ),
        (of(float), "Params.x.x: float is no type"),
    ],
)
def test_other_types_are_refused_with_their_place(kind: Any, expected: str) -> None:
    with pytest.raises(PsetpressError) as caught:
        schema.check(of(kind))
    assert caught.value.message.startswith(expected)


def test_types_must_be_there_when_the_problem_runs() -> None:
    with pytest.raises(PsetpressError, match=r"^Late: name 'Decimal' is not defined; .*outside of `if TYPE_CHECKING`$"):
        schema.check(Late)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (int | Fraction, 'a whole number or a number or a fraction such as "3/2"'),
        (Good | None, "a table of a, b, c, d or null"),
        (Literal["x", 1], '"x" or 1'),
        (tuple[int, ...], "an array"),
        (tuple[()], "an array of 0"),
        (make_dataclass("Empty", []), "a table of nothing"),
    ],
)
def test_what_is_accepted_is_said_in_words(kind: Any, expected: str) -> None:
    assert schema.accepts(kind) == expected


def test_fields_that_a_set_file_must_give() -> None:
    assert schema.required(Good) == ("b", "c")
    assert schema.absent(Good) == {"a": None}
