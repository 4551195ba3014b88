"""The symmetry argument: GAP features of a circular network are equal for images that are shifts of each other.

Circular convolution commutes with circular shifts, ReLU acts on each value alone, and the mean over
all positions does not see their order (Cohen & Welling 2016, section 6.1). Images are sets of ink.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from solvers.equivariance.images import Network, Rows, Size, Stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

Ink: TypeAlias = frozenset[tuple[int, int]]
"""The (row, column) of all ink, counted from 0."""

Features: TypeAlias = "tuple[Fraction, ...]"
"""What GAP puts out: one mean for each channel."""

ALL_ROUND = Network(kernel=2, before=1, after=1)
"""The source's network, whose maps outgrow the torus: see :func:`clear_of_seam`."""

Claim = Literal["same", "open"]
"""Whether two images have equal features for all weights, or nothing can be said without the weights."""


@lru_cache(maxsize=256)  # the roads and the misconceptions of a variant look at the same few stamps
def ink(size: Size, stamp: Stamp) -> Ink:
    """Return the ink of ``stamp`` on the torus.

    >>> sorted(ink(Size(3, 4), Stamp(("11",), top=3, left=4)))
    [(2, 0), (2, 3)]
    """
    return frozenset(
        ((stamp.top - 1 + i) % size.height, (stamp.left - 1 + j) % size.width)
        for i, row in enumerate(stamp.rows)
        for j, pixel in enumerate(row)
        if pixel == "1"
    )


@lru_cache(maxsize=256)  # every belief asks again which images are shifts of each other
def is_shift(size: Size, one: Ink, other: Ink) -> bool:
    """Say whether a circular shift takes ``one`` to ``other``.

    A shift takes the first pixel of ``one`` to some pixel of ``other``: there are not many to try.
    """
    if len(one) != len(other):
        return False
    if one == other:
        return True
    row, column = min(one)
    return any(_lands_in(size, one, i - row, j - column, other) for i, j in other)


def _lands_in(size: Size, image: Ink, down: int, right: int, other: Ink) -> bool:
    """Say whether every pixel of ``image`` is one of ``other`` after a shift; most shifts fail at the first."""
    return all(((i + down) % size.height, (j + right) % size.width) in other for i, j in image)


def twin(size: Size, references: Sequence[Stamp], query: Stamp) -> int:
    """Return the index of the one reference that ``query`` is a shift of.

    Raises ValueError if there is none or more than one.
    """
    image = ink(size, query)
    found = [k for k, reference in enumerate(references) if is_shift(size, ink(size, reference), image)]
    if len(found) != 1:
        raise ValueError(f"{query} is a shift of {len(found)} of the references; exactly 1 is accepted")
    return found[0]


def features(
    size: Size, references: Sequence[Stamp], known: Sequence[Features], queries: Sequence[Stamp]
) -> list[Features]:
    """Return the features of ``queries``: those ``known`` of the reference each is a shift of."""
    return [known[twin(size, references, query)] for query in queries]


def claims(size: Size, pattern: Stamp, queries: Sequence[Stamp]) -> list[Claim]:
    """Return for each query whether its features can be told from those of ``pattern``."""
    image = ink(size, pattern)
    return ["same" if is_shift(size, image, ink(size, query)) else "open" for query in queries]


def check(network: Network) -> None:
    """Raise ValueError for a network that nothing is claimed for."""
    if network != ALL_ROUND and not keeps_size(network):
        raise ValueError(f"{network}; accepted are before + after = kernel - 1, and {ALL_ROUND}")


def keeps_size(network: Network) -> bool:
    """Say whether a layer's map is as large as its input, so that it is the torus itself."""
    return network.before + network.after == network.kernel - 1


def map_sizes(size: Size, network: Network) -> tuple[Size, Size]:
    """Return the sizes of the maps after the first and the second convolution."""
    more = network.before + network.after - network.kernel + 1
    return Size(size.height + more, size.width + more), Size(size.height + 2 * more, size.width + 2 * more)


def clear_of_seam(size: Size, network: Network, stamp: Stamp) -> bool:
    """Say whether the seam of ``network`` cannot tell ``stamp`` from its shifts that are clear of it, too.

    With ALL_ROUND the last row and column of the first map repeat the first. The second layer takes
    the copies for neighbors, which they are not on the torus: a seam of false values, which depend
    on the first and last row and column of the image alone. There the image must be white; but a
    straight line from edge to edge may cross them, because it is not shifted along itself.
    """
    if keeps_size(network):
        return True
    image = ink(size, stamp)
    rows, columns = {i for i, _ in image}, {j for _, j in image}
    straight_across = len(image) == len(rows) * size.width
    straight_down = len(image) == len(columns) * size.height
    return (straight_down or rows.isdisjoint({0, size.height - 1})) and (
        straight_across or columns.isdisjoint({0, size.width - 1})
    )


def places(size: Size, network: Network, rows: Rows, *, around: bool) -> list[tuple[int, int]]:
    """Return (top, left) of the stamps of a pattern that are clear of the seam, row by row.

    A pattern as wide (high) as the image stays at its left (top). ``around`` lets a pattern go
    around the edges, where there is no seam.
    """
    margin = 0 if keeps_size(network) else 1
    around = around and margin == 0

    def starts(side: int, length: int) -> range:
        if length == side:
            return range(1, 2)
        return range(1, side + 1) if around else range(1 + margin, side - margin - length + 2)

    return list(product(starts(size.height, len(rows)), starts(size.width, len(rows[0]))))


def repeats(size: Size, stamps: Sequence[Stamp]) -> bool:
    """Say whether two of the images are the same."""
    return len({ink(size, stamp) for stamp in stamps}) < len(stamps)


def is_rolled(one: Features, other: Features) -> bool:
    """Say whether a cyclic shift of the channels takes one vector of features to the other."""
    return any(one[k:] + one[:k] == other for k in range(len(one)))


class Witness(NamedTuple):
    """A patch of the filters' size, and how often it occurs in two images."""

    patch: tuple[tuple[int, ...], ...]
    here: int
    there: int


def witness(size: Size, kernel: int, one: Stamp, other: Stamp) -> Witness | None:
    """Return a patch with ink that ``one`` has more often than ``other``, the fullest; None if there is none.

    A filter with weights 1 on the patch's ink and -1 on its white, and bias 1 - (ink of the patch),
    gives 1 at this patch and nothing positive at any other. A second layer that passes this channel
    on makes GAP proportional to the number of patches: weights for which the features differ.
    """
    here, there = _patches(size, kernel, ink(size, one)), _patches(size, kernel, ink(size, other))
    more = [(there[patch] == 0, len(patch), _pixels(kernel, patch), patch) for patch in here - there]
    if not more:
        return None
    _, _, pixels, best = max(more)
    return Witness(pixels, here[best], there[best])


def has_witness(size: Size, kernel: int, one: Stamp, other: Stamp) -> bool:
    """Say whether :func:`witness` finds a patch."""
    return bool(_patches(size, kernel, ink(size, one)) - _patches(size, kernel, ink(size, other)))


def _pixels(kernel: int, patch: Ink) -> tuple[tuple[int, ...], ...]:
    """Return a patch row by row."""
    return tuple(tuple(int((a, b) in patch) for b in range(kernel)) for a in range(kernel))


@lru_cache(maxsize=64)  # one pattern is compared with several queries
def _patches(size: Size, kernel: int, image: Ink) -> Counter[Ink]:
    """Count the patches of an image that contain ink, by where in the patch it is."""
    found: defaultdict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
    for i, j in image:
        for a, b in product(range(kernel), repeat=2):
            found[(i - a) % size.height, (j - b) % size.width].add((a, b))
    return Counter(map(frozenset, found.values()))


def undecided(size: Size, network: Network, pattern: Stamp, queries: Sequence[Stamp]) -> bool:
    """Say whether some query is no shift of ``pattern``, but no single filter tells them apart."""
    return any(
        claim == "open" and not has_witness(size, network.kernel, pattern, query)
        for claim, query in zip(claims(size, pattern, queries), queries, strict=True)
    )
