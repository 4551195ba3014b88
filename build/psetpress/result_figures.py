"""Figures of recorded results as files: drawn anew from the record, in the course's style, letters included."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from psetpress import failures, workspace
from psetpress.errors import PsetpressError

FORMATS: dict[str, dict[str, Any]] = {
    "pdf": {"metadata": {"CreationDate": None, "Producer": None, "Creator": None}},
    "png": {"metadata": {"Software": None}, "dpi": 200, "facecolor": "white"},
}
"""What a file is saved with: equal results give equal bytes."""

CENTIMETRES = 2.54
"""To an inch."""


UNFIT = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError)
"""What is raised where a result, which a hand may have edited, holds something else than figures are drawn of."""


def write(result: Any, folder: Path, source: Path) -> tuple[Path, ...]:
    """Write every figure of ``result`` into ``folder``, as PDF and as PNG, and return the files.

    Raises PsetpressError if the experiment has no figure, and, naming the file ``source`` of the result, if it holds
    what cannot be drawn.
    """
    workspace.active()
    plots = import_module("solvers.training.plotted").PLOTS.get(result.experiment, {})
    if not plots:
        raise PsetpressError(f"{result.experiment}: this experiment has numbers only, no figure")
    try:
        data = {name: plot.data(result) for name, plot in plots.items()}
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(
            path for name in plots for path in _save(plots[name], data[name], folder / f"{result.experiment}-{name}")
        )
    except UNFIT as error:
        raise PsetpressError(f"{source}: its figures cannot be drawn: {failures.described(error)}") from error


def _save(plot: Any, data: dict[str, Any], stem: Path) -> list[Path]:
    """Draw one figure and save it in all formats."""
    from matplotlib.figure import Figure

    from psetpress.letterless import styled

    paths = [stem.with_name(f"{stem.name}.{suffix}") for suffix in FORMATS]
    with styled():
        figure = Figure(figsize=tuple(side / CENTIMETRES for side in plot.size))
        axes = figure.add_subplot(xlabel=plot.xlabel, ylabel=plot.ylabel)
        plot.draw(axes, **data)
        for path, options in zip(paths, FORMATS.values(), strict=True):
            figure.savefig(path, bbox_inches="tight", **options)
    return paths
