"""The catalog: what problems and sets a workspace has."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from psetpress import registry
from psetpress.errors import UsageError, nearest
from psetpress.records import Level

if TYPE_CHECKING:
    from psetpress.workspace import Workspace


@dataclass(frozen=True)
class Entry:
    """What a list says of a problem."""

    name: str
    title: str
    topics: tuple[str, ...]
    levels: tuple[Level, ...]
    parts: tuple[str, ...]
    points: float
    minutes: int
    source: str
    version: int


@dataclass(frozen=True)
class Catalog:
    """Problems and the names of the sets."""

    problems: tuple[Entry, ...]
    sets: tuple[str, ...]


def entries(place: Workspace, topic: str | None = None) -> Catalog:
    """Return the catalog of a workspace. Raises UsageError for a topic that no problem has."""
    problems = tuple(_entry(name) for name in registry.names())
    if topic is not None:
        problems = _of_topic(problems, topic)
    return Catalog(problems, tuple(place.sets))


def _of_topic(problems: tuple[Entry, ...], topic: str) -> tuple[Entry, ...]:
    topics = sorted({word for entry in problems for word in entry.topics})
    if topic not in topics:
        known = ", ".join(topics) or "none"
        raise UsageError(f'no problem has the topic "{topic}"{nearest(topic, topics)}; topics are {known}')
    return tuple(entry for entry in problems if topic in entry.topics)


def _entry(name: str) -> Entry:
    problem = registry.load(name)
    return Entry(
        name=name,
        title=problem.title,
        topics=problem.topics,
        levels=problem.levels,
        parts=tuple(part.name for part in problem.parts),
        points=float(sum((part.points for part in problem.parts), Fraction(0))),
        minutes=problem.minutes,
        source=problem.source,
        version=problem.version,
    )


def as_json(catalog: Catalog) -> str:
    """Return the catalog as JSON."""
    return json.dumps(asdict(catalog), indent=1)


def as_text(catalog: Catalog) -> str:
    """Return the catalog as aligned lines."""
    width = max((len(entry.name) for entry in catalog.problems), default=0)
    lines = [
        f"{entry.name:<{width}}  {entry.title} ({', '.join(entry.topics)}; {entry.points:g} points, "
        f"{entry.minutes} min; {', '.join(entry.levels)})"
        for entry in catalog.problems
    ]
    return "\n".join([*(lines or ["no problems"]), "", f"sets: {', '.join(catalog.sets) or 'none'}"])
