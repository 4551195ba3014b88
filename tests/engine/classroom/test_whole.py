"""Whole builds by the command line, in a workspace of their own: on processes, on a cluster, killed, and half dead."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

Tree = Callable[[Path], dict[str, str]]
CLASS = ("anna,Anna", "ben,Ben", "cleo,Cleo")


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, str]:
    """Filled by the first who builds: everybody's class and key are the same."""
    return {}


@pytest.fixture
def expected(course: SimpleNamespace, undisturbed: dict[str, str], tree: Tree) -> dict[str, str]:
    """What an undisturbed build in one process gives."""
    if not undisturbed:
        done = course.build(course.roster("class.csv", *CLASS), "--jobs", "0", "--out", "undisturbed")
        assert done.returncode == 0, done.stderr
        undisturbed.update(tree(course.root / "undisturbed"))
    return undisturbed


@pytest.mark.parametrize("how", ["--jobs=2", "--local-cluster=2"])
def test_who_does_the_work_changes_no_byte(
    course: SimpleNamespace, expected: dict[str, str], tree: Tree, how: str
) -> None:
    done = course.build(course.roster("class.csv", *CLASS), how)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 students, every key proved (")
    assert tree(course.root / "out/first") == expected


@pytest.mark.parametrize("stage", ["drawn", "written and proved", "printed"])
def test_killed_at_any_moment_the_next_run_ends_with_the_same_bytes(
    course: SimpleNamespace, expected: dict[str, str], tree: Tree, stage: str
) -> None:
    roster, out = course.roster("class.csv", *CLASS), course.root / "out/first"
    with course.start(roster, "--jobs", "1") as process:
        assert f"{stage}: begun\n" in iter(process.stderr.readline, "")
        time.sleep(random.uniform(0, 0.4))
        os.killpg(process.pid, signal.SIGKILL)
    seen = {name: digest for name, digest in tree(out).items() if not name.startswith(".psetpress")}
    assert "manifest.json" not in seen or seen == expected
    assert course.build(roster, "--jobs", "0").returncode == 0
    assert tree(out) == expected


DIES_ONCE = """\
    import os

    if not os.path.exists("dead"):
        open("dead", "w").close()
        os.kill(os.getpid(), 9)
"""


def test_a_worker_that_dies_changes_no_byte(course: SimpleNamespace, expected: dict[str, str], tree: Tree) -> None:
    """Its students are done again, on one process as on none, and nobody else hears of it."""
    solver = course.root / "solvers/dense.py"
    last = "    return weights(inputs, outputs) + outputs\n"
    solver.write_text(solver.read_text(encoding="utf-8").replace(last, DIES_ONCE + last), encoding="utf-8")
    done = course.build(course.roster("class.csv", *CLASS), "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert (course.root / "dead").exists()
    assert tree(course.root / "out/first") == expected
