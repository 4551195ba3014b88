"""Every test runs in the workspace of the checkout (or of the installed bank)."""

from __future__ import annotations

import pytest

from psetpress import workspace

workspace.activate()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-golden", action="store_true", help="Write tests/golden anew instead of comparing.")
