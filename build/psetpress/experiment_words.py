"""Training experiments and their results in words, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

SCALES = ("smoke", "cpu", "paper")
"""How large a run may be."""


def listing(found: Iterable[Any]) -> str:
    """Return every experiment with its question, its source and its seeds."""
    return "\n\n".join(map(_entry, found))


def _entry(experiment: Any) -> str:
    seeds = ", ".join(f"{scale} {experiment.seeds[scale]}" for scale in SCALES)
    return f"{experiment.name}\n  {experiment.question}\n  {experiment.source}; seeds: {seeds}"


def summary(found: tuple[Any, ...]) -> str:
    """Return one line for each recorded result."""
    if not found:
        return "nothing is recorded yet; `psetpress train --list` shows what can be"
    width = max(len(one.experiment) for one in found)
    return "\n".join(f"{one.experiment:<{width}}  {_line(one)}" for one in found)


def _line(one: Any) -> str:
    held = sum(claim.holds for claim in one.claims.values())
    where = one.provenance
    return (
        f"{one.scale:<5}  {held} of {len(one.claims)} claims hold  {len(where.seeds)} seeds  {where.data}  "
        f"{where.device}  {where.date}"
    )


def account(one: Any) -> str:
    """Return a result at length: its claims with their evidence, settings, and where it comes from."""
    where = one.provenance
    lines = [f"{one.experiment}: scale {one.scale}, data: {where.data}, {len(where.seeds)} seeds"]
    for name, claim in one.claims.items():
        lines += [f"  {'yes' if claim.holds else 'no ':<3}  {_spaced(name)}", *_values(claim.evidence, " " * 9)]
    lines += ["settings", *_values(one.settings, "  ")]
    versions = ", ".join(f"{name} {version}" for name, version in where.versions.items())
    lines += ["provenance", f"  {where.date}, {where.device}, {where.seconds:g} s; {versions}; source {where.revision}"]
    return "\n".join(lines)


def _values(table: Any, indent: str) -> Iterator[str]:
    for name, value in table.items():
        yield f"{indent}{_spaced(name)}: {_shown(value)}"


def _shown(value: Any) -> str:
    if hasattr(value, "items"):
        return "; ".join(f"{_spaced(name)} {_shown(inner)}" for name, inner in value.items())
    if isinstance(value, tuple):
        return ", ".join(_shown(inner) for inner in value)  # pyright: ignore[reportUnknownVariableType]
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _spaced(name: str) -> str:
    return name.replace("_", " ")
