"""No oracle shares code with its solve: what both get wrong in the same way would be proved."""

from __future__ import annotations

from functools import cache

import pytest

from psetpress import drawing, registry, streams, workspace
from psetpress.verify import reach

workspace.activate()


def is_proved(name: str) -> bool:
    problem = registry.load(name)
    return any(kind.proved for kind in problem.kinds(problem.published).values())


NAMES = [name for name in registry.names() if is_proved(name)]

DRAWN = 30
"""Variants drawn at every level; with the published one and the edges they run every branch that is ever taken."""

IMAGE = "the pixels that the question prints, made from their description; both roads begin with them"
WINDOW = "a field of Patch has the name of this property, which neither road reads"
NEUTRAL = {
    "solvers.filters.patches.Patch.image": IMAGE,
    "solvers.filters.patches.Patch.covers": IMAGE,
    "solvers.filters.patches.Patch._value": IMAGE,
    "solvers.filters.photo.Window.bottom": WINDOW,
    "solvers.filters.photo.Window.right": WINDOW,
}
"""What both roads of a problem may reach, and why: array building and parsing, nothing that works out an answer."""


@cache
def shared(name: str) -> frozenset[str]:
    problem = registry.load(name)
    seeds = [(level, seed) for level in problem.levels for seed in range(DRAWN)]
    drawn = [drawing.draw(name, problem, level, streams.seeded(name, seed)).params for level, seed in seeds]
    return reach.entangled(problem, [*drawn, problem.published, *problem.edges])


@pytest.mark.parametrize("name", NAMES)
def test_an_oracle_reaches_nothing_that_solve_reaches(name: str) -> None:
    assert sorted(shared(name) - NEUTRAL.keys()) == []


def test_no_helper_is_declared_neutral_for_nothing() -> None:
    assert sorted(NEUTRAL.keys() - frozenset[str]().union(*map(shared, NAMES))) == []
