"""How a small network was trained: records only, so that both roads may use them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

STEPS, EVERY = 200, 5
"""Every run takes so many steps; step 0 (untrained) and every fifth step are logged."""

TRAINING, VALIDATION = 1297, 500
"""The first images of the digits train a network, the rest, by other writers mostly, validate it."""

PIXELS, CLASSES = 64, 10

METRICS = ("training loss", "training accuracy", "validation loss", "validation accuracy")
"""What a log holds, in the order of its columns: mean cross-entropy (natural logarithm), and percent."""

DECIMALS = {"loss": 3, "accuracy": 1}
"""To so many decimals a log is written; everything that is asked follows from the written log."""


@dataclass(frozen=True)
class Recipe:
    """A fully connected network and how stochastic gradient descent trained it.

    Weights start as normal numbers of variance ``scale**2 / inputs``, biases at zero. Batch normalization
    stands before the activation (momentum 0.1 and epsilon 1e-5, as in PyTorch), dropout after it.
    """

    depth: int  # hidden layers
    width: int  # units of each hidden layer
    activation: Literal["relu", "tanh", "sigmoid"]
    batchnorm: bool
    dropout: Fraction  # probability that a hidden unit is dropped
    scale: Fraction  # of the initial weights
    rate: Fraction  # learning rate
    momentum: Fraction
    batch: int  # images of a step, drawn with replacement


@dataclass(frozen=True)
class Reaching:
    """Asks from which step on each curve stays at a value or on its better side."""

    value: Fraction


@dataclass(frozen=True)
class Crossing:
    """Asks when, of two curves, the one that is ahead at the end takes the lead for good."""


SHOWN, HIDDEN = "yes", "no"
"""Whether a figure shows what a claim says."""
