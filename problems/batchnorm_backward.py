"""HW3 5(b): the closed form of the backward pass of batch normalization, and its values for a small batch."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from psetpress.answers import Matrix, Number, Written
from psetpress.records import Level, Misconception, Part, Problem, Reject, RubricItem
from solvers.backward import exact, oracle, wrong
from solvers.backward.batches import deviations
from solvers.backward.feature import Feature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.random import Generator

    from psetpress.answers import Kind
    from psetpress.records import Values


Features: TypeAlias = tuple[Feature, ...]


@dataclass(frozen=True)
class Batch:
    """A batch small enough to be worked out by hand."""

    features: tuple[Feature, ...]
    epsilon: Fraction

    @property
    def x(self) -> tuple[tuple[int, ...], ...]:
        """The batch, samples x features."""
        return exact.transposed([feature.x for feature in self.features])

    @property
    def dy(self) -> tuple[tuple[int, ...], ...]:
        """What arrives at the outputs, samples x features."""
        return exact.transposed([feature.dy for feature in self.features])

    @property
    def gamma(self) -> tuple[Fraction, ...]:
        """The scales."""
        return tuple(feature.gamma for feature in self.features)

    @property
    def beta(self) -> tuple[Fraction, ...]:
        """The shifts."""
        return tuple(feature.beta for feature in self.features)


@dataclass(frozen=True)
class Params:
    """A batch, or None if only the derivation is asked for."""

    batch: Batch | None = None


@dataclass(frozen=True)
class Menu:
    """What a level draws from."""

    features: int
    sizes: tuple[tuple[int, str, str], ...]  # samples, the root of variance + epsilon, epsilon
    gammas: tuple[str, ...]


MENUS = {
    "easy": Menu(1, ((4, "2", "0"), (4, "3", "0"), (5, "2", "0")), ("2", "3", "4")),
    "standard": Menu(
        1,
        ((4, "2", "0.5"), (4, "2", "1"), (4, "2", "2"), (4, "3", "3"), (5, "2", "2"), (5, "3", "1"), (5, "3", "3")),
        ("-3", "-2", "0.5", "2", "3", "4"),
    ),
    "hard": Menu(2, ((4, "2", "0.5"), (4, "2", "1"), (4, "3", "3"), (5, "3", "3")), ("-3", "-2", "0.5", "2", "3", "4")),
}
LARGEST = 6
"""No sample is farther from the mean."""
LONGEST = 500
"""The largest denominator of an answer."""


def draw(rng: Generator, level: Level) -> Params:
    """Draw the root of variance + epsilon first, then deviations that have this variance, then the rest."""
    menu = MENUS[level]
    samples, root, epsilon = menu.sizes[int(rng.integers(len(menu.sizes)))]
    spreads = deviations(samples, Fraction(root) ** 2 - Fraction(epsilon), LARGEST)
    features = tuple(_feature(rng, spreads, menu.gammas) for _ in range(menu.features))
    return Params(Batch(features, Fraction(epsilon)))


def _feature(rng: Generator, spreads: tuple[tuple[int, ...], ...], gammas: tuple[str, ...]) -> Feature:
    spread = spreads[int(rng.integers(len(spreads)))]
    mean = int(rng.integers(1, 9)) * (-1 if rng.random() < 0.25 else 1)
    return Feature(
        x=tuple(mean + int(each) for each in rng.permutation(spread)),
        dy=tuple(map(int, rng.integers(-3, 4, size=len(spread)))),
        gamma=Fraction(str(rng.choice(gammas))),
        beta=Fraction(int(rng.integers(-3, 4))),
    )


def _all(p: Params, road: Callable[[Features, Fraction], Values]) -> Values:
    """Return what ``road`` makes of the batch: matrices, or numbers where there is one feature only."""
    if p.batch is None:
        return {}
    found = road(p.batch.features, p.batch.epsilon)
    if len(p.batch.features) > 1:
        return found
    return {name: value if name == "dx" else value[0][0] for name, value in found.items()}


def _dx(p: Params, road: Callable[[Features, Fraction], exact.Matrix]) -> Values:
    """Return what a belief makes of dx, if a batch is given."""
    return _all(p, lambda features, epsilon: {"dx": road(features, epsilon)})


def _answers(p: Params) -> Mapping[str, Kind[Any]]:
    derivation: dict[str, Kind[Any]] = {"derivation": Written()}
    if p.batch is None:
        return derivation
    row = Number() if len(p.batch.features) == 1 else Matrix()
    return {**derivation, "dx": Matrix(), "dgamma": row, "dbeta": row}


MISCONCEPTIONS = (
    Misconception[Params](
        name="stats-constant",
        says="treats mean and variance as constants",
        solve=lambda p: _dx(p, wrong.stats_constant),
        credit=Fraction(1, 4),
        feedback="At training time mean and variance depend on every sample, which adds two paths.",
    ),
    Misconception[Params](
        name="no-variance-path",
        says="leaves out the path through the variance",
        solve=lambda p: _dx(p, wrong.no_variance_path),
        credit=Fraction(1, 2),
        feedback="$\\sigma^2$ depends on $X$: the term with $\\sum_k dy_k(X_k-\\mu)$ is missing.",
    ),
    Misconception[Params](
        name="no-mean-path",
        says="leaves out the path through the mean",
        solve=lambda p: _dx(p, wrong.no_mean_path),
        credit=Fraction(1, 2),
        feedback="$\\mu$ depends on $X$: the term $-\\sum_k dy_k$ is missing.",
    ),
    Misconception[Params](
        name="forgot-gamma",
        says="leaves out the factor $\\gamma$",
        solve=lambda p: _dx(p, wrong.forgot_gamma),
        credit=Fraction(1, 2),
        feedback="$dZ=\\gamma\\,dy$, so every term of $dX$ has the factor $\\gamma$.",
    ),
    Misconception[Params](
        name="eps-dropped",
        says="leaves out $\\epsilon$",
        solve=lambda p: _all(p, wrong.epsilon_dropped) if p.batch and p.batch.epsilon else {},
        credit=Fraction(1, 2),
        feedback="$\\epsilon$ is not negligible here: the division is by $\\sqrt{\\sigma^2+\\epsilon}$ throughout.",
    ),
    Misconception[Params](
        name="unbiased-variance",
        says="takes $n-1$ for $n$ in the derivative of the variance",
        solve=lambda p: _dx(p, wrong.unbiased_variance),
        credit=Fraction(3, 4),
        feedback="The variance divides by $n$, and so does its derivative.",
    ),
    Misconception[Params](
        name="sum-over-features",
        says="adds up over the features instead of the samples",
        solve=lambda p: _dx(p, wrong.sum_over_features) if p.batch and len(p.batch.features) > 1 else {},
        credit=Fraction(1, 4),
        feedback="Batch normalization treats the features apart; the sums run over the samples.",
    ),
    Misconception[Params](
        name="input-for-z",
        says="multiplies by $X$ instead of $Z$ in $d\\gamma$",
        solve=lambda p: _all(p, lambda features, _: {"dgamma": wrong.input_for_z(features)}),
        feedback="$\\gamma$ multiplies $Z$, so its derivative is a sum of $dy$ times $Z$.",
    ),
    Misconception[Params](
        name="averaged",
        says="averages over the batch instead of adding up in $d\\gamma$ and $d\\beta$",
        solve=lambda p: _all(p, wrong.averaged),
        credit=Fraction(1, 2),
        feedback="$\\gamma$ and $\\beta$ act on every sample, so their derivatives are sums over the samples.",
    ),
)

RUBRIC = (
    RubricItem(
        name="derived-no-variance-path",
        points=Fraction(-1),
        says="The derivation has no path through $\\sigma^2$.",
    ),
    RubricItem(name="derived-no-mean-path", points=Fraction(-1), says="The derivation has no path through $\\mu$."),
    RubricItem(
        name="derived-sum-over-features",
        points=Fraction(-1),
        says="The derivation adds up over $j$ where it must add up over the samples.",
    ),
    RubricItem(
        name="derived-eps-dropped",
        points=Fraction(-1, 2),
        says="$\\epsilon$ gets lost on the way, or stays outside the root.",
    ),
    RubricItem(
        name="no-chain-rule", points=Fraction(-2), says="The result is stated without a derivation by the chain rule."
    ),
    RubricItem(
        name="not-closed",
        points=Fraction(-1, 2),
        says="The result still contains derivatives with respect to $\\mu$, $\\sigma^2$ or $Z$.",
    ),
)

HAND = Feature(x=(1, 3, 7, 9), dy=(1, 0, 2, -1), gamma=Fraction(2), beta=Fraction(1))

PROBLEM = Problem[Params](
    title="The backward pass of BatchNorm",
    topics=("normalization", "backpropagation"),
    source="EECS 182 HW3 5(b)",
    minutes=30,
    params=Params,
    draw=draw,
    published=Params(),
    edges=(
        Params(Batch((HAND,), Fraction(6))),
        Params(Batch((Feature((0, 4), (3, -1), Fraction(-1), Fraction(0)),), Fraction(0))),
        Params(
            Batch(
                (
                    Feature((3, 3, 7, 7, 5), (1, -2, 0, 1, 2), Fraction(1, 2), Fraction(0)),
                    Feature((-3, 1, 1, -1, -3), (0, 1, 1, -3, 2), Fraction(-3), Fraction(2)),
                ),
                Fraction("0.8"),
            )
        ),
    ),
    rejects=(
        Reject(
            name="dy adds up to zero, or is orthogonal to Z",
            test=lambda p: p.batch is not None and exact.degenerate(p.batch.features, p.batch.epsilon),
        ),
        Reject(
            name="an answer has a long denominator",
            test=lambda p: (
                p.batch is not None and exact.largest_denominator(p.batch.features, p.batch.epsilon) > LONGEST
            ),
        ),
    ),
    solve=lambda p: _all(p, exact.gradients),
    oracle=lambda p: _all(p, oracle.gradients),
    work=lambda p: {"steps": exact.steps(p.batch.features, p.batch.epsilon)} if p.batch else {},
    misconceptions=MISCONCEPTIONS,
    parts=(Part(name="backward", points=Fraction(8), answers=_answers, rubric=RUBRIC),),
)
