"""Recorded results of training experiments: the one interface between runs and the keys that quote them.

A result is a folder ``recorded/<experiment>/`` that holds ``result.json`` and, where there are curves or
images, ``arrays.npz``. :func:`find` and :func:`load` read it, :func:`record` writes it. Only what was run
is recorded: an experiment without a result is missing, and keys say so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn, cast

from solvers.training.record import NAME, Broken, Claim, Form, Provenance, Recorded, Scale, Value, parse, plain, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Claim", "Provenance", "Recorded", "Scale", "Value", "check_free", "find", "load", "names", "read", "record"]

RECORDED = Path(__file__).parent / "recorded"
"""The results that ship with the project."""

RESULT, ARRAYS = "result.json", "arrays.npz"

NUMBERS = "biuf"
"""NumPy's kinds of arrays that a result may hold: booleans, integers and floats, and never objects."""


def names(folder: Path | None = None) -> tuple[str, ...]:
    """Return the names of the experiments that have been recorded (shipped, or in ``folder``), in order."""
    folder = folder or RECORDED
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{RESULT}") if NAME.fullmatch(path.parent.name)))


def find(name: str, folder: Path | None = None) -> Recorded | None:
    """Return the recorded result of an experiment, or None while there is none.

    Raises ValueError for a name that no experiment can have, and for a broken result as :func:`read`.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{shown(name)} is no name of an experiment: small letters, digits and _ are accepted")
    place = (folder or RECORDED) / name
    return _read(place, _stamp(place / RESULT), _stamp(place / ARRAYS)) if place.exists() else None


Stamp = tuple[int, int, int]
"""What tells a file from the one that stood in its place before: number, size and time of change."""


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


@lru_cache(maxsize=16)
def _read(folder: Path, _result: Stamp | None, _arrays: Stamp | None) -> Recorded:
    """Return the result in ``folder``, the same one until its files change: every student's key quotes it."""
    return read(folder)


def load(name: str, folder: Path | None = None) -> Recorded:
    """Return the recorded result of an experiment. Raises LookupError if there is none, ValueError as :func:`find`."""
    found = find(name, folder)
    if found is None:
        raise LookupError(
            f'no result of the experiment "{name}" is recorded in {folder or RECORDED} (recorded there: '
            f"{', '.join(names(folder)) or 'none'}); `psetpress train {name}` makes one"
        )
    return found


def read(folder: Path) -> Recorded:
    """Return the result in ``folder``, which bears the name of its experiment. Arrays are read when they are used.

    Raises ValueError naming the file, the place in it, the value and what is accepted.
    """
    path = folder / RESULT
    try:
        result, forms = parse(_json(path))
        _check_home(result, folder)
        if bool(forms) != (folder / ARRAYS).exists():
            raise Broken(
                f"arrays: names {', '.join(forms) or 'none'}, but {ARRAYS} {'is missing' if forms else 'exists'}"
            )
    except Broken as error:
        raise ValueError(f"{path}: {error}") from None
    return replace(result, arrays=Arrays(folder / ARRAYS, forms))


def record(folder: Path, result: Recorded) -> Recorded:
    """Write ``result`` into ``folder``, in place of the result that may be there, and return it as it will be read.

    The folder bears the name of the experiment, and is replaced as a whole: a run that is killed leaves the
    old result. Raises ValueError for a result that :func:`read` would refuse, FileExistsError if the folder
    holds anything but a result.
    """
    import numpy as np

    arrays = {name: np.asarray(array) for name, array in result.arrays.items()}
    try:
        data = plain(result, {name: _form(name, array) for name, array in arrays.items()})
        _check_home(parse(data)[0], folder)
    except Broken as error:
        raise ValueError(f"{folder}: not recorded: {error}") from None
    check_free(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=".recording-") as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        new.mkdir()
        (new / RESULT).write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        if arrays:
            np.savez_compressed(new / ARRAYS, allow_pickle=False, **cast("dict[str, Any]", arrays))
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    return read(folder)


def check_free(folder: Path) -> None:
    """Raise FileExistsError for a folder that a result must not replace: one that holds anything else, or a file."""
    if folder.is_dir():
        foreign = sorted(path.name for path in folder.iterdir() if path.name not in (RESULT, ARRAYS))
        if not foreign:
            return
        raise FileExistsError(
            f"{folder}: holds {', '.join(foreign[:3])}, so it is no folder of a result; choose another"
        )
    if folder.exists():
        raise FileExistsError(f"{folder}: is a file; a result is a folder")


class Arrays(Mapping[str, "NDArray[Any]"]):
    """The arrays of a result by name, read from their file when the first of them is used.

    Raises ValueError then, if the file is broken or holds other arrays than the result says.
    """

    def __init__(self, path: Path, forms: Mapping[str, Form]) -> None:
        self._path, self._forms = path, forms
        self._read: dict[str, NDArray[Any]] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._forms:
            raise KeyError(f"{self._path} holds no array {name!r}; it holds {', '.join(self._forms) or 'none'}")
        if not self._read:
            self._read = _arrays(self._path, self._forms)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._forms)

    def __len__(self) -> int:
        return len(self._forms)


def _arrays(path: Path, forms: Mapping[str, Form]) -> dict[str, NDArray[Any]]:
    """Return the arrays of ``path``, which must have these ``forms``."""
    import zipfile
    import zlib

    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as file:
            arrays: dict[str, NDArray[Any]] = dict(file)
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path}: cannot be read as NumPy arrays: {error}") from error
    found = {name: Form(array.shape, str(array.dtype)) for name, array in arrays.items()}
    for name in sorted(forms.keys() | found.keys()):
        if forms.get(name) != found.get(name):
            said, is_there = (_described(table.get(name)) for table in (forms, found))
            raise ValueError(f"{path}: array {name}: {RESULT} says {said}, the file has {is_there}")
    return arrays


def _described(form: Form | None) -> str:
    return f"{form.dtype} of shape {form.shape}" if form else "nothing"


def _form(name: str, array: NDArray[Any]) -> Form:
    if array.dtype.kind not in NUMBERS:
        raise Broken(f"arrays, {name}: must hold numbers, not {array.dtype}")
    return Form(array.shape, str(array.dtype))


def _json(path: Path) -> object:
    """Return the data of a JSON file, read strictly: no key twice, no NaN, no infinity."""
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except Broken:
        raise
    except OSError as error:
        raise Broken(f"cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise Broken(f"is not JSON in UTF-8: {error}") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        raise Broken(f"the key {next(key for key in keys if keys.count(key) > 1)} stands twice in one table")
    return table


def _no_number(text: str) -> NoReturn:
    raise Broken(f"{text} is no measurement: a number must be finite, and null stands where there is none")


def _check_home(result: Recorded, folder: Path) -> None:
    if result.experiment != folder.name:
        raise Broken(f"experiment: is {result.experiment}, but the folder is named {folder.name}")
