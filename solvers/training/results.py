"""Recorded results of training experiments: the one interface between runs and the keys that quote them.

A result is a folder ``recorded/<experiment>/`` with ``result.json`` and, if there are curves or
images, ``arrays.npz``. ``find`` and ``load`` read it, ``record`` writes it; nothing else does. Reading
is strict, because a key quotes what stands there: a broken file is an error that says what is wrong
and where, never a result with gaps.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias, cast, get_args

if TYPE_CHECKING:
    from numpy.typing import NDArray

RECORDED = Path(__file__).parent / "recorded"
"""The results that ship with the project, a folder for each experiment."""

FORMAT = 1
"""The number of the layout below; a reader refuses any other."""

RESULT, ARRAYS = "result.json", "arrays.npz"

Scale = Literal["smoke", "cpu", "paper"]
SCALES: tuple[Scale, ...] = get_args(Scale)

Value: TypeAlias = "bool | int | float | str | None | tuple[Value, ...] | Mapping[str, Value]"
"""What a measurement can be: finite numbers, and None where there is nothing to measure (a target never reached)."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_HIDDEN = frozenset(name for name in dir(dict) if not name.startswith("_"))
"""Names that a template would take for the dictionary's own: ``measurements.values``."""


@dataclass(frozen=True)
class Claim:
    """A statement that an experiment tests: whether these runs support it, and the numbers that decide."""

    holds: bool
    evidence: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a result comes from.

    ``date`` is ISO (2026-11-20); ``data`` is the label to print ("CIFAR-10, JPEG-75 copy"), ``hashes`` are those
    of its files by name (empty for data that is computed); ``seconds`` is wall-clock time of all runs together.
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

    ``settings`` are what the experiment was run with (a caption prints what a paper leaves unsaid), ``measurements``
    and ``claims`` what came out, by names that a template can say. ``arrays`` are read from disk when first asked for.
    Two results are equal if everything but their arrays is.
    """

    experiment: str
    scale: Scale
    settings: Mapping[str, Value]
    measurements: Mapping[str, Value]
    claims: Mapping[str, Claim]
    provenance: Provenance
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict[str, "NDArray[Any]"], compare=False, repr=False)


def names(folder: Path = RECORDED) -> tuple[str, ...]:
    """Return the names of the experiments that have a recorded result, in order."""
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{RESULT}") if _NAME.fullmatch(path.parent.name)))


def find(name: str, folder: Path = RECORDED) -> Recorded | None:
    """Return the recorded result of an experiment, or None while there is none.

    Raises ValueError naming file and place if the result is broken.
    """
    _check_name(name, "experiment")
    return read(folder / name) if (folder / name / RESULT).exists() else None


def load(name: str, folder: Path = RECORDED) -> Recorded:
    """Return the recorded result of an experiment. Raises LookupError if there is none, ValueError if it is broken."""
    found = find(name, folder)
    if found is None:
        known = ", ".join(names(folder)) or "none"
        raise LookupError(
            f'no result of the experiment "{name}" is recorded in {folder} (recorded there: {known}); '
            f"`psetpress train {name}` makes one"
        )
    return found


def read(folder: Path) -> Recorded:
    """Return the result in ``folder``, whose name must be the experiment's.

    Raises ValueError naming the file, the place in it, the value and what is accepted.
    """
    path = folder / RESULT
    try:
        result = _result(_json(path), folder)
    except _Broken as error:
        raise ValueError(f"{path}: {error}") from None
    if result.experiment != folder.name:
        raise ValueError(f'{path}: experiment: is "{result.experiment}", but the folder is named "{folder.name}"')
    return result


def record(folder: Path, result: Recorded) -> None:
    """Write ``result`` into ``folder``, named like its experiment, in place of the result that may be there.

    The folder appears whole or not at all. Raises ValueError for what :func:`read` would refuse, and FileExistsError
    if the folder holds anything but a result.
    """
    import numpy as np

    arrays = {name: np.asarray(array) for name, array in result.arrays.items()}
    text = json.dumps(_plain(result, arrays), indent=1, ensure_ascii=False, allow_nan=True) + "\n"
    if result.experiment != folder.name:
        raise ValueError(f'{folder}: a result of "{result.experiment}" goes into a folder of that name')
    _refuse_foreign(folder)
    new, old = (folder.parent / f".{folder.name}.{end}" for end in ("new", "old"))
    _clear(new, old)
    new.mkdir(parents=True)
    if arrays:
        np.savez_compressed(new / ARRAYS, allow_pickle=False, **cast("dict[str, Any]", arrays))
    (new / RESULT).write_text(text, encoding="utf-8")
    try:
        _check_written(new, folder)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    finally:
        _clear(new, old)
