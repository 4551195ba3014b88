"""Proofs are never skipped: the hook of conftest.py, tried on modules that try to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SKIPS = {
    "a mark": "@pytest.mark.skip(reason='later')\ndef test_it():\n    pass",
    "a call": "def test_it():\n    pytest.skip('later')",
    "a fixture": "@pytest.fixture\ndef needed():\n    pytest.skip('later')\n\ndef test_it(needed):\n    pass",
    "no cases": "@pytest.mark.parametrize('name', [])\ndef test_it(name):\n    pass",
    "an expected failure": "@pytest.mark.xfail(reason='later')\ndef test_it():\n    assert False",
    "a whole module": "pytest.skip('later', allow_module_level=True)",
    "a missing library": "pytest.importorskip('no_such_library')",
}


def verdicts(folder: Path, module: str, text: str) -> str:
    """Return the last line of pytest's report on a module beside our conftest.py."""
    conftest = (Path(__file__).parent / "conftest.py").read_text(encoding="utf-8")
    (folder / "conftest.py").write_text(conftest, encoding="utf-8")
    (folder / module).write_text(f"import pytest\n\n{text}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(folder)]
    return subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("how", SKIPS)
def test_a_proof_that_is_skipped_fails(tmp_path: Path, how: str) -> None:
    output = verdicts(tmp_path, "test_contract.py", SKIPS[how])
    assert "a proof may not be skipped: " in output
    assert "1 failed" in output or "1 error" in output


def test_other_tests_may_be_skipped(tmp_path: Path) -> None:
    assert "1 skipped" in verdicts(tmp_path, "test_wheel.py", SKIPS["a call"])
