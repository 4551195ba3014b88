"""What a worker needs to make the papers of any student of a class, read once for each process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from psetpress import codes, owners, press
from psetpress.classroom import drawn
from psetpress.documents import Typesetter
from psetpress.figures import Gallery
from psetpress.owners import Owner
from psetpress.templates import Templates

if TYPE_CHECKING:
    from psetpress.assignment import AskedItem, Assignment
    from psetpress.classroom.seats import Seat
    from psetpress.documents import Variants
    from psetpress.drawing import Variant
    from psetpress.latex import Document


@dataclass(frozen=True)
class Plan:
    """What is built for a class: the set file, where templates are, the streams' key, and whether names are printed.

    ``documents`` are what every student gets. A plan travels to the workers, so the key is not shown.
    """

    source: Path
    folders: tuple[Path, ...]
    key: str
    documents: tuple[str, ...]
    anonymous: bool = False

    def __repr__(self) -> str:
        return f"<plan of {self.source.stem}>"


FIGURES = 3000
"""How many figures are kept for students who come later: what two hundred have, some ten megabytes."""


class Studio:
    """Draws and typesets for the students of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.assignment: Assignment = press.read(plan.source)

    @cached_property
    def _nobody(self) -> Typesetter:
        """What writes for students who are yet to come, with all that they share."""
        gallery = Gallery(most=FIGURES)
        return Typesetter(self.assignment, {}, Templates(self.plan.folders), gallery, published=False)

    def draw(self, seat: Seat) -> Variants:
        """Return a student's variants by item."""
        return {item.name: self.variant(item, seat) for item in self.assignment.items()}

    def redraw(self, seat: Seat, packed: bytes) -> Variants:
        """Return a student's variants: those that were packed, and anew those whose streams have been salted since."""
        known = drawn.unpack(self.assignment, packed)
        salted = {item.name: self.variant(item, seat) for item in self.assignment.items() if item.name in seat.again}
        return {**known, **salted}

    def variant(self, item: AskedItem, seat: Seat) -> Variant:
        """Return a student's variant of one item."""
        return press.variant(item, seat.stream(self.plan.key, self.assignment.name, item.name))

    def typesetter(self, variants: Variants) -> Typesetter:
        """Return what writes a student's documents; it draws no figure that a student before had, too."""
        return self._nobody.of(variants)

    def owned(self, document: Document, seat: Seat) -> Document:
        """Return ``document`` with the student's name, id, section and code on its pages."""
        student = seat.student
        name, section = ("", "") if self.plan.anonymous else (student.name, student.section)
        return owners.owned(document, Owner(seat.id, name, section, seat.code, codes.modules(seat.code)))


@cache
def of(plan: Plan) -> Studio:
    """Return the studio of a plan, the same one throughout a process."""
    return Studio(plan)
