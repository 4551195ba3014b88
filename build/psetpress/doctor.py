"""What psetpress needs of the machine: what is there, what is missing, and the command that mends it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

APT_TEX = "texlive-latex-recommended texlive-fonts-recommended"
"""Debian's packages that hold everything in LATEX and FONTS (``build/setup.sh`` installs them)."""

LATEX = (
    "article.cls",
    "amsmath.sty",
    "amssymb.sty",
    "array.sty",
    "booktabs.sty",
    "etoolbox.sty",
    "fontenc.sty",
    "geometry.sty",
    "graphicx.sty",
    "helvet.sty",
    "hyperref.sty",
    "mathpazo.sty",
    "microtype.sty",
    "t1txtt.fd",
    "textcomp.sty",
    "xcolor.sty",
)
"""What the class and the templates load; a test compares."""

FONTS = ("uplr8a.pfb", "fplmr.pfb", "uhvr8a.pfb", "t1xtt.pfb")
"""One outline file of each typeface: text, mathematics, headings, code. Without them TeX draws bitmaps."""

NEEDED_MB = 200
"""Free space in MB below which a build of a whole class may not fit."""

TEX_SECONDS = 30


@dataclass(frozen=True)
class Check:
    """One thing that was looked for; ``mend`` says what to do, or is empty where nothing is wrong."""

    name: str
    ok: bool
    found: str
    mend: str = ""
    required: bool = True

    @property
    def status(self) -> str:
        """The word that the report prints: ok, missing, or optional for what is missed by few."""
        if self.ok:
            return "ok"
        return "missing" if self.required else "optional"


def checks(out: Path | None = None) -> tuple[Check, ...]:
    """Look for everything and return what was found; ``out`` is where results would go (default: ``out``)."""
    target = out or Path("out")
    return (
        _python(),
        *_python_packages(),
        _pdflatex(),
        _tex_files("LaTeX packages", LATEX),
        _tex_files("fonts", FONTS),
        _pdftotext(),
        _writable(target),
        _space(target),
    )


def healthy(found: Sequence[Check]) -> bool:
    """Say whether nothing that is required is missing."""
    return all(check.ok or not check.required for check in found)


def report(found: Sequence[Check] | None = None) -> str:
    """Return the checks as lines of text, each problem with the command that mends it, and a verdict."""
    found = checks() if found is None else found
    width = max(len(check.name) for check in found)
    lines: list[str] = []
    for check in found:
        lines.append(f"{check.status:<8}  {check.name:<{width}}  {check.found}")
        if check.mend:
            lines.append(f"{'':<8}  {'':<{width}}  -> {check.mend}")
    missing = [check.name for check in found if check.status == "missing"]
    verdict = f"Missing: {', '.join(missing)}." if missing else "Everything that psetpress needs is here."
    return "\n".join([*lines, "", verdict])


def install(apt: str, brew: str, tlmgr: str = "") -> str:
    """Return the command that installs a system package here."""
    if sys.platform == "darwin":
        return f"brew install {brew}" + (f" && sudo tlmgr install {tlmgr}" if tlmgr else "")
    if shutil.which("apt-get"):
        sudo = "" if os.geteuid() == 0 else "sudo "
        return f"{sudo}apt-get update && {sudo}apt-get install --no-install-recommends {apt}"
    return f"install what Debian calls {apt} with this system's package manager"


def _mend_tex() -> str:
    return install(APT_TEX, "--cask basictex", "collection-latexrecommended collection-fontsrecommended")


def _python() -> Check:
    found = f"{platform.python_version()} ({sys.executable})"
    ok = sys.version_info >= (3, 11)
    return Check("Python", ok, found, "" if ok else "make a virtual environment with Python 3.11 or newer")


_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[.*\])?>=([0-9.]+)$")


def _python_packages() -> Iterator[Check]:
    """Check what psetpress says that it requires; nothing is imported, torch alone would take seconds."""
    try:
        required = metadata.requires("psetpress") or []
    except metadata.PackageNotFoundError:
        yield Check("psetpress", False, "not installed in this Python", "make setup (in the repository)")
        return
    for match in filter(None, map(_REQUIREMENT.match, required)):
        yield _python_package(match[1], match[2])


def _python_package(name: str, minimum: str) -> Check:
    mend = f'{sys.executable} -m pip install "{name}>={minimum}"'
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(name, False, f"not installed; {minimum} or newer is needed", mend)
    if _numbers(version) < _numbers(minimum):
        return Check(name, False, f"{version}; {minimum} or newer is needed", mend)
    return Check(name, True, version)


def _numbers(version: str) -> list[int]:
    """Return the leading numbers of a version: 2.13.0+cpu is 2, 13, 0."""
    return [int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3]]


def _pdflatex() -> Check:
    path = shutil.which("pdflatex")
    if path is None:
        return Check("pdflatex", False, "not on PATH", _mend_tex())
    first = _output([path, "--version"]).partition("\n")[0]
    if not first:
        return Check("pdflatex", False, f"{path} does not run", _mend_tex())
    return Check("pdflatex", True, f"{first} ({path})")


def _tex_files(name: str, files: Sequence[str]) -> Check:
    path = shutil.which("kpsewhich")
    if path is None:
        return Check(name, False, "kpsewhich, which comes with TeX, is not on PATH", _mend_tex())
    there = {Path(line).name for line in _output([path, *files]).splitlines()}
    missing = [file for file in files if file not in there]
    if missing:
        return Check(name, False, f"without {', '.join(missing)}", _mend_tex())
    return Check(name, True, ", ".join(file.partition(".")[0] for file in files))


def _output(command: Sequence[str]) -> str:
    """Return what ``command`` prints, or nothing if it cannot be run or fails altogether."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=TEX_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout


def _pdftotext() -> Check:
    path = shutil.which("pdftotext")
    if path is None:
        mend = install("poppler-utils", "poppler")
        return Check("pdftotext", False, "not on PATH; only the tests read PDFs back", mend, required=False)
    return Check("pdftotext", True, path)


def _standing(path: Path) -> Path:
    """Return ``path``, or the nearest folder above it that exists."""
    here = path.resolve()
    while not here.exists():
        here = here.parent
    return here


def _writable(out: Path) -> Check:
    place = _standing(out)
    if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
        return Check("output", True, f"{out.resolve()} can be written")
    reason = "may not be written" if place.is_dir() else "is not a folder"
    return Check("output", False, f"{place} {reason}", "build elsewhere: psetpress build SET --out DIR")


def _space(out: Path) -> Check:
    place = _standing(out)
    free = shutil.disk_usage(place).free // 2**20
    found = f"{free / 1024:.1f} GB" if free >= 1024 else f"{free} MB"
    if free < NEEDED_MB:
        return Check("free space", False, f"{found}; {NEEDED_MB} MB are needed", f"make room on {place}")
    return Check("free space", True, found)


def main(arguments: Sequence[str]) -> int:
    """Print the report (with ``--quiet`` only if something is missing) and return the exit code."""
    found = checks()
    if "--quiet" not in arguments or not healthy(found):
        print(report(found))
    return 0 if healthy(found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
