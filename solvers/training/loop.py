"""The training loop: one for every network, device and number of models.

Models that train side by side have a model axis in front of everything; a single network is a stack of one. A model
whose loss stops being a number has diverged: that is recorded, and the others go on, since no gradient passes
between models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.checkpoint import Checkpoint
    from solvers.training.experiment import Compiling
    from solvers.training.streams import Draws

Batch = tuple[Tensor, Tensor]
"""Inputs and targets, each with the model axis in front."""

HEALTH = 100
"""Every so many steps the loop asks whether any model is still alive; asking waits for a GPU."""


class Measure(Protocol):
    """A probe: looks at a training before step ``step`` and leaves no trace. Returns an array (models, ...)."""

    def __call__(self, training: Training, step: int, /) -> Tensor:
        """Return what is measured before ``step``."""
        ...


@dataclass(frozen=True)
class Probe:
    """When something is measured, and how. A step is counted by the updates made before it."""

    steps: Sequence[int]
    measure: Measure


@dataclass
class Training:
    """All that a training is made of.

    ``network`` holds as many ``models`` side by side; ``objective`` returns their losses on a batch, (models,).
    ``batches`` gives the batch of a step, the same one whenever it is asked. ``schedule`` gives the learning rate of
    a step; without it the optimizer's stays.
    """

    network: nn.Module
    models: int
    objective: Callable[[nn.Module, Batch], Tensor]
    optimizer: torch.optim.Optimizer
    batches: Callable[[int], Batch]
    steps: int
    probes: Mapping[str, Probe] = field(default_factory=dict[str, Probe])
    schedule: Callable[[int], float] | None = None
    draws: Draws | None = None

    def begin(self, step: int) -> None:
        """Go to the start of a step: its random numbers, and training mode."""
        if not self.network.training:
            self.network.train()
        if self.draws is not None:
            self.draws.begin(step)

    def update(self, step: int) -> Tensor:
        """Make one update and return the losses before it, shape (models,)."""
        self.begin(step)
        if self.schedule is not None:
            for group in self.optimizer.param_groups:
                group["lr"] = self.schedule(step)
        losses = self.objective(self.network, self.batches(step))
        self.optimizer.zero_grad()
        losses.sum().backward()  # pyright: ignore[reportUnknownMemberType]
        self.optimizer.step()
        return losses.detach()


@dataclass
class Log:
    """What a training has measured so far, and for how many steps the loss of each model was a number."""

    alive: Tensor
    lasted: Tensor
    measured: dict[str, dict[int, Tensor]] = field(default_factory=dict[str, dict[int, Tensor]])

    def add(self, name: str, step: int, values: Tensor) -> None:
        """Keep what a probe measured before ``step``."""
        self.measured.setdefault(name, {})[step] = values.detach().cpu()

    def last(self, name: str) -> float | None:
        """Return the mean of what a probe measured last, or None if it has not."""
        measured = self.measured.get(name)
        return float(measured[max(measured)].double().mean()) if measured else None

    def follow(self, losses: Tensor) -> None:
        """Count a step for every model whose losses have been numbers up to now."""
        self.alive &= losses.isfinite()
        self.lasted += self.alive


@dataclass(frozen=True)
class Curve:
    """What a probe measured: the steps, and the values, (models, steps, ...); nan where a model had diverged."""

    steps: NDArray[np.int64]
    values: NDArray[Any]


@dataclass(frozen=True)
class Curves:
    """The outcome of a training: curves by the names of their probes, and the steps each model lasted, (models,)."""

    curves: Mapping[str, Curve]
    lasted: NDArray[np.int64]
    steps: int

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Which models' losses stopped being numbers."""
        return self.lasted < self.steps


@dataclass(frozen=True)
class Tick:
    """How far a training is, and means over its models: the loss, and the last accuracy if one is probed."""

    step: int
    steps: int
    loss: float
    accuracy: float | None


Tell = Callable[[Tick], None]
"""Where a training says how far it is."""


def train(
    training: Training, checkpoint: Checkpoint | None = None, tell: Tell | None = None, *, compiled: Compiling = "none"
) -> Curves:
    """Train to the end and return what the probes measured.

    With a ``checkpoint`` the training goes on where a run of the same training was killed, and ends as if it
    had not been. A ``compiled`` network computes the same up to the rounding of sums.
    """
    learner = training if compiled == "none" else fused(training, graphs=compiled == "graphs")
    first, log = (checkpoint and checkpoint.load(training)) or (0, _new(training))
    clock = _Clock()
    for step in range(first, training.steps + 1):
        _probe(training, log, step)
        if step == training.steps or (step % HEALTH == 0 and not log.alive.any()):
            break
        losses = learner.update(step)
        log.follow(losses)
        if tell and (clock.due() or step + 1 == training.steps):
            tell(Tick(step + 1, training.steps, float(losses.mean()), log.last("accuracy")))
        if checkpoint and checkpoint.due():
            checkpoint.save(step + 1, training, log)
    if checkpoint:
        checkpoint.save(training.steps + 1, training, log)
    return _curves(training, log)


def fused(training: Training, *, graphs: bool) -> Training:
    """Return a training whose losses come from the compiled network, on the same weights.

    With ``graphs`` a GPU is given all kernels of a pass at once: torch's mode "reduce-overhead", CUDA graphs. Where a
    network draws random numbers, it is compiled in parts. Probes had better look into ``training``: hooks are not heard
    inside of a compiled call, and a graph's outputs do not last.
    """
    torch.compiler.reset()  # networks of one class share a few places in its cache; when these are full, it gives up
    mode = "reduce-overhead" if graphs else None
    network = cast("nn.Module", torch.compile(training.network, mode=mode))  # pyright: ignore[reportUnknownMemberType]

    def losses(_: nn.Module, batch: Batch) -> Tensor:
        torch.compiler.cudagraph_mark_step_begin()  # the memory of the last step's graph may be used again
        return training.objective(network, batch)

    return replace(training, objective=losses)


def joined(parts: Sequence[Curves]) -> Curves:
    """Return the outcomes of trainings that differ in their seeds as one of all their models."""
    first = parts[0]
    curves = {
        name: Curve(curve.steps, np.concatenate([part.curves[name].values for part in parts]))
        for name, curve in first.curves.items()
    }
    return Curves(curves, np.concatenate([part.lasted for part in parts]), first.steps)


class _Clock:
    """Says a few times a second that it is time."""

    def __init__(self, seconds: float = 0.25) -> None:
        self._seconds, self._last = seconds, monotonic()

    def due(self) -> bool:
        now = monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


def _new(training: Training) -> Log:
    device = next(training.network.parameters()).device
    alive = torch.ones(training.models, dtype=torch.bool, device=device)
    return Log(alive, torch.zeros(training.models, dtype=torch.long, device=device))


def _probe(training: Training, log: Log, step: int) -> None:
    for name, probe in training.probes.items():
        if step in probe.steps:
            log.add(name, step, probe.measure(training, step))


def _curves(training: Training, log: Log) -> Curves:
    lasted = log.lasted.cpu()
    curves = {
        name: _curve(training, probe, log.measured.get(name, {}), lasted) for name, probe in training.probes.items()
    }
    return Curves(curves, lasted.numpy(), training.steps)


def _curve(training: Training, probe: Probe, measured: Mapping[int, Tensor], lasted: Tensor) -> Curve:
    """Return the values over all steps that were planned; those that a model did not live to see are nan.

    If no model lived to see any, what is measured now only says which shape the values would have had.
    """
    planned = sorted(set(probe.steps))
    example = next(iter(measured.values())) if measured else probe.measure(training, planned[0]).cpu()
    none = torch.full_like(example, float("nan"))
    values = torch.stack([measured.get(step, none) for step in planned], dim=1)
    steps = torch.tensor(planned)
    values[(lasted[:, None] <= steps) & (lasted[:, None] < training.steps)] = float("nan")
    return Curve(steps.numpy(), values.numpy())
