"""What a problem must be as a whole: its oracle a second road."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from psetpress.answers import Written
from psetpress.records import Part, Problem
from psetpress.verify.checks import Finding
from psetpress.verify.whole import examine

MadeUp = Callable[..., Problem]

EXACT = "def double(n):\n    return 2 * n\n\ndef answer(n):\n    return double(n)\n"
SAME = "from solvers.made_up.exact import double\n\ndef answer(n):\n    return -double(-n)\n"
HONEST = "def answer(n):\n    return sum((n, n))\n"


def test_an_independent_oracle_passes(made_up: MadeUp, bank: Callable[..., None]) -> None:
    bank(made_up=made_up({"exact": EXACT, "oracle": HONEST}))
    assert examine("made_up") == []


def test_an_oracle_that_is_the_same_road_is_named(made_up: MadeUp, bank: Callable[..., None]) -> None:
    bank(made_up=made_up({"exact": EXACT, "oracle": SAME}))
    says = (
        "the oracle is not independent: it reaches solvers.made_up.exact.double, as solve does (or a known error does)"
    )
    assert examine("made_up") == [Finding("independence", says)]


def test_an_oracle_that_fails_is_a_finding(made_up: MadeUp, bank: Callable[..., None]) -> None:
    bank(made_up=made_up({"exact": EXACT, "oracle": "def answer(n):\n    return 6 // (n - 3)\n"}))
    (finding,) = examine("made_up")
    assert finding.check == "independence"
    assert finding.says.startswith("the road fails: ZeroDivisionError")


def test_what_has_no_computed_answer_needs_no_second_road(toy: SimpleNamespace, bank: Callable[..., None]) -> None:
    written = Part(name="essay", points=1, answers={"reason": Written()})
    bank(toy=toy.variation(parts=(written,), solve=lambda p: {}, oracle=lambda p: {}, misconceptions=()))
    assert examine("toy") == []
