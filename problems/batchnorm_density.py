"""HW3 1(a): what a batchnorm layer makes of a one-dimensional Gaussian."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from psetpress.answers import Distribution
from psetpress.records import Figure, Level, Misconception, Part, Problem, Reject, RubricItem
from solvers import plots
from solvers.normalization import exact, figures, oracle, wrong

if TYPE_CHECKING:
    from numpy.random import Generator


@dataclass(frozen=True)
class Params:
    """A Gaussian input and the layer's scale and shift."""

    mean: Fraction  # of the input
    std: Fraction  # of the input
    gamma: Fraction  # the layer multiplies by it
    beta: Fraction  # the layer adds it

    @property
    def variance(self) -> Fraction:
        """The square of ``std``: the statement prints it, and leaves the root to the reader."""
        return self.std**2


GAMMAS = {
    "easy": ("2", "3"),
    "standard": ("0.5", "1.5", "2", "3"),
    "hard": ("-3", "-2", "-1.5", "-0.5"),  # mirrored, which a symmetric density does not show
}


def draw(rng: Generator, level: Level) -> Params:
    """Draw mean and shift from the halves, the standard deviation from the tenths up to 1.5."""
    return Params(
        mean=Fraction(int(rng.integers(-8, 9)), 2),
        std=Fraction(int(rng.integers(2, 16)), 10),
        gamma=Fraction(str(rng.choice(GAMMAS[level]))),
        beta=Fraction(int(rng.integers(-10, 11)), 2),
    )


# `bn-makes-gaussian` needs an input that is not Gaussian; `negative-sd` has the right variance, so
# that a reader must see it: it is an item of the rubric.
MISCONCEPTIONS: tuple[Misconception[Params], ...] = (
    Misconception(
        name="swap-gamma-beta",
        says="swaps the roles of $\\gamma$ and $\\beta$",
        solve=lambda p: {"density": wrong.swap_gamma_beta(p.gamma, p.beta)} if p.beta else {},
        credit=Fraction(1, 2),
        feedback="$\\gamma$ multiplies the standardized value, $\\beta$ is added to it.",
    ),
    Misconception(
        name="keep-input-mean",
        says="adds $\\beta$ to the mean of the input",
        solve=lambda p: {"density": wrong.keep_input_mean(p.mean, p.gamma, p.beta)},
        credit=Fraction(1, 2),
        feedback="The batch mean is subtracted first, so the input's mean is gone before $\\beta$ is added.",
    ),
    Misconception(
        name="keep-input-variance",
        says="centers the data but keeps their spread",
        solve=lambda p: {"density": wrong.keep_input_variance(p.std, p.gamma, p.beta)},
        credit=Fraction(1, 2),
        feedback="The centered data are divided by their standard deviation before $\\gamma$ scales them.",
    ),
    Misconception(
        name="affine-only",
        says="applies $\\gamma$ and $\\beta$ without normalizing",
        solve=lambda p: {"density": wrong.affine_only(p.mean, p.std, p.gamma, p.beta)},
        feedback="Batchnorm standardizes the data before it scales and shifts them.",
    ),
    Misconception(
        name="divide-by-variance",
        says="divides by the variance",
        solve=lambda p: {"density": wrong.divide_by_variance(p.std, p.gamma, p.beta)},
        credit=Fraction(1, 2),
        feedback="The division is by the standard deviation $\\sigma$, not by the variance $\\sigma^2$.",
    ),
    Misconception(
        name="gamma-is-variance",
        says="takes $\\gamma$ for the variance of the output",
        solve=lambda p: {"density": wrong.gamma_is_variance(p.gamma, p.beta)},
        credit=Fraction(3, 4),
        feedback="$\\gamma$ scales the values, so the variance is $\\gamma^2$ and $|\\gamma|$ its root.",
    ),
)

RUBRIC = (
    RubricItem(name="shape", points=Fraction(-1), says="The curve is not a symmetric bell."),
    RubricItem(name="scale", points=Fraction(-1), says="The horizontal axis has no scale."),
    RubricItem(name="label", points=Fraction(-1, 2), says="$\\beta$ is not marked on the axis."),
    RubricItem(
        name="negative-sd",
        points=Fraction(-1, 2),
        says="A negative $\\gamma$ is read as a negative standard deviation, or turns the bell upside down.",
    ),
)

FIGURES: dict[str, Figure[Params]] = {
    "input": Figure(
        draw=plots.density,
        data=lambda p: figures.input_density(p.mean, p.std),
        size=(7.2, 3.6),
        xlabel="$x$",
    ),
    "grid": Figure(draw=plots.blank_grid, data=lambda _: {"columns": 24, "rows": 10, "base": 1}, size=(12.4, 4.7)),
    "output": Figure(
        draw=plots.density,
        data=lambda p: figures.output_density(p.mean, p.std, p.gamma, p.beta),
        size=(7.2, 3.6),
        xlabel="$y$",
        answer=True,
    ),
}

PROBLEM = Problem[Params](
    title="A Gaussian through BatchNorm",
    topics=("normalization",),
    source="EECS 182 HW3 1(a)",
    minutes=5,
    params=Params,
    draw=draw,
    published=Params(mean=Fraction("1.5"), std=Fraction("0.4"), gamma=Fraction(1), beta=Fraction(3)),
    blind=("gamma-is-variance",),
    edges=(
        Params(mean=Fraction(0), std=Fraction(1), gamma=Fraction(1), beta=Fraction(0)),
        Params(mean=Fraction(-4), std=Fraction("0.2"), gamma=Fraction(-3), beta=Fraction("-0.5")),
    ),
    rejects=(
        Reject(name="the input is half standardized already", test=lambda p: p.std == 1 or p.mean == 0),
        Reject(name="the shift does nothing", test=lambda p: p.beta == 0),
        Reject(name="the output is centered where the input was", test=lambda p: p.beta == p.mean),
    ),
    solve=lambda p: {"density": exact.batchnorm_gaussian(p.mean, p.std, p.gamma, p.beta)},
    oracle=lambda p: {"density": oracle.batchnorm_of_quantiles(p.mean, p.std, p.gamma, p.beta)},
    work=lambda p: exact.landmarks(exact.batchnorm_gaussian(p.mean, p.std, p.gamma, p.beta)),
    misconceptions=MISCONCEPTIONS,
    parts=(
        Part(
            name="density",
            points=Fraction(4),
            answers={"density": Distribution(sketched=True)},
            rubric=RUBRIC,
        ),
    ),
    figures=FIGURES,
)
