"""The command: what is asked of the press, what is shown meanwhile, and what is said at the end."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click import _termui_impl

from psetpress import clusters, workspace
from psetpress.classroom import command, press
from psetpress.classroom.command import Request
from psetpress.classroom.crews import Local, Remote
from psetpress.classroom.press import Order, Report
from psetpress.errors import UsageError
from psetpress.workspace import Workspace

Run = Callable[..., bool]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Order, Any]]:
    """Build nothing, but tell of two stages; return what was asked for."""
    asked: list[tuple[Path, Order, Any]] = []

    def build(source: Path, order: Order, _: object, crew: Any, told: Callable[[str, int], None]) -> Report:
        asked.append((source, order, crew))
        for stage in ("drawn", "printed"):
            for more in (0, 2, 1):
                told(stage, more)
        return Report(3, {}, ())

    monkeypatch.setattr(press, "build", build)
    return asked


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    (tmp_path / "r.csv").write_text("id,name\na,Anna\nb,Ben\nc,Cleo\n")
    return Request(tmp_path / "hw.toml", tmp_path / "r.csv", tmp_path / "out", ("key",), jobs=3)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    (tmp_path / "course.key").write_text(f"{bytes(32).hex()}-{command.coursekey.CourseKey(bytes(32)).fingerprint}\n")
    (tmp_path / "course.key").chmod(0o600)
    return workspace.Workspace(tmp_path)


def test_the_roster_the_key_and_the_processes_go_to_the_press(
    built: list[Any], request_: Request, place: Workspace
) -> None:
    assert command.run(request_, place)
    ((source, order, crew),) = built
    assert source == request_.source
    assert [student.id for student in order.students] == ["a", "b", "c"]
    assert (order.folder, order.documents, order.anonymous) == (request_.out, ("key",), False)
    assert order.key.secret == bytes(32)
    assert crew == Local(3)


def test_at_the_end_it_is_said_what_was_built(
    built: list[Any], request_: Request, place: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    command.run(request_, place)
    out, err = capsys.readouterr()
    first, *names = out.splitlines()
    assert first.startswith("3 students, every key proved (0.")
    assert first.endswith(f" a second): {request_.out}")
    assert names == [f"  {request_.out / name}" for name in ("students", "staff", "manifest.json")]
    assert err.splitlines() == ["drawn: begun", "printed: begun"]


def test_on_a_terminal_bars_show_students_done_their_rate_and_the_time_left(
    built: list[Any], request_: Request, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal, seconds = Terminal(), count(step=2)
    monkeypatch.setattr(command.sys, "stderr", terminal)
    monkeypatch.setattr(_termui_impl, "time", SimpleNamespace(time=lambda: float(next(seconds))))
    command.run(request_, place)
    shown = terminal.getvalue()
    assert "begun" not in shown
    for stage, line in zip(("drawn", "printed"), shown.split("\n"), strict=False):
        assert stage in line
        states = [state for state in line.split("\r") if "/3" in state]
        assert all(" students a second" in state for state in states)
        assert [number for number in "023" if any(f" {number}/3" in state for state in states)] == ["0", "2", "3"]
        assert any(re.search(r" 2/3  00:00:0[1-9] ", state) for state in states)


def test_a_bar_ends_where_a_build_fails(request_: Request, place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message stands on a line of its own."""
    terminal = Terminal()

    def build(*given: Any) -> Report:
        given[-1]("drawn", 1)
        raise UsageError("no such set")

    monkeypatch.setattr(command.sys, "stderr", terminal)
    monkeypatch.setattr(press, "build", build)
    with pytest.raises(UsageError, match="no such set"):
        command.run(request_, place)
    assert "1/3" in terminal.getvalue()
    assert terminal.getvalue().endswith("\n")


def say(monkeypatch: pytest.MonkeyPatch, report: Report) -> None:
    monkeypatch.setattr(press, "build", lambda *_: report)


def test_who_got_nothing_is_named_and_the_command_fails(
    request_: Request, place: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    say(monkeypatch, Report(2, {"b": "toy: no luck"}, ("small: two share",)))
    assert not command.run(request_, place)
    out, err = capsys.readouterr()
    assert out.startswith("2 students, every key proved (")
    assert err.splitlines() == ["note: small: two share", "student b got nothing: toy: no luck"]


def test_many_complaints_are_counted(
    request_: Request, place: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = {f"s{number}": "no" for number in range(25)}
    say(monkeypatch, Report(1, failed, tuple(f"wide {number}" for number in range(23))))
    command.run(request_, place)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 42
    assert (lines[19], lines[20]) == ("note: wide 19", "note: and 3 more")
    assert (lines[40], lines[41]) == ("student s19 got nothing: no", "and 5 more students got nothing")


def test_a_new_key_and_notes_on_the_roster_are_told_first(
    built: list[Any], request_: Request, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new").mkdir()
    command.run(request_, workspace.Workspace(tmp_path / "new"))
    err = capsys.readouterr().err.splitlines()
    assert "course.key is new: the key of this course" in err[0]
    assert err[0].startswith("note: ")
    assert err[1:] == ["drawn: begun", "printed: begun"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [({"local_cluster": 2}, ("local", 2)), ({"scheduler": "host:8786"}, ("connected", "host:8786"))],
)
def test_a_cluster_is_taken_if_one_is_named(
    built: list[Any],
    request_: Request,
    place: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    asked: dict[str, Any],
    expected: tuple[str, object],
) -> None:
    def opened(name: str) -> Any:
        @contextmanager
        def give(which: object, root: Path) -> Iterator[object]:
            assert root == place.root
            yield (name, which)

        return give

    for name in ("local", "connected"):
        monkeypatch.setattr(clusters, name, opened(name))
    command.run(Request(**{**vars(request_), **asked}), place)
    assert built[0][2] == Remote(expected)  # type: ignore[arg-type]
