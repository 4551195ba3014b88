"""Which functions of the bank a road of a problem reaches: what ran, and what its code names.

What ran is exact for the variants given; what the code names covers the branches that they did not
take and the calls that a store on disk made unnecessary. A name is a function's place,
``solvers.convolution.exact.convolve``; a function inside another one counts as the outer one, and a lambda
is told by its line. Functions without a line in the bank (of a dataclass, of a named tuple) are none.
"""

from __future__ import annotations

import cProfile
import functools
import gc
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from psetpress import codec, proving
from psetpress.verify.bank import ours, place
from psetpress.verify.codewalk import Walk
from psetpress.verify.twins import twins
from psetpress.verify.unfollowed import forbidden

if TYPE_CHECKING:
    from psetpress.records import Problem

Road = Callable[[Any], object]


@dataclass(frozen=True)
class Reach:
    """What a road reaches in the bank.

    ``ran`` and ``named`` are functions, found by running the road and by following its code; ``constants`` are
    the names that modules give to data which is read on the way, ``classes`` those that the code names.
    """

    ran: frozenset[str]
    named: frozenset[str]
    constants: frozenset[str]
    classes: frozenset[str]

    @property
    def functions(self) -> frozenset[str]:
        """All functions reached, either way."""
        return self.ran | self.named

    def below(self, package: str) -> frozenset[str]:
        """Return the functions reached in a package, such as ``solvers``."""
        return frozenset(name for name in self.functions if name.startswith(f"{package}."))


def measure(road: Road, params: Iterable[Any]) -> Reach:
    """Return what ``road`` reaches for these parameters. Raises ProofError if it fails for one of them."""
    given = [codec.fresh(item) for item in params]
    walk = Walk()
    walk.follow(road, *given)
    for item in given[:1]:  # what it imports when it first runs is none of its calls
        proving.call("the road", road, item)
    forget()
    given = [codec.fresh(item) for item in params]
    with _recorded() as codes:
        for item in given:
            proving.call("the road", road, item)
    ran = frozenset(name for code in codes if (name := place(code)))
    return Reach(ran, frozenset(walk.functions), frozenset(walk.constants), frozenset(walk.classes))


def dependence(problem: Problem[Any], params: Sequence[Any]) -> Iterator[str]:
    """Yield why the oracle is no independent second road for these parameters.

    It may reach no function and no constant of the bank that ``solve`` reaches too, nor a known error, unless the
    record declares it neutral; nor a copy of what ``solve`` runs; and both may use only what can be followed.
    """
    solve, oracle = measure(problem.solve, params), measure(problem.oracle, params)
    shared = _shared(problem, solve, oracle)
    for name in sorted(shared - problem.neutral.keys()):
        yield f"the oracle is not independent: it reaches {name}, as solve does (or a known error does)"
    for name in sorted(problem.neutral.keys() - shared):
        yield f"{name} is declared neutral, but the two roads do not share it"
    for one, other in twins(solve.below("solvers"), oracle.below("solvers")):
        if one != other:
            yield f"the oracle is not independent: {other} is a copy of {one}"
    yield from forbidden(solve.functions | oracle.functions)


def _shared(problem: Problem[Any], solve: Reach, oracle: Reach) -> frozenset[str]:
    mistaken = frozenset(name for name in oracle.below("solvers") if ".wrong." in name)
    shared = (solve.functions & oracle.functions) | (solve.constants & oracle.constants) | mistaken
    return shared - _on_one_line(problem)


def _on_one_line(problem: Problem[Any]) -> frozenset[str]:
    """Return the name that two roads share because they are lambdas of one line."""
    codes = [getattr(road, "__code__", None) for road in (problem.solve, problem.oracle)]
    if None in codes or codes[0] == codes[1]:
        return frozenset()
    places = {place(code) for code in codes if code}
    return frozenset(name for name in places if name and "<lambda>" in name) if len(places) == 1 else frozenset()


def forget() -> None:
    """Empty every cache of the bank's functions, wherever it hangs, so that no call is saved."""
    wrapper = type(functools.cache(len))
    for item in gc.get_objects():
        if type(item) is wrapper and ours(item.__module__):
            item.cache_clear()


@contextmanager
def _recorded() -> Generator[set[CodeType]]:
    """Collect the code objects that run inside, in this thread and in those started by it."""
    codes: set[CodeType] = set()

    def note(frame: FrameType, *_: object) -> None:
        codes.add(frame.f_code)

    profile = cProfile.Profile(subcalls=False, builtins=False)
    threading.setprofile(note)
    profile.enable()
    try:
        yield codes
    finally:
        profile.disable()
        threading.setprofile(None)
    codes.update(entry.code for entry in profile.getstats() if isinstance(entry.code, CodeType))
