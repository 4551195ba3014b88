"""What a web of objects was before somebody changed it: to put that back takes an eighth of the time of a copy."""

# The objects are anything that matplotlib keeps in its axes:
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

PACKAGES = ("matplotlib", "psetpress")
"""Whose objects belong to the web; it ends at all others."""


class Before:
    """The state of all that is reached from ``root``: attributes, lists, dictionaries, sets and arrays."""

    def __init__(self, root: object) -> None:
        self._states = [(thing, thing.copy()) for thing in _changeable(root)]

    def put_back(self) -> None:
        """Let everything hold what it held; what has come since is let go."""
        for thing, held in self._states:
            if isinstance(thing, (list, np.ndarray)):
                thing[:] = held
            else:
                thing.clear()
                thing.update(held)


def _changeable(root: object) -> Iterator[Any]:
    """Yield whatever is reached from ``root`` and can change, attributes as the dictionaries that they are kept in."""
    seen: dict[int, object] = {}  # they are held, so that no two have one address
    waiting = [root]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen[id(thing)] = thing
        if isinstance(thing, dict):
            waiting += thing.values()
            yield thing
        elif isinstance(thing, (list, set, tuple, frozenset)):
            waiting += thing
            if isinstance(thing, (list, set)):
                yield thing
        elif isinstance(thing, np.ndarray):
            if thing.flags.writeable:
                yield np.atleast_1d(thing)
        elif type(thing).__module__.partition(".")[0] in PACKAGES and hasattr(thing, "__dict__"):
            waiting.append(vars(thing))
