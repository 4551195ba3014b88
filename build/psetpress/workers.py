"""Worker processes: each works in the same workspace, with one thread of torch, and leaves Ctrl-C to the parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from psetpress import proving, workspace
from psetpress.errors import PsetpressError

A = TypeVar("A")
B = TypeVar("B")


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(work: Callable[[A], B], items: Iterable[A], jobs: int) -> Iterator[B]:
    """Yield what ``work`` makes of every item, as soon as it is made: here for one job, else on a pool.

    Whoever stops listening (an exception, Ctrl-C) stops the work. Raises PsetpressError if a worker dies.
    """
    if jobs == 1:
        proving.prepare()
        yield from map(work, items)
        return
    executor = pool(jobs)
    try:
        for future in as_completed([executor.submit(work, item) for item in items]):
            yield future.result()
    except BrokenProcessPool as error:
        raise PsetpressError(
            "a worker process ended unexpectedly (killed, or out of memory); `--jobs 1` works without any"
        ) from error
    finally:
        stop(executor)


def pool(jobs: int) -> ProcessPoolExecutor:
    """Return an executor of ``jobs`` processes in the active workspace.

    They are spawned, on every system: a fork of a process in which torch has threads may never wake up.
    """
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, context, initializer=prepare, initargs=(workspace.active().root,))


def prepare(root: Path) -> None:
    """Make a fresh process ready to draw and prove in the workspace at ``root``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    workspace.activate(root)
    proving.prepare()


def stop(executor: ProcessPoolExecutor) -> None:
    """Leave no worker behind: what waits is cancelled, and what still runs is ended."""
    for process in list((executor._processes or {}).values()):  # pyright: ignore[reportPrivateUsage]  # nothing else ends a task
        process.terminate()
    executor.shutdown(wait=True, cancel_futures=True)
