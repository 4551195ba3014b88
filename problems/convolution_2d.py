"""HW3 2(c), (d): the values of a two-dimensional convolution, without and with padding and stride."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from psetpress.answers import Matrix
from psetpress.records import Level, Misconception, Part, Problem, Reject, RubricItem, Values
from solvers.convolution import exact, kernels, oracle, wrong

if TYPE_CHECKING:
    from numpy.random import Generator


@dataclass(frozen=True)
class Case:
    """How the kernel moves."""

    stride: int  # along both axes
    pad: int  # zeros on every side


@dataclass(frozen=True)
class Params:
    """An image, a kernel (as given, not flipped), and the two settings of the padded part."""

    image: exact.Grid
    kernel: exact.Grid
    first: Case
    second: Case

    @property
    def cases(self) -> dict[str, Case]:
        """The settings by answer name."""
        return {"unpadded": UNPADDED, "case_i": self.first, "case_ii": self.second}


UNPADDED = Case(stride=1, pad=0)


@dataclass(frozen=True)
class Menu:
    """What a level draws from. Sizes are rows and columns."""

    images: tuple[tuple[int, int], ...]
    kernels: tuple[tuple[int, int], ...]
    brightest: int  # pixels are 0 to this
    largest: int  # kernel entries are minus this to this
    seconds: tuple[Case, ...]


MENUS = {
    "easy": Menu(((4, 4), (4, 5)), ((2, 2),), 5, 2, (Case(2, 1),)),
    "standard": Menu(((5, 5), (4, 5), (5, 4)), ((3, 3),), 9, 2, (Case(2, 1), Case(3, 1), Case(2, 2))),
    "hard": Menu(((5, 6), (6, 5)), ((3, 3), (2, 3), (3, 2)), 9, 3, (Case(2, 1), Case(2, 2), Case(3, 2))),
}


def _grid(rng: Generator, size: tuple[int, int], low: int, high: int) -> exact.Grid:
    return tuple(map(tuple, rng.integers(low, high + 1, size=size).tolist()))


def draw(rng: Generator, level: Level) -> Params:
    """Draw an image and a kernel; the first setting is stride 1, pad 1, as in the source."""
    menu = MENUS[level]
    image, kernel, second = (int(rng.integers(len(m))) for m in (menu.images, menu.kernels, menu.seconds))
    return Params(
        image=_grid(rng, menu.images[image], 0, menu.brightest),
        kernel=_grid(rng, menu.kernels[kernel], -menu.largest, menu.largest),
        first=Case(stride=1, pad=1),
        second=menu.seconds[second],
    )


Road = Callable[[exact.Grid, exact.Grid, int, int], exact.Grid]


def _all(p: Params, road: Road) -> Values:
    """Return what ``road`` makes of all three settings, without results that have no entry."""
    return _where(p, road, lambda _: True)


def _where(p: Params, road: Road, applies: Callable[[Case], bool]) -> Values:
    """Return what ``road`` makes of the settings to which it applies."""
    results = {name: road(p.image, p.kernel, case.stride, case.pad) for name, case in p.cases.items() if applies(case)}
    return {name: result for name, result in results.items() if result and result[0]}


def _oracle(p: Params) -> Values:
    settings = {"unpadded": (1, 0), "case_i": (p.first.stride, p.first.pad), "case_ii": (p.second.stride, p.second.pad)}
    return {name: oracle.conv2d(p.image, p.kernel, stride, pad) for name, (stride, pad) in settings.items()}


def _work(p: Params) -> Values:
    return {
        "flipped": exact.rotate(p.kernel),
        "products": exact.products(p.image, p.kernel, 0, 0),
        "padded": exact.padded(p.image, p.first.pad),
        "inner": p.first.stride == 1,
    }


KERNEL = (
    Misconception[Params](
        name="cross-correlation",
        says="slides the kernel without flipping it",
        solve=lambda p: _all(p, wrong.cross_correlation),
        credit=Fraction(1, 2),
        feedback="That is a cross-correlation: by definition the kernel is flipped along both axes before it slides.",
    ),
    Misconception[Params](
        name="sign-slip",
        says="has the sign of every entry wrong",
        solve=lambda p: _all(p, wrong.sign_slip),
        credit=Fraction(3, 4),
        feedback="Every entry has the right size and the wrong sign.",
    ),
    Misconception[Params](
        name="flip-rows-only",
        says="flips the kernel up-down only",
        solve=lambda p: _all(p, wrong.flip_rows_only),
        credit=Fraction(1, 2),
        feedback="Both indices of $h[m-i,n-j]$ run backwards: flip left-right as well.",
    ),
    Misconception[Params](
        name="flip-columns-only",
        says="flips the kernel left-right only",
        solve=lambda p: _all(p, wrong.flip_columns_only),
        credit=Fraction(1, 2),
        feedback="Both indices of $h[m-i,n-j]$ run backwards: flip up-down as well.",
    ),
    Misconception[Params](
        name="transpose-kernel",
        says="exchanges rows and columns of the kernel",
        solve=lambda p: _all(p, wrong.transpose_kernel),
        credit=Fraction(1, 4),
        feedback="The first index counts rows, of the image and of the kernel.",
    ),
    Misconception[Params](
        name="transpose-no-flip",
        says="transposes the kernel instead of flipping it",
        solve=lambda p: _all(p, wrong.transpose_no_flip),
        credit=Fraction(1, 4),
        feedback="A flip along both axes turns the kernel by $180^\\circ$; a transpose exchanges rows and columns.",
    ),
)

FRAME = (
    Misconception[Params](
        name="replicate-padding",
        says="pads with the nearest pixel",
        solve=lambda p: _where(p, wrong.replicate_padding, lambda case: case.pad > 0),
        credit=Fraction(1, 2),
        feedback="The frame consists of zeros.",
    ),
    Misconception[Params](
        name="reflect-padding",
        says="pads with the mirror image",
        solve=lambda p: _where(p, wrong.reflect_padding, lambda case: case.pad > 0),
        credit=Fraction(1, 2),
        feedback="The frame consists of zeros.",
    ),
    Misconception[Params](
        name="circular-padding",
        says="pads with the opposite edge",
        solve=lambda p: _where(p, wrong.circular_padding, lambda case: case.pad > 0),
        credit=Fraction(1, 2),
        feedback="The frame consists of zeros.",
    ),
    Misconception[Params](
        name="pad-once",
        says="pads only below and on the right",
        solve=lambda p: _where(p, wrong.pad_once, lambda case: case.pad > 0),
        credit=Fraction(1, 4),
        feedback="The padding is added on every side.",
    ),
    Misconception[Params](
        name="pad-total",
        says="takes the padding for the total of two opposite sides",
        solve=lambda p: _where(p, wrong.pad_total, lambda case: case.pad > 1),
        credit=Fraction(1, 4),
        feedback="The padding is added on every side.",
    ),
    Misconception[Params](
        name="stride-offset",
        says="starts to sample at the second position",
        solve=lambda p: _where(p, wrong.stride_offset, lambda case: case.stride > 1),
        credit=Fraction(1, 2),
        feedback="The first entry kept is the top left one.",
    ),
)

PROBLEM = Problem(
    title="Convolution of an image",
    topics=("convolution",),
    source="EECS 182 HW3 2(c), (d)",
    minutes=25,
    params=Params,
    draw=draw,
    published=Params(
        image=((1, 2, 3, 4, 5), (6, 7, 8, 9, 10), (11, 12, 13, 14, 15), (16, 17, 18, 19, 20), (21, 22, 23, 24, 25)),
        kernel=((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
        first=Case(1, 1),
        second=Case(2, 1),
    ),
    edges=(
        Params(((1, 2, 3), (4, 5, 7), (0, 1, 1)), ((1, 0, 2), (0, -1, 0), (3, 0, 0)), Case(1, 1), Case(5, 2)),
        Params(((2, 0, 1),), ((-3,),), Case(1, 1), Case(2, 2)),
        Params(((1, 2, 3, 4, 6), (5, 0, 2, 0, 1)), ((1, -2), (0, 3)), Case(1, 2), Case(3, 1)),
        Params(((0, 0, 0), (0, 7, 0), (0, 0, 0)), ((1, 2), (3, 4)), Case(1, 0), Case(2, 1)),
    ),
    blind=("flip-rows-only",),
    solve=lambda p: _all(p, exact.convolve2d),
    oracle=_oracle,
    work=_work,
    rejects=(
        Reject(name="the kernel equals itself turned by 180 degrees", test=lambda p: kernels.is_even(p.kernel)),
        Reject(name="the kernel changes sign when turned by 180 degrees", test=lambda p: kernels.is_odd(p.kernel)),
        Reject(name="all rows of the kernel are palindromes", test=lambda p: kernels.has_even_rows(p.kernel)),
        Reject(name="all columns of the kernel are palindromes", test=lambda p: kernels.has_even_columns(p.kernel)),
        Reject(name="the kernel is symmetric", test=lambda p: kernels.is_symmetric(p.kernel)),
        Reject(name="the kernel is smaller than it looks", test=lambda p: kernels.has_empty_border(p.kernel)),
        Reject(
            name="some entry sees nothing but the frame",
            test=lambda p: any(kernels.fits_into_frame(p.kernel, case.pad) for case in p.cases.values()),
        ),
        Reject(name="the image is affine in its indices", test=lambda p: kernels.is_affine(p.image)),
    ),
    misconceptions=KERNEL + FRAME,
    parts=(
        Part(
            name="unpadded",
            points=Fraction(4),
            answers={"unpadded": Matrix()},
            rubric=(
                RubricItem(name="work", points=Fraction(-1), says="Not one entry is shown as a sum of products."),
                RubricItem(name="slip", points=Fraction(-1, 2), says="A single entry is wrong by arithmetic."),
            ),
        ),
        Part(
            name="padded",
            points=Fraction(6),
            answers={"case_i": Matrix(), "case_ii": Matrix()},
            rubric=(
                RubricItem(name="slip", points=Fraction(-1, 2), says="A single entry is wrong by arithmetic."),
                RubricItem(
                    name="size", points=Fraction(-1), says="The result has a size that padding and stride do not give."
                ),
            ),
        ),
    ),
)
