"""How many numbers a fully connected layer learns: a problem to start from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from psetpress.answers import Integer
from psetpress.records import Level, Misconception, Part, Problem, RubricItem

from solvers import dense

if TYPE_CHECKING:
    from numpy.random import Generator


@dataclass(frozen=True)
class Params:
    """A fully connected layer."""

    inputs: int
    outputs: int


INPUTS = {"easy": (2, 13), "standard": (8, 65), "hard": (100, 1001)}
"""From the first number up to, but without, the second; so also below."""
OUTPUTS = {"easy": (2, 13), "standard": (3, 33), "hard": (10, 101)}


def draw(rng: Generator, level: Level) -> Params:
    """Draw a layer; a higher level has larger ones."""
    return Params(inputs=int(rng.integers(*INPUTS[level])), outputs=int(rng.integers(*OUTPUTS[level])))


PROBLEM = Problem(
    title="Parameters of a fully connected layer",
    topics=("shapes",),
    source="own",
    minutes=3,
    params=Params,
    draw=draw,
    published=Params(inputs=784, outputs=10),
    edges=(Params(inputs=1, outputs=1), Params(inputs=1, outputs=1000)),
    solve=lambda p: {"parameters": dense.parameters(p.inputs, p.outputs)},
    oracle=lambda p: {"parameters": dense.oracle_parameters(p.inputs, p.outputs)},
    work=lambda p: {"weights": dense.weights(p.inputs, p.outputs)},
    misconceptions=(
        Misconception(
            name="bias-forgotten",
            says="counts the weights only",
            solve=lambda p: {"parameters": dense.without_bias(p.inputs, p.outputs)},
            credit=Fraction(1, 2),
            feedback="Every output also has a bias of its own.",
        ),
        Misconception(
            name="bias-per-input",
            says="gives every input a bias",
            solve=lambda p: {"parameters": dense.bias_per_input(p.inputs, p.outputs)},
            credit=Fraction(1, 2),
            feedback="The bias is added to the output, so there is one for each output.",
        ),
    ),
    parts=(
        Part(
            name="count",
            points=Fraction(2),
            answers={"parameters": Integer()},
            rubric=(RubricItem(name="slip", points=Fraction(-1, 2), says="A slip in the arithmetic."),),
        ),
    ),
)
