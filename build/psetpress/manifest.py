"""The manifest: the record of a build that grading and regrading read."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from psetpress import __version__, codec

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    record = {
        "format": FORMAT,
        "set": assignment.name,
        "title": assignment.file.title,
        "provenance": dict(provenance),
        "versions": {
            "psetpress": __version__,
            **{name: importlib.metadata.version(name) for name in LIBRARIES},
        },
        "points": number(assignment.points),
        "variants": [_variant(item, variants[item.name]) for item in assignment.items()],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    return (json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


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
        "params": codec.dump(variant.params),
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
