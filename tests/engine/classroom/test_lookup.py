"""Lookup: the code at the foot of a page leads back to the student, the files and the variants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from psetpress import codes
from psetpress.classroom import lookup
from psetpress.cli import cli
from psetpress.coursekey import CourseKey
from psetpress.errors import PsetpressError, UsageError

CODES = codes.assign(CourseKey(bytes(32)), "hw1", ("anna", "ben", "nobody"))
ANNA, BEN, NOBODY = CODES.values()


def record(student: str) -> dict[str, str]:
    return {
        "student": student,
        "identity": f"id-of-{student}",
        "item": "toy",
        "problem": "toy",
        "level": "easy",
        "version": "1",
    }


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return the output folder of a class of two: ``out/hw1``."""
    folder = tmp_path / "out" / "hw1"
    (folder / "staff").mkdir(parents=True)
    students = [{"id": name, "folder": f"students/{name}", "code": CODES[name]} for name in ("anna", "ben")]
    variants = [record("anna"), record("ben")]
    manifest = {"set": "hw1", "students": students, "variants": variants, "files": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "staff/roster-map.csv").write_text('\ufeffid,name\r\nanna,"Quist, Änne"\r\n', encoding="utf-8")
    for name in ("handout.pdf", "key.pdf"):
        (folder / "students/anna").mkdir(parents=True, exist_ok=True)
        (folder / "students/anna" / name).touch()
    return folder


@pytest.mark.parametrize("text", [ANNA, ANNA.lower(), ANNA.replace("-", " ")])
@pytest.mark.parametrize("above", [False, True])
def test_a_code_leads_to_a_paper(built: Path, text: str, above: bool) -> None:
    paper = lookup.find(text, built.parent if above else built)
    assert paper.folder == built
    assert paper.student["id"] == "anna"
    assert [each["identity"] for each in paper.variants] == ["id-of-anna"]


def test_it_is_said_in_lines(built: Path) -> None:
    assert lookup.find(ANNA, built).text.splitlines() == [
        f"code     {ANNA}",
        "set      hw1",
        "student  anna (Quist, Änne)",
        f"file     {built}/students/anna/handout.pdf",
        f"file     {built}/students/anna/key.pdf",
        "variant  id-of-anna  toy: toy, level easy, version 1",
    ]
    assert "student  ben\n" in lookup.find(BEN, built).text


@pytest.mark.parametrize("table", [None, b"", b"who,what\r\nanna,x\r\n", b"\xff\xfe", b"id,name\r\nben,Ben\r\n"])
def test_without_its_table_the_student_has_no_name(built: Path, table: bytes | None) -> None:
    if table is None:
        (built / "staff/roster-map.csv").unlink()
    else:
        (built / "staff/roster-map.csv").write_bytes(table)
    assert "student  anna\n" in lookup.find(ANNA, built).text


def test_what_is_no_code_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a character is wrong, or two have changed places"):
        lookup.find(ANNA[:-1] + ("0" if ANNA[-1] != "0" else "1"), tmp_path / "missing")


def test_where_nothing_was_built(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        lookup.find(ANNA, tmp_path)
    assert caught.value.message == (
        f"{tmp_path} holds no build; give the folder that `psetpress build --roster` wrote with --out"
    )


def test_a_code_of_nobody_here(built: Path) -> None:
    with pytest.raises(PsetpressError) as caught:
        lookup.find(NOBODY, built.parent)
    assert caught.value.message == f"no paper has the code {NOBODY}; searched were {built}"


def test_manifests_of_others_and_builds_without_students_are_passed_over(built: Path) -> None:
    for name, text in [("app", '{"name": "a web page"}'), ("bad", "{"), ("single", '{"variants": [], "files": {}}')]:
        (built.parent / name).mkdir()
        (built.parent / name / "manifest.json").write_text(text)
    assert lookup.find(ANNA, built.parent).student["id"] == "anna"
    with pytest.raises(PsetpressError, match=f"searched were {built}, {built.parent / 'single'}$"):
        lookup.find(NOBODY, built.parent)


def test_a_paper_that_was_built_leads_back_to_its_student(school: Any) -> None:
    school.build("anna", "ben", documents=("key",))
    rows = {row["id"]: row for row in school.table("roster-map")}
    done = CliRunner().invoke(cli, ["which", rows["ben"]["code"], "--out", str(school.out)])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[:3] == [f"code     {rows['ben']['code']}", "set      sums", "student  ben (Ben)"]
    assert lines[3] == f"file     {school.out}/students/ben/key.pdf"
    assert lines[4].startswith(f"variant  {rows['ben']['variant of toy']}  toy: toy, level standard, version ")
