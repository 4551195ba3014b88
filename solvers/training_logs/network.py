"""A fully connected classifier of 8x8 digits and its training, in float64 NumPy, backward pass by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from solvers.training_logs.recipes import CLASSES, EVERY, PIXELS, STEPS, TRAINING, Recipe

if TYPE_CHECKING:
    from numpy.random import Generator

Array: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.int64]

EPSILON = 1e-5
"""Inside the root of batch normalization."""

UPDATE = 0.1
"""Share of a batch's statistics in the running ones."""

WEIGHTS, BATCHES, MASKS = range(3)
"""A seed's three streams: runs that differ in one setting share the numbers of the others."""

ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "relu": (lambda z: np.maximum(z, 0.0), lambda a: (a > 0.0).astype(np.float64)),
    "tanh": (np.tanh, lambda a: 1.0 - a * a),
    "sigmoid": (lambda z: 0.5 + 0.5 * np.tanh(0.5 * z), lambda a: a * (1.0 - a)),  # cannot overflow
}
"""Name -> the function, and its derivative as a function of its value."""


@cache
def digits() -> tuple[Array, Labels]:
    """Return scikit-learn's 1797 images, pixels from 0 to 1, shape (1797, 64), and their labels."""
    from sklearn.datasets import load_digits

    images, labels = cast("tuple[Array, Labels]", load_digits(return_X_y=True))
    return images / 16.0, labels


@dataclass
class Normalization:
    """The state of one batch normalization layer: the scale it learns, and its running statistics."""

    gain: Array
    mean: Array
    variance: Array

    def running(self, z: Array) -> Array:
        """Return ``z`` normalized by the running statistics, and scaled."""
        return self.gain * (z - self.mean) / np.sqrt(self.variance + EPSILON)

    def update(self, mean: Array, variance: Array, size: int) -> None:
        """Move the running statistics towards those of a batch of ``size`` (its biased variance is given)."""
        self.mean += UPDATE * (mean - self.mean)
        self.variance += UPDATE * (variance * size / (size - 1) - self.variance)


@dataclass
class Trace:
    """What the backward pass of one hidden layer needs of the forward pass."""

    inputs: Array
    standard: Array | None  # the standardized batch
    deviation: Array | None
    value: Array  # of the activation
    mask: Array | None  # of dropout, already divided by the share that is kept


@dataclass
class Network:
    """Weights, biases (the shift, where batch normalization scales) and normalization layers."""

    recipe: Recipe
    weights: list[Array]
    biases: list[Array]
    norms: list[Normalization] = field(default_factory=list[Normalization])

    @property
    def parameters(self) -> list[Array]:
        """What training changes, in the order of :meth:`gradients`."""
        return [*self.weights, *self.biases, *(norm.gain for norm in self.norms)]

    def scores(self, images: Array) -> Array:
        """Return the class scores of ``images`` as at test time, shape (n, 10)."""
        activate, _ = ACTIVATIONS[self.recipe.activation]
        for layer in range(self.recipe.depth):
            z = images @ self.weights[layer]
            images = activate((self.norms[layer].running(z) if self.norms else z) + self.biases[layer])
        return images @ self.weights[-1] + self.biases[-1]

    def gradients(self, images: Array, labels: Labels, masks: Generator) -> list[Array]:
        """Return the gradients of the mean cross-entropy of a batch; running statistics move."""
        traces: list[Trace] = []
        for layer in range(self.recipe.depth):
            traces.append(self._forward(layer, images, masks))
            images = traces[-1].value if traces[-1].mask is None else traces[-1].value * traces[-1].mask
        delta = softmax(images @ self.weights[-1] + self.biases[-1])
        delta[np.arange(len(labels)), labels] -= 1.0
        return self._backward(traces, images, delta / len(labels))

    def _forward(self, layer: int, inputs: Array, masks: Generator) -> Trace:
        z, standard, deviation = inputs @ self.weights[layer], None, None
        if self.norms:
            mean, variance = z.mean(axis=0), z.var(axis=0)
            self.norms[layer].update(mean, variance, len(z))
            deviation = np.sqrt(variance + EPSILON)
            standard = (z - mean) / deviation
            z = self.norms[layer].gain * standard
        value = ACTIVATIONS[self.recipe.activation][0](z + self.biases[layer])
        drop = float(self.recipe.dropout)
        mask = (masks.random(value.shape) >= drop) / (1.0 - drop) if drop else None
        return Trace(inputs, standard, deviation, value, mask)

    def _backward(self, traces: list[Trace], hidden: Array, delta: Array) -> list[Array]:
        weights, biases, gains = [hidden.T @ delta], [delta.sum(axis=0)], list[Array]()
        for layer in reversed(range(self.recipe.depth)):
            trace = traces[layer]
            delta = delta @ self.weights[layer + 1].T * ACTIVATIONS[self.recipe.activation][1](trace.value)
            if trace.mask is not None:
                delta = delta * trace.mask
            biases.insert(0, delta.sum(axis=0))
            if trace.standard is not None and trace.deviation is not None:
                gains.insert(0, (delta * trace.standard).sum(axis=0))
                delta = normalization_backward(delta * self.norms[layer].gain, trace.standard, trace.deviation)
            weights.insert(0, trace.inputs.T @ delta)
        return [*weights, *biases, *gains]


def normalization_backward(delta: Array, standard: Array, deviation: Array) -> Array:
    """Return the gradient before standardizing a batch, from that behind it (Ioffe and Szegedy, section 3)."""
    return (delta - delta.mean(axis=0) - standard * (delta * standard).mean(axis=0)) / deviation


def softmax(scores: Array) -> Array:
    """Return the class probabilities of rows of scores."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def initial(recipe: Recipe, seed: int) -> Network:
    """Return the network before training: normal weights of variance scale^2 / inputs, zero biases."""
    normal = np.random.default_rng([seed, WEIGHTS]).standard_normal
    sizes = [PIXELS, *[recipe.width] * recipe.depth, CLASSES]
    scale = float(recipe.scale)
    weights = [scale * normal((rows, columns)) / np.sqrt(rows) for rows, columns in pairwise(sizes)]
    norms = [
        Normalization(np.ones(recipe.width), np.zeros(recipe.width), np.ones(recipe.width))
        for _ in range(recipe.depth if recipe.batchnorm else 0)
    ]
    return Network(recipe, weights, [np.zeros(size) for size in sizes[1:]], norms)


def train(recipe: Recipe, seed: int) -> Array:
    """Return the log of a run: a row for step 0 and for every fifth step, a column for each of METRICS."""
    images, labels = digits()
    network = initial(recipe, seed)
    batches = np.random.default_rng([seed, BATCHES]).integers(0, TRAINING, (STEPS, recipe.batch))
    masks = np.random.default_rng([seed, MASKS])
    rate, momentum = float(recipe.rate), float(recipe.momentum)
    speeds = [np.zeros_like(parameter) for parameter in network.parameters]
    rows = [measure(network, images, labels)]
    for step, chosen in enumerate(batches, start=1):
        gradients = network.gradients(images[chosen], labels[chosen], masks)
        for parameter, speed, gradient in zip(network.parameters, speeds, gradients, strict=True):
            speed *= momentum  # noqa: PLW2901  # in place: the arrays are the network's
            speed += gradient  # noqa: PLW2901
            parameter -= rate * speed  # noqa: PLW2901
        if step % EVERY == 0:
            rows.append(measure(network, images, labels))
    return np.array(rows)


def measure(network: Network, images: Array, labels: Labels) -> list[float]:
    """Return loss and accuracy (percent) on the training images, then on the others, as at test time."""
    scores = network.scores(images)
    scores -= scores.max(axis=1, keepdims=True)
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(labels)), labels]
    hits = 100.0 * (scores.argmax(axis=1) == labels)
    parts = (slice(TRAINING), slice(TRAINING, None))
    return [float(values[part].mean()) for part in parts for values in (losses, hits)]
