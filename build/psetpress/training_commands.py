"""The commands that run training experiments and show what is recorded of them."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import click

from psetpress import experiment_words
from psetpress.errors import UsageError

folder = click.Path(file_okay=False, path_type=Path)

MOST_SEEDS = 1000
"""Seeds may train side by side, all in memory at once; no interval needs as many."""


@click.command()
@click.argument("experiment", required=False)
@click.option("--list", "listed", is_flag=True, help="List the experiments instead.")
@click.option(
    "--scale", type=click.Choice(experiment_words.SCALES), default="cpu", show_default=True, help="How large a run."
)
@click.option("--data", type=folder, help="Folder of the data sets.  [default: fetched into the user's cache]")
@click.option("--device", type=click.Choice(("auto", "cpu", "cuda")), default="auto", show_default=True)
@click.option(
    "--compile",
    "compiled",
    flag_value="fused",
    default="none",
    help="Fuse networks with torch.compile, which takes some seconds each: for long runs.",
)
@click.option(
    "--cuda-graphs", "compiled", flag_value="graphs", help="The same, and each pass is handed to the GPU at once."
)
@click.option(
    "--seeds", type=click.IntRange(min=1, max=MOST_SEEDS), help="How many seeds.  [default: the experiment's own]"
)
@click.option("--out", type=folder, default="out/experiments", show_default=True, help="Where results go.")
@click.option("--scheduler", metavar="HOST:PORT", help="Train on the cluster of this Dask scheduler.")
@click.option(
    "--local-cluster", type=click.IntRange(min=1), metavar="N", help="Train on a Dask cluster of N processes."
)
def train(experiment: str | None, listed: bool, **asked: Any) -> None:
    """Run EXPERIMENT and record its result; a run that was stopped goes on where it was."""
    from psetpress import experiments

    if listed:
        click.echo(experiment_words.listing(map(experiments.find, experiments.names())))
        return
    if experiment is None:
        raise UsageError("name an experiment; `psetpress train --list` shows them")
    request = experiments.Request(experiment, **asked)
    with Progress() as progress:
        record = experiments.train(request, progress.begin, progress.follow, progress.meter())
    click.echo(experiment_words.account(record))
    click.echo(f"recorded in {click.format_filename(request.out / experiment)} after {record.provenance.seconds:g} s")


@click.command()
@click.argument("experiment", required=False)
@click.option("--out", type=folder, help="Folder of results.  [default: those that ship with the project]")
@click.option(
    "--figures", type=folder, help="Draw the figures of EXPERIMENT anew, as PDF and PNG files in this folder."
)
def results(experiment: str | None, out: Path | None, figures: Path | None) -> None:
    """Show what is recorded of EXPERIMENT: claims, settings, provenance (default: one line for each)."""
    from psetpress import experiments

    if experiment is not None:
        found = experiments.result(experiment, out)
        click.echo(experiment_words.account(found) if figures is None else _drawn(found, figures, out))
    elif figures is None:
        click.echo(experiment_words.summary(experiments.recorded(out)))
    else:
        raise UsageError("--figures: name the experiment whose figures are wanted; `psetpress results` shows them")


def _drawn(result: Any, folder: Path, out: Path | None) -> str:
    """Write the figures of a result, which was read from ``out``, and return a line for each file."""
    from psetpress import experiments, result_figures

    paths = result_figures.write(result, folder, experiments.source(result.experiment, out))
    return "\n".join(f"wrote {click.format_filename(path)}" for path in paths)


class Progress:
    """A bar on a terminal's standard error for all trainings together: last loss and accuracy, and the time left."""

    PARTS = 1000

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._done: dict[str, int] = {}
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def begin(self, trainings: int) -> None:
        """Say how many trainings there will be."""
        self._bar = self._stack.enter_context(_bar(self.PARTS * trainings, "training"))

    def follow(self, name: str, tick: Any) -> None:
        """Show how far a training is."""
        done = self.PARTS * tick.step // tick.steps
        accuracy = "" if tick.accuracy is None else f", accuracy {tick.accuracy:.3f}"
        self._bar.update(done - self._done.get(name, 0), f"{name}: loss {tick.loss:.4g}{accuracy}")
        self._done[name] = done

    def meter(self) -> Any:
        """Return what follows a download: it is told of its length, of pieces, and of its end."""
        bars: list[Any] = []
        meter = SimpleNamespace(total=0)

        def update(size: int) -> None:
            if not bars:
                bars.append(self._stack.enter_context(_bar(meter.total, "fetching")))
            bars[0].update(size)

        meter.update, meter.reset, meter.close = update, bars.clear, bars.clear
        return meter


def _bar(length: int, label: str) -> Any:
    hidden = not sys.stderr.isatty()
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden, item_show_func=_shown)


def _shown(item: str | None) -> str:
    return item or ""
