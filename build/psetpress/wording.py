"""A problem's words: its template's blocks, rendered with what each may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jinja2

from psetpress import own, seen, tex
from psetpress.errors import PsetpressError, nearest
from psetpress.passages import GAP, Memory, Passage, Space
from psetpress.targets import Slot
from psetpress.targets.functions import describe, functions
from psetpress.templates import TemplateError, strip, trace
from psetpress.tex import TeX

if TYPE_CHECKING:
    from psetpress.answers import Kind
    from psetpress.assignment import AskedItem, AskedPart
    from psetpress.drawing import Variant
    from psetpress.figures import Drawing, Gallery
    from psetpress.targets import Target
    from psetpress.templates import Templates


_WITHHELD = {
    name: jinja2.StrictUndefined(hint=f"`{name}` is for solutions; a statement sees the parameters `p` only")
    for name in ("answers", "wrong", "work", "recorded")
}


@dataclass
class Desk:
    """What one document is written with: templates, target, figures, and what it has said already.

    ``memory`` may be shared by the documents of one student whose targets differ in their answer spaces only.
    """

    templates: Templates
    target: Target
    gallery: Gallery
    published: bool = False
    said: set[str] = field(default_factory=set[str])
    drawings: dict[str, Drawing] = field(default_factory=dict[str, "Drawing"])
    unrecorded: set[str] = field(default_factory=set[str])
    memory: Memory = field(default_factory=Memory)

    @cached_property
    def functions(self) -> Mapping[str, Callable[..., object]]:
        """What every block may call to show something."""
        return functions(self.target)


LINE = "0.8cm"
"""The height of a short computed answer."""


class Writer:
    """Writes one problem of a document."""

    def __init__(self, desk: Desk, item: AskedItem, variant: Variant) -> None:
        self.desk = desk
        self.item = item
        self.variant = variant
        self.template = f"problems/{item.problem_name}.tex.j2"
        self._spaces: list[Space] = []

    def intro(self) -> TeX:
        """Return the words before the first part, if the template has any."""
        if self.item.own or not self.desk.templates.has_block(self.template, "intro"):
            return TeX("")
        return self._passage("intro", None).on(self.desk.target)

    def statement(self, part: AskedPart) -> TeX:
        """Return a part's statement, written from the parameters alone, with its answer spaces."""
        if self.item.own:
            labels = {name: tex.escape(label) for name, label in own.labels(self.item.own).items()}
            space = self.desk.target.respond(self._slots(part, labels, self.item.own.space, rows=False), TeX(""))
            return TeX(f"{trace(self.item.own.statement, f'statement of {self.item.name}')}\n\n{space}")
        return self._passage(part.name, part).on(self.desk.target)

    def solution(self, part: AskedPart) -> TeX:
        """Return a part's worked solution."""
        if self.item.own:
            return trace(self.item.own.solution, f"solution of {self.item.name}")
        return self._block(f"{part.name}_solution", self._sees_all())

    def facts(self, part: AskedPart) -> TeX:
        """Return what a reader needs at hand to judge this variant's answers, if the template says anything."""
        block = f"{part.name}_rubric"
        if self.item.own or not self.desk.templates.has_block(self.template, block):
            return TeX("")
        return self._block(block, self._sees_all())

    def _block(self, block: str, context: dict[str, object]) -> TeX:
        return self.desk.templates.block(self.template, block, context)

    def _passage(self, block: str, part: AskedPart | None) -> Passage:
        """Return an intro or a statement: rendered once, however many documents of the student print it."""
        desk = self.desk
        passages, key = desk.memory.passages, (self.item.name, block, frozenset(desk.said))
        if key not in passages:
            passages[key] = self._rendered(block, part)
        desk.said |= passages[key].said
        desk.drawings.update(passages[key].drawings)
        return passages[key]

    def _rendered(self, block: str, part: AskedPart | None) -> Passage:
        drawings, self.desk.drawings, self._spaces = self.desk.drawings, {}, []
        words = self._block(block, self._sees(part))
        shown, self.desk.drawings = self.desk.drawings, drawings
        if part and len(self._spaces) != 1:
            raise TemplateError(
                f'templates/{self.template}, block "{block}": calls respond() {len(self._spaces)} times; '
                "a statement calls it once, at its end"
            )
        return Passage(words, self._spaces[0] if part else None, frozenset(self.desk.said), shown)

    def _sees(self, part: AskedPart | None = None, *, solution: bool = False) -> dict[str, object]:
        """Return what a block sees. It holds no answer, so that a statement cannot print one."""
        return {
            **self.desk.functions,
            **_WITHHELD,
            "p": self.variant.params,
            "published": self.desk.published,
            "figure": self._figure(solution=solution),
            "respond": self._respond(part),
            "once": self._once,
            "ref": self._ref,
        }

    def _sees_all(self) -> dict[str, object]:
        """Return what a solution sees: the statement's context, the key, and what misconceptions answer."""
        solved = self.desk.memory.solved
        if self.item.name not in solved:
            solved[self.item.name] = seen.solved(self.variant)
        return {**self._sees(solution=True), **solved[self.item.name], "recorded": self._recorded}

    def _figure(self, *, solution: bool) -> Callable[..., TeX]:
        def figure(name: str, *, alt: str, **values: object) -> TeX:
            """Show a figure; ``values`` fill the placeholders of its alt text."""
            return self.desk.target.figure(self._drawing(name, solution).name, describe(alt, values))

        return figure

    def _drawing(self, name: str, solution: bool) -> Drawing:
        figures = self.variant.problem.figures
        if name not in figures:
            known = ", ".join(figures) or "none"
            raise PsetpressError(f'figure("{name}"): there is no such figure{nearest(name, figures)}; known: {known}')
        if figures[name].answer and not solution:
            raise PsetpressError(f'figure("{name}") shows an answer: a statement must not print it')
        drawing = self.desk.gallery.get(self.item.problem_name, name, figures[name], self.variant.params)
        self.desk.drawings[drawing.name] = drawing
        return drawing

    def _respond(self, part: AskedPart | None) -> Callable[..., TeX]:
        def respond(
            *,
            space: str = "3cm",
            labels: Mapping[str, str] | None = None,
            rows: bool = False,
            figure: str | None = None,
            alt: str = "",
            **values: object,
        ) -> TeX:
            """Leave the answer space of a part: one block per answer, or per slot of a written one.

            With ``rows`` computed answers get a line each; written ones keep their ``space``.
            """
            if part is None:
                raise PsetpressError("respond() belongs at the end of a part's statement, nowhere else")
            inside = self._figure(solution=False)(figure, alt=alt, **values) if figure else TeX("")
            self._spaces.append(Space(self._slots(part, labels or {}, space, rows=rows), inside))
            return GAP

        return respond

    def _slots(self, part: AskedPart, labels: Mapping[str, str], space: str, *, rows: bool) -> list[Slot]:
        """Return the answer spaces of a part; each of several must have a label."""
        kinds = part.part.kinds(self.variant.params)
        names = slot_names(kinds)
        unknown = [name for name in labels if name not in names]
        missing = [name for name in names if not labels.get(name)] if len(names) > 1 else []
        if unknown or missing:
            raise PsetpressError(
                f'respond(labels=...) of part "{part.name}": the answers are {", ".join(names)}; '
                f"unlabelled: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}"
            )
        spaces = {name: LINE if rows and name in kinds and kinds[name].proved else space for name in names}
        if len(names) == 1:
            return [Slot(part.id, TeX(labels.get(names[0], "")), spaces[names[0]])]
        return [Slot(f"{part.id}.{name}", TeX(labels[name]), spaces[name]) for name in names]

    def _recorded(self, name: str) -> seen.Quoted:
        """Return an experiment's recorded result; while there is none, the document notes that it lacks it."""
        experiments = self.variant.problem.experiments
        if name not in experiments:
            known = ", ".join(experiments) or "none"
            raise PsetpressError(f'recorded("{name}"): the record declares no such experiment; it declares {known}')
        record = experiments[name]()
        if record is not None:
            return seen.Quoted(record, TeX(""))
        self.desk.unrecorded.add(name)
        return seen.Quoted(None, self.desk.target.unrecorded(name))

    def _once(self, name: str) -> TeX:
        """Print a shared definition the first time a document needs it."""
        if name in self.desk.said:
            return TeX("")
        self.desk.said.add(name)
        return strip(self.desk.templates.page(f"shared/{name}.tex.j2", self._sees()))

    def _ref(self, name: str) -> TeX:
        """Name another part of the same problem: ``part (b)``."""
        for part in self.item.parts:
            if part.name == name:
                return TeX(f"part~({part.letter})" if part.letter else "this question")
        known = [part.name for part in self.item.parts]
        raise PsetpressError(f'ref("{name}"): this set asks no such part{nearest(name, known)}')


def slot_names(kinds: Mapping[str, Kind[Any]]) -> list[str]:
    """Return the names of a part's answer spaces: its answers, a written one replaced by its slots."""
    names: list[str] = []
    for name, kind in kinds.items():
        slots = getattr(kind, "slots", ())
        names.extend(slots if len(slots) > 1 else [name])
    return names
