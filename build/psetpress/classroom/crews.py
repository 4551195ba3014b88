"""Who does the work: processes of this machine, or a cluster of others. What comes of it is the same."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from psetpress import workers
from psetpress.classroom import tasks

if TYPE_CHECKING:
    from psetpress.classroom.tasks import Result, Task
    from psetpress.workers import Loss

PATIENCE = 300.0
"""Seconds without a sign from a worker after which it counts as lost: hundreds of times what a step takes."""


@dataclass(frozen=True)
class Lost:
    """A task whose worker was lost, and how."""

    task: Task
    how: str


class Crew(Protocol):
    """Performs tasks."""

    @property
    def ahead(self) -> int:
        """How many tasks to have ready, so that nobody waits."""
        ...

    def perform(self, queue: deque[Task]) -> Iterator[Result | Lost]:
        """Yield what comes of each task, in any order, until the queue is empty; it may be filled meanwhile."""
        ...


@dataclass(frozen=True)
class Local:
    """Processes of this machine; with no ``jobs`` this process does the work."""

    jobs: int

    @property
    def ahead(self) -> int:
        """A task at work and one waiting for each process."""
        return 2 * max(self.jobs, 1)

    def perform(self, queue: deque[Task]) -> Iterator[Result | Lost]:
        """Yield what comes of each task."""
        yield from workers.each(tasks.perform, queue, self.jobs, _lost, PATIENCE)


def _lost(loss: Loss[Task]) -> Lost:
    return Lost(loss.item, loss.how)
