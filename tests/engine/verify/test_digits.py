"""One digit changed: which changes there are, that they take hold everywhere, and that nothing stays behind."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from psetpress import codec, proving
from psetpress.proving import ProofError
from psetpress.records import Problem
from psetpress.verify import digits, reach
from psetpress.verify.digits import Change

MadeUp = Callable[..., Problem]

EXACT = '''"""2 roads."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from math import e as euler

from solvers.made_up.parts import SCALE, Shape as Form

BASE = 10
DERIVED = BASE + SCALE
UNUSED = 77


@lru_cache(maxsize=64)
def kept(n: "Literal[5]") -> int:
    """Return 3."""
    if n < 0:
        raise ValueError(f"{n} is not 1 or 2")
    return n + 4


def outer(n, step=6):
    def inner(k):
        return [k * 7 for _ in range(1)]

    return inner(n)[0] + step


def unreached():
    return 88


doubled = partial(pow, exp=2)
TABLE = {"a": lambda n: n + Fraction("0.5")}


def answer(n):
    """Return the sum of everything.

    >>> 1 + 1
    2
    """
    total = kept(n) + outer(n) + DERIVED + Form(n).size + doubled(n) + TABLE["a"](n) + Fraction(1, 2)
    return int(total + len(f"{n + 30:05d}") + (not "case_2"))
'''

PARTS = """
from dataclasses import dataclass

SCALE = 0x1F


@dataclass(frozen=True)
class Shape:
    n: int
    width: int = 40

    @property
    def size(self):
        return self.n * self.width
"""

ORACLE = """
def answer(n):
    return (n + 4) + (7 * n + 6) + 41 + 40 * n + n * n + (n + 1) + 5
"""


@pytest.fixture
def problem(made_up: MadeUp) -> Problem:
    return made_up({"exact": EXACT, "parts": PARTS, "oracle": ORACLE})


@pytest.fixture
def found(problem: Problem) -> list[Change]:
    return digits.changes("made_up", reach.measure(problem.solve, [problem.published]))


def at(found: list[Change], module: str) -> list[str]:
    return [f"{change.old} {change.new}" for change in found if change.module == module]


def changed(found: list[Change], text: str) -> Change:
    """Return the first change on the line that holds ``text``."""
    return next(c for c in found if text in c.source.decode().splitlines()[c.line - 1] or text == c.old)


def answer(change: Change, n: int = 3) -> int:
    with change.applied() as record:
        return record.solve(record.params(n))["answer"]


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ("0", ["1"]),
        ("9", ["8"]),
        ("10", ["20", "11"]),
        ("99", ["89", "98"]),
        ("1_000", ["2_000", "1_100", "1_010", "1_001"]),
        ("0.50", ["1.50", "0.60", "0.51"]),
        ("1e-9", ["2e-9", "1e-8"]),
        ("0x10", ["0x20", "0x11"]),
        ("2j", ["3j"]),
        ("1.0000000000000000", ["2.0000000000000000", *(f"1.{'0' * k}1{'0' * (15 - k)}" for k in range(15))]),
        ('"0.5"', ['"1.5"', '"0.6"']),
        ('"floor((W+2*P-K)/S)+1"', ['"floor((W+3*P-K)/S)+1"', '"floor((W+2*P-K)/S)+2"']),
        ('"case_2, x1, 3d"', []),
    ],
)
def test_every_digit_is_changed_and_never_to_the_same_value(literal: str, expected: list[str]) -> None:
    assert list(digits.variations(literal)) == expected


def test_the_changes_are_those_of_what_is_reached(found: list[Change]) -> None:
    """Nothing of types, docstrings, errors, sizes of caches, printing, names, and what is never called."""
    assert at(found, "solvers.made_up.exact") == [
        "10 20",
        "10 11",
        "0 1",
        "4 5",
        "6 7",
        "7 8",
        "1 2",
        "0 1",
        "2 3",
        '"0.5" "1.5"',
        '"0.5" "0.6"',
        "1 2",
        "2 3",
        "30 40",
        "30 31",
    ]
    assert at(found, "solvers.made_up.parts") == ["0x1F 0x2F", "40 50", "40 41"]
    assert at(found, "problems.made_up") == []


def test_the_changes_are_always_the_same(problem: Problem, found: list[Change]) -> None:
    assert found == digits.changes("made_up", reach.measure(problem.solve, [problem.published, *problem.edges]))


def test_a_change_says_its_place(found: list[Change]) -> None:
    change = changed(found, "0x1F")
    assert str(change) == "solvers/made_up/parts.py, line 4, column 9: 0x1F changed to 0x2F"
    assert change.source.decode() == PARTS.replace("0x1F", "0x2F")


@pytest.mark.parametrize(
    ("line", "difference"),
    [
        ("BASE = 20", 10),  # a constant of a constant
        ("n + 5", 1),  # behind a cache
        ("step=7", 1),  # a default
        ("k * 8", 3),  # a comprehension in a function in a function
        ("exp=3", 18),  # a partial call
        ('"1.5"', 1),  # a string in a lambda in a table
        ("SCALE = 0x2F", 16),  # another module's constant under its own name
        ("width: int = 41", 3),  # a dataclass's default, imported under another name
    ],
)
def test_a_change_takes_hold_wherever_the_number_is_used(
    problem: Problem, found: list[Change], line: str, difference: int
) -> None:
    before = problem.solve(problem.published)["answer"]
    assert answer(changed(found, line)) == before + difference
    assert problem.solve(problem.published)["answer"] == before


def test_nothing_of_a_change_stays_behind(problem: Problem, found: list[Change]) -> None:
    modules = {name: module for name, module in sys.modules.items() if "made_up" in name}
    package = sys.modules["solvers.made_up"]
    with changed(found, "SCALE = 0x2F").applied() as record:
        assert record is not problem
        assert record.params is not problem.params
        assert sys.modules["solvers.made_up.parts"] is not modules["solvers.made_up.parts"]
        assert sys.modules["solvers.made_up.oracle"] is modules["solvers.made_up.oracle"]
    assert {name: module for name, module in sys.modules.items() if "made_up" in name} == modules
    assert package.exact is modules["solvers.made_up.exact"]
    assert sys.meta_path[0].__class__.__name__ != "_Finder"


def test_nothing_stays_behind_after_an_error_either(problem: Problem, found: list[Change]) -> None:
    module = sys.modules["problems.made_up"]
    with pytest.raises(KeyError, match="inside"), found[0].applied():
        raise KeyError("inside")
    assert sys.modules["problems.made_up"] is module


def only(problem: Problem, answer: int) -> list[digits.Case]:
    """The published variant with this key."""
    return [digits.Case("standard", codec.dump(problem.published), {"answer": answer})]


def test_a_change_of_an_answer_is_caught_and_one_that_changes_nothing_is_idle(
    problem: Problem, found: list[Change]
) -> None:
    assert digits.fate(changed(found, "n + 5"), only(problem, 213)) == "caught"
    assert digits.fate(changed(found, "30"), only(problem, 213)) == "idle"  # five characters wide either way


def test_a_number_that_both_roads_read_belongs_to_the_question(made_up: MadeUp) -> None:
    exact = "from solvers.made_up.parts import STEP\n\ndef answer(n):\n    return n + STEP"
    oracle = "from solvers.made_up.parts import STEP\n\ndef answer(n):\n    return STEP + n"
    problem = made_up({"exact": exact, "oracle": oracle, "parts": "STEP = 3"})
    (found, *_) = digits.changes("made_up", reach.measure(problem.solve, [problem.published]))
    key = proving.solve(problem, problem.published, problem.kinds(problem.published))["answer"]
    assert digits.fate(found, only(problem, key)) == "shared"


def test_an_outcome_counts_changes_and_names_the_idle_ones(
    problem: Problem, found: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digits.registry, "load", lambda name: problem)
    outcome = digits.outcome("made_up", variants=3)
    assert outcome.problem == "made_up"
    assert outcome.caught + len(outcome.idle) == len(found)
    assert outcome.shared == ()
    assert {f"{change.old} {change.new}" for change in outcome.idle} == {'"0.5" "0.6"', "1 2", "30 31", "30 40"}


def test_a_problem_that_fails_unchanged_is_no_proof(made_up: MadeUp, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = made_up({"exact": EXACT, "parts": PARTS, "oracle": "def answer(n):\n    return 0"})
    monkeypatch.setattr(digits.registry, "load", lambda name: wrong)
    with pytest.raises(ProofError, match='made_up: answer "answer": solve says'):
        digits.outcome("made_up", variants=1)


# The alarm may ring inside a callback of the garbage collector, which drops what is raised in it; it rings again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_change_that_hangs_or_breaks_the_import_is_noticed(made_up: MadeUp, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = "WIDTH = 1 // 1\nSTEP = 1\n\ndef answer(n):\n    while STEP != 1:\n        pass\n    return n * WIDTH"
    problem = made_up({"exact": exact, "oracle": "def answer(n):\n    return n"})
    found = digits.changes("made_up", reach.measure(problem.solve, [problem.published]))
    monkeypatch.setattr(digits, "PATIENCE", 0.05)
    assert {digits.fate(change, only(problem, 5)) for change in found} == {"caught"}
