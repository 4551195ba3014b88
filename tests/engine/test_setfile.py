"""Set files: what they say, and a message with place, value and what is accepted for what they may not say."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.errors import UsageError
from psetpress.setfile import Item, Question, SetFile, parse, read

FULL = r"""
title = "Homework 3"
course = "Deep Learning"
term = "Fall"
instructor = "the staff"
due = "Friday"
submission = "on paper"
collaboration = "none"
instructions = 'Use \LaTeX{}.'
level = "hard"
total = 10.5

[[question]]
title = "One"
intro = "Words."
problem = ["plain", {use = "other", id = "other-2", level = "easy", parts = ["a"], points = {a = 1.5, b = "1/3"}}]

[[question]]
title = "Two"
[[question.problem]]
use = "third"
params = {size = [1, 2], mean = 0.1}
[[question.problem]]
use = "fourth"
where = {stride = [1, 2]}
"""

SMALL = 'title = "x"\n[[question]]\ntitle = "q"\nproblem = ["p"]\n'


def refusal(text: str) -> str:
    """Return the message for a set file of this text."""
    with pytest.raises(UsageError) as caught:
        parse(tomllib.loads(text), "hw.toml")
    assert caught.value.exit_code == 2
    return caught.value.message


def in_item(text: str) -> str:
    """Return the message for a set file whose first problem has this text, without file and place."""
    place = "hw.toml: question 1, problem 1"
    message = refusal(f'title = "x"\n[[question]]\ntitle = "q"\n[[question.problem]]\nuse = "p"\n{text}\n')
    assert message.startswith(place)
    return message.removeprefix(place).lstrip(",: ")


# --- what a set file says ----------------------------------------------------------------------


def test_everything_that_a_set_file_can_say() -> None:
    file = parse(tomllib.loads(FULL), "hw.toml")
    assert (file.title, file.course, file.term, file.instructor) == ("Homework 3", "Deep Learning", "Fall", "the staff")
    assert (file.due, file.submission, file.collaboration) == ("Friday", "on paper", "none")
    assert (file.instructions, file.level, file.total) == (r"Use \LaTeX{}.", "hard", Fraction(21, 2))
    assert [(question.title, question.intro) for question in file.question] == [("One", "Words."), ("Two", "")]
    plain, other, third, fourth = file.items()
    assert plain == Item(use="plain")
    assert (other.name, other.level, other.parts) == ("other-2", "easy", ["a"])
    assert other.points == {"a": Fraction(3, 2), "b": Fraction(1, 3)}
    assert third.params == {"size": [1, 2], "mean": 0.1}
    assert (fourth.params, fourth.where) == (None, {"stride": [1, 2]})


def test_defaults() -> None:
    file = parse(tomllib.loads(SMALL), "hw.toml")
    assert (file.course, file.level, file.total) == ("", "standard", None)
    (item,) = file.items()
    assert (item.name, item.level, item.parts, item.points) == ("p", None, None, {})


def test_records_can_be_made_without_a_file() -> None:
    question = Question(title="q", problem=[Item(use="p", level="easy")])
    assert SetFile(title="x", question=[question]).question[0].problem[0].level == "easy"


def test_a_set_file_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        parse(tomllib.loads(SMALL), "hw.toml").title = "y"


@given(st.decimals(0, 10**6, places=3, allow_nan=False))
def test_points_are_exact(points: Any) -> None:
    file = parse(tomllib.loads(f"total = {points}\n{SMALL}"), "hw.toml")
    assert file.total == Fraction(points)


# --- what it may not say -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"totle = 1\n{SMALL}", 'unknown key "totle" (did you mean "total"?); accepted are title, course, term, instr'),
        (
            f"{SMALL}problems = []",
            'question 1: unknown key "problems" (did you mean "problem"?); accepted are title, d',
        ),
        (SMALL.replace('"x"', "1"), "title: must be a string in quotes, not 1"),
        (f"due = 2023-02-01\n{SMALL}", "due: must be a string in quotes, not 2023-02-01"),
        (f"course = true\n{SMALL}", "course: must be a string in quotes, not true"),
        (f'level = "medium"\n{SMALL}', 'level: must be "easy", "standard" or "hard", not "medium"'),
        (f"total = true\n{SMALL}", "total: must be a number of points such as 4 or 2.5, not true"),
        (f'total = "ten"\n{SMALL}', 'total: must be a number of points such as 4 or 2.5, not "ten"'),
        (f"total = -1\n{SMALL}", "total: must be at least 0, not -1"),
        (f"total = nan\n{SMALL}", "total: must be a number of points such as 4 or 2.5, not NaN"),
        (f"total = inf\n{SMALL}", "total: must be a number of points such as 4 or 2.5, not Infinity"),
        ('title = "x"\nquestion = []', "question: must have at least one entry, not []"),
        ('title = "x"\nquestion = [3]', "question 1: must be a table, {...}, not 3"),
        ('title = "x"\nquestion = "one"', 'question: must be an array, [...], not "one"'),
        (
            'title = "x"\n[question]\ntitle = "q"',
            "question: must be an array of tables: write [[question]] with two br",
        ),
        (
            'title = "x"\n[[question]]\ntitle = "q"\n[question.problem]\nuse = "p"',
            "question 1, problem: must be an array of tables: write [[question.problem]] with two brackets",
        ),
        (
            'title = "x"\n[[question]]\ntitle = "q"\nproblem = []',
            "question 1, problem: must have at least one entry, n",
        ),
        (
            'title = "x"\n[[question]]\ntitle = "q"\nproblem = "p"',
            'question 1, problem: must be an array, [...], not "p"',
        ),
        (
            'title = "x"\n[[question]]\ntitle = "q"\nproblem = [3]',
            "question 1, problem 1: must be a table, {...}, not 3",
        ),
        ('title = "x"\n[[question]]\nproblem = ["p"]', "question 1, title: this key is required"),
        ('title = "x"\n[[question]]\ntitle = "q"', "question 1, problem: this key is required"),
        ('title = "x"\n[[question]]\ntitle = "q"\nproblem = [{}]', "question 1, problem 1, use: this key is required"),
        (
            f'{SMALL}[[question]]\ntitle = "q"\nproblem = ["r", {{us = "x"}}]',
            "question 2, problem 2, use: this key is required\n"
            'hw.toml: question 2, problem 2: unknown key "us" (did you mean "use"?); accepted are use, id, ',
        ),
    ],
)
def test_what_is_wrong_in_the_file_is_named(text: str, expected: str) -> None:
    assert refusal(text).startswith(f"hw.toml: {expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('lvl = "easy"', 'unknown key "lvl" (did you mean "level"?); accepted are use, id, level, parts, published, p'),
        ("id = 3", "id: must be a string in quotes, not 3"),
        ("parts = 'a'", 'parts: must be an array, [...], not "a"'),
        ("parts = [1]", "parts 1: must be a string in quotes, not 1"),
        ("points = 3", "points: must be a table, {...}, not 3"),
        ("points = {a = true}", "points, a: must be a number of points such as 4 or 2.5, not true"),
        ("points = {a = -0.5}", "points, a: must be at least 0, not -0.5"),
        ("points = {a = nan}", "points, a: must be a number of points such as 4 or 2.5, not NaN"),
        ('points = {a = "1/0"}', 'points, a: must be a number of points such as 4 or 2.5, not "1/0"'),
        ("points = {a = [1]}", "points, a: must be a number of points such as 4 or 2.5, not [1]"),
        ("params = []", "params: must be a table, {...}, not []"),
        ("where = 'stride = 1'", 'where: must be a table, {...}, not "stride = 1"'),
        ('level = ["easy"]', 'level: must be "easy", "standard" or "hard", not ["easy"]'),
    ],
)
def test_what_is_wrong_in_a_problem_is_named(text: str, expected: str) -> None:
    assert in_item(text).startswith(expected)


def test_all_mistakes_are_named_at_once() -> None:
    assert refusal(f"course = 1\nterm = 2\n{SMALL}").split("\n") == [
        "hw.toml: course: must be a string in quotes, not 1",
        "hw.toml: term: must be a string in quotes, not 2",
    ]


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ('["p", "p"]', 'id "p" is used twice; give one of them `id = "p-2"`'),
        ('[{use = "p", id = "q"}, "q"]', 'id "q" is used twice; give one of them `id = "q-2"`'),
        ('[{use = "p", id = "A"}]', 'id "A" is not usable; accepted are small letters, digits, "-" and "_"'),
        ('[{use = "p", id = "../up"}]', 'id "../up" is not usable; accepted are small letters, digits, "-" and "_"'),
        ('[{use = "p", id = "a b"}]', 'id "a b" is not usable; '),
        ('[{use = "p", id = "-a"}]', 'id "-a" is not usable; '),
        ('[{use = "p", id = "a\\n"}]', 'id "a\n" is not usable; '),
    ],
)
def test_ids_name_streams_and_must_be_unique(problem: str, expected: str) -> None:
    assert refusal(f'title = "x"\n[[question]]\ntitle = "q"\nproblem = {problem}').startswith(f"hw.toml: {expected}")


def test_the_same_id_in_two_questions_is_a_duplicate_too() -> None:
    assert 'id "p" is used twice' in refusal(f'{SMALL}[[question]]\ntitle = "r"\nproblem = ["p"]')


# --- reading -----------------------------------------------------------------------------------


def unreadable(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read(path)
    assert caught.value.message.startswith(f"{path}: ")
    return caught.value.message.removeprefix(f"{path}: ")


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "hw.toml").write_text(FULL, encoding="utf-8")
    assert read(tmp_path / "hw.toml") == parse(tomllib.loads(FULL), "hw.toml")


def test_windows_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "hw.toml").write_bytes(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    assert read(tmp_path / "hw.toml") == parse(tomllib.loads(FULL), "hw.toml")


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert unreadable(tmp_path / "none.toml") == "cannot be read: No such file or directory"
    assert unreadable(tmp_path) == "cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'title = "caf\xe9"', "is not UTF-8 text (byte 12)"),
        ('title = "x"'.encode("utf-16"), "is not UTF-8 text (byte 0)"),
        (b'title = "x"\nlevel = standard\n', "is not valid TOML: Invalid value (at line 2, column 9)"),
        (b'title = "x"\ntitle = "y"\n', "is not valid TOML: Cannot overwrite a value (at line 2, column 12)"),
        (b"a = " + b"1" * 5000, "is not valid TOML: Exceeds the limit (4300"),
        (b"a = " + b"[" * 100_000, "is not valid TOML: maximum recursion depth exceeded"),
        (b"", "title: this key is required"),
    ],
)
def test_a_file_that_is_no_set_file(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "hw.toml").write_bytes(content)
    assert unreadable(tmp_path / "hw.toml").startswith(expected)
