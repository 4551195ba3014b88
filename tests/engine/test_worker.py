"""One worker from the inside: it answers in pairs of result and error, and prints to nobody's report."""

from __future__ import annotations

import subprocess
import sys

import pytest

from psetpress import interrupts, worker
from psetpress.errors import PsetpressError

PRINTS = """
from psetpress import worker, workers
if __name__ == "__main__":
    print("report", list(workers.each(print, ["from a solver"], 1)))
"""

IS_KILLED = """
import os, time
from psetpress import workers
if __name__ == "__main__":
    for _ in workers.each(time.sleep, [0.0, 1.0], 2):
        os._exit(0)
"""


def leaves(_: int) -> None:
    raise SystemExit(0)


def test_code_that_leaves_has_failed() -> None:
    with pytest.raises(PsetpressError, match=r"^3: SystemExit: 0$"):
        worker.made(leaves, 3)
    result, error = worker._outcome(leaves, 3)
    assert result is None
    assert error is not None
    assert error.message == "3: SystemExit: 0"


@pytest.mark.parametrize("ending", [interrupts.Interrupted, interrupts.Terminated])
def test_what_the_user_or_the_system_wants_is_no_failure(ending: type[BaseException]) -> None:
    def ends(_: int) -> None:
        raise ending

    with pytest.raises(ending):
        worker.made(ends, 0)


def test_a_step_outside_of_a_worker_is_nobodys_business() -> None:
    worker.step(3)
    assert worker._place is None


def test_what_is_printed_in_a_worker_goes_to_standard_error() -> None:
    result = subprocess.run([sys.executable, "-c", PRINTS], capture_output=True, text=True, check=True)
    assert result.stdout == "report [None]\n"
    assert result.stderr == "from a solver\n"


def test_a_worker_whose_parent_is_gone_ends_without_a_word() -> None:
    result = subprocess.run([sys.executable, "-c", IS_KILLED], capture_output=True, text=True, check=True)
    assert result.stderr == ""
