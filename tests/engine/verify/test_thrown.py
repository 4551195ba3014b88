"""A predicate, or a misconception, that throws away the draws on which the key is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from psetpress import drawing
from psetpress.records import Reject
from psetpress.streams import seeded
from psetpress.verify.thrown import disputed


def told(problem: Any, seeds: int = 40) -> Iterator[str]:
    for seed in range(seeds):
        stream = seeded("toy", seed)
        yield from disputed(drawing.draw("toy", problem, "easy", stream), stream)


def test_honest_predicates_hide_nothing(toy: SimpleNamespace) -> None:
    assert list(told(toy.PROBLEM)) == []


def test_a_predicate_that_hides_a_wrong_key_is_found(toy: SimpleNamespace) -> None:
    hiding = toy.variation(
        solve=lambda p: {"sum": p.a + p.b + (p.a == 3), "product": p.a * p.b},
        rejects=(Reject(name="too plain", test=lambda p: p.a in (0, 3) or p.b == 0),),
    )
    says = list(told(hiding))
    assert says
    assert all(
        "a rejected draw (attempt " in message and 'hides a wrong key: answer "sum"' in message for message in says
    )
    assert all("Params(a=3, " in message for message in says)


def test_a_misconception_that_hides_a_wrong_key_is_found(toy: SimpleNamespace) -> None:
    """Where solve errs as the misconception does, the draw counts as blind and is thrown away."""
    hiding = toy.variation(solve=lambda p: {"sum": p.a * p.b if p.a == 3 else p.a + p.b, "product": p.a * p.b})
    assert any("Params(a=3, " in message for message in told(hiding))


def test_a_draw_that_cannot_be_solved_is_rightly_refused(toy: SimpleNamespace) -> None:
    def solve(p: Any) -> dict[str, int]:
        if not p.a:
            raise ZeroDivisionError
        return {"sum": p.a + p.b, "product": p.a * p.b}

    assert list(told(toy.variation(solve=solve))) == []
