"""`psetpress train` and `psetpress results`: from words to a recorded result and its figures."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from psetpress import experiments, training_commands, workspace
from psetpress.cli import cli
from solvers.training.experiments import cifar10_cnn

workspace.activate()


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def trained(tmp_path: Path, *arguments: str) -> Result:
    return invoke("train", "dropout_effect", "--scale", "smoke", "--out", str(tmp_path), *arguments)


def test_an_experiment_is_run_recorded_and_shown_again(tmp_path: Path):
    result = trained(tmp_path, "--device", "cpu", "--seeds", "2")
    assert result.exit_code == 0, result.output
    assert "dropout_effect: scale smoke, data: scikit-learn's digits, 2 seeds" in result.output
    assert "learning rate: 0.0005" in result.output
    assert f"recorded in {tmp_path / 'dropout_effect'}" in result.output
    data = json.loads((tmp_path / "dropout_effect/result.json").read_text())
    assert data["provenance"]["seeds"] == [0, 1]
    assert data["provenance"]["revision"]
    assert [path.name for path in tmp_path.iterdir()] == ["dropout_effect"]
    again = invoke("results", "dropout_effect", "--out", str(tmp_path))
    assert again.output == result.output.rpartition("recorded in")[0]
    line = invoke("results", "--out", str(tmp_path)).output
    assert line.startswith("dropout_effect  smoke  ")
    assert "2 seeds  scikit-learn's digits  CPU" in line


def test_the_list_names_every_experiment():
    result = invoke("train", "--list")
    assert result.exit_code == 0
    for name in experiments.names():
        assert f"{name}\n  {experiments.find(name).question}\n" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name an experiment; `psetpress train --list` shows them"),
        (["dropout_efect"], '"dropout_efect" is no experiment (did you mean "dropout_effect"?); there are'),
        (["dropout_effect", "--seeds", "1"], "compares seeds: it needs at least 2, not 1"),
        (["dropout_effect", "--scale", "huge"], "'huge' is not one of 'smoke', 'cpu', 'paper'"),
        (["dropout_effect", "--seeds", "0"], "0 is not in the range 1<=x<=1000"),
        (["dropout_effect", "--seeds", "1000000000"], "1000000000 is not in the range 1<=x<=1000"),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_way_on(arguments: list[str], says: str, tmp_path: Path):
    result = invoke("train", *arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert says in result.output
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_result_is_noticed_first(tmp_path: Path):
    (tmp_path / "dropout_effect").write_text("a file")
    result = trained(tmp_path)
    assert result.exit_code == 2
    assert "is a file; a result is a folder" in result.output


def test_a_folder_that_no_result_may_replace_is_noticed_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "dropout_effect").mkdir()
    (tmp_path / "dropout_effect/notes.txt").write_text("mine")
    monkeypatch.setattr("solvers.training.perform.perform", lambda *_, **__: pytest.fail("nothing may run"))
    result = trained(tmp_path)
    assert result.exit_code == 2
    assert "dropout_effect: holds notes.txt, so it is no folder of a result; choose another" in result.output


def test_trainings_whose_record_cannot_be_written_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("solvers.training.results.record", full)
        result = trained(tmp_path)
    assert result.exit_code == 1
    says = "Error: [Errno 28] No space left on device. The trainings are kept: give the same command to go on"
    assert says in result.output
    assert len(list((tmp_path / ".dropout_effect-smoke").glob("*.pt"))) == 2
    monkeypatch.setattr("solvers.training.loop.Training.update", lambda *_: pytest.fail("all is trained"))
    assert trained(tmp_path).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["dropout_effect"]


def test_a_result_that_is_not_there_says_how_to_make_it(tmp_path: Path):
    result = invoke("results", "ioffe_fig1", "--out", str(tmp_path))
    assert result.exit_code == 2
    assert "`psetpress train ioffe_fig1` makes one" in result.output
    unknown = invoke("results", "iofe_fig1", "--out", str(tmp_path))
    assert '"iofe_fig1" is no experiment (did you mean "ioffe_fig1"?); there are' in unknown.output
    assert "nothing is recorded yet" in invoke("results", "--out", str(tmp_path)).output


def test_a_broken_result_is_a_message(tmp_path: Path):
    (tmp_path / "ioffe_fig1").mkdir()
    (tmp_path / "ioffe_fig1/result.json").write_text("{")
    result = invoke("results", "ioffe_fig1", "--out", str(tmp_path))
    assert result.exit_code == 1
    assert "is not JSON in UTF-8" in result.output


def test_missing_data_name_the_file_its_hash_and_where_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def offline(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr("pooch.retrieve", offline)
    result = invoke("train", "ioffe_fig1", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    path = tmp_path / "data/mnist/train-images-idx3-ubyte.gz"
    assert f"Error: {path}: is missing, and could not be fetched from https://" in result.output
    assert "(no network). Put it there by hand; its MD5 hash is f68b3c2dcbeaaa9fbdd348bbdeb94873" in result.output
    assert list((tmp_path / "out").iterdir()) == []


def test_a_device_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    result = trained(tmp_path, "--device", "cuda")
    assert result.exit_code == 2
    assert "--device cuda: torch finds no CUDA device here; `--device cpu` trains on the processor" in result.output


@pytest.mark.skipif(not (shutil.which("g++") or shutil.which("clang++")), reason="torch compiles with a C++ compiler")
@pytest.mark.filterwarnings("ignore")  # torch's compiler warns of itself
def test_networks_are_compiled_on_request_and_the_result_says_so(tmp_path: Path):
    assert trained(tmp_path, "--compile").exit_code == 0
    assert ", compiled networks" in invoke("results", "dropout_effect", "--out", str(tmp_path)).output


def test_cuda_graphs_need_a_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    result = trained(tmp_path, "--cuda-graphs")
    assert result.exit_code == 2
    assert "--cuda-graphs: only a CUDA device has them, and this training runs on the cpu" in result.output


@pytest.mark.parametrize("option", ["--compile", "--cuda-graphs"])
def test_without_a_compiler_nothing_can_be_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(experiments, "_device", lambda _: "cuda")
    result = trained(tmp_path, option)
    assert result.exit_code == 2
    says = f"{option}: torch needs a C++ compiler for it (g++, clang++ or what CXX names); there is none"
    assert says in result.output


def test_a_record_that_its_key_cannot_quote_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("solvers.training.quoted.missing", lambda _: ("claims, faster", "arrays, step"))
    result = trained(tmp_path)
    assert result.exit_code == 1
    says = "Error: dropout_effect: its key quotes what this run did not measure: claims, faster; arrays, step"
    assert says in result.output
    assert not (tmp_path / "dropout_effect").exists()
    assert list((tmp_path / ".dropout_effect-smoke").glob("*.pt")) != []


def test_a_training_that_diverges_for_every_seed_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    wild = replace(cifar10_cnn.EXPERIMENT.scales["smoke"], learning_rate=1e30)
    monkeypatch.setitem(cifar10_cnn.EXPERIMENT.scales, "smoke", wild)
    result = invoke("train", "cifar10_cnn", "--scale", "smoke", "--device", "cpu", "--out", str(tmp_path))
    assert result.exit_code == 1
    assert "Error: cifar10_cnn: 2 of 2 seeds diverged, so nothing can be said: at least 2 must" in result.output
    assert not (tmp_path / "cifar10_cnn").exists()


def test_figures_are_drawn_from_a_result(tmp_path: Path):
    trained(tmp_path)
    result = invoke("results", "dropout_effect", "--out", str(tmp_path), "--figures", str(tmp_path / "figures"))
    names = ["dropout_effect-curves.pdf", "dropout_effect-curves.png"]
    assert result.output.splitlines() == [f"wrote {tmp_path / 'figures' / name}" for name in names]
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == names


@pytest.mark.parametrize("layers", [5, [5], [{"name": "conv"}], [], None])
def test_a_result_that_was_edited_by_hand_is_a_message(tmp_path: Path, layers: object):
    shipped = experiments.source("cifar10_cnn").parent
    edited = tmp_path / "cifar10_cnn/result.json"
    shutil.copytree(shipped, edited.parent)
    data = json.loads(edited.read_text())
    data["measurements"]["layers"] = layers
    edited.write_text(json.dumps(data))
    result = invoke("results", "cifar10_cnn", "--out", str(tmp_path), "--figures", str(tmp_path / "figures"))
    assert result.exit_code == 1
    assert f"Error: {edited}: its figures cannot be drawn: " in result.output


def test_figures_are_those_of_one_experiment(tmp_path: Path):
    result = invoke("results", "--figures", str(tmp_path / "figures"))
    assert result.exit_code == 2
    assert "--figures: name the experiment whose figures are wanted" in result.output
    assert not (tmp_path / "figures").exists()


class TestProgress:
    def test_ticks_move_the_bar_by_their_part(self, monkeypatch: pytest.MonkeyPatch):
        moved: list[tuple[int, str]] = []

        class Bar:
            def __enter__(self):
                return self

            def __exit__(self, *_: object) -> None: ...

            def update(self, steps: int, item: str = "") -> None:
                moved.append((steps, item))

        monkeypatch.setattr(training_commands, "_bar", lambda length, label: Bar())
        with training_commands.Progress() as progress:
            progress.begin(2)
            progress.follow("plain", SimpleNamespace(step=1, steps=4, loss=2.3, accuracy=None))
            progress.follow("plain", SimpleNamespace(step=3, steps=4, loss=0.5, accuracy=0.9))
            meter = progress.meter()
            meter.total = 10
            meter.update(4)
        assert moved == [(250, "plain: loss 2.3"), (500, "plain: loss 0.5, accuracy 0.900"), (4, "")]
