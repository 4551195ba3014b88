"""Copied code is told from code that does the same in another way."""

from __future__ import annotations

from collections.abc import Callable

from psetpress.records import Problem
from psetpress.verify.twins import twins

MadeUp = Callable[..., Problem]

EXACT = """
def total(values):
    found = 0
    for value in values:
        found += value * value
    return found


def small(a, b):
    return a + b


def answer(n):
    return total(range(n))
"""


def pairs(made_up: MadeUp, oracle: str) -> list[tuple[str, str]]:
    made_up({"exact": EXACT, "oracle": f"{oracle}\n\ndef answer(n):\n    return n"})
    road = [f"solvers.made_up.exact.{name}" for name in ("total", "small")]
    return list(twins(road, ["solvers.made_up.oracle.copied"]))


def test_other_names_types_and_docstrings_are_a_copy(made_up: MadeUp) -> None:
    copied = """
def copied(rows: list[int]) -> int:
    \"\"\"Return what nobody would guess.\"\"\"
    area = 0
    for row in rows:
        area += row * row
    return area
"""
    assert pairs(made_up, copied) == [("solvers.made_up.exact.total", "solvers.made_up.oracle.copied")]


def test_another_order_of_two_variables_is_another_function(made_up: MadeUp) -> None:
    other = "def copied(rows):\n    area = 0\n    for row in rows:\n        area += row * area\n    return area"
    assert pairs(made_up, other) == []


def test_another_function_called_is_another_function(made_up: MadeUp) -> None:
    assert pairs(made_up, "def copied(rows):\n    return sum(row * row for row in rows)") == []


def test_a_line_that_everybody_would_write_is_no_copy(made_up: MadeUp) -> None:
    assert pairs(made_up, "def copied(x, y):\n    return x + y") == []
