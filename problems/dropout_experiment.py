"""HW3 5(c): what the dropout experiment shows; beside it, for randomized sets, the moments of dropout's noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from problems._experiments import figures, recorded
from psetpress.answers import Number, Written
from psetpress.records import Level, Misconception, Part, Problem, Reject, RubricItem
from solvers.dropout import exact, experiment, oracle, wrong

if TYPE_CHECKING:
    from numpy.random import Generator

    from psetpress.answers import Kind


@dataclass(frozen=True)
class Experiment:
    """Two networks of one hidden layer on a part of CIFAR-10; the defaults are the notebook's."""

    inputs: int = 3072
    hidden: int = 500
    classes: int = 10
    images: int = 500  # for training
    validation_images: int = 1000
    drop: Fraction = Fraction(1, 2)  # probability of dropping, in the second network
    epochs: int = 15
    batch: int = 100
    learning_rate: Fraction = Fraction(1, 2000)


@dataclass(frozen=True)
class Params:
    """The experiment, and a linear unit whose inputs are dropped."""

    drop: Fraction  # the probability of dropping
    inputs: tuple[int, ...]
    weights: tuple[int, ...]
    bias: int
    others: tuple[int, ...] = ()  # the weights of a second unit with the same inputs; it has no bias
    experiment: Experiment = Experiment()

    @property
    def unit(self) -> exact.Unit:
        """The unit as the solvers take it."""
        return exact.Unit(self.drop, self.inputs, self.weights, self.bias, self.others)


DROPS = {
    "easy": ("0.2", "0.75", "0.8"),
    "standard": ("0.1", "0.2", "0.25", "0.4", "0.6", "0.75", "0.8"),
    "hard": ("0.1", "0.2", "0.25", "0.4", "0.6", "0.75", "0.8"),
}
"""Never one half, where keeping and dropping cannot be told apart."""
SIZES = {"easy": 2, "standard": 3, "hard": 3}
WEIGHTS = (-3, -2, -1, 1, 2, 3)


def draw(rng: Generator, level: Level) -> Params:
    """Draw activations behind a ReLU and small weights; at level ``hard`` a second unit shares the masks."""
    size = SIZES[level]

    def weights() -> tuple[int, ...]:
        return tuple(int(weight) for weight in rng.choice(WEIGHTS, size))

    return Params(
        drop=Fraction(str(rng.choice(DROPS[level]))),
        inputs=tuple(int(x) for x in rng.integers(1, 7, size)),
        weights=weights(),
        bias=0 if level == "easy" else int(rng.choice(WEIGHTS)),
        others=weights() if level == "hard" else (),
    )


MISCONCEPTIONS: tuple[Misconception[Params], ...] = (
    Misconception(
        name="keep-vs-drop",
        says="takes $p$ for the probability of keeping an input",
        solve=lambda p: wrong.keep_for_drop(p.unit),
        credit=Fraction(1, 2),
        feedback="Here $p$ is the probability that an input is dropped; it survives with probability $1-p$.",
    ),
    Misconception(
        name="not-inverted",
        says="leaves the survivors unscaled in training and scales at test time",
        solve=lambda p: wrong.not_inverted(p.unit),
        credit=Fraction(1, 4),
        feedback="Inverted dropout divides the survivors by $1-p$ in training, so that nothing is scaled at test time.",
    ),
    Misconception(
        name="scaled-at-test",
        says="scales the inputs at test time as well",
        solve=lambda p: wrong.scaled_at_test(p.unit),
        feedback="The survivors were scaled in training already: at test time the inputs pass as they are.",
    ),
    Misconception(
        name="scale-not-squared",
        says="multiplies the variance of a 0/1 mask by the scale instead of its square",
        solve=lambda p: wrong.scale_not_squared(p.unit),
        credit=Fraction(1, 2),
        feedback="Multiplying by $1/(1-p)$ multiplies the variance by $1/(1-p)^2$.",
    ),
    Misconception(
        name="one-mask",
        says="squares the sum of the contributions, as if all inputs were dropped together",
        solve=lambda p: wrong.one_mask(p.unit),
        credit=Fraction(1, 4),
        feedback="Every input is dropped on its own, so the variances of the contributions add.",
    ),
    Misconception(
        name="independent-units",
        says="takes the two units for uncorrelated",
        solve=lambda p: wrong.independent_units(p.unit),
        feedback="Both units see the same masked inputs: what one loses, the other loses with it.",
    ),
)

# The source prints neither points nor a rubric: both are ours. `keep-vs-drop` is no item here, because
# at a probability of one half nobody can see it.
RUBRIC = (
    RubricItem(
        name="training",
        points=Fraction(-1),
        says="It is not said that training accuracy nears 1 without dropout, and rises more slowly with it.",
    ),
    RubricItem(
        name="gap",
        points=Fraction(-1),
        says="Training and validation accuracy are not compared, or their gap is not called overfitting.",
    ),
    RubricItem(
        name="regularizer", points=Fraction(-1), says="The response does not conclude that dropout regularizes."
    ),
    RubricItem(
        name="noise-as-gain",
        points=Fraction(-1, 2),
        says="A difference of validation accuracies of one run, within its noise, is quoted as an established gain.",
    ),
    RubricItem(
        name="no-overfitting-left",
        points=Fraction(-1, 2),
        says="Dropout is said to remove overfitting, although a large gap remains.",
    ),
    RubricItem(name="faster", points=Fraction(-1), says="Dropout is said to speed training up; it slows it down."),
    RubricItem(
        name="train-higher",
        points=Fraction(-1),
        says="Training accuracy is said to be higher with dropout; it is lower.",
    ),
)


def _moments(p: Params) -> Mapping[str, Kind[Any]]:
    names = ("mean", "variance", "test", *(("covariance",) if p.others else ()))
    return {name: Number() for name in names}


PROBLEM = Problem[Params](
    title="What dropout does",
    topics=("dropout", "regularization", "experiments"),
    source="EECS 182 HW3 5(c)",
    minutes=10,
    params=Params,
    draw=draw,
    published=Params(drop=Fraction(1, 2), inputs=(2, 4), weights=(3, 1), bias=0),
    blind=("keep-vs-drop",),
    edges=(
        Params(drop=Fraction(1, 4), inputs=(4,), weights=(1,), bias=0),
        Params(drop=Fraction(0), inputs=(1, 2), weights=(2, -3), bias=1),
        Params(drop=Fraction(9, 10), inputs=(0, 5), weights=(0, -2), bias=-3, others=(1, 1)),
    ),
    rejects=(
        Reject(name="the contributions cancel", test=lambda p: exact.cancels(p.unit)),
        Reject(name="the two units are uncorrelated", test=lambda p: exact.uncorrelated(p.unit)),
    ),
    solve=lambda p: exact.moments(p.unit),
    oracle=lambda p: oracle.moments(p.drop, p.inputs, p.weights, p.bias, p.others),
    work=lambda p: exact.steps(p.unit) | experiment.sizes(**vars(p.experiment)),
    misconceptions=MISCONCEPTIONS,
    parts=(
        Part(name="experiment", points=Fraction(4), answers={"experiment": Written()}, rubric=RUBRIC),
        Part(name="moments", points=Fraction(4), answers=_moments),
    ),
    experiments=recorded("dropout_effect"),
    figures=figures("dropout_effect"),
)
