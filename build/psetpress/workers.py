"""Worker processes: each works in the same workspace, with one thread of torch, and leaves Ctrl-C to the parent.

The executors of the standard library do not say which item a dead worker had, and give up all others with it. Here
each worker has a pipe of its own: who is lost is known, with the item, and the others work on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, NoReturn, TypeVar

from psetpress import interrupts, proving, worker, workspace
from psetpress.errors import PsetpressError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

A = TypeVar("A")
B = TypeVar("B")

TICK = 0.5
"""Seconds between two looks at workers that say nothing."""


class Loss(NamedTuple, Generic[A]):
    """An item whose worker was lost: the step that it was at, if it had said one, and how it was lost."""

    item: A
    step: int | None
    how: str


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(
    work: Callable[[A], B],
    items: Iterable[A],
    jobs: int,
    lost: Callable[[Loss[A]], B] | None = None,
    patience: float | None = None,
) -> Generator[B]:
    """Yield what ``work`` makes of every item, as soon as it is made, on ``jobs`` processes; 0 works in this one.

    A process that dies, or stays at one step (see :func:`psetpress.worker.step`) for more than ``patience`` seconds,
    is replaced, and what ``lost`` makes of its item is yielded; without ``lost``, PsetpressError is raised. A deque
    of items may be changed meanwhile. Whoever stops listening (an exception, Ctrl-C) stops the work.
    """
    queue = items if isinstance(items, deque) else deque(items)
    if jobs == 0:
        proving.prepare()
        while queue:
            yield worker.made(work, queue.popleft())
        return
    crew = _Crew(work, lost or _refused, patience)
    try:
        yield from crew.results(queue, jobs)
    finally:
        crew.dismiss()


def _refused(loss: Loss[Any]) -> NoReturn:
    raise PsetpressError(f"{loss.how} (at work on {loss.item})")


@dataclass
class _Worker(Generic[A]):
    """A process with its pipe and the step that it shares; ``items`` holds what it works on, one at most."""

    process: BaseProcess
    pipe: Connection[Any, Any]
    place: Any
    items: list[A]
    ready: bool = False
    seen: int = worker.NOWHERE
    looked: float = 0.0
    waited: float = 0.0  # seconds at the step last seen

    def give(self, item: A) -> None:
        self.items.append(item)
        self.place.value = self.seen = worker.NOWHERE
        self.looked, self.waited = time.monotonic(), 0.0
        with suppress(OSError):  # it is dead, which is seen where its answer is read
            self.pipe.send(item)

    def look(self) -> float:
        """Return how long the worker has been at one step; not counted is what this process slept (Ctrl-Z)."""
        now = time.monotonic()
        moved = self.place.value != self.seen
        self.waited = 0.0 if moved else self.waited + min(now - self.looked, 2 * TICK)
        self.seen, self.looked = self.place.value, now
        return self.waited

    def end(self) -> None:
        """End the process at once: it holds nothing that would have to be put away."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


class _Crew(Generic[A, B]):
    """Workers that share one queue. Those that are lost are replaced, but not one that could not even begin."""

    def __init__(self, work: Callable[[A], B], lost: Callable[[Loss[A]], B], patience: float | None) -> None:
        self._work, self._lost, self._patience = work, lost, patience
        self._team: dict[object, _Worker[A]] = {}
        self._stillborn = ""

    def results(self, queue: deque[A], jobs: int) -> Iterator[B]:
        """Yield a result for every item that is or comes into ``queue``."""
        while queue or self._busy():
            while not self._stillborn and len(self._team) < min(jobs, len(queue) + self._busy()):
                self._hire()
            if not self._team:
                yield self._lost(Loss(queue.popleft(), None, self._stillborn))
                continue
            for one in self._team.values():
                if queue and one.ready and not one.items:
                    one.give(queue.popleft())
            yield from self._heard(queue)
            yield from self._overdue()

    def dismiss(self) -> None:
        """Leave no worker behind."""
        with interrupts.held():
            for one in self._team.values():
                one.end()
            self._team.clear()

    def _busy(self) -> int:
        return sum(len(one.items) for one in self._team.values())

    def _hire(self) -> None:
        """Start a process. It is spawned: a fork of a process in which torch has threads may never wake up."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        place = context.RawValue("q", worker.NOWHERE)
        process = context.Process(target=worker.serve, args=(theirs, place, workspace.active().root, self._work))
        with interrupts.undelivered():
            process.start()
            self._team[ours] = _Worker(process, ours, place, [])
        theirs.close()

    def _heard(self, queue: deque[A]) -> Iterator[B]:
        """Yield what workers have answered, within a tick; each goes on while the listener looks at its answer."""
        for pipe in connection.wait([one.pipe for one in self._team.values()], TICK):
            one = self._team[pipe]
            try:
                result, error = one.pipe.recv()
            except (EOFError, OSError):
                yield from self._without(one, "")
                continue
            if error is not None:
                raise error
            if one.ready:
                one.items.clear()
                if queue:
                    one.give(queue.popleft())
                yield result
            one.ready = True

    def _overdue(self) -> Iterator[B]:
        """End the workers that have been at one step for too long, and yield what is said of their items."""
        for one in list(self._team.values()):
            if self._patience is not None and one.items and one.look() > self._patience:
                yield from self._without(one, f"no answer in {self._patience:g} seconds")

    def _without(self, one: _Worker[A], how: str) -> Iterator[B]:
        """Go on without a worker, and yield what is said of its item."""
        if not how:
            one.process.join(TICK)  # a pipe closes a moment before its process has ended
        how = how or _ended(one.process.exitcode)
        del self._team[one.pipe]
        one.end()
        if not one.ready:
            self._stillborn = f"{how} before it could begin"
        at = one.place.value
        for item in one.items:
            yield self._lost(Loss(item, None if at == worker.NOWHERE else at, how))


def _ended(code: int | None) -> str:
    if code is None or code >= 0:
        return f"the worker process ended with exit code {code}"
    memory = "; perhaps the memory was full" if -code == signal.SIGKILL else ""
    return f"the worker process was killed by signal {-code} ({signal.strsignal(-code)}{memory})"
