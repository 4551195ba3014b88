"""The registry: what it loads, and what it refuses in words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import problems
from psetpress import registry
from psetpress.answers import Integer
from psetpress.errors import UsageError
from psetpress.records import Misconception, Part, RubricItem

Files = Callable[..., None]


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """Write problem files and list them: ``listed(alpha="PROBLEM = 1")``; ``None`` writes no file."""

    def write(*names: str, **files: str | None) -> None:
        for name, text in files.items():
            if text is not None:
                (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        place = SimpleNamespace(problems=(*names, *files))
        monkeypatch.setattr(registry.workspace, "active", lambda: place)

    monkeypatch.setattr(problems, "__path__", [str(tmp_path)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    registry.load.cache_clear()
    yield write
    registry.load.cache_clear()
    for name in [name for name in sys.modules if name.startswith("problems.")]:
        if Path(str(sys.modules[name].__file__)).is_relative_to(tmp_path):
            del sys.modules[name]


def refusal(name: str) -> str:
    with pytest.raises(UsageError) as caught:
        registry.load(name)
    assert caught.value.exit_code == 2
    return caught.value.message


def checked(problem: Any) -> str:
    with pytest.raises(UsageError) as caught:
        registry.check("toy", problem)
    return caught.value.message


# --- names and files ---------------------------------------------------------------------------


def test_names_are_those_of_the_workspace(listed: Files) -> None:
    listed("beta", "alpha")
    assert registry.names() == ("beta", "alpha")


def test_a_name_listed_twice_is_refused(listed: Files) -> None:
    listed("alpha", "beta", "alpha")
    with pytest.raises(UsageError) as caught:
        registry.names()
    assert caught.value.message == (
        'problems/__init__.py: problem "alpha" is defined twice; every problem needs its own name'
    )


@pytest.mark.parametrize("name", ["Alpha", "a-b", "../x", "a.b", "2d", "", "ä", "a b"])
def test_a_name_that_no_module_could_have_is_refused(listed: Files, name: str) -> None:
    listed(name)
    with pytest.raises(
        UsageError, match=r"^problems/__init__\.py: problem \".*\" is not usable; a name is a small letter"
    ):
        registry.names()


def test_an_unknown_problem_is_answered_with_the_nearest(listed: Files) -> None:
    listed("convolution", "batchnorm")
    assert refusal("convolutoin") == (
        'unknown problem "convolutoin" (did you mean "convolution"?); `psetpress list` shows all'
    )
    assert refusal("../../etc/passwd").startswith('unknown problem "../../etc/passwd"; ')


def test_a_listed_problem_without_a_file(listed: Files) -> None:
    listed(alpha=None)
    assert refusal("alpha") == 'problem "alpha" is listed, but problems/alpha.py does not exist'


@pytest.mark.parametrize("text", ["", "PROBLEM = 3\n", "problem = 1\n"])
def test_a_file_without_a_record(listed: Files, text: str) -> None:
    listed(alpha=text)
    assert refusal("alpha") == "problems/alpha.py does not define PROBLEM, a psetpress.records.Problem"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1\nx / 0\n", "ZeroDivisionError: division by zero (problems/alpha.py, line 2)"),
        ("import nowhere_to_be_found\n", "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        ("from solvers.nothing import exact\n", "ModuleNotFoundError: No module named 'solvers.nothing'"),
        ("from fractions import Fractoin\n", "ImportError: cannot import name 'Fractoin' from 'fractions'"),
        ("def f(:\n", "SyntaxError: invalid syntax (alpha.py, line 1)"),
        ("raise AssertionError\n", "AssertionError"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(
    listed: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    folder = tmp_path / "problems"
    folder.mkdir()
    monkeypatch.setattr(problems, "__path__", [str(folder)])
    listed(alpha=None)
    (folder / "alpha.py").write_text(text, encoding="utf-8")
    assert refusal("alpha").startswith(f"problems/alpha.py cannot be imported: {expected}")


def test_an_error_is_not_remembered(listed: Files, tmp_path: Path) -> None:
    listed(alpha="")
    refusal("alpha")
    sys.modules["problems.alpha"].PROBLEM = "changed"  # type: ignore[attr-defined]
    assert "does not define PROBLEM" in refusal("alpha")


# --- records -----------------------------------------------------------------------------------


def part(name: str, *answers: str, **fields: Any) -> Part[Any]:
    return Part(name=name, points=Fraction(1), answers={answer: Integer() for answer in answers}, **fields)


def wrong(name: str) -> Misconception[Any]:
    return Misconception(name=name, says="", solve=lambda p: {}, feedback="")


def item(name: str) -> RubricItem:
    return RubricItem(name=name, points=Fraction(-1), says="")


def test_a_sound_record_passes(toy: SimpleNamespace) -> None:
    registry.check("toy", toy.PROBLEM)


@dataclass(frozen=True)
class Loose:
    x: float


def broken(_: object) -> Any:
    raise KeyError("blank")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"parts": (part("a", "x"), part("a", "y"))}, 'toy: part "a" is defined twice; every part needs its own name'),
        (
            {"parts": (part("a", "x"), part("b", "x"))},
            'toy: answer "x" is defined twice; every answer needs its own name',
        ),
        (
            {"parts": (part("A", "x"),)},
            'toy: part "A" is not usable; a name is a small letter, then small letters, dig',
        ),
        ({"parts": (part("a", "x-y"),)}, 'toy: answer "x-y" is not usable; '),
        ({"parts": (part("intro", "x"),)}, 'toy: part "intro" would take the name of another template block'),
        ({"parts": (part("a_solution", "x"),)}, 'toy: part "a_solution" would take the name of another template block'),
        (
            {"parts": (part("first", "x"), part("b", "y", needs=("frist",)))},
            'toy, part b, needs: unknown part "frist" (did you mean "first"?); known are first, b',
        ),
        (
            {"parts": (part("a", "x", rubric=(item("late"), item("late"))),)},
            'toy, part a: rubric item "late" is defined twice; every rubric item needs its own name',
        ),
        (
            {"parts": (part("a", "x", rubric=(item("adds"),)),)},
            'toy, part a: rubric item "adds" has the name of a misconception',
        ),
        (
            {"parts": (Part(name="a", points=Fraction(1), answers=broken),)},
            "toy, part a: answers fails for the published variant: KeyError: 'blank'",
        ),
        (
            {"misconceptions": (wrong("adds"), wrong("adds"))},
            'toy: misconception "adds" is defined twice; every misconception needs its own name',
        ),
        (
            {"blind": ("multiply",)},
            'toy, blind: unknown misconception "multiply" (did you mean "multiplies"?); known are',
        ),
        ({"misconceptions": (), "blind": ("adds",)}, 'toy, blind: unknown misconception "adds"; known are none'),
        (
            {"levels": ("standart",)},
            'toy: unknown level "standart" (did you mean "standard"?); known are easy, standard',
        ),
        ({"published": (3, 4)}, "toy: published is (3, 4), no Params"),
        ({"topics": "shapes"}, "toy, topics: accepted is a tuple (of one entry: `(entry,)`), not 'shapes'"),
        ({"parts": part("a", "x")}, "toy, parts: accepted is a tuple (of one entry: `(entry,)`), not Part("),
        ({"parts": ("a",)}, "toy, parts: accepted is Part(...), not 'a'"),
        (
            {"parts": (Part(name="a", points=2.5, answers={"x": Integer()}),)},  # type: ignore[arg-type]
            "toy, part a, points: accepted is a Fraction or a whole number, not 2.5",
        ),
        (
            {"parts": (Part(name="a", points=Fraction(1), answers={"x": int}),)},  # type: ignore[dict-item]
            "toy, part a, answer \"x\": accepted is a kind such as Integer(), not <class 'int'>",
        ),
        (
            {"parts": (part("a", "x", rubric=item("late")),)},
            "toy, part a, rubric: accepted is a tuple (of one entry: `(entry,)`), not RubricItem(",
        ),
        (
            {"params": Loose, "published": Loose(1.0)},
            "toy: Loose.x: float is no type of a parameter; accepted are int, ",
        ),
    ],
)
def test_a_broken_record_is_refused_by_name(toy: SimpleNamespace, changes: dict[str, Any], expected: str) -> None:
    assert checked(toy.variation(**changes)).startswith(expected)


def test_loading_checks_the_record(listed: Files, toy: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    listed("alpha", "beta")
    twice = toy.variation(parts=(part("a", "x"), part("a", "y")))
    records = {"problems.alpha": SimpleNamespace(PROBLEM=toy.PROBLEM), "problems.beta": SimpleNamespace(PROBLEM=twice)}
    monkeypatch.setattr(registry.importlib, "import_module", records.get)
    assert registry.load("alpha") is toy.PROBLEM
    assert refusal("beta") == 'beta: part "a" is defined twice; every part needs its own name'
