"""Every test runs in the workspace of the checkout (or of the installed bank), with a cache of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

from psetpress import workspace

# What is trained once is kept for one run of the tests, and never in the user's own cache. Modules are
# collected before any fixture runs, so this cannot wait for one.
CACHE = tempfile.mkdtemp(prefix="psetpress-cache-")
os.environ["PSETPRESS_CACHE"] = CACHE

workspace.activate()

settings.register_profile("shared", deadline=None)  # other work on the machine must not fail a test
settings.load_profile("shared")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-golden", action="store_true", help="Write tests/golden anew instead of comparing.")


PROOFS = ("test_contract.py", "test_golden_streams.py", "test_independence.py")
"""What every problem must pass. A proof that is skipped, or expected to fail, is no proof."""


def _proved(path: str, report: Any) -> Any:
    if report.skipped and path.endswith(PROOFS):
        report.outcome = "failed"
        report.longrepr = f"a proof may not be skipped: {getattr(report, 'wasxfail', '') or report.longrepr[-1]}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Let skipped proofs fail, also those that are expected to fail or have no cases."""
    return _proved(str(item.path), (yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Let whole modules of proofs that skip themselves fail."""
    return _proved(str(collector.path), (yield))


def pytest_unconfigure() -> None:
    shutil.rmtree(CACHE, ignore_errors=True)
