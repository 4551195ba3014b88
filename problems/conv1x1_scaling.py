"""CS 7150 HW1, question 1: when a 1x1 convolution is the multiplication by one scalar."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, TypeVar

from psetpress.answers import Choice, Matrix, Written
from psetpress.records import Level, Misconception, Part, Problem, Reject, RubricItem
from solvers.pointwise import exact, forms, oracle, wrong
from solvers.pointwise.layers import Layer, Trial, Vector

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator

    from psetpress.answers import Kind
    from psetpress.records import Values

T = TypeVar("T")


@dataclass(frozen=True)
class Case(Trial):
    """A layer to be judged, and a pixel that was sent through it."""

    @property
    def size(self) -> tuple[int, int]:
        """The number of channels in and out."""
        return exact.channels(self.layer), len(self.layer.weights)

    @property
    def depthwise(self) -> bool:
        """Whether every channel is a group of its own."""
        return self.layer.groups == len(self.layer.weights) > 1

    @property
    def output(self) -> Vector:
        """What the layer makes of the pixel."""
        return exact.respond(self.layer, self.pixel)


@dataclass(frozen=True)
class Params:
    """The layers to be judged one by one; the explanation asks about all of them at once."""

    cases: tuple[Case, ...]

    def __post_init__(self) -> None:
        """Refuse layers whose sizes do not fit, and cases without a single scaling: no scalar could be asked for."""
        for case in self.cases:
            exact.check(case)
        if all(map(exact.failure, self.layers)):
            raise ValueError(f"cases {self.cases!r}: at least one layer that multiplies by a scalar is needed")

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers alone."""
        return tuple(case.layer for case in self.cases)

    @property
    def letters(self) -> str:
        """The names of the layers: a, b, ..."""
        return ascii_lowercase[: len(self.cases)]

    @property
    def uses(self) -> dict[str, bool]:
        """Which options of a layer the statement has to explain."""
        return {
            "groups": any(layer.groups > 1 for layer in self.layers),
            "stride": any(layer.stride > 1 for layer in self.layers),
            "padding": any(layer.padding for layer in self.layers),
        }


def rows(*entries: str) -> tuple[Vector, ...]:
    """Return rows of numbers between spaces."""
    return tuple(vector(row) for row in entries)


def vector(entries: str) -> Vector:
    """Return numbers between spaces."""
    return tuple(Fraction(entry) for entry in entries.split())


PLANS: dict[Level, tuple[tuple[str, ...], ...]] = {
    "easy": (("scaled",), ("diagonal",), ("biased", "single biased"), ("keeping",)),
    "standard": (
        ("scaled",),
        ("single", "depthwise"),
        ("diagonal", "uneven"),
        ("biased", "single biased", "depthwise biased"),
        ("keeping",),
        ("balanced", "constant", "permuted", "copies", "dropping"),
    ),
    "hard": (
        ("zero bias", "single"),
        ("depthwise", "grouped"),
        ("uneven", "uneven groups"),
        ("biased", "depthwise biased"),
        ("keeping",),
        ("balanced", "constant", "permuted"),
        ("strided", "padded", "dropping", "copies"),
    ),
}
"""For each layer of a set of cases the forms that it may have. The first scalings, then what is none."""
CHANNELS: dict[Level, tuple[int, ...]] = {"easy": (2,), "standard": (2, 3), "hard": (3,)}
SCALARS: dict[Level, Vector] = {
    "easy": vector("-3 -2 2 3 4"),
    "standard": vector("-3 -2 -0.5 0.5 1.5 2 3 4"),
    "hard": vector("-2 -1.5 -1 -0.5 0.25 0.5 1 1.5 2 3"),
}
"""At level ``hard`` also those with which a layer looks as if it did nothing."""
PIXELS = vector("-2 -1 1 2 3")
BIASES = (-2, -1, 1, 2)


def draw(rng: Generator, level: Level) -> Params:
    """Draw layers of the level's forms with different numbers, in an order that is drawn."""
    numbers = shuffled(rng, SCALARS[level])
    cases = [
        draw_case(rng, one_of(rng, choices), numbers[place:] + numbers[:place], one_of(rng, CHANNELS[level]))
        for place, choices in enumerate(PLANS[level])
    ]
    return Params(tuple(cases[int(place)] for place in rng.permutation(len(cases))))


def one_of(rng: Generator, items: Sequence[T]) -> T:
    """Draw one of ``items``, which stay what they are."""
    return items[int(rng.integers(len(items)))]


def shuffled(rng: Generator, numbers: Vector) -> Vector:
    """Draw an order of ``numbers``."""
    return tuple(numbers[int(place)] for place in rng.permutation(len(numbers)))


def draw_case(rng: Generator, form: str, numbers: Sequence[Fraction], channels: int) -> Case:
    """Draw a layer of a form whose weights are the first of ``numbers``, and a pixel of different values."""
    pixel = shuffled(rng, PIXELS)
    if form in {"keeping", "balanced"}:
        kept = pixel[:channels] if form == "keeping" else (Fraction(1),) * channels
        pair = tuple(int(place) for place in rng.choice(channels, 2, replace=False))
        column = [int(sign) for sign in rng.choice((-1, 1), channels)]
        layer = forms.keeping(numbers[0], kept, (pair[0], pair[1]), column)
    else:
        layer = draw_layer(rng, form, numbers, channels)
    return Case(layer, pixel[: exact.channels(layer)])


def draw_layer(rng: Generator, form: str, numbers: Sequence[Fraction], channels: int) -> Layer:
    """Draw a layer that does not depend on a pixel."""
    alpha, beta = numbers[:2]
    name, _, extra = form.partition(" ")
    match name:
        case "single":
            layer = forms.scaled(alpha, 1)
        case "depthwise":
            layer = forms.depthwise([alpha] * channels)
        case "diagonal":
            layer = forms.diagonal([alpha, *[beta] * (channels - 1)])
        case "uneven" if extra == "groups":
            layer = forms.grouped([forms.scaled(number, 2).weights for number in (alpha, beta)])
        case "uneven":
            layer = forms.depthwise([*[alpha] * (channels - 1), beta])
        case "grouped":
            layer = forms.grouped([forms.scaled(alpha, 2).weights] * 2)
        case "constant":
            layer = forms.constant(alpha, (channels, channels))
        case "permuted":
            shift = int(rng.integers(1, channels))
            layer = forms.permuted(alpha, [(place + shift) % channels for place in range(channels)])
        case "copies":
            layer = forms.constant(alpha, (channels, 1))
        case "dropping":
            layer = forms.dropping(alpha, channels, channels - 1)
        case _:
            layer = forms.scaled(alpha, channels)
    if "biased" in {name, extra}:
        return forms.biased(layer, tuple(Fraction(int(b)) for b in rng.choice(BIASES, len(layer.weights))))
    return forms.with_options(layer, form)


def named(p: Params, verdicts: Sequence[str], scalars: Sequence[Any] | None) -> dict[str, Any]:
    """Return verdicts and scalars by answer name."""
    answers: dict[str, Any] = {f"layer_{letter}": verdict for letter, verdict in zip(p.letters, verdicts, strict=True)}
    return answers if scalars is None else answers | {"scalars": (tuple(scalars),)}


def believe(belief: wrong.Belief, *, everywhere: bool = True) -> Callable[[Params], Values]:
    """Return the misconception that judges by ``belief``; unless ``everywhere``, only where that changes a verdict."""

    def solve(p: Params) -> Values:
        verdicts, scalars = wrong.judged(p.cases, belief)
        if not everywhere and verdicts == exact.answers(p.layers)[0]:
            return {}
        return named(p, verdicts, scalars)

    return solve


VERDICT = Choice(options={"yes": "yes", "no": "no"})


def kinds(p: Params) -> dict[str, Kind[Any]]:
    """Return the kinds of the answers: a verdict for each layer, and the scalars as one row."""
    return {**{f"layer_{letter}": VERDICT for letter in p.letters}, "scalars": Matrix()}


EXPLANATION = (
    RubricItem(
        name="formula",
        points=Fraction(-1),
        says="Does not say what the layer computes: at each position, weighted sums over the input channels.",
    ),
    RubricItem(name="always-claimed", points=Fraction(-3), says="Claims that it is always a scaling."),
    RubricItem(
        name="never-claimed",
        points=Fraction(-1),
        says="Claims that it never is one; a single channel, or $W=\\alpha I$, without a bias are.",
    ),
    RubricItem(
        name="per-channel-claimed",
        points=Fraction(-1),
        says="Takes a scalar for each channel (diagonal $W$) for one scalar, or thinks that channels are never mixed.",
    ),
    RubricItem(name="bias-ignored", points=Fraction(-1, 2), says="Forgets the bias, which must be zero."),
    RubricItem(
        name="one-input-only",
        points=Fraction(-1, 2),
        says="Argues with one particular input; the same scalar must do for all of them.",
    ),
)

PROBLEM = Problem[Params](
    title="Is a 1x1 convolution a scaling?",
    topics=("convolution", "architecture"),
    source="CS 7150 HW1, question 1",
    minutes=12,
    params=Params,
    draw=draw,
    # The source asks for the explanation only: the cases are ours.
    published=Params(
        (
            Case(Layer(rows("3 0", "0 3")), vector("1 2")),
            Case(Layer(rows("3 0", "0 -2")), vector("1 2")),
            Case(Layer(rows("1 1", "2 0")), vector("1 1")),
            Case(Layer(rows("-2"), vector("1")), vector("3")),
            Case(Layer(rows("0.5", "0.5", "0.5"), groups=3), vector("1 2 -1")),
            Case(Layer(rows("2", "2")), vector("3")),
        )
    ),
    edges=(
        Params((Case(Layer(rows("0")), vector("1")), Case(Layer(rows("1")), vector("1")))),
        Params(
            (
                Case(Layer(rows("1 0", "0 1"), vector("0 0")), vector("1 0")),
                Case(Layer(rows("1 0", "0 1", "1 0", "0 1"), groups=2), vector("0 1 2 3")),
                Case(Layer(rows("1 0", "0 1", "1 0", "0 2"), groups=2), vector("0 1 2 3")),
                Case(Layer(rows("2 0", "0 2"), stride=2), vector("1 2")),
                Case(Layer(rows("2 0", "0 2"), stride=2, padding=1), vector("1 2")),
                Case(Layer(rows("2"), padding=1), vector("1")),
                Case(Layer(rows("0 0", "0 0"), vector("0 1")), vector("0 1")),
            )
        ),
    ),
    solve=lambda p: named(p, *exact.answers(p.layers)),
    oracle=lambda p: named(p, *oracle.answers(p.layers)),
    neutral=dict.fromkeys(
        (f"{__name__}.{name}" for name in ("Params.layers", "Params.letters", "named")),
        "the layers as solvers take them, and the names of the answers",
    ),
    work=lambda p: exact.work(p.cases),
    rejects=(Reject(name="a layer twice", test=lambda p: len(set(p.layers)) < len(p.layers)),),
    misconceptions=(
        Misconception(
            name="always",
            says="takes a $1\\times1$ kernel for one number",
            solve=believe(wrong.always),
            feedback="The kernel holds a whole matrix of weights, one for each pair of an output and an input channel.",
        ),
        Misconception(
            name="never",
            says="says no to every layer",
            solve=believe(wrong.never),
            feedback="With $W=\\alpha I$ and no bias, one channel included, the layer multiplies by $\\alpha$.",
        ),
        Misconception(
            name="per-channel",
            says="is content when each channel is multiplied by a number of its own",
            solve=believe(wrong.per_channel),
            feedback="One scalar must do for all channels: the entries on the diagonal of $W$ must be equal.",
        ),
        Misconception(
            name="ignores-bias",
            says="looks at the weights only",
            solve=believe(wrong.ignores_bias),
            feedback="A bias makes the layer affine: it does not map the zero image to itself.",
        ),
        Misconception(
            name="fixed-input",
            says="judges by the one pixel that is given",
            solve=believe(wrong.fixed_input),
            feedback="That pixel may be an eigenvector; the same scalar must do for every input.",
        ),
        Misconception(
            name="row-sums",
            says="compares the sums of the filters' weights",
            solve=believe(wrong.row_sums, everywhere=False),
            feedback="The sums say what happens to an image whose channels are equal, and no more.",
        ),
        Misconception(
            name="one-number",
            says="is content when one number is all that occurs among the weights",
            solve=believe(wrong.one_number, everywhere=False),
            feedback="It matters where the weights stand: output channel $c$ must come from input channel $c$ alone.",
        ),
    ),
    parts=(
        Part(name="explain", points=Fraction(4), answers={"explanation": Written()}, rubric=EXPLANATION),
        Part(
            name="cases",
            points=Fraction(4),
            answers=kinds,
            rubric=(RubricItem(name="reason", points=Fraction(-1), says="Verdicts without reasons."),),
        ),
    ),
)
