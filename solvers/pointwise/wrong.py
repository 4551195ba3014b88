"""What students answer who hold a misconception about 1x1 convolutions.

Each belief judges a trial: it returns the scalar, None for "no scalar", or UNNAMED for a "yes" that names none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from solvers.pointwise.exact import ZERO, channels, failure, ratio, respond, scalar
from solvers.pointwise.layers import Trial

UNNAMED: Final = "unnamed"
Judgement: TypeAlias = Fraction | Literal["unnamed"] | None
Belief: TypeAlias = Callable[[Trial], Judgement]


def always(_: Trial) -> Judgement:
    """Take every 1x1 kernel for one number."""
    return UNNAMED


def never(_: Trial) -> Judgement:
    """Hold that channels are always mixed."""
    return None


def per_channel(trial: Trial) -> Judgement:
    """Be content when each channel is multiplied by a number of its own."""
    missed = failure(trial.layer)
    if missed is None:
        return trial.layer.weights[0][0]
    return UNNAMED if missed.reason == "diagonal" else None


def ignores_bias(trial: Trial) -> Judgement:
    """Look at the weights alone."""
    return scalar(replace(trial.layer, bias=()) if trial.layer.bias else trial.layer)


def fixed_input(trial: Trial) -> Judgement:
    """Judge by the one pixel that was sent through."""
    return ratio(respond(trial.layer, trial.pixel), trial.pixel)


def row_sums(trial: Trial) -> Judgement:
    """Add up the weights of each filter, and be content when the sums are equal."""
    layer = trial.layer
    if layer.stride > 1 or layer.padding or any(layer.bias) or len(layer.weights) != channels(layer):
        return None
    sums = [sum((weight for weight in row if weight), ZERO) for row in layer.weights]
    return sums[0] if all(each == sums[0] for each in sums) else None


def one_number(trial: Trial) -> Judgement:
    """Be content when one number is all that occurs among the weights, apart from zeros."""
    numbers = [weight for row in trial.layer.weights for weight in row if weight]
    if numbers and all(number == numbers[0] for number in numbers) and not any(trial.layer.bias):
        return numbers[0]
    return scalar(trial.layer)


def judged(trials: Sequence[Trial], belief: Belief) -> tuple[tuple[str, ...], tuple[Fraction, ...] | None]:
    """Return a belief's "yes" and "no", and its scalars in order, or None if it lacks one."""
    found = [belief(trial) for trial in trials]
    named = tuple(each for each in found if isinstance(each, Fraction))
    verdicts = tuple("no" if each is None else "yes" for each in found)
    return verdicts, named if named and UNNAMED not in found else None
