"""The types of parameters: which annotations a ``Params`` may have, and what people call them.

Accepted are int, Fraction, bool, str, Literal, None, tuples and frozen dataclasses of these, and unions.
Floats are not: parameters have the digits that are printed.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeGuard, Union, get_args, get_origin, get_type_hints

from psetpress.errors import PsetpressError

SCALARS = {
    int: "a whole number",
    Fraction: 'a number or a fraction such as "3/2"',
    bool: "true or false",
    str: "a string",
    NoneType: "null",
}
"""The types without parts, and what people call them."""


@cache
def fields(record: type[Any]) -> dict[str, Any]:
    """Return the annotations of a dataclass by field name."""
    hints = get_type_hints(record)
    return {field.name: hints[field.name] for field in dataclasses.fields(record)}


@cache
def plan(record: type[Any]) -> tuple[tuple[str, Any, frozenset[type]], ...]:
    """Return name, annotation and scalar types of each field: to hash an annotation takes longer than to use it."""
    return tuple((name, inner, scalars(inner)) for name, inner in fields(record).items())


@cache
def required(record: type[Any]) -> tuple[str, ...]:
    """Return the names of the fields that have no default and may not be None."""
    return tuple(name for name in _without_default(record) if NoneType not in members(fields(record)[name]))


@cache
def absent(record: type[Any]) -> dict[str, None]:
    """Return None for each field without a default that may be None: a set file can only leave it out."""
    return {name: None for name in _without_default(record) if NoneType in members(fields(record)[name])}


def _without_default(record: type[Any]) -> list[str]:
    missing = dataclasses.MISSING
    return [f.name for f in dataclasses.fields(record) if f.default is missing and f.default_factory is missing]


@cache
def members(kind: Any) -> tuple[Any, ...]:
    """Return the alternatives of a union, or ``kind`` itself as the only one."""
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


@cache
def scalars(kind: Any) -> frozenset[type]:
    """Return the scalar types that ``kind`` allows, whatever their value."""
    return frozenset(member for member in members(kind) if member in SCALARS)


def is_record(kind: Any) -> TypeGuard[type[Any]]:
    """Say whether ``kind`` is a dataclass."""
    return isinstance(kind, type) and dataclasses.is_dataclass(kind)


@cache
def is_tuple(kind: Any) -> bool:
    """Say whether ``kind`` is a tuple of something."""
    return get_origin(kind) is tuple


@cache
def records(kind: Any) -> dict[str, type[Any]]:
    """Return the dataclasses that ``kind`` allows, by class name."""
    return {member.__name__: member for member in members(kind) if is_record(member)}


@cache
def entries(kind: Any, length: int) -> tuple[Any, ...] | None:
    """Return the annotations of the ``length`` entries of a tuple, or None where it cannot have so many."""
    inner = get_args(kind)
    if inner[-1:] == (Ellipsis,):
        return inner[:1] * length
    return inner if len(inner) == length else None


def is_scalar(kind: Any, value: object) -> bool:
    """Say whether ``value`` is of the scalar or literal type ``kind``, exactly: no NumPy integer passes for an int."""
    if get_origin(kind) is Literal:
        return any(type(value) is type(choice) and value == choice for choice in get_args(kind))
    return kind in SCALARS and type(value) is kind


def accepts(kind: Any) -> str:
    """Return what stands for a value of ``kind`` in a set file, for people.

    >>> accepts(int | tuple[int, int])
    'a whole number or an array of 2'
    """
    if len(members(kind)) > 1:
        return " or ".join(accepts(member) for member in members(kind))
    if is_record(kind):
        return f"a table of {', '.join(fields(kind)) or 'nothing'}"
    if get_origin(kind) is Literal:
        return " or ".join(f'"{choice}"' if isinstance(choice, str) else str(choice) for choice in get_args(kind))
    if is_tuple(kind):
        inner = get_args(kind)
        return "an array" if inner[-1:] == (Ellipsis,) else f"an array of {len(inner)}"
    return SCALARS[kind]


def check(params: type[Any]) -> None:
    """Raise PsetpressError, saying what is accepted, unless ``params`` is a frozen dataclass of accepted types."""
    try:
        _check(params, params.__name__)
    except NameError as error:
        raise PsetpressError(
            f"{params.__name__}: {error}; the types of parameters are read when a problem is loaded, "
            "so import them outside of `if TYPE_CHECKING`"
        ) from error


def _check(kind: Any, place: str) -> None:
    if is_record(kind):
        _check_record(kind, place)
    elif len(members(kind)) > 1:
        _check_union(kind, place)
    elif is_tuple(kind):
        for inner in get_args(kind):
            if inner is not Ellipsis:
                _check(inner, place)
    elif get_origin(kind) is not Literal and kind not in SCALARS:
        raise PsetpressError(
            f"{place}: {getattr(kind, '__name__', kind)} is no type of a parameter; accepted are int, Fraction, bool, "
            "str, Literal, None, tuples and frozen dataclasses of these, and unions"
        )


def _check_record(record: Any, place: str) -> None:
    if not record.__dataclass_params__.frozen:
        raise PsetpressError(f"{place}: {record.__name__} can be changed; write @dataclass(frozen=True)")
    for name, inner in fields(record).items():
        _check(inner, f"{place}.{name}")


def _check_union(kind: Any, place: str) -> None:
    for member in members(kind):
        _check(member, place)
    tuples = sum(map(is_tuple, members(kind)))
    if tuples > 1 or len(records(kind)) < sum(map(is_record, members(kind))):
        raise PsetpressError(f"{place}: JSON cannot tell two tuples apart, nor two classes of one name")
