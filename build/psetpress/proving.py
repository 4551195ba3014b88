"""Prove a variant's key: the oracle must agree with ``solve``, answer by answer."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from psetpress import interrupts
from psetpress.errors import PsetpressError
from psetpress.failures import described

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psetpress.answers import Kind
    from psetpress.records import Misconception, Problem

R = TypeVar("R")

Answers = dict[str, Any]
"""Canonical values by answer name, in the order of the parts."""


class ProofError(PsetpressError):
    """A key that could not be worked out or proved: nothing is printed."""


@dataclass(frozen=True)
class Disagreement:
    """One answer on which the two roads differ, both as text."""

    answer: str
    solved: str
    proved: str

    def __str__(self) -> str:
        return f'answer "{self.answer}": solve says {self.solved}, the oracle says {self.proved}'


@contextmanager
def about(variant: str) -> Generator[None]:
    """Begin the message of a ProofError raised inside with the name of a variant."""
    try:
        yield
    except ProofError as error:
        raise ProofError(f"{variant}: {error.message}") from error


def call(road: str, function: Callable[[Any], R], given: Any) -> R:
    """Return what a function of a problem's record makes of ``given``. Raises ProofError with ``road`` if it fails."""
    try:
        return function(given)
    except Exception as error:
        raise ProofError(f"{road} fails: {described(error)}\n  given: {given!r}") from error


def canonical(kinds: Mapping[str, Kind[Any]], raw: Mapping[str, Any], road: str) -> Answers:
    """Return the canonical value of every proved answer. Raises ProofError for a missing or unknown name."""
    proved = {name: kind for name, kind in kinds.items() if kind.proved}
    missing, unknown = proved.keys() - raw.keys(), raw.keys() - proved.keys()
    if missing or unknown:
        wrong = ", ".join(
            [f'"{name}" is missing' for name in sorted(missing)] + [f'"{name}" is unknown' for name in sorted(unknown)]
        )
        raise ProofError(f"{road} does not return the answers of the parts: {wrong}")
    return {name: _value(kind, raw[name], f'{road}, answer "{name}"') for name, kind in proved.items()}


def _value(kind: Kind[Any], raw: object, where: str) -> Any:
    try:
        return kind.value(raw)
    except (TypeError, ValueError) as error:
        raise ProofError(f"{where}: {error}") from error


def solve(problem: Problem[Any], params: object) -> Answers:
    """Return the key of a variant: canonical values by answer name."""
    return canonical(kinds(problem, params), call("solve", problem.solve, params), "solve")


def kinds(problem: Problem[Any], params: object) -> Mapping[str, Kind[Any]]:
    """Return the kinds of all answers of a variant, by answer name."""
    return call("answers of the parts", problem.kinds, params)


def disagreements(problem: Problem[Any], params: object, answers: Answers) -> list[Disagreement]:
    """Return where the oracle differs from ``answers``; an empty list is the proof."""
    known = kinds(problem, params)
    other = canonical(known, call("oracle", problem.oracle, params), "oracle")
    return [
        Disagreement(name, known[name].text(value), known[name].text(other[name]))
        for name, value in answers.items()
        if not known[name].agrees(value, other[name])
    ]


def misled(problem: Problem[Any], params: object, misconception: Misconception[Any]) -> Answers:
    """Return the answers that a misconception changes, canonical; empty where it does not apply."""
    road = f'misconception "{misconception.name}"'
    proved = {name: kind for name, kind in kinds(problem, params).items() if kind.proved}
    raw = call(road, misconception.solve, params)
    unknown = raw.keys() - proved.keys()
    if unknown:
        raise ProofError(f"{road} returns unknown answers: {', '.join(sorted(unknown))}")
    return {name: _value(proved[name], value, f'{road}, answer "{name}"') for name, value in raw.items()}


def coincides(problem: Problem[Any], params: object, answers: Answers, wrong: Answers) -> bool:
    """Say whether ``wrong``, what a misconception answers, would be accepted in every answer it gives."""
    known = kinds(problem, params)
    return bool(wrong) and all(known[name].match(answers[name], value).ok for name, value in wrong.items())


def blind_spots(problem: Problem[Any], params: object, answers: Answers) -> tuple[str, ...]:
    """Return the names of the misconceptions that this variant cannot tell from the right answer."""
    return tuple(
        item.name
        for item in problem.misconceptions
        if coincides(problem, params, answers, misled(problem, params, item))
    )


def prepare() -> None:
    """Keep torch to one thread: on tensors as small as an oracle's, threads only wait for each other."""
    with interrupts.held():
        import torch

    torch.set_num_threads(1)
