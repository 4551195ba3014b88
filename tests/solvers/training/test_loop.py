"""The loop: closed forms, divergence as a result, resuming after a kill, and probes that leave no trace."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from solvers.training import batches, loop, objectives, probes
from solvers.training.checkpoint import Checkpoint
from solvers.training.networks import images
from solvers.training.streams import Draws

from .conftest import same, weights


class Parabola(nn.Module):
    """Models whose loss is half a * w^2: plain descent multiplies w by 1 - rate * a in every step."""

    def __init__(self, curvatures: tuple[float, ...]) -> None:
        super().__init__()
        self.curvatures = torch.tensor(curvatures, dtype=torch.float64)
        self.w = nn.Parameter(torch.ones(len(curvatures), dtype=torch.float64))

    def forward(self, _: torch.Tensor) -> torch.Tensor:
        return 0.5 * self.curvatures * self.w**2


def descent(*curvatures: float, steps: int = 10, **options) -> loop.Training:
    network = Parabola(curvatures)
    nothing = torch.zeros(len(curvatures), 1, 1)
    return loop.Training(
        network=network,
        models=len(curvatures),
        objective=lambda net, batch: net(batch[0]),
        optimizer=torch.optim.SGD(network.parameters(), lr=0.5),
        batches=lambda _: (nothing, nothing),
        steps=steps,
        probes={"loss": loop.Probe(range(0, steps + 1), probes.loss)},
        **options,
    )


def test_descent_follows_its_closed_form():
    curves = loop.train(descent(1.0, 0.5))
    for model, curvature in enumerate((1.0, 0.5)):
        w = (1 - 0.5 * curvature) ** np.arange(11)
        np.testing.assert_allclose(curves.curves["loss"].values[model], 0.5 * curvature * w**2, rtol=1e-12)
    np.testing.assert_array_equal(curves.curves["loss"].steps, np.arange(11))


@pytest.mark.skipif(not (shutil.which("g++") or shutil.which("clang++")), reason="torch compiles with a C++ compiler")
@pytest.mark.filterwarnings("ignore")  # torch's compiler warns of itself
@pytest.mark.parametrize("compiled", ["fused", "graphs"])
def test_a_compiled_network_learns_the_same_and_probes_look_into_the_plain_one(compiled: str):
    """Hooks of probes are not heard inside of a compiled call."""
    heard: list[int] = []

    def listen(training: loop.Training, step: int) -> torch.Tensor:
        hook = training.network.register_forward_hook(lambda *_: heard.append(step))
        try:
            return probes.loss(training, step)
        finally:
            hook.remove()

    training = descent(1.0, 0.5)
    training.probes = {**training.probes, "heard": loop.Probe((3, 7), listen)}
    curves = loop.train(training, compiled=compiled).curves["loss"]
    expected = loop.train(descent(1.0, 0.5)).curves["loss"]
    np.testing.assert_allclose(curves.values, expected.values, rtol=1e-12)  # sums in another order
    assert heard == [3, 7]


@pytest.mark.parametrize(("compiled", "mode"), [("fused", None), ("graphs", "reduce-overhead")])
def test_graphs_are_torch_s_mode_for_small_kernels(compiled: str, mode: str | None, monkeypatch: pytest.MonkeyPatch):
    """What a processor shows of it; on a GPU the next test runs. Probes do not call the compiled network."""
    asked: list[str | None] = []
    begun: list[int] = []
    monkeypatch.setattr(torch, "compile", lambda network, mode: (asked.append(mode), network)[1])
    monkeypatch.setattr(torch.compiler, "cudagraph_mark_step_begin", lambda: begun.append(len(begun)))
    training = descent(1.0, steps=4)
    loop.train(training, compiled=compiled)
    assert asked == [mode]
    assert begun == [0, 1, 2, 3]


def pictures(*, noise: bool, device: str = "cpu") -> loop.Training:
    """A training of a small convolutional network, with noise in it or without."""
    draws = Draws((0,), device) if noise else None
    network = images.plain_network((4, 0), 3, images.batchnorm(), noise=draws and (lambda: images.Noise(draws)))
    images.glorot(network, 0)
    whole = images.Alone(network).to(device)
    shown = torch.rand(1, 6, 3, 8, 8, generator=torch.Generator().manual_seed(0)).to(device)
    labels = torch.tensor([[0, 1, 2, 0, 1, 2]], device=device)
    return loop.Training(
        network=whole,
        models=1,
        objective=objectives.cross_entropy,
        optimizer=torch.optim.SGD(whole.parameters(), lr=0.1, momentum=0.9),
        batches=batches.whole(shown, labels),
        steps=4,
        probes={"loss": loop.Probe(range(5), probes.loss)},
        draws=draws,
    )


@pytest.mark.filterwarnings("ignore")  # torch's compiler warns of itself
def test_a_network_is_compiled_whole_whatever_was_compiled_before(monkeypatch: pytest.MonkeyPatch):
    """Noise breaks a graph into parts, and torch gives up on a place in which it has seen too many of them."""
    graphs: list[object] = []
    compiling = torch.compile

    def backend(graph: torch.fx.GraphModule, _: object):
        graphs.append(graph)
        return graph.forward

    monkeypatch.setattr(torch, "compile", lambda network, mode: compiling(network, backend=backend))
    made: list[int] = []
    for noise in (False, True, False):
        loop.train(pictures(noise=noise), compiled="fused")
        made.append(len(graphs) - sum(made))
    assert made[0] == made[2] == 1
    assert made[1] > 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="CUDA graphs need a GPU")
@pytest.mark.filterwarnings("ignore")  # torch's compiler warns of itself
def test_graphs_train_as_the_plain_network_does():
    def trained(noise: bool, compiled: str) -> np.ndarray:
        return loop.train(pictures(noise=noise, device="cuda"), compiled=compiled).curves["loss"].values

    for noise in (False, True):  # float32 sums in another order, over four steps
        np.testing.assert_allclose(trained(noise, "graphs"), trained(noise, "none"), rtol=1e-3)


def test_a_schedule_sets_the_rate_of_every_step():
    training = descent(1.0, steps=3, schedule=lambda step: (0.5, 0.25, 1.0)[step])
    loop.train(training)
    assert training.network.w.item() == 0.0  # the last factor is 1 - 1
    training = descent(1.0, steps=2, schedule=lambda step: (0.5, 0.25)[step])
    loop.train(training)
    assert training.network.w.item() == 0.5 * 0.75


def test_a_model_that_diverges_does_not_disturb_the_others():
    curves = loop.train(descent(1.0, 1e200, steps=6))
    assert curves.diverged.tolist() == [False, True]
    assert curves.lasted[0] == 6
    assert curves.lasted[1] < 3
    dead = int(curves.lasted[1])
    assert np.isfinite(curves.curves["loss"].values[1]).tolist() == [step < dead for step in range(7)]
    alone = loop.train(descent(1.0, steps=6))
    np.testing.assert_array_equal(curves.curves["loss"].values[0], alone.curves["loss"].values[0])


def test_when_all_have_diverged_the_loop_ends_and_the_rest_is_unknown():
    seen: list[int] = []
    training = descent(1e200, steps=1000)
    batches = training.batches
    training.batches = lambda step: (seen.append(step), batches(step))[1]
    training.probes = {"loss": loop.Probe((0, 500, 1000), probes.loss)}
    curves = loop.train(training)
    assert max(seen) < 2 * loop.HEALTH
    assert np.isfinite(curves.curves["loss"].values[0]).tolist() == [True, False, False]


def test_when_nothing_was_measured_all_of_it_is_unknown():
    """The values have the shape that they would have had."""
    training = descent(1e200, 1e200, steps=1000)
    training.probes = {"late": loop.Probe((1000, 500), lambda *_: torch.ones(2, 3))}
    curve = loop.train(training).curves["late"]
    assert curve.steps.tolist() == [500, 1000]
    assert curve.values.shape == (2, 2, 3)
    assert np.isnan(curve.values).all()


def test_the_same_seed_gives_the_same_network_whoever_trains_beside_it(tiny):
    pair, single = tiny((0, 1), drop=0.3), tiny((1,), drop=0.3)
    for training in (pair, single):
        loop.train(training)
    found, expected = pair.network.layers[0].weight[1:], single.network.layers[0].weight
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


def measures() -> dict[str, loop.Probe]:
    inputs = torch.randn(20, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    labels = torch.arange(20) % 3
    measured = {
        "accuracy": probes.accuracy(inputs, labels),
        "quantiles": probes.quantiles("layers.1", (0, 2), inputs, (0.15, 0.5)),
        "loss": probes.loss,
        "shift": probes.shift(("layers.0.weight", "layers.2.weight")),
        "landscape": probes.landscape((0.1, 0.4)),
    }
    return {name: loop.Probe(range(0, 13, 3), measure) for name, measure in measured.items()}


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_probed_training_equals_an_unprobed_one(tiny, momentum: float):
    plain, probed = tiny(drop=0.3, momentum=momentum), tiny(drop=0.3, momentum=momentum, probes=measures())
    for training in (plain, probed):
        loop.train(training)
    assert same(weights(plain), weights(probed))


class Killed(Exception):
    pass


@pytest.mark.parametrize("at", [1, 6, 11])
def test_a_training_that_was_killed_ends_as_if_it_had_not_been(tiny, tmp_path: Path, at: int):
    unbroken = tiny(drop=0.3, momentum=0.9, probes=measures())
    expected = loop.train(unbroken)

    def run(kill: int | None) -> tuple[loop.Training, loop.Curves]:
        training = tiny(drop=0.3, momentum=0.9, probes=measures())
        batches = training.batches

        def batch(step: int) -> loop.Batch:
            if step == kill:
                raise Killed
            return batches(step)

        training.batches = batch
        return training, loop.train(training, Checkpoint(tmp_path / "run.pt", "this run", seconds=0))

    with pytest.raises(Killed):
        run(at)
    resumed, curves = run(None)
    assert same(weights(unbroken), weights(resumed))
    np.testing.assert_array_equal(curves.lasted, expected.lasted)
    for name, curve in expected.curves.items():
        np.testing.assert_array_equal(curves.curves[name].values, curve.values)


def test_a_finished_training_is_not_run_again(tiny, tmp_path: Path):
    checkpoint = Checkpoint(tmp_path / "run.pt", "this run")
    expected = loop.train(tiny(probes=measures()), checkpoint)
    again = tiny(probes=measures())
    again.batches = lambda _: pytest.fail("no step is left")
    curves = loop.train(again, checkpoint)
    np.testing.assert_array_equal(curves.curves["shift"].values, expected.curves["shift"].values)


def test_what_is_told_is_the_step_the_loss_and_the_accuracy(tiny, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loop._Clock, "due", lambda _: True)
    ticks: list[loop.Tick] = []
    loop.train(tiny(probes={"accuracy": measures()["accuracy"]}), tell=ticks.append)
    assert [tick.step for tick in ticks] == list(range(1, 13))
    assert {tick.steps for tick in ticks} == {12}
    assert all(0 < tick.loss < 3 for tick in ticks)
    assert all(tick.accuracy is not None and 0 <= tick.accuracy <= 1 for tick in ticks)
