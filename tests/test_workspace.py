"""Where problems, solvers, templates and sets come from, and what happens when two places have them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from psetpress import workspace
from psetpress.errors import PsetpressError, UsageError
from psetpress.workspace import Workspace, find, is_workspace

ROOT = Path(__file__).resolve().parents[1]


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small bank that this process takes for the shipped one."""
    folder = write(
        tmp_path / "bank",
        {
            "problems/__init__.py": 'PROBLEMS = ("alpha", "beta")\n',
            "problems/alpha.py": "from solvers import sums\nWHERE = 'bank ' + sums.WHERE\n",
            "problems/beta.py": "WHERE = 'bank'\n",
            "problems/sets/demo.toml": "",
            "problems/sets/exam.toml": "",
            "solvers/__init__.py": "",
            "solvers/sums.py": "WHERE = 'bank'\n",
            "templates/problems/alpha.tex.j2": "",
        },
    )
    monkeypatch.setattr(workspace, "BUNDLED", folder)
    return folder


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A workspace with a problem of its own and one that takes a shipped one's place."""
    return write(
        tmp_path / "course",
        {
            "pyproject.toml": "[tool.psetpress]\n",
            "problems/__init__.py": 'PROBLEMS = ("own", "beta")\n',
            "problems/own.py": "from solvers import mine, sums\nWHERE = mine.WHERE + ' with ' + sums.WHERE\n",
            "problems/beta.py": "WHERE = 'course'\n",
            "problems/sets/first.toml": "",
            "problems/sets/demo.toml": "",
            "solvers/__init__.py": "",
            "solvers/mine.py": "WHERE = 'course'\n",
            "templates/problems/own.tex.j2": "",
        },
    )


def run(bank: Path, cwd: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in a process of its own, in which nothing has been imported yet."""
    prelude = f"import psetpress.workspace as w; from pathlib import Path; w.BUNDLED = Path({str(bank)!r})\n"
    return subprocess.run([sys.executable, "-c", prelude + code], cwd=cwd, capture_output=True, text=True, check=False)


def value(bank: Path, cwd: Path, expression: str) -> object:
    """Return the JSON value of ``expression`` after activation in ``cwd``."""
    ran = run(bank, cwd, f"import importlib, json\nw.activate()\nprint(json.dumps({expression}))")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def where(name: str) -> str:
    return f"importlib.import_module({name!r}).WHERE"


# --- discovery ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pyproject.toml": "[tool.psetpress]\n"}, True),
        ({"pyproject.toml": '[tool.psetpress]\ncourse = "x"\n[project]\nname = "y"\n'}, True),
        ({"pyproject.toml": "[tool.ruff]\n"}, False),
        ({"pyproject.toml": "tool = 3\n"}, False),
        ({"pyproject.toml": f"deep = {'[' * 3000}"}, False),
        ({"pyproject.toml": "no toml ["}, False),
        ({"problems/a.py": "", "templates/a": ""}, True),
        ({"problems/a.py": ""}, False),
        ({"templates/a": ""}, False),
        ({}, False),
    ],
)
def test_what_makes_a_workspace(tmp_path: Path, files: dict[str, str], expected: bool) -> None:
    assert is_workspace(write(tmp_path, files)) is expected


def test_a_broken_pyproject_that_names_us_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.psetpress]\nbroken =\n"})
    with pytest.raises(UsageError, match=r"pyproject\.toml: is not valid TOML: .*line 2"):
        is_workspace(tmp_path)


def test_a_pyproject_that_is_not_text_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe[tool.psetpress]")
    assert not is_workspace(tmp_path)


def test_the_nearest_workspace_upward_wins(bank: Path, course: Path) -> None:
    inner = write(course / "weeks" / "inner", {"pyproject.toml": "[tool.psetpress]\n", "deep/er/x": ""})
    assert find(course / "weeks") == Workspace(course, bank)
    assert find(inner / "deep" / "er") == Workspace(inner, bank)


def test_outside_of_any_workspace_the_bank_is_used(bank: Path, tmp_path: Path) -> None:
    assert find(tmp_path) == Workspace(bank)
    assert find(bank / "problems") == Workspace(bank)
    assert find(tmp_path).folders == (bank,)


def test_the_current_folder_is_where_the_search_begins(
    bank: Path, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course / "problems")
    assert find() == Workspace(course, bank)


def test_the_second_start_counts_where_the_first_is_in_no_workspace(bank: Path, course: Path, tmp_path: Path) -> None:
    assert find(tmp_path, course) == Workspace(course, bank)
    assert find(course, bank) == Workspace(course, bank)


def test_the_checkout_is_the_bank_where_nothing_is_bundled(tmp_path: Path) -> None:
    if workspace.BUNDLED.is_dir():
        pytest.skip("psetpress is installed from a wheel")
    assert find(tmp_path) == Workspace(ROOT)


def test_an_installation_without_problems_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace, "BUNDLED", tmp_path / "none")
    monkeypatch.setattr(workspace, "CHECKOUT", tmp_path / "nothing")
    with pytest.raises(PsetpressError, match=r"holds no problems: .*install psetpress again"):
        find(tmp_path)


# --- what a workspace offers -------------------------------------------------------------------


def test_templates_are_searched_in_the_workspace_first(bank: Path, course: Path) -> None:
    assert Workspace(course, bank).templates == (course / "templates", bank / "templates")
    assert Workspace(bank).templates == (bank / "templates",)


def test_sets_of_both_are_known_and_the_own_one_hides_the_shipped_one(bank: Path, course: Path) -> None:
    sets = Workspace(course, bank).sets
    assert list(sets) == ["demo", "exam", "first"]
    assert sets["demo"] == course / "problems/sets/demo.toml"
    assert sets["exam"] == bank / "problems/sets/exam.toml"


def test_an_unknown_set_is_named_with_the_nearest_and_all(bank: Path, course: Path) -> None:
    with pytest.raises(UsageError, match=r'unknown set "exams" \(did you mean "exam"\?\); the sets of .*course'):
        Workspace(course, bank).set_file("exams")


def test_problems_of_both_are_listed_own_ones_first(bank: Path, course: Path) -> None:
    assert Workspace(course, bank).problems == ("own", "beta", "alpha")
    assert Workspace(bank).problems == ("alpha", "beta")


def test_a_name_listed_twice_is_left_for_the_registry_to_refuse(bank: Path, course: Path) -> None:
    write(course, {"problems/__init__.py": 'PROBLEMS = ("own", "own")\n'})
    assert Workspace(course, bank).problems == ("own", "own", "alpha", "beta")


@pytest.mark.parametrize("text", ["", "PROBLEMS = 'alpha'\n", "PROBLEMS = (1, 2)\n"])
def test_a_list_of_problems_that_is_none_is_shown(bank: Path, course: Path, text: str) -> None:
    write(course, {"problems/__init__.py": text})
    with pytest.raises(UsageError, match=r"__init__\.py: PROBLEMS is .*; accepted is a tuple of names"):
        _ = Workspace(course, bank).problems


def test_a_workspace_of_only_sets_has_the_shipped_problems(bank: Path, tmp_path: Path) -> None:
    bare = write(tmp_path / "bare", {"pyproject.toml": "[tool.psetpress]\n", "problems/sets/x.toml": ""})
    assert Workspace(bare, bank).problems == ("alpha", "beta")
    assert value(bank, bare, where("problems.alpha")) == "bank bank"


# --- activation --------------------------------------------------------------------------------


def test_modules_come_from_the_workspace_then_from_the_bank(bank: Path, course: Path) -> None:
    names = ("problems.own", "problems.beta", "problems.alpha", "solvers.sums")
    found = value(bank, course, f"[{', '.join(map(where, names))}]")
    assert found == ["course with bank", "course", "bank bank", "bank"]


def test_without_a_workspace_modules_come_from_the_bank(bank: Path, tmp_path: Path) -> None:
    assert value(bank, tmp_path, where("problems.beta")) == "bank"


def test_the_workspace_goes_to_the_front_of_the_path_once(bank: Path, course: Path) -> None:
    path = value(bank, course, "(w.activate(), __import__('sys').path)[1]")
    assert isinstance(path, list)
    assert path[:2] == [str(course), str(bank)]
    assert path.count(str(course)) == path.count(str(bank)) == 1


def test_problems_are_the_same_before_and_after_import(bank: Path, course: Path) -> None:
    assert value(bank, course, "w.active().problems") == ["own", "beta", "alpha"]


def test_a_worker_that_activates_the_same_folder_finds_the_same(bank: Path, course: Path, tmp_path: Path) -> None:
    code = f"import importlib\nw.activate(Path({str(course)!r}))\nprint({where('problems.alpha')})"
    ran = run(bank, tmp_path, code)
    assert ran.stdout == "bank bank\n", ran.stderr


def test_another_workspace_in_the_same_process_is_refused(bank: Path, course: Path) -> None:
    ran = run(bank, course, f"w.activate()\nw.activate(Path({str(bank)!r}))")
    assert ran.returncode == 1
    assert f"this process works in {course}, wanted {bank}" in ran.stderr


def test_problems_imported_from_elsewhere_are_refused_with_both_places(
    bank: Path, course: Path, tmp_path: Path
) -> None:
    other = write(tmp_path / "other", {"problems/__init__.py": "PROBLEMS = ()\n"})
    ran = run(bank, course, f"import sys\nsys.path.insert(0, {str(other)!r})\nimport problems\nw.activate()")
    assert f"problems is already imported from {other / 'problems'}, wanted {course / 'problems'}" in ran.stderr


def test_a_stray_module_called_solvers_is_refused(bank: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", {"solvers.py": ""})
    ran = run(bank, tmp_path, f"import sys\nsys.path.insert(0, {str(other)!r})\nimport solvers\nw.activate()")
    assert f"solvers is already imported from {other / 'solvers.py'}" in ran.stderr


def test_a_package_that_does_not_import_names_its_file(bank: Path, course: Path) -> None:
    write(course, {"problems/__init__.py": "PROBLEMS = (\n"})
    ran = run(bank, course, "w.activate()")
    assert f"UsageError: {course}/problems/__init__.py cannot be imported: SyntaxError: " in ran.stderr


def test_activation_imports_nothing_heavy(bank: Path, course: Path) -> None:
    heavy = value(bank, course, "sorted({'torch', 'numpy', 'matplotlib'} & set(__import__('sys').modules))")
    assert heavy == []


# --- a set by name or by path ------------------------------------------------------------------


def resolved(bank: Path, cwd: Path, name: str) -> list[str]:
    ran = run(bank, cwd, f"root, path = w.resolve({name!r})\nprint(root)\nprint(path)")
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_a_name_is_looked_up_in_the_current_workspace(bank: Path, course: Path) -> None:
    assert resolved(bank, course, "first") == [str(course), str(course / "problems/sets/first.toml")]
    assert resolved(bank, course.parent, "demo") == [str(bank), str(bank / "problems/sets/demo.toml")]


def test_a_file_belongs_to_the_workspace_it_lies_in(bank: Path, course: Path, tmp_path: Path) -> None:
    assert resolved(bank, tmp_path, "course/problems/sets/first.toml")[0] == str(course)


def test_a_file_outside_of_any_workspace_uses_the_current_one(bank: Path, course: Path, tmp_path: Path) -> None:
    write(tmp_path, {"loose.toml": ""})
    assert resolved(bank, course, "../loose.toml") == [str(course), "../loose.toml"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.toml", "set file none.toml does not exist; sets known by name are demo, exam, first"),
        ("folder.toml", "set file folder.toml is a folder"),
        ("frist", 'unknown set "frist" (did you mean "first"?)'),
    ],
)
def test_a_set_that_is_not_there(bank: Path, course: Path, name: str, message: str) -> None:
    (course / "folder.toml").mkdir()
    ran = run(bank, course, f"w.resolve({name!r})")
    assert ran.returncode == 1
    assert message in ran.stderr
