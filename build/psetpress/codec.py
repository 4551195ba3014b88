"""Parameters as JSON and back, by the type annotations of a problem's ``Params``.

A Fraction is the string ``"3/2"``, a tuple an array, a dataclass a table of its fields. Where an
annotation allows several dataclasses the table says which: ``{"class": "Conv", "kernel": 3}`` (no field
can have that name). Reading is strict: nothing is guessed, rounded or left over. A set file's decimals
are taken as they are written: 0.1 is one tenth.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, time
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar, cast

from psetpress import schema
from psetpress.errors import PsetpressError, UsageError, nearest

if TYPE_CHECKING:
    from psetpress.records import Problem

P = TypeVar("P")

CLASS = "class"
"""The key that names the dataclass of a table; a Python keyword, so that no field is hidden by it."""

_PLAIN = {bool, int, str}
"""Types that JSON has, too: most of what is dumped are rows of such."""

_FRACTION = re.compile(r"[+-]?[0-9]+(/0*[1-9][0-9]*|\.[0-9]+)?")


class _Unreadable(Exception):
    """Why data cannot be read: the steps down to it, and the reason."""

    def __init__(self, reason: str, *steps: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.steps = steps


def dump(params: object) -> dict[str, Any]:
    """Return ``params`` in JSON types. Raises PsetpressError for a value that its annotation does not allow."""
    return cast("dict[str, Any]", _dump(type(params), params, type(params).__name__))


def load(params: type[P], data: Mapping[str, Any], where: str) -> P:
    """Return the parameters that ``data`` describes; fields with a default, or that may be None, may be left out.

    Raises UsageError that names ``where``, the field, its value and what is accepted.
    """
    try:
        return cast("P", _read_fields(params, data))
    except _Unreadable as error:
        raise UsageError(f"{where}: {_said(error)}") from error


def fresh(params: P) -> P:
    """Return equal parameters that remember nothing: no cached property, no note that a solver left on them."""
    return _fresh(params)


def _fresh(value: object) -> Any:
    if type(value) in schema.SCALARS:  # these cannot remember anything
        return value
    if isinstance(value, tuple):
        entries = cast("tuple[object, ...]", value)
        return tuple([entry if type(entry) in schema.SCALARS else _fresh(entry) for entry in entries])
    record = cast("type[Any]", type(value))
    return record(**{name: _fresh(getattr(value, name)) for name in schema.fields(record)})


def load_field(params: type[Any], name: str, data: object, where: str) -> Any:
    """Return the value of the one parameter ``name`` that ``data`` describes. Raises UsageError as :func:`load`."""
    try:
        return _read_field(schema.fields(params), name, data)
    except _Unreadable as error:
        raise UsageError(f"{where}: {_said(error)}") from error


def identity(name: str, problem: Problem[Any], data: Mapping[str, Any]) -> str:
    """Return the identity of a variant: a hash of the problem, its version and the parameters in JSON types."""
    text = json.dumps([name, problem.version, data], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def exact(data: object) -> Fraction:
    """Return a number of a set file or manifest exactly as it is written. Raises ValueError.

    >>> exact(0.1), exact("3/2")
    (Fraction(1, 10), Fraction(3, 2))
    """
    if isinstance(data, (int, float)) and not isinstance(data, bool):
        if math.isfinite(data):
            return Fraction(repr(data))  # repr: the digits that were written
    elif isinstance(data, str) and _FRACTION.fullmatch(data):
        return Fraction(data)
    raise ValueError(f"{shown(data)} is not {schema.SCALARS[Fraction]}")


def shown(data: object, limit: int = 60) -> str:
    """Return a value of a set file or manifest as it is written there, on one line, cut to ``limit``.

    >>> shown("two"), shown(True), shown([1, 2.5])
    ('"two"', 'true', '[1, 2.5]')
    """
    if isinstance(data, (date, time)):
        return data.isoformat()
    text = json.dumps(data, ensure_ascii=False, default=str)
    return text if len(text) <= limit else f"{text[:limit]}..."


def _dump(kind: Any, value: object, place: str) -> Any:
    """Return ``value``, annotated as ``kind``, in JSON types."""
    if type(value) in schema.scalars(kind):  # nearly all values are; the rest of this function is for the others
        return str(value) if isinstance(value, Fraction) else value
    if any(schema.is_scalar(member, value) for member in schema.members(kind)):
        return str(value) if isinstance(value, Fraction) else value
    records = schema.records(kind)
    for name, record in records.items():
        if type(value) is record:
            table = _dump_fields(record, value, place)
            return {CLASS: name, **table} if len(records) > 1 else table
    entries = _entries(kind, _sequence(value, tuple))
    if entries is None:
        declared = kind.__name__ if isinstance(kind, type) else str(kind).replace("typing.", "")
        raise PsetpressError(f"{place} is {value!r} ({type(value).__name__}), but is annotated as {declared}")
    return [
        entry if type(entry) in _PLAIN and type(entry) in schema.scalars(inner) else _dump(inner, entry, place)
        for inner, entry in entries
    ]


def _dump_fields(record: type[Any], value: object, place: str) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name, inner, scalars in schema.plan(record):
        entry = getattr(value, name)
        plain = type(entry) in _PLAIN and type(entry) in scalars
        table[name] = entry if plain else _dump(inner, entry, f"{place}.{name}")
    return table


def _sequence(value: object, wanted: type) -> Sequence[object] | None:
    return cast("Sequence[object]", value) if isinstance(value, wanted) else None


def _entries(kind: Any, values: Sequence[object] | None) -> list[tuple[Any, object]] | None:
    """Return each of ``values`` behind its annotation, by the tuple that ``kind`` allows; None if it allows none."""
    tuples = [member for member in schema.members(kind) if schema.is_tuple(member)]
    kinds = schema.entries(tuples[0], len(values)) if tuples and values is not None else None
    return None if kinds is None or values is None else list(zip(kinds, values, strict=True))


def _read(kind: Any, data: object) -> Any:
    """Return the value of annotation ``kind`` that ``data`` describes. Raises _Unreadable."""
    records = schema.records(kind)
    if records and isinstance(data, dict):
        return _read_record(records, cast("dict[str, object]", data))
    entries = _entries(kind, _sequence(data, list))
    if entries is not None:
        return tuple(_read_into(index, *entry) for index, entry in enumerate(entries))
    return _read_scalar(kind, data)


def _read_scalar(kind: Any, data: object) -> Any:
    if any(schema.is_scalar(member, data) for member in schema.members(kind)):
        return data
    if Fraction in schema.members(kind):
        with suppress(ValueError):
            return exact(data)
    raise _Unreadable(f"must be {schema.accepts(kind)}, not {shown(data)}")


def _read_record(records: Mapping[str, type[Any]], table: Mapping[str, Any]) -> Any:
    """Return the dataclass of a table; where only one is possible the table need not name it."""
    data = dict(table)
    name = data.pop(CLASS, next(iter(records)) if len(records) == 1 else None)
    if not isinstance(name, str) or name not in records:
        found = f"not {shown(name)}" if CLASS in table else "but is missing"
        raise _Unreadable(f'the key "{CLASS}" must be {" or ".join(map(shown, records))}, {found}')
    return _read_fields(records[name], data)


def _read_fields(record: type[Any], data: Mapping[str, Any]) -> Any:
    fields = schema.fields(record)
    values = {name: _read_field(fields, name, value) for name, value in data.items()}
    missing = [name for name in schema.required(record) if name not in data]
    if missing:
        raise _Unreadable(f"parameter {', '.join(missing)} is missing; the parameters are {', '.join(fields)}")
    try:
        return record(**{**schema.absent(record), **values})
    except (ValueError, TypeError, ArithmeticError) as error:  # its own __post_init__ refuses
        raise _Unreadable(str(error)) from error


def _read_field(fields: Mapping[str, Any], name: str, data: object) -> Any:
    if name not in fields:
        raise _Unreadable(f'unknown parameter "{name}"{nearest(name, fields)}; known are {", ".join(fields) or "none"}')
    return _read_into(name, fields[name], data)


def _read_into(step: str | int, kind: Any, data: object) -> Any:
    """Read a field or an entry; an error below it is told the step that led there."""
    try:
        return _read(kind, data)
    except _Unreadable as error:
        raise _Unreadable(error.reason, step, *error.steps) from error.__cause__


def _said(error: _Unreadable) -> str:
    """Return place and reason: ``layers 2, kernel: must be ...``, entries counted from one."""
    words: list[str] = []
    for step in error.steps:
        if isinstance(step, int):
            words[-1] += f" {step + 1}"
        else:
            words.append(step)
    return f"{', '.join(words)}: {error.reason}" if words else error.reason
