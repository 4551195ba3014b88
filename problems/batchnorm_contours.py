"""HW3 1(b): what a batchnorm layer makes of the contours of a two-dimensional Gaussian."""

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

Pair = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Params:
    """A correlated Gaussian input of two features; the layer neither scales nor shifts."""

    mean: Pair  # of the two features
    stds: Pair  # of the two features
    rho: Fraction  # the correlation; the statement gives the covariance instead

    @property
    def covariance(self) -> exact.Matrix:
        """The covariance matrix, as the statement prints it."""
        return exact.correlated(self.mean, self.stds, self.rho).covariance


STDS = {
    "easy": ("0.5", "1", "1.5"),
    "standard": ("0.5", "0.8", "1", "1.2", "1.5"),
    "hard": ("0.5", "0.8", "1.2", "1.5"),  # no feature keeps its scale
}
SIGNS = {"easy": (1,), "standard": (1, -1), "hard": (-1,)}


def draw(rng: Generator, level: Level) -> Params:
    """Draw whole means, standard deviations from a list, and a correlation of 0.3 to 0.8 in size."""
    sides = rng.choice((-1, 1), size=2)
    first, second = rng.choice(STDS[level], size=2, replace=False)
    return Params(
        mean=(
            Fraction(int(sides[0] * rng.integers(1, 5))),
            Fraction(int(sides[1] * rng.integers(1, 4))),
        ),
        stds=(Fraction(str(first)), Fraction(str(second))),
        rho=Fraction(int(rng.choice(SIGNS[level]) * rng.integers(3, 9)), 10),
    )


# `layer-norm` leaves two points and no contours: no distribution says that, so it is in the rubric.
MISCONCEPTIONS: tuple[Misconception[Params], ...] = (
    Misconception(
        name="whitening",
        says="removes the correlation too and draws circles",
        solve=lambda _: {"contours": wrong.whitening()},
        credit=Fraction(1, 2),
        feedback="Batchnorm treats each feature alone: it cannot remove the correlation between them.",
    ),
    Misconception(
        name="centre-only",
        says="moves the ellipses to the origin without changing them",
        solve=lambda p: {"contours": wrong.centre_only(p.stds, p.rho)},
        credit=Fraction(1, 4),
        feedback="After the centering every feature is divided by its own standard deviation.",
    ),
    Misconception(
        name="keep-mean",
        says="standardizes the spread but leaves the mean where it was",
        solve=lambda p: {"contours": wrong.keep_mean(p.mean, p.stds, p.rho)},
        credit=Fraction(1, 2),
        feedback="The batch mean is subtracted: with $\\beta=0$ the output is centered at the origin.",
    ),
    Misconception(
        name="divide-by-variance",
        says="divides each feature by its variance",
        solve=lambda p: {"contours": wrong.features_by_variance(p.stds, p.rho)},
        credit=Fraction(1, 2),
        feedback="The division is by the standard deviation $\\sigma_j$, not by the variance $\\sigma_j^2$.",
    ),
    Misconception(
        name="global-sd",
        says="divides both features by one common standard deviation",
        solve=lambda p: {"contours": wrong.global_sd(p.stds, p.rho)},
        credit=Fraction(1, 4),
        feedback="Every feature has its own statistics, so both axes end with standard deviation 1.",
    ),
    Misconception(
        name="forgot-root",
        says="takes the eigenvalues $1\\pm\\rho$ for the semi-axes",
        solve=lambda p: {"contours": wrong.forgot_root(p.rho)},
        credit=Fraction(3, 4),
        feedback="Eigenvalues of a covariance are variances: the semi-axes are their roots.",
    ),
    Misconception(
        name="always-plus-45",
        says="draws the long axis along the rising diagonal although the correlation is negative",
        solve=lambda p: {"contours": wrong.always_plus_45(p.rho)} if p.rho < 0 else {},
        credit=Fraction(1, 2),
        feedback="The sign of the correlation stays: a negative one puts the long axis on the falling diagonal.",
    ),
)

RUBRIC = (
    RubricItem(name="mean", points=Fraction(-1, 2), says="The mean is not marked."),
    RubricItem(name="levels", points=Fraction(-1), says="One of the two contours is missing."),
    RubricItem(name="doubling", points=Fraction(-1), says="The 2-SD contour is not the 1-SD contour doubled in size."),
    RubricItem(
        name="layer-norm",
        points=Fraction(-3),
        says="Two points instead of contours: every sample was normalized over its two features.",
    ),
)

FIGURES: dict[str, Figure[Params]] = {
    "input": Figure(
        draw=plots.contours,
        data=lambda p: figures.input_contours(p.mean, p.stds, p.rho),
        size=(11.0, 9.0),
        xlabel="first feature",
        ylabel="second feature",
    ),
    "output": Figure(
        draw=plots.contours,
        data=lambda p: figures.output_contours(p.mean, p.stds, p.rho),
        size=(8.4, 6.8),
        xlabel="first feature",
        ylabel="second feature",
        answer=True,
    ),
}

PROBLEM = Problem[Params](
    title="Contours through BatchNorm",
    topics=("normalization",),
    source="EECS 182 HW3 1(b)",
    minutes=8,
    params=Params,
    draw=draw,
    published=Params(mean=(Fraction(2), Fraction(1)), stds=(Fraction(1), Fraction("0.5")), rho=Fraction("0.6")),
    edges=(
        Params(mean=(Fraction(0), Fraction(0)), stds=(Fraction(1), Fraction(1)), rho=Fraction(0)),
        Params(mean=(Fraction(-4), Fraction(3)), stds=(Fraction(1), Fraction("0.5")), rho=Fraction("-0.9")),
    ),
    printed_as={"rho": lambda p: (p.covariance[0][1],)},
    rejects=(
        Reject(name="the standard deviations look alike", test=lambda p: exact.alike(p.stds)),
        Reject(name="the input leaves the graph", test=lambda p: figures.leaves_graph(p.mean, p.stds)),
    ),
    solve=lambda p: {"contours": exact.batchnorm_features(p.mean, p.stds, p.rho)},
    oracle=lambda p: {"contours": oracle.batchnorm_of_polygon(p.mean, p.stds, p.rho)},
    work=lambda p: exact.contour_landmarks(p.rho),
    misconceptions=MISCONCEPTIONS,
    parts=(
        Part(
            name="contours",
            points=Fraction(6),
            answers={"contours": Distribution(sketched=True)},
            rubric=RUBRIC,
        ),
    ),
    figures=FIGURES,
)
