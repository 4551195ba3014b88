"""The rules of the repository that no other tool checks: what is tracked, and which way the arrows run."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ROOT / "build/psetpress"
TOP = {
    *("pyproject.toml", "templates", "problems", "solvers", "build", "tests", "README.md"),
    *("Makefile", ".ci", ".github", ".gitignore", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "constraints.txt"),
}

needs_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is not a git checkout")


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@cache
def ours() -> tuple[Path, ...]:
    """All files that are tracked or would be, so that a mistake shows before it is committed."""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard", "-z").stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def imported(path: Path) -> set[str]:
    """All modules that a file imports, at its top or inside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            names |= {".".join((*above, node.module or "", alias.name)).replace("..", ".") for alias in node.names}
    return names


def modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "course" not in path.parts)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


# --- build/ is source --------------------------------------------------------------------------


@needs_git
def test_git_ignores_nothing_of_the_engine() -> None:
    ignored = git("check-ignore", "--verbose", "build", "build/psetpress", "build/psetpress/workspace.py")
    assert (ignored.returncode, ignored.stdout) == (1, "")


def test_build_is_no_package() -> None:
    assert not (ROOT / "build/__init__.py").exists(), "PyPA's build would be hidden: python -m build could not run"


def test_no_clean_target_touches_build() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.partition("\nclean:")[2]
    assert "rm -rf out" in recipe
    assert not re.search(r"\bbuild\b", recipe)


def test_nothing_is_built_into_build() -> None:
    assert not (ENGINE / "_bank").exists(), "a stray copy of the bank would hide the sources"


# --- what is tracked ---------------------------------------------------------------------------


@needs_git
def test_the_top_level_is_the_design_s() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in ours()} <= TOP


@needs_git
def test_no_file_names_a_place_of_one_machine() -> None:
    places = re.compile(r"(?<![\w.}])/(?:home|root|work|Users|tmp|opt)/\w")  # such as a home folder's path
    found = [
        f"{name(path)}:{number}: {line.strip()}"
        for path in ours()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if places.search(line)
    ]
    assert found == []


@needs_git
def test_no_file_names_a_registry() -> None:
    hosts = re.compile(r"(?:pypi\.|pythonhosted\.|download\.pytorch\.|npmjs\.|deb\.debian\.)(?:org|com)")
    found = [name(path) for path in ours() if hosts.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert found == []


@needs_git
def test_scripts_can_be_run() -> None:
    scripts = [path for path in ours() if path.read_bytes().startswith(b"#!")]
    assert {name(path) for path in scripts} >= {".ci/run", "build/setup.sh"}
    assert [name(path) for path in scripts if not path.stat().st_mode & 0o100] == []


def test_every_pinned_package_has_one_version() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", pin) for pin in pins)
    assert len({pin.partition("==")[0] for pin in pins}) == len(pins)


def test_every_package_that_is_asked_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=\[]", line)[0].lower() for line in asked}
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert names - set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE)) == set()


DISTRIBUTIONS = {"PIL": "pillow", "sklearn": "scikit-learn"}
"""Packages that are imported under another name than they are installed by."""


def test_every_package_that_is_imported_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = asked_for(project["dependencies"])
    dev, cluster = (asked_for(project["optional-dependencies"][extra]) for extra in ("dev", "cluster"))
    own = {"psetpress", "problems", "solvers", "tests", *sys.stdlib_module_names}
    for room, accepted in {
        **dict.fromkeys(("build/psetpress", "problems", "solvers"), needed),
        **dict.fromkeys(("build", "tests", ".github"), needed | dev),
    }.items():
        for path in modules(ROOT / room):
            beside = {neighbour.stem for neighbour in path.parent.glob("*.py")}  # what a script finds there
            tops = {module.partition(".")[0] for module in imported(path)} - own - beside
            asked = {DISTRIBUTIONS.get(top, top.replace("_", "-")).lower() for top in tops}
            assert asked <= accepted | (cluster if path == ENGINE / "clusters.py" else set()), name(path)


def asked_for(lines: list[str]) -> set[str]:
    return {re.split(r"[<>=\[]", line)[0].lower() for line in lines}


# --- the arrows run one way: psetpress <- problems -> solvers ----------------------------------


@pytest.mark.parametrize("path", modules(ROOT / "solvers"), ids=name)
def test_solvers_know_neither_engine_nor_problems(path: Path) -> None:
    assert [module for module in imported(path) if module.split(".")[0] in ("psetpress", "problems")] == []


@pytest.mark.parametrize("path", modules(ENGINE), ids=name)
def test_the_engine_imports_no_problem_and_no_solver(path: Path) -> None:
    assert [module for module in imported(path) if module.split(".")[0] in ("solvers", "problems")] == []


@pytest.mark.parametrize("path", sorted((ROOT / "solvers").rglob("oracle*.py")), ids=name)
def test_an_oracle_shares_no_code_with_what_it_proves(path: Path) -> None:
    """It may use another oracle's helpers and modules that hold records only, no function."""
    own = [module.split(".") for module in imported(path) if module.startswith("solvers.")]
    files = {ROOT.joinpath(*parts[:-1]).with_suffix(".py") for parts in own if "oracle" not in parts}
    assert [name(file) for file in files if not file.is_file() or "def " in file.read_text(encoding="utf-8")] == []


def test_the_engine_names_no_problem() -> None:
    problems = {path.stem for path in (ROOT / "problems").glob("*.py")} - {"__init__"}
    assert problems
    named = [
        f"{name(path)}: {problem}"
        for path in modules(ENGINE)
        for problem in problems
        if re.search(rf"\b{problem}\b", path.read_text(encoding="utf-8"))
    ]
    assert named == []


def test_templates_hold_no_python() -> None:
    assert list((ROOT / "templates").rglob("*.py")) == []
