"""The command line as people meet it: commands, messages, exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from psetpress import workspace
from psetpress.cli import cli

HEAVY = ("torch", "matplotlib", "numpy", "sympy", "pydantic", "jinja2", "pylatex")

HELP_SECONDS = 0.15
"""What `--help` may take; the best of several runs, for the machine may be busy."""

SMALL = """
title = "Small"
course = "Deep Learning"
[[question]]
title = "Only one"
problem = ["batchnorm_density"]
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def process(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "psetpress", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def refused(path: Path, text: str, code: int = 2, out: str = "out") -> str:
    """Build a set file of ``text`` and return the one message, with nothing written."""
    path.write_text(text, encoding="utf-8")
    result = run("build", str(path), "--out", str(path.parent / out), "--documents", "source")
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert not (path.parent / out / "manifest.json").exists()
    return result.output


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom psetpress.cli import cli\n"
        "try:\n    cli(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"
    assert "Print problem sets" in result.stdout


def test_help_is_quick() -> None:
    def seconds() -> float:
        start = time.perf_counter()
        process("--help")
        return time.perf_counter() - start

    assert min(seconds() for _ in range(7)) < HELP_SECONDS


@pytest.mark.parametrize("command", ["list", "show", "build", "new", "doctor"])
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.output.startswith("Usage:")


def test_list_names_problems_and_sets() -> None:
    output = run("list").output
    assert "batchnorm_density" in output
    assert "cs182-hw3" in output.splitlines()[-1]


def test_list_as_json_filters_by_topic() -> None:
    data = json.loads(run("list", "--json", "--topic", "normalization").output)
    assert {"batchnorm_density", "batchnorm_contours"} <= {entry["name"] for entry in data["problems"]}
    assert all("normalization" in entry["topics"] for entry in data["problems"])
    assert "convolution_2d" not in {entry["name"] for entry in data["problems"]}


def test_list_of_an_unknown_topic_names_the_known_ones() -> None:
    result = run("list", "--topic", "normalisation")
    assert result.exit_code == 2
    assert 'no problem has the topic "normalisation" (did you mean "normalization"?)' in result.output


def test_show_prints_a_variant_that_the_seed_decides() -> None:
    one, again, other = (run("show", "batchnorm_density", "--seed", seed).output for seed in ("1", "1", "2"))
    assert one == again != other
    assert "Solution." not in one


def test_show_published_with_solution() -> None:
    output = run("show", "batchnorm_density", "--published", "--solution").output
    assert "N(3, 1)" in output.replace("𝒩", "N").replace("  ", " ")


def test_show_writes_a_pdf(tmp_path: Path) -> None:
    result = run("show", "batchnorm_density", "--pdf", str(tmp_path / "look.pdf"))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "look.pdf").read_bytes().startswith(b"%PDF")


def test_show_of_an_unknown_problem() -> None:
    result = run("show", "batchnorm_densty")
    assert result.exit_code == 2
    assert 'unknown problem "batchnorm_densty" (did you mean "batchnorm_density"?)' in result.output


def test_build_says_what_it_does_and_where_it_is(small: Path) -> None:
    out = small.parent / "out"
    result = run("build", str(small), "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "proving every answer" in result.output
    assert f"1 problem, every key proved: {out}" in result.output
    assert f"{out / 'handout.pdf'}" in result.output


def test_build_makes_only_the_wanted_documents_and_removes_what_is_stale(small: Path) -> None:
    out = small.parent / "out"
    (out).mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    run("build", str(small), "--out", str(out), "--documents", "source,handout")
    assert {path.name for path in out.iterdir()} == {"handout.pdf", "source.zip", "manifest.json", "notes.txt"}
    run("build", str(small), "--out", str(out), "--documents", "source")
    assert {path.name for path in out.iterdir()} == {"source.zip", "manifest.json", "notes.txt"}


def test_an_unknown_document(small: Path) -> None:
    result = run("build", str(small), "--documents", "handout,keys")
    assert result.exit_code == 2
    assert '"keys" is no document; choose from handout, key, rubric, source' in result.output


def test_an_unknown_set_names_the_known_ones() -> None:
    result = run("build", "cs182-hw4")
    assert result.exit_code == 2
    assert 'unknown set "cs182-hw4" (did you mean "cs182-hw3"?)' in result.output


def test_a_missing_set_file(tmp_path: Path) -> None:
    result = run("build", str(tmp_path / "none.toml"))
    assert result.exit_code == 2
    assert "none.toml does not exist" in result.output


BAD = {
    "unknown problem": ('problem = ["batchnorm_densty"]', 'unknown problem "batchnorm_densty" (did you mean'),
    "unknown key": ('problem = ["batchnorm_density"]\npoints = 3', 'question 1: unknown key "points"'),
    "wrong type": ("problem = 3", "question 1, problem: must be an array, [...], not 3"),
    "duplicate id": (
        'problem = ["batchnorm_density", "batchnorm_density"]',
        'id "batchnorm_density" is used twice; give one of them `id = "batchnorm_density-2"`',
    ),
    "unknown part": (
        'problem = [{use = "batchnorm_density", parts = ["densty"]}]',
        'unknown part "densty" (did you mean "density"?)',
    ),
    "unknown level": (
        'problem = [{use = "batchnorm_density", level = "medium"}]',
        'level: must be "easy", "standard" or "hard", not "medium"',
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_question_is_refused_by_message(small: Path, case: str) -> None:
    lines, message = BAD[case]
    text = f'title = "Bad"\n[[question]]\ntitle = "Only one"\n{lines}\n'
    assert message in refused(small, text)


def test_points_that_do_not_add_up(small: Path) -> None:
    output = refused(small, f"total = 5\n{SMALL}")
    assert "total = 5, but the points of the questions add up to 4 = 4" in output


def test_an_impossible_constraint_names_the_predicates(small: Path) -> None:
    text = SMALL.replace('["batchnorm_density"]', '[{use = "batchnorm_density", where = {gamma = 77}}]')
    output = refused(small, text, code=1)
    assert "batchnorm_density: no variant at level standard in 2000 attempts of stream small/" in output
    assert "where gamma = 77 does not hold: 2000" in output


def test_special_characters_in_titles_print_as_they_are(small: Path) -> None:
    import pypdfium2

    title = r"50% \input{/etc/passwd} & {x}_1 ~ ^ # $2 é 中"
    small.write_text(SMALL.replace("Small", title.replace("\\", "\\\\")), encoding="utf-8")
    out = small.parent / "out"
    result = run("build", str(small), "--out", str(out))
    assert result.exit_code == 0, result.output
    page = pypdfium2.PdfDocument(out / "handout.pdf")[0].get_textpage().get_text_bounded()
    assert r"50% \input{/etc/passwd} & {x}_1 ~ ^ # $2 é" in page
    assert "root:" not in page


def test_a_tex_error_in_the_authors_words_is_latexs_message(small: Path) -> None:
    small.write_text("instructions = '\\undefinedmacro'\n" + SMALL, encoding="utf-8")
    out = small.parent / "out"
    result = run("build", str(small), "--out", str(out))
    assert result.exit_code == 1
    assert "LaTeX: Undefined control sequence" in result.output
    assert "\\undefinedmacro" in result.output
    assert not (out / "manifest.json").exists()


def test_words_that_read_files_are_stopped(small: Path) -> None:
    small.write_text("instructions = '\\input{/etc/passwd}'\n" + SMALL, encoding="utf-8")
    result = run("build", str(small), "--out", str(small.parent / "out"))
    assert result.exit_code == 1
    assert "/etc/passwd" in result.output
    assert "root:" not in result.output


def test_a_folder_that_cannot_be_written(small: Path) -> None:
    blocked = small.parent / "file"
    blocked.write_text("", encoding="utf-8")
    result = run("build", str(small), "--out", str(blocked / "out"), "--documents", "source")
    assert result.exit_code == 1
    assert "cannot be written" in result.output


def test_a_set_file_whose_name_is_no_text(small: Path) -> None:
    path = small.rename(small.with_name("sm\udcffll.toml"))
    result = run("build", str(path), "--documents", "source")
    assert result.exit_code == 2
    assert "its name is not UTF-8" in result.output


def test_a_current_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    result = run("list")
    assert result.exit_code == 2
    assert "the current folder has been removed" in result.output


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(13, "Permission denied", "/locked"), "Error: /locked: Permission denied\n"),
        (OSError(28, "No space left on device"), "Error: No space left on device\n"),
    ],
)
def test_what_the_system_refuses_is_one_line(monkeypatch: pytest.MonkeyPatch, error: OSError, message: str) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(workspace, "activate", refuse)
    result = run("list")
    assert (result.exit_code, result.output) == (1, message)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_the_previous_output_whole(small: Path, sent: signal.Signals, code: int) -> None:
    out = small.parent / "out"
    run("build", str(small), "--out", str(out))
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    command = [sys.executable, "-m", "psetpress", "build", str(small), "--seed", "5", "--out", str(out)]
    scratch = small.parent / "tmp"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch)}
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=workspace.active().root, env=environment)
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("proving"):
            break
    os.kill(running.pid, sent)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == code
    assert "Traceback" not in errors
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert not list(scratch.glob("psetpress-*"))


@pytest.mark.parametrize(
    ("arguments", "code", "output"),
    [
        (("--version",), 0, "psetpress"),
        (("show", "nothing"), 2, "unknown problem"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_the_process_ends_with_the_commands_code_and_all_its_words(
    arguments: tuple[str, ...], code: int, output: str
) -> None:
    """Also through a pipe, which is written when the process ends."""
    result = process(*arguments)
    assert result.returncode == code
    assert output in result.stdout + result.stderr


def test_a_reader_that_has_gone_is_no_traceback() -> None:
    command = f"{sys.executable} -m psetpress list --json | head -c 1"
    result = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in result.stderr


# --- verify ------------------------------------------------------------------------------------


def test_verify_proves_and_reports(tmp_path: Path) -> None:
    files = {kind: tmp_path / "reports" / f"verify.{kind}" for kind in ("junit", "json", "html")}
    options = [option for kind, path in files.items() for option in (f"--{kind}", str(path))]
    result = run("verify", "batchnorm_density", "--variants", "30", "--jobs", "0", *options)
    assert result.exit_code == 0, result.output
    assert "30 variants of 1 problem: every key proved, every check passed" in result.output
    assert 'tests="3"' in files["junit"].read_text()
    assert json.loads(files["json"].read_text())["tried"] == 30
    assert "<title>psetpress verify</title>" in files["html"].read_text()


def test_verify_one_variant_again(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    """The command that a failure prints draws the same variant and fails again."""
    bank(toy=toy.variation(oracle=lambda p: {"sum": -1, "product": p.a * p.b}))
    failing = run("verify", "toy", "--level", "easy", "--seed", "7", "--variants", "1", "--jobs", "0")
    assert failing.exit_code == 1
    command = "psetpress verify toy --level easy --seed 7 --variants 1"
    assert f"again: {command}" in failing.output
    again = run(*command.split()[1:], "--jobs", "0")
    assert again.exit_code == 1
    finding = next(line for line in failing.output.splitlines() if "the oracle says -1" in line)
    assert finding in again.output


def test_verify_an_unknown_problem() -> None:
    result = run("verify", "batchnorm_densty")
    assert result.exit_code == 2
    assert 'unknown problem "batchnorm_densty" (did you mean "batchnorm_density"?)' in result.output


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--mutants", "--seed", "3"), "--mutants goes without --seed"),
        (("--mutants", "--level", "easy", "--html", "x"), "--mutants goes without --level, --html"),
        (("--manifest", "m.json", "fir_convolution"), "--manifest goes without PROBLEM"),
        (("--manifest", "m.json", "--mutants"), "--manifest goes without --mutants"),
        (("--variants", "0"), "Invalid value for '--variants'"),
    ],
)
def test_verify_refuses_options_without_effect(options: tuple[str, ...], says: str) -> None:
    result = run("verify", *options)
    assert result.exit_code == 2
    assert says in result.output


def test_verify_a_problem_at_a_level_that_it_does_not_have() -> None:
    result = run("verify", "--level", "hard", "own_network")
    assert (result.exit_code, result.output) == (2, "Error: own_network has no level hard; it has standard\n")


def test_verify_refuses_a_report_that_could_not_be_written(small: Path) -> None:
    result = run("verify", "--html", str(small / "verify.html"))
    assert result.exit_code == 1
    assert result.output == f"Error: --html: {small / 'verify.html'} cannot be written: Not a directory\n"


def test_verify_writes_a_report_to_standard_output() -> None:
    result = process("verify", "pooling_shapes", "--variants", "3", "--json", "-")
    assert json.loads(result.stdout)["tried"] == 3
    assert "every key proved" in result.stderr


NASTY = {
    "exit": ("os._exit(0)", "the worker process ended with exit code 0"),
    "crash": ("os.abort()", "the worker process was killed by signal 6 (Aborted)"),
    "key": ("raise KeyboardInterrupt", "KeyboardInterrupt (solvers/nasty.py, line 5)"),
}


@pytest.mark.parametrize("how", NASTY)
@pytest.mark.parametrize("variants", [60, 1])
def test_code_that_ends_its_worker_is_a_failure_and_all_else_is_reported(
    tmp_path: Path, made_up: str, how: str, variants: int
) -> None:
    """Nothing that a solver does may end `verify` with exit code 0; the command that is printed shows it again."""
    does, says = NASTY[how]
    solver = f"import os\n\n\ndef count(n):\n    {does}\n"
    files = {
        "problems/__init__.py": 'PROBLEMS = ("nasty",)\n',
        "problems/nasty.py": made_up,
        "solvers/__init__.py": "",
        "solvers/nasty.py": solver,
        "templates/problems/nasty.tex.j2": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    arguments = ["nasty", "pooling_shapes", "--level", "easy", "--variants", str(variants), "--junit", "found.xml"]
    result = process("verify", *arguments, cwd=tmp_path)
    assert result.returncode == 1, result.stderr
    assert says in result.stdout
    assert "again: psetpress verify nasty --level easy --seed 0 --variants 1" in result.stdout
    assert "Traceback" not in result.stderr
    report = (tmp_path / "found.xml").read_text()
    assert report.count("<failure") == 1
    assert 'name="pooling_shapes[easy]"' in report


@pytest.fixture
def made_up() -> str:
    """The file of a problem whose oracle is ``solvers.nasty.count``."""
    return """
from dataclasses import dataclass
from fractions import Fraction
from psetpress.answers import Integer
from psetpress.records import Part, Problem
from solvers import nasty

@dataclass(frozen=True)
class Params:
    n: int

PROBLEM = Problem[Params](
    title="Nasty", topics=("arithmetic",), source="made up", minutes=1,
    params=Params, draw=lambda rng, level: Params(int(rng.integers(100))), published=Params(1), edges=(Params(0),),
    solve=lambda p: {"n": p.n}, oracle=lambda p: {"n": nasty.count(p.n)},
    parts=(Part(name="one", points=Fraction(1), answers={"n": Integer()}),),
)
"""


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&- <&-"])
def test_standard_streams_that_are_closed_are_no_error(closed: str, tmp_path: Path) -> None:
    command = f"{sys.executable} -m psetpress verify pooling_shapes --variants 3 --json {tmp_path / 'x.json'} {closed}"
    result = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads((tmp_path / "x.json").read_text())["tried"] == 3


def test_verify_mutants() -> None:
    result = run("verify", "--mutants", "pooling_shapes", "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert re.search(r"(\d+) of \1 mutants caught", result.output)


def test_verify_an_issued_build(small: Path) -> None:
    out = small.parent / "out"
    assert run("build", str(small), "--out", str(out), "--documents", "source").exit_code == 0
    result = run("verify", "--manifest", str(out / "manifest.json"))
    assert result.exit_code == 0
    assert ": 0 changed, 0 variants not proved" in result.output
    missing = run("verify", "--manifest", str(out / "none.json"))
    assert missing.exit_code == 2
    assert "a manifest.json that `psetpress build` wrote is wanted" in missing.output


def wait_for_workers(running: subprocess.Popen[str]) -> None:
    """Wait until the process has started another; where the system does not tell, for long enough."""
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    if not children.exists():
        time.sleep(5)
    while children.exists() and not children.read_text():
        time.sleep(0.01)


@pytest.mark.parametrize("seconds", [0.0, 0.5, 6.0])
def test_an_interrupt_keeps_what_verification_found(tmp_path: Path, seconds: float) -> None:
    """At first the workers still start; an impatient user presses the keys more than once."""
    command = [sys.executable, "-m", "psetpress", "verify", "--variants", "100000", "--jobs", "2"]
    report = tmp_path / "found.json"
    running = subprocess.Popen(
        [*command, "--json", str(report)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for_workers(running)
    time.sleep(seconds)  # far from enough for three million variants
    pressed = time.monotonic()
    for _ in range(4):
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGINT)
        time.sleep(0.05)
    out, err = running.communicate(timeout=60)
    assert time.monotonic() - pressed < 3
    assert running.returncode == 130, err
    assert "interrupted after " in out
    assert err == ""
    found = json.loads(report.read_text())
    assert not found["complete"]
    assert found["tried"] < found["asked"]
