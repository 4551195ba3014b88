"""An author's own problems, written in the set file, and what else a set file says of its documents."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from psetpress import own, press, workspace
from psetpress.errors import UsageError
from psetpress.press import Order
from psetpress.setfile import Own, SetFile, parse

STATEMENT = r"Explain $\max(0,x)$ in \emph{your} words."


def set_with(problem: dict[str, Any], **head: Any) -> SetFile:
    return parse({"title": "Own", **head, "question": [{"title": "Explain", "problem": [problem]}]}, "own.toml")


def written(**keys: Any) -> dict[str, Any]:
    return {"id": "explain", "statement": STATEMENT, "solution": "The positive part.", **keys}


def words(path: Path) -> str:
    return " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path))


def build(tmp_path: Path, text: str) -> Path:
    source = tmp_path / "own.toml"
    source.write_text(text, encoding="utf-8")
    press.build(source, Order(tmp_path / "out"), workspace.active().templates)
    return tmp_path / "out"


TOML = f"""
title = "Own"
names = ["Group members", "Section"]
link = "https://example.org/a?b=c_d%20e#f"
submission = "One PDF for a group."
collaboration = "Groups of three."
solutions = "SOLUTIONS"
[[question]]
title = "Explain"
[[question.problem]]
id = "explain"
statement = '{STATEMENT}'
solution = 'It is the positive part of $x$.'
points = 2
slots = ["Context", "What is plotted"]
rubric = [{{ points = -0.5, says = "No formula." }}]
"""


def test_the_record_of_an_own_problem() -> None:
    item = set_with(written(points=2, rubric=[{"points": -0.5, "says": "No formula."}])).question[0].problem[0]
    assert isinstance(item, Own)
    record = own.record(item)
    assert record.parts[0].points == Fraction(2)
    assert [(line.points, line.says) for line in record.parts[0].rubric] == [(Fraction(-1, 2), "No formula.")]
    assert record.published.statement == STATEMENT


def test_labels_become_slot_names() -> None:
    item = set_with(written(slots=["Context", "What is plotted?"])).question[0].problem[0]
    assert isinstance(item, Own)
    assert own.labels(item) == {"context": "Context", "what-is-plotted": "What is plotted?"}


@pytest.mark.parametrize(
    ("slots", "names"),
    [
        (["Übung"], ["answer"]),  # the only label is that of the whole answer
        (["Übung", "Größe n"], ["ubung", "groe-n"]),
        (["観察", "x > 0", "x < 0", "?"], ["slot-1", "x-0", "x-0-3", "slot-4"]),
        (["a", "a", "a-2"], ["a", "a-2", "a-2-3"]),
    ],
)
def test_every_label_gets_a_name_of_its_own(slots: list[str], names: list[str]) -> None:
    item = set_with(written(slots=slots)).question[0].problem[0]
    assert isinstance(item, Own)
    assert own.labels(item) == dict(zip(names, slots, strict=True))
    assert own.record(item).parts[0].answers


def test_labels_are_plain_text_and_rubrics_latex(tmp_path: Path) -> None:
    text = TOML.replace("SOLUTIONS", "key").replace('"Context"', r'"100% & $5_ \\input{/etc/passwd}"')
    out = build(tmp_path, text.replace('"No formula."', r"'No $\max$, or 50\% of it.'"))
    assert r"100% & $5_ \input{/etc/passwd}" in words(out / "handout.pdf")
    assert "No max, or 50% of it." in words(out / "rubric.pdf")


def test_one_label_is_enough(tmp_path: Path) -> None:
    text = TOML.replace("SOLUTIONS", "key").replace('["Context", "What is plotted"]', '["What you see"]')
    assert "What you see" in words(build(tmp_path, text) / "handout.pdf")


def test_an_own_problem_prints_in_every_document(tmp_path: Path) -> None:
    out = build(tmp_path, TOML.replace("SOLUTIONS", "key"))
    handout, key, rubric = (words(out / f"{name}.pdf") for name in ("handout", "key", "rubric"))
    assert "in your words" in handout
    assert "What is plotted" in handout
    assert "the positive part" not in handout
    assert "It is the positive part of" in key
    assert "No formula." in rubric


def test_the_only_part_of_a_question_has_no_letter(tmp_path: Path) -> None:
    out = build(tmp_path, TOML.replace("SOLUTIONS", "key"))
    assert "(a)" not in words(out / "handout.pdf")
    import zipfile

    with zipfile.ZipFile(out / "source.zip") as archive:
        main = archive.read("main.tex").decode()
    assert r"\begin{response}{1.context}" in main
    assert r"\begin{response}{1.what-is-plotted}" in main


def test_a_practice_set_hands_out_its_solutions(tmp_path: Path) -> None:
    out = build(tmp_path, TOML.replace("SOLUTIONS", "handout"))
    assert "It is the positive part of" in words(out / "handout.pdf")


def test_names_submission_link_and_collaboration_are_printed(tmp_path: Path) -> None:
    text = words(build(tmp_path, TOML.replace("SOLUTIONS", "key")) / "handout.pdf")
    for expected in ("Group members:", "Section:", "One PDF for a group.", "Groups of three."):
        assert expected in text
    assert "https://example.org/a?b=c_d%20e#f" in text.replace("\r\n", "")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"sollution": ""}, 'problem 1: unknown key "sollution" (did you mean "solution"?)'),
        ({"points": -1}, "problem 1, points: must be at least 0, not -1"),
        ({"rubric": [{"points": 1, "says": "x"}]}, "rubric 1, points: must be a negative number of points"),
        ({"rubric": [{"point": -1, "says": "x"}]}, 'rubric 1: unknown key "point" (did you mean "points"?)'),
        ({"id": "Ex 1"}, 'id "Ex 1"'),
        ({"space": "wide"}, 'problem 1, space: must be a length such as "4cm" or "2.5in", not "wide"'),
        ({"slots": ["Seen", ""]}, "problem 1, slots 2: must not be empty"),
        ({"statement": r"a { b \} % }"}, 'problem 1, statement: must have a "}" for every "{", not'),
        ({"solution": "a } b {"}, 'problem 1, solution: must have a "}" for every "{", not'),
        ({"rubric": [{"points": -1, "says": "50% off"}]}, 'rubric 1, says: must have a backslash before "%"'),
    ],
)
def test_bad_own_problems_are_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        set_with(written(**keys))
    assert message in caught.value.message


def test_an_own_problem_needs_its_solution() -> None:
    with pytest.raises(UsageError, match="problem 1, solution: this key is required"):
        set_with({"id": "explain", "statement": STATEMENT})


def test_solutions_go_to_the_key_or_the_handout() -> None:
    with pytest.raises(UsageError, match='solutions: must be "key" or "handout", not "both"'):
        set_with(written(), solutions="both")


def test_directions_stand_above_the_question(tmp_path: Path) -> None:
    text = TOML.replace("SOLUTIONS", "key").replace(
        'title = "Explain"\n', "title = \"Explain\"\ndirections = 'Read \\emph{it}.'\n"
    )
    out = build(tmp_path, text)
    for name in ("handout", "key"):
        printed = words(out / f"{name}.pdf")
        assert printed.index("Read it.") < printed.index("1.Explain" if "1.Explain" in printed else "1. Explain")
