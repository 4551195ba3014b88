"""Seconds go on where an earlier run of the same order noted them, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from solvers.training import stopwatch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that shows its only number."""
    now = [100.0]
    monkeypatch.setattr(stopwatch, "monotonic", lambda: now[0])
    return now


def test_pauses_do_not_count(tmp_path: Path, clock: list[float]):
    first = stopwatch.Stopwatch(tmp_path / "work", "one")
    clock[0] += 30
    first.note()
    clock[0] += 5  # killed then: what was not noted is lost
    clock[0] += 1000
    second = stopwatch.Stopwatch(tmp_path / "work", "one")
    clock[0] += 4
    assert second.seconds == 34
    assert [path.name for path in (tmp_path / "work").iterdir()] == [stopwatch.FILE]


@pytest.mark.parametrize("noted", [None, "", "[]", "5", '{"seconds": "many", "identity": "one"}'])
def test_what_is_not_noted_of_this_order_does_not_count(tmp_path: Path, clock: list[float], noted: str | None):
    if noted is None:
        stopwatch.Stopwatch(tmp_path, "another order").note()
    else:
        (tmp_path / stopwatch.FILE).write_text(noted)
    watch = stopwatch.Stopwatch(tmp_path, "one")
    clock[0] += 2
    assert watch.seconds == 2
