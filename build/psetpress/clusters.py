"""A Dask cluster: the same work, on processes that may be on other machines.

Every worker must see the workspace at the same path and hold the same psetpress and libraries (and TeX, for papers);
each checks this before its first item, since the bytes depend on all of it. What is worked on travels to the workers,
the key of the course with it: use a cluster that you trust. (https://distributed.dask.org)
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from psetpress import manifest, proving, workspace
from psetpress.errors import PsetpressError, UsageError
from psetpress.failures import described

A = TypeVar("A")
B = TypeVar("B")

WAIT = 10.0
"""Seconds that a scheduler may take to answer."""


@dataclass(frozen=True)
class Cluster:
    """The workers that a Dask client leads to."""

    client: Any
    root: Path

    @property
    def ahead(self) -> int:
        """Two items for each worker's thread: they come and go. Raises PsetpressError if the scheduler is gone."""
        with _reached():
            return max(2 * sum(self.client.nthreads().values()), 4)

    @property
    def described(self) -> str:
        """The cluster in words. Raises PsetpressError if the scheduler is gone."""
        with _reached():
            count = len(self.client.nthreads())
        return f"Dask cluster, {count} worker{'' if count == 1 else 's'}"

    def each(
        self, work: Callable[[A], B], queue: deque[A], lost: Callable[[A, str], B], *, tex: bool = False
    ) -> Iterator[B]:
        """Yield what ``work`` makes of each item, in any order; the queue may be filled meanwhile.

        ``lost`` says what stands for an item whose worker was lost, and how. With ``tex`` workers need the same TeX,
        too. Raises PsetpressError for a worker that differs from this process, and what ``work`` raises of that kind.
        """
        from distributed import as_completed

        expected, running = makeup(self.root, tex=tex), dict[str, A]()
        finished: Any = as_completed(loop=self.client.loop)
        while queue or running:
            with _reached():
                while queue and len(running) < self.ahead:
                    item = queue.popleft()
                    future = self.client.submit(_perform, self.root, expected, work, item, pure=False, retries=0)
                    running[future.key] = item
                    finished.add(future)
                future = next(finished)
                outcome = _outcome(running.pop(future.key), future, lost)
            yield outcome


@contextmanager
def _reached() -> Generator[None]:
    """Raise PsetpressError, with what to do, if the scheduler does not answer any more."""
    try:
        yield
    except (OSError, CancelledError) as error:
        raise PsetpressError(
            f"the Dask scheduler does not answer any more ({type(error).__name__}). What is done is kept: "
            "start the cluster again, and give the same command"
        ) from error


def _outcome(item: A, future: Any, lost: Callable[[A, str], B]) -> B:
    if future.status != "error":
        return future.result()  # raises CancelledError if the client has given it up
    error = future.exception()
    if isinstance(error, PsetpressError):
        raise error
    return lost(item, f"a worker of the cluster was lost: {described(error)}")


_ONE = threading.Lock()
"""A worker may have many threads, but drawing, typesetting and training are work for one."""


def _perform(root: Path, expected: Mapping[str, str], work: Callable[[A], B], item: A) -> B:
    with _ONE:
        _prepare(root, tuple(expected.items()))
        return work(item)


@cache
def _prepare(root: Path, expected: tuple[tuple[str, str], ...]) -> None:
    """Make this process ready, once. Raises PsetpressError if it would not give the bytes that the others give."""
    workspace.activate(root)
    proving.prepare()
    here = makeup(root, tex=TEX in dict(expected))
    differing = [f"{name} is {here.get(name)}, not {value}" for name, value in expected if here.get(name) != value]
    if differing:
        raise PsetpressError(
            f"a worker of the cluster would give other results: {'; '.join(differing)}; "
            "install the same versions there, and show it the same workspace"
        )


TEX = "TeX"


def makeup(root: Path, *, tex: bool) -> dict[str, str]:
    """Return what decides the bytes that a process makes: versions, and a hash of the engine and the workspace."""
    from psetpress.classroom import workshop
    from psetpress.shards import forme

    place = workspace.active()
    rooms = [folder / name for folder in place.folders for name in ("problems", "solvers", "templates")]
    files = workshop.material([Path(__file__).parent, *(room for room in rooms if room.is_dir())])
    typesetter = {TEX: forme.version()} if tex else {}
    return {**manifest.versions(), **typesetter, "workspace": f"{root} ({files[:12]})"}


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
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield Cluster(client, root)


def chosen(
    scheduler: str | None, local_workers: int | None, root: Path
) -> AbstractContextManager[Cluster] | AbstractContextManager[None]:
    """Give the cluster that the options ``--scheduler`` and ``--local-cluster`` ask for, None without them."""
    if local_workers is not None:
        return local(local_workers, root)
    return nullcontext() if scheduler is None else connected(scheduler, root)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise UsageError("a cluster needs Dask: pip install 'psetpress[cluster]'") from error
    return distributed
