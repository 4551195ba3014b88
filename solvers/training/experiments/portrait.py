"""What a classifier of photographs is asked at the end: its answers, its layers, and what its channels look for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import Tensor, nn

from solvers.training import feature_maps, probes
from solvers.training.networks.classifiers import Fast, Residual, ResNet, built
from solvers.training.networks.images import Alone
from solvers.training.streams import CHOICE, generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solvers.training.experiments.cifar10_cnn import Cnn
    from solvers.training.loop import Measure, Training
    from solvers.training.record import Value

EXAMPLES = 10
"""The best and the worst test images that are kept."""


@dataclass(frozen=True)
class View:
    """What was seen of some channels of a layer.

    ``answers`` has for each the channel, the side of its receptive field, and its activation at the strongest position
    of the median test image, of the strongest one, and of the image that was made for it. ``made`` is that image,
    ``patches`` what it saw of its strongest test images.
    """

    answers: Tensor
    made: Tensor
    patches: Tensor


class Sitting:
    """Asks a network, once, what it answers to test images and what its channels look for."""

    def __init__(self, settings: Cnn, test: Tensor, labels: Tensor, seed: int) -> None:
        self.settings, self.test, self.labels, self.seed = settings, test, labels, seed
        self._views: dict[int, View] = {}

    def measures(self) -> dict[str, Measure]:
        """Return the probes, those of views with the place of the layer; all have an axis of one model in front."""
        asked: dict[str, Callable[[Training], Tensor]] = {
            "probability": self._probability,
            "truth": lambda _: self.labels,
            "examples": self._examples,
            "best": lambda training: self.test[self._examples(training)[0]],
            "worst": lambda training: self.test[self._examples(training)[1]],
        }
        for place, number in enumerate(self.settings.shown, 1):
            for part in ("answers", "made", "patches"):
                asked[f"{part}_{place}"] = partial(self._part, part, number)
        return {name: partial(_measured, ask) for name, ask in asked.items()}

    def _probability(self, training: Training) -> Tensor:
        return probes.outputs(training.network, self.test, 1, feature_maps.CHUNK)[0].softmax(-1)

    def _examples(self, training: Training) -> Tensor:
        """Return the numbers of the images whose class is given the most and the least probability, (2, n)."""
        right = self._probability(training).gather(1, self.labels[:, None])[:, 0]
        order = right.argsort(stable=True)
        return torch.stack([order.flip(0)[:EXAMPLES], order[:EXAMPLES]])

    def _part(self, part: str, number: int, training: Training) -> Tensor:
        if number not in self._views:
            self._views[number] = self._view(training, number)
        return getattr(self._views[number], part)

    def _view(self, training: Training, number: int) -> View:
        front = _front(training.network, number)
        field = feature_maps.receptive_field(list(front))
        with probes.evaluating(training.network):
            channels = self._channels(front, number)
            maps = feature_maps.responses(front, self.test, channels)
            climb = feature_maps.Climb(self.settings.climbing_steps)
            made = feature_maps.maximized(front[:-1], channels, self.test.shape[1:], climb, self.seed)
            own = front(made)[range(len(channels)), channels].amax((1, 2))
        strongest = maps.amax((2, 3))
        rows = [torch.tensor(channels), torch.full((len(channels),), field.side)]
        answers = [strongest.median(0).values, strongest.amax(0), own]
        side = feature_maps.window(field, self.test.shape[-1])
        return View(
            answers=torch.stack([one.double().cpu() for one in (*rows, *answers)], dim=1),
            made=made,
            patches=feature_maps.patches(self.test, maps, self.settings.patches, side),
        )

    def _channels(self, front: nn.Module, number: int) -> list[int]:
        """Return channels of what leaves ``front``, chosen by chance."""
        with torch.no_grad():
            width = front(self.test[:1]).shape[1]
        order = torch.randperm(width, generator=generator(self.seed, CHOICE, number))
        return sorted(int(channel) for channel in order[: self.settings.channels_shown])


def _measured(ask: Callable[[Training], Tensor], training: Training, _step: int) -> Tensor:
    """Return what was asked as numbers of one model."""
    return ask(training).double()[None]


def _front(network: nn.Module, number: int) -> nn.Sequential:
    """Return the part of the network that ends behind a nonlinearity, standardization first."""
    standardize, classifier = cast("Alone", network).network.children()
    return nn.Sequential(standardize, *cast("Fast | ResNet", classifier).front(number).children())


@dataclass(frozen=True)
class Layer:
    """A layer, what is done to its output at once included: the shape that leaves it, and its parameters.

    What adds the output of an earlier layer has its place among the layers in ``added``.
    """

    name: str
    shape: tuple[int, ...]
    parameters: int
    added: int | None = None

    def then(self, done: Layer) -> Layer:
        """Return the layer with something more done to its output."""
        parameters = self.parameters + done.parameters
        return replace(self, name=f"{self.name}, {done.name}", shape=done.shape, parameters=parameters)

    def row(self) -> dict[str, Value]:
        """Return the layer as a line of a table."""
        return {"name": self.name, "shape": self.shape, "parameters": self.parameters, "added": self.added}


SHORT: Mapping[type[nn.Module], str] = {
    nn.Conv2d: "conv",
    Residual: "block",
    nn.MaxPool2d: "pooling",
    nn.BatchNorm2d: "BatchNorm",
    nn.GELU: "GELU",
    nn.ReLU: "ReLU",
    nn.AdaptiveMaxPool2d: "maximum over positions",
    nn.AdaptiveAvgPool2d: "mean over positions",
    nn.Linear: "linear",
}

AT_ONCE = (nn.BatchNorm2d, nn.GELU, nn.ReLU)
"""What is done to the output of a layer."""


def layers(settings: Cnn, shape: Sequence[int], classes: int) -> tuple[Layer, ...]:
    """Return the layers of the network as hooks record them while an image of a shape passes."""
    network = built(settings.network, settings.widths, torch.zeros(1, *shape), classes).eval()
    named = _named(network)
    rows: list[Layer] = []
    entered: list[int] = []

    def enters(_module: nn.Module, _inputs: object) -> None:
        entered.append(len(rows) - 1)

    def leaves(module: nn.Module, _inputs: object, output: Tensor) -> None:
        added = entered.pop() if isinstance(module, Residual) else None
        row = Layer(named[module], tuple(output.shape[1:]), _own(module), added)
        rows.append(rows.pop().then(row) if isinstance(module, AT_ONCE) else row)

    for module in named:
        module.register_forward_hook(leaves)
        if isinstance(module, Residual):
            module.register_forward_pre_hook(enters)
    Alone(network)(torch.zeros(1, 1, *shape))
    return tuple(rows)


def _named(network: nn.Module) -> dict[nn.Module, str]:
    """Return what has a line of its own, or a part of one, and its name; what a block adds belongs to the block."""
    beside = {module.beside for module in network.modules() if isinstance(module, Residual)}
    hooked = [module for module in network.modules() if type(module) in SHORT and module not in beside]
    counts: Counter[type[nn.Module]] = Counter()
    return {module: _name(module, counts) for module in hooked}


def _name(module: nn.Module, counts: Counter[type[nn.Module]]) -> str:
    """Return the name of a module, convolutions that learn and blocks with their number, which is counted."""
    short = SHORT[type(module)]
    if isinstance(module, nn.Conv2d) and not module.weight.requires_grad:
        return "whitening"
    if not isinstance(module, (nn.Conv2d, Residual)):
        return short
    counts[type(module)] += 1
    name = f"{short}{counts[type(module)]}"
    if isinstance(module, Residual):
        return f"{name}: sum" if isinstance(module.beside, nn.Identity) else f"{name}: sum with 1 x 1 conv"
    return name


def _own(module: nn.Module) -> int:
    """Return the number of parameters that a module's line counts: of a block, those of what it adds."""
    counted = module.beside if isinstance(module, Residual) else module
    return sum(one.numel() for one in counted.parameters())


def arrays(
    first: Mapping[str, NDArray[np.float64]],
    probability: NDArray[np.float64],
    truth: NDArray[np.float64],
    examples: NDArray[np.float64],
) -> dict[str, NDArray[np.generic]]:
    """Return the pictures of one seed as bytes, and for the examples truth, answer and the truth's probability."""
    kept: dict[str, NDArray[np.generic]] = {
        name: values.astype(np.uint8) for name, values in first.items() if not name.startswith("answers")
    }
    for name, chosen in zip(("best", "worst"), examples.astype(int), strict=True):
        right = truth[chosen].astype(np.int16)
        kept[f"{name}_truth"] = right
        kept[f"{name}_taken_for"] = probability[chosen].argmax(axis=1).astype(np.int16)
        kept[f"{name}_probability"] = probability[chosen, right].astype(np.float32)
    return kept
