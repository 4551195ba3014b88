"""Workers: the same results here and on processes, who is lost is named, and nothing is left behind."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections import deque
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from psetpress import interrupts, worker, workers, workspace
from psetpress.errors import PsetpressError, UsageError
from psetpress.workers import Loss


def square(x: int) -> int:
    return x * x


def where(_: int) -> tuple[int, str]:
    time.sleep(0.05)
    return os.getpid(), str(workspace.active().root)


def looks_for_garbage(_: int) -> tuple[bool, int]:
    return gc.isenabled(), gc.get_threshold()[0]


def refuses(x: int) -> int:
    raise UsageError(f"no {x}")


def breaks(x: int) -> float:
    return 1 / x


def dies_at_3(x: int) -> int:
    for at in range(5):
        worker.step(at)
        if x == 3 and at == 2:
            os._exit(0)
    return x


def kills_itself(x: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return x


def hangs_at_3(x: int) -> int:
    """Work for 3 s in steps of 0.3 s; one hangs, and lets no exception stop it."""
    for at in range(10):
        worker.step(at)
        time.sleep(0.3)
    while x == 3:
        try:
            time.sleep(60)
        except BaseException:
            continue
    return x


def pretends(_: int) -> int:
    raise KeyboardInterrupt


def told(loss: Loss[int]) -> Loss[int]:
    return loss


@pytest.mark.parametrize("jobs", [0, 1, 2])
def test_every_item_is_worked_on_once(jobs: int) -> None:
    assert sorted(workers.each(square, range(20), jobs)) == [x * x for x in range(20)]


def test_no_job_works_here_and_any_number_in_other_processes() -> None:
    assert {process for process, _ in workers.each(where, range(3), 0)} == {os.getpid()}
    found = list(workers.each(where, range(8), 2))
    assert os.getpid() not in {process for process, _ in found}
    assert {root for _, root in found} == {str(workspace.active().root)}
    assert os.getpid() not in {process for process, _ in workers.each(where, range(1), 1)}


@pytest.mark.parametrize("jobs", [0, 1])
def test_an_error_comes_through_with_its_exit_code(jobs: int) -> None:
    with pytest.raises(UsageError, match=r"^no 0$"):
        list(workers.each(refuses, [0], jobs))


def test_an_error_that_nobody_expected_comes_with_its_traceback() -> None:
    with pytest.raises(PsetpressError, match=r"(?s)Traceback.*in breaks.*ZeroDivisionError"):
        list(workers.each(breaks, [0], 1))


@pytest.mark.parametrize("jobs", [0, 1])
def test_a_key_that_work_pretends_was_pressed_is_its_error(jobs: int) -> None:
    with pytest.raises(PsetpressError, match=r"^7: KeyboardInterrupt$"):
        list(workers.each(pretends, [7], jobs))


def test_a_worker_that_dies_is_said_with_its_item() -> None:
    with pytest.raises(PsetpressError, match=r"^the worker process ended with exit code 0 \(at work on 3\)$"):
        list(workers.each(dies_at_3, range(5), 1))


def test_who_is_lost_is_named_with_its_step_and_all_others_are_worked_on() -> None:
    found: list[Any] = list(workers.each(dies_at_3, [3, *range(6)], 2, told))
    lost = Loss(3, 2, "the worker process ended with exit code 0")
    assert [one for one in found if isinstance(one, Loss)] == [lost, lost]
    assert sorted(one for one in found if not isinstance(one, Loss)) == [0, 1, 2, 4, 5]


def test_a_worker_that_is_killed_says_by_what() -> None:
    (loss,) = workers.each(kills_itself, [1], 1, told)
    assert loss == Loss(1, None, "the worker process was killed by signal 9 (Killed; perhaps the memory was full)")


def test_a_worker_that_hangs_is_lost_and_one_that_is_only_slow_is_not() -> None:
    found: list[Any] = list(workers.each(hangs_at_3, [3, 0], 2, told, patience=2.0))
    assert [one for one in found if not isinstance(one, Loss)] == [0]
    assert [one for one in found if isinstance(one, Loss)] == [Loss(3, 9, "no answer in 2 seconds")]


def test_workers_that_cannot_even_begin_are_not_started_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "serve", os.abort)  # called with arguments it does not take: the process ends
    found = list(workers.each(square, range(3), 2, told))  # type: ignore[arg-type]
    assert found == [Loss(x, None, "the worker process ended with exit code 1 before it could begin") for x in range(3)]


def test_a_queue_may_change_while_it_is_worked_on() -> None:
    queue = deque(range(3))
    found: list[int] = []
    for result in workers.each(square, queue, 1):
        found.append(result)
        if result == 0:
            queue.clear()
            queue.append(7)
    assert found[0] == 0
    assert found[-1] == 49
    assert len(found) <= 3


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_workers_go_on_while_the_listener_looks_at_an_answer(tmp_path: Path) -> None:
    results = workers.each(Path.touch, [tmp_path / "first", tmp_path / "second"], 1)
    next(results)
    patience = time.monotonic() + 10
    while not (tmp_path / "second").exists() and time.monotonic() < patience:
        time.sleep(0.01)
    assert (tmp_path / "second").exists()
    results.close()


def test_nobody_works_on_when_nobody_listens() -> None:
    results = workers.each(nap, [0.0, 60.0, 60.0, 60.0], 2)
    assert next(results) == 0.0
    start = time.monotonic()
    results.close()
    assert time.monotonic() - start < 20  # far less than a nap, however busy the machine is
    assert not active_children()


def test_ctrl_c_while_workers_are_ended_comes_when_they_have_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    results = workers.each(nap, [0.0, 60.0, 60.0], 2)
    assert next(results) == 0.0
    original = workers._Worker.end

    def pressed(one: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        original(one)

    monkeypatch.setattr(workers._Worker, "end", pressed)
    with pytest.raises(KeyboardInterrupt):
        results.close()
    assert not active_children()


def test_a_machine_that_slept_has_not_waited() -> None:
    one = workers._Worker[int](None, None, type("Place", (), {"value": 4})(), [])  # type: ignore[arg-type]
    one.seen, one.looked = 4, time.monotonic() - 3600
    assert one.look() == 2 * workers.TICK
    one.place.value = 5
    assert one.look() == 0.0


def test_cores_are_those_this_process_may_use() -> None:
    assert 1 <= workers.cores() <= (os.cpu_count() or 1)


def handles_interrupts(_: int) -> bool:
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def test_a_worker_leaves_interrupts_to_its_parent() -> None:
    assert list(workers.each(handles_interrupts, [0, 0], 2)) == [False, False]


def blocked_at_birth(_: int) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_worker_never_hears_of_ctrl_c_not_even_while_it_starts() -> None:
    assert list(workers.each(blocked_at_birth, [0], 1)) == [True]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_ctrl_c_that_comes_while_work_is_done_here_is_the_users() -> None:
    def pressed(_: int) -> None:
        signal.raise_signal(signal.SIGINT)

    with interrupts.unwinding(), pytest.raises(interrupts.Interrupted):
        list(workers.each(pressed, [0], 0))


def test_a_worker_looks_for_garbage_rarely() -> None:
    [(looks, threshold)] = workers.each(looks_for_garbage, [0], 2)
    assert looks
    assert threshold > gc.get_threshold()[0]
