"""LaTeX as a guest: a folder of its own, no shell, no files outside it, limits of time and space, readable errors."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psetpress import auxiliary, latexlog
from psetpress.errors import PsetpressError

if TYPE_CHECKING:
    from psetpress.templates import Origin

TIME_LIMIT = 60.0
"""Seconds for one run; a handout takes under one."""

SIZE_LIMIT = 200
"""Megabytes that a run may write into one file: a macro that prints for ever fills no disk."""

ROOM = 2**18
"""Bytes of free space below which a run that failed has failed for want of more."""

MAX_RUNS = 5
"""Page references settle in two runs; a document that needs more than five never does."""

EPOCH = "1700000000"
"""The date in every PDF, so that equal input gives equal bytes."""


class LatexError(PsetpressError):
    """A document that LaTeX refused."""


@dataclass(frozen=True)
class Document:
    """Everything a LaTeX run needs: ``main.tex``, the files beside it, and where main.tex's lines came from."""

    name: str
    main: str
    files: Mapping[str, bytes]
    origins: Sequence[Origin | None] = ()


@dataclass(frozen=True)
class Compiled:
    """A PDF and what a reader of it should know: lines that stick out, references that lead nowhere."""

    pdf: bytes
    overfull: tuple[str, ...]


def find() -> str:
    """Return the path of pdflatex. Raises PsetpressError saying how to get it."""
    found = shutil.which("pdflatex")
    if found is None:
        raise PsetpressError(
            "pdflatex is not installed, so no PDF can be made. On Debian or Ubuntu: "
            "apt-get install --no-install-recommends texlive-latex-recommended texlive-fonts-recommended; "
            "elsewhere see `psetpress doctor`. (`psetpress show PROBLEM` and --documents source work without it.)"
        )
    return found


def compile_pdf(document: Document) -> Compiled:
    """Return the PDF of ``document``, run until its references settle.

    Raises LatexError with LaTeX's own message and the template line it came from.
    """
    program = find()
    with tempfile.TemporaryDirectory(prefix="psetpress-") as name:
        folder = Path(name)
        place(folder, {**document.files, "main.tex": document.main.encode()})
        log, settled = _settle(program, folder, document)
        complaints = latexlog.complaints(log, document)
        if settled:
            auxiliary.keep(document, folder)
        else:
            complaints = (*complaints, unsettled(document))
        return Compiled((folder / "main.pdf").read_bytes(), complaints)


def place(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files`` into the folder of a run."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def unsettled(document: Document) -> str:
    """Return the complaint about references that change with every run."""
    return f"{document.name}: page references still change after {MAX_RUNS} runs"


def _settle(program: str, folder: Path, document: Document) -> tuple[str, bool]:
    """Run LaTeX until what it reads is what it writes; return the last log, and whether it came to that."""
    recalled = auxiliary.recall(document, folder)
    log, after = "", auxiliary.state(folder)
    for run in range(MAX_RUNS):
        try:
            log = _run(program, folder, document)
        except LatexError:
            if run or not recalled:
                raise
            auxiliary.forget(folder)  # perhaps only the guess was bad
        before, after = after, auxiliary.state(folder)
        if after == before and log:
            return log, True
    return log, False


def _environment(line: int) -> dict[str, str]:
    """Return the environment of a run: fixed dates, long lines in the log, nobody's own TeX files."""
    return {name: value for name, value in os.environ.items() if name not in {"TEXINPUTS", "TEXMFOUTPUT"}} | {
        "SOURCE_DATE_EPOCH": EPOCH,
        "FORCE_SOURCE_DATE": "1",
        "TZ": "UTC",
        "TEXMFHOME": "/nonexistent",
        "openin_any": "p",
        "openout_any": "p",
        "max_print_line": str(line),
        "error_line": "254",
        "half_error_line": "238",
    }


GUARDED = ("-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error")
"""Options of every run."""


def execute(arguments: Sequence[str], folder: Path, seconds: float, *, line: int = 1000) -> int:
    """Run TeX in ``folder`` as a guest and return its exit status; lines of up to ``line`` bytes are written whole.

    What it says is left in the file ``terminal``. Raises subprocess.TimeoutExpired after ``seconds``.
    """
    limited = ["/bin/sh", "-c", f'ulimit -f {SIZE_LIMIT * 2048}; exec "$@"', "sh", *arguments]  # in blocks of 512 bytes
    # TeX holds one end of a pipe until it ends: subprocess would look only 20 times a second whether it has.
    ended, held = os.pipe()
    with os.fdopen(ended), (folder / "terminal").open("wb") as terminal:
        try:
            process = subprocess.Popen(
                limited,
                cwd=folder,
                env=_environment(line),
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                pass_fds=(held,),
            )
        finally:
            os.close(held)
        with process:
            try:
                if select.select([ended], [], [], seconds)[0]:
                    return process.wait()
                raise subprocess.TimeoutExpired(arguments, seconds)
            finally:
                process.kill()


def _run(program: str, folder: Path, document: Document) -> str:
    """Run pdflatex once and return its log."""
    (folder / "main.pdf").unlink(missing_ok=True)
    try:
        status = execute([program, *GUARDED, "main.tex"], folder, TIME_LIMIT)
    except subprocess.TimeoutExpired as error:
        raise LatexError(
            f"{document.name}: LaTeX did not finish within {TIME_LIMIT:g} s; "
            "a macro of the set file or of a template calls itself for ever"
        ) from error
    log = _read(folder / "main.log")
    if status != 0:
        check_room(folder, document.name)
    made = folder / "main.pdf"
    if status != 0 or not made.exists() or not made.stat().st_size:  # pdfTeX may leave an empty file for no pages
        raise LatexError(f"{document.name}: {latexlog.explain(log, document, _read(folder / 'terminal'), SIZE_LIMIT)}")
    return log


def check_room(folder: Path, name: str) -> None:
    """Raise LatexError if a run failed for want of space."""
    if shutil.disk_usage(folder).free < ROOM:
        raise LatexError(
            f"{name}: LaTeX has no room left in {folder.parent}; "
            "free some space there, or choose another folder for temporary files with TMPDIR"
        )


def _read(path: Path) -> str:
    """Return the last megabytes of a log: one that grew for ever needs no more."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4_000_000))
        return file.read().decode(errors="replace")
