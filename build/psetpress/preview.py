"""One problem by itself: as text for the terminal, or as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from psetpress import delivery, latex, press
from psetpress.assignment import Assignment, alone
from psetpress.documents import Typesetter
from psetpress.figures import Gallery
from psetpress.targets.text import TextTarget
from psetpress.templates import Templates
from psetpress.wording import Desk, Writer

if TYPE_CHECKING:
    from psetpress.drawing import Variant
    from psetpress.records import Level


INDENT = 4
"""Columns by which the words of a part stand in."""


@dataclass(frozen=True)
class Request:
    """Which variant of which problem, with or without its solution."""

    problem: str
    level: Level = "standard"
    seed: int = 0
    published: bool = False
    solution: bool = False


def as_text(request: Request, folders: Sequence[Path]) -> str:
    """Return a proved variant as readable text."""
    assignment, variant = _proved(request)
    target = TextTarget()
    desk = Desk(Templates(folders, marked=False), target, Gallery(seen=False), request.published)
    item = next(assignment.items())
    writer = Writer(desk, item, variant)
    blocks = [click.style(variant.problem.title, bold=True), target.finish(writer.intro())]
    for part in item.parts:
        indent = INDENT if part.letter else 0  # a problem's only part has no letter to hang from
        statement = target.finish(writer.statement(part), indent)
        blocks.append(f"({part.letter})".ljust(INDENT) + statement.lstrip() if part.letter else statement)
        if request.solution:
            solution = target.finish(writer.solution(part), indent)
            blocks.append(f"{' ' * indent}{click.style('Solution.', bold=True)}\n{solution}")
    return "\n\n".join(block for block in blocks if block)


def write_pdf(request: Request, folders: Sequence[Path], path: Path) -> None:
    """Write a proved variant as a PDF: its handout, or its key if the solution is wanted."""
    assignment, variant = _proved(request)
    variants = {request.problem: variant}
    typesetter = Typesetter(assignment, variants, Templates(folders), Gallery(), published=request.published)
    document = typesetter.key() if request.solution else typesetter.handout()
    delivery.write(path, latex.compile_pdf(document).pdf)


def _proved(request: Request) -> tuple[Assignment, Variant]:
    """Draw and prove the variant, as a set of one problem."""
    order = press.Order(Path(), request.seed, request.published)
    assignment = alone(request.problem, request.level)
    variants = press.draw(assignment, order)
    press.prove(variants, order.key)
    return assignment, variants[request.problem]
