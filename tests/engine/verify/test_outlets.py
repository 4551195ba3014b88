"""Outlets: what could not be written is refused before the run, and one report costs no other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from psetpress.errors import PsetpressError, UsageError
from psetpress.verify import outlets

FULL = Path("/dev/full")


def test_places_that_can_be_written_are_accepted_and_nothing_is_created(tmp_path: Path) -> None:
    (tmp_path / "old.xml").write_text("old")
    (tmp_path / "manifest.json").write_text('{"name": "a web page"}')
    outlets.check({"--junit": tmp_path / "old.xml", "--json": tmp_path / "new" / "folder" / "x.json"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "old.xml"]


def test_a_file_where_a_folder_is_wanted_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PsetpressError, match=r"^--json: .*file/x\.json cannot be written: Not a directory$"):
        outlets.check({"--json": tmp_path / "file" / "x.json"})


def test_a_name_that_no_system_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PsetpressError, match=r"^--html: .* cannot be written: File name too long$"):
        outlets.check({"--html": tmp_path / ("x" * 300)})


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="the system has no folder that nobody may write")
def test_a_folder_that_may_not_be_written_is_refused() -> None:
    with pytest.raises(PsetpressError, match=r"^--junit: /proc/x/y\.xml cannot be written: "):
        outlets.check({"--junit": Path("/proc/x/y.xml")})


def test_a_device_or_pipe_is_asked_only_whether_it_may_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")  # to open it would wait for a reader
    outlets.check({"--json": tmp_path / "pipe"})
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PsetpressError, match=r"pipe cannot be written: no permission$"):
        outlets.check({"--json": tmp_path / "pipe"})


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [("-", "/dev/stdout", "standard output"), ("-", "-", "standard output"), ("/x/y", "/x/y", "/x/y")],
)
def test_two_reports_need_two_places(one: str, other: str, place: str) -> None:
    says = f"^--junit and --html both go to {place}; give each report a place of its own$"
    with pytest.raises(UsageError, match=says):
        outlets.check(
            {"--junit": Path(one), "--html": Path(other)}
            if place == "standard output"
            else {"--junit": Path(one).absolute(), "--html": Path(other).absolute()}
        )


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_a_report_on_standard_output_is_its_text_alone(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert outlets.write({"--json": Path(name)}, {"--json": lambda: "{}\n"}) == []
    assert capsys.readouterr().out == "{}\n"
    assert not Path("-").exists()


@pytest.mark.skipif(not FULL.exists(), reason="the system has no device that is always full")
def test_what_cannot_be_written_costs_no_other_report(tmp_path: Path) -> None:
    made = {"--junit": lambda: "<x/>", "--json": lambda: "{}"}
    (error,) = outlets.write({"--junit": FULL, "--json": tmp_path / "x.json"}, made)
    assert error.message.startswith("/dev/full: cannot be written: No space left on device")
    assert (tmp_path / "x.json").read_text() == "{}"
