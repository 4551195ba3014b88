"""Variants apart: no two students of a class get the same variant of a problem while there is another.

Each student draws from an own stream, so that two may draw the same by chance: among 300 students of a
problem with 10,000 variants about four pairs do. Students are placed in the order of the roster, and one
whose variant is taken draws again from a salted stream. So a student's variant depends on the students
before alone: it does not change when the class grows at its end, and no number of processes plays a part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psetpress.streams import Stream

PATIENCE = 5
"""Draws in a row, for every variant in use, that bring nothing new before a problem counts as spent.

While one of n equally likely variants is free, 5 n draws in a row miss it with probability exp(-5).
"""
AT_LEAST = 20
"""So many they are in any case: with few variants in use, a rare one deserves a chance."""
BUDGET = 12
"""Redraws for every student so far. To give n students n variants takes ln n each: 7 in a class of 1,000."""

Identify = Callable[[str, int], str]
"""Returns the identity of what a student draws from the stream that is salted so many times."""


@dataclass(frozen=True)
class Apart:
    """How a class was kept apart in one problem.

    ``again`` is how many times each student's stream is salted (see ``salted``), in the order of the
    roster; ``groups`` holds the students who share a variant after all; ``variants`` counts those in use.
    """

    again: dict[str, int]
    groups: tuple[tuple[str, ...], ...]
    variants: int

    @property
    def sharing(self) -> int:
        """The number of students whose variant another student has, too."""
        return sum(map(len, self.groups))

    def note(self, problem: str) -> str:
        """Return what a build says about students who share a variant; empty if none do."""
        if not self.groups:
            return ""
        if self.variants == 1:
            return f"{problem}: all {len(self.again)} students have the same variant"
        return (
            f"{problem}: {self.sharing} of {len(self.again)} students share a variant with another, "
            f"up to {max(map(len, self.groups))} the same one; {self.variants} different ones were found"
        )


def salted(stream: Stream, again: int) -> Stream:
    """Return the stream of a student who draws for the ``again``-th time; the student's own one at first.

    The salt stands in the item, whose name has no spaces, so that it is no other student's stream.
    """
    return stream._replace(item=f"{stream.item} again {again}") if again else stream


def distinct(students: Iterable[str], identify: Identify) -> Apart:
    """Return how often each student draws so that no two share an identity while a new one can be found.

    ``identify`` is called for each student with 0, then 1, 2, ... while what it returns is taken. A student
    who finds nothing new has, of the identities drawn, the first one that fewest others have. Nobody looks
    on when the problem is spent (``PATIENCE``) or the redraws of the class are (``BUDGET``).
    """
    state = _Taken()
    again = {student: state.place(student, identify) for student in students}
    groups = tuple(tuple(group) for group in state.holders.values() if len(group) > 1)
    return Apart(again, groups, len(state.holders))


class _Taken:
    """Who holds which identity, and what was spent on finding new ones."""

    def __init__(self) -> None:
        self.holders: defaultdict[str, list[str]] = defaultdict(list)
        self.idle = 0
        self.redraws = 0
        self.budget = 0

    def place(self, student: str, identify: Identify) -> int:
        """Let a student draw until an identity is new or no more can be hoped for; return the salt taken."""
        self.budget += BUDGET
        drawn: dict[str, int] = {}
        for salt in count():
            identity = identify(student, salt)
            drawn.setdefault(identity, salt)
            if self._is_new(identity) or self._is_spent():
                break
            self.redraws += 1
        taken = min(drawn, key=lambda identity: len(self.holders[identity]))
        self.holders[taken].append(student)
        return drawn[taken]

    def _is_new(self, identity: str) -> bool:
        """Say whether nobody holds an identity, and count the draws since there was such a one."""
        self.idle = 0 if identity not in self.holders else self.idle + 1
        return self.idle == 0

    def _is_spent(self) -> bool:
        return self.idle >= max(AT_LEAST, PATIENCE * len(self.holders)) or self.redraws >= self.budget
