"""Effort: digits, values and arithmetic steps of a variant, counted by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import drawing, workspace
from psetpress.verify import effort

SOLVE = """
def solve(p):
    total = p.a + p.b           # one step
    for _ in range(p.a):
        total = total * 2 - 1   # two steps each time
    return {"sum": total, "product": -p.a if p.a < p.b else abs(p.b)}  # two steps, or one
"""


def variant(toy: SimpleNamespace, a: int, b: int, **changes: Any) -> drawing.Variant:
    return drawing.given("toy", toy.variation(**changes), toy.Params(a, b), "standard")


def test_digits_are_those_read_and_those_written(toy: SimpleNamespace) -> None:
    # given 12, 345, scale 1, pair (0, 0): 8 digits; answers 357 and 4140: 7 digits
    assert effort.digits(variant(toy, 12, 345)) == 8 + 7


def test_values_are_the_different_numbers_given(toy: SimpleNamespace) -> None:
    assert effort.values(variant(toy, 12, 345)) == 4  # 12, 345, 1, 0
    assert effort.values(variant(toy, 1, 1)) == 2


@pytest.fixture
def counted(
    toy: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int, int], int]]:
    """Count the steps of SOLVE, a file of a bank of its own."""
    file = tmp_path / "solvers" / "toy.py"
    file.parent.mkdir()
    file.write_text(SOLVE)
    space: dict[str, Any] = {}
    exec(compile(SOLVE, str(file), "exec"), space)
    monkeypatch.setattr(workspace, "_active", workspace.Workspace(tmp_path))
    effort._of_the_bank.cache_clear()
    yield lambda a, b: effort.operations(variant(toy, a, b, solve=space["solve"], misconceptions=()))
    effort._of_the_bank.cache_clear()  # the real bank is elsewhere


@pytest.mark.parametrize(("a", "b", "steps"), [(1, 5, 1 + 2 + 2), (4, 5, 1 + 8 + 2), (4, 2, 1 + 8 + 1)])
def test_operations_are_the_arithmetic_steps_of_solve(
    counted: Callable[[int, int], int], a: int, b: int, steps: int
) -> None:
    assert counted(a, b) == steps


def test_counting_leaves_no_trace(counted: Callable[[int, int], int]) -> None:
    before = sys.gettrace()
    counted(2, 3)
    assert sys.gettrace() is before


def test_steps_outside_of_the_bank_are_not_counted(toy: SimpleNamespace) -> None:
    assert effort.operations(variant(toy, 2, 3)) == 0  # the toy's solve is in tests/
