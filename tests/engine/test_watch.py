"""`build --watch`: a change builds again, a mistake waits for its correction, Ctrl-C ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SET = """
title = "{title}"
[[question]]
title = "Only one"
problem = ["batchnorm_density"]
"""

PATIENCE = 60.0
"""Seconds to wait for a build; it takes about two on an idle machine."""


def wait_for(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[tuple[Path, Path, subprocess.Popen[bytes]]]:
    source, log = tmp_path / "mine.toml", tmp_path / "log"
    source.write_text(SET.format(title="First"), encoding="utf-8")
    command = [sys.executable, "-m", "psetpress", "build", str(source), "--watch"]
    command += ["--documents", "source", "--out", str(tmp_path / "out")]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        yield source, log, process
        process.kill()


def test_changes_build_again_and_mistakes_wait(watching: tuple[Path, Path, subprocess.Popen[bytes]]) -> None:
    source, log, process = watching
    manifest = source.parent / "out" / "manifest.json"

    def waits(times: int) -> bool:
        return log.read_text(encoding="utf-8").count("waiting for changes") >= times

    wait_for(lambda: waits(1), "the first build")
    assert '"First"' in manifest.read_text(encoding="utf-8")
    source.write_text("titel = 1", encoding="utf-8")
    wait_for(lambda: waits(2), "the refusal of a mistake")
    assert 'unknown key "titel" (did you mean "title"?)' in log.read_text(encoding="utf-8")
    assert '"First"' in manifest.read_text(encoding="utf-8")
    source.write_text(SET.format(title="Second"), encoding="utf-8")
    wait_for(lambda: '"Second"' in manifest.read_text(encoding="utf-8"), "the build of the correction")
    wait_for(lambda: waits(3), "the end of that build")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE) == 0
    assert "Traceback" not in log.read_text(encoding="utf-8")
