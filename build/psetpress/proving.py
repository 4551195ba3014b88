"""Prove a variant's key: the oracle must agree with ``solve``, answer by answer."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from psetpress import codec, interrupts
from psetpress.errors import PsetpressError
from psetpress.failures import described

if TYPE_CHECKING:
    from psetpress.answers import Kind
    from psetpress.drawing import Variant
    from psetpress.records import Misconception, Problem

R = TypeVar("R")

Answers = dict[str, Any]
"""Canonical values by answer name, in the order of the parts."""

Kinds = Mapping[str, "Kind[Any]"]
"""The kinds of a variant's answers by name. Parts may make them anew at every call, so who asks often asks once."""


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
    except (interrupts.Interrupted, interrupts.Terminated):
        raise
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # a solver that leaves must not leave "all is well"
        raise ProofError(f"{road} fails: {described(error)}\n  given: {given!r}") from error


def canonical(kinds: Kinds, raw: Mapping[str, Any], road: str) -> Answers:
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


def kinds_of(problem: Problem[Any], params: object) -> Kinds:
    """Return the kinds of all answers of a variant, by answer name."""
    return call("answers of the parts", problem.kinds, params)


def solve(problem: Problem[Any], params: object, kinds: Kinds) -> Answers:
    """Return the key of a variant: canonical values by answer name."""
    return canonical(kinds, call("solve", problem.solve, params), "solve")


def disagreements(variant: Variant) -> list[Disagreement]:
    """Return where the oracle differs from the key; an empty list is the proof."""
    kinds = variant.kinds
    unspoilt = codec.fresh(variant.params)  # what solve may have left on them is no second road
    other = canonical(kinds, call("oracle", variant.problem.oracle, unspoilt), "oracle")
    return [
        Disagreement(name, kinds[name].text(value), kinds[name].text(other[name]))
        for name, value in variant.answers.items()
        if not kinds[name].agrees(value, other[name])
    ]


def misled(problem: Problem[Any], params: object, kinds: Kinds) -> dict[str, Answers]:
    """Return for each misconception that applies the answers that it changes, canonical."""
    return {item.name: values for item in problem.misconceptions if (values := _misled(item, params, kinds))}


def _misled(misconception: Misconception[Any], params: object, kinds: Kinds) -> Answers:
    road = f'misconception "{misconception.name}"'
    raw = call(road, misconception.solve, params)
    unknown = [name for name in raw if name not in kinds or not kinds[name].proved]
    if unknown:
        raise ProofError(f"{road} returns unknown answers: {', '.join(sorted(unknown))}")
    return {name: _value(kinds[name], value, f'{road}, answer "{name}"') for name, value in raw.items()}


def blind_spots(variant: Variant) -> Iterator[str]:
    """Yield the names of the misconceptions that the variant cannot tell from the right answer.

    Every answer that such a belief gives would be accepted as right.
    """
    for name, told in variant.mistakes.items():
        if not told:
            yield name


def prepare() -> None:
    """Keep torch to one thread: on tensors as small as an oracle's, threads only wait for each other."""
    with interrupts.held():
        import torch

    torch.set_num_threads(1)
