"""Interrupts: Ctrl-C and SIGTERM end a command by an exception, so that everything it opened is closed."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], object]


class Terminated(SystemExit):
    """The system asked this process to end. No code of a problem raises it, whatever else it calls."""


class Interrupted(KeyboardInterrupt):
    """The user pressed Ctrl-C. No code of a problem raises it, and what such code raises is no Ctrl-C."""


@contextmanager
def unwinding() -> Generator[None]:
    """Let SIGTERM end a command as Ctrl-C does: temporary folders are removed, half a delivery is taken back."""
    with _handled((signal.SIGTERM,), _terminate), _handled((signal.SIGINT,), _Once()):
        yield


def _terminate(number: int, _: FrameType | None) -> None:
    raise Terminated(128 + number)


class _Once:
    """Raise Interrupted for a key, but not again for one that an impatient finger presses with it."""

    def __init__(self) -> None:
        self._last = -IMPATIENT

    def __call__(self, _: int, __: FrameType | None) -> None:
        before, self._last = self._last, time.monotonic()
        if self._last - before >= IMPATIENT:
            raise Interrupted


IMPATIENT = 1.0
"""Seconds within which pressing a key again means the same as pressing it once."""


@contextmanager
def ignored() -> Generator[None]:
    """Ignore Ctrl-C, for the moment that it takes to say what was found: whoever presses it twice means it once."""
    with _handled((signal.SIGINT,), lambda _, __: None):
        yield


@contextmanager
def undelivered() -> Generator[None]:
    """Hold interrupts back, and let the processes that start inside never hear of Ctrl-C.

    A child is born with the signals that its parent blocks, long before it could say itself what it ignores.
    """
    from multiprocessing import resource_tracker

    with held():
        if not hasattr(signal, "pthread_sigmask"):
            yield
            return
        resource_tracker.ensure_running()  # the first process would start it, and that lets signals through again
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def held() -> Generator[None]:
    """Hold interrupts back until the end, for work that would lose them.

    The import of torch is such: a signal that arrives in its compiled part is raised in the next line of Python,
    which is the callback of a weak reference, and Python ignores what that raises.
    """
    caught: list[int] = []
    with _handled((signal.SIGINT, signal.SIGTERM), lambda number, _: caught.append(number)):
        yield
    for number in caught[:1]:
        signal.raise_signal(number)


@contextmanager
def _handled(numbers: tuple[signal.Signals, ...], handler: Handler) -> Generator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what signals do
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, signal.SIG_DFL if former is None else former)
