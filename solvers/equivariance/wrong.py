"""What students answer who hold a misconception about equivariance and invariance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solvers.equivariance.exact import claims, ink, is_shift, twin
from solvers.equivariance.images import Rows, Size, Stamp
from solvers.equivariance.patterns import MIRRORS, TURNS, mirrored, turned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from solvers.equivariance.exact import Claim, Features


def orientation_swap(
    size: Size, references: Sequence[Stamp], known: Sequence[Features], queries: Sequence[Stamp]
) -> list[Features]:
    """Give a line the features of the other of two references."""
    return [known[1 - twin(size, references, query)] for query in queries]


def shift_the_vector(
    size: Size, references: Sequence[Stamp], known: Sequence[Features], queries: Sequence[Stamp]
) -> list[Features]:
    """Shift the features as the image is shifted: take channels for positions."""
    answers: list[Features] = []
    for query in queries:
        k = twin(size, references, query)
        steps = (query.top - references[k].top) + (query.left - references[k].left)
        answers.append(tuple(known[k][(channel - steps) % len(known[k])] for channel in range(len(known[k]))))
    return answers


def position_matters(size: Size, pattern: Stamp, queries: Sequence[Stamp]) -> dict[int, Claim]:
    """Say that a shifted image can have any features. Keys are positions in ``queries``."""
    return {k: "open" for k, claim in enumerate(claims(size, pattern, queries)) if claim == "same"}


def rotation_invariance(size: Size, pattern: Stamp, queries: Sequence[Stamp]) -> dict[int, Claim]:
    """Say that a turned pattern has the features of the original."""
    return _invariant(size, (turned(pattern.rows, turn) for turn in TURNS), pattern, queries)


def reflection_invariance(size: Size, pattern: Stamp, queries: Sequence[Stamp]) -> dict[int, Claim]:
    """Say that a mirrored pattern has the features of the original."""
    return _invariant(size, (mirrored(pattern.rows, mirror) for mirror in MIRRORS), pattern, queries)


def arrangement_forgotten(size: Size, pattern: Stamp, queries: Sequence[Stamp]) -> dict[int, Claim]:
    """Say that averaging leaves nothing but the amount of ink."""
    amount = len(ink(size, pattern))
    return {
        k: "same"
        for k, claim in enumerate(claims(size, pattern, queries))
        if claim == "open" and len(ink(size, queries[k])) == amount
    }


def _invariant(size: Size, forms: Iterable[Rows], pattern: Stamp, queries: Sequence[Stamp]) -> dict[int, Claim]:
    """Return "same" for the queries that are no shift of ``pattern`` but of one of ``forms``."""
    believed = [ink(size, Stamp(rows, 1, 1)) for rows in forms]
    return {
        k: "same"
        for k, claim in enumerate(claims(size, pattern, queries))
        if claim == "open" and any(is_shift(size, form, ink(size, queries[k])) for form in believed)
    }
