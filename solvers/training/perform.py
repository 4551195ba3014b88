"""Runs an experiment: its trainings one by one or on an executor, and what they show as a record."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solvers.training import experiments, quoted
from solvers.training.experiment import Compiling, Experiment, Job, Settings, printed
from solvers.training.record import Provenance, Recorded, Scale
from solvers.training.stopwatch import Stopwatch

if TYPE_CHECKING:
    from solvers.training.data import Images
    from solvers.training.loop import Curves, Tell, Tick


COMPILED: Mapping[Compiling, str] = {
    "none": "",
    "fused": ", compiled networks",
    "graphs": ", compiled networks as CUDA graphs",
}
"""What is said of the device."""


@dataclass(frozen=True)
class Order:
    """What is to be run, and where.

    ``data`` is the folder of the data sets; ``work`` that of checkpoints, which :func:`clear` removes. ``threads``
    are those of one training on a CPU: sums depend on them a little, and on whether networks are ``compiled``.
    ``revision`` is the state of the source, ``place`` what works in place of this machine.
    """

    experiment: str
    scale: Scale
    seeds: tuple[int, ...]
    data: Path
    work: Path
    device: str = "cpu"
    threads: int = 1
    revision: str = "unknown"
    place: str = ""
    compiled: Compiling = "none"

    @property
    def described(self) -> str:
        """What it runs on, in words."""
        device = f"{self.place}, {self.device}" if self.place else described(self.device)
        return f"{device}{COMPILED[self.compiled]}"


@dataclass(frozen=True)
class Task:
    """One training of an order, for the seeds that train side by side."""

    order: Order
    job: str
    seeds: tuple[int, ...]

    @property
    def name(self) -> str:
        """The name of the training among those of its order."""
        return self.job if self.seeds == self.order.seeds else f"{self.job}-{self.seeds[0]}"


class Unquotable(ValueError):
    """A record that lacks what a key quotes: which names, and where they should stand."""


Report = Callable[[str, "Tick"], None]
"""Hears the name of a training and how far it is."""

Each = Callable[[Sequence[Task]], "Iterable[tuple[Task, Curves]]"]
"""Runs trainings in any order: ``lambda tasks: map(run, tasks)``, or the same with an executor's ``map``."""


def tasks(order: Order) -> tuple[Task, ...]:
    """Return the trainings of an order, which may run at the same time."""
    experiment, settings = _settings(order)
    jobs = experiment.jobs(settings)
    together = tuple(job for job in jobs if experiment.stacks(job))
    alone = tuple(job for job in jobs if not experiment.stacks(job))
    singly = ((job, (seed,)) for seed in order.seeds for job in alone)
    return tuple(Task(order, *one) for one in (*((job, order.seeds) for job in together), *singly))


def run(task: Task, report: Report | None = None) -> tuple[Task, Curves]:
    """Run one training, going on where it was killed, and return it with its outcome.

    Raises Missing or Unusable if there are no data.
    """
    import torch

    from solvers.training.checkpoint import Checkpoint

    order = task.order
    experiment, settings = _settings(order)
    before = torch.get_num_threads()
    torch.set_num_threads(order.threads)
    try:
        job = Job(
            name=task.job,
            seeds=task.seeds,
            device=torch.device(order.device),
            images=images(settings, order.data),
            checkpoint=Checkpoint(order.work / f"{task.name}.pt", _identity(task)),
            tell=_tell(task.name, report),
            compiled=order.compiled,
        )
        return task, experiment.train(settings, job)
    finally:
        torch.set_num_threads(before)


def perform(order: Order, each: Each, meter: Any = None, *, date: str) -> Recorded:
    """Run all trainings of an order and return the record; ``each`` runs them, here or at the same time elsewhere.

    What is killed goes on when the same order is given again; the trainings are kept until :func:`clear`, so that
    none is lost with a record that cannot be written. ``meter`` follows downloads. Raises ValueError for fewer seeds
    than the experiment needs, Missing or Unusable if there are no data or too few, Inconclusive if too many trainings
    diverged, and Unquotable for a record without something that a key quotes.
    """
    experiment, settings = _settings(order)
    if len(order.seeds) < experiment.least:
        raise ValueError(f"{experiment.name} needs at least {experiment.least} seeds, not {len(order.seeds)}")
    found = images(settings, order.data, meter)  # a missing file is noticed before anything is started
    if found:
        _check_enough(found, settings, order.data)
    watch = Stopwatch(order.work, " ".join(map(_identity, tasks(order))))
    curves = _by_job(order, dict(_timed(each(tasks(order)), watch)))
    findings = experiment.conclude(settings, order.seeds, curves)
    record = Recorded(
        experiment=experiment.name,
        scale=order.scale,
        settings=printed(settings),
        measurements=findings.measurements,
        claims=findings.claims,
        arrays=findings.arrays,
        provenance=Provenance(
            date=date,
            device=order.described,
            data=found.label if found else experiment.computed,
            seeds=order.seeds,
            versions=versions(),
            seconds=round(watch.seconds, 1),
            revision=order.revision,
            hashes=found.hashes if found else {},
        ),
    )
    gaps = quoted.missing(record)
    if gaps:
        raise Unquotable(f"{experiment.name}: its key quotes what this run did not measure: {'; '.join(gaps)}")
    return record


def clear(order: Order) -> None:
    """Remove the checkpoints of an order, whose record is written."""
    shutil.rmtree(order.work, ignore_errors=True)


_read: dict[tuple[str, Path], Images] = {}
"""The data sets that this process has read."""


def images(settings: Settings, folder: Path, meter: Any = None) -> Images | None:
    """Return the images that settings ask for, read once in a process; None for data that are computed."""
    from solvers.training import data

    place = (settings.data, folder)
    if settings.data and place not in _read:
        _read[place] = data.load(settings.data, folder, meter)
    return _read.get(place)


def _check_enough(found: Images, settings: Settings, folder: Path) -> None:
    """Raise Unusable for a copy of a data set that has fewer images than settings take."""
    from solvers.training.data import Unusable

    training, test = settings.least_images
    if len(found.training) < training or len(found.test) < test:
        raise Unusable(
            f"{folder}: {found.label} ({', '.join(found.hashes)}) has {len(found.training)} images for training and "
            f"{len(found.test)} for test; at least {training} and {test} are needed. Give --data another folder, or "
            "delete these files, and what was published is fetched"
        )


def described(device: str) -> str:
    """Return a device in words."""
    import torch

    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"CPU, {cores} cores"


def versions() -> Mapping[str, str]:
    """Return the versions of what computes."""
    import numpy as np
    import torch

    return {"python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__}


def _timed(outcomes: Iterable[tuple[Task, Curves]], watch: Stopwatch) -> Iterator[tuple[Task, Curves]]:
    """Yield the outcomes of trainings, and note the time after each and when they are interrupted."""
    try:
        for outcome in outcomes:
            watch.note()
            yield outcome
    finally:
        watch.note()


def _by_job(order: Order, outcomes: Mapping[Task, Curves]) -> dict[str, Curves]:
    """Return the outcome of every job, its seeds together and in their order."""
    from solvers.training.loop import joined

    wanted = tasks(order)
    jobs = dict.fromkeys(task.job for task in wanted)
    return {job: joined([outcomes[task] for task in wanted if task.job == job]) for job in jobs}


def _settings(order: Order) -> tuple[Experiment[Any], Any]:
    experiment = experiments.find(order.experiment)
    return experiment, experiment.scales[order.scale]


def _identity(task: Task) -> str:
    """Return what a checkpoint must agree with: everything that decides what the training computes."""
    order = task.order
    _, settings = _settings(order)
    found = images(settings, order.data)
    where = (order.device, order.threads, order.compiled, order.revision, versions())
    said = (task.job, settings, task.seeds, found and found.hashes, where)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _tell(name: str, report: Report | None) -> Tell | None:
    return None if report is None else partial(report, name)
