"""Every test runs in the workspace of the checkout (or of the installed bank), with a cache of its own."""

from __future__ import annotations

import os
import shutil
import tempfile

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


def pytest_unconfigure() -> None:
    shutil.rmtree(CACHE, ignore_errors=True)
