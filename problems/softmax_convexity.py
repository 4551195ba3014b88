"""After CS 7150 HW1, question 2: gradient and Hessian of softmax regression, convex and never strictly so."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from psetpress.answers import Integer, Matrix
from psetpress.records import Level, Misconception, Part, Problem, Reject, RubricItem
from solvers.logistic import exact, oracle, softmax, steps, wrong
from solvers.logistic.samples import Classes, Odds, Row

if TYPE_CHECKING:
    from numpy.random import Generator


@dataclass(frozen=True)
class Params(Classes):
    """Samples of three classes, the weights at which the loss is differentiated, and a block of its Hessian."""

    def __post_init__(self) -> None:
        """Refuse samples that do not fit together, and odds that have no logarithm."""
        softmax.check(self)

    @property
    def weights(self) -> tuple[tuple[tuple[int, Fraction], ...], ...]:
        """The weight vectors of the classes, each weight as the sign and the argument of a logarithm."""
        return tuple(tuple(exact.logarithm(ratio) for ratio in odds) for odds in self.odds)


HALF, ONE = Fraction(1, 2), Fraction(1)
ROWS: tuple[Row, ...] = ((1, 1), (1, 2), (2, 1), (1, -1), (-1, 1), (2, -1), (-1, 2), (2, 3), (3, 2))
ODDS: tuple[Odds, ...] = tuple(
    (Fraction(a), Fraction(b)) for a, b in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (2, 2), (HALF, 1), (1, HALF))
)
"""Feature vectors, and exponentials of weight vectors."""
SAMPLES: dict[Level, int] = {"easy": 1, "standard": 1, "hard": 2}
DENOMINATORS: dict[Level, int] = {"easy": 50, "standard": 100, "hard": 150}
"""The greatest common denominator of a block of the Hessian."""
TRIES = 12
"""Samples that a draw looks at before it gives up, and is rejected."""


def draw(rng: Generator, level: Level) -> Params:
    """Draw samples with short fractions in the block: at level ``easy`` one on the diagonal of the Hessian."""
    a, b = (int(place) for place in rng.permutation((1, 2, 3))[:2])
    block = (a, a) if level == "easy" else (a, b)
    params = draw_samples(rng, SAMPLES[level], block)
    for _ in range(TRIES):
        if steps.common(softmax.block(params)) <= DENOMINATORS[level]:
            break
        params = draw_samples(rng, SAMPLES[level], block)
    return params


def draw_samples(rng: Generator, count: int, block: tuple[int, int]) -> Params:
    """Draw ``count`` samples and the weights of three classes."""
    rows = tuple(ROWS[int(place)] for place in rng.permutation(len(ROWS))[:count])
    first, second, third = (ODDS[int(place)] for place in rng.permutation(len(ODDS))[:3])
    return Params(rows, tuple(int(label) for label in rng.integers(1, 4, count)), (first, second, third), block)


MISCONCEPTIONS: tuple[Misconception[Params], ...] = (
    Misconception(
        name="separate-classes",
        says="gives each class a sigmoid of its own",
        solve=lambda p: {} if len({*p.block}) == 1 else {"block": wrong.separate_classes(p)},
        feedback="All scores stand in the denominator of each probability, so that the classes are coupled.",
    ),
    Misconception(
        name="no-product",
        says="forgets the term $-pp^\\top$",
        solve=lambda p: {"block": wrong.no_product(p)} if len({*p.block}) == 1 else {},
        feedback="The derivative of $p_a$ by the score of class $b$ is $p_a([a=b]-p_b)$.",
    ),
    Misconception(
        name="plus-product",
        says="adds the term $pp^\\top$",
        solve=lambda p: {"block": wrong.plus_product(p)},
        credit=Fraction(1, 2),
        feedback="A higher score of one class lowers the probabilities of the others.",
    ),
    Misconception(
        name="label-minus-p",
        says="turns the sign of the gradient around",
        solve=lambda p: {"gradient": wrong.label_minus_p(p)},
        credit=Fraction(1, 2),
        feedback="The loss is the negative log-likelihood: its derivative by the scores is $p$ minus the unit vector.",
    ),
    Misconception(
        name="label-forgotten",
        says="leaves the label out of the gradient",
        solve=lambda p: {"gradient": wrong.label_forgotten(p)},
        credit=Fraction(1, 4),
        feedback="$-\\log p_y$ also contains $-w_y^\\top x$, the score of the right class.",
    ),
    Misconception(
        name="one-direction",
        says="counts adding a vector to all weight vectors as one direction",
        solve=lambda _: {"dimension": 1},
        credit=Fraction(1, 2),
        feedback="The vector that is added is free, and has two entries.",
    ),
    Misconception(
        name="strict-always",
        says="takes the loss for strictly convex",
        solve=lambda _: {"dimension": 0},
        feedback="Adding one vector to the weights of all classes changes no probability.",
    ),
)

PROBLEM = Problem[Params](
    title="The Hessian of softmax regression",
    topics=("optimization", "classification"),
    source="after CS 7150 HW1, question 2; the numbers are ours",
    minutes=12,
    params=Params,
    draw=draw,
    published=Params(rows=((1, 2),), labels=(2,), odds=((ONE, ONE), (Fraction(2), ONE), (ONE, ONE)), block=(1, 2)),
    edges=(
        Params(  # a block on the diagonal, and everything far from balanced
            rows=((2, -1),),
            labels=(3,),
            odds=((Fraction(3), HALF), (HALF**2, ONE), (ONE, Fraction(5))),
            block=(3, 3),
        ),
        Params(  # equal classes, samples on one line
            rows=((1, 1), (2, 2)), labels=(1, 1), odds=((ONE, ONE), (ONE, ONE), (ONE, ONE)), block=(2, 1)
        ),
        Params(  # more samples than dimensions, in all classes
            rows=((1, 0), (0, 1), (-1, -1)), labels=(1, 2, 3), odds=((ONE, ONE), (HALF, ONE), (ONE, HALF)), block=(1, 3)
        ),
    ),
    solve=lambda p: {
        "gradient": softmax.gradient(p),
        "block": softmax.block(p),
        "dimension": softmax.flat(p),
    },
    oracle=oracle.softmax,
    printed_as={"odds": lambda p: (argument for weights in p.weights for _, argument in weights)},
    work=steps.coupled,
    rejects=(
        Reject(
            name="long fractions",
            test=lambda p: steps.common(softmax.block(p)) > DENOMINATORS["hard"],
        ),
        Reject(name="a block of zeros", test=lambda p: not any(map(any, softmax.block(p)))),
    ),
    misconceptions=MISCONCEPTIONS,
    parts=(
        Part(
            name="hessian",
            points=Fraction(4),
            answers={"gradient": Matrix(), "block": Matrix(), "dimension": Integer()},
            rubric=(
                RubricItem(
                    name="direction",
                    points=Fraction(-1, 2),
                    says="The dimension is not explained by changes of the weights that leave all probabilities alone.",
                ),
            ),
        ),
    ),
)
