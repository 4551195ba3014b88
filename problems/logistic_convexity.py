"""CS 7150 HW1, question 2: the loss of logistic regression is convex; what more is true depends on the data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, TypeVar

from psetpress.answers import Choice, Matrix, Written
from psetpress.records import Figure, Level, Misconception, Part, Problem, Reject, RubricItem
from solvers.logistic import exact, figures, oracle, plots, steps, wrong
from solvers.logistic.samples import Data, Odds, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator

    from psetpress.answers import Kind
    from psetpress.records import Values

T = TypeVar("T")


@dataclass(frozen=True)
class Params:
    """Data sets, and the weights at which the first one's loss is differentiated."""

    sets: tuple[Data, ...]
    odds: Odds
    """The exponentials of the two weights."""

    def __post_init__(self) -> None:
        """Refuse samples that do not fit together, and odds that have no logarithm."""
        for data in self.sets:
            exact.check(data)
        if min(self.odds) <= 0:
            raise ValueError(f"odds {self.odds!r}: positive numbers are needed")

    @property
    def letters(self) -> str:
        """The names of the data sets: a, b, ..."""
        return ascii_lowercase[: len(self.sets)]

    @property
    def weights(self) -> tuple[tuple[int, Fraction], ...]:
        """The two weights, each as the sign and the argument of a logarithm."""
        return tuple(exact.logarithm(ratio) for ratio in self.odds)

    @property
    def split(self) -> tuple[tuple[tuple[Row, ...], tuple[Row, ...]], ...]:
        """The feature vectors of each data set, with label 1 and with label 0."""
        return tuple(exact.split(data) for data in self.sets)


KINDS = {
    "overlap": ("yes", "no", "one"),
    "split": ("yes", "yes", "none"),
    "touch": ("yes", "no", "none"),
    "overlap on a line": ("no", "no", "many"),
    "split on a line": ("no", "yes", "none"),
}
"""Data sets by what is to be found out: strictly convex, separable, minimizers."""
PLANS: dict[Level, tuple[tuple[str, str, str], ...]] = {
    "easy": (("overlap", "overlap on a line", "split"), ("split", "overlap on a line", "overlap")),
    "standard": (
        ("overlap", "overlap on a line", "split"),
        ("overlap", "overlap on a line", "split on a line"),
        ("overlap", "split on a line", "split"),
        ("split", "overlap on a line", "overlap"),
        ("split", "overlap on a line", "split on a line"),
        ("split", "split on a line", "overlap"),
    ),
    "hard": (
        ("overlap", "overlap on a line", "touch"),
        ("split", "overlap on a line", "touch"),
        ("overlap", "split on a line", "touch"),
        ("overlap on a line", "touch", "split"),
        ("split on a line", "touch", "overlap"),
    ),
}
"""The kinds of the data sets: the first is the one whose Hessian is asked for, the others are shuffled."""
HALF, THIRD, QUARTER, ONE = Fraction(1, 2), Fraction(1, 3), Fraction(1, 4), Fraction(1)
WEIGHTS: dict[Level, tuple[Odds, ...]] = {
    "easy": ((ONE, ONE),),
    "standard": tuple(
        (base**a, base**b)
        for base in (Fraction(2), Fraction(3))
        for a, b in ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
    ),
    "hard": tuple(
        (base**a, base**b)
        for base in (Fraction(2), Fraction(3), Fraction(4))
        for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))
    ),
}
"""The exponentials of the two weights."""
EXPONENTIALS: dict[Level, frozenset[Fraction]] = {
    "easy": frozenset((ONE,)),
    "standard": frozenset((ONE, Fraction(2), HALF, Fraction(3), THIRD)),
    "hard": frozenset((ONE, Fraction(2), HALF, Fraction(3), THIRD, Fraction(4), QUARTER)),
}
"""The values that exp(w^T x) may have at a sample."""
DENOMINATORS: dict[Level, int] = {"easy": 4, "standard": 36, "hard": 150}
"""The greatest common denominator of a Hessian."""
SIDES: dict[Level, int] = {"easy": 3, "standard": 4, "hard": 4}
"""The greatest absolute value of a feature."""
COUNTS: dict[Level, tuple[int, ...]] = {"easy": (3,), "standard": (3, 4), "hard": (4,)}
"""Samples in a data set."""
TRIES, FEW = 600, 12
"""Of choices of rows, all looked at in one go, and of anything else, before a draw gives up and is rejected."""


def draw(rng: Generator, level: Level) -> Params:
    """Draw data sets of the kinds of a plan, the first with a Hessian that can be worked out by hand."""
    first, *others = one_of(rng, PLANS[level])
    odds = one_of(rng, WEIGHTS[level])
    curved = draw_curved(rng, level, odds, first)
    rows = steps.candidates((ONE, ONE), SIDES[level], frozenset((ONE,)))
    sets = [draw_set(rng, level, others[int(place)], rows) for place in rng.permutation(len(others))]
    return Params((curved, *sets), odds)


def one_of(rng: Generator, items: Sequence[T]) -> T:
    """Draw one of ``items``, which stay what they are."""
    return items[int(rng.integers(len(items)))]


def draw_curved(rng: Generator, level: Level, odds: Odds, kind: str) -> Data:
    """Draw samples whose Hessian at ``odds`` is presentable, with labels that make them a set of ``kind``."""
    rows = steps.candidates(odds, SIDES[level], EXPONENTIALS[level])
    if kind.endswith("line"):
        return draw_set(rng, level, kind, rows)
    places = rng.integers(len(rows), size=(TRIES, one_of(rng, COUNTS[level])))
    found = steps.presentable_choices(rows, odds, places, DENOMINATORS[level])
    data = Data(rows[:1], (1,))
    for choice in found[:FEW]:
        data = draw_labels(rng, tuple(rows[place] for place in choice), kind)
        if is_of(data, kind):
            break
    return data


def draw_set(rng: Generator, level: Level, kind: str, rows: tuple[Row, ...]) -> Data:
    """Draw samples of ``kind`` from ``rows``."""
    data = Data(rows[:1], (1,))
    for _ in range(FEW):
        data = draw_labels(rng, draw_rows(rng, rows, one_of(rng, COUNTS[level]), kind), kind)
        if is_of(data, kind):
            break
    return data


def draw_rows(rng: Generator, rows: tuple[Row, ...], count: int, kind: str) -> tuple[Row, ...]:
    """Draw different rows: ``count`` on a line through the origin, or two of them on one, or any.

    Where no line holds so many the rows are not of the kind, and the draw is rejected.
    """
    found = [rows[int(place)] for place in rng.permutation(len(rows))[:count]]
    least = count if kind.endswith("line") else 2 if kind == "touch" else 0
    lines = steps.lines(rows, least) if least else ()
    if lines:
        line = one_of(rng, lines)
        found[:least] = [line[int(place)] for place in rng.permutation(len(line))[:least]]
    return tuple(found)


def draw_labels(rng: Generator, rows: tuple[Row, ...], kind: str) -> Data:
    """Draw labels that make ``rows`` a set of ``kind``, if there are such."""
    data = Data(rows, (1,) * len(rows))
    for bits in rng.permutation(2 ** len(rows) - 2).tolist():
        data = Data(rows, tuple((bits + 1) >> place & 1 for place in range(len(rows))))
        if is_of(data, kind):
            break
    return data


def is_of(data: Data, kind: str) -> bool:
    """Say whether a data set is of ``kind``; most are not, which the first answer often tells."""
    roads = (exact.strict, exact.separable, exact.minimizers)
    return all(road(data) == wanted for road, wanted in zip(roads, KINDS[kind], strict=True))


def named(p: Params, name: str, values: Sequence[Any]) -> dict[str, Any]:
    """Return what is said of each data set by answer name."""
    return {f"{name}_{letter}": value for letter, value in zip(p.letters, values, strict=True)}


def judged(p: Params, profiles: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """Return profiles of the data sets by answer name."""
    columns = zip(("strict", "separable", "minimizers"), zip(*profiles, strict=True), strict=True)
    return {name: value for column, values in columns for name, value in named(p, column, values).items()}


def solve(p: Params) -> dict[str, Any]:
    """Differentiate by hand, and look at ranks and half-planes."""
    matrix = exact.hessian(p.sets[0].rows, p.odds)
    return {
        "hessian": matrix,
        "eigenvalues": (exact.eigenvalues(matrix),),
        **judged(p, [exact.profile(data) for data in p.sets]),
    }


def differentiate(p: Params) -> dict[str, Any]:
    """Let torch differentiate, and try all directions."""
    matrix, eigenvalues = oracle.curvature(p.sets[0], p.odds)
    found = judged(p, [oracle.landscape(data) for data in p.sets])
    return {"hessian": matrix, "eigenvalues": (eigenvalues,), **found}


def curved(belief: Callable[[Data, Odds], wrong.Curvature]) -> Callable[[Params], Values]:
    """Return the misconception that differentiates the first data set's loss by ``belief``."""

    def solve(p: Params) -> Values:
        matrix, eigenvalues = belief(p.sets[0], p.odds)
        return {"hessian": matrix} | ({"eigenvalues": (eigenvalues,)} if eigenvalues else {})

    return solve


def deviating(p: Params, name: str, belief: Callable[[Data], str], right: Callable[[Data], str]) -> Values:
    """Return what ``belief`` says of each data set, or nothing if it says the right things."""
    said = [belief(data) for data in p.sets]
    return {} if said == [right(data) for data in p.sets] else named(p, name, said)


def free_line(p: Params) -> Values:
    """Return what somebody says who separates with a bias, or nothing if that is right."""
    lines = [wrong.free_line(data) for data in p.sets]
    if [line[0] for line in lines] == [exact.separable(data) for data in p.sets]:
        return {}
    return named(p, "separable", [line[0] for line in lines]) | named(p, "minimizers", [line[1] for line in lines])


def choices(p: Params) -> dict[str, Kind[Any]]:
    """Return the kinds of what is said of each data set."""
    asked = {"strict": YES_NO, "separable": YES_NO, "minimizers": COUNT}
    return {f"{name}_{letter}": kind for letter in p.letters for name, kind in asked.items()}


YES_NO = Choice(options={"yes": "yes", "no": "no"})
COUNT = Choice(options={"none": "none", "one": "exactly one", "many": "infinitely many"})

PROOF = (
    RubricItem(name="convention", points=Fraction(-1, 2), says="The loss or the labels that it takes are not stated."),
    RubricItem(
        name="sigmoid-convex",
        points=Fraction(-3),
        says="Argues that $\\sigma$ is convex, which it is not.",
    ),
    RubricItem(
        name="squared-loss-proof",
        points=Fraction(-4),
        says="Treats $(y-\\sigma)^2$, which is not convex in the parameters.",
    ),
    RubricItem(
        name="one-dimensional-proof",
        points=Fraction(-2),
        says="Shows a second derivative by one parameter only; the Hessian must be positive semidefinite.",
    ),
    RubricItem(
        name="label-mix-proof", points=Fraction(-1), says="Uses the loss for labels $\\pm1$ with labels $0$, $1$."
    ),
    RubricItem(
        name="strict-claimed",
        points=Fraction(-1),
        says="Claims strict convexity or a unique minimizer without a condition on the rank of the data.",
    ),
    RubricItem(
        name="minimizer-claimed",
        points=Fraction(-1, 2),
        says="Claims that a minimizer exists, which separable data rule out.",
    ),
)

MISCONCEPTIONS: tuple[Misconception[Params], ...] = (
    Misconception(
        name="sigmoid-not-slope",
        says="weights the samples by $\\sigma$ instead of its derivative",
        solve=curved(wrong.sigmoid_not_slope),
        credit=Fraction(1, 2),
        feedback="The gradient contains $\\sigma$, the Hessian its derivative $\\sigma(1-\\sigma)$: $1/4$ at $0$.",
    ),
    Misconception(
        name="forgot-slope",
        says="leaves out the weights of the samples",
        solve=curved(wrong.forgot_slope),
        credit=Fraction(1, 4),
        feedback="$X^\\top X$ belongs to least squares; here each sample counts with $\\sigma(1-\\sigma)$.",
    ),
    Misconception(
        name="mean-not-sum",
        says="divides by the number of samples",
        solve=curved(wrong.mean_not_sum),
        credit=Fraction(3, 4),
        feedback="The loss is stated as a sum over the samples.",
    ),
    Misconception(
        name="outer-order",
        says="multiplies in the wrong order, $DXX^\\top$",
        solve=curved(wrong.outer_order),
        credit=Fraction(1, 4),
        feedback="The Hessian has a row and a column for each weight, not for each sample.",
    ),
    Misconception(
        name="one-dimensional",
        says="takes the second derivative by each weight alone",
        solve=curved(wrong.one_dimensional),
        credit=Fraction(1, 2),
        feedback="The mixed derivatives belong to the Hessian, and decide whether it is positive semidefinite.",
    ),
    Misconception(
        name="label-mix",
        says="puts labels $0$ and $1$ into the loss for labels $\\pm1$",
        solve=curved(wrong.label_mix),
        credit=Fraction(1, 4),
        feedback="With label $0$ the term $\\log(1+e^{-yt})$ is constant: such samples drop out.",
    ),
    Misconception(
        name="squared-loss",
        says="differentiates $(y-\\sigma)^2$",
        solve=curved(wrong.squared_loss),
        feedback="The squared loss of a probability is another problem, and not convex.",
    ),
    Misconception(
        name="strict-always",
        says="takes the loss for strictly convex, whatever the data",
        solve=lambda p: {
            **named(p, "strict", [wrong.strict_always(data) for data in p.sets]),
            **named(p, "minimizers", [wrong.unique_always(data) for data in p.sets]),
        },
        feedback="Where $Xv=0$ the loss does not change along $v$: $X$ must have full column rank.",
    ),
    Misconception(
        name="minimiser-exists",
        says="takes it for granted that a convex loss has a minimizer",
        solve=lambda p: named(p, "minimizers", [wrong.minimiser_exists(data) for data in p.sets]),
        feedback="Along a separating direction the loss falls for ever and never reaches its infimum.",
    ),
    Misconception(
        name="touching-line",
        says="expects a minimizer wherever the data are not strictly separated",
        solve=lambda p: deviating(p, "minimizers", wrong.touching_line, exact.minimizers),
        feedback="Samples on the separating line do not stop the others from pulling the weights to infinity.",
    ),
    Misconception(
        name="strict-needs-minimizer",
        says="denies strict convexity where no minimizer exists",
        solve=lambda p: deviating(p, "strict", wrong.strict_needs_minimizer, exact.strict),
        feedback="A strictly convex function need not have a minimizer: $e^t$ has none.",
    ),
    Misconception(
        name="free-line",
        says="separates by lines that miss the origin",
        solve=free_line,
        feedback="The model has no bias, so that its decision boundary goes through the origin.",
    ),
)

PROBLEM = Problem[Params](
    title="Logistic regression is a convex problem",
    topics=("optimization", "classification"),
    source="CS 7150 HW1, question 2",
    minutes=30,
    params=Params,
    draw=draw,
    # The source asks for the proof only: all numbers are ours.
    published=Params(
        sets=(
            Data(rows=((1, 1), (0, 1), (1, 0)), labels=(1, 0, 0)),
            Data(rows=((1, 2), (2, 4), (-1, -2)), labels=(1, 0, 0)),
            Data(rows=((1, 2), (2, 1), (-1, 1)), labels=(1, 0, 1)),
        ),
        odds=(ONE, ONE),
    ),
    edges=(
        Params(  # a single sample, and everything far from balanced
            sets=(Data(rows=((2, 1),), labels=(0,)),),
            odds=(Fraction(4), THIRD),
        ),
        Params(  # opposite pairs, a sample at the origin, and samples on the only line that might separate
            sets=(
                Data(rows=((1, 0), (1, 0), (0, 1), (0, 2)), labels=(1, 0, 1, 0)),
                Data(rows=((0, 0), (1, 2), (2, 1)), labels=(0, 1, 1)),
                Data(rows=((1, 1), (2, 2), (1, 3)), labels=(1, 0, 1)),
                Data(rows=((0, 0), (-1, -2), (-2, -4)), labels=(0, 1, 0)),
            ),
            odds=(Fraction(2), HALF),
        ),
    ),
    solve=solve,
    oracle=differentiate,
    neutral=dict.fromkeys(
        (f"{__name__}.{name}" for name in ("Params.letters", "judged", "named")), "the names of the answers"
    ),
    printed_as={"odds": lambda p: (argument for _, argument in p.weights)},
    work=lambda p: {
        "curvature": steps.curvature(p.sets[0], p.odds),
        "landscapes": tuple(steps.landscape(data) for data in p.sets),
    },
    rejects=(
        Reject(
            name="a Hessian without rational eigenvalues, or with long fractions",
            test=lambda p: not steps.presentable(p.sets[0].rows, p.odds, DENOMINATORS["hard"]),
        ),
        Reject(name="a sample twice", test=lambda p: any(len({*data.rows}) < len(data.rows) for data in p.sets)),
        Reject(name="fewer than three samples", test=lambda p: any(len(data.rows) < 3 for data in p.sets)),
        Reject(
            name="the same answer for all data sets",
            test=lambda p: any(
                len({*column}) == 1 for column in zip(*(exact.profile(data) for data in p.sets), strict=True)
            ),
        ),
    ),
    misconceptions=MISCONCEPTIONS,
    parts=(
        Part(name="proof", points=Fraction(5), answers={"proof": Written()}, rubric=PROOF),
        Part(
            name="hessian",
            points=Fraction(4),
            answers={"hessian": Matrix(), "eigenvalues": Matrix()},
            rubric=(RubricItem(name="weights", points=Fraction(-1), says="The weights of the samples are not shown."),),
        ),
        Part(
            name="minimizers",
            points=Fraction(4),
            answers=choices,
            rubric=(
                RubricItem(name="reason", points=Fraction(-1), says="No reasons: ranks, and directions that separate."),
            ),
        ),
    ),
    figures={
        "planes": Figure(
            draw=plots.planes,
            data=lambda p: figures.planes(p.sets, p.letters.upper()),
            size=(14.0, 5.0),
            answer=True,
        )
    },
)
