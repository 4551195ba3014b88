"""No oracle shares code with its solve: what both get wrong in the same way would be proved.

`psetpress verify` demands the same with few variants; here many run every branch that is ever taken.
"""

from __future__ import annotations

import pytest

from psetpress import proving, registry, workspace
from psetpress.verify import whole

workspace.activate()
proving.prepare()

DRAWN = 30
"""Variants drawn at every level."""


@pytest.mark.parametrize("name", registry.names())
def test_an_oracle_reaches_nothing_that_solve_reaches(name: str) -> None:
    assert whole.examine(name, DRAWN) == []


@pytest.mark.parametrize("name", registry.names())
def test_what_is_neutral_has_a_reason(name: str) -> None:
    assert all(len(reason.split()) > 2 for reason in registry.load(name).neutral.values())
