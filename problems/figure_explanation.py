"""Explain a figure: the skill of CS 7150's Day 7, on the log of small networks that learn digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal

from problems._digit_runs import (
    AGAIN,
    CROSSING,
    FAST,
    HEAVY,
    LARGE,
    NORM,
    ONE_SETTING,
    SEEDS,
    SIGMOID,
    SLOW,
    SMALL,
    TANH,
    TRIPLES,
    TWO_SETTINGS,
)
from psetpress.answers import Choice, Number, Written
from psetpress.records import Figure, Level, Misconception, Part, Problem, Reject, RubricItem
from solvers.training_logs import exact, facts, figures, logs, oracle, plots, reading, wrong
from solvers.training_logs.recipes import HIDDEN, SHOWN, Crossing, Reaching, Recipe

if TYPE_CHECKING:
    from numpy.random import Generator

    from psetpress.answers import Kind
    from psetpress.records import Values

Metric = Literal["training loss", "training accuracy", "validation loss", "validation accuracy"]


@dataclass(frozen=True)
class Params:
    """An experiment, the part of its log that is plotted, and what is asked about the course of the curves."""

    runs: tuple[Recipe, ...]  # A, B and perhaps C
    seeds: tuple[int, ...]  # each run is repeated with every seed; the curves are means
    metric: Metric
    steps: int  # the log is plotted up to this step
    question: Reaching | Crossing

    @cached_property
    def log(self) -> logs.Log:
        """The plotted log: trained once, then kept by its content."""
        return logs.log(self.runs, self.seeds, self.metric, self.steps)

    @property
    def seen(self) -> Mapping[str, Any]:
        """What everyone sees in table and figure; a statement may say it."""
        return facts.seen(self.runs, self.log)


METRICS: Mapping[Level, tuple[Metric, ...]] = {
    "easy": ("training loss", "validation loss"),
    "standard": ("training loss", "training accuracy", "validation loss", "validation accuracy"),
    "hard": ("training loss", "training accuracy", "validation loss", "validation accuracy"),
}
POOLS = {"easy": (ONE_SETTING,), "standard": (ONE_SETTING, TWO_SETTINGS, AGAIN, CROSSING), "hard": TRIPLES}
"""What is compared at a level; each pool is as likely as the others."""
LENGTHS = (120, 160, 200)
CROSSINGS = {"easy": False, "standard": True, "hard": False}
"""Whether a level asks for the crossing of two curves: seldom possible, and always asked where it is."""


def draw(rng: Generator, level: Level) -> Params:
    """Draw the runs and their order, then a question that their log can answer, if there is one."""
    pool = POOLS[level][int(rng.integers(len(POOLS[level])))]
    runs = pool[int(rng.integers(len(pool)))]
    params = Params(
        runs=tuple(runs[int(index)] for index in rng.permutation(len(runs))),
        seeds=SEEDS if pool is AGAIN else SEEDS[:1],
        metric=METRICS[level][int(rng.integers(len(METRICS[level])))],
        steps=int(rng.choice(LENGTHS)),
        question=Crossing(),
    )
    if not _told_apart(params):
        return params  # rejected, whatever is asked
    if CROSSINGS[level] and reading.readable(params.log, params.question):
        return params
    values = reading.levels(params.log)
    order = [values[int(index)] for index in rng.permutation(len(values))]
    return replace(params, question=next((value for value in order if reading.readable(params.log, value)), order[0]))


def _told_apart(p: Params) -> bool:
    """Say whether the figure shows the order at the end, which no question about the course can mend."""
    return reading.ends_apart(p.log) and reading.bands_clear(p.log)


def _solved(p: Params) -> Values:
    return exact.end(p.log) | exact.course(p.log, p.question) | exact.claims(p.runs, p.seeds, p.log)


def _proved(p: Params) -> Values:
    return oracle.answers(p.runs, p.seeds, p.metric, p.steps, p.question)


def _work(p: Params) -> Values:
    return facts.work(p.runs, p.log, p.question)


@cache
def _one_of(names: str) -> Choice:
    return Choice(options={name: f"run {name}" for name in names})


def _run(p: Params) -> Choice:
    return _one_of(exact.LETTERS[: len(p.runs)])


def _difference(p: Params) -> Number:
    """Return the kind of a difference of two values; that of accuracies needs no log, so that loading makes none."""
    accuracy = p.metric.endswith("accuracy")
    return Number(rtol=Fraction(0), atol=reading.PERCENT_TOLERANCE if accuracy else reading.tolerance(p.log))


def _steps(p: Params, readings: int) -> Number:
    """Return the kind of what takes so many readings of the step axis."""
    return Number(rtol=Fraction(0), atol=readings * reading.step_tolerance(p.steps), digits=3)


def _course(p: Params) -> Mapping[str, Kind[Any]]:
    if isinstance(p.question, Crossing):
        return {"leader": _run(p), "step": _steps(p, 1), "most": _difference(p)}
    return {"leader": _run(p), "step": _steps(p, 1), "lead": _steps(p, 2)}


VERDICT = Choice(options={SHOWN: "shown", HIDDEN: "not shown"})

RUBRIC = tuple(
    RubricItem(name=name, points=Fraction(points), says=says)
    for name, points, says in (
        ("context", "-1", "The context is missing: what was trained on which data, and which settings are compared."),
        ("plotted", "-1", "It is not said what is plotted: the quantity, on which images, and that it is over steps."),
        ("observe", "-1", "The observations are missing, or the log contradicts them."),
        ("interpretation", "-1", "The interpretation is missing, or only repeats the observations."),
        ("invented-number", "-0.5", "A number is quoted that the figure does not show and the key does not list."),
        ("causal-words", "-0.5", "A single setting is named as the cause although several differ."),
        ("over-claim", "-0.5", "A gap is called an effect of a setting without a word on how much seeds change."),
        ("images-mixed-up", "-0.5", "Training images and validation images are mixed up."),
        ("time-for-steps", "-0.25", "A run is said to need less time; what is plotted are steps."),
        ("every-network", "-0.25", "What one small network does on one data set is said of all networks."),
    )
)

MISCONCEPTIONS: tuple[Misconception[Params], ...] = (
    Misconception(
        name="wrong-direction",
        says="takes the largest loss, or the smallest accuracy, for the best",
        solve=lambda p: wrong.wrong_direction(p.log),
        feedback="A loss is better the smaller it is, an accuracy the larger it is.",
    ),
    Misconception(
        name="initial-not-final",
        says="compares the curves where they start",
        solve=lambda p: wrong.initial_not_final(p.log),
        feedback="At step 0 nothing has been learned; the last step shown is asked for.",
    ),
    Misconception(
        name="gap-to-the-worst",
        says="gives the distance to the worst run instead of the closest",
        solve=lambda p: wrong.gap_to_the_worst(p.log),
        credit=Fraction(1, 4),
        feedback="The run closest to the best one says how clear its lead is.",
    ),
    Misconception(
        name="ratio-not-difference",
        says="gives the gap as a share of the second run's value",
        solve=lambda p: wrong.ratio_not_difference(p.log),
        credit=Fraction(1, 4),
        feedback="The difference of the two values is asked for, not their ratio.",
    ),
    Misconception(
        name="other-curve",
        says="reads the step off the curve that arrives second",
        solve=lambda p: wrong.other_curve(p.log, p.question),
        feedback="Follow the line of the level from the left: the first curve that passes it to stay is asked for.",
    ),
    Misconception(
        name="first-touch",
        says="reads where the curve touches the level for the first time, although it leaves it again",
        solve=lambda p: wrong.first_touch(p.log, p.question),
        credit=Fraction(1, 2),
        feedback="From the step that is asked for the curve stays on the better side; earlier it came back.",
    ),
    Misconception(
        name="step-not-difference",
        says="gives the step of the second run instead of how much later it is",
        solve=lambda p: wrong.step_not_difference(p.log, p.question),
        credit=Fraction(1, 2),
        feedback="How many steps earlier is the difference of two steps.",
    ),
    Misconception(
        name="vertical-gap",
        says="gives the vertical distance of the curves instead of the horizontal one",
        solve=lambda p: wrong.vertical_gap(p.log, p.question),
        feedback="A lead in steps is read along the level, from curve to curve.",
    ),
    Misconception(
        name="end-decides",
        says="lets the run that is ahead at the end lead from the start",
        solve=lambda p: wrong.end_decides(p.log, p.question),
        feedback="The curves cross: before, the other run is ahead.",
    ),
    Misconception(
        name="widest-gap",
        says="reads the step at which the early lead is widest",
        solve=lambda p: wrong.widest_gap(p.log, p.question),
        credit=Fraction(1, 4),
        feedback="The lead changes where the curves cross.",
    ),
    Misconception(
        name="one-setting",
        says="names one setting as the cause although several differ",
        solve=lambda p: wrong.one_setting(p.runs, p.seeds, p.log),
        feedback="Several settings differ at once; runs that differ in one of them only would be needed.",
    ),
    Misconception(
        name="wrong-images",
        says="mixes up training images and validation images",
        solve=lambda p: wrong.wrong_images(p.runs, p.seeds, p.log),
        feedback="The label of the axis says on which images the network was judged.",
    ),
    Misconception(
        name="noise-as-effect",
        says="takes every gap for more than the seed changes",
        solve=lambda p: wrong.noise_as_effect(p.runs, p.seeds, p.log),
        feedback="Only runs with several seeds, whose bands lie apart, show that.",
    ),
    Misconception(
        name="wall-clock",
        says="takes steps for time",
        solve=lambda _: wrong.wall_clock(),
        feedback="A step of one network may cost more than a step of another; no time was measured.",
    ),
    Misconception(
        name="nothing-shown",
        says="denies what a controlled comparison does show",
        solve=lambda p: wrong.nothing_shown(p.runs, p.seeds, p.log),
        feedback="The figure is modest evidence, but table and axis do settle some claims.",
    ),
)

LABELS: Mapping[str, str] = {"loss": "", "accuracy": " (%)"}
"""What follows the metric at the axis."""


def _figure(p: Params) -> Mapping[str, Any]:
    return {**figures.curves(p.log), "label": p.metric + LABELS[p.metric.split()[1]]}


def _answer_figure(p: Params) -> Mapping[str, Any]:
    return {**_figure(p), **figures.marks(p.log, p.question)}


SIZE = (14.0, 6.4)

THREE_RATES = (replace(TANH, **FAST), replace(TANH, **SLOW), TANH)

RECIPE = ("CLASSES", "DECIMALS", "EVERY", "HIDDEN", "METRICS", "PIXELS", "SHOWN", "STEPS", "TRAINING")
"""What the two roads know of the runs besides their settings: it is printed, or it is the data set's."""

PROBLEM = Problem[Params](
    title="Explain a figure: a log of small networks",
    topics=("reading a figure", "training", "evidence"),
    source="CS 7150 Day 7, the four-part explanation of a figure, on a log of our own",
    minutes=20,
    params=Params,
    draw=draw,
    published=Params((SIGMOID, replace(SIGMOID, **NORM)), SEEDS, "validation accuracy", 200, Reaching(Fraction(65))),
    edges=(
        Params((replace(TANH, **SMALL), replace(TANH, **LARGE)), SEEDS[:1], "training loss", 120, Crossing()),
        Params((replace(SIGMOID, **HEAVY), SIGMOID), SEEDS, "validation loss", 200, Reaching(Fraction(2))),
        Params(THREE_RATES, SEEDS[:1], "validation loss", 120, Reaching(Fraction(17, 10))),
    ),
    rejects=(
        Reject(name="curves end too close to each other to tell", test=lambda p: not reading.ends_apart(p.log)),
        Reject(name="bands nearly touch at the end", test=lambda p: not reading.bands_clear(p.log)),
        Reject(name="nothing can be read safely", test=lambda p: not reading.readable(p.log, p.question)),
    ),
    solve=_solved,
    oracle=_proved,
    neutral=dict.fromkeys(
        (f"solvers.training_logs.recipes.{name}" for name in RECIPE),
        "the sizes and the recipe that the question states",
    ),
    work=_work,
    misconceptions=MISCONCEPTIONS,
    figures={
        "curves": Figure(draw=plots.training_curves, data=_figure, size=SIZE, xlabel="step"),
        "read": Figure(draw=plots.training_curves, data=_answer_figure, size=SIZE, xlabel="step", answer=True),
    },
    parts=(
        Part(
            name="explanation",
            points=Fraction(4),
            answers={"explanation": Written(("context", "plotted", "observe", "interpretation"))},
            rubric=RUBRIC,
        ),
        Part(name="end", points=Fraction(2), answers=lambda p: {"winner": _run(p), "gap": _difference(p)}),
        Part(name="course", points=Fraction(3), answers=_course),
        Part(
            name="claims",
            points=Fraction(2),
            answers={"setting": VERDICT, "images": VERDICT, "seeds": VERDICT, "time": VERDICT},
        ),
    ),
)
