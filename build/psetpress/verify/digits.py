"""Source mutants: one character changed in one number of what a problem's ``solve`` reaches.

Every number of the functions, constants and class bodies reached counts, and so does a number in a string
(``Fraction("0.5")``, ``"2*P + 1"``). Left out are types, docstrings, decorators (the sizes of caches) and the
texts of errors.
"""

from __future__ import annotations

import ast
import re
import signal
import threading
import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from psetpress import codec, drawing, interrupts, proving, registry, streams
from psetpress.verify import anew, bank, reach

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from psetpress.drawing import Variant
    from psetpress.records import Level, Problem
    from psetpress.verify.reach import Reach

NUMBER = re.compile(r"(?<![A-Za-z_0-9])[0-9]+(?![A-Za-z_])")
"""A number in a string; the digits of a name such as ``case_2`` are none."""
PATIENCE = 20.0
"""Seconds after which a changed solver counts as caught: it hangs."""
UNREAD = {"annotation", "returns", "decorator_list", "format_spec"}
"""Fields of syntax whose numbers change no answer: types, sizes of caches, printing."""


@dataclass(frozen=True)
class Change:
    """One literal written otherwise: ``old`` becomes ``new`` at a line (from 1) and byte offset of a file."""

    problem: str
    module: str
    file: str
    line: int
    offset: int
    old: str
    new: str

    @property
    def source(self) -> bytes:
        """The changed text of the module."""
        text = bank.text(self.file)
        return text[: self.offset] + self.new.encode() + text[self.offset + len(self.old.encode()) :]

    def applied(self) -> AbstractContextManager[Problem[Any]]:
        """Return a context in which the change is made: the problem's record as the changed text makes it."""
        return anew.changed(self.problem, self.module, self.source)

    @property
    def column(self) -> int:
        """The column of the literal, from 1."""
        before = bank.text(self.file)[: self.offset]
        return len(before[before.rfind(b"\n") + 1 :].decode()) + 1

    def __str__(self) -> str:
        place = f"{self.module.replace('.', '/')}.py, line {self.line}, column {self.column}"
        return f"{place}: {self.old} changed to {self.new}"


def changes(problem: str, reached: Reach) -> list[Change]:
    """Return every change to the numbers of the functions, constants and classes reached, in order of place."""
    nodes = {id(node): (module, node) for module, node in _nodes(reached)}
    found = {
        (module, offset, new): Change(problem, module, file, node.lineno, offset, old, new)
        for module, outer in nodes.values()
        for file in [bank.file(module)]
        for node in _literals(outer)
        for offset, old in [_written(file, node)]
        for new in variations(old)
    }
    return sorted(found.values(), key=lambda change: (change.module, change.offset))


def variations(literal: str) -> Iterator[str]:
    """Yield a literal with one digit changed, digit by digit, wherever that is another value of its type.

    >>> list(variations("19")), list(variations("1e-9")), list(variations("'x1 + 2'"))
    (['29', '18'], ['2e-9', '1e-8'], ["'x1 + 3'"])
    """
    value = ast.literal_eval(literal)
    spans = [match.span() for match in NUMBER.finditer(literal)] if isinstance(value, str) else [(0, len(literal))]
    for index in (index for span in spans for index in range(*span) if literal[index].isdigit()):
        for digit in _neighbours(int(literal[index])):
            changed = f"{literal[:index]}{digit}{literal[index + 1 :]}"
            if _differs(changed, value):
                yield changed
                break


def _neighbours(digit: int) -> tuple[int, ...]:
    """Return the next digit, and the one before for where that is no number (a leading zero)."""
    return (digit + 1, digit - 1) if 0 < digit < 9 else (digit - 1 if digit else 1,)


def _differs(changed: str, value: object) -> bool:
    with suppress(SyntaxError, ValueError):
        other = ast.literal_eval(changed)
        return type(other) is type(value) and other != value
    return False


def _nodes(reached: Reach) -> Iterator[tuple[str, ast.AST]]:
    """Yield the syntax of all that is reached, with its module."""
    for name in sorted(reached.functions | reached.classes):
        yield from ((bank.home(name), node) for node in bank.syntax(name))
    for constant in sorted(reached.constants):
        found = bank.origin(*constant.rsplit(".", 1))
        if found is not None:
            yield found.module, found.statement


def _literals(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the numbers below ``node``, and the strings that hold one; not those of a docstring or an error."""
    if isinstance(node, ast.Constant):
        if _is_number(node.value):
            yield node
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _literals(part.value)
    elif not (isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))):
        unread = [id(part) for name in UNREAD for part in _parts(getattr(node, name, None))]
        for child in ast.iter_child_nodes(node):
            if id(child) not in unread:
                yield from _literals(child)


def _parts(field: object) -> list[object]:
    return cast("list[object]", field) if isinstance(field, list) else [field]


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return NUMBER.search(value) is not None
    return isinstance(value, (int, float, complex)) and not isinstance(value, bool)


def _written(file: str, node: ast.Constant) -> tuple[int, str]:
    """Return where a literal begins in its file, in bytes, and how it is written."""
    text = bank.text(file)
    starts = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]
    begin = starts[node.lineno - 1] + node.col_offset
    end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
    return begin, text[begin:end].decode()


@dataclass(frozen=True)
class Outcome:
    """What became of the changes to one problem.

    An ``idle`` change alters no answer of any variant tried: the number decides nothing there. A ``shared`` one
    alters the answers of both roads alike: the number belongs to the question (a property of the parameters, data
    that both begin with), whose golden streams hold it. That no such thing works an answer out is what
    ``tests/test_independence.py`` demands.
    """

    problem: str
    caught: int
    idle: tuple[Change, ...]
    shared: tuple[Change, ...]


class Case(NamedTuple):
    """A variant without its classes: its parameters and its answers in JSON types."""

    level: Level
    params: dict[str, Any]
    answers: dict[str, Any]


Fate = Literal["caught", "idle", "shared"]


def outcome(problem: str, variants: int = 10) -> Outcome:
    """Try every change to ``problem`` on the published variant, the edges, and ``variants`` seeds of each level.

    Raises ProofError if the unchanged problem fails on one of them: everything would look caught.
    """
    record = registry.load(problem)
    chosen = [*_variants(problem, record, variants)]
    for variant in chosen:
        for difference in proving.disagreements(variant):
            raise proving.ProofError(f"{problem}: {difference}")
    reached = reach.measure(record.solve, [variant.params for variant in chosen])
    cases = [Case(variant.level, codec.dump(variant.params), _stored(variant)) for variant in chosen]
    fates = {change: fate(change, cases) for change in changes(problem, reached)}
    idle, shared = (tuple(change for change in fates if fates[change] == end) for end in ("idle", "shared"))
    return Outcome(problem, len(fates) - len(idle) - len(shared), idle, shared)


def _variants(problem: str, record: Problem[Any], variants: int) -> Iterator[Variant]:
    for params in (record.published, *record.edges):
        yield drawing.given(problem, record, params, record.levels[0])
    for level in record.levels:
        for number in range(variants):
            yield drawing.draw(problem, record, level, streams.seeded(problem, number))


def _stored(variant: Variant) -> dict[str, Any]:
    return {name: variant.kinds[name].to_json(value) for name, value in variant.answers.items()}


def fate(change: Change, cases: Iterable[Case]) -> Fate:
    """Return what becomes of ``change`` when some variants are verified under it."""
    altered = False
    try:
        with _limited(PATIENCE), warnings.catch_warnings(action="ignore"), change.applied() as record:
            registry.check(change.problem, record)
            for case in cases:
                params = codec.load(record.params, case.params, change.problem)
                variant = drawing.given(change.problem, record, params, case.level)
                if proving.disagreements(variant):
                    return "caught"
                altered |= _alters(variant, case.answers)
    except interrupts.Terminated:
        raise
    except (
        Exception,
        SystemExit,
    ):  # whatever the changed code raises, here or when it is imported: a build stops there
        return "caught"
    return "shared" if altered else "idle"


def _alters(variant: Variant, answers: dict[str, Any]) -> bool:
    """Say whether a variant's answers are others than those stored, by more than the noise of floats."""
    return variant.answers.keys() != answers.keys() or any(
        not variant.kinds[name].agrees(variant.kinds[name].from_json(answers[name]), value)
        for name, value in variant.answers.items()
    )


@contextmanager
def _limited(seconds: float) -> Generator[None]:
    """Raise TimeoutError inside after ``seconds``, where the system has such an alarm."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError(f"no answer in {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(
        signal.ITIMER_REAL, seconds, seconds
    )  # again and again: a callback may swallow what is raised in it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
