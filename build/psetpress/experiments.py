"""Training experiments: where the command line's words meet the workspace's trainings.

The experiments themselves, with all arithmetic, belong to the workspace (``solvers.training``). Here they are run on
the cores of this machine, followed, recorded with where they come from, and shown.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from multiprocessing import parent_process
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from psetpress import __version__, auxiliary, clusters, workers, workspace
from psetpress.errors import PsetpressError, UsageError, nearest

if TYPE_CHECKING:
    from psetpress.clusters import Cluster

TICK = ".tick"
"""The ending of files in which workers say how far they are."""

Item = tuple[dict[str, Any], str, tuple[int, ...]]
"""A training as it travels: the fields of its order, its job and its seeds."""

Follow = Callable[[str, Any], None]
"""Hears the name of a training and its tick: step, steps, loss, accuracy."""


@dataclass(frozen=True)
class Request:
    """What `psetpress train` was asked for; None stands for what the experiment says, or the usual folder."""

    experiment: str
    scale: str = "cpu"
    device: str = "auto"
    compiled: str = "none"
    seeds: int | None = None
    data: Path | None = None
    out: Path = Path("out/experiments")
    scheduler: str | None = None
    local_cluster: int | None = None


def train(request: Request, begin: Callable[[int], None], follow: Follow, meter: Any = None) -> Any:
    """Run an experiment, record it in ``request.out`` and return the record; ``begin`` hears of how many trainings.

    A run that was killed goes on when it is asked for again. Raises UsageError for an unknown name, too few seeds, a
    device that is not there or a folder that holds something else, and PsetpressError if data are missing or
    unusable, a worker dies, too many trainings diverge, a key quotes what was not measured, or the record cannot be
    written; then the trainings are kept.
    """
    order = _order(request)
    _check_home(request)
    perform, data = _part("perform"), _part("data")
    tasks = len(perform.tasks(order))
    begin(tasks)
    today = datetime.now(UTC).date().isoformat()
    try:
        with clusters.chosen(request.scheduler, request.local_cluster, workspace.active().root) as cluster:
            jobs, threads = (1, 1) if cluster else _shares(request.scale, order.device, tasks)
            each = partial(_each_far, cluster=cluster) if cluster else partial(_each, jobs=jobs)
            order = replace(order, threads=threads, place=cluster.described if cluster else "")
            record = perform.perform(order, partial(each, follow=follow), meter, date=today)
    except (data.Missing, data.Unusable, perform.Unquotable) as error:
        raise PsetpressError(str(error)) from error
    except _part("experiment").Inconclusive as error:
        raise PsetpressError(f"{request.experiment}: {error}") from error
    written = _record(request, record)
    perform.clear(order)
    return written


def _record(request: Request, record: Any) -> Any:
    """Write a record. Raises PsetpressError, for what may have changed since :func:`_check_home` looked."""
    try:
        return _part("results").record(request.out / request.experiment, record)
    except (OSError, ValueError) as error:
        raise PsetpressError(f"{error}. The trainings are kept: give the same command to go on") from error


def names() -> tuple[str, ...]:
    """Return the names of the workspace's experiments."""
    return _part("experiments").NAMES


def find(name: str) -> Any:
    """Return the record of an experiment. Raises UsageError for an unknown name."""
    if name not in names():
        raise UsageError(f'"{name}" is no experiment{nearest(name, names())}; there are {", ".join(names())}')
    return _part("experiments").find(name)


def recorded(folder: Path | None = None) -> tuple[Any, ...]:
    """Return the results that ship with the bank, or those in ``folder``. Raises PsetpressError for a broken one."""
    results = _part("results")
    return tuple(result(name, folder) for name in results.names(folder))


def result(name: str, folder: Path | None = None) -> Any:
    """Return one recorded result.

    Raises UsageError if there is no such experiment or no result of it, PsetpressError if the result is broken.
    """
    try:
        return _part("results").load(name, folder)
    except LookupError as error:
        find(name)
        raise UsageError(str(error.args[0])) from error
    except ValueError as error:
        raise PsetpressError(str(error)) from error


def source(name: str, folder: Path | None = None) -> Path:
    """Return the file that a result is read from."""
    results = _part("results")
    return Path(folder or results.RECORDED, name, results.RESULT)


def _part(name: str) -> Any:
    """Return a module of the workspace's experiments."""
    workspace.active()
    return import_module(f"solvers.training.{name}")


def _order(request: Request) -> Any:
    experiment = find(request.experiment)
    seeds = request.seeds or experiment.seeds[request.scale]
    if seeds < experiment.least:
        raise UsageError(f"{request.experiment} compares seeds: it needs at least {experiment.least}, not {seeds}")
    device = _device(request.device)
    _check_compiling(request, device)
    return _part("perform").Order(
        experiment=request.experiment,
        scale=request.scale,
        seeds=tuple(range(seeds)),
        data=(request.data or auxiliary.root() / "data").resolve(),
        work=(request.out / f".{request.experiment}-{request.scale}").resolve(),
        device=device,
        compiled=request.compiled,
        revision=_revision(),
    )


def _shares(scale: str, device: str, tasks: int) -> tuple[int, int]:
    """Return how many trainings run at once, and the threads of each: small networks gain nothing from a second."""
    if device != "cpu" or scale == "smoke":
        return 1, 1
    jobs = min(workers.cores(), tasks)
    return jobs, workers.cores() // jobs


def _device(wanted: str) -> str:
    import torch

    if wanted == "cuda" and not torch.cuda.is_available():
        raise UsageError("--device cuda: torch finds no CUDA device here; `--device cpu` trains on the processor")
    return "cuda" if wanted != "cpu" and torch.cuda.is_available() else "cpu"


def _check_compiling(request: Request, device: str) -> None:
    """Refuse what cannot be compiled here."""
    if request.compiled == "graphs" and device != "cuda":
        raise UsageError(f"--cuda-graphs: only a CUDA device has them, and this training runs on the {device}")
    if request.compiled != "none" and not _compiler():
        option = "--cuda-graphs" if request.compiled == "graphs" else "--compile"
        raise UsageError(f"{option}: torch needs a C++ compiler for it (g++, clang++ or what CXX names); there is none")


def _compiler() -> str | None:
    named = os.environ.get("CXX", "")
    return next((found for name in (named, "g++", "clang++") if name and (found := shutil.which(name))), None)


def _check_home(request: Request) -> None:
    """Refuse a folder that could not be written before hours are spent on what should go there."""
    request.out.mkdir(parents=True, exist_ok=True)
    try:
        _part("results").check_free(request.out / request.experiment)
    except FileExistsError as error:
        raise UsageError(str(error)) from error


def _revision() -> str:
    """Return the commit of the workspace, marked where files have changed since; without git the version."""
    root = workspace.active().root
    try:
        commit, changed = (
            subprocess.run(["git", "-C", root, *command], capture_output=True, text=True, check=True).stdout.strip()
            for command in (("rev-parse", "--short=12", "HEAD"), ("status", "--porcelain"))
        )
    except (OSError, subprocess.CalledProcessError):
        return f"psetpress {__version__}"
    return f"{commit}, with changes" if changed else commit


# --- trainings here and on workers -------------------------------------------------------------


def _each(tasks: Sequence[Any], jobs: int, follow: Follow) -> Iterator[Any]:
    """Yield every training with its outcome, on ``jobs`` processes; one job works in this process."""
    run = _part("perform").run
    if jobs == 1:
        yield from (run(task, follow) for task in tasks)
        return
    with _following(tasks[0].order.work, follow):
        yield from workers.each(_run, _items(tasks), jobs)


def _each_far(tasks: Sequence[Any], cluster: Cluster, follow: Follow) -> Iterator[Any]:
    """Yield every training with its outcome, from a cluster, whose workers see the data and the folder of results."""
    with _following(tasks[0].order.work, follow):
        yield from cluster.each(_run, deque(_items(tasks)), _gone)


def _gone(item: Item, how: str) -> Any:
    raise PsetpressError(f"{item[1]}: {how}. What is done is kept: give the same command to go on")


def _items(tasks: Sequence[Any]) -> list[Item]:
    """Return trainings as plain data: what a worker reads must not depend on the workspace, which it enters then."""
    return [(vars(task.order), task.job, task.seeds) for task in tasks]


def _run(item: Item) -> Any:
    """Run one training in a worker, and leave word of how far it is in a file beside its checkpoint."""
    fields, job, seeds = item
    perform = _part("perform")
    order = perform.Order(**fields)
    return perform.run(perform.Task(order, job, seeds), partial(_leave_word, order.work))


def _leave_word(work: Path, name: str, tick: Any) -> None:
    """Write a tick; whoever reads while it is written finds half of it, and comes again.

    Raises PsetpressError, which ends the training, once nobody is left who asked for it: whoever asks again must
    not find two at work on one checkpoint.
    """
    parent = parent_process()
    if parent is not None and not parent.is_alive():
        raise PsetpressError(f"{name}: the process that asked for this training has ended")
    (work / f"{name}{TICK}").write_text(json.dumps(vars(tick)), encoding="utf-8")


@contextmanager
def _following(work: Path, follow: Follow) -> Generator[None]:
    """Tell ``follow`` what workers leave word of in the folder ``work``, until the end."""
    work.mkdir(parents=True, exist_ok=True)
    done = threading.Event()
    listener = threading.Thread(target=_listen, args=(work, follow, done), daemon=True)
    listener.start()
    try:
        yield
    finally:
        done.set()
        listener.join()


def _listen(work: Path, follow: Follow, done: threading.Event) -> None:
    while not done.wait(0.25):
        for path in work.glob(f"*{TICK}"):
            with suppress(OSError, ValueError):
                follow(path.name.removesuffix(TICK), SimpleNamespace(**json.loads(path.read_text(encoding="utf-8"))))
