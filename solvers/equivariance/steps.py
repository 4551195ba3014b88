"""The intermediate results that a worked solution shows: who is a shift of whom, by how much, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypedDict

from solvers.equivariance.exact import Witness, keeps_size, map_sizes, twin, witness
from solvers.equivariance.patterns import relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solvers.equivariance.images import Network, Size, Stamp
    from solvers.equivariance.patterns import Relation


class Move(NamedTuple):
    """A shift in pixels; negative is up, or to the left."""

    down: int
    right: int


class Twin(NamedTuple):
    """A query, the number of the reference (from 1) that it is a shift of, and the shift."""

    reference: int
    move: Move


class Comparison(NamedTuple):
    """How an image came out of the pattern's; and the shift, or a patch that tells the two apart."""

    relation: Relation
    move: Move
    witness: Witness | None


class Seam(NamedTuple):
    """Maps that outgrow the torus: their sizes, the values averaged, and how many of those are genuine."""

    first: Size
    second: Size
    averaged: int
    genuine: int
    last_row: int
    last_column: int


class Work(TypedDict):
    """What the worked solution prints; ``seam`` is None where every map is as large as the image."""

    twins: tuple[Twin, ...]
    comparisons: tuple[Comparison, ...]
    seam: Seam | None


def work(
    size: Size,
    network: Network,
    *,
    references: Sequence[Stamp],
    queries: Sequence[Stamp],
    pattern: Stamp,
    others: Sequence[Stamp],
) -> Work:
    """Return the steps to all answers of a variant."""
    found = [twin(size, references, query) for query in queries]
    return Work(
        twins=tuple(Twin(k + 1, move(references[k], query)) for k, query in zip(found, queries, strict=True)),
        comparisons=tuple(
            Comparison(
                relation(size, pattern, other),
                move(pattern, other),
                witness(size, network.kernel, pattern, other),
            )
            for other in others
        ),
        seam=None if keeps_size(network) else seam(size, network),
    )


def move(one: Stamp, other: Stamp) -> Move:
    """Return the shift that takes a pattern from its place in ``one`` to that in ``other``."""
    return Move(other.top - one.top, other.left - one.left)


def seam(size: Size, network: Network) -> Seam:
    """Return what becomes of the maps of a network that does not keep the size."""
    first, second = map_sizes(size, network)
    return Seam(
        first,
        second,
        averaged=second.height * second.width,
        genuine=size.height * size.width,
        last_row=size.height - 1,
        last_column=size.width - 1,
    )
