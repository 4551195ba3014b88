"""What an issued build recorded: its manifest, as far as proving it again needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from psetpress import manifest
from psetpress.errors import UsageError
from psetpress.records import Level

ACCEPTED = "a manifest.json that `psetpress build` wrote is wanted"

M = TypeVar("M", bound=BaseModel)


class Format(BaseModel):
    """What every manifest has, in whatever format the rest is."""

    format: int


class Answer(BaseModel):
    """A recorded answer; a written one has no value."""

    kind: str
    value: Any = None
    text: str = ""

    @property
    def computed(self) -> bool:
        """Whether there is something to prove."""
        return "value" in self.model_fields_set


class RecordedPart(BaseModel):
    """A recorded part: its id in the set, and its answers by name."""

    id: str
    answers: dict[str, Answer]


class Recorded(BaseModel):
    """A recorded variant, as far as proving it again needs; in a build for a class it is some ``student``'s."""

    student: str = ""
    item: str
    problem: str
    version: int
    level: Level
    params: dict[str, Any]
    parts: list[RecordedPart]

    @property
    def place(self) -> str:
        """Which variant of the build it is."""
        return f"{self.student}/{self.item}" if self.student else self.item

    def answers(self) -> Iterator[tuple[str, str, Answer]]:
        """Yield the answers with the id of their part and their name."""
        for part in self.parts:
            yield from ((part.id, name, answer) for name, answer in part.answers.items())


class Issued(BaseModel):
    """What a manifest must hold."""

    variants: list[Recorded]


def read(path: Path) -> list[Recorded]:
    """Return the recorded variants of a manifest. Raises UsageError that says what is wrong with the file."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; {ACCEPTED}") from error
    number = _parsed(Format, path, content).format  # first: another format has other fields
    if number != manifest.FORMAT:
        raise UsageError(f"{path} has format {number}; this version reads format {manifest.FORMAT}")
    variants = _parsed(Issued, path, content).variants
    if not variants:
        raise UsageError(f"{path} records no variants; {ACCEPTED}")
    return variants


def _parsed(model: type[M], path: Path, content: bytes) -> M:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ", ".join(str(step + 1) if isinstance(step, int) else step for step in first["loc"])
        where = f"{path}: {place}" if place else str(path)
        raise UsageError(f"{where}: {first['msg']}; {ACCEPTED}") from error
