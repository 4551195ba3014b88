"""Checkpoints: a training that was killed goes on from one, and ends as if it had not been killed."""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from solvers.training.loop import Log, Training


class Checkpoint:
    """A file that holds the state of one training, saved every so many ``seconds`` of work.

    ``identity`` says everything that the training depends on: a file that bears another one is left unread, and
    so is one that is damaged. Files are read without running code, and are replaced as a whole.
    """

    def __init__(self, path: Path, identity: str, seconds: float = 20.0) -> None:
        self.path, self.identity, self.seconds = path, identity, seconds
        self._saved = monotonic()

    def due(self) -> bool:
        """Return whether it is time to save."""
        return monotonic() - self._saved >= self.seconds

    def save(self, step: int, training: Training, log: Log) -> None:
        """Save the state of a training whose next step is ``step``."""
        state = {
            "identity": self.identity,
            "step": step,
            "network": training.network.state_dict(),
            "optimizer": training.optimizer.state_dict(),
            "log": vars(log),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self.path.with_suffix(f".{os.getpid()}.tmp")
        try:
            torch.save(state, scratch)
            scratch.replace(self.path)
        finally:
            scratch.unlink(missing_ok=True)
        self._saved = monotonic()

    def load(self, training: Training) -> tuple[int, Log] | None:
        """Put the saved state into ``training``; return the next step and the log, or None if nothing is saved."""
        from solvers.training.loop import Log

        state = self._read()
        if state is None:
            return None
        training.network.load_state_dict(state["network"])
        training.optimizer.load_state_dict(state["optimizer"])
        log, device = state["log"], next(training.network.parameters()).device
        return state["step"], Log(log["alive"].to(device), log["lasted"].to(device), log["measured"])

    def _read(self) -> dict[str, Any] | None:
        """Return the saved state with all tensors on the CPU, where the log and Adam's step counts stay."""
        if not self.path.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
            return state if state["identity"] == self.identity else None
        except Exception:  # whatever is wrong with the file, starting anew is right
            return None
