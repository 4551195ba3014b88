"""Interrupts: each ends a command once, and none is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack

import pytest

from psetpress import interrupts


def interrupt(number: signal.Signals, *_: object) -> None:
    signal.raise_signal(number)


def test_sigterm_unwinds_and_the_former_handler_comes_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    closed: list[str] = []
    with pytest.raises(SystemExit) as caught, interrupts.unwinding(), ExitStack() as opened:
        interrupt(signal.SIGTERM, opened.callback(closed.append, "folder"))
    assert caught.value.code == 143
    assert closed == ["folder"]
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_interrupt_that_is_held_comes_when_the_work_is_done() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), interrupts.held():
        interrupt(signal.SIGINT, interrupt(signal.SIGINT), done.append("work"))
    assert done == ["work"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_held_sigterm_unwinds_too() -> None:
    with pytest.raises(SystemExit), interrupts.unwinding(), interrupts.held():
        signal.raise_signal(signal.SIGTERM)


def test_without_an_interrupt_nothing_happens() -> None:
    with interrupts.unwinding(), interrupts.held():
        pass


def test_a_key_pressed_again_at_once_means_the_same() -> None:
    cleaned: list[str] = []

    def clean() -> None:
        signal.raise_signal(signal.SIGINT)
        cleaned.append("all")

    with ExitStack() as opened:
        opened.enter_context(interrupts.unwinding())
        opened.callback(clean)
        with pytest.raises(interrupts.Interrupted):
            signal.raise_signal(signal.SIGINT)
    assert cleaned == ["all"]


def test_a_key_pressed_again_later_interrupts_the_cleaning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "IMPATIENT", 0.0)
    with interrupts.unwinding():
        with pytest.raises(interrupts.Interrupted):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(interrupts.Interrupted):
            signal.raise_signal(signal.SIGINT)


def test_ctrl_c_is_told_from_a_keyboard_interrupt_that_code_raises() -> None:
    with pytest.raises(interrupts.Interrupted), interrupts.unwinding():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(KeyboardInterrupt) as caught, interrupts.unwinding():
        raise KeyboardInterrupt
    assert not isinstance(caught.value, interrupts.Interrupted)


def test_ignored_means_for_good() -> None:
    with interrupts.ignored():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_process_that_starts_undelivered_never_hears_of_ctrl_c() -> None:
    script = "import os, signal; os.kill(os.getpid(), signal.SIGINT); print('alive')"
    command = [sys.executable, "-c", script]
    with interrupts.undelivered():
        assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == "alive\n"
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == ""


def test_what_was_undelivered_comes_at_the_end() -> None:
    done: list[str] = []
    with pytest.raises(interrupts.Interrupted), interrupts.unwinding(), interrupts.undelivered():
        done.extend(str(os.kill(os.getpid(), signal.SIGINT)) for _ in range(2))
    assert done == ["None", "None"]


def test_other_threads_may_work_too() -> None:
    done: list[str] = []

    def work() -> None:
        with interrupts.unwinding(), interrupts.held():
            done.append("work")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == ["work"]


STARTS = """
import multiprocessing, signal
from psetpress import interrupts
with interrupts.undelivered():
    multiprocessing.get_context("spawn").Process(target=print).start()
    print("blocked", signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))
"""


def test_the_first_process_hears_of_no_interrupt_either() -> None:
    """With it Python starts a helper, and unblocks what was blocked."""
    ran = subprocess.run([sys.executable, "-c", STARTS], capture_output=True, text=True, check=True)
    assert "blocked True" in ran.stdout
