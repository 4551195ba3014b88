"""The idx format of MNIST: a big-endian header, then unsigned bytes."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from solvers.training.data.files import md5, read, unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNSIGNED_BYTES = 8


def load(path: Path) -> tuple[NDArray[np.uint8], str]:
    """Return the array in an idx file, packed by gzip or not, and the file's MD5 hash.

    Raises Unusable, saying what is wrong, for anything but an array of bytes as long as its header says.
    """
    data = read(path)
    return parse(_unpacked(data, path), path), md5(data)


def parse(data: bytes, path: Path) -> NDArray[np.uint8]:
    """Return the array of idx data. Raises Unusable naming ``path``."""
    if len(data) < 4 or data[:3] != bytes((0, 0, UNSIGNED_BYTES)):
        raise unusable(f"is no idx file of unsigned bytes: it begins with {data[:4].hex(' ') or 'nothing'}", path)
    start = 4 + 4 * data[3]
    if len(data) < start:
        raise unusable(f"is cut off: it ends within its header, after {len(data)} bytes", path)
    shape = struct.unpack(f">{data[3]}I", data[4:start])
    if len(data) - start != math.prod(shape):
        raise unusable(
            f"is cut off or damaged: its header says {math.prod(shape)} bytes, {len(data) - start} follow", path
        )
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def _unpacked(data: bytes, path: Path) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise unusable(f"is cut off or damaged: {error}", path) from None
