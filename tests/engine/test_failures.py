"""Failures of a problem's code: one line, with the place in the bank."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from psetpress.failures import described


def failure(folder: Path, room: str, code: str) -> str:
    """Run ``code`` as a file of that room and return how its error is described."""
    file = folder / room / "sub" / "alpha.py"
    try:
        exec(compile(code, file, "exec"), {"Fraction": Fraction})
    except Exception as error:
        return described(error)
    raise AssertionError


def test_type_text_and_place() -> None:
    assert failure(Path("/course"), "solvers", "x = 1\nx / 0") == (
        "ZeroDivisionError: division by zero (solvers/sub/alpha.py, line 2)"
    )


def test_the_place_is_the_banks_not_the_librarys() -> None:
    assert failure(Path("/course"), "problems", "\n\nFraction('x')") == (
        "ValueError: Invalid literal for Fraction: 'x' (problems/sub/alpha.py, line 3)"
    )


def test_an_error_from_elsewhere_has_no_place() -> None:
    assert failure(Path("/course"), "other", "raise KeyError('x')") == "KeyError: 'x'"


def test_an_error_without_words() -> None:
    assert described(AssertionError()) == "AssertionError"
