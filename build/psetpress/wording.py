"""A problem's words: its template's blocks, rendered with what each may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from psetpress import tex
from psetpress.errors import PsetpressError, nearest
from psetpress.targets import Blank, Slot, Window
from psetpress.tex import TeX

if TYPE_CHECKING:
    from psetpress.answers import Kind
    from psetpress.assignment import AskedItem, AskedPart
    from psetpress.drawing import Variant
    from psetpress.figures import Drawing, Gallery
    from psetpress.targets import Target
    from psetpress.templates import Templates


@dataclass(frozen=True)
class Shown:
    """An answer in a template: prints as LaTeX; ``value`` is the canonical value."""

    kind: Kind[Any]
    value: Any

    def latex(self) -> str:
        """Return the answer as LaTeX for math mode."""
        return self.kind.latex(self.value)

    def text(self) -> str:
        """Return the answer as plain text."""
        return self.kind.text(self.value)


@dataclass
class Desk:
    """What one document is written with: templates, target, figures, and what it has said already."""

    templates: Templates
    target: Target
    gallery: Gallery
    published: bool = False
    said: set[str] = field(default_factory=set[str])
    drawings: dict[str, Drawing] = field(default_factory=dict[str, "Drawing"])


class Writer:
    """Writes one problem of a document."""

    def __init__(self, desk: Desk, item: AskedItem, variant: Variant) -> None:
        self.desk = desk
        self.item = item
        self.variant = variant
        self.template = f"problems/{item.problem_name}.tex.j2"

    def intro(self) -> TeX:
        """Return the words before the first part, if the template has any."""
        if not self.desk.templates.has_block(self.template, "intro"):
            return TeX("")
        return self._block("intro", self._sees(None, solution=False))

    def statement(self, part: AskedPart) -> TeX:
        """Return a part's statement, written from the parameters alone."""
        return self._block(part.name, self._sees(part, solution=False))

    def solution(self, part: AskedPart) -> TeX:
        """Return a part's worked solution."""
        return self._block(f"{part.name}_solution", self._sees(part, solution=True))

    def _block(self, block: str, context: Mapping[str, object]) -> TeX:
        return self.desk.templates.block(self.template, block, context)

    def _sees(self, part: AskedPart | None, *, solution: bool) -> dict[str, object]:
        """Return a block's context. A statement gets no answer, so that it cannot print one."""
        target = self.desk.target
        context: dict[str, object] = {
            "p": self.variant.params,
            "published": self.desk.published,
            "figure": self._figure(solution=solution),
            "table": _table(target),
            "matrix": target.matrix,
            "signal": _signal(target),
            "blank": Blank,
            "math": _math,
            "respond": self._respond(part),
            "once": self._once,
            "ref": self._ref,
        }
        if solution:
            kinds = self.variant.problem.kinds(self.variant.params)
            context["answers"] = _shown(kinds, self.variant.answers)
            context["wrong"] = {name: _shown(kinds, values) for name, values in self.variant.wrong.items()}
            context["work"] = Names(**self.variant.problem.work(self.variant.params))
        return context

    def _figure(self, *, solution: bool) -> Callable[..., TeX]:
        def figure(name: str, *, alt: str, **values: object) -> TeX:
            """Show a figure; ``values`` fill the placeholders of its alt text."""
            return self.desk.target.figure(self._drawing(name, solution).name, _fill(alt, values))

        return figure

    def _drawing(self, name: str, solution: bool) -> Drawing:
        figures = self.variant.problem.figures
        if name not in figures:
            raise PsetpressError(f'figure("{name}"): there is no such figure{nearest(name, figures)}')
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
            """Leave the answer space of a part: one block per answer, or per slot of a written one."""
            if part is None:
                raise PsetpressError("respond() belongs at the end of a part's statement, not into the intro")
            inside = self._figure(solution=False)(figure, alt=alt, **values) if figure else TeX("")
            slots = self._slots(part, labels or {})
            return self.desk.target.respond(slots, "0.8cm" if rows else space, inside)

        return respond

    def _slots(self, part: AskedPart, labels: Mapping[str, str]) -> list[Slot]:
        """Return the answer spaces of a part; each of several must have a label."""
        names = slot_names(part.part.kinds(self.variant.params))
        unknown = labels.keys() - set(names)
        missing = set(names) - labels.keys() if len(names) > 1 else set[str]()
        if unknown or missing:
            raise PsetpressError(
                f"respond(labels=...) of part {part.name}: the answers are {', '.join(names)}; "
                f"unlabelled: {', '.join(sorted(missing)) or 'none'}; unknown: {', '.join(sorted(unknown)) or 'none'}"
            )
        if len(names) == 1:
            return [Slot(part.id, TeX(labels.get(names[0], "")))]
        return [Slot(f"{part.id}.{name}", TeX(labels[name])) for name in names]

    def _once(self, name: str) -> TeX:
        """Print a shared definition the first time a document needs it."""
        if name in self.desk.said:
            return TeX("")
        self.desk.said.add(name)
        return TeX(self.desk.templates.page(f"shared/{name}.tex.j2", self._sees(None, solution=False)).strip())

    def _ref(self, name: str) -> TeX:
        """Name another part of the same problem: ``part (b)``."""
        for part in self.item.parts:
            if part.name == name:
                return TeX(f"part~({part.letter})")
        known = [part.name for part in self.item.parts]
        raise PsetpressError(f'ref("{name}"): this set asks no such part{nearest(name, known)}')


def slot_names(kinds: Mapping[str, Kind[Any]]) -> list[str]:
    """Return the names of a part's answer spaces: its answers, a written one replaced by its slots."""
    names: list[str] = []
    for name, kind in kinds.items():
        slots = getattr(kind, "slots", ())
        names.extend(slots if len(slots) > 1 else [name])
    return names


class Names(SimpleNamespace):
    """Answers as attributes, because a dictionary would hide names such as ``values``; iterates over (name, answer)."""

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(vars(self).items())


def _shown(kinds: Mapping[str, Kind[Any]], values: Mapping[str, Any]) -> Names:
    """Return answers as a template sees them."""
    return Names(**{name: Shown(kinds[name], value) for name, value in values.items()})


def _fill(alt: str, values: Mapping[str, object]) -> str:
    from psetpress.answers.numbers import text_number

    printed = {
        name: text_number(value) if isinstance(value, (int, float, Fraction)) else str(value)
        for name, value in values.items()
    }
    try:
        return alt.format(**printed)
    except (KeyError, IndexError) as error:
        raise PsetpressError(f"the alt text {alt!r} uses {error}, which is not given") from error


def _math(value: object) -> TeX:
    """Return a value between dollar signs."""
    return TeX(f"${tex.finalize(value)}$")


def _table(target: Target) -> Callable[..., TeX]:
    def table(
        *,
        header: Sequence[Any] = (),
        rows: Sequence[Sequence[Any]],
        align: str,
        rule_after: Sequence[int] = (),
    ) -> TeX:
        """Show a table of cells: TeX, numbers, plain strings or blanks."""
        return target.table(header, rows, align, rule_after)

    return table


def _signal(target: Target) -> Callable[..., TeX]:
    def signal(sequence: Any, *, name: str = "y", first: int, last: int) -> TeX:
        """Show a signal (start, values) over the times first..last; it is zero outside its values."""
        start, values = sequence.value if isinstance(sequence, Shown) else sequence
        known: dict[int, Any] = dict(enumerate(values, start=start))
        return target.signal(Window(name, first, [known.get(n, 0) for n in range(first, last + 1)]))

    return signal
