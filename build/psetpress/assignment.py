"""A set file joined with the bank: numbered questions, lettered parts, points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, cast

from psetpress import codec, own, registry, schema, streams
from psetpress.answers.numbers import text_number
from psetpress.errors import UsageError, nearest
from psetpress.setfile import Item, Question, SetFile

if TYPE_CHECKING:
    from psetpress.drawing import Constraint
    from psetpress.records import Level, Part, Problem
    from psetpress.setfile import Own


@dataclass(frozen=True)
class AskedPart:
    """A part as this set asks it: ``id`` such as ``2.c`` marks its response."""

    part: Part[Any]
    id: str
    letter: str
    points: Fraction

    @property
    def name(self) -> str:
        """The part's name in the problem's record and template."""
        return self.part.name

    @cached_property
    def scale(self) -> Fraction:
        """What the record's points are multiplied by."""
        return self.points / self.part.points if self.part.points else Fraction(0)


@dataclass(frozen=True)
class AskedItem:
    """A problem as this set asks it."""

    name: str
    problem_name: str
    problem: Problem[Any]
    level: Level
    parts: tuple[AskedPart, ...]
    pinned: Any
    constraints: tuple[Constraint, ...]
    own: Own | None = None


@dataclass(frozen=True)
class AskedQuestion:
    """A numbered question."""

    number: int
    title: str
    directions: str
    intro: str
    items: tuple[AskedItem, ...]

    @property
    def points(self) -> Fraction:
        """The sum over the parts."""
        return sum((part.points for item in self.items for part in item.parts), Fraction(0))


@dataclass(frozen=True)
class Assignment:
    """A problem set, ready to be drawn. ``name`` is the set file's name without suffix."""

    name: str
    file: SetFile
    questions: tuple[AskedQuestion, ...]

    def items(self) -> Iterator[AskedItem]:
        """Yield the items of all questions in order."""
        for question in self.questions:
            yield from question.items

    @property
    def points(self) -> Fraction:
        """The sum over the questions."""
        return sum((question.points for question in self.questions), Fraction(0))


def assemble(name: str, file: SetFile, where: str, *, published: bool = False) -> Assignment:
    """Return the assignment that a set file describes, or the part of it that the source document asks.

    Raises UsageError naming ``where``, the item and what is accepted: unknown problems, parts, levels
    and parameters, a part without the part that it needs, points that do not add up.
    """
    asked = [_as_published(question) if published else question for question in file.question]
    questions = tuple(_question(number, question, file, where) for number, question in enumerate(asked, 1))
    result = Assignment(name, file, questions)
    if file.total is not None and result.points != file.total and not published:
        sums = " + ".join(text_number(question.points) for question in questions)
        raise UsageError(
            f"{where}: total = {text_number(file.total)}, but the points of the questions add up to "
            f"{sums} = {text_number(result.points)}"
        )
    return result


def alone(problem: str, level: Level = "standard") -> Assignment:
    """Return the assignment that asks all parts of one problem and nothing else."""
    title = registry.load(problem).title
    question = Question(title=title, problem=[Item(use=problem, level=level)])
    return assemble(streams.ALONE, SetFile(title=title, question=[question]), streams.ALONE)


def _as_published(question: Question) -> Question:
    """Return a question with only the parts that its source asks; an item of which it asks none is left out."""
    items = [
        _only(item, item.published) if isinstance(item, Item) and item.published else item
        for item in question.problem
        if not (isinstance(item, Item) and item.published == [])
    ]
    return question.model_copy(update={"problem": items})


def _only(item: Item, parts: list[str]) -> Item:
    points = {name: value for name, value in item.points.items() if name in parts}
    return item.model_copy(update={"parts": parts, "points": points})


def _question(number: int, question: Question, file: SetFile, where: str) -> AskedQuestion:
    letters = iter(ascii_lowercase)
    items = tuple(
        _item(item, number, letters, file, f"{where}: question {number}, {item.name}") for item in question.problem
    )
    return AskedQuestion(number, question.title, question.directions, question.intro, _unlettered(items, number))


def _unlettered(items: tuple[AskedItem, ...], number: int) -> tuple[AskedItem, ...]:
    """Take the letter from a question's only part: its response is ``4``, or ``4.interpretation``."""
    match [part for item in items for part in item.parts]:
        case [part]:
            return (replace(items[0], parts=(replace(part, id=str(number), letter=""),)),)
        case _:
            return items


def _item(item: Item | Own, number: int, letters: Iterator[str], file: SetFile, where: str) -> AskedItem:
    if not isinstance(item, Item):
        return _own_item(item, number, letters, where)
    problem = _load(item, where)
    level = item.level or file.level
    if level not in problem.levels:
        raise UsageError(f'{where}: {item.use} has no level "{level}"; it has {", ".join(problem.levels)}')
    parts = tuple(_asked_parts(item, problem, number, letters, where))
    pinned = _pinned(item, problem, where)
    return AskedItem(item.name, item.use, problem, level, parts, pinned, _constraints(item, problem, where))


def _own_item(item: Own, number: int, letters: Iterator[str], where: str) -> AskedItem:
    problem = own.record(item)
    letter = _letter(letters, where)
    part = AskedPart(problem.parts[0], f"{number}.{letter}", letter, problem.parts[0].points)
    return AskedItem(item.id, item.id, problem, "standard", (part,), problem.published, (), item)


def _letter(letters: Iterator[str], where: str) -> str:
    letter = next(letters, "")
    if not letter:
        raise UsageError(f"{where}: a question has at most {len(ascii_lowercase)} parts; begin another question")
    return letter


def _asked_parts(
    item: Item, problem: Problem[Any], number: int, letters: Iterator[str], where: str
) -> Iterator[AskedPart]:
    """Yield the asked parts, lettered on from the problems before."""
    chosen = _chosen_parts(item, problem, where)
    _check_names(item.published or (), [part.name for part in problem.parts], "part", f"{where}, published")
    _check_names(item.points, [part.name for part in chosen], "part", f"{where}, points")
    for part in chosen:
        letter = _letter(letters, where)
        yield AskedPart(part, f"{number}.{letter}", letter, item.points.get(part.name, part.points))


def _load(item: Item, where: str) -> Problem[Any]:
    try:
        return registry.load(item.use)
    except UsageError as error:
        raise UsageError(f"{where}: {error.message}") from error


def _chosen_parts(item: Item, problem: Problem[Any], where: str) -> list[Part[Any]]:
    """Return the asked parts in the record's order."""
    known = [part.name for part in problem.parts]
    wanted = known if item.parts is None else item.parts
    _check_names(wanted, known, "part", f"{where}, parts")
    if not wanted:
        raise UsageError(f"{where}: parts = [] asks nothing; the parts are {', '.join(known)}")
    for name in wanted:
        if wanted.count(name) > 1:
            raise UsageError(f'{where}, parts: "{name}" is listed twice')
    chosen = [part for part in problem.parts if part.name in wanted]
    for part in chosen:
        lacking = [name for name in part.needs if name not in wanted]
        if lacking:
            raise UsageError(f'{where}: part "{part.name}" refers to part "{lacking[0]}"; ask that one too')
    return chosen


def _check_names(names: Iterable[str], known: list[str], what: str, where: str) -> None:
    for name in names:
        if name not in known:
            raise UsageError(f'{where}: unknown {what} "{name}"{nearest(name, known)}; known are {", ".join(known)}')


def _pinned(item: Item, problem: Problem[Any], where: str) -> Any:
    """Return the parameters that the set file gives, or None."""
    if item.params is None:
        return None
    if item.where:
        raise UsageError(f"{where}: params gives all parameters, so there is nothing for where to restrict; drop one")
    return codec.load(problem.params, item.params, f"{where}, params")


def _constraints(item: Item, problem: Problem[Any], where: str) -> tuple[Constraint, ...]:
    return tuple(_constraint(name, wanted, problem, f"{where}, where") for name, wanted in item.where.items())


def _constraint(name: str, wanted: object, problem: Problem[Any], where: str) -> Constraint:
    """Return the condition that a parameter has the ``wanted`` value, or one of them."""
    accepted = _wanted(problem.params, name, wanted, where)
    if not accepted:
        raise UsageError(f"{where}: {name} = [] allows no value")

    def holds(params: Any) -> bool:
        return getattr(params, name) in accepted

    return f"where {name} = {codec.shown(wanted)}", holds


def _wanted(params: type[Any], name: str, wanted: object, where: str) -> tuple[Any, ...]:
    """Return the values that ``wanted`` allows: it is a value of the parameter itself, or an array of some."""
    try:
        return (codec.load_field(params, name, wanted, where),)
    except UsageError:
        values = cast("list[object]", wanted) if isinstance(wanted, list) else []
        kind = schema.fields(params).get(name)
        arrays = any(schema.is_tuple(member) for member in schema.members(kind))
        if not isinstance(wanted, list) or (arrays and not all(isinstance(value, list) for value in values)):
            raise  # it was meant as one value
    return tuple(codec.load_field(params, name, value, where) for value in values)
