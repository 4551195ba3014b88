"""`psetpress new`: a workspace that works at once and takes nothing's place."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from psetpress import scaffold
from psetpress.errors import PsetpressError, UsageError
from psetpress.workspace import find, is_workspace

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    scaffold.create(tmp_path / "course")
    return tmp_path / "course"


def in_workspace(course: Path, *arguments: str) -> str:
    """Run psetpress or Python code as a user in the workspace does, and return what it prints."""
    ran = subprocess.run([sys.executable, *arguments], cwd=course, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_all_files_are_written_and_the_next_step_is_said(tmp_path: Path) -> None:
    said = scaffold.create(tmp_path / "a" / "my course")
    there = [path for path in (tmp_path / "a" / "my course").rglob("*") if path.is_file()]
    assert len(there) == len(scaffold.files())
    assert {path.name for path in there} >= {"pyproject.toml", ".gitignore", "README.md", "first.toml"}
    assert said.endswith(f"\n  cd '{tmp_path}/a/my course' && psetpress build first")


def test_caches_of_tools_are_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = tmp_path / "uv_cache" / "course"
    for name in ("README.md", ".ruff_cache/0.1/x", "problems/__pycache__/x.pyc", "problems/x.py"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).touch()
    monkeypatch.setattr(scaffold, "COURSE", course)
    assert [path.name for path in scaffold.files()] == ["README.md", "x.py"]


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "course").mkdir()
    assert scaffold.create(tmp_path / "course")


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_exists_is_left_alone(tmp_path: Path, kind: str) -> None:
    course = tmp_path / "course"
    if kind == "file":
        course.write_text("mine")
    elif kind == "folder":
        course.mkdir()
        (course / "mine").write_text("mine")
    else:
        course.symlink_to(tmp_path / "nowhere")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="course exists already; a workspace is made in a new or an empty folder"):
        scaffold.create(course)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PsetpressError, match=r"file.*: cannot be written: Not a directory"):
        scaffold.create(tmp_path / "file" / "course")


def test_it_is_a_workspace_with_the_bank_behind_it(course: Path) -> None:
    assert is_workspace(course)
    found = find(course / "problems")
    assert found.root == course
    assert found.bank is not None
    assert "dense_parameters" in found.problems
    assert set(found.problems) > {"dense_parameters"}
    assert set(found.sets) > {"first"}


def test_it_hides_nothing_that_is_shipped(course: Path) -> None:
    bank = find(course).bank
    assert bank is not None
    inside = {path.relative_to(course) for path in course.rglob("*") if path.is_file()}
    hidden = [path for path in inside if path.name != "__init__.py" and (bank / path).exists()]
    assert [str(path) for path in hidden if path.parts[0] in ("problems", "solvers", "templates")] == []
    assert not (bank / "solvers" / "dense").exists()


def test_its_set_asks_a_problem_of_its_own_and_a_shipped_one(course: Path) -> None:
    text = (course / "problems/sets/first.toml").read_text(encoding="utf-8")
    used = [item["use"] for question in tomllib.loads(text)["question"] for item in question["problem"]]
    found = find(course)
    assert used[0] == "dense_parameters"
    assert set(used[1:]) <= set(found.problems) - {"dense_parameters"}
    assert len(used) > 1


def test_the_example_has_two_roads_that_agree(course: Path) -> None:
    code = """
import json, psetpress.workspace as w
w.activate()
from problems.dense_parameters import PROBLEM as p, Params, draw
from numpy.random import default_rng
found = []
for level in p.levels:
    for seed in range(20):
        q = draw(default_rng(seed), level)
        found.append((p.solve(q)["parameters"], p.oracle(q)["parameters"]))
found.append((p.solve(p.published)["parameters"], 7850))
found += [(p.solve(q)["parameters"], p.oracle(q)["parameters"]) for q in p.edges]
wrong = [m.solve(p.published)["parameters"] for m in p.misconceptions]
print(json.dumps([found, wrong]))
"""
    found, wrong = json.loads(in_workspace(course, "-c", code))
    assert [pair for pair in found if pair[0] != pair[1]] == []
    assert len(found) == 63
    assert wrong == [7840, 8624]


def test_the_readme_names_what_is_there(course: Path) -> None:
    text = (course / "README.md").read_text(encoding="utf-8")
    for named in ("problems/__init__.py", "problems/sets/first.toml", "templates/problems/", "solvers/"):
        assert named in text
        assert (course / named).exists()


@pytest.mark.slow
def test_its_code_is_clean(course: Path) -> None:
    config = {
        "typeCheckingMode": "strict",
        "extraPaths": [str(ROOT / "build")],
        "venvPath": str(Path(sys.prefix).parent),
        "venv": Path(sys.prefix).name,
        "include": ["problems", "solvers"],
    }
    (course / "pyrightconfig.json").write_text(json.dumps(config))
    in_workspace(course, "-m", "ruff", "check", "--no-cache", "--config", str(ROOT / "pyproject.toml"), ".")
    in_workspace(course, "-m", "pyright")


@pytest.mark.slow
def test_the_example_keeps_the_contract(course: Path) -> None:
    """The tests that walk the registry, run in the workspace on its own problem."""
    config = ("-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT))
    said = in_workspace(
        course,
        "-m",
        "pytest",
        "-q",
        *config,
        str(ROOT / "tests/test_contract.py"),
        "-k",
        "dense_parameters and not compile",
    )
    assert " passed" in said


@pytest.mark.slow
def test_it_builds_at_once(course: Path) -> None:
    in_workspace(course, "-m", "psetpress", "build", "first", "--seed", "1")
    assert {path.name for path in (course / "out/first").iterdir()} >= {"handout.pdf", "key.pdf", "rubric.pdf"}
    manifest = json.loads((course / "out/first/manifest.json").read_text(encoding="utf-8"))
    assert "dense_parameters" in json.dumps(manifest)
