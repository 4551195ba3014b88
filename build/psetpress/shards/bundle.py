"""Bundles: documents that share a start, and the files of the one run that makes them all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from psetpress.shards import forme
from psetpress.shards.forme import Forme
from psetpress.shards.jobs import Job
from psetpress.shards.layout import LAYOUT

DRAWINGS = "drawings.tex"
"""The file of a run that holds every drawing's lines of TeX."""


@dataclass(frozen=True)
class Bundle:
    """Jobs whose documents begin alike and whose files do not differ under one name."""

    forme: Forme
    jobs: tuple[Job, ...]
    measures: bool = False

    def around(self, number: int) -> list[Bundle]:
        """Return the bundles of the jobs before and behind one."""
        parts = (self.jobs[:number], self.jobs[number + 1 :])
        return [dataclasses.replace(self, jobs=jobs) for jobs in parts if jobs]

    def measured(self) -> Bundle:
        """Return the bundle whose run tells heights and prints nothing."""
        return dataclasses.replace(self, measures=True)

    def files(self, *, precompiled: bool) -> Mapping[str, bytes]:
        """Return the files of the run, which reads each document as it is; ``main.tex`` calls one after the other."""
        files = {} if precompiled else dict(self.forme.files)
        layouts: dict[bytes, str] = {}
        calls: list[str] = []
        for number, job in enumerate(self.jobs):
            files[f"{number}.tex"] = job.document.main.encode()
            files |= _own(job)
            calls.append(self._call(number, job.document.files.get(LAYOUT, b""), layouts))
        files |= {name: layout for layout, name in layouts.items() if name} | {"measured.tex": b""}
        files = self._gathered(files)
        start = "" if precompiled else f"{self.forme.preamble}\n"
        main = "\n".join((f"{start}\\begin{{document}}", rf"\input{{{DRAWINGS}}}", *calls, r"\end{document}", ""))
        return {**files, "main.tex": main.encode()}

    def _gathered(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return ``files`` with the drawings in one: to make and remove hundreds takes longer than to read them.

        Whoever only measures looks at no picture.
        """
        drawings = {name: content for name, content in files.items() if PurePath(name).match("figures/*.tex")}
        seen = {
            name: content
            for name, content in files.items()
            if name not in drawings and not (self.measures and PurePath(name).match("figures/*.pdf"))
        }
        whole = (b"\\psetdrawing{%b}{%%\n%b}\n" % (PurePath(name).stem.encode(), drawings[name]) for name in drawings)
        return {**seen, DRAWINGS: b"".join(whole)}

    def _call(self, number: int, layout: bytes, layouts: dict[bytes, str]) -> str:
        if self.measures:
            return rf"\psetmeasured{{{number}}}"
        name = layouts.setdefault(layout, f"layout{len(layouts)}.tex" if layout else "")
        return rf"\psetbundled{{{number}}}{{{name}}}"


def lay(jobs: Sequence[Job]) -> Iterator[Bundle]:
    """Yield bundles of ``jobs``; one that fits into none (another class, a file of other content) is left out."""
    sharing: dict[Forme, list[Job]] = {}
    files: dict[Forme, dict[str, bytes]] = {}
    for job in jobs:
        start = forme.of(job.document)
        if start is None:
            continue
        known = files.setdefault(start, {})
        own = _own(job)
        if all(known.get(name, content) == content for name, content in own.items()):
            known |= own
            sharing.setdefault(start, []).append(job)
    for start, some in sharing.items():
        yield Bundle(start, tuple(some))


def _own(job: Job) -> Mapping[str, bytes]:
    """Return the files beside a document that are its own."""
    shared = {f"{forme.CLASS}.cls", LAYOUT}
    return {name: content for name, content in job.document.files.items() if name not in shared}
