"""A made-up problem in files of its own, for what verification reads from source."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from psetpress import workspace
from psetpress.records import Problem
from psetpress.verify import anew, bank

PROBLEM = """
from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from psetpress.answers import Integer
from psetpress.records import Part, Problem
from solvers.made_up import exact, oracle

LARGEST = 9


@dataclass(frozen=True)
class Params:
    n: int


PROBLEM = Problem[Params](
    title="Made up",
    topics=("arithmetic",),
    source="made up",
    minutes=1,
    params=Params,
    draw=lambda rng, level: Params(int(rng.integers(1, LARGEST))),
    published=Params(3),
    edges=(Params(0),),
    solve=lambda p: {"answer": exact.answer(p.n)},
    oracle=lambda p: {"answer": oracle.answer(p.n)},
    parts=(Part(name="one", points=Fraction(1), answers={"answer": Integer()}),),
)
"""


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Problem]]:
    """Write modules of ``solvers/made_up`` by name and return the problem that compares ``exact`` with ``oracle``."""
    workspace.activate()
    for package in workspace.PACKAGES:
        joined = importlib.import_module(package)
        monkeypatch.setattr(joined, "__path__", [*joined.__path__, str(tmp_path / package)])
    before = set(sys.modules)

    def write(modules: Mapping[str, str], problem: str = PROBLEM) -> Problem:
        files = {f"solvers/made_up/{name}.py": text for name, text in modules.items()}
        files = {"problems/made_up.py": problem, "solvers/made_up/__init__.py": "", **files}
        for path, text in files.items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        return importlib.import_module("problems.made_up").PROBLEM

    yield write
    for name in set(sys.modules) - before:
        if "made_up" in name:
            parent, _, child = name.rpartition(".")
            vars(sys.modules[parent]).pop(child, None) if parent in sys.modules else None
            del sys.modules[name]
    for kept in (bank.text, bank.tree, bank.definitions, anew.imports):
        kept.cache_clear()
