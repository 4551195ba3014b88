"""CONTRIBUTING shows a real problem: its listings are the files that `psetpress new` writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COURSE = ROOT / "build" / "psetpress" / "scaffold" / "course"
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
LISTINGS = re.findall(r"^\*\*`([^`]+)`\*\*\n\n```\w*\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_three_files_are_shown() -> None:
    rooms = [path.split("/")[0] for path, _ in LISTINGS]
    assert rooms == ["solvers", "problems", "templates"]


@pytest.mark.parametrize(("path", "listing"), LISTINGS, ids=[path for path, _ in LISTINGS])
def test_a_listing_is_the_file(path: str, listing: str) -> None:
    assert listing == (COURSE / path).read_text(encoding="utf-8")


def test_the_problem_needs_no_other_file() -> None:
    """Three files and one line: apart from the sets and the course's own README nothing else is there."""
    kept = [path for path in COURSE.rglob("*") if path.suffix in {"", ".py", ".j2", ".toml", ".md"} and path.is_file()]
    files = {path.relative_to(COURSE).as_posix() for path in kept if ".ruff_cache" not in path.parts}
    given = {"README.md", "gitignore", "pyproject.toml", "problems/sets/first.toml", "solvers/__init__.py"}
    assert files - given == {path for path, _ in LISTINGS} | {"problems/__init__.py"}


def test_the_one_line_is_the_problems_name() -> None:
    assert 'PROBLEMS = ("dense_parameters",)' in (COURSE / "problems" / "__init__.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", re.findall(r"`(tests/[\w/.]+\.py)`", TEXT))
def test_tests_that_are_named_exist(path: str) -> None:
    assert (ROOT / path).is_file() or "<" in path
