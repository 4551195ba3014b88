"""Interrupts: each ends a command once, and none is lost."""

from __future__ import annotations

import signal
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


def test_other_threads_may_work_too() -> None:
    done: list[str] = []

    def work() -> None:
        with interrupts.unwinding(), interrupts.held():
            done.append("work")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == ["work"]
