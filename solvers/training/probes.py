"""What is measured while a network trains. A probe leaves the network as it was, and the optimizer and random numbers.

Gradients are those of the training mode on the batch of the step, with the noise of the step. Whatever a probe
changes, gradients of the last step included, it restores bit by bit: a probed training equals an unprobed one.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from solvers.training.loop import Measure, Training

CHUNK = 10_000
"""Examples that are evaluated at a time."""


@contextmanager
def untouched(training: Training) -> Generator[None]:
    """Restore the network, its mode and its optimizer at the end, by copy; gradients are laid aside meanwhile."""
    state = {name: tensor.clone() for name, tensor in training.network.state_dict().items()}
    modes = [(module, module.training) for module in training.network.modules()]
    optimizer = deepcopy(training.optimizer.state_dict())
    gradients = [(parameter, parameter.grad) for parameter in training.network.parameters()]
    for parameter, _ in gradients:
        parameter.grad = None  # else a backward pass would add to what is laid aside
    try:
        yield
    finally:
        for parameter, gradient in gradients:
            parameter.grad = gradient
        training.network.load_state_dict(state)
        training.optimizer.load_state_dict(optimizer)
        for module, mode in modes:
            module.training = mode


@contextmanager
def evaluating(network: nn.Module) -> Generator[None]:
    """Put a network into evaluation mode, without gradients, and into training mode again."""
    network.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        network.train()


def outputs(network: nn.Module, inputs: Tensor, models: int, chunk: int = CHUNK) -> Tensor:
    """Return what the models make of the examples ``inputs``, (models, examples, out), in evaluation mode."""
    rows = inputs.expand(models, *inputs.shape)
    with evaluating(network):
        parts = [network(rows[:, at : at + chunk]) for at in range(0, len(inputs), chunk)]
        return torch.cat(parts, dim=1)


def accuracy(inputs: Tensor, labels: Tensor, chunk: int = CHUNK) -> Measure:
    """Return a probe of the share of examples that are classified rightly, (models,); of ties the first class.

    ``chunk`` examples are evaluated at a time.
    """

    def measure(training: Training, _: int) -> Tensor:
        scores = outputs(training.network, inputs, training.models, chunk)
        return (scores.argmax(-1) == labels).double().mean(1)

    return measure


def learning_accuracy(inputs: Tensor, labels: Tensor, batch: int) -> Measure:
    """Return a probe of the share of examples that are classified rightly as they are while learning, (models,).

    They pass in batches in training mode: normalized by statistics of the batch, and with the noise of the step.
    """

    def measure(training: Training, step: int) -> Tensor:
        rows = inputs.expand(training.models, *inputs.shape)
        with untouched(training), torch.no_grad():
            training.begin(step)
            parts = [training.network(rows[:, at : at + batch]) for at in range(0, len(inputs), batch)]
        return (torch.cat(parts, dim=1).argmax(-1) == labels).double().mean(1)

    return measure


def quantiles(layer: str, units: Sequence[int], inputs: Tensor, shares: Sequence[float]) -> Measure:
    """Return a probe of quantiles over the examples of units of a module's output, (models, units, shares).

    The module returns columns, (models, units, examples). All examples are one batch in training mode: statistics
    are those of the batch, as in Figure 1 of Ioffe and Szegedy.
    """

    def measure(training: Training, step: int) -> Tensor:
        with untouched(training):
            training.begin(step)
            values = recorded(training.network, (layer,), inputs.expand(training.models, *inputs.shape))[layer]
        at = torch.tensor(shares, dtype=values.dtype, device=values.device)
        return values[:, list(units)].quantile(at, dim=-1).movedim(0, -1)

    return measure


def recorded(network: nn.Module, layers: Sequence[str], inputs: Tensor) -> Mapping[str, Tensor]:
    """Return the outputs of named modules when the network sees ``inputs``, in the mode that it is in."""
    seen: dict[str, Tensor] = {}

    def keep(name: str, _module: nn.Module, _inputs: object, output: Tensor) -> None:
        seen[name] = output

    hooks = [network.get_submodule(name).register_forward_hook(partial(keep, name)) for name in layers]
    try:
        with torch.no_grad():
            network(inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return seen


def loss(training: Training, step: int) -> Tensor:
    """Measure the loss on the batch of ``step`` in training mode, (models,)."""
    with untouched(training), torch.no_grad():
        training.begin(step)
        return training.objective(training.network, training.batches(step))


def gradients(training: Training, step: int) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the losses, (models,), and the gradients by parameter on the batch of ``step``. Buffers move."""
    training.begin(step)
    learned = {name: one for name, one in training.network.named_parameters() if one.requires_grad}
    losses = training.objective(training.network, training.batches(step))
    found = torch.autograd.grad(losses.sum(), list(learned.values()))
    return losses.detach(), dict(zip(learned, found, strict=True))


def shift(weights: Sequence[str]) -> Measure:
    """Return a probe of internal covariate shift (Santurkar et al., Definition 2.1) of named weights.

    G is the gradient of the weights before the update of the step, G' the one after all parameters that come before
    them in the network (gains and shifts too) have made it; the batch is the same. Measures ||G - G'||_2 and
    the cosine between G and G', (models, weights, 2).
    """

    def measure(training: Training, step: int) -> Tensor:
        with untouched(training):
            _, before = gradients(training, step)
            old = _copied(training.network)
            training.update(step)
            new = _copied(training.network)
            pairs = [(before[name], _preceded(training, step, name, old, new)) for name in weights]
        return torch.stack([_compared(_flat(g, training), _flat(other, training)) for g, other in pairs], dim=1)

    return measure


def _preceded(training: Training, step: int, name: str, old: dict[str, Tensor], new: dict[str, Tensor]) -> Tensor:
    """Return the gradient of ``name`` with new parameters before it, and old ones from it on."""
    names = list(old)
    before = names[: names.index(name)]
    _put(training.network, old | {one: new[one] for one in before})
    return gradients(training, step)[1][name]


def _compared(g: Tensor, other: Tensor) -> Tensor:
    cosine: Tensor = functional.cosine_similarity(g, other, dim=1)
    return torch.stack([(g - other).norm(dim=1), cosine], dim=1)


def landscape(lengths: Sequence[float]) -> Measure:
    """Return a probe of loss and gradient along the gradient g: at x - length * g, on the batch of the step.

    Measures the loss and ||grad(x) - grad(x - length * g)||_2 for every length, (models, 1 + lengths, 2); in the first
    row stand the loss at x and ||g||_2 itself. The direction is the gradient in all parameters together.
    """

    def measure(training: Training, step: int) -> Tensor:
        with untouched(training):
            losses, g = gradients(training, step)
            here = _copied(training.network)
            rows = [torch.stack([losses, _joined(g, training).norm(dim=1)], dim=1)]
            for length in lengths:
                _put(training.network, {name: here[name] - length * g[name] for name in g})
                there, other = gradients(training, step)
                change = _joined({name: g[name] - other[name] for name in g}, training)
                rows.append(torch.stack([there, change.norm(dim=1)], dim=1))
        return torch.stack(rows, dim=1)

    return measure


def _copied(network: nn.Module) -> dict[str, Tensor]:
    return {name: one.detach().clone() for name, one in network.named_parameters()}


def _put(network: nn.Module, values: Mapping[str, Tensor]) -> None:
    with torch.no_grad():
        for name, value in values.items():
            network.get_parameter(name).copy_(value)


def _flat(gradient: Tensor, training: Training) -> Tensor:
    return gradient.reshape(training.models, -1)


def _joined(found: Mapping[str, Tensor], training: Training) -> Tensor:
    return torch.cat([_flat(one, training) for one in found.values()], dim=1)
