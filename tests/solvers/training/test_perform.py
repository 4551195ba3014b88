"""From an order to a record: every experiment at its smallest, trainings in any order, runs that were killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from solvers.training import experiments, loop, perform, quoted, results, stopwatch
from solvers.training.data import Images, Missing, Unusable
from solvers.training.experiment import Settings, printed
from solvers.training.record import SCALES

TODAY = "2026-11-21"


def order(name: str, tmp_path: Path, seeds: int | None = None) -> perform.Order:
    experiment = experiments.find(name)
    count = seeds or experiment.seeds["smoke"]
    return perform.Order(name, "smoke", tuple(range(count)), tmp_path / "data", tmp_path / "work", revision="none")


def here(tasks):
    return map(perform.run, tasks)


@pytest.mark.parametrize("name", experiments.NAMES)
def test_every_experiment_runs_at_its_smallest_and_can_be_recorded(name: str, tmp_path: Path):
    wanted = order(name, tmp_path)
    record = perform.perform(wanted, here, date=TODAY)
    written = results.record(tmp_path / "results" / name, record)
    assert written.scale == "smoke"
    assert written.claims
    assert all(array.size for array in written.arrays.values())
    assert quoted.missing(written) == ()
    assert written.provenance.seeds == wanted.seeds
    assert set(written.provenance.versions) == {"python", "numpy", "torch"}
    assert len(list(wanted.work.glob("*.pt"))) == len(perform.tasks(wanted))  # until the record is written
    perform.clear(wanted)
    assert not wanted.work.exists()


@pytest.mark.parametrize("name", experiments.NAMES)
def test_a_record_says_what_it_is(name: str):
    experiment = experiments.find(name)
    assert experiment.name == name
    assert experiment.question.endswith("?")
    assert set(experiment.scales) == set(experiment.seeds) == set(SCALES)
    assert all(bool(settings.data) or experiment.computed for settings in experiment.scales.values())
    for scale in SCALES:
        jobs = experiment.jobs(experiment.scales[scale])
        assert len(set(jobs)) == len(jobs) > 0
        assert experiment.seeds[scale] >= experiment.least


def test_an_unknown_name_is_refused():
    with pytest.raises(LookupError, match='"fig9" is no experiment; there are batchnorm'):
        experiments.find("fig9")


def test_the_order_of_the_trainings_does_not_matter(tmp_path: Path):
    wanted = order("dropout_effect", tmp_path)
    with ThreadPoolExecutor(1) as executor:
        one = perform.perform(wanted, lambda tasks: executor.map(perform.run, tasks[::-1]), date=TODAY)
    other = perform.perform(replace(wanted, work=tmp_path / "other"), here, date=TODAY)
    assert one.claims == other.claims
    assert one.measurements == other.measurements


def test_a_run_that_was_killed_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    wanted = order("ioffe_fig1", tmp_path)
    expected = perform.perform(replace(wanted, work=tmp_path / "other"), here, date=TODAY)

    def killed(tasks):
        yield perform.run(tasks[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        perform.perform(wanted, killed, date=TODAY)
    updates: list[int] = []
    update = loop.Training.update
    monkeypatch.setattr(loop.Training, "update", lambda self, step: (updates.append(step), update(self, step))[1])
    record = perform.perform(wanted, here, date=TODAY)
    assert len(updates) == 120 + 60 + 60  # the first of four trainings, of 120 steps, had ended
    assert record.claims == expected.claims
    for name, array in expected.arrays.items():
        np.testing.assert_array_equal(record.arrays[name], array)


def test_the_seconds_are_those_of_all_runs_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    wanted = order("ioffe_fig1", tmp_path)
    seconds = iter(range(0, 10_000, 10))  # every look at the clock is ten seconds later
    monkeypatch.setattr(stopwatch, "monotonic", lambda: next(seconds))

    def killed(tasks):
        yield perform.run(tasks[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        perform.perform(wanted, killed, date=TODAY)  # looked when it began, after a training, and at the end: 20 s
    assert perform.perform(wanted, here, date=TODAY).provenance.seconds == 20 + 60  # four trainings, end, record


KILLED = """
import os, signal, sys
from pathlib import Path
from solvers.training import checkpoint, loop, perform

def dies(self, step):
    if step == 50:
        os.kill(os.getpid(), signal.SIGKILL)
    return update(self, step)

update, loop.Training.update = loop.Training.update, dies
checkpoint.Checkpoint.due = lambda self: True
order = perform.Order("ioffe_fig1", "smoke", (0, 1), Path(sys.argv[1]), Path(sys.argv[2]), revision="none")
perform.run(perform.tasks(order)[0])
"""


@pytest.mark.slow
def test_a_process_that_was_killed_ends_as_an_unbroken_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    wanted = order("ioffe_fig1", tmp_path)
    command = [sys.executable, "-c", KILLED, str(wanted.data), str(wanted.work)]
    child = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr
    steps: list[int] = []
    update = loop.Training.update
    monkeypatch.setattr(loop.Training, "update", lambda self, step: (steps.append(step), update(self, step))[1])
    task = perform.tasks(wanted)[0]
    _, resumed = perform.run(task)
    assert steps == list(range(50, 120))
    _, unbroken = perform.run(replace(task, order=replace(wanted, work=tmp_path / "fresh")))
    for name, curve in unbroken.curves.items():
        np.testing.assert_array_equal(resumed.curves[name].values, curve.values)


def test_a_record_that_a_key_cannot_quote_keeps_its_trainings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(quoted, "missing", lambda _: ("arrays, step", "claims, faster"))
    wanted = order("dropout_effect", tmp_path)
    with pytest.raises(
        perform.Unquotable, match=r"dropout_effect: its key quotes .* measure: arrays, step; claims, fast"
    ):
        perform.perform(wanted, here, date=TODAY)
    assert len(list(wanted.work.glob("*.pt"))) == 2


def test_a_checkpoint_of_another_order_is_not_taken_up(tmp_path: Path):
    wanted = order("dropout_effect", tmp_path)
    task = perform.tasks(wanted)[0]
    perform.run(task)
    other = replace(task, order=replace(wanted, seeds=(5, 6, 7)), seeds=(5, 6, 7))
    _, curves = perform.run(other)
    _, first = perform.run(replace(other, order=replace(other.order, work=tmp_path / "fresh")))
    np.testing.assert_array_equal(curves.curves["training"].values, first.curves["training"].values)


def test_a_report_hears_of_every_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loop._Clock, "due", lambda _: True)
    heard: dict[str, int] = {}
    wanted = order("dropout_effect", tmp_path)
    for task in perform.tasks(wanted):
        perform.run(task, lambda name, tick: heard.update({name: tick.step}))
    assert heard == {"plain": 30, "dropout": 30}


def test_too_few_seeds_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="dropout_effect needs at least 2 seeds, not 1"):
        perform.perform(order("dropout_effect", tmp_path, seeds=1), here, date=TODAY)


def test_missing_data_are_noticed_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def missing(*_: object) -> None:
        raise Missing("train-images is missing")

    monkeypatch.setattr("solvers.training.data.load", missing)
    wanted = replace(order("ioffe_fig1", tmp_path), scale="cpu")
    with pytest.raises(Missing, match="train-images"):
        perform.perform(wanted, lambda _: pytest.fail("nothing may run"), date=TODAY)


def test_a_copy_with_too_few_images_is_noticed_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    few = np.zeros((50, 3, 32, 32), np.uint8)
    labels = np.zeros(50, np.int64)
    classes = tuple(map(str, range(10)))
    copy = Images(
        "CIFAR-10, unofficial copy", few, labels, few, labels, classes, {"data_batch_1": "", "test_batch": ""}
    )
    monkeypatch.setattr("solvers.training.data.load", lambda *_: copy)
    says = (
        r"data: CIFAR-10, unofficial copy \(data_batch_1, test_batch\) has 50 images for training and 50 for test; "
        r"at least {} and {} are needed\. Give --data another folder, or delete these files, and what was published"
    )
    for name, training, test in (
        ("dropout_effect", 1500, 100),
        ("batchnorm_benefits", 5064, 64),
        ("ioffe_fig2", 64, 64),
    ):
        wanted = replace(order(name, tmp_path), scale="cpu")
        with pytest.raises(Unusable, match=says.format(training, test)):
            perform.perform(wanted, lambda _: pytest.fail("nothing may run"), date=TODAY)


@pytest.mark.parametrize("name", experiments.NAMES)
def test_the_published_data_are_enough_at_every_scale(name: str):
    sizes = {"digits": (1437, 360), "mnist": (60_000, 10_000), "cifar10": (50_000, 10_000)}
    for settings in experiments.find(name).scales.values():
        if settings.data:
            assert all(need <= size for need, size in zip(settings.least_images, sizes[settings.data], strict=True))


def test_threads_are_given_back(tmp_path: Path):
    before = torch.get_num_threads()
    perform.run(perform.tasks(replace(order("dropout_effect", tmp_path), threads=before + 1))[0])
    assert torch.get_num_threads() == before


def test_printed_settings_leave_the_data_to_their_label():
    assert printed(Settings(data="mnist")) == {}
    settings = printed(experiments.find("santurkar_fig3").scales["paper"])
    assert settings["dln_rates"] == ("1e-06", "1e-07")
    assert settings["dln_depth"] == 25


def test_seeds_that_do_not_stack_train_one_by_one(tmp_path: Path):
    wanted = order("ioffe_fig2", tmp_path, seeds=2)
    tasks = perform.tasks(wanted)
    assert {task.seeds for task in tasks} == {(0,), (1,)}
    assert len({task.name for task in tasks}) == len(tasks) == 16
    record = perform.perform(wanted, lambda tasks: map(perform.run, reversed(tasks)), date=TODAY)
    assert record.arrays["bn_x5"].shape == (2, 3)
    perform.clear(wanted)
    _, second = perform.run(next(task for task in tasks if task.name == "bn_x5-1"))
    np.testing.assert_allclose(record.arrays["bn_x5"][1], second.curves["accuracy"].values[0])


@pytest.mark.parametrize(
    ("name", "problem"),
    [("ioffe_fig1", "ioffe_figure_1"), ("ioffe_fig2", "ioffe_figure_2"), ("santurkar_fig3", "santurkar_figure_3")],
)
def test_every_claim_has_its_sentences_in_the_key(name: str, problem: str, tmp_path: Path):
    words = (Path(__file__).parents[3] / f"templates/problems/{problem}.tex.j2").read_text(encoding="utf-8")
    record = perform.perform(order(name, tmp_path), here, date=TODAY)
    assert [claim for claim in record.claims if f'"{claim}": (' not in words and f"c.{claim}.holds" not in words] == []


def test_some_jobs_train_their_seeds_apart(tmp_path: Path):
    tasks = perform.tasks(order("santurkar_fig3", tmp_path, seeds=3))
    together = [task for task in tasks if task.seeds == (0, 1, 2)]
    assert {task.job.split("_")[0] for task in together} == {"dln"}
    assert len(together) == 4
    assert sorted({task.seeds for task in tasks} - {(0, 1, 2)}) == [(0,), (1,), (2,)]
    assert len({task.name for task in tasks}) == len(tasks) == 4 + 3 * 4
