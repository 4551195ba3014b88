"""Checkpoints: what does not fit is left unread, and no half-written file stands under the name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from solvers.training import loop
from solvers.training.checkpoint import Checkpoint

from .conftest import same, weights


@pytest.fixture
def saved(tiny, tmp_path: Path) -> Path:
    loop.train(tiny(), Checkpoint(tmp_path / "deep" / "run.pt", "one"))
    return tmp_path / "deep" / "run.pt"


def test_nothing_is_read_where_nothing_is(tiny, tmp_path: Path):
    assert Checkpoint(tmp_path / "none.pt", "one").load(tiny()) is None


def test_the_state_comes_back(tiny, saved: Path):
    trained, fresh = tiny(), tiny()
    loop.train(trained)
    step, log = Checkpoint(saved, "one").load(fresh) or (None, None)
    assert step == 13
    assert log is not None
    assert log.lasted.tolist() == [12, 12]
    assert same(weights(trained), weights(fresh))


def test_another_training_s_checkpoint_is_left_unread(tiny, saved: Path):
    assert Checkpoint(saved, "two").load(tiny()) is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a file"])
def test_a_damaged_checkpoint_is_left_unread(tiny, saved: Path, content: bytes):
    saved.write_bytes(content)
    assert Checkpoint(saved, "one").load(tiny()) is None


def test_code_in_a_checkpoint_is_not_run(tiny, saved: Path, tmp_path: Path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "owned"),)

    torch.save({"identity": "one", "step": Evil()}, saved)
    assert Checkpoint(saved, "one").load(tiny()) is None
    assert not (tmp_path / "owned").exists()


def test_a_failing_disk_leaves_the_old_file(tiny, saved: Path, monkeypatch: pytest.MonkeyPatch):
    old = saved.read_bytes()

    def full(_state: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="No space left"):
        loop.train(tiny(), Checkpoint(saved, "two"))
    assert saved.read_bytes() == old
    assert [path.name for path in saved.parent.iterdir()] == ["run.pt"]


def test_it_is_due_after_its_seconds():
    assert Checkpoint(Path("run.pt"), "one", seconds=0).due()
    assert not Checkpoint(Path("run.pt"), "one", seconds=60).due()
