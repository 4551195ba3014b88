"""HW3 3(f): which images a circular network with global average pooling cannot tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from psetpress.answers import Choice, Matrix
from psetpress.records import Figure, Level, Misconception, Part, Problem, Reject, RubricItem
from solvers.equivariance import exact, figures, oracle, patterns, plots, steps, wrong
from solvers.equivariance.images import Network, Rows, Size, Stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.random import Generator

    from psetpress.answers import Kind

T = TypeVar("T")


@dataclass(frozen=True)
class Params:
    """A network without its weights, two images of lines with their features, and images to be judged."""

    size: Size
    network: Network
    references: tuple[Stamp, Stamp]
    """Image x1, a horizontal line, and x2, a vertical one."""
    known: tuple[tuple[Fraction, ...], tuple[Fraction, ...]]
    """The features g1 and g2: one non-negative mean for each channel."""
    queries: tuple[Stamp, ...]
    """Images x3, x4, ...: shifts of x1 or x2."""
    pattern: Stamp
    """Image z0, whose features h0 are known."""
    others: tuple[Stamp, ...]
    """Images z1, z2, ...: shifts of z0, and images that are none."""

    def __post_init__(self) -> None:
        """Refuse networks of which nothing is known, and queries that are not shifts of one reference each."""
        exact.check(self.network)
        exact.features(self.size, self.references, self.known, self.queries)

    @property
    def channels(self) -> int:
        """The number of filters in each layer."""
        return len(self.known[0])

    @property
    def asked(self) -> tuple[int, ...]:
        """The numbers of the queries: 3, 4, ..."""
        return tuple(range(3, 3 + len(self.queries)))

    @property
    def judged(self) -> tuple[int, ...]:
        """The numbers of the images that are compared with z0: 1, 2, ..."""
        return tuple(range(1, 1 + len(self.others)))

    @property
    def columns(self) -> tuple[tuple[tuple[Fraction], ...], ...]:
        """The features g1 and g2 as column vectors."""
        return tuple(tuple((entry,) for entry in features) for features in self.known)

    @property
    def stamps(self) -> tuple[Stamp, ...]:
        """All images."""
        return (*self.references, *self.queries, self.pattern, *self.others)


NETWORKS: dict[Level, tuple[Network, ...]] = {
    "easy": (Network(3, 1, 1), Network(2, 1, 0)),
    "standard": (exact.ALL_ROUND, Network(3, 1, 1), Network(2, 1, 0)),
    "hard": (exact.ALL_ROUND, Network(3, 1, 1), Network(2, 1, 0)),
}
SIDES: dict[Level, tuple[int, int]] = {"easy": (6, 8), "standard": (6, 9), "hard": (7, 9)}
"""Least and greatest height and width, which differ."""
CHANNELS: dict[Level, tuple[int, ...]] = {"easy": (3,), "standard": (3, 4), "hard": (3, 4)}
PROFILES: dict[Level, tuple[str, ...]] = {"easy": ("1",), "standard": ("1",), "hard": ("11", "101", "111")}
"""Lines in cross-section: single, double and thick ones."""
TWINS: dict[Level, tuple[tuple[int, ...], ...]] = {
    "easy": ((0, 1), (1, 0)),
    "standard": ((0, 1), (1, 0)),
    "hard": ((0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0)),
}
"""Which reference each query is a shift of."""
Change = Literal["shift", "turn", "mirror", "altered"]
CHANGES: dict[Level, tuple[tuple[Change, ...], ...]] = {
    "easy": (("shift", "turn"), ("shift", "mirror")),
    "standard": (("shift", "turn", "mirror"), ("shift", "shift", "turn", "mirror")),
    "hard": (("shift", "turn", "mirror", "altered"), ("shift", "shift", "turn", "mirror", "altered")),
}
"""What is done to z0, in an order that is drawn."""


def draw(rng: Generator, level: Level) -> Params:
    """Draw a network, lines and a pattern, placed where shifts leave the features alone."""
    network = one_of(rng, NETWORKS[level])
    low, high = SIDES[level]
    size = Size(*(int(side) for side in rng.choice(range(low, high + 1), 2, replace=False)))
    stamps: list[Stamp] = []

    def place(rows: Rows) -> Stamp:
        free = exact.places(size, network, rows, around=level == "hard")
        taken = {(stamp.top, stamp.left) for stamp in stamps if stamp.rows == rows}
        stamps.append(Stamp(rows, *one_of(rng, [corner for corner in free if corner not in taken])))
        return stamps[-1]

    profiles = one_of(rng, PROFILES[level]), one_of(rng, PROFILES[level])
    lines = patterns.across(size, profiles[0]), patterns.down(size, profiles[1])
    channels = one_of(rng, CHANNELS[level])
    pattern = one_of(rng, patterns.forms(one_of(rng, patterns.ASYMMETRIC)))
    changes = [str(change) for change in rng.permutation(one_of(rng, CHANGES[level]))]
    return Params(
        size=size,
        network=network,
        references=(place(lines[0]), place(lines[1])),
        known=(draw_features(rng, channels), draw_features(rng, channels)),
        queries=tuple(place(lines[k]) for k in one_of(rng, TWINS[level])),
        pattern=place(pattern),
        others=tuple(place(changed(rng, pattern, change)) for change in changes),
    )


def one_of(rng: Generator, items: Sequence[T]) -> T:
    """Draw one of ``items``, which stay what they are."""
    return items[int(rng.integers(len(items)))]


def draw_features(rng: Generator, channels: int) -> tuple[Fraction, ...]:
    """Draw averages of ReLU outputs, which are not negative."""
    return tuple(Fraction(int(n), 10) for n in rng.integers(0, 10, channels))


def changed(rng: Generator, rows: Rows, change: str) -> Rows:
    """Draw what a change makes of a pattern."""
    match change:
        case "turn":
            return patterns.turned(rows, one_of(rng, patterns.TURNS))
        case "mirror":
            return patterns.mirrored(rows, one_of(rng, patterns.MIRRORS))
        case "altered":
            return one_of(rng, patterns.altered(rows))
        case _:
            return rows


def named(p: Params, vectors: Sequence[Sequence[Fraction | int]]) -> dict[str, Any]:
    """Return the features of the queries by answer name, as column vectors."""
    columns = [tuple((entry,) for entry in vector) for vector in vectors]
    return {f"g_{number}": column for number, column in zip(p.asked, columns, strict=True)}


def judged(p: Params, claims: Sequence[exact.Claim]) -> dict[str, exact.Claim]:
    """Return the claims on z1, z2, ... by answer name."""
    return {f"z_{number}": claim for number, claim in zip(p.judged, claims, strict=True)}


def solve(p: Params) -> dict[str, Any]:
    """Compare the images: a shift has the features of the original."""
    vectors = exact.features(p.size, p.references, p.known, p.queries)
    return {**named(p, vectors), **judged(p, exact.claims(p.size, p.pattern, p.others))}


def simulate(p: Params) -> dict[str, Any]:
    """Compare what random networks make of the images."""
    vectors = oracle.features(p.size, p.network, p.references, p.known, p.queries)
    return {**named(p, vectors), **judged(p, oracle.claims(p.size, p.network, p.pattern, p.others))}


def believe(
    belief: Callable[[Size, Stamp, Sequence[Stamp]], dict[int, exact.Claim]],
) -> Callable[[Params], Mapping[str, Any]]:
    """Return the misconception that makes ``belief``'s claims on z1, z2, ..., by answer name."""
    return lambda p: {f"z_{p.judged[k]}": claim for k, claim in belief(p.size, p.pattern, p.others).items()}


def images(choose: Callable[[Params], Sequence[Stamp]], labels: Callable[[Params], Sequence[str]]) -> Figure[Params]:
    """Return the figure of some of the images with their labels."""
    return Figure[Params](
        draw=plots.pixel_grids,
        data=lambda p: figures.images(p.size, choose(p), labels(p)),
        size=(14.0, 3.3),
    )


def vectors(p: Params) -> dict[str, Kind[Any]]:
    """Return the kinds of the queries' features."""
    return {f"g_{number}": Matrix() for number in p.asked}


def choices(p: Params) -> dict[str, Kind[Any]]:
    """Return the kinds of the claims on z1, z2, ..."""
    kind = Choice(options={"same": "equal to $h_0$", "open": "cannot be told"})
    return {f"z_{number}": kind for number in p.judged}


PROBLEM = Problem[Params](
    title="What a circular network cannot tell apart",
    topics=("convolution", "equivariance"),
    source="EECS 182 HW3 3(f)",
    minutes=10,
    params=Params,
    draw=draw,
    # x1, x2, g1, g2 are lost in the source and z0, z1, ... are not in it: these are ours.
    published=Params(
        size=Size(7, 8),
        network=exact.ALL_ROUND,
        references=(Stamp(("11111111",), 3, 1), Stamp(("1",) * 7, 1, 3)),
        known=(
            (Fraction("0.8"), Fraction(0), Fraction("0.2")),
            (Fraction("0.1"), Fraction("0.7"), Fraction("0.2")),
        ),
        queries=(Stamp(("1",) * 7, 1, 7), Stamp(("11111111",), 6, 1)),
        pattern=Stamp(("10", "10", "11"), 2, 2),
        others=(Stamp(("10", "10", "11"), 4, 5), Stamp(("001", "111"), 3, 4), Stamp(("01", "01", "11"), 3, 3)),
    ),
    edges=(
        Params(  # everything goes around the edges
            size=Size(3, 4),
            network=Network(2, 1, 0),
            references=(Stamp(("1111", "1111"), 3, 1), Stamp(("1",) * 3, 1, 4)),
            known=((Fraction(0), Fraction(1)), (Fraction(1), Fraction(0))),
            queries=(Stamp(("1111", "1111"), 1, 1), Stamp(("1",) * 3, 1, 1)),
            pattern=Stamp(("11", "10"), 3, 4),
            others=(Stamp(("11", "10"), 1, 1), Stamp(("11", "01"), 3, 4)),
        ),
        Params(  # everything is as close to the seam as may be
            size=Size(6, 7),
            network=exact.ALL_ROUND,
            references=(Stamp(("1111111",), 2, 1), Stamp(("1",) * 6, 1, 2)),
            known=((Fraction("0.5"), Fraction("0.25"), Fraction(0)), (Fraction(0), Fraction(2), Fraction(3))),
            queries=(Stamp(("1111111",), 5, 1), Stamp(("1",) * 6, 1, 6)),
            pattern=Stamp(("111", "100"), 2, 2),
            others=(Stamp(("111", "100"), 4, 4), Stamp(("001", "111"), 4, 4)),
        ),
    ),
    solve=solve,
    oracle=simulate,
    neutral=dict.fromkeys(
        (f"{__name__}.{name}" for name in ("Params.asked", "Params.judged", "judged", "named")),
        "which answers are asked, and their names",
    ),
    work=lambda p: steps.work(
        p.size, p.network, references=p.references, queries=p.queries, pattern=p.pattern, others=p.others
    ),
    rejects=(
        Reject(
            name="ink on the seam",
            test=lambda p: any(not exact.clear_of_seam(p.size, p.network, stamp) for stamp in p.stamps),
        ),
        Reject(name="an image twice", test=lambda p: exact.repeats(p.size, p.stamps)),
        Reject(name="constant features", test=lambda p: any(len(set(features)) == 1 for features in p.known)),
        Reject(name="features shifted into each other", test=lambda p: exact.is_rolled(*p.known)),
        Reject(
            name="no filter tells the images apart",
            test=lambda p: exact.undecided(p.size, p.network, p.pattern, p.others),
        ),
    ),
    misconceptions=(
        Misconception(
            name="orientation-swap",
            says="gives a line the features of the line at right angles to it",
            solve=lambda p: named(p, wrong.orientation_swap(p.size, p.references, p.known, p.queries)),
            feedback="Only a shift leaves the features alone, and no shift makes a horizontal line vertical.",
        ),
        Misconception(
            name="shift-the-vector",
            says="shifts the entries of the features as the image is shifted",
            solve=lambda p: named(p, wrong.shift_the_vector(p.size, p.references, p.known, p.queries)),
            credit=Fraction(1, 4),
            feedback="The entries of the features are channels; the positions were averaged away.",
        ),
        Misconception(
            name="position-matters",
            says="expects other features when an image is shifted",
            solve=believe(wrong.position_matters),
            feedback="The convolutions shift their output along, and the mean over all positions forgets where it was.",
        ),
        Misconception(
            name="rotation-invariance",
            says="expects the same features when an image is turned",
            solve=believe(wrong.rotation_invariance),
            feedback="A filter is not turned with the image, so convolution is not equivariant to rotation.",
        ),
        Misconception(
            name="reflection-invariance",
            says="expects the same features when an image is mirrored",
            solve=believe(wrong.reflection_invariance),
            feedback="A filter is not mirrored with the image, so convolution is not equivariant to reflection.",
        ),
        Misconception(
            name="arrangement-forgotten",
            says="takes the features for a measure of the amount of ink",
            solve=believe(wrong.arrangement_forgotten),
            feedback="The mean is taken after the filters, which respond to how neighboring pixels are arranged.",
        ),
    ),
    parts=(
        Part(
            name="features",
            points=Fraction(4),
            answers=vectors,
            rubric=(
                RubricItem(name="reason", points=Fraction(-1), says="No reason, or none that mentions shifts."),
                RubricItem(
                    name="zero-padding",
                    points=Fraction(-1, 2),
                    says="Argues with what zero padding does at the border; the padding is circular.",
                ),
            ),
        ),
        Part(
            name="transformations",
            points=Fraction(4),
            answers=choices,
            rubric=(
                RubricItem(
                    name="reason",
                    points=Fraction(-1),
                    says="No reason why the features may differ, such as that filters keep their orientation.",
                ),
            ),
        ),
    ),
    figures={
        "given": images(lambda p: p.references, lambda _: ("$x_1$", "$x_2$")),
        "queries": images(lambda p: p.queries, lambda p: [f"$x_{number}$" for number in p.asked]),
        "judged": images(
            lambda p: (p.pattern, *p.others), lambda p: ["$z_0$", *(f"$z_{number}$" for number in p.judged)]
        ),
    },
)
