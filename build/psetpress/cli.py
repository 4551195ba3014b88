"""The command line: thin commands that parse, load, call the engine and report.

Engine modules are imported inside the commands, so that ``--help`` loads neither NumPy nor torch.
"""

from __future__ import annotations

import atexit
import errno
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from psetpress import __version__, garbage
from psetpress.errors import PsetpressError
from psetpress.interrupts import unwinding
from psetpress.records import DOCUMENTS, LEVELS
from psetpress.training_commands import results, train

if TYPE_CHECKING:
    from psetpress.press import Order, Report
    from psetpress.records import Level


def _documents(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    """Return the documents named in ``value``, a list with commas, in their own order."""
    wanted = [name.strip() for name in value.split(",") if name.strip()]
    for name in wanted:
        if name not in DOCUMENTS:
            raise click.BadParameter(f'"{name}" is no document; choose from {", ".join(DOCUMENTS)}', ctx, param)
    if not wanted:
        raise click.BadParameter(f"name at least one of {', '.join(DOCUMENTS)}", ctx, param)
    return tuple(name for name in DOCUMENTS if name in wanted)


seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Which variant to draw."
)
published_option = click.option("--published", is_flag=True, help="Use the parameters of the source document.")
report_file = click.Path(dir_okay=False, path_type=Path)


class Commands(click.Group):
    """Commands that say in one line, too, what the system refused: a full disk, a folder that may not be read."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command of ``ctx``."""
        try:
            with unwinding():
                return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # nobody reads on (`psetpress list | head`): click ends quietly
            where = f"{error.filename}: " if error.filename else ""
            raise PsetpressError(f"{where}{error.strerror or error}") from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="psetpress")
def cli() -> None:
    """Print problem sets for deep-learning courses, with keys that are proved."""


cli.add_command(train)
cli.add_command(results)


@cli.command("list")
@click.option("--topic", help="Only problems of this topic.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_command(topic: str | None, as_json: bool) -> None:
    """List the problems and the sets of this workspace."""
    from psetpress import catalog, workspace

    entries = catalog.entries(workspace.activate(), topic)
    click.echo(catalog.as_json(entries) if as_json else catalog.as_text(entries))


@cli.command()
@click.argument("problem")
@click.option("--level", type=click.Choice(LEVELS), default="standard", show_default=True, help="How hard.")
@seed_option
@published_option
@click.option("--solution", is_flag=True, help="Show the worked solution too.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write a PDF file instead.")
def show(problem: str, level: Level, seed: int, published: bool, solution: bool, pdf: Path | None) -> None:
    """Show a variant of PROBLEM in the terminal, or write it as a PDF."""
    from psetpress import preview, workspace

    templates = workspace.activate().templates
    request = preview.Request(problem, level, seed, published, solution)
    if pdf is None:
        click.echo(preview.as_text(request, templates))
    else:
        preview.write_pdf(request, templates, pdf)
        click.echo(f"wrote {click.format_filename(pdf)}")


@cli.command()
@click.argument("set_name", metavar="SET")
@seed_option
@published_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write.  [default: out/SET]")
@click.option("--documents", callback=_documents, default=",".join(DOCUMENTS), show_default=True, help="What to make.")
@click.option("--watch", is_flag=True, help="Build again whenever a file of the workspace changes.")
@click.option("--roster", type=click.Path(path_type=Path), help="Build for every student of this CSV file.")
@click.option("--anonymous", is_flag=True, help="With --roster: print ids, no names.")
@click.option(
    "--jobs",
    type=click.IntRange(min=0),
    help="With --roster: worker processes; 0: none, for a debugger.  [default: one for each core]",
)
@click.option("--scheduler", metavar="HOST:PORT", help="With --roster: work on the cluster of this Dask scheduler.")
@click.option(
    "--local-cluster",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --roster: work on a Dask cluster of N processes.",
)
@click.pass_context
def build(
    ctx: click.Context,
    set_name: str,
    seed: int,
    published: bool,
    out: Path | None,
    documents: tuple[str, ...],
    watch: bool,
    roster: Path | None,
    anonymous: bool,
    jobs: int | None,
    scheduler: str | None,
    local_cluster: int | None,
) -> None:
    """Build SET: the name of a set of this workspace, or a TOML file; with --roster, for a whole class."""
    from psetpress import press, workspace

    place, source = workspace.resolve(set_name)
    folder = out or Path("out") / source.stem
    if roster is not None:
        from psetpress import workers
        from psetpress.classroom import command

        _refuse_beside(ctx, "--roster", but=("set_name", "out", "documents", *CLASS_OPTIONS))
        at = {"jobs": jobs, "scheduler": scheduler, "local_cluster": local_cluster}
        _refuse_several(at)
        jobs = workers.cores() if jobs is None else jobs
        request = command.Request(source, roster, folder, documents, anonymous, jobs, scheduler, local_cluster)
        sys.exit(0 if command.run(request, place) else 1)
    _refuse_without_roster(ctx)
    order = press.Order(folder, seed, published, documents)
    if watch:
        from psetpress.watch import rebuild

        rebuild(sys.argv, place, source)
    else:
        _report(order, press.build(source, order, place.templates, progress()))


@cli.command()
@click.argument("problems", nargs=-1, metavar="[PROBLEM]...")
@click.option(
    "--variants", type=click.IntRange(min=1), default=1000, show_default=True, help="How many to draw of each problem."
)
@click.option("--level", type=click.Choice(LEVELS), help="Only this level.  [default: all, dealt evenly]")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The first variant's seed.")
@click.option(
    "--jobs",
    type=click.IntRange(min=0),
    help="Worker processes; 0: none, for a debugger.  [default: one for each core]",
)
@click.option(
    "--junit", type=report_file, help="Write JUnit's XML, a test case for each problem and level (-: standard output)."
)
@click.option("--json", "json_file", type=report_file, help="Write everything that was counted (-: standard output).")
@click.option("--html", type=report_file, help="Write a web page (-: standard output).")
@click.option("--mutants", is_flag=True, help="Put faults into every solver and demand that each is caught.")
@click.option("--manifest", type=click.Path(path_type=Path), help="Prove an issued build again, with today's solvers.")
@click.pass_context
def verify(
    ctx: click.Context,
    problems: tuple[str, ...],
    variants: int,
    level: Level | None,
    seed: int,
    jobs: int | None,
    junit: Path | None,
    json_file: Path | None,
    html: Path | None,
    mutants: bool,
    manifest: Path | None,
) -> None:
    """Prove the keys of many variants of each PROBLEM (default: of all) and say how alike they are."""
    from psetpress import workers, workspace
    from psetpress.verify import campaign, runs

    place = workspace.activate()
    jobs = workers.cores() if jobs is None else jobs
    if manifest is not None:
        _refuse_beside(ctx, "--manifest", but=("jobs",))
        sys.exit(runs.reprove(manifest, jobs))
    if mutants:
        _refuse_beside(ctx, "--mutants", but=("problems", "jobs"))
        sys.exit(runs.mutate(problems, jobs))
    request = campaign.Request(problems, variants, level, seed, jobs)
    files = {"--junit": junit, "--json": json_file, "--html": html}
    sys.exit(runs.prove(request, {option: path for option, path in files.items() if path}, place.templates))


CLASS_OPTIONS = ("anonymous", "jobs", "scheduler", "local_cluster")
"""Options of `build` that mean something for a class only."""


def _refuse_without_roster(ctx: click.Context) -> None:
    given = [f"--{name.replace('_', '-')}" for name in CLASS_OPTIONS if _is_given(ctx, name)]
    if given:
        raise click.UsageError(f"{', '.join(given)}: for a class; give its --roster, too")


def _refuse_several(options: Mapping[str, object]) -> None:
    given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value is not None]
    if len(given) > 1:
        raise click.UsageError(f"{' and '.join(given)} each say who does the work; give one of them")


def _is_given(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _refuse_beside(ctx: click.Context, flag: str, but: tuple[str, ...]) -> None:
    """Refuse options that ``flag`` would leave without effect."""
    given = [
        parameter.opts[0] if parameter.opts[0].startswith("-") else "PROBLEM"
        for parameter in ctx.command.params
        if parameter.name not in (*but, flag.strip("-")) and _is_given(ctx, str(parameter.name))
    ]
    if given:
        raise click.UsageError(f"{flag} goes without {', '.join(given)}")


@cli.command()
@click.argument("code")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Where the builds are.",
)
def which(code: str, out: Path) -> None:
    """Say whose paper has CODE at the foot of its pages, and which variants it asks."""
    from psetpress.classroom import lookup

    click.echo(lookup.find(code, out).text)


@cli.command()
@click.argument("submission", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print all texts as JSON.")
def responses(submission: Path, as_json: bool) -> None:
    """Read the responses of SUBMISSION, a student's main.tex or a zip that holds one."""
    import json

    from psetpress import responses as reading

    found = reading.read(submission)
    if as_json:
        click.echo(json.dumps({name: response.text for name, response in found.items()}, indent=1, ensure_ascii=False))
        return
    for response in found.values():
        first = "(empty)" if response.empty else response.text.splitlines()[0]
        click.echo(f"{response.id:<20} {first[:80]}")


@cli.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def new(directory: Path) -> None:
    """Make a course workspace in DIRECTORY, in which `psetpress build` works at once."""
    from psetpress import scaffold

    click.echo(scaffold.create(directory))


@cli.command()
def doctor() -> None:
    """Say what psetpress needs, what is here, and how to mend what is missing."""
    from psetpress import doctor as examine

    found = examine.checks()
    click.echo(examine.report(found))
    sys.exit(0 if examine.healthy(found) else 1)


def progress() -> Callable[[str], None]:
    """Return where progress goes: one line, written over, on a terminal; plain lines elsewhere."""
    if not sys.stderr.isatty():
        return lambda line: click.echo(line, err=True)
    return lambda line: click.echo(f"\r\033[K{line} ...", nl=False, err=True)


def _report(order: Order, report: Report) -> None:
    """Say what was built, where, and what the reader should know."""
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    for warning in report.warnings:
        click.echo(f"note: {warning}", err=True)
    count = len(report.variants)
    click.echo(f"{count} problem{'' if count == 1 else 's'}, every key proved: {click.format_filename(order.folder)}")
    for name in report.files:
        click.echo(f"  {click.format_filename(order.folder / name)}")


def main() -> NoReturn:
    """Run the command line and leave at once when it has ended.

    Everything is closed and written by then. Taking torch apart object by object, and looking for cycles among
    what its import makes, would take a quarter of a build.
    """
    garbage.look_rarely()
    _open_closed()
    code: object = 0
    try:
        cli(prog_name="psetpress")
    except SystemExit as end:
        code = end.code
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # a reader that has gone, or a stream that is closed
            stream.flush()
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]  # takes back what processes share; os._exit would not
    os._exit(code if isinstance(code, int) else int(code is not None))


def _open_closed() -> None:
    """Let what a shell has closed (`>&-`) lead nowhere: Python has no such stream, and a pipe would take its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # it takes the smallest number that is free
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))
