"""The doctor finds what is missing and names the command that mends it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import namedtuple
from importlib import metadata
from pathlib import Path

import pytest

from psetpress import doctor
from psetpress.doctor import Check

ROOT = Path(__file__).resolve().parents[1]
needs_tex = pytest.mark.skipif(shutil.which("kpsewhich") is None, reason="TeX is not installed")


def by_name(found: tuple[Check, ...]) -> dict[str, Check]:
    return {check.name: check for check in found}


@pytest.fixture
def no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it; the folder is returned, so that a test may put programs there."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    return programs


def program(folder: Path, name: str, script: str = "") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


# --- here --------------------------------------------------------------------------------------


@needs_tex
def test_this_machine_is_healthy(tmp_path: Path) -> None:
    found = doctor.checks(tmp_path / "out")
    assert [check for check in found if check.status == "missing"] == []
    assert doctor.healthy(found)
    assert doctor.report(found).endswith("Everything that psetpress needs is here.")


def test_every_requirement_is_checked() -> None:
    required = {re.split(r"[<>=\[;]", line)[0] for line in metadata.requires("psetpress") or [] if "extra" not in line}
    assert required >= {"torch", "click", "jinja2"}
    assert required <= set(by_name(doctor.checks()))


def test_torch_is_not_imported() -> None:
    code = "import sys; from psetpress import doctor; doctor.checks(); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "False\n"


# --- the lists are those of the files that need them -------------------------------------------


def test_all_that_the_class_loads_is_looked_for() -> None:
    sources = [*ROOT.glob("templates/**/*.cls"), *ROOT.glob("templates/**/*.j2"), *ROOT.glob("templates/**/*.tex")]
    assert sources, "there are no templates"
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    packages = re.findall(r"\\(?:RequirePackage|usepackage)(?:\[[^]]*\])?\{([^}]+)\}", text)
    loaded = {f"{name.strip()}.sty" for names in packages for name in names.split(",")}
    loaded |= {f"{name}.cls" for name in re.findall(r"\\LoadClass(?:\[[^]]*\])?\{([^}]+)\}", text)}
    assert loaded
    assert loaded <= set(doctor.LATEX)


def test_setup_installs_what_the_doctor_prescribes() -> None:
    script = (ROOT / "build/setup.sh").read_text(encoding="utf-8")
    installed = re.search(r'^APT_TEX="(.*)"$', script, re.MULTILINE)
    assert installed
    assert installed[1] == doctor.APT_TEX


# --- elsewhere ---------------------------------------------------------------------------------


def test_without_tex_everything_of_tex_is_missing(no_programs: Path) -> None:
    found = by_name(doctor.checks())
    assert {found[name].status for name in ("pdflatex", "LaTeX packages", "fonts")} == {"missing"}
    assert found["pdftotext"].status == "optional"
    assert not doctor.healthy(tuple(found.values()))


@pytest.mark.parametrize(
    ("platform", "programs", "user", "command"),
    [
        ("linux", ["apt-get"], 0, f"apt-get update && apt-get install --no-install-recommends {doctor.APT_TEX}"),
        (
            "linux",
            ["apt-get"],
            1000,
            f"sudo apt-get update && sudo apt-get install --no-install-recommends {doctor.APT_TEX}",
        ),
        ("linux", [], 0, f"install what Debian calls {doctor.APT_TEX} with this system's package manager"),
        (
            "darwin",
            ["apt-get"],
            501,
            "brew install --cask basictex && "
            "sudo tlmgr install collection-latexrecommended collection-fontsrecommended",
        ),
    ],
)
def test_the_command_that_mends_is_the_systems_own(
    no_programs: Path,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    programs: list[str],
    user: int,
    command: str,
) -> None:
    for name in programs:
        program(no_programs, name)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert by_name(doctor.checks())["pdflatex"].mend == command


def test_missing_latex_files_are_named(no_programs: Path) -> None:
    there = "\n".join(f"/texmf/{name}" for name in doctor.LATEX if name not in ("microtype.sty", "booktabs.sty"))
    program(no_programs, "kpsewhich", f"echo '{there}'; exit 1")
    found = by_name(doctor.checks())["LaTeX packages"]
    assert not found.ok
    assert found.found == "without booktabs.sty, microtype.sty"


def test_a_pdflatex_that_does_not_run_is_missing(no_programs: Path) -> None:
    program(no_programs, "pdflatex", "exit 3")
    assert by_name(doctor.checks())["pdflatex"].found == f"{no_programs / 'pdflatex'} does not run"


def test_a_pdflatex_that_hangs_is_missing(no_programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(no_programs, "pdflatex", "exec /bin/sleep 60")
    monkeypatch.setattr(doctor, "TEX_SECONDS", 0.2)
    assert not by_name(doctor.checks())["pdflatex"].ok


# --- Python packages ---------------------------------------------------------------------------


def with_versions(monkeypatch: pytest.MonkeyPatch, required: list[str], versions: dict[str, str]) -> dict[str, Check]:
    def version(name: str) -> str:
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(metadata, "requires", lambda _: required)
    monkeypatch.setattr(metadata, "version", version)
    return by_name(doctor.checks())


@pytest.mark.parametrize(
    ("version", "ok"),
    [("2.5", True), ("2.13.0+cpu", True), ("3.0", True), ("2.4.9", False), ("1.99", False), ("2.10", True)],
)
def test_versions_are_compared_as_numbers(monkeypatch: pytest.MonkeyPatch, version: str, ok: bool) -> None:
    found = with_versions(monkeypatch, ["torch>=2.5", 'pytest; extra == "dev"'], {"torch": version})
    assert found["torch"].ok is ok
    assert "pytest" not in found


def test_a_missing_package_comes_with_pip_for_this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    found = with_versions(monkeypatch, ["torch>=2.5"], {})["torch"]
    assert found.found == "not installed; 2.5 or newer is needed"
    assert found.mend == f'{sys.executable} -m pip install "torch>=2.5"'


def test_psetpress_itself_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def requires(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", requires)
    assert by_name(doctor.checks())["psetpress"].status == "missing"


# --- where results go --------------------------------------------------------------------------


def test_an_output_folder_that_is_not_there_yet_will_do(tmp_path: Path) -> None:
    assert by_name(doctor.checks(tmp_path / "new" / "deep"))["output"].ok


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    found = by_name(doctor.checks(tmp_path / "out"))["output"]
    assert found.found == f"{tmp_path / 'out'} is not a folder"
    assert found.mend == "build elsewhere: psetpress build SET --out DIR"


def test_a_read_only_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    assert by_name(doctor.checks(tmp_path / "out"))["output"].found == f"{tmp_path} may not be written"


@pytest.mark.parametrize(
    ("free", "ok", "said"), [(50, False, "50 MB; 200 MB are needed"), (300, True, "300 MB"), (5120, True, "5.0 GB")]
)
def test_free_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, ok: bool, said: str) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, free * 2**20))
    found = by_name(doctor.checks(tmp_path))["free space"]
    assert (found.ok, found.found) == (ok, said)


# --- the report --------------------------------------------------------------------------------

SICK = (
    Check("Python", True, "3.11"),
    Check("pdflatex", False, "not on PATH", "get it"),
    Check("pdftotext", False, "not on PATH", "get that", required=False),
)


def test_the_report_is_aligned_and_ends_with_the_verdict() -> None:
    assert doctor.report(SICK).splitlines() == [
        "ok        Python     3.11",
        "missing   pdflatex   not on PATH",
        "                     -> get it",
        "optional  pdftotext  not on PATH",
        "                     -> get that",
        "",
        "Missing: pdflatex.",
    ]


def test_what_is_optional_does_not_make_ill() -> None:
    assert not doctor.healthy(SICK)
    assert doctor.healthy((SICK[0], SICK[2]))


@pytest.mark.parametrize(
    ("found", "arguments", "code", "prints"),
    [(SICK, [], 1, True), (SICK, ["--quiet"], 1, True), (SICK[:1], [], 0, True), (SICK[:1], ["--quiet"], 0, False)],
)
def test_the_exit_code_and_quiet(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    found: tuple[Check, ...],
    arguments: list[str],
    code: int,
    prints: bool,
) -> None:
    monkeypatch.setattr(doctor, "checks", lambda: found)
    assert doctor.main(arguments) == code
    assert bool(capsys.readouterr().out) is prints
