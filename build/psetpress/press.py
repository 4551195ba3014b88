"""The press: from a set file to a proved handout, key and rubric.

:func:`build` reads as the data flow: read, draw, prove, typeset, compile, deliver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from psetpress import delivery, drawing, latex, manifest, proving
from psetpress.assignment import AskedItem, Assignment, assemble
from psetpress.documents import Typesetter, source_zip
from psetpress.drawing import Variant
from psetpress.errors import PsetpressError
from psetpress.figures import Gallery
from psetpress.latex import Document
from psetpress.records import DOCUMENTS
from psetpress.streams import Stream
from psetpress.templates import Templates

Say = Callable[[str], None]
"""Receives a line of progress when a stage begins."""


@dataclass(frozen=True)
class Order:
    """What to build: a seed or the published variants, and which documents into which folder."""

    folder: Path
    seed: int = 0
    published: bool = False
    documents: tuple[str, ...] = DOCUMENTS

    @property
    def key(self) -> str:
        """The course key of a single build's streams."""
        return f"seed {self.seed}"

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the variants came from; the manifest's parameters are the record, this is only history."""
        return {"published": True} if self.published else {"seed": self.seed}


@dataclass(frozen=True)
class Report:
    """What a build made: the variants, the files, and what a reader should know."""

    variants: Mapping[str, Variant]
    files: tuple[str, ...]
    warnings: tuple[str, ...]


def build(source: Path, order: Order, folders: Sequence[Path], say: Say = lambda _: None) -> Report:
    """Build the set file ``source``: nothing is written before everything is proved and compiled."""
    assignment = read(source, published=order.published)
    check(order)
    say("drawing the problems")
    variants = draw(assignment, order)
    say(f"typesetting {', '.join(order.documents)}")
    typesetter = Typesetter(assignment, variants, Templates(folders), Gallery(), published=order.published)
    with ThreadPoolExecutor() as pool:  # LaTeX works while the next document is written and the oracles prove
        try:
            running = start(pool, write(typesetter, order.documents))
        except PsetpressError:
            prove(variants, order.key)  # words may stumble over a wrong key: then that is what to say
            raise
        say("proving every answer by its second road")
        prove(variants, order.key)
        files, overfull = finish(running)
    files[delivery.MANIFEST] = manifest.compose(assignment, variants, order.provenance, files)
    warnings = (*overfull, *unrecorded(typesetter), *blind_spots(assignment, variants))
    delivery.deliver(order.folder, files)
    return Report(variants, tuple(files), warnings)


def check(order: Order) -> None:
    """Refuse, before any work, an order that cannot be filled: no LaTeX, or a folder that cannot be written."""
    if set(order.documents) != {"source"}:
        latex.find()
    delivery.check(order.folder)


def read(source: Path, *, published: bool = False) -> Assignment:
    """Return the assignment that the set file ``source`` describes."""
    from psetpress import setfile

    return assemble(source.stem, setfile.read(source), str(source), published=published)


def draw(assignment: Assignment, order: Order) -> dict[str, Variant]:
    """Return a variant of every item: published, pinned by the set file, or drawn from its own stream."""
    return {
        item.name: variant(item, stream(item, assignment, order), published=order.published)
        for item in assignment.items()
    }


def variant(item: AskedItem, stream: Stream, *, published: bool = False) -> Variant:
    """Return the variant of an item: the parameters that are given for it, or else what ``stream`` draws."""
    params = item.pinned if item.pinned is not None else item.problem.published if published else None
    if params is not None:
        return drawing.given(item.problem_name, item.problem, params, item.level)
    return drawing.draw(item.problem_name, item.problem, item.level, stream, item.constraints)


def stream(item: AskedItem, assignment: Assignment, order: Order) -> Stream:
    """Return the stream of an item; its position in the set plays no part."""
    return Stream(order.key, assignment.name, "", item.name)


def prove(variants: Mapping[str, Variant], whose: str) -> None:
    """Prove every key. Raises ProofError naming problem, parameters, whose they are, and both answers."""
    proving.prepare()
    for name, variant in variants.items():
        origin = f"{whose}, attempt {variant.attempts}" if variant.attempts else "given parameters"
        with proving.about(f"{variant.name} (item {name}, {origin})"):
            differing = proving.disagreements(variant)
        if differing:
            lines = "\n  ".join(str(item) for item in differing)
            raise proving.ProofError(
                f"{variant.name} (item {name}, {origin}): the key is not proved, so nothing is printed.\n"
                f"  {lines}\n  parameters: {variant.params}"
            )


def write(typesetter: Typesetter, wanted: Sequence[str]) -> Iterator[tuple[str, Document]]:
    """Yield the ``wanted`` documents by name; handout and source are one document."""
    writers = {
        "handout": cache(typesetter.handout),
        "key": typesetter.key,
        "rubric": typesetter.rubric,
    }
    for name in wanted:
        yield name, writers["handout" if name == "source" else name]()


Made = tuple[str, bytes, tuple[str, ...]]
"""A finished file: its name, its content, and LaTeX's complaints."""


def start(pool: Executor, documents: Iterable[tuple[str, Document]]) -> list[Future[Made]]:
    """Begin to make the files of ``documents``, each as soon as it is written."""
    return [pool.submit(_make, name, document) for name, document in documents]


def _make(name: str, document: Document) -> Made:
    if name == "source":
        return "source.zip", source_zip(document), ()
    compiled = latex.compile_pdf(document)
    return f"{name}.pdf", compiled.pdf, compiled.overfull


def finish(running: Sequence[Future[Made]]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the files by name and all complaints."""
    made = [future.result() for future in running]
    return {name: content for name, content, _ in made}, tuple(line for *_, lines in made for line in lines)


def unrecorded(typesetter: Typesetter) -> tuple[str, ...]:
    """Return a warning for every experiment that a key quotes and nobody has recorded."""
    return tuple(
        f"the key lacks the experiment {name}: it has not been recorded" for name in sorted(typesetter.unrecorded)
    )


def blind_spots(assignment: Assignment, variants: Mapping[str, Variant]) -> tuple[str, ...]:
    """Return a warning for every variant, published or pinned, that cannot tell a misconception from the answer."""
    found: list[str] = []
    for item in assignment.items():
        variant = variants[item.name]
        if variant.attempts:
            continue
        asked = {name for part in item.parts for name in part.part.kinds(variant.params)}
        shown = [name for name in proving.blind_spots(variant) if asked & variant.wrong[name].keys()]
        if shown:
            found.append(f"{variant.name}: these given parameters cannot tell apart: {', '.join(shown)}")
    return tuple(found)
