"""Interrupts: Ctrl-C and SIGTERM end a command by an exception, so that everything it opened is closed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], object]


class Terminated(SystemExit):
    """The system asked this process to end. No code of a problem raises it, whatever else it calls."""


@contextmanager
def unwinding() -> Generator[None]:
    """Let SIGTERM end a command as Ctrl-C does: temporary folders are removed, half a delivery is taken back."""
    with _handled((signal.SIGTERM,), _terminate):
        yield


def _terminate(number: int, _: FrameType | None) -> None:
    raise Terminated(128 + number)


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
