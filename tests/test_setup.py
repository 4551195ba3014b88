"""The set-up behind `make`: what it installs, what it says where it cannot, and that it is quiet when done."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("sh", "env", "cat", "cksum", "dirname", "grep", "mktemp", "rm", "tail", "mkdir", "touch", "chmod")
APT_TEX = "texlive-latex-recommended texlive-fonts-recommended poppler-utils"


@dataclass
class Machine:
    """A make-believe machine: a checkout, and the only programs that exist on it."""

    checkout: Path
    programs: Path
    log: Path

    def program(self, name: str, script: str = "") -> None:
        """Add a program that notes how it was called, then does ``script``."""
        path = self.programs / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.log}"\n{script}\n')
        path.chmod(0o755)

    def tex(self) -> None:
        for name in ("pdflatex", "kpsewhich", "pdftotext"):
            self.program(name)

    def python(self, version_ok: bool = True) -> None:
        """Add a python3 that makes a virtual environment in which pip and the doctor succeed."""
        inner = f'#!/bin/sh\\necho "venv-python $*" >>"{self.log}"\\n'
        self.program(
            "python3",
            f"""case "$1" in
                -c) exit {0 if version_ok else 1} ;;
                -m) mkdir -p .venv/bin; printf '{inner}' >.venv/bin/python; chmod +x .venv/bin/python
                    echo "command = python3 -m venv $(pwd -P)/.venv" >.venv/pyvenv.cfg ;;
            esac""",
        )

    def user(self, number: int) -> None:
        self.program("id", f"echo {number}")

    def apt(self, brings: str) -> None:
        """Add an apt-get whose installation has the effect of the script ``brings``."""
        self.program("apt-get", f'case "$*" in *install*) {brings} ;; esac')

    def setup(self, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "build/setup.sh"],
            cwd=self.checkout,
            env={"PATH": str(self.programs)} | settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self, name: str) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    checkout, programs = tmp_path / "a checkout", tmp_path / "programs"
    (checkout / "build").mkdir(parents=True)
    for name in ("build/setup.sh", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, checkout / name)
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, f"{tool} is not on this machine"
        (programs / tool).symlink_to(found)
    made = Machine(checkout, programs, tmp_path / "log")
    made.user(1000)
    return made


BRINGS_TEX = 'for name in pdflatex kpsewhich pdftotext; do touch "{0}/$name"; chmod +x "{0}/$name"; done'


def test_all_there_means_python_packages_only(machine: Machine) -> None:
    machine.tex()
    machine.python()
    ran = machine.setup()
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [line.split(" ")[1] for line in ran.stdout.splitlines()] == ["making", "installing", "set-up"]
    installs = [call for call in machine.calls("venv-python") if "pip install" in call]
    assert [call.split("install ")[1] for call in installs] == [
        "-qq -r constraints.txt",
        "-qq -c constraints.txt --no-build-isolation -e .[dev]",
    ]
    assert "-m psetpress.doctor --quiet" in machine.calls("venv-python")


def test_the_second_time_it_says_nothing_and_installs_nothing(machine: Machine) -> None:
    machine.tex()
    machine.python()
    machine.setup()
    before = len(machine.calls("venv-python"))
    ran = machine.setup()
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert len(machine.calls("venv-python")) == before


@pytest.mark.parametrize("changed", ["constraints.txt", "pyproject.toml"])
def test_a_changed_pin_installs_again_into_the_same_environment(machine: Machine, changed: str) -> None:
    machine.tex()
    machine.python()
    machine.setup()
    with (machine.checkout / changed).open("a") as file:
        file.write("# changed\n")
    said = machine.setup().stdout
    assert "installing Python packages" in said
    assert "making a virtual environment" not in said


def test_a_moved_checkout_gets_a_new_environment(machine: Machine) -> None:
    machine.tex()
    machine.python()
    machine.setup()
    machine.checkout = machine.checkout.rename(machine.checkout.with_name("moved"))
    assert "making a virtual environment" in machine.setup().stdout


def test_a_failed_installation_is_tried_again(machine: Machine) -> None:
    machine.tex()
    machine.python()
    machine.setup()
    (machine.checkout / ".venv/psetpress-setup").unlink()
    (machine.checkout / ".venv/bin/python").write_text('#!/bin/sh\ncase "$*" in *install*) exit 7 ;; esac\n')
    assert machine.setup().returncode == 7
    assert machine.setup().returncode == 7


def test_root_on_debian_installs_the_smallest_set(machine: Machine) -> None:
    machine.python()
    machine.user(0)
    machine.apt(BRINGS_TEX.format(machine.programs))
    ran = machine.setup()
    assert ran.returncode == 0, ran.stderr
    assert f"psetpress: installing with apt: {APT_TEX}" in ran.stdout
    update, install = machine.calls("apt-get")
    assert update.startswith("update")
    assert install.endswith(f" {APT_TEX}")
    assert "--no-install-recommends" in install
    assert "-y" in install.split()


def test_what_only_tests_need_is_installed_where_apt_can_and_not_asked_for_elsewhere(machine: Machine) -> None:
    machine.tex()
    machine.python()
    (machine.programs / "pdftotext").unlink()
    ran = machine.setup()
    assert (ran.returncode, ran.stderr) == (0, "")
    machine.user(0)
    machine.apt("true")
    assert machine.setup().returncode == 0
    assert machine.calls("apt-get")[1].endswith("DPkg::Lock::Timeout=300 poppler-utils")


def test_python_comes_with_apt_too(machine: Machine) -> None:
    machine.tex()
    machine.user(0)
    machine.python()
    (machine.programs / "python3").rename(machine.programs / "kept")
    machine.apt(f'[ -e "{machine.programs}/python3" ] || ln -s kept "{machine.programs}/python3"')
    (machine.programs / "ln").symlink_to(shutil.which("ln") or "")
    ran = machine.setup()
    assert ran.returncode == 0, ran.stderr
    assert machine.calls("apt-get")[1].endswith(" python3 python3-venv")


def test_sudo_is_used_where_it_asks_nothing(machine: Machine) -> None:
    machine.python()
    machine.apt(BRINGS_TEX.format(machine.programs))
    machine.program("sudo", '[ "$1" = -n ] && shift; [ "$1" = true ] || "$@"')
    ran = machine.setup()
    assert ran.returncode == 0, ran.stderr
    assert [call.split(" ")[0] for call in machine.calls("sudo")] == ["-n", "apt-get", "env"]


@pytest.mark.parametrize("case", ["no apt", "no root", "sudo wants a password"])
def test_elsewhere_it_says_what_to_install_and_stops(machine: Machine, case: str) -> None:
    machine.python()
    if case != "no apt":
        machine.apt("exit 9")
    if case == "sudo wants a password":
        machine.program("sudo", "exit 1")
    ran = machine.setup()
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("psetpress: missing here: LaTeX (pdflatex, microtype, the recommended fonts)\n")
    assert f"sudo apt-get install --no-install-recommends python3 python3-venv {APT_TEX}" in ran.stderr
    assert "brew install --cask basictex" in ran.stderr
    assert machine.calls("apt-get") == []
    assert not (machine.checkout / ".venv").exists()


def test_a_python_that_is_too_old_is_said(machine: Machine) -> None:
    machine.tex()
    machine.python(version_ok=False)
    ran = machine.setup()
    assert ran.returncode == 1
    assert ran.stderr.startswith("psetpress: missing here: Python 3.11 or newer with venv\n")


def test_a_debian_whose_python_is_too_old_is_said_after_trying(machine: Machine) -> None:
    machine.tex()
    machine.user(0)
    machine.python(version_ok=False)
    machine.apt("true")
    ran = machine.setup()
    assert ran.returncode == 1
    assert "missing here: Python 3.11 or newer with venv\n" in ran.stderr


def test_a_chosen_python_is_the_only_one_that_will_do(machine: Machine) -> None:
    machine.tex()
    machine.python()
    assert "(PYTHON=python9 is not)" in machine.setup(PYTHON="python9").stderr
    assert machine.setup(PYTHON="python3").returncode == 0


def test_an_apt_that_fails_shows_its_last_words(machine: Machine) -> None:
    machine.python()
    machine.user(0)
    machine.apt("echo E: Unable to locate package; exit 100")
    ran = machine.setup()
    assert ran.returncode == 1
    assert "E: Unable to locate package" in ran.stderr
    assert "apt-get could not install these packages" in ran.stderr


def test_an_apt_source_that_is_out_of_reach_need_not_matter(machine: Machine) -> None:
    machine.python()
    machine.user(0)
    brings = BRINGS_TEX.format(machine.programs)
    machine.program("apt-get", f'case "$*" in *update*) exit 100 ;; *install*) {brings} ;; esac')
    assert machine.setup().returncode == 0


def test_make_alone_lists_the_targets() -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    ran = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    targets = [line.split()[1] for line in ran.stdout.splitlines()]
    assert targets == ["handouts", "test", "bench", "setup", "pictures", "clean"]


def test_the_script_is_plain_sh() -> None:
    shell = shutil.which("dash")
    if shell is None or sys.platform != "linux":
        pytest.skip("dash, Debian's sh, is not installed")
    assert subprocess.run([shell, "-n", ROOT / "build/setup.sh"], check=False).returncode == 0
