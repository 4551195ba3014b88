"""A crew on a Dask cluster: the same tasks, on processes that may be on other machines.

Every worker must see the workspace at the same path and hold the same psetpress, libraries and TeX; each checks this
before its first task, since the bytes depend on all of it. The key of the course travels to the workers with the tasks:
use a cluster that you trust. (https://distributed.dask.org)
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psetpress import manifest, proving, workspace
from psetpress.classroom import crews, workshop
from psetpress.classroom.crews import Lost
from psetpress.errors import PsetpressError, UsageError
from psetpress.failures import described
from psetpress.shards import forme

if TYPE_CHECKING:
    from psetpress.classroom.tasks import Result, Task

WAIT = 10.0
"""Seconds that a scheduler may take to answer."""


@dataclass(frozen=True)
class Cluster:
    """The workers that a Dask client leads to."""

    client: Any
    root: Path

    @property
    def ahead(self) -> int:
        """Two tasks for each worker's thread: they come and go. Raises PsetpressError if the scheduler is gone."""
        with _reached():
            return max(2 * sum(self.client.nthreads().values()), 4)

    def perform(self, queue: deque[Task]) -> Iterator[Result | Lost]:
        """Yield what comes of each task. Raises PsetpressError for a worker that differs from this process."""
        from distributed import as_completed

        expected, running = makeup(self.root), dict[str, "Task"]()
        finished: Any = as_completed(loop=self.client.loop)
        while queue or running:
            with _reached():
                while queue and len(running) < self.ahead:
                    task = queue.popleft()
                    future = self.client.submit(_perform, self.root, expected, task, pure=False, retries=0)
                    running[future.key] = task
                    finished.add(future)
                future = next(finished)
                outcome = _outcome(running.pop(future.key), future)
            yield outcome


@contextmanager
def _reached() -> Generator[None]:
    """Raise PsetpressError, with what to do, if the scheduler does not answer any more."""
    try:
        yield
    except (OSError, CancelledError) as error:
        raise PsetpressError(
            f"the Dask scheduler does not answer any more ({type(error).__name__}). What is done is kept: "
            "start the cluster again, and build again"
        ) from error


def _outcome(task: Task, future: Any) -> Result | Lost:
    if future.status != "error":
        return future.result()  # raises CancelledError if the client has given it up
    error = future.exception()
    if isinstance(error, PsetpressError):
        raise error
    return Lost(task, f"a worker of the cluster was lost: {described(error)}")


_ONE = threading.Lock()
"""A worker may have many threads, but drawing and typesetting are work for one."""


def _perform(root: Path, expected: Mapping[str, str], task: Task) -> Result | Lost:
    with _ONE:
        _prepare(root, tuple(expected.items()))
        return crews.attempt(task)


@cache
def _prepare(root: Path, expected: tuple[tuple[str, str], ...]) -> None:
    """Make this process ready, once. Raises PsetpressError if it would not give the bytes that the others give."""
    workspace.activate(root)
    proving.prepare()
    here = makeup(root)
    differing = [f"{name} is {here.get(name)}, not {value}" for name, value in expected if here.get(name) != value]
    if differing:
        raise PsetpressError(
            f"a worker of the cluster would not make the same papers: {'; '.join(differing)}; "
            "install the same versions there, and show it the same workspace"
        )


def makeup(root: Path) -> dict[str, str]:
    """Return what decides the bytes that a process makes: versions, and a hash of the engine and the workspace."""
    place = workspace.active()
    rooms = [folder / name for folder in place.folders for name in ("problems", "solvers", "templates")]
    engine = Path(__file__).parents[1]
    files = workshop.material([engine, *(room for room in rooms if room.is_dir())])
    return {**manifest.versions(), "TeX": forme.version(), "workspace": f"{root} ({files[:12]})"}


@contextmanager
def connected(address: str, root: Path) -> Generator[Cluster]:
    """Give the workers of the scheduler at ``address``. Raises UsageError if nobody answers there."""
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=WAIT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}; give HOST:PORT of one that runs") from error
    with client:
        _wait(client, address)
        yield Cluster(client, root)


def _wait(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=WAIT)
    except TimeoutError as error:
        raise UsageError(f"the Dask scheduler at {address} has no worker; start one: dask worker {address}") from error


@contextmanager
def local(workers: int, root: Path) -> Generator[Cluster]:
    """Give a cluster of ``workers`` processes on this machine, to try what a larger one would do."""
    distributed = _distributed()
    with (
        distributed.LocalCluster(workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield Cluster(client, root)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise UsageError("a cluster needs Dask: pip install 'psetpress[cluster]'") from error
    return distributed
