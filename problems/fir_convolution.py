"""HW3 2(a), (b): the response of a linear time-invariant system to a finite signal, and to its shift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from psetpress.answers import Choice, Signal
from psetpress.records import Figure, Level, Misconception, Part, Problem, Reject, RubricItem, Values
from solvers.convolution import exact, figures, oracle, plots, wrong

if TYPE_CHECKING:
    from numpy.random import Generator


@dataclass(frozen=True)
class Pulse:
    """A finite signal: ``values`` from index ``start`` on, zero elsewhere. Its ends are not zero."""

    start: int
    values: tuple[Fraction, ...]

    @property
    def samples(self) -> exact.Samples:
        """The signal as solvers take it."""
        return self.start, self.values

    @property
    def end(self) -> int:
        """The index of the last value."""
        return exact.end(self.samples)

    @property
    def flat(self) -> bool:
        """Whether all values are equal: a rectangle."""
        return len(set(self.values)) == 1

    @property
    def height(self) -> Fraction:
        """The first value; that of a rectangle everywhere."""
        return self.values[0]


@dataclass(frozen=True)
class Exponential:
    """The infinite impulse response ``ratio**n`` for n >= 0."""

    ratio: Fraction  # 0 < |ratio| < 1


@dataclass(frozen=True)
class Params:
    """Input, impulse response, shift, and the window of the plots."""

    x: Pulse
    h: Pulse | Exponential
    shift: int  # x2(n) = x(n - shift)
    first: int  # index
    last: int

    @property
    def infinite(self) -> bool:
        """Whether the impulse response never ends."""
        return isinstance(self.h, Exponential)

    @property
    def impulse(self) -> exact.Impulse:
        """The impulse response as solvers take it."""
        return exact.exponential(self.h.ratio) if isinstance(self.h, Exponential) else exact.finite(self.h.samples)

    @property
    def delay(self) -> int:
        """What is added to n in the shifted input's argument."""
        return -self.shift

    @property
    def x2(self) -> Pulse:
        """The shifted input."""
        return Pulse(*exact.shift(self.x.samples, self.shift))

    @property
    def origin(self) -> int:
        """The index at which the response begins."""
        return self.x.start + self.impulse.start

    @property
    def single(self) -> bool:
        """Whether one of the signals is a single value: a scaled, delayed copy is no convolution to compute."""
        return len(self.x.values) == 1 or (isinstance(self.h, Pulse) and len(self.h.values) == 1)

    @property
    def denominator(self) -> int:
        """The largest denominator in the response."""
        return exact.longest_denominator(self.x.samples, self.impulse, self.first, self.last)


@dataclass(frozen=True)
class Menu:
    """What a level draws from; repeated entries are likelier."""

    inputs: tuple[str, ...]
    lengths: tuple[int, ...]  # of a rectangle
    starts: tuple[int, ...]
    impulses: tuple[str, ...]
    ratios: tuple[str, ...]
    shifts: tuple[int, ...]


MENUS = {
    "easy": Menu(
        inputs=("rectangle",),
        lengths=(3, 4, 5),
        starts=(0,),
        impulses=("exponential", "average", "difference", "rectangle"),
        ratios=("1/2",),
        shifts=(2, 3, 4),
    ),
    "standard": Menu(
        inputs=("rectangle", "rectangle", "samples", "triangle"),
        lengths=(3, 4, 5, 6, 7),
        starts=(0, 0, -2, -1, 1),
        impulses=("exponential", "exponential", "average", "rectangle", "samples"),
        ratios=("1/2", "1/2", "1/3", "1/4"),
        shifts=(2, 3, 4, 5),
    ),
    "hard": Menu(
        inputs=("rectangle", "samples", "samples"),
        lengths=(3, 4, 5, 6),
        starts=(-3, -2, -1, 1, 2),
        impulses=("exponential", "exponential", "average", "samples", "two-sided"),
        ratios=("-1/2", "-1/2", "-1/3", "2/3", "3/4"),
        shifts=(-5, -4, -3, 3, 4, 5),
    ),
}
LONGEST_WINDOW = 20  # indices: more do not fit the width of a page
LARGEST_DENOMINATOR = 5000  # the published key needs 4096


def rectangle(length: int, start: int = 0, height: Fraction = Fraction(1)) -> Pulse:
    """Return ``length`` equal values from ``start`` on."""
    return Pulse(start, (height,) * length)


def _pulse(start: int, *values: int) -> Pulse:
    return Pulse(start, tuple(Fraction(value) for value in values))


def _samples(rng: Generator, start: int, longest: int) -> Pulse:
    """Draw two to ``longest`` small integers, the outer ones not zero."""
    inner = rng.integers(-3, 5, size=int(rng.integers(0, longest - 1))).tolist()
    outer = rng.choice((-2, -1, 1, 2, 3), size=2).tolist()
    return _pulse(start, outer[0], *inner, outer[1])


def _input(rng: Generator, menu: Menu) -> Pulse:
    start = int(rng.choice(menu.starts))
    match str(rng.choice(menu.inputs)):
        case "rectangle":
            return rectangle(int(rng.choice(menu.lengths)), start)
        case "triangle":
            peak = int(rng.integers(2, 4))
            return _pulse(start, *range(1, peak), *range(peak, 0, -1))
        case _:
            return _samples(rng, start, longest=5)


def _impulse(rng: Generator, menu: Menu) -> Pulse | Exponential:
    match str(rng.choice(menu.impulses)):
        case "exponential":
            return Exponential(Fraction(str(rng.choice(menu.ratios))))
        case "average":
            length = int(rng.integers(2, 6))
            return rectangle(length, height=Fraction(1, length))
        case "rectangle":
            return rectangle(int(rng.integers(2, 7)))
        case "difference":
            return _pulse(0, 1, -1)
        case "two-sided":
            return _samples(rng, int(rng.integers(-2, 0)), longest=4)
        case _:
            return _samples(rng, 0, longest=4)


def draw(rng: Generator, level: Level) -> Params:
    """Draw two signals and a shift, then a window that shows where both responses begin and end."""
    menu = MENUS[level]
    x, h, by = _input(rng, menu), _impulse(rng, menu), int(rng.choice(menu.shifts))
    seen = rectangle(1) if isinstance(h, Exponential) else h
    before, after = (int(zeros) for zeros in rng.integers(1, 4, size=2))
    return Params(x, h, by, *exact.window(x.samples, seen.samples, by, before, after))


def _ends(signal: Pulse | Exponential) -> tuple[int, ...]:
    """Return the first and the last index: both are printed, and both move when a signal is shifted."""
    return (signal.start, signal.end) if isinstance(signal, Pulse) else ()


def _oracle(p: Params) -> Values:
    def respond(start: int) -> oracle.Samples:
        if isinstance(p.h, Exponential):
            return oracle.recursion((start, p.x.values), p.h.ratio, p.first, p.last)
        return oracle.slide((start, p.x.values), p.h.samples, p.first, p.last)

    y, y2 = respond(p.x.start), respond(p.x.start + p.shift)
    return {"y": y, "y2": y2, "property": oracle.law_shown(y, y2, p.shift)}


def _work(p: Params) -> Values:
    x, h = p.x.samples, p.h
    if isinstance(h, Exponential):
        shape = exact.through_exponential(x, h.ratio, flat=p.x.flat)
    else:
        shape = exact.through_finite(x, h.samples, flat=p.x.flat and h.flat)
    return shape | {"never_ends": _just_after(p) if p.x.flat else None}


def _just_after(p: Params) -> Fraction:
    """Return what a rectangle without end would give at the first index after its end."""
    after = p.x.end + 1
    return exact.at(wrong.input_never_ends(p.x.samples, p.impulse, after, after), after)


Road = Callable[[exact.Samples, exact.Impulse, int, int], exact.Samples]


def _both(p: Params, road: Road) -> Values:
    """Return what ``road`` makes of the input and of the shifted input."""
    return {
        "y": road(p.x.samples, p.impulse, p.first, p.last),
        "y2": road(p.x2.samples, p.impulse, p.first, p.last),
    }


def _starts_at_zero(p: Params) -> Values:
    return _both(p, lambda x, h, first, last: wrong.starts_at_zero(x, h, p.origin, first, last)) if p.origin else {}


LAWS = {
    "causality": "causality",
    "commutativity": "commutativity",
    "invariance": "invariance of the values",
    "linearity": "linearity",
    "time-invariance": "time invariance",
}

MISNAMED = {
    "linearity": "Linearity is about sums and multiples of inputs; here there is only one input, moved in time.",
    "commutativity": "Commutativity exchanges $x$ and $h$; here nothing is exchanged.",
    "causality": "Causality says that the output does not depend on later inputs; the shift does not test that.",
}

RESPONSE = (
    Misconception[Params](
        name="input-never-ends",
        says="lets the rectangle go on for ever",
        solve=lambda p: _both(p, wrong.input_never_ends) if p.x.flat else {},
        credit=Fraction(1, 2),
        feedback="The rectangle ends: from then on no new terms enter the sum and the old ones move through $h$.",
    ),
    Misconception[Params](
        name="tail-off-by-one",
        says="lets the decay begin one index late",
        solve=lambda p: _both(p, wrong.tail_off_by_one) if p.infinite else {},
        credit=Fraction(3, 4),
        feedback="The first index after the end of the input already brings one factor of the ratio.",
    ),
    Misconception[Params](
        name="correlation",
        says="slides $h$ without reversing it",
        solve=lambda p: _both(p, wrong.correlation),
        credit=Fraction(1, 2),
        feedback="The index of $h(n-i)$ runs backwards; $\\sum_i x(i)\\,h(i-n)$ is a correlation.",
    ),
    Misconception[Params](
        name="pointwise-product",
        says="multiplies the signals index by index",
        solve=lambda p: _both(p, wrong.pointwise_product),
        feedback="A convolution sums over all pairs of indices that add up to $n$; it is no product at each $n$.",
    ),
    Misconception[Params](
        name="steady-state",
        says="answers the value that the output would settle at",
        solve=lambda p: _both(p, wrong.steady_state) if p.x.flat else {},
        feedback="The sum of $h$ is only what a constant input would lead to in the end.",
    ),
    Misconception[Params](
        name="centred-rect",
        says="places the rectangle around $n=0$",
        solve=lambda p: _both(p, wrong.centred_rect) if p.x.flat and p.x.start == 0 else {},
        credit=Fraction(1, 2),
        feedback="The rectangle begins at $n=0$.",
    ),
    Misconception[Params](
        name="starts-at-zero",
        says="counts the indices from the first nonzero output",
        solve=_starts_at_zero,
        credit=Fraction(1, 2),
        feedback="The output begins where the first index of $x$ and the first index of $h$ add up to.",
    ),
)

SHIFT = (
    Misconception[Params](
        name="advance",
        says="moves the output against the shift",
        solve=lambda p: {"y2": wrong.advance(p.x.samples, p.impulse, p.shift, p.first, p.last)},
        credit=Fraction(1, 2),
        feedback="$x(n-N)$ is $x$ moved by $N$ to the right, so the output moves to the right as well.",
    ),
    Misconception[Params](
        name="shift-value",
        says="subtracts the shift from the values",
        solve=lambda p: {"y2": wrong.shift_value(p.x.samples, p.impulse, p.shift, p.first, p.last)},
        feedback="The shift acts on the index: $y(n-N)$, not $y(n)-N$.",
    ),
    Misconception[Params](
        name="window-cut",
        says="moves the output but not its tail",
        solve=lambda p: {"y2": wrong.window_cut(p.x.samples, p.impulse, p.shift, p.first, p.last)},
        credit=Fraction(1, 4),
        feedback="The whole output moves, what comes after the end of the input too.",
    ),
    Misconception[Params](
        name="output-unmoved",
        says="takes the output for unchanged",
        solve=lambda p: {"y2": exact.convolve(p.x.samples, p.impulse, p.first, p.last), "property": "invariance"},
        feedback="The output moves with the input; an invariant output would stay where it was.",
    ),
    *(
        Misconception[Params](
            name="wrong-property" if law == "linearity" else f"wrong-property-{law}",
            says=f"names {law}",
            solve=lambda _, law=law: {"property": law},
            feedback=feedback,
        )
        for law, feedback in MISNAMED.items()
    ),
)

PROBLEM = Problem(
    title="Convolution as a filter",
    topics=("convolution",),
    source="EECS 182 HW3 2(a), (b)",
    minutes=20,
    params=Params,
    draw=draw,
    published=Params(rectangle(7), Exponential(Fraction(1, 2)), 5, -6, 12),
    edges=(
        Params(rectangle(7), rectangle(7), 5, -6, 12),  # the other filter that fits the source's window
        Params(rectangle(1), Exponential(Fraction(-1, 3)), 1, -1, 4),
        Params(_pulse(-2, 3, 0, -1), _pulse(-1, 1, 2, 1), -4, -9, 3),
        Params(_pulse(2, -4), _pulse(0, 3), 2, 0, 6),
        Params(rectangle(3, start=4), rectangle(1), -6, -3, 8),
        Params(rectangle(2, start=-3), Exponential(Fraction(3, 4)), 0, -5, 2),
    ),
    printed_as={"x.start": lambda p: _ends(p.x), "h.start": lambda p: _ends(p.h)},
    blind=(),
    solve=lambda p: {**_both(p, exact.convolve), "property": "time-invariance"},
    oracle=_oracle,
    neutral={"problems.fir_convolution.Pulse.samples": "the signal as the pair that solvers take"},
    work=_work,
    rejects=(
        Reject(name="a signal has a single value", test=lambda p: p.single),
        Reject(name="the window is too long to print", test=lambda p: p.last - p.first >= LONGEST_WINDOW),
        Reject(name="the values are too long to print", test=lambda p: p.denominator > LARGEST_DENOMINATOR),
    ),
    misconceptions=RESPONSE + SHIFT,
    parts=(
        Part(
            name="response",
            points=Fraction(6),
            answers={"y": Signal()},
            rubric=(
                RubricItem(name="plot", points=Fraction(-2), says="There is no plot."),
                RubricItem(name="stems", points=Fraction(-1, 2), says="The values are joined to a curve."),
                RubricItem(name="scale", points=Fraction(-1, 2), says="The vertical axis has no scale."),
                RubricItem(
                    name="work", points=Fraction(-1), says="The values stand there without the sum they come from."
                ),
            ),
        ),
        Part(
            name="shift",
            points=Fraction(4),
            answers={"y2": Signal(), "property": Choice(options=LAWS)},
            needs=("response",),
            rubric=(
                RubricItem(
                    name="reason", points=Fraction(-1), says="Nothing shows how $y_2$ comes from $y$ or from the sum."
                ),
            ),
        ),
    ),
    figures={
        "input": Figure(
            draw=plots.stems, data=lambda p: figures.signal(p.x.samples), size=(8.0, 3.2), xlabel="$n$", ylabel="$x(n)$"
        ),
        "impulse": Figure(
            draw=plots.stems,
            data=lambda p: figures.impulse(p.impulse, None if isinstance(p.h, Exponential) else p.h.end),
            size=(8.0, 3.2),
            xlabel="$n$",
            ylabel="$h(n)$",
        ),
        "axes": Figure(
            draw=plots.blank_stems,
            data=lambda p: {"first": p.first, "last": p.last},
            size=(14.0, 5.0),
            xlabel="$n$",
        ),
        "response": Figure(
            draw=plots.stems,
            data=lambda p: figures.response(exact.convolve(p.x.samples, p.impulse, p.first, p.last)),
            size=(14.0, 4.2),
            xlabel="$n$",
            ylabel="$y(n)$",
            answer=True,
        ),
        "shifted": Figure(
            draw=plots.stem_pair,
            data=lambda p: figures.responses(
                exact.convolve(p.x.samples, p.impulse, p.first, p.last),
                exact.convolve(p.x2.samples, p.impulse, p.first, p.last),
            ),
            size=(14.0, 4.2),
            xlabel="$n$",
            ylabel="$y_2(n)$",
            answer=True,
        ),
    },
)
