"""Draw, then judge: take the first attempt of a stream that no predicate rejects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from psetpress import codec, proving
from psetpress.errors import PsetpressError

if TYPE_CHECKING:
    from numpy.random import Generator

    from psetpress.proving import Answers, Kinds
    from psetpress.records import Level, Problem
    from psetpress.streams import Stream

MAX_ATTEMPTS = 2000
"""Room for a constraint: what accepts one attempt in 200 fails here once in 22,000 streams."""


class DrawError(PsetpressError):
    """A stream none of whose attempts was accepted."""


@dataclass(frozen=True)
class Variant:
    """One problem with one set of parameters, its key, and how it came about.

    ``wrong`` holds, for each misconception that applies, the answers that it changes. ``attempts``
    counts the draws judged (0 for parameters that were given); ``rejected`` counts them by predicate.
    ``kinds`` are those of all answers, written ones too.
    """

    name: str
    problem: Problem[Any]
    params: Any
    level: Level
    kinds: Kinds
    answers: Answers
    wrong: dict[str, Answers]
    attempts: int = 0
    rejected: dict[str, int] = field(default_factory=dict[str, int])

    @cached_property
    def data(self) -> dict[str, Any]:
        """The parameters in JSON types."""
        return codec.dump(self.params)

    @cached_property
    def identity(self) -> str:
        """The hash of problem and parameters: equal for equal questions."""
        return codec.identity(self.name, self.problem, self.data)

    @cached_property
    def mistakes(self) -> dict[str, Answers]:
        """Of ``wrong``, the answers that can be told from the right ones; the others would be accepted."""
        return {name: dict(self._told(values)) for name, values in self.wrong.items()}

    def _told(self, values: Answers) -> Iterator[tuple[str, Any]]:
        for answer, value in values.items():
            if not self.kinds[answer].match(self.answers[answer], value).ok:
                yield answer, value


Constraint = tuple[str, Callable[[Any], bool]]
"""A set author's own condition: how it reads, and whether parameters satisfy it."""


def barred(problem: Problem[Any], params: object, constraints: tuple[Constraint, ...] = ()) -> str | None:
    """Return the first constraint or predicate that rejects ``params`` before they are solved, or None."""
    for reads, holds in constraints:
        if not holds(params):
            return f"{reads} does not hold"
    for reject in problem.rejects:
        if proving.call(f'reject "{reject.name}"', reject.test, params):
            return reject.name
    return None


def draw(
    name: str, problem: Problem[Any], level: Level, stream: Stream, constraints: tuple[Constraint, ...] = ()
) -> Variant:
    """Return the variant of ``stream``: its first accepted attempt.

    Raises DrawError with the counts of the predicates when MAX_ATTEMPTS attempts were rejected, ProofError
    if code of the problem fails.
    """
    rejected: Counter[str] = Counter()
    for attempt in range(MAX_ATTEMPTS):
        with proving.about(f"{name}, level {level}, attempt {attempt + 1} of stream {stream}"):
            params = sample(problem, level, stream.generator(attempt))
            reason = barred(problem, params, constraints)
            if reason is None:
                variant = _solved(name, problem, params, level, attempts=attempt + 1, rejected=rejected)
                unseen = next(proving.blind_spots(variant), None)
                if unseen is None:
                    return variant
                reason = f'misconception "{unseen}" gives the right answer'
        rejected[reason] += 1
    raise DrawError(_exhausted(name, level, stream, rejected))


def given(name: str, problem: Problem[Any], params: object, level: Level) -> Variant:
    """Return the variant of known parameters (published, or pinned in a set file); nothing is judged.

    Raises ProofError if code of the problem fails, or if a parameter has another type than its annotation.
    """
    with proving.about(name):
        return _solved(name, problem, params, level)


def sample(problem: Problem[Any], level: Level, rng: Generator) -> Any:
    """Return what the problem draws from ``rng``, unjudged. Raises ProofError if its code fails."""
    return proving.call("draw", lambda level: problem.draw(rng, level), level)


def _solved(
    name: str,
    problem: Problem[Any],
    params: object,
    level: Level,
    *,
    attempts: int = 0,
    rejected: Mapping[str, int] | None = None,
) -> Variant:
    _check_types(problem, params)
    kinds = proving.kinds_of(problem, params)
    answers = proving.solve(problem, params, kinds)
    wrong = proving.misled(problem, params, kinds)
    return Variant(name, problem, params, level, kinds, answers, wrong, attempts, dict(rejected or {}))


def _check_types(problem: Problem[Any], params: object) -> None:
    """Refuse parameters that a manifest could not hold, such as NumPy's integers."""
    if type(params) is not problem.params:
        raise proving.ProofError(f"the parameters {params!r} are no {problem.params.__name__}")
    try:
        codec.dump(params)
    except PsetpressError as error:
        raise proving.ProofError(error.message) from error


def _exhausted(name: str, level: Level, stream: Stream, rejected: Counter[str]) -> str:
    counts = "; ".join(f"{reason}: {count}" for reason, count in rejected.most_common())
    return (
        f"{name}: no variant at level {level} in {MAX_ATTEMPTS} attempts of stream {stream}. Rejected by: {counts}. "
        "Loosen the constraint (or the predicate), or choose another level."
    )
