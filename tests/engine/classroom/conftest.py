"""A toy class: builds in this process, with the toy problem, in shards of two students."""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import auxiliary, scaffold, workspace
from psetpress.classroom import press, seats, studio
from psetpress.classroom.crews import Crew, Local
from psetpress.coursekey import CourseKey
from psetpress.roster import Student

SET = """
title = "Sums"
course = "Arithmetic"
[[question]]
title = "One"
problem = ["toy"]
"""

WORDS = """\
<% block addition %>
What is $<< p.a >>+<< p.b >>$?

<< respond(space="1cm") >>
<% endblock %>
<% block addition_solution %>
Together $<< answers.sum >>$.
<% endblock %>
<% block multiplication %>
And $<< p.a >>\\cdot<< p.b >>$?

<< respond(rows=True, space="1cm", labels={"product": "The product", "reason": "Why?"}) >>
<% endblock %>
<% block multiplication_solution %>
It is $<< answers.product >>$.
<% endblock %>
"""

KEY = CourseKey(bytes(range(32)))
PAPERS = ("handout", "key")
BUILD = (sys.executable, "-m", "psetpress", "build", "first", "--roster")


class School:
    """Builds of one toy set; ``stages`` are those that were begun, with how many students came through."""

    def __init__(self, root: Path) -> None:
        self.root, self.out = root, root / "out"
        self.source, self.templates = root / "sums.toml", root / "templates"
        self.source.write_text(SET, encoding="utf-8")
        (self.templates / "problems").mkdir(parents=True)
        self.reword("", "")
        self.stages: dict[str, int] = {}

    @property
    def folders(self) -> tuple[Path, ...]:
        return (self.templates, *workspace.active().templates)

    def reword(self, old: str, new: str) -> None:
        """Write the words of the toy problem, with ``new`` for ``old``."""
        (self.templates / "problems" / "toy.tex.j2").write_text(WORDS.replace(old, new), encoding="utf-8")

    def drawn(self, student: str) -> Any:
        """Return the parameters that a student draws first."""
        studio.of.cache_clear()
        room = studio.of(studio.Plan(self.source.resolve(), self.folders, KEY.stream_key, PAPERS))
        (seat,) = seats.seat([Student(student)], KEY, room.assignment.name)
        return room.draw(seat)["toy"].params

    def order(self, students: Sequence[str | Student], **options: Any) -> press.Order:
        listed = tuple(each if isinstance(each, Student) else Student(each, each.title()) for each in students)
        chosen = {"folder": self.out, "students": listed, "key": KEY, "documents": PAPERS, **options}
        return press.Order(**chosen)

    def build(self, *students: str | Student, crew: Crew | None = None, **options: Any) -> press.Report:
        studio.of.cache_clear()
        self.stages = {}
        order = self.order(students, **options)
        return press.build(self.source, order, self.folders, crew or Local(0), self.told)

    def told(self, stage: str, more: int) -> None:
        self.stages[stage] = self.stages.get(stage, 0) + more

    def table(self, name: str) -> list[dict[str, str]]:
        text = (self.out / "staff" / f"{name}.csv").read_text(encoding="utf-8-sig")
        return [*csv.DictReader(io.StringIO(text, newline=""))]


@pytest.fixture
def cached(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that all these tests share: its format is made once."""
    place = tmp_path_factory.getbasetemp() / "classroom-cache"
    monkeypatch.setenv(auxiliary.VARIABLE, str(place))
    return place


@pytest.fixture
def school(
    tmp_path: Path, bank: Callable[..., None], cached: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[School]:
    """Return where to build: ``school.build("anna", "ben")``."""
    monkeypatch.setattr(seats, "SIZE", 2)
    yield School(tmp_path)
    studio.of.cache_clear()


@pytest.fixture(scope="session")
def tree() -> Callable[[Path], dict[str, str]]:
    """Return what lies below a folder, hidden or not: files by their hash, and empty folders."""

    def look(folder: Path) -> dict[str, str]:
        found = {path: path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}
        kept = {path: content for path, content in found.items() if path.is_file() or not any(path.iterdir())}
        return {str(path.relative_to(folder)): hashlib.sha256(content).hexdigest() for path, content in kept.items()}

    return look


@pytest.fixture
def course(tmp_path: Path, cached: Path) -> SimpleNamespace:
    """A workspace of its own, for builds by the command line: ``course.build("r.csv", "--jobs", "0")``."""
    root = tmp_path / "course"
    scaffold.create(root)
    (root / "course.key").write_text(f"{bytes(range(32)).hex()}-{KEY.fingerprint}\n")
    (root / "course.key").chmod(0o600)

    def roster(name: str, *rows: str) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(["id,name", *rows, ""]), encoding="utf-8")
        return path

    def build(roster: Path, *options: str) -> subprocess.CompletedProcess[str]:
        command = [*BUILD, str(roster), *options]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120)

    def start(roster: Path, *options: str) -> subprocess.Popen[str]:
        """Begin a build in a process group of its own."""
        command = [*BUILD, str(roster), *options]
        return subprocess.Popen(
            command,
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return SimpleNamespace(root=root, roster=roster, build=build, start=start)
