"""The single values that parameters are made of: named, replaced one at a time, or all at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, cast

from psetpress import schema

Path = tuple[str | int, ...]
"""The steps down to a value: names of fields, and places in tuples counted from zero."""


def leaves(params: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value that has no parts, with its path, in the order of the fields.

    >>> list(leaves((3, (True, "x"))))
    [((0,), 3), ((1, 0), True), ((1, 1), 'x')]
    """
    if isinstance(params, tuple):
        for place, entry in enumerate(cast("tuple[Any, ...]", params)):
            yield from leaves(entry, (*path, place))
    elif dataclasses.is_dataclass(params):
        for field in dataclasses.fields(params):
            yield from leaves(getattr(params, field.name), (*path, field.name))
    else:
        yield path, params


def annotated(params: Any, kind: Any = None, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Yield what :func:`leaves` yields of a record of parameters, with the annotation of each value."""
    if isinstance(params, tuple):
        entries = cast("tuple[Any, ...]", params)
        declared = next(member for member in schema.members(kind) if schema.is_tuple(member))
        for place, (entry, inner) in enumerate(zip(entries, schema.entries(declared, len(entries)) or (), strict=True)):
            yield from annotated(entry, inner, (*path, place))
    elif dataclasses.is_dataclass(params) and not isinstance(params, type):
        for name, inner in schema.fields(type(params)).items():
            yield from annotated(getattr(params, name), inner, (*path, name))
    else:
        yield path, params, kind


def mapped(params: Any, change: Callable[[Any], Any]) -> Any:
    """Return ``params`` with every value replaced by what ``change`` makes of it.

    >>> mapped((3, (4, 5)), lambda x: x + 1)
    (4, (5, 6))
    """
    if isinstance(params, tuple):
        return tuple(mapped(entry, change) for entry in cast("tuple[Any, ...]", params))
    if dataclasses.is_dataclass(params) and not isinstance(params, type):
        fields = {field.name: mapped(getattr(params, field.name), change) for field in dataclasses.fields(params)}
        return dataclasses.replace(params, **fields)
    return change(params)


def at(params: Any, path: Path) -> Any:
    """Return the value at ``path``.

    >>> at((3, (4, 5)), (1, 0))
    4
    """
    for step in path:
        params = params[step] if isinstance(step, int) else getattr(params, step)
    return params


def put(params: Any, path: Path, value: Any) -> Any:
    """Return ``params`` with ``value`` at ``path``.

    >>> put((3, (4, 5)), (1, 0), 9)
    (3, (9, 5))
    """
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        return (*params[:step], put(params[step], tuple(rest), value), *params[step + 1 :])
    return dataclasses.replace(params, **{step: put(getattr(params, step), tuple(rest), value)})


def shown(path: Path) -> str:
    """Return a path as people write it.

    >>> shown(("x", "values", 0))
    'x.values[0]'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
