"""Experiments as the engine runs them: on workers and without, on which device, with which data."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from psetpress import experiments, workers, workspace
from psetpress.errors import PsetpressError, UsageError

workspace.activate()


@pytest.mark.slow
def test_workers_find_the_same_as_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    heard: dict[str, float] = {}
    found = []
    for jobs in (1, 2):
        monkeypatch.setattr(experiments, "_shares", lambda *_, jobs=jobs: (jobs, 1))
        request = experiments.Request("dropout_effect", "smoke", "cpu", out=tmp_path / str(jobs))
        found.append(experiments.train(request, lambda _: None, lambda name, tick: heard.update({name: tick.loss})))
    assert found[0].claims == found[1].claims
    assert found[0].measurements == found[1].measurements


@pytest.mark.slow
def test_a_cluster_finds_the_same_and_is_named(tmp_path: Path):
    alone, far = (
        experiments.Request("batchnorm_init_scale", "smoke", "cpu", out=tmp_path / str(count), local_cluster=count)
        for count in (None, 1)
    )
    here, there = (experiments.train(request, lambda _: None, lambda *_: None) for request in (alone, far))
    assert here.measurements == there.measurements
    for name, values in here.arrays.items():
        np.testing.assert_array_equal(values, there.arrays[name])
    assert there.provenance.device == "Dask cluster, 1 worker, cpu"
    assert "cluster" not in here.provenance.device


def test_a_training_whose_worker_was_lost_says_how_to_go_on():
    with pytest.raises(PsetpressError, match=r"^plain: it died\. What is done is kept: give the same command"):
        experiments._gone(({}, "plain", (0,)), "it died")


def test_ticks_of_workers_are_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    experiments._leave_word(tmp_path, "plain", SimpleNamespace(step=3, steps=6, loss=0.5, accuracy=None))
    (tmp_path / f"broken{experiments.TICK}").write_text('{"step": ')
    heard: list[tuple[str, int]] = []
    turns = iter((False, True))
    done = SimpleNamespace(wait=lambda _: next(turns))
    experiments._listen(tmp_path, lambda name, tick: heard.append((name, tick.step)), done)
    assert heard == [("plain", 3)]


def test_a_training_ends_with_the_process_that_asked_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    tick = SimpleNamespace(step=3, steps=6, loss=0.5, accuracy=None)
    monkeypatch.setattr(experiments, "parent_process", lambda: SimpleNamespace(is_alive=lambda: False))
    with pytest.raises(PsetpressError, match="plain: the process that asked for this training has ended"):
        experiments._leave_word(tmp_path, "plain", tick)
    assert list(tmp_path.iterdir()) == []


def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UsageError, match="torch finds no CUDA device here; `--device cpu` trains on the processor"):
        experiments.train(experiments.Request("dropout_effect", "smoke", "cuda", out=tmp_path), print, print)
    assert experiments._device("auto") == "cpu"


def test_unusable_data_are_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"no gzip")
    request = experiments.Request("ioffe_fig1", "cpu", "cpu", data=tmp_path, out=tmp_path / "out")
    with pytest.raises(PsetpressError, match=r"train-images-idx3-ubyte\.gz: is no idx file of unsigned bytes"):
        experiments.train(request, lambda _: None, print)


@pytest.mark.parametrize(
    ("case", "shares"),
    [
        (("cpu", "cpu", 8), (6, 1)),
        (("paper", "cpu", 3), (3, 2)),
        (("cpu", "cpu", 1), (1, 6)),
        (("smoke", "cpu", 8), (1, 1)),
        (("paper", "cuda", 8), (1, 1)),
    ],
)
def test_trainings_share_the_cores_unless_they_are_small(monkeypatch: pytest.MonkeyPatch, case: Any, shares: Any):
    monkeypatch.setattr(workers, "cores", lambda: 6)
    assert experiments._shares(*case) == shares
