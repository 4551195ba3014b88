"""The wall-clock time of an order, whose run may have been stopped and gone on."""

from __future__ import annotations

import json
from pathlib import Path
from time import monotonic

FILE = "seconds.json"
"""Stands beside the checkpoints and is removed with them."""


class Stopwatch:
    """Counts seconds on from those that earlier runs have noted in ``folder`` under the same ``identity``.

    A run that is killed has noted what it took up to the last training that ended.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self._file, self._identity = folder / FILE, identity
        self._earlier, self._began = self._noted(), monotonic()

    @property
    def seconds(self) -> float:
        """The time of all runs together, pauses between them not counted."""
        return self._earlier + monotonic() - self._began

    def note(self) -> None:
        """Write the time down; the file is replaced as a whole."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._file.with_suffix(".tmp")
        scratch.write_text(json.dumps({"identity": self._identity, "seconds": self.seconds}), encoding="utf-8")
        scratch.replace(self._file)

    def _noted(self) -> float:
        try:
            noted = json.loads(self._file.read_text(encoding="utf-8"))
            return float(noted["seconds"]) if noted["identity"] == self._identity else 0.0
        except (OSError, ValueError, LookupError, TypeError):  # no file, or a damaged one: nothing is known
            return 0.0
