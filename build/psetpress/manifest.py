"""The manifest: the record of a build that grading and regrading read."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from psetpress import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from psetpress.answers import Kind
    from psetpress.assignment import AskedItem, AskedPart, Assignment
    from psetpress.drawing import Variant

FORMAT = 1
"""Raised when a reader of older manifests would misunderstand a newer one."""

LIBRARIES = ("numpy", "torch", "sympy", "scipy", "scikit-learn", "matplotlib")
"""Libraries whose version may change a variant, a proof or a drawing."""


def compose(
    assignment: Assignment,
    variants: Mapping[str, Variant],
    provenance: Mapping[str, Any],
    files: Mapping[str, bytes],
) -> bytes:
    """Return ``manifest.json``: every variant with parameters, typed answers, misconceptions and points."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    record = {**head(assignment, provenance), "variants": records(assignment, variants), "files": digests}
    return (_json(record, indent=1) + "\n").encode()


def head(assignment: Assignment, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a manifest says of a build as a whole."""
    return {
        "format": FORMAT,
        "set": assignment.name,
        "title": assignment.file.title,
        "provenance": dict(provenance),
        "versions": versions(),
        "points": number(assignment.points),
    }


def versions() -> dict[str, str]:
    """Return the versions of everything whose version may change a variant, a proof or a drawing."""
    return {"psetpress": __version__, **{name: importlib.metadata.version(name) for name in LIBRARIES}}


def records(assignment: Assignment, variants: Mapping[str, Variant]) -> list[dict[str, Any]]:
    """Return what a manifest says of the variants of one paper, in the order of the set."""
    return [_variant(item, variants[item.name]) for item in assignment.items()]


def lines(
    head: Mapping[str, Any], students: Iterable[Any], variants: Iterable[str], files: Mapping[str, str]
) -> Iterator[str]:
    """Yield the text of a class's manifest, whose ``variants`` are JSON already; each names its student."""
    yield f"{_json(head, indent=1)[:-2]},\n"
    for name, entries in (("students", map(_json, students)), ("variants", variants)):
        yield f' "{name}": [\n  ' + ",\n  ".join(entries) + "\n ],\n"
    yield f' "files": {_json(dict(sorted(files.items())), indent=1)}\n}}\n'


def _json(data: Any, indent: int | None = None) -> str:
    return json.dumps(data, indent=indent, ensure_ascii=False, allow_nan=False)


def number(value: Fraction) -> int | float | str:
    """Return points as JSON: a number where that is exact, else a fraction in a string."""
    if value.denominator == 1:
        return value.numerator
    return float(value) if Fraction(str(float(value))) == value else str(value)


def _variant(item: AskedItem, variant: Variant) -> dict[str, Any]:
    return {
        "item": item.name,
        "problem": item.problem_name,
        "version": item.problem.version,
        "level": variant.level,
        "identity": variant.identity,
        "attempts": variant.attempts,
        "rejected": variant.rejected,
        "params": variant.data,
        "parts": [_part(part, variant) for part in item.parts],
    }


def _part(part: AskedPart, variant: Variant) -> dict[str, Any]:
    kinds = part.part.kinds(variant.params)
    wrong = {
        misconception: {name: kinds[name].to_json(value) for name, value in values.items() if name in kinds}
        for misconception, values in variant.wrong.items()
    }
    return {
        "id": part.id,
        "name": part.name,
        "points": number(part.points),
        "answers": {name: _answer(kind, variant.answers.get(name)) for name, kind in kinds.items()},
        "misconceptions": {name: values for name, values in wrong.items() if values},
    }


def _answer(kind: Kind[Any], value: Any) -> dict[str, Any]:
    """Return a typed answer; a written one has no value."""
    if not kind.proved:
        return {"kind": kind.name}
    return {"kind": kind.name, "value": kind.to_json(value), "text": kind.text(value)}
