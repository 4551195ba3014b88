"""From paper back to the variant: the code at the foot of a page, looked up in what was built."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psetpress import codes, delivery
from psetpress.classroom.tasks import STAFF
from psetpress.errors import PsetpressError, UsageError


@dataclass(frozen=True)
class Paper:
    """One student's copy of a set: where it was built, whose it is, and the records of its variants."""

    folder: Path
    set_name: str
    student: dict[str, Any]
    variants: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """Lines for a terminal: whose paper it is, its files, and a line for each problem."""
        name = _name(self.folder, self.student["id"])
        place = self.folder / self.student["folder"]
        lines = [
            f"code     {self.student['code']}",
            f"set      {self.set_name}",
            f"student  {self.student['id']}{f' ({name})' if name else ''}",
            *(f"file     {path}" for path in sorted(place.glob("*")) if path.is_file()),
        ]
        lines += [
            f"variant  {record['identity']}  {record['item']}: {record['problem']}, level {record['level']}, "
            f"version {record['version']}"
            for record in self.variants
        ]
        return "\n".join(lines)


def find(text: str, out: Path) -> Paper:
    """Return the paper with the code ``text`` among the builds in and below ``out``.

    Raises UsageError for what is no code, PsetpressError if no build there has it.
    """
    code = codes.parse(text)
    searched: list[str] = []
    for folder, manifest in _manifests(out):
        searched.append(str(folder))
        for student in manifest.get("students", ()):
            if student["code"] == code:
                mine = [record for record in manifest["variants"] if record["student"] == student["id"]]
                return Paper(folder, manifest["set"], student, mine)
    if not searched:
        raise UsageError(f"{out} holds no build; give the folder that `psetpress build --roster` wrote with --out")
    raise PsetpressError(f"no paper has the code {code}; searched were {', '.join(searched)}")


def _manifests(out: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted((out / delivery.MANIFEST, *out.glob(f"*/{delivery.MANIFEST}"))):
        with suppress(PsetpressError):  # somebody else's manifest
            if found := delivery.recorded(path.parent):
                yield path.parent, found


def _name(folder: Path, student: str) -> str:
    """Return a student's name from the staff's table, if it is still there."""
    try:
        with (folder / STAFF / "roster-map.csv").open(encoding="utf-8-sig", newline="") as file:
            return next((row["name"] for row in csv.DictReader(file) if row["id"] == student), "")
    except (OSError, ValueError, LookupError):  # a table that somebody has changed
        return ""
