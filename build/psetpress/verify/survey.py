"""What verification finds out about a problem: counts that add up over batches, and what they say."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psetpress.records import Level

KEPT = 20
"""Failures kept of one batch: a broken problem fails everywhere, and one example tells as much as a thousand."""


@dataclass(frozen=True)
class Failure:
    """One variant that failed a check. ``params`` says which, whatever becomes of the streams."""

    problem: str
    level: Level
    seed: int
    check: str
    says: str
    params: str

    @property
    def command(self) -> str:
        """The command that draws this variant again and fails again."""
        return f"psetpress verify {self.problem} --level {self.level} --seed {self.seed} --variants 1"


@dataclass
class Tally:
    """What the variants of one problem at one level showed; ``seconds`` is to draw and solve each."""

    problem: str
    level: Level
    asked: int = 0
    tried: int = 0
    failed: int = 0
    attempts: int = 0
    busy: float = 0.0  # seconds in all, checks included
    slowest: tuple[float, int] = (0.0, 0)  # seconds to draw and solve, seed
    seconds: list[float] = field(default_factory=list[float])
    identities: set[str] = field(default_factory=set[str])
    rejected: Counter[str] = field(default_factory=Counter[str])
    keys: Counter[str] = field(default_factory=Counter[str])  # all answers of a variant together
    answers: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    effort: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    found: Counter[str] = field(default_factory=Counter[str])  # findings of each check, also those that are not kept
    failures: list[Failure] = field(default_factory=list[Failure])

    def fail(self, seed: int, findings: Sequence[tuple[str, str]], params: str) -> None:
        """Count a variant that failed, and keep what was found (check and words) while there is room."""
        self.failed += bool(findings)
        self.found.update(check for check, _ in findings)
        room = KEPT - len(self.failures)
        self.failures += [Failure(self.problem, self.level, seed, *one, params) for one in findings[:room]]

    def add(self, other: Tally) -> None:
        """Take in what another batch of the same problem and level showed."""
        self.asked += other.asked
        self.tried += other.tried
        self.failed += other.failed
        self.attempts += other.attempts
        self.busy += other.busy
        self.slowest = max(self.slowest, other.slowest)
        self.seconds += other.seconds
        self.identities |= other.identities
        self.rejected += other.rejected
        self.keys += other.keys
        for name, counts in other.answers.items():
            self.answers[name] = self.answers.get(name, Counter()) + counts
        for name, sizes in other.effort.items():
            self.effort.setdefault(name, []).extend(sizes)
        self.found += other.found
        self.failures += other.failures

    @property
    def complete(self) -> bool:
        """Whether every variant that was asked for was examined."""
        return self.tried >= self.asked

    @property
    def proved(self) -> int:
        """How many variants have a key: where all answers are written, there is nothing to prove."""
        return self.keys.total()

    @property
    def acceptance(self) -> float:
        """The share of the attempts that was accepted."""
        return self.tried / self.attempts if self.attempts else 0.0

    @property
    def median(self) -> float:
        """The median time to draw and solve a variant, in seconds."""
        return statistics.median(self.seconds) if self.seconds else 0.0

    @property
    def guess(self) -> float:
        """The share of the commonest key: how often a student is right who hands in a neighbour's answers."""
        return _share(self.keys)

    def guesses(self) -> list[tuple[str, str, float]]:
        """Return for every answer its commonest value and that value's share, the most guessable first."""
        found = [(name, counts.most_common(1)[0][0], _share(counts)) for name, counts in self.answers.items()]
        return sorted(found, key=lambda entry: -entry[2])

    def spread(self, measure: str) -> tuple[int, int, int] | None:
        """Return the 5th, 50th and 95th percentile of a measure of effort, if it was taken."""
        sizes = sorted(self.effort.get(measure, ()))
        return (_at(sizes, 5), _at(sizes, 50), _at(sizes, 95)) if sizes else None


def _share(counts: Counter[str]) -> float:
    return counts.most_common(1)[0][1] / counts.total() if counts else 0.0


def _at(ordered: Sequence[int], percent: int) -> int:
    """Return a percentile of sorted values: the nearest one, none between two."""
    return ordered[round(percent / 100 * (len(ordered) - 1))]


@dataclass(frozen=True)
class Survey:
    """All tallies of a run, and how many ``seconds`` it took; ``lacking`` are problems without the level asked for."""

    tallies: Sequence[Tally]
    seconds: float
    jobs: int
    interrupted: bool = False
    lacking: Sequence[str] = ()

    @property
    def asked(self) -> int:
        """How many variants were asked for."""
        return sum(tally.asked for tally in self.tallies)

    @property
    def tried(self) -> int:
        """How many variants were examined."""
        return sum(tally.tried for tally in self.tallies)

    @property
    def failed(self) -> int:
        """How many variants failed a check."""
        return sum(tally.failed for tally in self.tallies)

    @property
    def failures(self) -> list[Failure]:
        """The failures that were kept."""
        return [failure for tally in self.tallies for failure in tally.failures]

    @property
    def complete(self) -> bool:
        """Whether every variant that was asked for was examined."""
        return all(tally.complete for tally in self.tallies)

    @property
    def rate(self) -> float:
        """Variants per second of one worker's time."""
        busy = sum(tally.busy for tally in self.tallies)
        return self.tried / busy if busy else 0.0
