"""The documents of a set: handout, key and rubric as LaTeX, and the zip a student opens."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from psetpress import rubric, tex
from psetpress.latex import Document
from psetpress.passages import Memory
from psetpress.targets.latex import LatexTarget
from psetpress.templates import trace, unmark
from psetpress.tex import TeX
from psetpress.wording import Desk, Writer

if TYPE_CHECKING:
    from psetpress.answers import Kind
    from psetpress.assignment import AskedItem, AskedPart, Assignment
    from psetpress.drawing import Variant
    from psetpress.figures import Drawing, Gallery
    from psetpress.templates import Templates

Variants = Mapping[str, "Variant"]
"""The drawn variants by item name."""

Costs = Mapping[str, Mapping[str, set[Fraction]]]
"""By part and name of a deduction: the points (negative) that it costs in one variant or another."""

CLASS = "psetpress.cls"


class Typesetter:
    """Writes the documents of one student's variants.

    For a class, make one and ask it for :meth:`of` each student's variants: templates, figures and the words of the
    set file are then read, compiled, drawn and worked out once.
    """

    def __init__(
        self,
        assignment: Assignment,
        variants: Variants,
        templates: Templates,
        gallery: Gallery,
        *,
        published: bool,
        frame: Frame | None = None,
    ) -> None:
        self.assignment = assignment
        self.variants = variants
        self.templates = templates
        self.gallery = gallery
        self.published = published
        self.unrecorded: set[str] = set()
        self._frame = frame or Frame(assignment)
        self._memory = Memory()

    def of(self, variants: Variants) -> Typesetter:
        """Return the typesetter of another student of the same class."""
        return Typesetter(
            self.assignment, variants, self.templates, self.gallery, published=self.published, frame=self._frame
        )

    def handout(self) -> Document:
        """Return the handout, which is also what students fill in."""
        solved = self.assignment.file.solutions == "handout"
        return self._document("handout", self._desk(responses=True), _solved_part if solved else _asked_part)

    def key(self) -> Document:
        """Return the answer key."""
        desk = self._desk(responses=False)
        return self._document("key", desk, _solved_part)

    def rubric(self) -> Document:
        """Return the rubric."""
        desk = self._desk(responses=False)
        return self._document("rubric", desk, _rubric_part, intros=False)

    def class_rubric(self, costs: Costs) -> Document:
        """Return the rubric of a whole class, whose variants differ: what a mistake costs, not what it leads to."""
        desk = self._desk(responses=False)
        document = self._document(
            "rubric", desk, lambda writer, part: _class_part(writer, part, costs.get(part.id, {})), intros=False
        )
        whole = document.main.replace(rf"\variantcode{{{self.code}}}", rf"\variantcode{{{self.assignment.name}}}", 1)
        return replace(document, main=whole)

    def _desk(self, *, responses: bool) -> Desk:
        return Desk(self.templates, LatexTarget(responses=responses), self.gallery, self.published, memory=self._memory)

    def _document(
        self,
        name: str,
        desk: Desk,
        write: Callable[[Writer, AskedPart], Mapping[str, object]],
        *,
        intros: bool = True,
    ) -> Document:
        questions = [
            {
                **heading,
                "parts": [part for item in question.items for part in self._parts(item, desk, write, intros=intros)],
            }
            for question, heading in zip(self.assignment.questions, self._frame.questions, strict=True)
        ]
        context = {**self._frame.context, "code": self.code, "questions": questions}
        self.unrecorded |= desk.unrecorded
        main, origins = unmark(self.templates.page(f"documents/{name}.tex.j2", context))
        return Document(name, main, self._files(desk.drawings), origins)

    def _parts(
        self,
        item: AskedItem,
        desk: Desk,
        write: Callable[[Writer, AskedPart], Mapping[str, object]],
        *,
        intros: bool,
    ) -> list[dict[str, object]]:
        """Return the parts of one problem, its intro before the first."""
        writer = Writer(desk, item, self.variants[item.name])
        intro = writer.intro() if intros else TeX("")
        written: list[dict[str, object]] = []
        for index, part in enumerate(item.parts):
            place = {"id": part.id, "letter": part.letter, "points": part.points}
            written.append({**place, "intro": intro if index == 0 else TeX(""), **write(writer, part)})
        return written

    def _files(self, drawings: Mapping[str, Drawing]) -> dict[str, bytes]:
        files = {CLASS: self.templates.read(f"latex/{CLASS}")}
        for name, drawing in sorted(drawings.items()):
            files[f"figures/{name}.pdf"] = drawing.pdf
            files[f"figures/{name}.tex"] = drawing.tex.encode()
        return files

    @cached_property
    def code(self) -> str:
        """Return the code printed on every page: it leads from paper to variants, and says nothing of answers."""
        identities = "".join(self.variants[item.name].identity for item in self.assignment.items())
        return f"{self.assignment.name}-{hashlib.sha256(identities.encode()).hexdigest()[:8]}"


class Frame:
    """What the set file itself says in the documents of every student.

    ``context`` holds the head and the total of points, ``questions`` each question's number, title, points,
    directions and intro. Plain strings are escaped by the templates; LaTeX passes, with marks that lead LaTeX's
    complaints back to the set file.
    """

    def __init__(self, assignment: Assignment) -> None:
        file, source = assignment.file, f"{assignment.name}.toml"
        plain = ("title", "course", "term", "instructor", "due", "names", "link", "submission", "collaboration")
        head = {name: getattr(file, name) for name in plain}
        head["instructions"] = trace(file.instructions, f"{source}, instructions")
        self.context: Mapping[str, object] = {"set": SimpleNamespace(**head), "total": assignment.points}
        self.questions: Sequence[Mapping[str, object]] = [
            {
                "number": question.number,
                "title": question.title,
                "points": question.points,
                "directions": trace(question.directions, f"{source}, directions of question {question.number}"),
                "intro": trace(question.intro, f"{source}, intro of question {question.number}"),
            }
            for question in assignment.questions
        ]


def _asked_part(writer: Writer, part: AskedPart) -> dict[str, object]:
    return {"statement": writer.statement(part), "solution": TeX("")}


def _solved_part(writer: Writer, part: AskedPart) -> dict[str, object]:
    return {"statement": writer.statement(part), "solution": writer.solution(part)}


def _rubric_part(writer: Writer, part: AskedPart) -> dict[str, object]:
    variant = writer.variant
    kinds = part.part.kinds(variant.params)
    own = writer.item.own is not None
    return {
        "title": variant.problem.title,
        "facts": writer.facts(part),
        "answers": [
            {"name": name.replace("_", " "), "shown": _compact(kind, variant.answers[name])}
            for name, kind in kinds.items()
            if kind.proved
        ],
        "lines": [
            {
                "points": line.points,
                "name": line.name,
                "says": trace(line.says, f"rubric of {writer.item.name}") if own else TeX(line.says),
                "shown": TeX(", ".join(_compact(kinds[name], value) for name, value in line.answers.items())),
            }
            for line in rubric.lines(part, variant)
        ],
    }


def _class_part(writer: Writer, part: AskedPart, costs: Mapping[str, set[Fraction]]) -> dict[str, object]:
    problem, own = writer.variant.problem, writer.item.own is not None
    says = {line.name: line.says for line in (*part.part.rubric, *problem.misconceptions)}
    lines = [
        {
            "points": min(costs[name]),
            "name": name,
            "says": trace(sentence, f"rubric of {writer.item.name}") if own else TeX(sentence),
            "shown": _least(costs[name]),
        }
        for name, sentence in says.items()
        if name in costs
    ]
    return {"title": problem.title, "facts": TeX(""), "answers": [], "lines": lines}


def _least(costs: set[Fraction]) -> TeX:
    return TeX(f"{tex.deduction(max(costs))} where fewer answers show it" if len(costs) > 1 else "")


LONG = 48
"""Characters beyond which an answer is set as text, which breaks into lines; mathematics does not."""


def _compact(kind: Kind[Any], value: Any) -> TeX:
    """Return an answer small enough for a line of the rubric."""
    mathematics = kind.latex(value)
    if r"\begin{" in mathematics:
        return TeX(rf"{{\scriptsize${mathematics}$}}")
    text = kind.text(value)
    return tex.escape(text) if len(text) > LONG else TeX(f"${mathematics}$")


def source_zip(handout: Document) -> bytes:
    """Return the zip that a student opens: main.tex, the class and the figures; the same bytes every time."""
    buffer = io.BytesIO()
    files = {**handout.files, "main.tex": handout.main.encode()}
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
