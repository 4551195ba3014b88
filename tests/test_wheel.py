"""The wheel is a product: what is in it, that it is reproducible, and that it works on its own."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BANK = ("problems", "solvers", "templates")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / "build/bundle_bank.py").is_file(), reason="this is not the repository"),
    pytest.mark.skipif(find_spec("hatchling") is None, reason="hatchling builds the wheel"),
]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed and return what it prints, in an environment without Python settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    ran = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def build(folder: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder.parent)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment in which the wheel is installed, and nothing of this repository.

    What psetpress depends on is lent by this environment: a path in a .pth file adds its packages,
    but not its editable installs, because the .pth files of such a folder are not read.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel, cwd=home)
    (own,) = home.glob("lib/python3*/site-packages")
    lent = [path for path in sys.path if path.endswith("site-packages")]
    (own / "lent.pth").write_text("\n".join(lent) + "\n", encoding="utf-8")
    return python.parent


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder outside of any workspace."""
    return tmp_path


# --- what is in it -----------------------------------------------------------------------------


def test_the_top_level_is_psetpress_only(names: list[str]) -> None:
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"psetpress"}
    assert len(top) == 2


def test_the_bank_is_bundled_whole(names: list[str]) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *BANK],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    tracked = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    bundled = {name.removeprefix("psetpress/_bank/") for name in names if name.startswith("psetpress/_bank/")}
    assert bundled == tracked
    assert {name.split("/")[0] for name in bundled} == set(BANK)


def test_the_engine_is_in_it_whole_with_its_data(names: list[str]) -> None:
    engine = ROOT / "build/psetpress"
    files = {path.relative_to(engine.parent) for path in engine.rglob("*") if path.is_file()}
    expected = {str(path) for path in files if not any(part.endswith(("_cache", "__pycache__")) for part in path.parts)}
    assert {name for name in names if name.startswith("psetpress/") and "/_bank/" not in name} == expected


def test_nothing_compiled_is_in_it(names: list[str]) -> None:
    assert [name for name in names if name.endswith((".pyc", ".pyo")) or "__pycache__" in name] == []


def test_two_builds_are_equal_byte_for_byte(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path / "again").read_bytes() == wheel.read_bytes()


# --- that it works -----------------------------------------------------------------------------


def test_the_installed_copy_is_the_one_that_runs(installed: Path, elsewhere: Path) -> None:
    code = "import psetpress, psetpress.workspace as w; print(psetpress.__file__); print(w.activate().root)"
    module, bank = run(installed / "python", "-c", code, cwd=elsewhere).splitlines()
    assert Path(module).is_relative_to(installed.parent)
    assert Path(bank) == Path(module).parent / "_bank"


def test_problems_are_found_from_the_root_of_the_file_system(installed: Path) -> None:
    listed = run(installed / "psetpress", "list", cwd=Path("/"))
    assert "batchnorm_density" in listed


def test_a_set_is_built_from_another_folder(installed: Path, elsewhere: Path) -> None:
    run(installed / "psetpress", "build", "demo", "--seed", "1", "--out", "made", cwd=elsewhere)
    made = {path.name for path in (elsewhere / "made").iterdir()}
    assert made >= {"handout.pdf", "key.pdf", "rubric.pdf", "source.zip", "manifest.json"}
    assert (elsewhere / "made" / "key.pdf").read_bytes().startswith(b"%PDF-")


def test_a_new_workspace_works_with_it(installed: Path, elsewhere: Path) -> None:
    run(installed / "psetpress", "new", "course", cwd=elsewhere)
    run(installed / "psetpress", "build", "first", "--seed", "1", cwd=elsewhere / "course")
    assert (elsewhere / "course/out/first/handout.pdf").is_file()
