"""What verification demands of one variant: each check yields what is wrong, in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from psetpress import codec, interrupts, proving
from psetpress.answers import ResponseError
from psetpress.errors import PsetpressError
from psetpress.failures import described
from psetpress.verify import printed

if TYPE_CHECKING:
    from psetpress.answers import Kind
    from psetpress.drawing import Variant
    from psetpress.records import Part

MALFORMED = ("", "?", "1 / ", "((2", "\\frac{1}{", "3; [4", "no idea")
"""Responses that are no answer of any kind: each is refused with a message, or judged and found wrong."""


class Finding(NamedTuple):
    """A check that a variant fails, and why."""

    check: str
    says: str


def two_roads(variant: Variant) -> Iterator[str]:
    """Demand that the oracle agrees with ``solve`` in every answer."""
    yield from map(str, proving.disagreements(variant))


def misconceptions(variant: Variant) -> Iterator[str]:
    """Demand that misconceptions give other answers (a given variant may be blind to some)."""
    if variant.attempts:
        for name in proving.blind_spots(variant):
            yield f'misconception "{name}" gives the right answer'


def stored(variant: Variant) -> Iterator[str]:
    """Demand that parameters and answers survive JSON, and that the stored parameters lead to the same key."""
    data = json.loads(json.dumps(codec.dump(variant.params)))
    again = codec.load(variant.problem.params, data, variant.name)
    if again != variant.params:
        yield f"the parameters come back from JSON as {again}"
    answers = proving.solve(variant.problem, again, proving.kinds_of(variant.problem, again))
    for name, value in variant.answers.items():
        kind = variant.kinds[name]
        if kind.from_json(json.loads(json.dumps(kind.to_json(value)))) != value:
            yield f'answer "{name}" does not come back from JSON: {kind.text(value)}'
        if answers.get(name) != value:
            yield f'answer "{name}" changes when it is worked out again: {kind.text(value)}'


def read_back(variant: Variant) -> Iterator[str]:
    """Demand that the key follows from the parameters as a page prints them."""
    shown = printed.as_read(variant.params)
    answers = proving.solve(variant.problem, shown, proving.kinds_of(variant.problem, shown))
    for name, value in variant.answers.items():
        if answers.get(name) != value:
            yield f'answer "{name}" does not follow from the parameters as they are printed: {shown}'


def responses(variant: Variant) -> Iterator[str]:
    """Demand full marks for the own answer, none for a perturbed one, and a message for a malformed one."""
    for name, value in variant.answers.items():
        for problem in _judged(variant.kinds[name], value):
            yield f'answer "{name}": {problem}'


def _judged(kind: Kind[Any], value: Any) -> Iterator[str]:
    own, other = kind.text(value), kind.perturb(value)
    if kind.agrees(value, other):
        yield f"two roads would agree on {own} and {kind.text(other)}"
    if not kind.judge(value, own).ok:
        yield f"its own text {own} is not accepted"
    if kind.match(value, other).ok or kind.judge(value, kind.text(other)).ok:
        yield f"the wrong answer {kind.text(other)} is accepted for {own}"
    for text in MALFORMED:
        yield from _refused(kind, value, text)


def _refused(kind: Kind[Any], value: Any, text: str) -> Iterator[str]:
    try:
        if kind.judge(value, text).ok:
            yield f'the malformed response "{text}" is accepted'
    except ResponseError as error:
        if "Accepted: " not in error.message:
            yield f'the message for the malformed response "{text}" does not say what is accepted: {error.message}'


def degenerate(variant: Variant) -> Iterator[str]:
    """Demand that something is asked: no predicate rejects the variant, and no answer is trivial."""
    for reject in variant.problem.rejects if variant.attempts else ():
        if reject.test(variant.params):
            yield f'it should have been rejected: "{reject.name}"'
    for part in variant.problem.parts:
        if _computed(part, variant.problem.published) and not _computed(part, variant.params):
            yield f'part "{part.name}" asks for no computed answer, which the published variant does'
    for name, value in variant.answers.items():
        reason = variant.kinds[name].trivial(value)
        if reason and variant.attempts:
            yield f'answer "{name}" is {reason}'


def _computed(part: Part[Any], params: Any) -> bool:
    return any(kind.proved for kind in part.kinds(params).values())


Check = Callable[["Variant"], Iterator[str]]

CHECKS: Mapping[str, Check] = {
    "two roads": two_roads,
    "misconceptions": misconceptions,
    "stored": stored,
    "printed": read_back,
    "responses": responses,
    "degenerate": degenerate,
}
"""Every check of a variant by name, in the order in which they run."""


def examine(variant: Variant, checks: Mapping[str, Check] = CHECKS) -> list[Finding]:
    """Return everything that is wrong with ``variant``; code that fails is a finding, too."""
    return [Finding(name, says) for name, check in checks.items() for says in run(check, variant)]


def run(check: Check, variant: Variant) -> Iterator[str]:
    """Yield what ``check`` finds; code that fails is a finding, too."""
    try:
        yield from check(variant)
    except PsetpressError as error:
        yield error.message
    except interrupts.Terminated:
        raise
    except (Exception, SystemExit) as error:  # whatever code of a problem or of a kind raises is to be reported
        yield described(error)
