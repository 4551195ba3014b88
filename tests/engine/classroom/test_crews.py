"""Crews: what comes of a task, what stops all of them, and what costs one task only."""

from __future__ import annotations

import errno
import os
from collections import deque
from types import SimpleNamespace

import pytest

from psetpress import interrupts
from psetpress.classroom import crews, tasks
from psetpress.classroom.crews import Local, Lost, Remote, attempt
from psetpress.classroom.seats import Seat, Shard
from psetpress.classroom.tasks import Identified, Result, Task
from psetpress.errors import PsetpressError, UsageError
from psetpress.roster import Student
from psetpress.workers import Loss


def test_a_cluster_performs_tasks_as_this_machine_does() -> None:
    """Its workers need the same TeX, and nothing comes of a task whose worker was lost."""
    given: list[object] = []
    each = lambda *those, **named: iter([given.extend((*those, named)), "result"])  # noqa: E731
    crew = Remote(SimpleNamespace(ahead=4, each=each))  # type: ignore[arg-type]
    queue = deque[Task]()
    assert [*crew.perform(queue)] == [None, "result"]  # type: ignore[comparison-overlap]
    assert given == [attempt, queue, Lost, {"tex": True}]
    assert crew.ahead == 4


class Job:
    """A task that ends as it is told."""

    def __init__(self, end: BaseException | None = None) -> None:
        self.shard, self.end = Shard(0, (Seat(Student("anna"), "anna", ""),)), end

    def run(self) -> Result:
        if self.end:
            raise self.end
        return Identified(self.shard)

    def alone(self) -> list[Task]:
        return []


def task(end: BaseException | None = None) -> Task:
    return Job(end)  # type: ignore[return-value]


def test_a_task_that_is_done_gives_its_result() -> None:
    job = task()
    assert attempt(job) == Identified(job.shard)


@pytest.mark.parametrize(
    ("end", "how"),
    [
        (ZeroDivisionError("a plot of nothing"), "ZeroDivisionError: a plot of nothing"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (MemoryError(), "MemoryError"),
        (
            FileNotFoundError(errno.ENOENT, "No such file", "data.csv"),
            "FileNotFoundError: [Errno 2] No such file: 'data.csv'",
        ),
    ],
)
def test_code_that_fails_or_leaves_costs_its_own_task(end: BaseException, how: str) -> None:
    job = task(end)
    assert attempt(job) == Lost(job, how)


@pytest.mark.parametrize("end", [UsageError("no such set"), interrupts.Interrupted(), interrupts.Terminated(143)])
def test_what_concerns_everybody_is_passed_on(end: BaseException) -> None:
    with pytest.raises(type(end)) as caught:
        attempt(task(end))
    assert caught.value is end


@pytest.mark.parametrize(
    ("number", "place", "message"),
    [
        (
            errno.ENOSPC,
            "/somewhere",
            "/somewhere: No space left on device. What is done is kept; free some space and go on",
        ),
        (errno.EROFS, None, "Read-only file system. What is done is kept; free some space and go on"),
    ],
)
def test_a_disk_without_room_stops_all(number: int, place: str | None, message: str) -> None:
    with pytest.raises(PsetpressError) as caught:
        attempt(task(OSError(number, os.strerror(number), place)))
    assert (caught.value.message, caught.value.exit_code) == (message, 1)


def test_this_process_does_everything_in_order_even_what_is_added_meanwhile() -> None:
    first, second = task(), task(ValueError("no"))
    queue = deque([first])
    results = Local(0).perform(queue)
    assert next(results) == Identified(first.shard)
    queue.append(second)
    assert [*results] == [Lost(second, "ValueError: no")]


@pytest.mark.parametrize(("jobs", "ahead"), [(0, 2), (1, 2), (4, 8)])
def test_nobody_waits(jobs: int, ahead: int) -> None:
    assert Local(jobs).ahead == ahead


def test_processes_are_given_tasks_with_patience_and_who_is_lost_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    job, seen = task(), list[object]()

    def each(*given: object) -> list[object]:
        seen.extend(given)
        return [given[3](Loss(job, 1, "no answer"))]  # type: ignore[operator]

    monkeypatch.setattr(crews.workers, "each", each)
    queue = deque([job])
    assert [*Local(3).perform(queue)] == [Lost(job, "no answer")]
    assert (seen[0], seen[1], seen[2], seen[4]) == (attempt, queue, 3, 300.0)
    assert tasks.perform(job) == Identified(job.shard)
