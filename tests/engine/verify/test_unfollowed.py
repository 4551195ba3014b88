"""What leads from one road to the other unseen is refused, with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from psetpress import workspace
from psetpress.records import Problem
from psetpress.verify.unfollowed import forbidden

MadeUp = Callable[..., Problem]


def found(made_up: MadeUp, oracle: str) -> list[str]:
    made_up({"exact": "def answer(n):\n    return n", "oracle": oracle})
    return list(forbidden(["solvers.made_up.oracle.answer", "problems.made_up.<lambda>:28"]))


@pytest.mark.parametrize(
    ("code", "line", "used"),
    [
        ("def answer(n):\n    return eval('n')", 2, "eval()"),
        ("def answer(n):\n    exec('')\n    return n", 2, "exec()"),
        ("import subprocess\n\ndef answer(n):\n    return n", 1, "subprocess"),
        ("def answer(n):\n    from pickle import loads\n    return n", 2, "pickle"),
        ("import gc as rubbish\n\ndef answer(n):\n    return n", 1, "gc"),
        ("from multiprocessing.pool import Pool\n\ndef answer(n):\n    return n", 1, "multiprocessing.pool"),
        ("from psetpress.answers import Integer\n\ndef answer(n):\n    return n", 1, "psetpress.answers"),
    ],
)
def test_it_is_named_with_its_line(made_up: MadeUp, code: str, line: int, used: str) -> None:
    place = f"solvers/made_up/oracle.py, line {line}"
    assert found(made_up, code) == [f"{place}: a solver may not use {used}: nobody sees where it leads"]


def test_a_module_beside_the_bank_is_refused(made_up: MadeUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both roads could share it, and only the bank is compared."""
    (tmp_path / "common.py").write_text("def helper(n):\n    return n\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(workspace, "active", lambda: SimpleNamespace(root=tmp_path))
    (message,) = found(made_up, "import common\n\ndef answer(n):\n    return common.helper(n)")
    assert message.startswith("solvers/made_up/oracle.py, line 1: a solver may not use common:")


def test_libraries_and_the_bank_are_allowed(made_up: MadeUp) -> None:
    code = "import math\nimport numpy as np\nfrom . import exact\nfrom solvers.made_up import exact as e\n"
    assert found(made_up, f"{code}\ndef answer(n):\n    return n") == []


def test_a_method_called_eval_is_none_of_it(made_up: MadeUp) -> None:
    """`network.eval()` puts a torch module into its mode for inference."""
    assert found(made_up, "def answer(n):\n    return n.eval()") == []
