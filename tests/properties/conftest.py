"""What the properties share: torch on one thread, imported only where a property needs it."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def torch() -> Iterator[ModuleType]:
    """Give torch with one thread, and the threads back: on layers this small they only wait for each other."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield torch
    torch.set_num_threads(threads)
