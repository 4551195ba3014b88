"""Meters: seconds of processors and clocks, memory of a family of processes, shares of stages."""

from __future__ import annotations

import functools
import resource
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil

MIB = 2**20


@dataclass
class Reading:
    """What some work took: seconds by the clock, seconds of processors (own and of children), peak memory in MiB."""

    wall: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0


def processor() -> float:
    """Return the processor seconds that this process and its ended children have taken."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def metered() -> Generator[Reading]:
    """Meter the work inside, but for its memory."""
    reading = Reading()
    wall, cpu = time.perf_counter(), processor()
    yield reading
    reading.wall, reading.cpu = time.perf_counter() - wall, processor() - cpu


def run(command: Sequence[str], **more: Any) -> Reading:
    """Run a command and meter it with all of its children. Raises CalledProcessError if it fails."""
    with metered() as reading:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
        watcher = threading.Thread(target=_watch, args=(process.pid, reading), daemon=True)
        watcher.start()
        status = process.wait()
        watcher.join()
    if status:
        raise subprocess.CalledProcessError(status, command)
    return reading


def _watch(pid: int, reading: Reading) -> None:
    """Keep the largest sum of the family's memory; what processes share is counted once (PSS)."""
    with_children = psutil.Process(pid)
    while with_children.is_running() and with_children.status() != psutil.STATUS_ZOMBIE:
        total = 0
        for one in [with_children, *_children(with_children)]:
            try:
                total += one.memory_full_info().pss
            except psutil.Error:
                continue
        reading.memory = max(reading.memory, total / MIB)
        time.sleep(0.25)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


@dataclass
class Stages:
    """Processor seconds by stage: what a stage calls that is a stage itself counts there only."""

    seconds: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    _inner: list[float] = field(default_factory=list)

    @contextmanager
    def watching(self, places: Sequence[tuple[object, str, str]]) -> Generator[None]:
        """Meter functions, each given by its owner, its name there and the name of its stage."""
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
        for owner, name, stage in places:
            setattr(owner, name, self._metered(getattr(owner, name), stage))
        try:
            yield
        finally:
            for owner, name, function in before:
                setattr(owner, name, function)

    def _metered(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def metered_(*args: Any, **named: Any) -> Any:
            began = processor()
            self._inner.append(0.0)
            try:
                return function(*args, **named)
            finally:
                took = processor() - began
                self.seconds[stage] += took - self._inner.pop()
                self.calls[stage] += 1
                if self._inner:
                    self._inner[-1] += took

        return metered_
