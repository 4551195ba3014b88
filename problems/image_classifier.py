"""HW1 3(a)-(c): train a convolutional network on CIFAR-10, evaluate it, and look at what drives its feature maps."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from problems._experiments import figures, recorded
from psetpress.answers import Written
from psetpress.records import Part, Problem, RubricItem


@dataclass(frozen=True)
class Params:
    """The task; the defaults are the source's."""

    data: str = "CIFAR-10"  # the statement says where it is: CIFAR-100 lies in the same place
    maps: int = 3  # feature maps to visualize, from as many layers


# The source prints neither points nor a rubric: both are ours.
TRAINING = (
    RubricItem(name="figure", points=Fraction(-1), says="There is no figure of the architecture."),
    RubricItem(
        name="shapes",
        points=Fraction(-1, 2),
        says="The shapes of the feature maps or the numbers of parameters are missing, layer by layer.",
    ),
    RubricItem(
        name="procedure",
        points=Fraction(-1),
        says="The training cannot be repeated: loss, optimizer, learning rate and schedule, batch, epochs, "
        "augmentation, normalization of the inputs.",
    ),
    RubricItem(name="circumstances", points=Fraction(-1, 4), says="Seed and hardware are not stated."),
    RubricItem(
        name="drawn-not-measured",
        points=Fraction(-1, 2),
        says="The figure disagrees with the code: its shapes or counts were drawn, not measured.",
    ),
)

EVALUATION = (
    RubricItem(name="test", points=Fraction(-1), says="There is no accuracy on the official test images."),
    RubricItem(
        name="beyond-one-number",
        points=Fraction(-1, 2),
        says="A learning curve is missing, or accuracies by class (or a confusion matrix).",
    ),
    RubricItem(
        name="best-test-epoch",
        points=Fraction(-1),
        says="The best of all epochs, measured on the test images, is reported as the accuracy.",
    ),
    RubricItem(
        name="train-mode-test",
        points=Fraction(-1, 2),
        says="The network is evaluated in training mode: with batch statistics, or with dropout on.",
    ),
    RubricItem(
        name="one-seed",
        points=Fraction(-1, 2),
        says="Something is compared on the strength of one run without a spread.",
    ),
    RubricItem(
        name="record-comparison",
        points=Fraction(-1, 4),
        says="Accuracies on different versions of the data (such as a compressed copy) are compared without saying so.",
    ),
)

FEATURES = (
    RubricItem(
        name="too-few-maps",
        points=Fraction(-1),
        says="Fewer than three feature maps are visualized, or they do not come from three layers.",
    ),
    RubricItem(
        name="algorithm", points=Fraction(-1), says="The algorithm is not described so that it could be repeated."
    ),
    RubricItem(
        name="map-not-cause",
        points=Fraction(-1),
        says="The maps of one image are shown, not what in an input drives a map to large values.",
    ),
    RubricItem(
        name="normalised-away",
        points=Fraction(-1, 2),
        says="Every picture is scaled by itself without saying so, which makes a dead channel look alive.",
    ),
    RubricItem(
        name="reading", points=Fraction(-1, 2), says="It is not said what the pictures show of the three layers."
    ),
)

RESIDUAL = figures("cifar10_resnet")

PROBLEM = Problem[Params](
    title="A convolutional network for CIFAR-10",
    topics=("convolutional networks", "experiments", "visualization"),
    source="CS 7150 HW1, question 3",
    minutes=240,
    params=Params,
    draw=lambda _rng, _level: Params(),
    published=Params(),
    edges=(Params(data="CIFAR-100", maps=2),),
    solve=lambda _: {},
    oracle=lambda _: {},
    parts=(
        Part(name="training", points=Fraction(4), answers={"training": Written()}, rubric=TRAINING),
        Part(name="evaluation", points=Fraction(3), answers={"evaluation": Written()}, rubric=EVALUATION),
        Part(name="features", points=Fraction(4), answers={"features": Written()}, rubric=FEATURES),
    ),
    experiments=recorded("cifar10_cnn") | recorded("cifar10_resnet"),
    figures=figures("cifar10_cnn") | {f"residual_{name}": RESIDUAL[name] for name in ("architecture", "curves")},
    levels=("standard",),
    few="asks for an experiment of the student's own: there is nothing to draw",
)
