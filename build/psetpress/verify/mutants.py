"""Mutation: replace ``solve`` by something wrong and demand that verification notices.

A verification that lets a wrong solver pass proves nothing. The mutants are each misconception in place of the
answers that it changes; each of :mod:`psetpress.verify.faults` in each answer; parameters taken for each other; the
answers of another variant; and each digit of every number in the source of ``solve`` written otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import click

from psetpress import drawing, proving, registry, streams, workers
from psetpress.verify import digits
from psetpress.verify.checks import examine
from psetpress.verify.faults import FAULTS, Fault, swaps
from psetpress.verify.leaves import leaves, put, shown

if TYPE_CHECKING:
    from psetpress.drawing import Variant
    from psetpress.records import Problem, Values

SEEDS = 10
"""Variants of each level on which a mutant may show itself, beside the published one and the edges."""

Solve = Callable[[Any], "Values"]


@dataclass(frozen=True)
class Mutant:
    """A wrong solver: what is wrong with it, and what would catch it if nothing does."""

    says: str
    solve: Solve
    remedy: str


@dataclass
class Trial:
    """The mutants of one problem: how many of each sort were caught, how many change nothing, which survived.

    ``shared`` are changed digits of the question itself, which both roads read: no mutants of ``solve``.
    """

    problem: str
    caught: Counter[str] = field(default_factory=Counter[str])
    idle: int = 0
    shared: list[str] = field(default_factory=list[str])
    survivors: list[str] = field(default_factory=list[str])

    @property
    def tried(self) -> int:
        """How many mutants give a wrong answer somewhere."""
        return self.caught.total() + len(self.survivors)


def tried(name: str) -> Trial:
    """Try every mutant of the problem ``name``.

    A mutant that changes no answer of any variant is no wrong solver; such are counted as idle. Raises ProofError if
    the problem itself is not proved: then everything would seem to be caught.
    """
    variants = list(_variants(name, registry.load(name)))
    for variant in variants:
        _check(variant)
    trial = Trial(name)
    for sort, mutants in SORTS.items():
        for mutant in mutants(variants):
            _try(trial, sort, mutant, variants)
    outcome = digits.outcome(name, SEEDS)
    trial.caught["digit"] = outcome.caught
    trial.idle += len(outcome.idle)
    trial.shared = list(map(str, outcome.shared))
    if not trial.tried and any(variant.answers for variant in variants):
        trial.survivors.append("nothing: no mutant changes an answer, so nobody knows whether one would be caught")
    return trial


def _variants(name: str, problem: Problem[Any]) -> Iterator[Variant]:
    for params in (problem.published, *problem.edges):
        yield drawing.given(name, problem, params, problem.levels[0])
    for level in problem.levels:
        for seed in range(SEEDS):
            yield drawing.draw(name, problem, level, streams.seeded(name, seed))


def _check(variant: Variant) -> None:
    for finding in examine(variant):
        raise proving.ProofError(f"{variant.name} fails before anything is mutated: {finding.says}\n  {variant.params}")


def _try(trial: Trial, sort: str, mutant: Mutant, variants: Iterable[Variant]) -> None:
    """Count a mutant by what became of it: every variant on which it answers otherwise must be found out."""
    wrong = False
    for variant in variants:
        mutated = _mutated(variant, mutant)
        if mutated is None:
            wrong = True  # the mutant fails, or answers with what is no answer: a build stops there
        elif _differs(variant, mutated):
            wrong = True
            if not proving.disagreements(mutated):
                trial.survivors.append(f"{mutant.says} on {variant.params}: {mutant.remedy}")
                return
    if wrong:
        trial.caught[sort] += 1
    else:
        trial.idle += 1


def _mutated(variant: Variant, mutant: Mutant) -> Variant | None:
    """Return the variant with the mutant's answers, or None if the mutant cannot even give one."""
    problem = replace(variant.problem, solve=mutant.solve)
    try:
        return replace(variant, problem=problem, answers=proving.solve(problem, variant.params, variant.kinds))
    except proving.ProofError:
        return None


def _differs(variant: Variant, mutated: Variant) -> bool:
    """Say whether an answer differs by more than the noise of floats."""
    return any(not variant.kinds[name].agrees(value, mutated.answers[name]) for name, value in variant.answers.items())


def _misconceptions(variants: Sequence[Variant]) -> Iterator[Mutant]:
    problem = variants[0].problem
    for item in problem.misconceptions:

        def solve(params: Any, item: Any = item) -> Values:
            return {**problem.solve(params), **item.solve(params)}

        yield Mutant(f'misconception "{item.name}"', solve, "the oracle must work out every answer that it changes")


def _faults(variants: Sequence[Variant]) -> Iterator[Mutant]:
    names = dict.fromkeys(name for variant in variants for name in variant.answers)
    for answer in names:
        for says, fault in FAULTS.items():
            solve = _faulty(variants[0].problem, answer, fault)
            yield Mutant(f'{says} in answer "{answer}"', solve, f'the oracle must work out "{answer}" by itself')


def _faulty(problem: Problem[Any], answer: str, fault: Fault) -> Solve:
    def solve(params: Any) -> Values:
        right, kinds = problem.solve(params), problem.kinds(params)
        if answer not in right:
            return right
        changed = fault(kinds[answer], kinds[answer].value(right[answer]))
        return right if changed is None else {**right, answer: changed}

    return solve


def _swapped(variants: Sequence[Variant]) -> Iterator[Mutant]:
    problem = variants[0].problem
    pairs = dict.fromkeys(pair for variant in variants for pair in swaps(variant.params))
    for one, other in pairs:

        def solve(params: Any, one: Any = one, other: Any = other) -> Values:
            values = dict(leaves(params))
            if one not in values or other not in values:
                return problem.solve(params)
            return problem.solve(put(put(params, one, values[other]), other, values[one]))

        yield Mutant(f"{shown(one)} taken for {shown(other)}", solve, "a variant on which the two differ in effect")


def _stale(variants: Sequence[Variant]) -> Iterator[Mutant]:
    """Answer every variant with what one of them had: a cache that forgot its key."""
    problem = variants[0].problem
    for other in variants[1:3]:
        answers = problem.solve(other.params)

        def solve(params: Any, answers: Mapping[str, Any] = answers) -> Values:
            right = problem.solve(params)
            return {name: answers.get(name, value) for name, value in right.items()}

        yield Mutant("the answers of another variant", solve, "the oracle must depend on the parameters")


SORTS: Mapping[str, Callable[[Sequence[Variant]], Iterator[Mutant]]] = {
    "misconception": _misconceptions,
    "fault": _faults,
    "swapped parameters": _swapped,
    "stale answers": _stale,
}
"""The sorts of mutants that replace the function ``solve``; digits are changed in its source."""


def run(names: Sequence[str], jobs: int, found: Callable[[Trial], None]) -> list[Trial]:
    """Return the trials of the problems ``names``, in their order; ``found`` is told of each as it ends."""
    trials: dict[str, Trial] = {}
    with closing(workers.each(tried, names, max(1, min(jobs, len(names))))) as all_trials:
        for trial in all_trials:
            trials[trial.problem] = trial
            found(trial)
    return [trials[name] for name in names]


def as_text(trials: Sequence[Trial]) -> str:
    """Return a line for every problem, then each survivor with what would have caught it."""
    lines = [_line(trial) for trial in trials if trial.tried or trial.idle]
    for trial in trials:
        lines += [f"{trial.problem}: changes the question itself: {change}" for change in trial.shared]
        lines += [click.style(f"{trial.problem}: survives: {survivor}", fg="red") for survivor in trial.survivors]
    caught, all_tried = (
        sum(counts) for counts in zip(*((one.caught.total(), one.tried) for one in trials), strict=True)
    )
    sorts = sum((one.caught for one in trials), Counter[str]())
    shown_sorts = ", ".join(f"{count} {sort}" for sort, count in sorts.most_common())
    return "\n".join([*lines, f"{caught} of {all_tried} mutants caught ({shown_sorts})"])


def _line(trial: Trial) -> str:
    return f"{trial.problem:<24} {trial.caught.total():>4} of {trial.tried:>4} caught, {trial.idle} change nothing"
