"""Set files: a problem set as a short TOML file, checked before anything is drawn."""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, ValidationError
from pydantic_core import PydanticCustomError

from psetpress import codec
from psetpress.errors import UsageError, nearest
from psetpress.records import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""Ids name streams and files."""


def _points(value: object) -> object:
    """Take TOML's decimals as they are written: 0.1 is one tenth; ``"1/3"`` is a third."""
    try:
        number = value if isinstance(value, Fraction) else codec.exact(value)
    except ValueError:
        raise PydanticCustomError("points", "must be a number of points such as 4 or 2.5") from None
    if number < 0:
        raise PydanticCustomError("points", "must be at least 0")
    return number


def _named(value: object) -> object:
    """Take a bare name for a problem without options."""
    return {"use": value} if isinstance(value, str) else value


def _loss(value: object) -> object:
    """Take a deduction, which is written with its sign."""
    try:
        number = value if isinstance(value, Fraction) else codec.exact(value)
    except ValueError:
        number = Fraction(0)
    if number >= 0:
        raise PydanticCustomError("loss", "must be a negative number of points such as -1 or -0.5")
    return number


_LENGTH = re.compile(r"[0-9]+(\.[0-9]+)? ?(cm|mm|in|pt|em|ex)")


def _length(value: object) -> object:
    if isinstance(value, str) and not _LENGTH.fullmatch(value):
        raise PydanticCustomError("length", 'must be a length such as "4cm" or "2.5in"')
    return value


def _latex(value: object) -> object:
    """Refuse braces without their partners: LaTeX would complain about a line that its author never saw."""
    if isinstance(value, str) and not _balanced(value):
        raise PydanticCustomError("latex", 'must have a "}" for every "{"')
    return value


def _balanced(code: str) -> bool:
    depth = 0
    for sign in re.findall("[{}]", re.sub(r"\\.|%.*", "", code)):  # \{ is no brace, and a comment holds none
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _sentence(value: object) -> object:
    """Refuse a comment: it would swallow what the rubric prints after the sentence."""
    if isinstance(value, str) and "%" in re.sub(r"\\.", "", value):
        raise PydanticCustomError("sentence", 'must have a backslash before "%"')
    return _latex(value)


Points = Annotated[Fraction, BeforeValidator(_points)]
Loss = Annotated[Fraction, BeforeValidator(_loss)]
Length = Annotated[str, BeforeValidator(_length)]
LaTeX = Annotated[str, BeforeValidator(_latex)]
Sentence = Annotated[str, BeforeValidator(_sentence)]


class Table(BaseModel):
    """A TOML table: unknown keys and loose types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Item(Table):
    """One problem of a question.

    ``id`` names the random stream and defaults to the problem's name; a set that uses a problem twice
    gives one of them another. ``points`` and ``parts`` go by part name; ``published`` lists the parts that
    the source document asks (``[]`` for none), if a published build asks fewer. ``params`` pins all
    parameters, ``where`` restricts drawn ones to a value or a list of values.
    """

    use: str
    id: str = ""
    level: Level | None = None
    parts: list[str] | None = None
    published: list[str] | None = None
    points: dict[str, Points] = {}
    params: dict[str, Any] | None = None
    where: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """The item's name in streams, response ids and the manifest."""
        return self.id or self.use


class Deduction(Table):
    """An item of an own problem's rubric: ``points`` (negative) and a sentence, which is LaTeX."""

    points: Loss
    says: Sentence


class Own(Table):
    """A problem of the author's own: ``statement`` and ``solution`` are LaTeX, ``slots`` the labels of its answers."""

    id: str
    statement: LaTeX
    solution: LaTeX
    title: str = "Own problem"
    points: Points | None = None
    space: Length = "4cm"
    slots: list[Annotated[str, Field(min_length=1)]] = []
    rubric: list[Deduction] = []

    @property
    def name(self) -> str:
        """The item's name in the manifest."""
        return self.id


USED, OWN = "@used", "@own"
"""The two forms of a problem in pydantic's locations; no key begins like this."""


def _which(value: object) -> str:
    """Tell a problem that is written out from one that is used by name."""
    written = "statement" in value if isinstance(value, dict) else isinstance(value, Own)
    return OWN if written else USED


Asked = Annotated[
    Annotated[Annotated[Item, BeforeValidator(_named)], Tag(USED)] | Annotated[Own, Tag(OWN)],
    Discriminator(_which),
]


class Question(Table):
    """A numbered question: a title, the author's own words, and its problems, whose parts are lettered through.

    ``directions`` stand above the number (what to read for this question and the next), ``intro`` below it;
    both are LaTeX. A problem without options may be given by its bare name; one with a ``statement`` is the
    author's own.
    """

    title: str
    directions: LaTeX = ""
    intro: LaTeX = ""
    problem: list[Asked] = Field(min_length=1)


class SetFile(Table):
    """A problem set. ``instructions`` are LaTeX; its other strings are plain text.

    ``names`` are the lines for those who hand in; ``link`` is where they do. With ``solutions`` in the
    handout the set is for practice: students get every solution with its question.
    """

    title: str
    course: str = ""
    term: str = ""
    instructor: str = ""
    due: str = ""
    names: list[str] = ["Name"]
    submission: str = ""
    link: str = ""
    collaboration: str = ""
    instructions: LaTeX = ""
    solutions: Literal["key", "handout"] = "key"
    level: Level = "standard"
    total: Points | None = None
    question: list[Question] = Field(min_length=1)

    def items(self) -> Iterator[Item | Own]:
        """Yield the items of all questions in order."""
        for question in self.question:
            yield from question.problem


def read(path: Path) -> SetFile:
    """Return the set file at ``path``. Raises UsageError naming the file, the key, the value and what is accepted."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows editors begin UTF-8 with a mark
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a TOMLDecodeError, or a number or a nesting without end
        raise UsageError(f"{path}: is not valid TOML: {error}") from error
    return parse(data, str(path))


def parse(data: Mapping[str, Any], where: str) -> SetFile:
    """Return the set file that ``data`` describes, with unique item ids."""
    try:
        result = SetFile.model_validate(data)
    except ValidationError as error:
        lines = [f"{where}: {_explain(item)}" for item in error.errors(include_url=False)]
        raise UsageError("\n".join(lines)) from error
    _check_ids(result, where)
    return result


def _check_ids(read: SetFile, where: str) -> None:
    seen: set[str] = set()
    for item in read.items():
        if item.id and not NAME.fullmatch(item.id):
            raise UsageError(f'{where}: id "{item.id}" is not usable; accepted are small letters, digits, "-" and "_"')
        if item.name in seen:
            raise UsageError(f'{where}: id "{item.name}" is used twice; give one of them `id = "{item.name}-2"`')
        seen.add(item.name)


_KNOWN = {
    "question": tuple(Question.model_fields),
    USED: tuple(Item.model_fields),
    OWN: tuple(Own.model_fields),
    "rubric": tuple(Deduction.model_fields),
    "": tuple(SetFile.model_fields),
}

_WANTED = {
    "string_type": "must be a string in quotes",
    "list_type": "must be an array, [...]",
    "dict_type": "must be a table, {...}",
    "model_type": "must be a table, {...}",
    "model_attributes_type": "must be a table, {...}",
    "too_short": "must have at least one entry",
    "string_too_short": "must not be empty",
}


_TABLES = ("question", "problem", "rubric")
"""Keys that hold arrays of tables."""


def _place(location: tuple[int | str, ...]) -> str:
    """Return a location as a person would say it: ``question 2, problem 1, level``."""
    words: list[str] = []
    for step in location:
        if step in {USED, OWN}:
            continue
        if isinstance(step, int) and words:
            words[-1] = f"{words[-1]} {step + 1}"
        else:
            words.append(str(step))
    return ", ".join(words)


def _explain(error: ErrorDetails) -> str:
    """Return one validation error in words."""
    location = error["loc"]
    if error["type"] == "extra_forbidden":
        return _unknown(location)
    if error["type"] == "missing":
        return f"{_place(location)}: this key is required"
    if error["type"] == "list_type" and location[-1] in _TABLES and isinstance(error["input"], dict):
        table = ".".join(str(step) for step in location if isinstance(step, str))
        return f"{_place(location)}: must be an array of tables: write [[{table}]] with two brackets"
    wanted = _WANTED.get(error["type"], error["msg"].replace("Input should be", "must be").replace("'", '"'))
    return f"{_place(location)}: {wanted}, not {codec.shown(error['input'])}"


def _unknown(location: tuple[int | str, ...]) -> str:
    """Return which keys the table has that holds the unknown key at the end of ``location``."""
    key, tables = str(location[-1]), [step for step in location[:-1] if isinstance(step, str)]
    known = _KNOWN[tables[-1] if tables else ""]
    inside = f"{_place(location[:-1])}: " if tables else ""
    return f'{inside}unknown key "{key}"{nearest(key, known)}; accepted are {", ".join(known)}'
