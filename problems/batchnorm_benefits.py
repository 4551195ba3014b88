"""HW1 4(a)-(c): experiments that show what batch normalization is good for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from problems._experiments import figures, recorded
from psetpress.answers import Written
from psetpress.records import Part, Problem, RubricItem


@dataclass(frozen=True)
class Params:
    """No parameters: data, networks and rates are the student's choice."""


def item(name: str, points: str, says: str) -> RubricItem:
    """Return a deduction; ``points`` is a decimal with its sign."""
    return RubricItem(name=name, points=Fraction(points), says=says)


# The source prints neither points nor a rubric: both are ours.
SETUP = item(
    "setup", "-1", "The set-up cannot be repeated: data, network and where BN stands, optimizer, rate, batch, steps."
)
INTERPRETATION = item("interpretation", "-0.5", "The results are shown, but not interpreted.")
ONE_SEED = item("one-seed", "-0.5", "One run of each network is shown, without any spread.")

CONVERGENCE = (
    SETUP,
    item(
        "measure",
        "-1",
        "It is not measured how fast: steps (or epochs) to a stated accuracy or loss, or curves of both.",
    ),
    item(
        "different-start", "-0.5", "The networks start from different weights or see the batches in different orders."
    ),
    item("single-rate", "-0.5", "The one learning rate of both networks suits only one of them, and that is not said."),
    item("wall-clock", "-0.25", "Steps are taken for time: a step with BN costs more."),
    ONE_SEED,
    INTERPRETATION,
)
LEARNING_RATES = (
    SETUP,
    item("no-failure", "-1", "The rates do not reach as far as one at which the network without BN fails to train."),
    item("no-grid", "-0.5", "Both networks are not compared over the same grid of learning rates."),
    ONE_SEED,
    INTERPRETATION,
)
PERFORMANCE = (
    SETUP,
    item("untuned-baseline", "-1", "The network without BN is not given its own best learning rate."),
    item("train-is-performance", "-1", "Training accuracy is taken for performance."),
    item("below-noise", "-0.5", "A difference smaller than the spread of the runs is claimed as a gain."),
    item("bias-kept", "-0.25", "Parameters are compared without a word on the biases that BN makes superfluous."),
    ONE_SEED,
    INTERPRETATION,
)

PROBLEM = Problem[Params](
    title="What batch normalization is good for",
    topics=("normalization", "experiments"),
    source="CS 7150 HW1, question 4",
    minutes=240,
    params=Params,
    draw=lambda _rng, _level: Params(),
    published=Params(),
    edges=(),
    solve=lambda _: {},
    oracle=lambda _: {},
    parts=(
        Part(name="convergence", points=Fraction(3), answers={"convergence": Written()}, rubric=CONVERGENCE),
        Part(name="learning_rates", points=Fraction(3), answers={"learning_rates": Written()}, rubric=LEARNING_RATES),
        Part(name="performance", points=Fraction(3), answers={"performance": Written()}, rubric=PERFORMANCE),
    ),
    experiments=recorded("batchnorm_benefits"),
    figures=figures("batchnorm_benefits"),
    levels=("standard",),
    few="asks for experiments of the student's own: there is nothing to draw",
)
