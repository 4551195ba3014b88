"""One worker process, from the inside: it answers every item with its result, or with the error that it raised."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from traceback import format_exception
from typing import TYPE_CHECKING, Any, TypeVar

from psetpress import garbage, interrupts, proving, workspace
from psetpress.errors import PsetpressError
from psetpress.failures import described

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

A = TypeVar("A")
B = TypeVar("B")

NOWHERE = -1
"""The step of an item of which no step was begun."""

_place: Any = None


def step(number: int) -> None:
    """Say which step of its item this worker begins: whoever loses the worker can name it."""
    if _place is not None:
        _place.value = number


def serve(pipe: Connection[Any, Any], place: Any, root: Path, work: Callable[[Any], Any]) -> None:
    """Answer every item that comes through ``pipe`` with its result and no error, or with none and an error."""
    global _place  # noqa: PLW0603  # one process, one worker
    _place = place
    os.dup2(2, 1)  # what a solver prints is no part of a report on standard output
    with suppress(EOFError, ConnectionError):  # nobody is left who asks, or who listens
        pipe.send(_outcome(prepare, root))
        while True:
            item = pipe.recv()
            pipe.send(_outcome(work, item))


def prepare(root: Path) -> None:
    """Make a fresh process ready to draw and prove in the workspace at ``root``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    garbage.look_rarely()
    workspace.activate(root)
    proving.prepare()


def _outcome(work: Callable[[A], B], item: A) -> tuple[B | None, PsetpressError | None]:
    try:
        return made(work, item), None
    except PsetpressError as error:
        return None, error
    except BaseException as error:
        return None, PsetpressError("".join(format_exception(error)))


def made(work: Callable[[A], B], item: A) -> B:
    """Return what ``work`` makes of ``item``; code that leaves, or claims that a key was pressed, has failed."""
    try:
        return work(item)
    except (interrupts.Interrupted, interrupts.Terminated):
        raise
    except (KeyboardInterrupt, SystemExit) as error:
        raise PsetpressError(f"{item}: {described(error)}") from error
