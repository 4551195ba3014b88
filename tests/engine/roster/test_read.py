"""Rosters as Canvas, Gradescope, other platforms, spreadsheets and people write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress import roster
from psetpress.errors import UsageError
from psetpress.roster import Roster, Student, folders

Write = Callable[[str | bytes], Path]

ADA = Student("3031", "Ada Lovelace", "ada@x.edu", "101")
ALAN = Student("3032", "Alan Turing", "alan@x.edu", "102")

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (8217),Final Score
,,,,,Manual Posting,
    Points Possible,,,,,100,(read only)
"Lovelace, Ada",91,3031,ada@x.edu,101,95,A
"Turing, Alan",92,3032,alan@x.edu,102,,
"Student, Test",93,,7ab1a79dcc2b6f,101,,
"""
PLATFORMS = {
    "by hand": "id,name,email,section\n3031,Ada Lovelace,ada@x.edu,101\n3032,Alan Turing,alan@x.edu,102\n",
    "Canvas's gradebook": CANVAS,
    "Gradescope's roster": (
        "First Name,Last Name,SID,Email,Role,Section\n"
        "Ada,Lovelace,3031,ada@x.edu,Student,101\nAlan,Turing,3032,alan@x.edu,Student,102\n"
    ),
    "Gradescope's older roster": (
        "Name,SID,Email,Role,Section\n"
        "Ada Lovelace,3031,ada@x.edu,Student,101\nAlan Turing,3032,alan@x.edu,Student,102\n"
    ),
    "Gradescope's grades": (
        "First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status,Submission ID\n"
        "Ada,Lovelace,3031,ada@x.edu,101,9.0,10.0,Graded,1\nAlan,Turing,3032,alan@x.edu,102,,10.0,Missing,\n"
    ),
    "Moodle's participants": (
        '"First name","Last name","ID number","Email address",Groups\n'
        "Ada,Lovelace,3031,ada@x.edu,101\nAlan,Turing,3032,alan@x.edu,102\n"
    ),
    "Blackboard's grades": (
        "Last Name\tFirst Name\tUsername\tStudent ID\tEmail\tGroup\n"
        "Lovelace\tAda\tada\t3031\tada@x.edu\t101\nTuring\tAlan\talan\t3032\talan@x.edu\t102\n"
    ),
    "Brightspace's grades": (
        "OrgDefinedId,Username,Last Name,First Name,Email,Section,End-of-Line Indicator\n"
        "#3031,#ada,Lovelace,Ada,ada@x.edu,101,#\n#3032,#alan,Turing,Alan,alan@x.edu,102,#\n"
    ),
    "a German university": (
        "Matrikelnummer;Nachname;Vorname;E-Mail;Gruppe\n"
        "3031;Lovelace;Ada;ada@x.edu;101\n3032;Turing;Alan;alan@x.edu;102\n"
    ),
    "shouting, with spaces": (
        " STUDENT_ID , FULL  NAME ,E-Mail Address,SECTION\n"
        '3031 , "Lovelace, Ada",ada@x.edu,101\n 3032,"Turing,Alan", alan@x.edu ,102\n'
    ),
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "students.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refusal(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        roster.read(path)
    return caught.value.message


def outcome(path: Path) -> Roster | str:
    """Return the roster, or the message that refuses it; anything else is raised."""
    try:
        return roster.read(path)
    except UsageError as error:
        return error.message


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_says_the_same(write: Write, platform: str) -> None:
    found = roster.read(write(PLATFORMS[platform]))
    assert found.students == (ADA, ALAN)
    assert found.notes == ()


BYTES = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 of Excel": lambda text: text.encode("utf-16"),
    "UTF-16, big end first": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "Windows' line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "old Mac's line ends": lambda text: text.replace("\n", "\r").encode(),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "bars": lambda text: text.replace(",", "|").encode(),
    "sep=;": lambda text: b"sep=;\n" + text.replace(",", ";").encode(),
    "sep=, in quotes after a mark": lambda text: b'\xef\xbb\xbf"SEP=,"\r\n' + text.encode(),
    "sep= and old line ends": lambda text: ("sep=;\n" + text.replace(",", ";")).replace("\n", "\r").encode(),
    "no line end at the end": lambda text: text.rstrip("\n").encode(),
    "empty lines": lambda text: ("\n\n" + text.replace("\n", "\n\n ,,\n") + "\n\n").encode(),
    "empty columns": lambda text: text.replace("\n", ",,,\n").encode(),
    "everything in quotes": lambda text: "".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) + "\n" for line in text.splitlines()
    ).encode(),
    "non-breaking spaces around": lambda text: text.replace(",", "\u00a0,\u200b").encode(),
}


@pytest.mark.parametrize("kind", BYTES)
def test_how_a_file_is_written_does_not_matter(write: Write, kind: str) -> None:
    found = roster.read(write(BYTES[kind](PLATFORMS["by hand"])))
    assert found.students == (ADA, ALAN)
    assert found.notes == ()


def test_windows_bytes_are_read_with_a_doubt(write: Write) -> None:
    path = write("id;name\n1;Zoë Müller–Škoda\n".encode("cp1252"))
    found = roster.read(path)
    assert [student.name for student in found.students] == ["Zoë Müller–Škoda"]
    assert found.notes == (
        f"{path}: is not UTF-8; it was read as Windows-1252 (Western European). "
        "Check the names with accents, or export the roster as CSV (UTF-8)",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04\x14\x00", "is an Excel or OpenDocument workbook, no CSV file; open it in a spreadsheet and"),
        (b"\xd0\xcf\x11\xe0\xa1", "is an old Excel workbook, no CSV file"),
        (b"%PDF-1.7", "is a PDF, no CSV file"),
        (b'[{"id": 1}]', "is JSON, no CSV file"),
        (b"\xef\xbb\xbf\n <!doctype html>", "is a web page or XML (perhaps a page that asks to log in), no CSV file"),
        ("id,name\n1,Ada\n".encode("utf-16-le"), "is no text in UTF-8, UTF-16 or Windows-1252; export the roster as"),
        ("id,name\n1,Ada\n".encode("utf-32"), "is no text in UTF-8, UTF-16 or Windows-1252"),
        (b"id,name\n1,\x81\n", "is no text in UTF-8, UTF-16 or Windows-1252"),
        (b"", "is empty; a roster names its columns in the first line: id,name,email,section"),
        (b"\xef\xbb\xbf\r\n  \r\n", "is empty; a roster names its columns"),
        (b"sep=;\n", "is empty; a roster names its columns"),
        (b"sep=x\nid,name\n1,Ada\n", 'line 1: no column holds ids; the columns are "sep=x"'),
        (b"CS182 in fall\nid,name\n1,Ada\n", "SIS Login ID (the first line of a roster names its columns)"),
        (b"id,name\n", "lists no student; below the names of its columns it needs a row for each"),
        (b"id,name\n,,\n", "lists no student"),
        (b'id,name\n1,"Ada\n2,Alan\n', "line 2: a quotation mark is not closed, or text follows a closed one"),
        (b'id,name\n1,"Ada" Lovelace\n', 'a cell in quotes holds a quotation mark as two: "Ada ""Ace"" Lovelace"'),
        (b"id,name\n1,Lovelace, Ada\n", "line 2 has 3 cells, the header has 2; a cell that holds a separator needs"),
        (b"name,score\nAda,3\n", 'line 1: no column holds ids; the columns are "name", "score"; accepted for ids are'),
        (b"3031,Ada Lovelace\n", 'the columns are "3031", "Ada Lovelace"; accepted for ids are SIS User ID, SID,'),
        (b"\nid,name,ID \n1,Ada,2\n", 'line 2: columns 1 and 3 are both called "id"; rename or remove one'),
    ],
)
def test_what_is_no_roster_says_what_it_is(write: Write, content: bytes, message: str) -> None:
    path = write(content)
    assert refusal(path).startswith(f"{path}: ")
    assert message in refusal(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none.csv"
    assert refusal(missing) == f"{missing}: the roster cannot be read: No such file or directory"
    assert refusal(tmp_path) == f"{tmp_path}: the roster cannot be read: Is a directory"


def test_a_huge_file_is_refused_before_it_is_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster.tables, "LIMIT", 2**20)
    assert "line 3" in refusal(write((b"id\n1\n1" + b"\n" * 2**20)[: 2**20]))
    path = write(b"id\n" + b"1\n" * 2**20)
    assert refusal(path) == f"{path}: is no roster: it has more than 1 MiB"


def test_a_line_is_where_a_row_begins(write: Write) -> None:
    """Quoted line breaks count as lines of the file, which is what an editor shows, and are one space."""
    path = write('id,name\n1,"Ada\nKing\r\nLovelace"\n2,Alan\n1,Grace\n')
    assert refusal(path) == (
        f'{path}: line 6: id "1" is already on line 2; every student needs an own one in column "id"'
    )
    assert roster.read(write('id,name\n1,"Ada\nKing"\n')).students == (Student("1", "Ada King"),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada", "Ada"),
        ("straße", "STRASSE"),
        ("Zoe\u0308", "ZOË"),
        ("\uff13\uff10", "30"),
        ("fi1", "\ufb011"),
    ],
)
def test_ids_that_a_file_system_may_confuse_are_refused(write: Write, one: str, other: str) -> None:
    message = refusal(write(f"SID,name\n{one},A\n7,B\n{other},C\n"))
    assert f'line 4: id "{other}" is too close to "' in message
    assert '" on line 2; ids (column "SID") must differ by more than case or how their characters are' in message


def test_all_complaints_come_at_once_and_are_cut(write: Write) -> None:
    assert len(refusal(write("id,name\n" + ",Nobody\n" * 20)).splitlines()) == 20
    lines = refusal(write("id,name\n" + ",Nobody\n" * 30)).splitlines()
    assert len(lines) == 21
    assert lines[0].endswith('students.csv: line 2: "Nobody" has no id; every student needs one in column "id"')
    assert lines[-1].endswith("students.csv: and 10 more")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("1.23E+09", 'line 2: id "1.23E+09" looks like a number that a spreadsheet has rounded or reformatted; export'),
        ("3E+09", "looks like a number that a spreadsheet has rounded"),
        ('"1,23457e+11"', 'id "1,23457e+11" looks like a number'),
        ("3031.0", "format its column of ids as text before saving it"),
        ("#REF!", 'id "#REF!" is what a spreadsheet shows where a formula failed; export the roster again'),
        ("#N/A", "is what a spreadsheet shows where a formula failed"),
        ('"=HYPERLINK(""mailto:a@x"",""3031"")"', "is a formula; a roster holds values: paste them as values before"),
        ("=A2", 'id "=A2" is a formula'),
        ("30\x0731", 'id "30\N{REPLACEMENT CHARACTER}31" holds the control character U+0007; accepted are letters,'),
        ("", 'line 2: "Ada" has no id; every student needs one in column "id"'),
    ],
)
def test_damaged_ids_are_refused(write: Write, cell: str, message: str) -> None:
    assert message in refusal(write(f"id,name\n{cell},Ada\n7,Alan\n"))


@pytest.mark.parametrize("cell", ["1e10", "12E3", "3.5", "1.2.0", "e+1", "#12", "007", "A-1", "10,5"])
def test_ids_that_only_resemble_damage_stay(write: Write, cell: str) -> None:
    found = roster.read(write(f'id,name\n"{cell}",Ada\n'))
    assert (found.students[0].id, found.notes) == (cell, ())


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ('"=""0031"""', '="..." around the id left out on line 2'),
        ("'0031", "an apostrophe before the id left out on line 2"),
        ("00\u200b31", "unseen marks or special blanks in the id left out on line 2"),
        ("\u202a0031\u202c", ""),
        ("\u00a00031\u3000", ""),
    ],
)
def test_what_can_be_undone_is_undone_and_said(write: Write, cell: str, note: str) -> None:
    path = write(f"id,name\n{cell},Ada\n")
    found = roster.read(path)
    assert found.students == (Student("0031", "Ada"),)
    assert found.notes == ((f"{path}: {note}",) if note else ())


def test_a_blank_in_an_id_stays_and_a_special_one_is_said(write: Write) -> None:
    path = write("id\n00 31\n00\u00a032\n00 \u2009 33\n")
    found = roster.read(path)
    assert [student.id for student in found.students] == ["00 31", "00 32", "00 33"]
    assert found.notes == (f"{path}: unseen marks or special blanks in the id left out on lines 3, 4",)


def test_what_is_said_about_many_lines_is_short(write: Write) -> None:
    five = write("id\n" + "".join(f"'{number}\n" for number in range(5)))
    assert roster.read(five).notes == (f"{five}: an apostrophe before the id left out on lines 2, 3, 4, 5, 6",)
    path = write("id\n" + "".join(f"'{number}\n" for number in range(8)))
    assert roster.read(path).notes == (
        f"{path}: an apostrophe before the id left out on lines 2, 3, 4, 5, 6 and 3 more",
    )


def test_a_formula_in_a_name_is_refused_and_one_of_the_staff_is_not_read(write: Write) -> None:
    path = write("id,name,role\n1,=CONCAT(A1),Student\n,=CONCAT(A1),TA\n")
    assert refusal(path) == (
        f'{path}: line 2: name "=CONCAT(A1)" is a formula; a roster holds values: '
        "paste them as values before exporting the sheet"
    )


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Lovelace, Ada", "Ada Lovelace"),
        ("Lovelace,Ada", "Ada Lovelace"),
        ("King, Martin Luther, Jr.", "Martin Luther King, Jr."),
        ("Martin Luther King, Jr.", "Martin Luther King, Jr."),
        ("de la Cruz Ph.D., María", "María de la Cruz Ph.D."),
        ("Smith,", "Smith,"),
        ("A, B, C", "A, B, C"),
        ("'t Hooft", "'t Hooft"),
        ("O'Brien", "O'Brien"),
        ("李小龙", "李小龙"),
        ("Zoe\u0308  \t Ann", "Zoë Ann"),
    ],
)
def test_names_are_read_as_they_are_spoken(write: Write, cell: str, name: str) -> None:
    assert roster.read(write(f'id,name\n1,"{cell}"\n')).students[0].name == name


def test_one_name_of_two_is_a_name(write: Write) -> None:
    found = roster.read(write("id,first name,last name\n1,Sukarno,\n2,,Suharto\n3,Ada,Lovelace\n"))
    assert [student.name for student in found.students] == ["Sukarno", "Suharto", "Ada Lovelace"]


@pytest.mark.parametrize(("length", "shown"), [(60, "x" * 60), (61, "x" * 60 + "...")])
def test_long_values_are_cut_in_messages(write: Write, length: int, shown: str) -> None:
    value = "x" * length
    assert f'line 3: id "{shown}" is already on line 2; every' in refusal(write(f"id\n{value}\n{value}\n"))


def test_staff_are_left_out_with_a_note(write: Write) -> None:
    path = write("Name,SID,Email,Role\nAda,1,a@x,Student\nGrace,,g@x,Instructor\nLin,,l@x,TA\n")
    found = roster.read(path)
    assert [student.id for student in found.students] == ["1"]
    assert found.notes == (f"{path}: 2 rows whose role is not a student's left out",)


def test_a_test_student_is_one_in_canvas_only(write: Write) -> None:
    assert roster.read(write(CANVAS)).students == (ADA, ALAN)
    assert roster.read(write('id,student\n1,"Student, Test"\n')).students == (Student("1", "Test Student"),)
    real = CANVAS.replace('"Student, Test",93,,', '"Student, Test",93,3033,')
    assert [student.id for student in roster.read(write(real)).students] == ["3031", "3032", "3033"]


def test_the_best_column_that_is_filled_has_the_ids(write: Write) -> None:
    """Canvas shows no university numbers to some, and its own number then has to do."""
    unfilled = "Student,ID,SIS User ID,SIS Login ID\nAda,91,,ada\nAlan,92,,alan\n"
    assert [student.id for student in roster.read(write(unfilled)).students] == ["91", "92"]
    assert "line 3" in refusal(write("Student,ID,SIS User ID\nAda,91,3031\nAlan,92,\n"))


def test_students_are_values() -> None:
    assert len({ADA, Student("3031", "Ada Lovelace", "ada@x.edu", "101"), ALAN}) == 2
    with pytest.raises(FrozenInstanceError):
        ADA.id = "1"  # pyright: ignore[reportAttributeAccessIssue]


def test_emails_are_the_ids_where_there_are_no_others(write: Write) -> None:
    path = write("Name,Email,SID\nAda,ada@x.edu,\nAlan,alan@x.edu,\n")
    found = roster.read(path)
    assert found.students == (Student("ada@x.edu", "Ada", "ada@x.edu"), Student("alan@x.edu", "Alan", "alan@x.edu"))
    assert found.notes == (
        f'{path}: no column holds student ids, so the email addresses in "Email" are the ids; '
        "other ids later give every student another variant",
    )


def test_doubts_are_notes(write: Write) -> None:
    path = write("id,name,email\n1,Ada,x@x\n2,,y@x\n3,Alan,X@x\n")
    found = roster.read(path)
    assert [student.id for student in found.students] == ["1", "2", "3"]
    assert found.notes == (
        f'{path}: line 3: id "2" has no name; the id stands in its place',
        f'{path}: email "x@x" is on lines 2, 4',
    )
    assert roster.read(write("id\n1\n2\n")).notes == ()


AWKWARD = [
    'Ada "Ace" Lovelace',
    r"%$&#_{}~^\end{document}",
    "José Ñúñez",
    "محمد علي",
    "שרה",
    "山田 太郎",
    "👩‍🏫 Emoji",
    "../../etc/passwd",
    "x" * 300,
    "CON",
    "a\u202eb",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_names_and_ids_come_through(write: Write, text: str) -> None:
    quoted = text.replace('"', '""')
    (student,) = roster.read(write(f'id,name\n"{quoted}","{quoted}"\n')).students
    assert student.name == text
    assert student.id in {text, "ab", text.replace("\u200d", "")}


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn", "Zl", "Zp", "Zs"]), min_size=1, max_size=12)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_whatever_is_written_as_csv_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], separator: str
) -> None:
    """Never a traceback; and ids that are accepted have folders that no file system confuses."""
    path = tmp_path_factory.mktemp("roster") / "students.csv"
    quoted = [separator.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [("id", "name"), *rows]]
    path.write_text("\n".join(quoted), encoding="utf-8")
    found = outcome(path)
    if isinstance(found, str):
        assert all(line.startswith(f"{path}: ") for line in found.splitlines())
    else:
        assert len(found.students) == len(rows)
        assert len({folders.folder(student.id).casefold() for student in found.students}) == len(rows)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("roster") / "students.csv"
    path.write_bytes(b"id,name\n" + content)
    found = outcome(path)
    if isinstance(found, str):
        assert found.startswith(f"{path}: ")
    else:
        assert all(student.id for student in found.students)
