"""Workers: the same results here and on processes, and nothing left behind when somebody stops listening."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

from psetpress import workers, workspace
from psetpress.errors import PsetpressError


def square(x: int) -> int:
    return x * x


def where(_: int) -> tuple[int, str]:
    time.sleep(0.05)
    return os.getpid(), str(workspace.active().root)


def dies(x: int) -> int:
    os._exit(3)


def refuses(x: int) -> int:
    raise PsetpressError(f"no {x}")


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_item_is_worked_on_once(jobs: int) -> None:
    assert sorted(workers.each(square, range(20), jobs)) == [x * x for x in range(20)]


def test_one_job_works_here_and_several_in_other_processes() -> None:
    assert {process for process, _ in workers.each(where, range(3), 1)} == {os.getpid()}
    found = list(workers.each(where, range(8), 2))
    assert os.getpid() not in {process for process, _ in found}
    assert {root for _, root in found} == {str(workspace.active().root)}


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_comes_through(jobs: int) -> None:
    with pytest.raises(PsetpressError, match=r"^no 0$"):
        list(workers.each(refuses, [0], jobs))


def test_a_worker_that_dies_is_said() -> None:
    with pytest.raises(PsetpressError, match=r"^a worker process ended unexpectedly .*`--jobs 1` works without any$"):
        list(workers.each(dies, [1], 2))


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_nobody_works_on_when_nobody_listens() -> None:
    results: Iterator[float] = workers.each(nap, [0.0, 60.0, 60.0, 60.0], 2)
    assert next(results) == 0.0
    start = time.monotonic()
    results.close()  # type: ignore[attr-defined]  # it is a generator
    assert time.monotonic() - start < 20  # far less than a nap, however busy the machine is
    assert not [child for child in active_children() if "Spawn" in child.name]


def test_cores_are_those_this_process_may_use() -> None:
    assert 1 <= workers.cores() <= (os.cpu_count() or 1)


def test_a_worker_leaves_interrupts_to_its_parent() -> None:
    assert list(workers.each(handles_interrupts, [0, 0], 2)) == [False, False]


def handles_interrupts(_: int) -> bool:
    import signal

    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
