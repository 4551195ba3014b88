"""The three runs of `psetpress verify`: each says what it found, also what it had found when Ctrl-C came.

They return the command's exit code: 1 for any failure, else 130 if they were interrupted, else 0.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from psetpress import interrupts, registry
from psetpress.errors import PsetpressError

if TYPE_CHECKING:
    from psetpress.verify.campaign import Request
    from psetpress.verify.mutants import Trial

INTERRUPTED = 130
"""The exit code that shells give to a program which Ctrl-C has ended."""


def prove(request: Request, files: Mapping[str, Path], templates: Sequence[Path]) -> int:
    """Examine the variants of ``request``, print the table and write the reports: ``files`` by option."""
    from psetpress.verify import campaign, outlets, report

    outlets.check(files)
    with Bar("verifying") as bar:
        survey = campaign.run(request, bar.begin, lambda part: bar.advance(part.tried))
    made = {
        "--junit": lambda: report.as_junit(survey),
        "--json": lambda: report.as_json(survey),
        "--html": lambda: report.as_html(survey, templates),
    }
    with interrupts.ignored():
        unwritten = outlets.write(files, made)
        click.echo(report.as_text(survey), err=any(path in outlets.STDOUT for path in files.values()))
    for error in unwritten:
        raise error
    return _code(bool(survey.failed), survey.interrupted)


def reprove(manifest: Path, jobs: int) -> int:
    """Prove an issued build again, and print which answers have changed."""
    from psetpress.verify import reproof

    outcome = reproof.reprove(manifest, jobs)
    with interrupts.ignored():
        click.echo(reproof.as_text(outcome))
    return _code(not outcome.holds, not outcome.complete)


def mutate(problems: Sequence[str], jobs: int) -> int:
    """Put faults into the solvers of the problems (of all, if none is named), and print which were caught."""
    from psetpress.verify import mutants

    names = list(dict.fromkeys(problems)) or registry.names()
    trials: list[Trial] = []
    interrupted = False
    with Bar("putting faults in") as bar:
        bar.begin(len(names))

        def found(trial: Trial) -> None:
            trials.append(trial)
            bar.advance(1)

        try:
            mutants.run(names, jobs, found)
        except KeyboardInterrupt:
            interrupted = True
        except PsetpressError:
            bar.close()
            _print(trials, names)
            raise
    with interrupts.ignored():
        _print(trials, names)
    return _code(any(trial.survivors for trial in trials), interrupted)


def _print(trials: Sequence[Trial], names: Sequence[str]) -> None:
    from psetpress.verify import mutants

    if trials:
        click.echo(mutants.as_text(sorted(trials, key=lambda trial: names.index(trial.problem))))
    if len(trials) < len(names):
        click.echo(f"interrupted after {len(trials)} of {len(names)} problems")


def _code(failed: bool, interrupted: bool) -> int:
    return 1 if failed else INTERRUPTED if interrupted else 0


class Bar:
    """A progress bar on a terminal's standard error, with the time that is left; nothing elsewhere."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._stack = ExitStack()
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the bar as it is: what is printed next stands below it."""
        self._stack.close()

    def begin(self, length: int) -> None:
        """Say how many steps there will be."""
        hidden = not sys.stderr.isatty()
        bar = click.progressbar(length=length, label=self._label, file=sys.stderr, hidden=hidden, show_pos=True)
        self._bar = self._stack.enter_context(bar)

    def advance(self, steps: int) -> None:
        """Count steps that are done."""
        self._bar.update(steps)
