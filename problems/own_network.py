"""HW3 5(d): describe the design of one's own network and the search for its hyperparameters."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from psetpress.answers import Written
from psetpress.records import Part, Problem, RubricItem
from solvers.training import given

if TYPE_CHECKING:
    from psetpress.records import Values


@dataclass(frozen=True)
class Params:
    """The task of the third notebook and its limits; the defaults are the notebook's."""

    data: str = "CIFAR-100"
    images: int = 50_000  # for training
    side: int = 32  # of an image, in pixels
    channels: int = 3
    classes: int = 100
    batch: int = 32  # of the given training run
    given_epochs: int = 5
    parameters: int = 1_000_000  # at most
    steps: int = 20_000  # at most
    epochs: int = 10  # at most
    none: Fraction = Fraction(38, 100)  # test accuracy at which the credit for the own design begins
    full: Fraction = Fraction(44, 100)  # and from which on it is full


def _work(p: Params) -> Values:
    rows = given.layers(p.side, p.channels, p.classes)
    plain, normalized = given.totals(rows)
    return {
        "rows": rows,
        "plain": plain,
        "normalized": normalized,
        "added": normalized - plain,
        "given_steps": given.steps(p.images, p.batch, p.given_epochs),
        "most_steps": given.steps(p.images, p.batch, p.epochs),
    }


# The source prints neither points nor a rubric: both are ours.
RUBRIC = (
    RubricItem(
        name="architecture",
        points=Fraction(-1),
        says="The network cannot be rebuilt from the description: layers, channels, kernels, strides, normalization, "
        "dropout.",
    ),
    RubricItem(
        name="limits",
        points=Fraction(-1, 2),
        says="The number of parameters or of training steps is missing, or it exceeds the limits.",
    ),
    RubricItem(
        name="training",
        points=Fraction(-1, 2),
        says="The final training set-up (optimizer, learning rate and its decay, batch, epochs) is not stated.",
    ),
    RubricItem(
        name="search",
        points=Fraction(-1),
        says="It is not said which hyperparameters were varied, over which values, and with what result.",
    ),
    RubricItem(
        name="chosen-on-test",
        points=Fraction(-1),
        says="Choices were made by test accuracy instead of validation accuracy.",
    ),
    RubricItem(name="result", points=Fraction(-1, 2), says="The final validation and test accuracies are not given."),
)

PROBLEM = Problem[Params](
    title="A network of your own",
    topics=("convolutional networks", "hyperparameters", "experiments"),
    source="EECS 182 HW3 5(d)",
    minutes=15,
    params=Params,
    draw=lambda _rng, _level: Params(),
    published=Params(),
    edges=(Params(data="CIFAR-10", classes=10, epochs=1, given_epochs=1),),
    solve=lambda _: {},
    oracle=lambda _: {},
    work=_work,
    parts=(Part(name="design", points=Fraction(4), answers={"design": Written()}, rubric=RUBRIC),),
    levels=("standard",),
    few="asks for a description of the student's own work: there is nothing to draw",
)
