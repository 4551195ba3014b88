"""A toy problem, so that the engine's tests depend on no shipped one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pypdfium2
import pytest
from numpy.random import Generator

from psetpress import registry, workspace
from psetpress.answers import Integer, Written
from psetpress.errors import UsageError
from psetpress.latex import Document
from psetpress.records import Level, Misconception, Part, Problem, Reject, RubricItem
from psetpress.setfile import SetFile, parse


@dataclass(frozen=True)
class Params:
    """Two numbers, and how they are written."""

    a: int
    b: int
    scale: Fraction = Fraction(1)
    style: Literal["plain", "words"] = "plain"
    pair: tuple[int, int] = (0, 0)


def draw(rng: Generator, level: Level) -> Params:
    top = {"easy": 4, "standard": 40, "hard": 400}[level]
    return Params(int(rng.integers(top)), int(rng.integers(top)))


def count_up(p: Params) -> dict[str, int]:
    """The oracle: unit by unit."""
    return {"sum": len([*range(p.a), *range(p.b)]), "product": sum(p.a for _ in range(p.b))}


MULTIPLIES = Misconception[Params](
    name="multiplies",
    says="multiplies the numbers",
    solve=lambda p: {"sum": p.a * p.b},
    feedback="A sum is not a product.",
    credit=Fraction(1, 4),
)
ADDS = Misconception[Params](
    name="adds",
    says="adds the numbers",
    solve=lambda p: {"product": p.a + p.b} if p.a else {},
    feedback="A product is not a sum.",
)

TOY = Problem[Params](
    title="A toy",
    topics=("arithmetic",),
    source="made up",
    minutes=1,
    params=Params,
    draw=draw,
    published=Params(3, 4),
    edges=(Params(0, 1),),
    solve=lambda p: {"sum": p.a + p.b, "product": p.a * p.b},
    oracle=count_up,
    misconceptions=(MULTIPLIES, ADDS),
    rejects=(Reject(name="nothing to add", test=lambda p: p.a == 0 or p.b == 0),),
    parts=(
        Part(
            name="addition",
            points=Fraction(2),
            answers={"sum": Integer()},
            rubric=(RubricItem(name="no-work", points=Fraction(-1), says="The work is missing."),),
        ),
        Part(
            name="multiplication",
            points=Fraction(3),
            answers={"product": Integer(), "reason": Written()},
            needs=("addition",),
        ),
    ),
)


def variation(**changes: Any) -> Problem[Params]:
    """Return the toy problem with other fields."""
    return dataclasses.replace(TOY, **changes)


@pytest.fixture(scope="session")
def toy() -> SimpleNamespace:
    """The toy problem and what it is made of."""
    return SimpleNamespace(PROBLEM=TOY, Params=Params, MULTIPLIES=MULTIPLIES, ADDS=ADDS, variation=variation, draw=draw)


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make these problems the registered ones: ``bank(toy=problem)``."""

    def register(**problems: Problem[Any]) -> None:
        def load(name: str) -> Problem[Any]:
            if name not in problems:
                raise UsageError(f'unknown problem "{name}"')
            return problems[name]

        monkeypatch.setattr(registry, "load", load)
        monkeypatch.setattr(registry, "names", lambda: tuple(problems))

    register(toy=TOY)
    return register


@pytest.fixture
def set_of() -> Callable[..., SetFile]:
    """Return a set file of one question from its problems: ``set_of("toy", {"use": "toy", "id": "again"})``."""

    def make(*problems: str | Mapping[str, Any], **keys: Any) -> SetFile:
        return parse({"title": "A set", **keys, "question": [{"title": "One", "problem": list(problems)}]}, "set.toml")

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write text files: ``folder("bank", {"problems/toy.tex.j2": "..."})`` returns the folder that holds them."""

    def write(name: str, files: Mapping[str, str]) -> Path:
        for path, text in files.items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


@pytest.fixture(scope="session")
def paper() -> Callable[..., Document]:
    """A document of the course class: ``paper(r"words")``, compiled by ``latex.compile_pdf``."""
    course_class = next(folder / "latex" for folder in workspace.active().templates) / "psetpress.cls"

    def make(body: str, files: Mapping[str, bytes] | None = None, preamble: str = "") -> Document:
        main = f"\\documentclass{{psetpress}}\n{preamble}\\begin{{document}}\n{body}\n\\end{{document}}\n"
        return Document("toy", main, {"psetpress.cls": course_class.read_bytes(), **(files or {})})

    return make


def read_pdf(pdf: bytes) -> str:
    """Return the words of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.fixture(scope="session")
def words_of() -> Callable[[bytes], str]:
    """Return the words of a PDF."""
    return read_pdf
