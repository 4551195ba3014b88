"""What is handed in at the end of a build: the staff's files beside the students', and the manifest of all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from psetpress import delivery, manifest, shards
from psetpress.classroom import staff
from psetpress.classroom.tasks import STAFF, STUDENTS
from psetpress.classroom.workshop import NEW, digest_of
from psetpress.shards import Book

if TYPE_CHECKING:
    from psetpress.classroom.press import Order
    from psetpress.classroom.results import Results
    from psetpress.classroom.seats import Seat
    from psetpress.classroom.studio import Studio
    from psetpress.classroom.workshop import Workshop


KEYS = f"{STAFF}/keys.pdf"


class Keys:
    """The book of all keys, in the order of the roster. It grows while others are still printed."""

    def __init__(self, room: Studio, seats: Sequence[Seat], place: Workshop) -> None:
        self._title = f"{room.assignment.file.title}: answer keys"
        self._waiting = deque(seats)
        self._folder = place.root / NEW
        self._book = Book()

    def grow(self, results: Results) -> None:
        """Bind the keys that are printed, up to the first student whose fate is not known yet."""
        while self._waiting:
            seat = self._waiting[0]
            paper = f"{STUDENTS}/{seat.folder}/key.pdf"
            if seat.id not in results.failed:
                if paper not in results.digests:
                    return
                self._book.add(_called(seat), self._folder / paper)
            self._waiting.popleft()

    def save(self, results: Results) -> None:
        """Write the book, and note its hash."""
        target = self._folder / KEYS
        target.parent.mkdir(parents=True, exist_ok=True)
        self._book.save(target, self._title)
        results.digests[KEYS] = digest_of(target)


def stage(room: Studio, order: Order, seats: Sequence[Seat], results: Results, place: Workshop) -> list[str]:
    """Write the staff's files and the manifest beside the finished papers; return the names of all files."""
    digests = _served(results.digests, seats)
    for name, content in _tables(room, seats, results):
        digests[name] = place.stage(name, content)
    head = manifest.head(room.assignment, {"course key": order.key.fingerprint, "students": len(seats)})
    students = [{"id": seat.id, "folder": f"{STUDENTS}/{seat.folder}", "code": seat.code} for seat in seats]
    variants = (text for seat in seats for text in results.variants[seat.id])
    place.stage(delivery.MANIFEST, "".join(manifest.lines(head, students, variants, digests)).encode())
    return [*digests, delivery.MANIFEST]


def _served(digests: Mapping[str, str], seats: Sequence[Seat]) -> dict[str, str]:
    """Return the files without those of students who failed at something else."""
    folders = {f"{STUDENTS}/{seat.folder}" for seat in seats}
    return {
        name: digest
        for name, digest in digests.items()
        if name.startswith(f"{STAFF}/") or name.rpartition("/")[0] in folders
    }


def _tables(room: Studio, seats: Sequence[Seat], results: Results) -> Iterator[tuple[str, bytes]]:
    items = list(room.assignment.items())
    parts = [part.id for item in items for part in item.parts]
    yield f"{STAFF}/answers.csv", staff.answers(seats, results.answers, parts)
    yield f"{STAFF}/roster-map.csv", staff.roster_map(seats, results.identities, [item.name for item in items])
    if results.places:
        yield f"{STAFF}/outline.csv", shards.table(results.outline(seats))


def _called(seat: Seat) -> str:
    return f"{seat.student.name} ({seat.id})" if seat.student.name else seat.id
