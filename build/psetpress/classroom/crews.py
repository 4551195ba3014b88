"""Who does the work: processes of this machine, or a cluster of others. What comes of it is the same."""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from psetpress import interrupts, workers
from psetpress.classroom import tasks
from psetpress.errors import PsetpressError
from psetpress.failures import described

if TYPE_CHECKING:
    from psetpress.classroom.tasks import Result, Task
    from psetpress.clusters import Cluster
    from psetpress.workers import Loss

PATIENCE = 300.0
"""Seconds without a sign from a worker after which it counts as lost: hundreds of times what a step takes."""


FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
"""What the system says when there is no room for anybody's papers."""


@dataclass(frozen=True)
class Lost:
    """A task of which nothing came: its worker was lost, or failed where nobody expected it; and how."""

    task: Task
    how: str


def attempt(task: Task) -> Result | Lost:
    """Return what comes of a task. Raises PsetpressError for what would stop every other task, too."""
    try:
        return tasks.perform(task)
    except (PsetpressError, interrupts.Interrupted, interrupts.Terminated):
        raise
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # a figure that leaves must not take a class along
        if isinstance(error, OSError) and error.errno in FULL:
            where = f"{error.filename}: " if error.filename else ""
            raise PsetpressError(f"{where}{error.strerror}. What is done is kept; free some space and go on") from error
        return Lost(task, described(error))


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
        yield from workers.each(attempt, queue, self.jobs, _lost, PATIENCE)


@dataclass(frozen=True)
class Remote:
    """Processes of a cluster."""

    cluster: Cluster

    @property
    def ahead(self) -> int:
        """As many as keep the cluster's workers busy."""
        return self.cluster.ahead

    def perform(self, queue: deque[Task]) -> Iterator[Result | Lost]:
        """Yield what comes of each task. Raises PsetpressError for a worker that would make other papers."""
        yield from self.cluster.each(attempt, queue, Lost, tex=True)


def _lost(loss: Loss[Task]) -> Lost:
    return Lost(loss.item, loss.how)
