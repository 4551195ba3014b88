"""The runs of the command: what they say, also after Ctrl-C, and the exit code."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import interrupts
from psetpress.errors import PsetpressError
from psetpress.verify import campaign, mutants, printed, reproof, runs
from psetpress.verify.campaign import Request
from psetpress.verify.mutants import Trial
from psetpress.verify.reproof import Outcome, Reproof
from psetpress.verify.survey import Survey, Tally

CAUGHT = Trial("b", Counter({"digit": 3}))
SURVIVED = Trial("a", survivors=["one"])
HOLDS = Reproof("1", "toy", 1)
CHANGED = Reproof("2", "toy", 1, complaints=("differs",))


@pytest.fixture(autouse=True)
def toys(bank: Callable[..., None], toy: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "unseen", lambda variant: iter(()))
    bank(a=toy.PROBLEM, b=toy.PROBLEM, c=toy.PROBLEM)


def trying(*trials: Trial, then: BaseException | None = None) -> Callable[..., None]:
    """Return a run of mutants that finds ``trials`` and is then stopped by ``then``."""

    def run(names: Any, jobs: int, found: Callable[[Trial], None]) -> None:
        for trial in trials:
            found(trial)
        if then is not None:
            raise then

    return run


@pytest.mark.parametrize(
    ("failed", "interrupted", "code"), [(0, False, 0), (1, False, 1), (0, True, 130), (1, True, 1)]
)
def test_failures_come_before_interruptions(
    monkeypatch: pytest.MonkeyPatch, failed: int, interrupted: bool, code: int
) -> None:
    survey = Survey([Tally("a", "easy", asked=2, tried=1, failed=failed)], 1.0, 1, interrupted)
    monkeypatch.setattr(campaign, "run", lambda *_: survey)
    assert runs.prove(Request(), {}, ()) == code


def test_reports_are_refused_before_anything_is_examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(campaign, "run", lambda *_: pytest.fail("it was examined"))
    with pytest.raises(PsetpressError, match=r"^--html: .* cannot be written"):
        runs.prove(Request(), {"--html": tmp_path / "file" / "x.html"}, ())


def test_the_table_makes_room_for_a_report_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert runs.prove(Request(["a"], 3), {"--json": Path("-")}, ()) == 0
    out, err = capsys.readouterr()
    assert out.startswith("{")
    assert "every key proved" in err


def test_a_report_that_cannot_be_written_costs_neither_table_nor_message(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PsetpressError, match=r"^/dev/full: cannot be written"):
        runs.prove(Request(["a"], 3), {"--json": Path("/dev/full")}, ())
    assert "every key proved" in capsys.readouterr().out


def test_a_second_ctrl_c_does_not_take_the_reports_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_: Any) -> str:
        signal.raise_signal(signal.SIGINT)
        return "{}"

    monkeypatch.setattr("psetpress.verify.report.as_json", again)
    assert runs.prove(Request(["a"], 3), {"--json": tmp_path / "x.json"}, ()) == 0
    assert (tmp_path / "x.json").read_text() == "{}"


def test_mutants_that_were_tried_before_ctrl_c_are_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutants, "run", trying(CAUGHT, then=interrupts.Interrupted()))
    assert runs.mutate([], 1) == 130
    out = capsys.readouterr().out
    assert "3 of 3 mutants caught (3 digit)" in out
    assert out.endswith("interrupted after 1 of 3 problems\n")
    monkeypatch.setattr(mutants, "run", trying(then=interrupts.Interrupted()))
    assert runs.mutate([], 1) == 130
    assert capsys.readouterr().out == "interrupted after 0 of 3 problems\n"


def test_a_survivor_is_a_failure_also_if_ctrl_c_came(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutants, "run", trying(CAUGHT, SURVIVED, then=interrupts.Interrupted()))
    assert runs.mutate([], 1) == 1
    assert "a: survives: one" in capsys.readouterr().out


def test_an_error_comes_after_what_was_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutants, "run", trying(CAUGHT, then=PsetpressError("c is not proved")))
    with pytest.raises(PsetpressError, match=r"^c is not proved$"):
        runs.mutate([], 1)
    assert "3 of 3 mutants caught" in capsys.readouterr().out


def test_all_mutants_caught_is_no_interruption(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutants, "run", trying(CAUGHT))
    assert runs.mutate(["b", "b"], 1) == 0
    assert "interrupted" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("found", "recorded", "code"),
    [([HOLDS], 1, 0), ([HOLDS, CHANGED], 2, 1), ([HOLDS], 2, 130), ([CHANGED], 2, 1)],
)
def test_a_manifest_ends_with_what_was_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: list[Reproof], recorded: int, code: int
) -> None:
    monkeypatch.setattr(reproof, "reprove", lambda *_: Outcome(found, recorded))
    assert runs.reprove(Path("manifest.json"), 1) == code
    assert ("interrupted after" in capsys.readouterr().out) is (len(found) < recorded)
