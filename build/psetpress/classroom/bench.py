"""The bench: tasks go out to a crew, results come back and are kept, and what a lost worker had is given out again."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from psetpress.classroom import tasks
from psetpress.classroom.crews import Lost
from psetpress.classroom.seats import EVERYBODY
from psetpress.classroom.tasks import Print, Printed, PrintRubric, Written
from psetpress.errors import PsetpressError

if TYPE_CHECKING:
    from psetpress.classroom.crews import Crew
    from psetpress.classroom.seats import Shard
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
        self._unsettled: set[int] = set()

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
                    self._told(stage, _students(task.shard))
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
                waiting, result = waiting + 1, _failed(result)
            waiting -= 1
            self._told(stage, _students(result.shard))
            yield self._keep(folder, result)

    def close(self) -> None:
        """Let the crew go."""
        close = getattr(self._results, "close", None)
        if close:
            close()

    def jobs(self, pieces: Sequence[Shard]) -> bytes:
        """Return the documents of a shard, which :meth:`run` has put away, whole or in ``pieces``."""
        pickled: list[bytes] = [self._place.kept(f"jobs/{piece.number}") for piece in pieces]
        if len(pickled) == 1 and pickled[0]:
            return pickled[0]
        return pickle.dumps([job for jobs in pickled if jobs for job in pickle.loads(jobs)])

    def _again(self, task: Task) -> list[Task]:
        """Return what to try after a task was lost: its students one by one; nothing for one who was alone.

        What is printed depends on who shares a run, so a run is tried a second time before.
        """
        number = task.shard.number
        mark = (type(task), number)
        if isinstance(task, Print | PrintRubric) and (number >= 0 or number == EVERYBODY) and mark not in self._suspect:
            self._suspect.add(mark)
            return [task]
        return [*task.alone()] if number >= 0 else []

    def _kept(self, folder: str, task: Task) -> Result | None:
        """Return what an earlier build kept of a task, if all of it is there and it was the same task."""
        number = task.shard.number
        if number in self._unsettled:
            return None
        kept: Result | None = self._place.kept(f"{folder}/{number}")
        if kept is None or kept.shard != task.shard:
            return None
        if isinstance(kept, Written) and self._place.kept(f"jobs/{number}") is None:
            return None
        return kept if not isinstance(kept, Printed) or self._place.staged(kept.digests) else None

    def _keep(self, folder: str, result: Result) -> Result:
        """Put a result away for later, and its files where they can be delivered from.

        A failure is tried again by the next build, and so is what later stages made of the rest of its shard.
        """
        number = result.shard.number
        if isinstance(result, Written):
            self._place.keep(f"jobs/{number}", result.jobs)
            result = replace(result, jobs=b"")
        elif isinstance(result, Printed):
            digests = {name: self._place.stage(name, content) for name, content in result.files.items()}
            result = replace(result, files={}, digests=digests)
        if result.failed or number < 0:
            self._unsettled.add(result.shard.home)
        elif number not in self._unsettled:
            self._place.keep(f"{folder}/{number}", result)
        return result


def _students(shard: Shard) -> int:
    return 0 if shard.number == EVERYBODY else len(shard.seats)


def _failed(lost: Lost) -> Result:
    """Return a result that says of the students of a task that they get nothing."""
    if lost.task.shard.number == EVERYBODY:
        raise PsetpressError(f"the rubric could not be printed: {lost.how}")
    return tasks.failed(lost.task, lost.how)
