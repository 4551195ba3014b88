"""The press for a class, in this process: what everybody gets, who gets nothing and why, and the same bytes again."""

from __future__ import annotations

import csv
import errno
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pikepdf
import pypdfium2
import pytest

from psetpress import delivery, latex
from psetpress.classroom import tasks, workshop
from psetpress.classroom.crews import Local, Lost
from psetpress.coursekey import CourseKey
from psetpress.errors import PsetpressError, UsageError
from psetpress.records import DOCUMENTS
from psetpress.roster import Student

Tree = Callable[[Path], dict[str, str]]
ALL = ("anna", "ben", "cleo", "dan", "eve")


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def words(pdf: Path) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf.read_bytes()))


def pages(pdf: Path) -> list[bytes]:
    return [page.render(scale=1).to_numpy().tobytes() for page in pypdfium2.PdfDocument(pdf.read_bytes())]


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    """Filled by the first who asks."""
    return {}


@pytest.fixture
def undisturbed(school: Any, tree: Tree, known: dict[str, str]) -> dict[str, str]:
    """What a build of everybody gives that nothing disturbs."""
    if not known:
        school.build(*ALL, folder=school.root / "undisturbed")
        known.update(tree(school.root / "undisturbed"))
    return known


# --- everybody ---------------------------------------------------------------------------------


def test_everybody_gets_a_folder_and_the_staff_gets_the_rest(school: Any, tree: Tree) -> None:
    report = school.build(*ALL, documents=DOCUMENTS)
    assert (report.served, report.failed, report.warnings) == (5, {}, ())
    papers = {f"students/{name}/{file}" for name in ALL for file in ("handout.pdf", "key.pdf", "source.zip")}
    tables = {"staff/answers.csv", "staff/roster-map.csv", "staff/outline.csv"}
    found = tree(school.out)
    assert {*found} == {*papers, *tables, "staff/keys.pdf", "staff/rubric.pdf", "manifest.json"}
    del found["manifest.json"]
    assert manifest(school.out)["files"] == found
    assert school.stages == {"drawn": 5, "written and proved": 5, "printed": 5}


def test_what_the_tables_say_is_what_the_papers_say(school: Any) -> None:
    school.build(*ALL)
    answers = {row["id"]: row for row in school.table("answers")}
    codes = {row["id"]: row["code"] for row in school.table("roster-map")}
    for name in ALL:
        handout, key = (words(school.out / "students" / name / f"{file}.pdf") for file in ("handout", "key"))
        assert f"Together {answers[name]['1.a']}." in key
        assert "Together" not in handout
        assert answers[name]["code"] == codes[name]
        assert codes[name] in handout
        assert name in handout
    assert len({*codes.values()}) == 5


def test_the_book_of_keys_has_a_bookmark_for_everybody_in_the_order_of_the_roster(school: Any) -> None:
    school.build("zoe", Student("nameless"), "anna")
    with pikepdf.open(school.out / "staff/keys.pdf") as book, book.open_outline() as outline:
        assert [entry.title for entry in outline.root] == ["Zoe (zoe)", "nameless", "Anna (anna)"]


@pytest.mark.parametrize(
    ("documents", "students", "staff"),
    [
        (("handout",), {"handout.pdf"}, {"answers.csv", "roster-map.csv", "outline.csv"}),
        (("key",), {"key.pdf"}, {"answers.csv", "roster-map.csv", "keys.pdf"}),
        (("source",), {"source.zip"}, {"answers.csv", "roster-map.csv"}),
        (("rubric",), set[str](), {"answers.csv", "roster-map.csv", "rubric.pdf"}),
    ],
)
def test_only_what_was_ordered_is_made(
    school: Any, documents: tuple[str, ...], students: set[str], staff: set[str]
) -> None:
    school.build("anna", "ben", documents=documents)
    assert {path.name for path in school.out.glob("students/*/*")} == students
    assert {path.name for path in school.out.glob("staff/*")} == staff


def test_anonymous_papers_name_ids_only(school: Any) -> None:
    school.build(Student("a-1", "Anna Quist"), Student("b-2", "Ben Quist"), anonymous=True)
    for path in school.out.glob("students/*/*.pdf"):
        assert "Quist" not in words(path)
    assert "Quist" in (school.out / "staff" / "roster-map.csv").read_text(encoding="utf-8-sig")


NAMES = {
    "plain": ("Ada Lovelace", "Ada Lovelace", "plain"),
    'O\'Brien "Bo"': ('O\'Brien "Bo"', 'O’Brien "Bo"', 'O’Brien "Bo"'),
    "Zoë Łukasz": ("Zoë Łukasz", "Zoë Łukasz", "Zoë Łukasz"),
    "王小明": ("王小明 (Xiaoming)", "Xiaoming", "<U+738B><U+5C0F><U+660E>"),
    "علي": ("علي", "Aly", "<U+0639><U+0644><U+064A>"),
    "a🎓b": ("Anna 🎓 Quist", "Anna Quist", "a<U+1F393>b"),
    r"%$&#_{}~^\ 50%": (r"%$&#_{}~^\ 50%", r"%$&#_{}~^\ 50%", r"%$&#_{}~^\ 50%"),
    "../../etc/passwd": (r"\input{/etc/passwd}", r"\input{/etc/passwd}", "../../etc/passwd"),
    "x" * 300: ("y" * 300, "y" * 47, "x" * 20),
}
"""Ids, with a name each, and what is printed of name and id."""


def test_names_and_ids_of_all_kinds_are_printed_readably_and_stay_in_their_folder(school: Any) -> None:
    report = school.build(*(Student(each, name) for each, (name, _, _) in NAMES.items()))
    assert (report.served, report.failed, report.warnings) == (len(NAMES), {}, ())
    assert {path.name for path in school.root.iterdir()} == {"out", "sums.toml", "templates"}
    listed = {student["id"]: student for student in manifest(school.out)["students"]}
    rows = {row["id"]: row for row in school.table("roster-map")}
    for each, (name, shown, spelled) in NAMES.items():
        folder = school.out / listed[each]["folder"]
        assert folder.resolve().parent == (school.out / "students").resolve()
        assert rows[each]["name"] == name
        for document in ("handout", "key"):
            head = words(folder / f"{document}.pdf").splitlines()[0]
            assert shown in head
            assert spelled in head
        with pikepdf.open(folder / "handout.pdf") as pdf:
            assert str(pdf.docinfo["/Title"]).startswith(f"Sums: {name} ({each}"[:200])


# --- the same bytes ----------------------------------------------------------------------------


def test_building_again_gives_the_same_bytes(school: Any, tree: Tree, tmp_path: Path) -> None:
    school.build(*ALL[:3], documents=DOCUMENTS)
    before = tree(school.out)
    school.build(*ALL[:3], documents=DOCUMENTS)
    assert tree(school.out) == before
    school.build(*ALL[:3], documents=DOCUMENTS, folder=tmp_path / "elsewhere")
    assert tree(tmp_path / "elsewhere") == before


def test_a_student_who_comes_later_changes_no_earlier_variant(school: Any, tree: Tree) -> None:
    """A shard that is full is printed as before; in the last one fonts hold the glyphs of one more."""
    school.build(*ALL[:4])
    before, rows = tree(school.out), school.table("answers")
    looks = {path: pages(path) for path in school.out.glob("students/*/*.pdf")}
    school.build(*ALL)
    after = tree(school.out)
    assert school.table("answers")[:4] == rows
    assert {name: digest for name, digest in after.items() if name in before and name.startswith("students/")} == {
        name: digest for name, digest in before.items() if name.startswith("students/")
    }
    school.build(*ALL[:3])
    assert {path: pages(path) for path in looks if "dan" not in path.parts} == {
        path: look for path, look in looks.items() if "dan" not in path.parts
    }
    assert school.table("answers") == rows[:3]


def test_a_student_who_left_has_no_folder(school: Any, tree: Tree) -> None:
    school.build("anna", "ben", "cleo")
    (school.out / "students/anna/notes.txt").write_text("mine")
    school.build("cleo", "dan")
    assert {path.name for path in (school.out / "students").iterdir()} == {"anna", "cleo", "dan"}
    assert [path.name for path in (school.out / "students/anna").iterdir()] == ["notes.txt"]
    assert [row["id"] for row in school.table("roster-map")] == ["cleo", "dan"]


def test_without_an_order_for_keys_they_are_removed(school: Any) -> None:
    school.build("anna")
    school.build("anna", documents=("handout",))
    assert not [*school.out.rglob("key*.pdf")]


# --- who gets nothing --------------------------------------------------------------------------


def test_an_unproved_key_is_reported_and_all_others_are_served(
    school: Any, bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    drawn = school.drawn("ben")
    school.build(*ALL, folder=school.root / "before")

    def oracle(p: Any) -> dict[str, int]:
        return {"sum": p.a + p.b + (p == drawn), "product": p.a * p.b}

    bank(toy=toy.variation(oracle=oracle))
    report = school.build(*ALL)
    assert report.served == 4
    assert [*report.failed] == ["ben"]
    total = drawn.a + drawn.b
    assert f'answer "sum": solve says {total}, the oracle says {total + 1}' in report.failed["ben"]
    assert report.failed["ben"].startswith("toy standard ") or "student ben" in report.failed["ben"]
    assert not (school.out / "students/ben").exists()
    assert [row["id"] for row in school.table("answers")] == ["anna", "cleo", "dan", "eve"]
    assert all(entry["id"] != "ben" for entry in manifest(school.out)["students"])
    for name in ("anna", "cleo", "dan", "eve"):
        assert pages(school.out / f"students/{name}/key.pdf") == pages(school.root / f"before/students/{name}/key.pdf")
    for name in ("cleo", "dan", "eve"):  # of other shards
        assert (school.out / f"students/{name}/key.pdf").read_bytes() == (
            school.root / f"before/students/{name}/key.pdf"
        ).read_bytes()


@pytest.mark.parametrize(
    ("bad", "said"),
    [(r"\nope", "LaTeX: Undefined control sequence"), (r"\loop\iftrue\repeat", "LaTeX did not finish within 0.5 s")],
    ids=["error", "hangs"],
)
def test_one_whose_papers_tex_refuses_is_reported_and_all_others_are_served(
    school: Any, monkeypatch: pytest.MonkeyPatch, bad: str, said: str
) -> None:
    """The others get the pages of a class without the one: whose paper is not printed asks for no space."""
    others = ("anna", "ben", "dan", "eve")
    school.build(*others, folder=school.root / "without")
    drawn = school.drawn("cleo")
    school.reword("What is", f"<% if p.a == {drawn.a} and p.b == {drawn.b} %>{bad} <% endif %>What is")
    if "loop" in bad:
        monkeypatch.setattr(latex, "TIME_LIMIT", 0.5)
        monkeypatch.setattr("psetpress.shards.stage.PATIENCE", 1.0)
    report = school.build(*ALL)
    assert (report.served, [*report.failed]) == (4, ["cleo"])
    assert said in report.failed["cleo"]
    assert {path.name for path in (school.out / "students").iterdir()} == {*others}
    for name in others:
        handout = f"students/{name}/handout.pdf"
        assert pages(school.out / handout) == pages(school.root / "without" / handout)


def test_if_nobody_can_be_served_the_earlier_output_stays(school: Any, tree: Tree) -> None:
    school.build("anna", "ben")
    before = tree(school.out)
    school.reword("What is", r"\nope")
    with pytest.raises(PsetpressError) as caught:
        school.build("anna", "ben", documents=("handout",))
    assert caught.value.message.startswith(
        "nothing could be built for any of 2 students: handout: LaTeX: Undefined control sequence"
    )
    assert "templates/problems/toy.tex.j2, line 2" in caught.value.message
    assert caught.value.exit_code == 1
    assert {name: digest for name, digest in tree(school.out).items() if ".psetpress-class" not in name} == before


def test_nobody_can_be_drawn_for(school: Any, bank: Callable[..., None], toy: SimpleNamespace) -> None:
    def draw(*_: object) -> Any:
        raise ValueError("no numbers today")

    bank(toy=toy.variation(draw=draw))
    with pytest.raises(PsetpressError, match=r"^nothing could be built for any of 2 students: .*no numbers today"):
        school.build("anna", "ben")


def test_code_that_fails_where_nobody_expects_it_costs_one_student_only(
    school: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tasks._written

    def fails(room: Any, seat: Any, *more: Any) -> Any:
        if seat.id == "dan":
            raise ZeroDivisionError("a plot of nothing")
        return real(room, seat, *more)

    monkeypatch.setattr(tasks, "_written", fails)
    report = school.build(*ALL)
    assert report.failed == {"dan": "ZeroDivisionError: a plot of nothing"}
    assert report.served == 4


class Loses(Local):
    """Loses every task of a kind that holds a student, so many times."""

    def __init__(self, kind: type, name: str, times: int) -> None:
        super().__init__(0)
        self.__dict__.update(kind=kind, name=name, times=times)

    def perform(self, queue: Any) -> Any:
        while queue:
            task = queue.popleft()
            hit = isinstance(task, self.kind) and self.name in {seat.id for seat in task.shard.seats} and self.times
            self.__dict__["times"] -= bool(hit)
            yield Lost(task, "the worker process was killed") if hit else tasks.perform(task)

    kind: type
    name: str
    times: int


@pytest.mark.parametrize("kind", [tasks.Identify, tasks.Write, tasks.Print])
def test_a_worker_that_was_lost_once_changes_no_byte(
    school: Any, tree: Tree, undisturbed: dict[str, str], kind: type
) -> None:
    report = school.build(*ALL, crew=Loses(kind, "anna", 1))
    assert report.failed == {}
    assert tree(school.out) == undisturbed


@pytest.mark.parametrize("kind", [tasks.Identify, tasks.Write, tasks.Print])
def test_a_student_who_takes_every_worker_along_is_reported(
    school: Any, tree: Tree, undisturbed: dict[str, str], kind: type
) -> None:
    report = school.build(*ALL, crew=Loses(kind, "eve", 99))
    assert report.failed == {"eve": "the worker process was killed"}
    found = tree(school.out)
    assert undisturbed.keys() - found.keys() == {f"students/eve/{name}.pdf" for name in ("handout", "key")}
    assert all(found[name] == undisturbed[name] for name in found if name.startswith("students/"))


# --- what cannot be written --------------------------------------------------------------------


def test_a_full_disk_at_any_moment_leaves_the_earlier_output_and_the_next_build_goes_on(
    school: Any, tree: Tree, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, str]
) -> None:
    school.build("anna", "ben")
    before = tree(school.out)
    real_put, real_move = workshop.put, delivery._move
    calls = 0

    def full_at(number: int, real: Callable[..., None]) -> Callable[..., None]:
        def write(*arguments: Any) -> None:
            nonlocal calls
            calls += 1
            if calls == number:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(*arguments)

        return write

    for number, (module, name, real) in [
        (1, (workshop, "put", real_put)),
        (5, (workshop, "put", real_put)),
        (14, (workshop, "put", real_put)),
        (1, (delivery, "_move", real_move)),
        (8, (delivery, "_move", real_move)),
    ]:
        calls = 0
        with monkeypatch.context() as patch:
            patch.setattr(module, name, full_at(number, real))
            with pytest.raises(PsetpressError) as caught:
                school.build(*ALL)
        assert caught.value.message.startswith(f"{school.out}: cannot be written: No space left on device.")
        now = {name: digest for name, digest in tree(school.out).items() if not name.startswith(".psetpress-class")}
        assert now == before
    report = school.build(*ALL)
    assert report.served == 5
    assert tree(school.out) == undisturbed


def test_no_room_for_tex_is_told_with_its_place(school: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere/main.tex")

    monkeypatch.setattr(latex, "place", full)
    with pytest.raises(PsetpressError) as caught:
        school.build("anna")
    assert caught.value.message == (
        "/somewhere/main.tex: No space left on device. What is done is kept; free some space and go on"
    )


def test_the_output_is_a_file(school: Any) -> None:
    school.out.write_text("mine")
    with pytest.raises(PsetpressError, match=r"out: cannot be written: it is a file, not a folder"):
        school.build("anna")
    assert school.out.read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(school: Any) -> None:
    school.out.mkdir(mode=0o500)
    with pytest.raises(PsetpressError, match=r"out: cannot be written: Permission denied"):
        school.build("anna")


def test_a_disk_that_may_only_be_read(school: Any, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said before any work is done, and what is there stays."""
    school.build("anna")
    before = tree(school.out)

    def refuse(**_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(delivery.tempfile, "TemporaryFile", refuse)
    with pytest.raises(PsetpressError) as caught:
        school.build("anna", "ben")
    assert caught.value.message == (
        f"{school.out}: cannot be written: Read-only file system. What was there before is untouched; "
        "free some space, or choose another place."
    )
    assert (school.stages, tree(school.out)) == ({}, before)


def test_a_folder_below_a_file(school: Any) -> None:
    school.out.write_text("mine")
    with pytest.raises(PsetpressError, match=r"cannot be written: Not a directory"):
        school.build("anna", folder=school.out / "deep")


def test_a_manifest_of_something_else(school: Any, tree: Tree) -> None:
    school.out.mkdir()
    (school.out / "manifest.json").write_text("{}")
    with pytest.raises(PsetpressError, match=r"manifest\.json was not written by psetpress and would be replaced"):
        school.build("anna")
    assert [*tree(school.out)] == ["manifest.json"]


def test_another_key_of_the_course_is_refused(school: Any, tree: Tree) -> None:
    school.build("anna")
    before, other = tree(school.out), CourseKey(b"o" * 32)
    with pytest.raises(UsageError) as caught:
        school.build("anna", key=other)
    assert caught.value.message == (
        f"{school.out} was built with another key of the course (d3a38a1f, not {other.fingerprint}): every "
        "student would get other numbers. Restore course.key from its backup, or choose another --out"
    ).replace("d3a38a1f", manifest(school.out)["provenance"]["course key"])
    assert tree(school.out) == before


def test_two_builds_of_one_output(school: Any) -> None:
    with workshop.alone(school.out), pytest.raises(PsetpressError, match="another build of this set is at work there"):
        school.build("anna")


# --- killed ------------------------------------------------------------------------------------


class KilledError(BaseException):
    """Stands for a kill in this process: what follows it must do without whatever it skipped."""


def test_killed_in_the_delivery_the_next_build_of_another_class_leaves_nothing_of_it(
    school: Any, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.build("anna", "ben", "cleo")
    killed_in_delivery(school, monkeypatch, "anna", "dan")
    assert (school.out / "students" / "dan").exists()
    school.build("anna", "eve")
    found = tree(school.out)
    school.build("anna", "eve", folder=school.root / "undisturbed")
    assert found == tree(school.root / "undisturbed")


def killed_in_delivery(school: Any, monkeypatch: pytest.MonkeyPatch, *students: str) -> None:
    """Build, and let the system end the delivery before the manifest."""
    real = delivery._move

    def move(staging: Path, name: str, folder: Path) -> None:
        if name == delivery.MANIFEST:
            raise KilledError
        real(staging, name, folder)

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "_move", move)
        patch.setattr(delivery, "_undo", lambda *_: None)
        with pytest.raises(KilledError):
            school.build(*students)


def test_killed_in_the_delivery_nothing_is_made_again(
    school: Any, tree: Tree, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, str]
) -> None:
    killed_in_delivery(school, monkeypatch, *ALL)
    asked: list[object] = []
    crew = Local(0)
    real = tasks.perform
    monkeypatch.setattr(tasks, "perform", lambda task: asked.append(type(task)) or real(task))
    school.build(*ALL, crew=crew)
    assert asked == []
    assert tree(school.out) == undisturbed


def test_the_source_is_the_handouts(school: Any) -> None:
    school.build("anna", "ben", documents=("handout", "source"))
    with zipfile.ZipFile(school.out / "students/anna/source.zip") as archive:
        assert {"main.tex", "psetpress.cls", "psetlayout.tex"} <= {*archive.namelist()}
        files = {name: archive.read(name) for name in archive.namelist()}
    main = files.pop("main.tex").decode()
    compiled = latex.compile_pdf(latex.Document("source", main, files)).pdf
    (school.root / "own.pdf").write_bytes(compiled)
    assert pages(school.root / "own.pdf") == pages(school.out / "students/anna/handout.pdf")


def test_the_outline_is_of_everybodys_parts(school: Any) -> None:
    school.build(*ALL)
    with (school.out / "staff/outline.csv").open(newline="") as file:
        assert [row["part"] for row in csv.DictReader(file)] == ["1.a", "1.b"]
