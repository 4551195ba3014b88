"""The class, made ready once: a precompiled preamble, kept by what it holds and by the TeX that made it."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from psetpress import auxiliary, latex

if TYPE_CHECKING:
    from psetpress.latex import Document

MACROS = Path(__file__).with_name("bundle.tex")
"""What turns a run for one document into a run for many."""

CLASS = "psetpress"

_PACKAGE = re.compile(r"^\\usepackage\b.*$", re.MULTILINE)
_GLOBAL = re.compile(r"\\(?:global|gdef|xdef|AddToHook|AddToHookNext)\b")
_BEGUN = re.compile(rf"\s*\\documentclass(?:\[[^]]*\])?\{{{CLASS}\}}")


@dataclass(frozen=True)
class Forme:
    """The start that documents share: the class, and the packages of their preambles."""

    style: bytes
    packages: tuple[str, ...]

    @property
    def preamble(self) -> str:
        r"""Everything before ``\begin{document}``."""
        pages = "" if self.packages else r"\psetplainpages"
        return "\n".join((rf"\documentclass{{{CLASS}}}", *self.packages, rf"\input{{bundle.tex}}{pages}"))

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files that the preamble reads."""
        return {f"{CLASS}.cls": self.style, MACROS.name: MACROS.read_bytes()}


def of(document: Document) -> Forme | None:
    """Return the start of ``document``; None if it cannot share a run: another class, or macros that outlast it."""
    head = document.main.partition(r"\begin{document}")[0]
    style = document.files.get(f"{CLASS}.cls")
    if style is None or not _BEGUN.match(head) or _GLOBAL.search(document.main):
        return None
    return Forme(style, tuple(_PACKAGE.findall(head)))


def precompiled(forme: Forme) -> Path | None:
    """Return the format file of ``forme``, made if there is none yet; None where it cannot be made or kept."""
    content = [version().encode(), forme.preamble.encode(), *forme.files.values()]
    digest = hashlib.sha256(b"\0".join(content)).hexdigest()[:32]
    path = auxiliary.root() / "formats" / f"{digest}.fmt"
    if not path.exists():
        with suppress(OSError, subprocess.TimeoutExpired):
            _make(forme, path)
    return path if path.exists() else None


def _make(forme: Forme, path: Path) -> None:
    """Write the format beside its place and move it there, so that processes may make it at the same time.

    TeX packs it and reads it packed or not; unpacked, every run starts in two thirds of the time.
    """
    with tempfile.TemporaryDirectory(prefix="psetpress-") as name:
        folder = Path(name)
        latex.place(folder, {**forme.files, "main.tex": f"{forme.preamble}\n\\dump\n".encode()})
        arguments = [latex.find(), "-ini", *latex.GUARDED, "&pdflatex", "main.tex"]
        if latex.execute(arguments, folder, latex.TIME_LIMIT) == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
            staged = path.with_name(f".{path.stem}-{os.getpid()}")
            with gzip.open(folder / "main.fmt") as packed, staged.open("wb") as file:
                shutil.copyfileobj(packed, file)
            staged.replace(path)


@cache
def version() -> str:
    """Return what names this TeX: a format is read by the very program that wrote it, and made of its packages."""
    said = subprocess.run([latex.find(), "--version"], capture_output=True, text=True, check=False).stdout
    base = subprocess.run(["kpsewhich", "-engine=pdftex", "pdflatex.fmt"], capture_output=True, text=True, check=False)
    made = Path(base.stdout.strip())
    return f"{said}{made} {made.stat().st_mtime_ns if made.is_file() else 0}"
