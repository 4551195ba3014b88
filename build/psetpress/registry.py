"""The problems of the active workspace, by name; each is imported when it is first asked for."""

from __future__ import annotations

import importlib
import re
import reprlib
from functools import cache
from numbers import Rational
from typing import TYPE_CHECKING, Any, cast

from psetpress import schema, workspace
from psetpress.answers import Kind
from psetpress.errors import PsetpressError, UsageError, nearest
from psetpress.failures import described
from psetpress.records import LEVELS, Part, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType

NAME = re.compile(r"[a-z][a-z0-9_]*")
"""Names of problems, parts and answers: modules, template blocks and attributes are called so."""


def names() -> tuple[str, ...]:
    """Return the names of all problems, the workspace's own before the shipped ones; no name twice."""
    listed = workspace.active().problems
    _refuse_duplicates("problems/__init__.py", "problem", listed)
    _check_names("problems/__init__.py", "problem", listed)
    return listed


@cache
def load(name: str) -> Problem[Any]:
    """Return the record of the problem ``name``. Raises UsageError for an unknown or broken one."""
    known = names()
    if name not in known:
        raise UsageError(f'unknown problem "{name}"{nearest(name, known)}; `psetpress list` shows all')
    record: object = getattr(_module(name), "PROBLEM", None)
    if not isinstance(record, Problem):
        raise UsageError(f"problems/{name}.py does not define PROBLEM, a psetpress.records.Problem")
    check(name, cast("Problem[Any]", record))
    return cast("Problem[Any]", record)


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(f"problems.{name}")
    except ModuleNotFoundError as error:
        if error.name == f"problems.{name}":
            raise UsageError(f'problem "{name}" is listed, but problems/{name}.py does not exist') from error
        raise UsageError(f"problems/{name}.py cannot be imported: {described(error)}") from error
    except (Exception, SystemExit) as error:
        raise UsageError(f"problems/{name}.py cannot be imported: {described(error)}") from error


def check(name: str, problem: Problem[Any]) -> None:
    """Refuse a record that could not be asked, drawn, stored or graded. Raises UsageError."""
    try:
        schema.check(problem.params)
    except PsetpressError as error:
        raise UsageError(f"{name}: {error.message}") from error
    if not isinstance(problem.published, problem.params):
        raise UsageError(f"{name}: published is {problem.published!r}, no {problem.params.__name__}")
    _check_types(name, problem)
    _check_known(name, "level", problem.levels, LEVELS)
    _check_parts(name, problem)
    _check_misconceptions(name, problem)


_TUPLES = ("topics", "edges", "parts", "misconceptions", "rejects", "blind", "levels")


def _check_types(name: str, problem: Problem[Any]) -> None:
    """Refuse what the engine cannot compute with; what people forget is the comma of a tuple with one entry."""
    for field in _TUPLES:
        _check_type(f"{name}, {field}", getattr(problem, field), tuple, "a tuple (of one entry: `(entry,)`)")
    for part in problem.parts:
        _check_type(f"{name}, parts", part, Part, "Part(...)")
        place = f"{name}, part {part.name}"
        _check_type(f"{place}, rubric", part.rubric, tuple, "a tuple (of one entry: `(entry,)`)")
        _check_type(f"{place}, needs", part.needs, tuple, "a tuple (of one entry: `(entry,)`)")
        _check_points(f"{place}, points", part.points)
        for item in part.rubric:
            _check_points(f"{place}, rubric item {item.name}, points", item.points)
    for misconception in problem.misconceptions:
        _check_points(f"{name}, misconception {misconception.name}, credit", misconception.credit)


def _check_points(place: str, value: object) -> None:
    _check_type(place, value, Rational, "a Fraction or a whole number")


def _check_type(place: str, value: object, kind: type, accepted: str) -> None:
    if not isinstance(value, kind):
        raise UsageError(f"{place}: accepted is {accepted}, not {reprlib.repr(value)}")


def _check_parts(name: str, problem: Problem[Any]) -> None:
    """Refuse parts and answers of one name, and names that a template could not say."""
    parts = [part.name for part in problem.parts]
    _refuse_duplicates(name, "part", parts)
    _check_names(name, "part", parts)
    for part in parts:
        if part == "intro" or part.endswith(("_solution", "_rubric")):
            raise UsageError(f'{name}: part "{part}" would take the name of another template block')
    for part in problem.parts:
        _check_known(f"{name}, part {part.name}, needs", "part", part.needs, parts)
    answers = [answer for part in problem.parts for answer in _answers(name, problem, part.name)]
    _refuse_duplicates(name, "answer", answers)
    _check_names(name, "answer", answers)


def _answers(name: str, problem: Problem[Any], part: str) -> Iterable[str]:
    """Return the answers of a part in the published variant."""
    try:
        kinds = next(item for item in problem.parts if item.name == part).kinds(problem.published)
    except Exception as error:
        raise UsageError(f"{name}, part {part}: answers fails for the published variant: {described(error)}") from error
    for answer, kind in kinds.items():
        _check_type(f'{name}, part {part}, answer "{answer}"', kind, Kind, "a kind such as Integer()")
    return kinds


def _check_misconceptions(name: str, problem: Problem[Any]) -> None:
    """Refuse one name for two deductions of a part: grading tells them apart by it."""
    misconceptions = [item.name for item in problem.misconceptions]
    _refuse_duplicates(name, "misconception", misconceptions)
    _check_known(f"{name}, blind", "misconception", problem.blind, misconceptions)
    for part in problem.parts:
        items = [item.name for item in part.rubric]
        _refuse_duplicates(f"{name}, part {part.name}", "rubric item", items)
        both = sorted(set(items) & set(misconceptions))
        if both:
            raise UsageError(f'{name}, part {part.name}: rubric item "{both[0]}" has the name of a misconception')


def _refuse_duplicates(where: str, what: str, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f'{where}: {what} "{twice[0]}" is defined twice; every {what} needs its own name')


def _check_names(where: str, what: str, names: Iterable[str]) -> None:
    for name in names:
        if not NAME.fullmatch(name):
            raise UsageError(
                f'{where}: {what} "{name}" is not usable; a name is a small letter, then small letters, digits and "_"'
            )


def _check_known(where: str, what: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise UsageError(
                f'{where}: unknown {what} "{name}"{nearest(name, known)}; known are {", ".join(known) or "none"}'
            )
