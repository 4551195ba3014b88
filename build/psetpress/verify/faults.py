"""Faults that are put in on purpose: what careless programming does to a solver."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

from psetpress.answers import Choice, Expression, Matrix, Shape, Signal
from psetpress.verify.leaves import Path, leaves, mapped, put

if TYPE_CHECKING:
    from psetpress.answers import Kind

Fault = Callable[["Kind[Any]", Any], Any]
"""What a fault makes of a canonical value: a raw value, or None where it has nothing to change."""


def off_by_one(kind: Kind[Any], value: Any) -> Any:
    """Count the last number one too far; choose the next option."""
    if isinstance(kind, Choice):
        keys = list(kind.options)
        return keys[(keys.index(value) + 1) % len(keys)]
    return f"({value}) + 1" if isinstance(kind, Expression) else _moved(value, -1)


def begins_late(kind: Kind[Any], value: Any) -> Any:
    """Count the first number one too far: the start of a signal, the mean of a distribution."""
    return None if isinstance(kind, (Choice, Expression)) else _moved(value, 0)


def _moved(value: Any, place: int) -> Any:
    path, number = list(leaves(value))[place]
    return put(value, path, number + 1)


def sign(kind: Kind[Any], value: Any) -> Any:
    """Turn every sign."""
    return f"-({value})" if isinstance(kind, Expression) else _each(kind, value, lambda number: -number)


def transposed(kind: Kind[Any], value: Any) -> Any:
    """Exchange rows and columns; write a shape or the values of a signal backwards."""
    if isinstance(kind, Matrix):
        return tuple(zip(*value, strict=True))
    if isinstance(kind, Shape):
        return value[::-1]
    return (value.start, value.values[::-1]) if isinstance(kind, Signal) else None


def rounded(kind: Kind[Any], value: Any) -> Any:
    """Keep two significant digits of every number."""
    return _each(kind, value, lambda number: type(number)(Fraction(f"{float(number):.1e}")))


def truncated(kind: Kind[Any], value: Any) -> Any:
    """Cut the fractions off, as integer division does."""
    return _each(kind, value, math.trunc)


def single_precision(kind: Kind[Any], value: Any) -> Any:
    """Compute in float32."""
    import numpy as np

    return _each(kind, value, lambda number: number if isinstance(number, int) else float(np.float32(number)))


def _each(kind: Kind[Any], value: Any, change: Callable[[Any], Any]) -> Any:
    return None if isinstance(kind, (Choice, Expression)) else mapped(value, change)


FAULTS: Mapping[str, Fault] = {
    "off by one": off_by_one,
    "begins late": begins_late,
    "sign": sign,
    "transposed": transposed,
    "wrong rounding": rounded,
    "truncated": truncated,
    "single precision": single_precision,
}
"""Faults of one answer by name."""


def swaps(params: Any) -> Iterator[tuple[Path, Path]]:
    """Yield the pairs of neighbouring parameters of one type: the ones that are taken for each other."""
    found = [(path, value) for path, value in leaves(params) if not isinstance(value, (bool, str))]
    for (one, a), (other, b) in combinations(found, 2):
        if type(a) is type(b) and _neighbours(one, other):
            yield one, other


def _neighbours(one: Path, other: Path) -> bool:
    """Say whether two values are fields of one record, or stand side by side in one tuple."""
    if one[:-1] != other[:-1]:
        return False
    return isinstance(one[-1], str) or other[-1] == one[-1] + 1
