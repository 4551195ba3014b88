"""Random streams: one generator for every (course key, set, student, item, attempt)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numpy.random import Generator


ALONE = "show"
"""The name of the set that asks a single problem and nothing else."""


class Stream(NamedTuple):
    """The name of a random stream, without the attempt.

    ``key`` is the course's key (or the seed of a single build), ``student`` is empty for a single
    build, ``item`` is the problem's place in the set by name, never by position: moving or adding
    problems changes no other problem's numbers.
    """

    key: str
    set: str
    student: str
    item: str

    def generator(self, attempt: int) -> Generator:
        """Return the generator of one attempt.

        The names are written as a JSON array, which keeps them apart whatever they hold, and hashed
        with SHA-256, so that neighbouring names give unrelated streams (no ``seed + 1``);
        ``SeedSequence`` mixes the 256 bits into PCG64's state.
        """
        from numpy.random import PCG64, Generator, SeedSequence

        text = json.dumps([*self, attempt])
        entropy = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
        return Generator(PCG64(SeedSequence(entropy)))

    def __str__(self) -> str:
        student = f", student {self.student}" if self.student else ""
        return f"{self.set}/{self.item} ({self.key}{student})"


def seeded(problem: str, seed: int) -> Stream:
    """Return the stream that `psetpress show PROBLEM --seed SEED` draws from."""
    return Stream(f"seed {seed}", ALONE, "", problem)
