"""Folders of students: safe everywhere, readable, and nobody else's."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from psetpress.roster.folders import folder

SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+~-]*(?<!\.)")
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}

IDS = st.one_of(
    st.text(max_size=30),
    st.text("aA.~_-/\\ @", max_size=8),
    st.text(st.characters(exclude_categories=[]), max_size=5),
    st.sampled_from(["..", ".", "", "con", "NUL.txt", "a~b", "\ud800", "x" * 300]),
)


@pytest.mark.parametrize(
    "plain",
    [
        "3031",
        "007",
        "ada",
        "Ada_Lovelace",
        "ada@x.edu",
        "ada+cs182@x.edu",
        "a.b-c",
        "a..b",
        "CONNIE",
        "com10",
        "x" * 64,
    ],
)
def test_a_plain_id_is_its_own_folder(plain: str) -> None:
    assert folder(plain) == plain


@pytest.mark.parametrize(
    ("student", "name"),
    [
        ("../../etc/passwd", "etc-passwd~3754d6cb3a38e1185e5b"),
        ("..", "student~5ec1f7e700f37c3d0b29"),
        (".hidden", "hidden~"),
        ("-rf", "rf~"),
        ("ends.", "ends~"),
        ("CON", "CON~"),
        ("nul.tar.gz", "nul-tar-gz~"),
        ("Zoë Müller", "Zoe-Muller~"),
        ("C:\\temp", "C-temp~"),
        ("nul\0byte", "nul-byte~"),
        ("a~b", "a-b~"),
        ("UID: 3031", "UID-3031~"),
        ("山田", "student~"),
        ("👩‍🏫", "student~"),
        ("%$&#_{}~^\\", "_~"),
        ("", "student~"),
        ("x" * 65, "x" * 40 + "~"),
        ("x" * 300, "x" * 40 + "~"),
    ],
)
def test_any_other_id_keeps_what_can_be_read_of_it(student: str, name: str) -> None:
    assert folder(student).startswith(name)
    assert re.fullmatch(r"[^~]+~[0-9a-f]{20}", folder(student))


@given(IDS)
def test_a_folder_is_one_short_safe_name(student: str) -> None:
    name = folder(student)
    assert SAFE.fullmatch(name)
    assert len(name.encode()) <= 64
    assert name.split(".")[0].casefold() not in DEVICES
    assert folder(student) == name


@given(IDS)
def test_a_folder_lies_in_the_output_folder(student: str) -> None:
    out = Path("/out/students")
    assert (out / folder(student)).resolve().parent == out.resolve()


@given(IDS, IDS)
def test_two_students_have_two_folders(one: str, other: str) -> None:
    assert (folder(one) == folder(other)) is (one == other)


@given(IDS, IDS)
def test_a_file_system_that_ignores_case_confuses_only_ids_equal_but_for_case(one: str, other: str) -> None:
    assume(one.casefold() != other.casefold())
    assert folder(one).casefold() != folder(other).casefold()


@given(st.text(max_size=5).map(lambda text: text + "é"))
def test_the_encoding_of_accents_is_not_left_to_the_file_system(student: str) -> None:
    """Folders are ASCII: a file system that rewrites accents cannot merge or lose them."""
    composed, decomposed = (folder(unicodedata.normalize(form, student)) for form in ("NFC", "NFD"))
    assert composed.isascii()
    assert composed != decomposed


def test_a_folder_can_be_made_for_every_awkward_id(tmp_path: Path) -> None:
    students = ["../x", "a/b", "nul\0", "CON", "x" * 300, "👩", "\ud800", " ", ".", "..", "-", "~", "a\nb", "'\"`$(id)"]
    for student in students:
        (tmp_path / folder(student)).mkdir()
    assert len([*tmp_path.iterdir()]) == len(students)


def test_the_folders_are_fixed_for_all_time() -> None:
    """Who changes these moves what was handed out."""
    assert folder("Zoë Müller") == "Zoe-Muller~d6e575a6b527db9e45a5"
