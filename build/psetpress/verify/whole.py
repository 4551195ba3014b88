"""What verification demands of a problem as a whole, beside its variants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from psetpress import drawing, proving, registry, streams
from psetpress.errors import PsetpressError
from psetpress.verify import reach
from psetpress.verify.checks import Finding

if TYPE_CHECKING:
    from psetpress.records import Problem

DRAWN = 3
"""Variants drawn of each level: what runs for none of them is found by its name."""


def examine(name: str, drawn: int = DRAWN) -> list[Finding]:
    """Return why the oracle of the problem ``name`` is no independent second road."""
    problem = registry.load(name)
    if not any(kind.proved for kind in proving.kinds_of(problem, problem.published).values()):
        return []
    try:
        params = [problem.published, *problem.edges, *_drawn(name, problem, drawn)]
        return [Finding("independence", says) for says in reach.dependence(problem, params)]
    except PsetpressError as error:
        return [Finding("independence", error.message)]


def _drawn(name: str, problem: Problem[Any], count: int) -> Iterator[Any]:
    for level in problem.levels:
        for seed in range(count):
            yield drawing.draw(name, problem, level, streams.seeded(name, seed)).params
