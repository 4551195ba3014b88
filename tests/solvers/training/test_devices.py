"""Trainings stay on the device they are given: shown without a GPU, on torch's meta device, which has no values.

Meta tensors do not mix with those of a processor, so whatever was forgotten to be moved raises an error.
"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
import torch

from solvers.training import experiments, feature_maps, loop, perform
from solvers.training.experiment import Job

META = torch.device("meta")


class Made(Exception):
    """Carries a training out of the experiment that was about to run it."""


def made(name: str, job: str, folder: Path) -> loop.Training:
    """Return a training of an experiment at its smallest, with everything on the meta device."""
    experiment = experiments.find(name)
    settings = experiment.scales["smoke"]
    seeds = (0, 1) if experiment.stacks(job) else (0,)
    with pytest.raises(Made) as caught:
        experiment.train(settings, Job(job, seeds, META, perform.images(settings, folder)))
    return caught.value.args[0]


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a GPU can and the meta device cannot: random numbers, half precision, and giving values away."""
    autocast, generator, cpu = torch.autocast, torch.Generator, torch.Tensor.cpu
    asked: list[tuple[torch.Generator, torch.device]] = []

    class Host:
        """Generators of a processor, which tell the device that was asked for."""

        def __new__(cls, device: object = "cpu") -> torch.Generator:
            made = generator()
            asked.append((made, torch.device(device)))
            return made

    def drawing(function):
        def draw(*shape, generator: torch.Generator, device: torch.device | None = None, **rest: object):
            assert next(where for one, where in asked if one is generator) == torch.device(device or "cpu")
            return function(*shape, generator=generator, device=device, **rest)

        return draw

    def train(training: loop.Training, *_: object, **__: object) -> None:
        raise Made(training)

    def values(tensor: torch.Tensor) -> torch.Tensor:
        return torch.ones(tensor.shape, dtype=tensor.dtype) if tensor.is_meta else cpu(tensor)

    def half(device: str, *rest: object, **options: object):
        return nullcontext() if device == "meta" else autocast(device, *rest, **options)

    def patches(pictures: torch.Tensor, maps: torch.Tensor, count: int, field: feature_maps.Field) -> torch.Tensor:
        return pictures.new_zeros((maps.shape[1], count, pictures.shape[1], field.side, field.side))

    monkeypatch.setattr(loop, "train", train)
    monkeypatch.setattr(torch, "Generator", Host)
    for name in ("rand", "randn", "randint", "randperm"):
        monkeypatch.setattr(torch, name, drawing(getattr(torch, name)))
    monkeypatch.setattr(torch, "autocast", half)
    monkeypatch.setattr(torch.Tensor, "cpu", values)
    monkeypatch.setattr(feature_maps, "patches", patches)  # it reads positions, as a GPU lets it


@pytest.mark.parametrize(
    ("name", "job"),
    [
        (name, job)
        for name in experiments.NAMES
        for job in experiments.find(name).jobs(experiments.find(name).scales["smoke"])
    ],
)
@pytest.mark.usefixtures("stranger")
def test_a_training_and_its_probes_stay_on_their_device(name: str, job: str, tmp_path: Path):
    training = made(name, job, tmp_path)
    state = (*training.network.parameters(), *training.network.buffers())
    assert {one.device.type for one in state} == {"meta"}
    assert training.update(0).device.type == "meta"
    assert {one.device.type for one in training.batches(1)} == {"meta"}
    for probe in training.probes.values():
        measured = probe.measure(training, probe.steps[-1])
        assert len(measured) == training.models


@pytest.mark.usefixtures("stranger")
def test_what_was_not_moved_is_noticed(tmp_path: Path):
    training = made("ioffe_fig1", "plain", tmp_path)
    next(iter(training.network.modules())).to_empty(device="cpu")
    with pytest.raises(RuntimeError, match="device"):
        training.update(0)
