"""Who gets what: the students of a roster, each with a folder, a code and random streams, cut into shards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psetpress import codes
from psetpress.roster.apart import salted
from psetpress.roster.folders import folder
from psetpress.streams import Stream

if TYPE_CHECKING:
    from psetpress.coursekey import CourseKey
    from psetpress.roster import Student

SIZE = 25
"""Students of a shard: some seconds of work, so that progress shows and little is lost when a worker is."""

EVERYBODY = -(10**9)
"""The number of a shard that stands for the whole class: the rubric is printed for it, anew in every build."""


@dataclass(frozen=True)
class Seat:
    """A student's place in a build. ``again`` says how often a problem's stream is salted, where it is (by item)."""

    student: Student
    folder: str
    code: str
    again: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def id(self) -> str:
        """The student's id."""
        return self.student.id

    def stream(self, key: str, set_name: str, item: str) -> Stream:
        """Return the random stream of one problem of this student."""
        return salted(Stream(key, set_name, self.id, item), self.again.get(item, 0))


@dataclass(frozen=True)
class Shard:
    """Students who are built together, by their ``number`` from 0; one below 0 is a part of another shard."""

    number: int
    seats: tuple[Seat, ...]

    @property
    def home(self) -> int:
        """The number of the shard that this one is, or is a part of."""
        return self.number if self.number >= 0 else (-self.number - 1) // SIZE

    def alone(self) -> list[Shard]:
        """Return a shard for each student."""
        first = SIZE * self.number + 1
        return [Shard(-first - place, (seat,)) for place, seat in enumerate(self.seats)]


def seat(students: Sequence[Student], key: CourseKey, set_name: str) -> list[Seat]:
    """Return the seats of a class in the order of its roster."""
    given = codes.assign(key, set_name, (student.id for student in students))
    return [Seat(student, folder(student.id), given[student.id]) for student in students]


def shards(seats: Sequence[Seat]) -> Iterator[Shard]:
    """Cut a class into shards. They follow the roster, not the machine."""
    for number, start in enumerate(range(0, len(seats), SIZE)):
        yield Shard(number, tuple(seats[start : start + SIZE]))
