"""The record of a training experiment, and its strict translation to and from plain JSON data.

A key quotes what a record says, so nothing is guessed: a number that is not finite, a name that a template
cannot say or a key too many is refused, with its place and what is accepted, when a record is written
and again when it is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeGuard, TypeVar, cast, get_args

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 1
"""The number of the layout below; readers refuse any other."""

Scale = Literal["smoke", "cpu", "paper"]
SCALES: tuple[Scale, ...] = get_args(Scale)

Value: TypeAlias = "bool | int | float | str | tuple[Value, ...] | Mapping[str, Value] | None"
"""A measurement. None stands where there is nothing to measure, such as the steps to a target never reached."""

NAME = re.compile(r"[a-z][a-z0-9_]*")
"""Names of experiments, settings, measurements, claims and arrays: a template says ``measurements.final_accuracy``."""

KEYS = ("format", "experiment", "scale", "settings", "measurements", "claims", "provenance", "arrays")

T = TypeVar("T")


class Broken(ValueError):
    """Data that are no record: the place, the value and what is accepted."""


@dataclass(frozen=True)
class Claim:
    """A statement that an experiment tests: whether these runs support it, and the numbers that decide."""

    holds: bool
    evidence: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a result comes from.

    ``date`` is ISO (``2026-11-20``). ``data`` is the label that is printed with every number ("CIFAR-10, JPEG-75
    copy"), ``hashes`` are those of its files by name, empty for data that are computed. ``seconds`` is the
    wall-clock time of all runs together (of one that was killed, up to the last training that ended), ``revision``
    the state of the source that ran.
    """

    date: str
    device: str
    data: str
    seeds: tuple[int, ...]
    versions: Mapping[str, str]
    seconds: float
    revision: str
    hashes: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """The result of an experiment, as keys quote it.

    ``settings`` are what the experiment was run with, ``measurements`` what came out, ``claims`` what it supports.
    ``arrays`` hold curves and images; two results are equal if everything but their arrays is.
    """

    experiment: str
    scale: Scale
    settings: Mapping[str, Value]
    measurements: Mapping[str, Value]
    claims: Mapping[str, Claim]
    provenance: Provenance
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict[str, "NDArray[Any]"], compare=False, repr=False)


@dataclass(frozen=True)
class Form:
    """What a record says of an array: its shape and NumPy's name of its type."""

    shape: tuple[int, ...]
    dtype: str


def plain(result: Recorded, forms: Mapping[str, Form]) -> dict[str, Any]:
    """Return a result as data for JSON, its arrays replaced by their ``forms``; :func:`parse` judges them."""
    claims = {name: {"holds": claim.holds, "evidence": claim.evidence} for name, claim in result.claims.items()}
    return {
        "format": FORMAT,
        "experiment": result.experiment,
        "scale": result.scale,
        "settings": result.settings,
        "measurements": result.measurements,
        "claims": claims,
        "provenance": vars(result.provenance),
        "arrays": {name: {"shape": form.shape, "dtype": form.dtype} for name, form in forms.items()},
    }


def parse(data: object) -> tuple[Recorded, dict[str, Form]]:
    """Return the result that ``data`` describe, still without arrays, and the forms of its arrays.

    Raises Broken, with the place, for anything that :func:`plain` cannot have written of a sound result.
    """
    version = _table(data, "").get("format")
    if version != FORMAT:
        raise Broken(f"format: must be {FORMAT}, not {shown(version)}; another version of psetpress wrote this")
    table = _table(data, "", KEYS)
    result = Recorded(
        experiment=_name(table["experiment"], "experiment"),
        scale=_one_of(table["scale"], "scale", SCALES),
        settings=_named(table["settings"], "settings", _value),
        measurements=_named(table["measurements"], "measurements", _value),
        claims=_named(table["claims"], "claims", _claim),
        provenance=_provenance(table["provenance"]),
    )
    return result, _named(table["arrays"], "arrays", _form)


def shown(value: object, limit: int = 60) -> str:
    """Return ``value`` for a message, cut to ``limit`` characters."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}..."


def _refusal(where: str, accepted: str, value: object) -> Broken:
    return Broken(f"{f'{where}: ' if where else ''}must be {accepted}, not {shown(value)}")


def _is_table(data: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(data, Mapping) and all(isinstance(key, str) for key in cast("Mapping[object, object]", data))


def _is_list(data: object) -> TypeGuard[Sequence[object]]:
    return isinstance(data, (list, tuple))


def _table(data: object, where: str, keys: Sequence[str] = ()) -> Mapping[str, object]:
    """Return a table; with ``keys`` it must have exactly these."""
    if not _is_table(data):
        raise _refusal(where, "a table with strings for keys", data)
    missing = [key for key in keys if key not in data]
    unknown = [key for key in data if keys and key not in keys]
    if missing:
        raise Broken(f"{_inside(where, missing[0])}: is missing")
    if unknown:
        raise Broken(f"{_inside(where, unknown[0])}: is unknown; the keys are {', '.join(keys)}")
    return data


def _inside(where: str, step: str) -> str:
    return f"{where}, {step}" if where else step


def _entries(data: object, where: str) -> Sequence[object]:
    if not _is_list(data):
        raise _refusal(where, "a list", data)
    return data


def _name(data: object, where: str) -> str:
    if not isinstance(data, str) or not NAME.fullmatch(data) or hasattr(dict, data):
        raise _refusal(where, "a name of small letters, digits and _ that no dictionary has as a method", data)
    return data


def _named(data: object, where: str, read: Callable[[object, str], T]) -> dict[str, T]:
    """Return a table by names, each entry read by ``read``."""
    return {_name(key, where): read(value, _inside(where, key)) for key, value in _table(data, where).items()}


def _value(data: object, where: str) -> Value:
    """Return a measurement; lists become tuples."""
    if _is_table(data):
        return {key: _value(inner, _inside(where, key)) for key, inner in data.items()}
    if _is_list(data):
        return tuple(_value(entry, f"{where} {number}") for number, entry in enumerate(data, 1))
    if data is None or type(data) in (bool, int, str):
        return cast("Value", data)
    if type(data) is float and math.isfinite(data):
        return data
    raise _refusal(where, "a finite number, a string, true, false, null, or a list or table of these", data)


def _claim(data: object, where: str) -> Claim:
    table = _table(data, where, ("holds", "evidence"))
    if not isinstance(table["holds"], bool):
        raise _refusal(_inside(where, "holds"), "true or false", table["holds"])
    evidence = _named(table["evidence"], _inside(where, "evidence"), _value)
    if not evidence:
        raise _refusal(_inside(where, "evidence"), "the numbers that decide the claim", evidence)
    return Claim(table["holds"], evidence)


def _form(data: object, where: str) -> Form:
    table = _table(data, where, ("shape", "dtype"))
    place = _inside(where, "shape")
    return Form(tuple(_whole(side, place) for side in _entries(table["shape"], place)), _text(table["dtype"], where))


def _provenance(data: object) -> Provenance:
    where = "provenance"
    keys = ("date", "device", "data", "seeds", "versions", "seconds", "revision", "hashes")
    table, at = _table(data, where, keys), {key: _inside(where, key) for key in keys}
    seconds = table["seconds"]
    if type(seconds) not in (int, float) or not 0 <= cast("float", seconds) < math.inf:
        raise _refusal(at["seconds"], "a number of seconds", seconds)
    seeds = tuple(_whole(seed, at["seeds"]) for seed in _entries(table["seeds"], at["seeds"]))
    if not seeds or len(set(seeds)) < len(seeds):
        raise _refusal(at["seeds"], "one whole number or several different ones", seeds)
    return Provenance(
        date=_day(table["date"], at["date"]),
        device=_text(table["device"], at["device"]),
        data=_text(table["data"], at["data"]),
        seeds=seeds,
        versions=_texts(table["versions"], at["versions"]),
        seconds=cast("float", seconds),
        revision=_text(table["revision"], at["revision"]),
        hashes=_texts(table["hashes"], at["hashes"]),
    )


def _whole(data: object, where: str) -> int:
    if type(data) is not int or data < 0:
        raise _refusal(where, "a whole number >= 0", data)
    return data


def _text(data: object, where: str) -> str:
    if not isinstance(data, str) or not data.strip():
        raise _refusal(where, "a string that says something", data)
    return data


def _texts(data: object, where: str) -> dict[str, str]:
    return {key: _text(text, _inside(where, key)) for key, text in _table(data, where).items()}


def _one_of(data: object, where: str, choices: Sequence[T]) -> T:
    for choice in choices:
        if choice == data:
            return choice
    raise _refusal(where, " or ".join(map(str, choices)), data)


def _day(data: object, where: str) -> str:
    try:
        if isinstance(data, str) and date.fromisoformat(data).isoformat() == data:
            return data
    except ValueError:
        pass
    raise _refusal(where, "a date such as 2026-11-20", data)
