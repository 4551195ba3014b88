"""HW3 4: design an averaging filter and a Laplacian filter, and show what they make of a photograph."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from psetpress.answers import Choice, Matrix, Written
from psetpress.records import Figure, Level, Misconception, Part, Problem, Reject, RubricItem
from solvers.filters import exact, figures, oracle, photo, plots, wrong
from solvers.filters.exact import Border, Laplacian
from solvers.filters.patches import Patch
from solvers.filters.photo import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.random import Generator

    from psetpress.answers import Kind
    from psetpress.records import Values
    from solvers.filters.patches import Grid


@dataclass(frozen=True)
class Stencil:
    """What the edge filter adds up: second differences with these weights."""

    sides: Fraction  # along rows and along columns
    corners: Fraction  # along the two diagonals

    @property
    def laplacian(self) -> Laplacian:
        """The weights as the solvers take them."""
        return Laplacian(self.sides, self.corners)


@dataclass(frozen=True)
class Probe:
    """Two small images whose filtered values are asked for."""

    size: int  # of the averaging filter, one of Params.sizes
    blur: Patch
    row: int  # of the averaged image
    edges: Patch


@dataclass(frozen=True)
class Params:
    """A photograph, what stands outside its border, the filters, and perhaps images to be filtered by hand."""

    window: Window
    sizes: tuple[int, int, int]  # of the averaging filters
    border: Border
    stencil: Stencil
    probe: Probe | None = None


@dataclass(frozen=True)
class Menu:
    """What a level draws from."""

    sizes: tuple[tuple[int, ...], ...]  # of the three averaging filters
    borders: tuple[Border, ...]
    stencils: tuple[tuple[str, str], ...]
    slopes: tuple[int, ...]  # of the ground of the image with edges


WINDOWS = (
    Window("china", 20, 50, 2),
    Window("china", 20, 120, 1),
    Window("china", 190, 60, 1),
    Window("flower", 60, 150, 2),
    Window("flower", 90, 160, 1),
    Window("flower", 107, 280, 2),
)
SPANS = ((1, 3), (1, 4), (1, 5), (1, 6), (0, 5), (2, 5), (3, 5))
"""Columns of a rectangle with an edge beside the border, where the rules for the outside differ."""
MENUS = {
    "easy": Menu(((3,), (5, 7), (9, 11)), ("nearest", "zero"), (("1", "0"), ("1", "1")), (0,)),
    "standard": Menu(
        ((2, 3, 4), (5, 6, 7), (8, 9, 10)),
        ("reflect", "nearest", "zero"),
        (("1", "0"), ("1", "1"), ("-1", "0"), ("-1", "-1"), ("2", "1")),
        (0,),
    ),
    "hard": Menu(
        ((4, 5), (6, 7), (8, 9, 10)),
        ("reflect", "mirror", "wrap", "zero"),
        (("2", "1"), ("-2", "-1"), ("2/3", "1/6"), ("-2/3", "-1/6"), ("1/2", "1/4"), ("-1/2", "-1/4")),
        (-2, -1, 1, 2),
    ),
}


def draw(rng: Generator, level: Level) -> Params:
    """Draw a cut-out, filters, and test images with a rectangle that is not everything."""
    menu = MENUS[level]
    small, medium, large = (int(rng.choice(sizes)) for sizes in menu.sizes)
    sides, corners = menu.stencils[int(rng.integers(len(menu.stencils)))]
    return Params(
        window=WINDOWS[int(rng.integers(len(WINDOWS)))],
        sizes=(small, medium, large),
        border=menu.borders[int(rng.integers(len(menu.borders)))],
        stencil=Stencil(Fraction(sides), Fraction(corners)),
        probe=Probe(
            size=small,
            blur=_patch(rng, SPANS[int(rng.integers(len(SPANS)))], (0, 0)),
            row=int(rng.integers(5)),
            edges=_patch(rng, None, (int(rng.choice(menu.slopes)), int(rng.choice(menu.slopes)))),
        ),
    )


def _patch(rng: Generator, span: tuple[int, int] | None, slope: tuple[int, int]) -> Patch:
    """Draw an image of 5 x 6 with a rectangle of two to four rows, in the columns ``span`` if it is given."""
    rows, columns = (int(side) for side in rng.integers(2, 5, size=2))
    top, left = int(rng.integers(6 - rows)), int(rng.integers(7 - columns))
    ground, lift = (int(value) for value in rng.integers((8, 3), (13, 10)))
    return Patch(5, 6, top, top + rows, *(span or (left, left + columns)), ground, lift, *slope)


def _pixels(p: Params, image: Literal["blur", "edges"]) -> tuple[int, ...]:
    """Return the gray values of a test image, which are what the page shows of it."""
    return tuple(pixel for row in getattr(p.probe, image).image for pixel in row) if p.probe else ()


def _solved(p: Params) -> Values:
    known: Values = {"weights": exact.weights(p.sizes), "kernel": exact.laplacian(p.stencil.laplacian)}
    if p.probe is None:
        return known
    return {
        **known,
        "blurred": exact.blurred_row(p.probe.blur.image, p.probe.size, p.probe.row, p.border),
        "response": exact.respond(p.probe.edges.image, exact.laplacian(p.stencil.laplacian)),
        "outline": exact.outline(p.stencil.laplacian),
    }


def _proved(p: Params) -> Values:
    stencil = p.stencil.sides, p.stencil.corners
    known: Values = {"weights": oracle.weights(p.sizes), "kernel": oracle.kernel(*stencil)}
    if p.probe is None:
        return known
    return {
        **known,
        "blurred": oracle.blurred_row(p.probe.blur.image, p.probe.size, p.probe.row, p.border),
        "response": oracle.response(p.probe.edges.image, *stencil),
        "outline": oracle.outline(*stencil),
    }


def _work(p: Params) -> Values:
    kernel = exact.laplacian(p.stencil.laplacian)
    facts = photo.blur_facts(p.window, p.sizes, p.border) | photo.edge_facts(p.window, kernel, p.border)
    even = tuple(size for size in p.sizes if size % 2 == 0)
    known: Values = {**facts, "even": even}
    if p.probe is None:
        return known
    return {
        **known,
        **exact.row_steps(p.probe.blur, p.probe.size, p.probe.row, p.border),
        "spot": exact.strongest(p.probe.edges.image, p.stencil.laplacian),
    }


def _row(p: Params, road: Callable[[Grid, int, int, Border], wrong.Row]) -> Values:
    """Return what a belief makes of the row asked for, if one is."""
    return {"blurred": road(p.probe.blur.image, p.probe.size, p.probe.row, p.border)} if p.probe else {}


def _filter(p: Params, kernel: exact.Kernel) -> Values:
    """Return the answers of somebody who takes ``kernel`` for the edge filter."""
    found: Values = {"kernel": kernel}
    return {**found, "response": exact.respond(p.probe.edges.image, kernel)} if p.probe else found


def _opposite(p: Params) -> Values:
    stencil = wrong.opposite_sign(p.stencil.laplacian)
    seen = {"outline": exact.outline(stencil)} if p.probe else {}
    return {**_filter(p, exact.laplacian(stencil)), **seen}


BLUR = (
    Misconception[Params](
        name="not-normalised",
        says="takes a filter of ones, which adds up instead of averaging",
        solve=lambda p: {"weights": wrong.ones(p.sizes), **_row(p, wrong.unnormalized_row)},
        credit=Fraction(1, 4),
        feedback="The entries of an averaging filter add up to $1$.",
    ),
    Misconception[Params](
        name="one-over-n",
        says="divides by $n$ instead of $n^2$",
        solve=lambda p: {"weights": wrong.reciprocals(p.sizes), **_row(p, wrong.row_over_side)},
        credit=Fraction(1, 2),
        feedback="A filter of size $n$ has $n^2$ entries, and they add up to $1$.",
    ),
    Misconception[Params](
        name="half-pixel-shift",
        says="reads the pixels at $i+k$, $j+l$, which puts the block of an even filter on the other side",
        solve=lambda p: _row(p, wrong.shifted_row) if p.probe and p.probe.size % 2 == 0 else {},
        credit=Fraction(1, 2),
        feedback="A convolution reads the pixels at $i-k$, $j-l$; a filter of even size has no middle, so it matters.",
    ),
    Misconception[Params](
        name="zero-border",
        says="puts zeros around the image",
        solve=lambda p: {} if p.border == "zero" else _row(p, lambda x, n, i, _: wrong.zero_border_row(x, n, i)),
        credit=Fraction(1, 2),
        feedback="Zeros outside darken the border; the question says what stands there.",
    ),
    Misconception[Params](
        name="mirror-mixup",
        says="is wrong about whether a mirrored border repeats its own pixels",
        solve=lambda p: _row(p, wrong.other_mirror_row) if p.border in {"reflect", "mirror"} else {},
        credit=Fraction(3, 4),
        feedback="Compare the row of letters in the question: it shows whether the border pixel is repeated.",
    ),
    Misconception[Params](
        name="inside-only",
        says="averages over the pixels inside the image only",
        solve=lambda p: _row(p, lambda x, n, i, _: wrong.inside_only_row(x, n, i)),
        credit=Fraction(1, 2),
        feedback="The filter always has $n^2$ entries of $1/n^2$; outside the image they meet the border rule.",
    ),
    Misconception[Params](
        name="integer-image",
        says="filters an image of integers, so that the results are cut off",
        solve=lambda p: _row(p, wrong.truncated_row),
        credit=Fraction(3, 4),
        feedback="The image must hold floating-point numbers, or the averages lose their fractions.",
    ),
)

EDGES = (
    Misconception[Params](
        name="laplacian-sign",
        says="has the sign of the filter wrong",
        solve=_opposite,
        credit=Fraction(1, 2),
        feedback="The filter has the wrong sign: its image shows the other side of each edge.",
    ),
    Misconception[Params](
        name="eight-neighbours",
        says="adds second differences along the diagonals too",
        solve=lambda p: (
            {} if p.stencil.corners else _filter(p, exact.laplacian(wrong.eight_neighbors(p.stencil.laplacian)))
        ),
        credit=Fraction(1, 2),
        feedback="The question asks for rows and columns only; with the diagonals it is another Laplacian.",
    ),
    Misconception[Params](
        name="four-neighbours",
        says="leaves out the diagonals",
        solve=lambda p: (
            _filter(p, exact.laplacian(wrong.four_neighbors(p.stencil.laplacian))) if p.stencil.corners else {}
        ),
        credit=Fraction(1, 2),
        feedback="The second differences along both diagonals belong to this filter.",
    ),
    Misconception[Params](
        name="center-of-four",
        says="keeps the center of the filter without diagonals",
        solve=lambda p: _filter(p, wrong.center_of_four(p.stencil.laplacian)) if p.stencil.corners else {},
        credit=Fraction(1, 2),
        feedback="Every second difference takes its share from the center; the entries must add up to $0$.",
    ),
    Misconception[Params](
        name="gradient-filter",
        says="takes first differences in one direction",
        solve=lambda p: _filter(p, wrong.gradient(p.stencil.laplacian)),
        credit=Fraction(1, 4),
        feedback="A filter of first differences sees edges of one direction only.",
    ),
    Misconception[Params](
        name="negative-visible",
        says="expects both signs of the response to be visible",
        solve=lambda p: {"outline": "both"} if p.probe else {},
        feedback="The display cuts off negative values: they are as black as zero.",
    ),
)

BLUR_RUBRIC = (
    RubricItem(name="images", points=Fraction(-1), says="An image is missing, or not of the photograph asked for."),
    RubricItem(
        name="too-bright",
        points=Fraction(-1, 2),
        says="The images are far brighter than the original, or white: the filter that made them is not normalized.",
    ),
    RubricItem(
        name="no-blur-order", points=Fraction(-1, 2), says="The blur does not increase with the size of the filter."
    ),
)
EDGES_RUBRIC = (
    RubricItem(name="images", points=Fraction(-1), says="An image is missing, or not of the photograph asked for."),
    RubricItem(
        name="one-direction",
        points=Fraction(-1),
        says="The image has outlines of one direction only: it comes from a gradient filter.",
    ),
    RubricItem(
        name="not-black",
        points=Fraction(-1, 2),
        says="Flat areas are not black: the filter that made the image does not add up to zero.",
    ),
)


def _blur_answers(p: Params) -> Mapping[str, Kind[Any]]:
    asked: dict[str, Kind[Any]] = {"blurred": Matrix()} if p.probe else {}
    return {"weights": Matrix(), **asked, "blur_images": Written()}


SIDES = {"dark": "on its darker side", "bright": "on its brighter side", "both": "on both sides"}


def _edge_answers(p: Params) -> Mapping[str, Kind[Any]]:
    asked: dict[str, Kind[Any]] = {"response": Matrix(), "outline": Choice(options=SIDES)} if p.probe else {}
    return {"kernel": Matrix(), **asked, "edge_images": Written()}


FIGURES: dict[str, Figure[Params]] = {
    "photo": Figure(draw=plots.pictures, data=lambda p: figures.original(p.window), size=(3.8, 3.8), pixels=True),
    "blurred": Figure(
        draw=plots.pictures,
        data=lambda p: figures.averages(p.window, p.sizes, p.border),
        size=(14.6, 4.05),
        answer=True,
        pixels=True,
    ),
    "edges": Figure(
        draw=plots.pictures,
        data=lambda p: figures.outlines(p.window, exact.laplacian(p.stencil.laplacian), p.border),
        size=(9.6, 5.3),
        answer=True,
        pixels=True,
    ),
}
FOUR = Stencil(Fraction(1), Fraction(0))

PROBLEM = Problem[Params](
    title="Two filters by hand",
    topics=("convolution", "image filters"),
    source="EECS 182 HW3 4",
    minutes=25,
    params=Params,
    draw=draw,
    published=Params(WINDOWS[0], (3, 6, 9), "reflect", FOUR),
    edges=(
        Params(
            WINDOWS[3],
            (1, 2, 3),
            "mirror",
            Stencil(Fraction(2, 3), Fraction(1, 6)),
            Probe(2, Patch(3, 4, 1, 3, 1, 3, 10, 40), 0, Patch(4, 4, 1, 2, 1, 2, 0, 5, 1, 1)),
        ),
        Params(
            WINDOWS[1],
            (3, 4, 12),
            "wrap",
            Stencil(Fraction(-1), Fraction(0)),
            Probe(4, Patch(3, 3, 0, 1, 0, 3, 0, 7), 2, Patch(3, 3, 1, 2, 1, 2, 3, -9)),
        ),
    ),
    rejects=(
        Reject(
            name="the row asked for does not see the rectangle",
            test=lambda p: p.probe is not None and exact.unseen(p.probe.blur, p.probe.size, p.probe.row, p.border),
        ),
    ),
    solve=_solved,
    oracle=_proved,
    neutral={
        **dict.fromkeys(
            (f"solvers.filters.patches.Patch.{name}" for name in ("image", "covers", "_value")),
            "the pixels that the question prints, made from their description",
        ),
        **dict.fromkeys(
            (f"solvers.filters.photo.Window.{name}" for name in ("bottom", "right")),
            "a field of Patch has the name of this property, which neither road reads",
        ),
        "solvers.filters.photo.SIDE": "the size of the photographs, which the question shows",
    },
    printed_as={"probe.blur": lambda p: _pixels(p, "blur"), "probe.edges": lambda p: _pixels(p, "edges")},
    work=_work,
    misconceptions=BLUR + EDGES,
    parts=(
        Part(name="blur", points=Fraction(4), answers=_blur_answers, rubric=BLUR_RUBRIC),
        Part(name="edges", points=Fraction(4), answers=_edge_answers, rubric=EDGES_RUBRIC),
    ),
    figures=FIGURES,
)
