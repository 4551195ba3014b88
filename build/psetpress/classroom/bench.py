"""The bench: tasks go out to a crew, results come back and are kept, and what a lost worker had is given out again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from psetpress.classroom import tasks
from psetpress.classroom.crews import Lost
from psetpress.classroom.tasks import Printed, Written

if TYPE_CHECKING:
    from psetpress.classroom.crews import Crew
    from psetpress.classroom.tasks import Result, Task
    from psetpress.classroom.workshop import Workshop

Told = Callable[[str, int], None]
"""Is told of a stage and of how many more students are through it."""


class Bench:
    """Performs the tasks of one build, stage by stage, on one crew."""

    def __init__(self, crew: Crew, place: Workshop, told: Told) -> None:
        self._crew, self._place, self._told = crew, place, told
        self._queue: deque[Task] = deque()
        self._results = crew.perform(self._queue)
        self._suspect: set[tuple[type[Task], int]] = set()

    def run(self, stage: str, todo: Iterable[Task], made_with: str = "") -> Iterator[Result]:
        """Yield what comes of each task, in any order. ``todo`` is taken as the crew needs it.

        What an earlier build kept of the stage counts if it was ``made_with`` the same.
        """
        waiting, todo, folder = 0, iter(todo), f"{stage}{made_with}".replace(" ", "-")
        self._told(stage, 0)
        while True:
            while waiting < self._crew.ahead and (task := next(todo, None)) is not None:
                kept = self._kept(folder, task)
                if kept is None:
                    self._queue.append(task)
                    waiting += 1
                else:
                    self._told(stage, len(task.shard.seats))
                    yield kept
            if not waiting:
                return
            result = next(self._results)
            if isinstance(result, Lost):
                again = self._again(result.task)
                self._queue.extend(again)
                waiting += len(again) - 1
                if again:
                    continue
                waiting, result = waiting + 1, tasks.failed(result.task, result.how)
            waiting -= 1
            self._told(stage, len(result.shard.seats))
            yield self._keep(folder, result)

    def close(self) -> None:
        """Let the crew go."""
        close = getattr(self._results, "close", None)
        if close:
            close()

    def jobs(self, written: Written) -> bytes:
        """Return the documents of a shard, which :meth:`run` has put away."""
        return self._place.kept(f"jobs/{written.shard.number}")

    def _again(self, task: Task) -> list[Task]:
        """Return what to try after a worker was lost: the task once more, then each student; nothing for one alone."""
        mark = (type(task), task.shard.number)
        if mark not in self._suspect:
            self._suspect.add(mark)
            return [task]
        return [*task.alone()] if len(task.shard.seats) > 1 else []

    def _kept(self, folder: str, task: Task) -> Result | None:
        """Return what an earlier build kept of a task, if all of it is there."""
        kept: Result | None = self._place.kept(f"{folder}/{task.shard.number}")
        if isinstance(kept, Printed) and not self._place.staged(kept.digests):
            return None
        return kept

    def _keep(self, folder: str, result: Result) -> Result:
        """Put a result away for later, and its files where they can be delivered from. A failure is tried again."""
        number = result.shard.number
        if isinstance(result, Written):
            self._place.keep(f"jobs/{number}", result.jobs)
            result = replace(result, jobs=b"")
        elif isinstance(result, Printed):
            digests = {name: self._place.stage(name, content) for name, content in result.files.items()}
            result = replace(result, files={}, digests=digests)
        if not result.failed and number >= 0:
            self._place.keep(f"{folder}/{number}", result)
        return result
