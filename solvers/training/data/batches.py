"""The Python batches of CIFAR-10 and CIFAR-100: pickles, read without running what they might hold."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from solvers.training.data.files import md5, read, unusable

ALLOWED = {
    *((f"numpy.{core}.multiarray", "_reconstruct") for core in ("core", "_core")),
    *((f"numpy.{core}.numeric", "_frombuffer") for core in ("core", "_core")),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
}
"""What rebuilds an array; nothing else that a pickle may ask for is handed out."""


class Arrays(pickle.Unpickler):
    """Reads arrays and plain containers, and refuses everything else."""

    def find_class(self, module: str, name: str, /) -> Any:
        """Return a part of NumPy that rebuilds an array. Raises UnpicklingError for any other name."""
        if (module, name) in ALLOWED:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, and only arrays and plain containers are read")


def load(path: Path) -> tuple[Mapping[bytes, Any], str]:
    """Return the table in a batch, with keys of bytes, and the file's MD5 hash. Raises Unusable."""
    data = read(path)
    try:
        table: object = Arrays(io.BytesIO(data), encoding="bytes").load()
    except Exception as error:  # a damaged pickle raises almost anything
        raise unusable(f"is cut off or damaged, or no batch: {error}", path) from None
    if not isinstance(table, dict):
        raise unusable(f"is no batch: it holds a {type(table).__name__}, not a table", path)
    table = cast("dict[str | bytes, Any]", table)
    return {key.encode() if isinstance(key, str) else key: value for key, value in table.items()}, md5(data)
