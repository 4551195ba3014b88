"""What a road reaches: every way to call a function, and no way that is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from psetpress.proving import ProofError
from psetpress.records import Problem
from psetpress.verify import reach

MadeUp = Callable[..., Problem]

EXACT = """
from __future__ import annotations

from functools import cache, partial

LIMIT = 2


def twice(n):
    return 2 * n


@cache
def kept(n):
    return twice(n)


class Number:
    def __init__(self, n):
        self.n = n

    @property
    def doubled(self):
        return twice(self.n)

    @classmethod
    def of(cls, n):
        return cls(n).doubled

    def __add__(self, other):
        return twice(self.n)


doubling = partial(twice)
ROADS = {"double": lambda n: 2 * n}
POWERS = tuple(twice(k) for k in range(LIMIT))


def answer(n):
    return kept(n) * ROADS["double"](n) + doubling(n) + Number.of(n) + (Number(n) + 1)
"""

HONEST = """
from collections import Counter


def answer(n):
    steps = (n * n * 4, n, n, n, n, n, n)
    return sum(Counter(dict(enumerate(steps))).values())
"""

THROUGH = {
    "an import alias": (
        "from solvers.made_up.exact import twice as other\n\ndef answer(n):\n    return other(n)",
        "twice",
    ),
    "a module alias": ("import solvers.made_up.exact as e\n\ndef answer(n):\n    return e.twice(n)", "twice"),
    "a late import": ("def answer(n):\n    from solvers.made_up import exact\n    return exact.twice(n)", "twice"),
    "a relative import": ("def answer(n):\n    from .exact import twice as t\n    return t(n)", "twice"),
    "a property": (
        "from solvers.made_up import exact\n\ndef answer(n):\n    return exact.Number(n).doubled",
        "Number.doubled",
    ),
    "an operator": (
        "from solvers.made_up import exact\n\ndef answer(n):\n    return exact.Number(n) + 1",
        "Number.__add__",
    ),
    "a class method": (
        "from solvers.made_up.exact import Number\n\ndef answer(n):\n    return Number.of(n)",
        "Number.of",
    ),
    "a cache": ("from solvers.made_up.exact import kept\n\ndef answer(n):\n    return kept(n)", "kept"),
    "a lambda": (
        "from solvers.made_up import exact\n\nROAD = lambda n: exact.twice(n)\n\ndef answer(n):\n    return ROAD(n)",
        "twice",
    ),
    "a table": (
        'from solvers.made_up.exact import ROADS\n\ndef answer(n):\n    return ROADS["double"](n)',
        "<lambda>:35",
    ),
    "a partial call": (
        "from functools import partial\nfrom solvers.made_up import exact\n\nroad = partial(exact.twice)\n\n"
        "def answer(n):\n    return road(n)",
        "twice",
    ),
    "another's partial call": (
        "from solvers.made_up.exact import doubling\n\ndef answer(n):\n    return doubling(n)",
        "twice",
    ),
    "a default": (
        "from solvers.made_up import exact\n\ndef answer(n, road=exact.twice):\n    return road(n)",
        "twice",
    ),
    "a closure": (
        "from solvers.made_up import exact\n\ndef made(road):\n    return lambda n: road(n)\n\n"
        "answer = made(exact.twice)",
        "twice",
    ),
    "a decorator": (
        "from functools import wraps\nfrom solvers.made_up import exact\n\ndef road(f):\n"
        "    @wraps(f)\n    def inner(n):\n        return f(n)\n    return inner\n\nanswer = road(exact.twice)",
        "twice",
    ),
    "importlib by name": (
        'import importlib\n\ndef answer(n):\n    return importlib.import_module("solvers.made_up.exact").twice(n)',
        "twice",
    ),
    "importlib by a name put together": (
        'from importlib import import_module\n\nPARTS = ("solvers", "made_up.exact")\n\n'
        'def answer(n):\n    return import_module(".".join(PARTS)).twice(n)',
        "twice",
    ),
    "getattr": (
        'from solvers.made_up import exact\n\ndef answer(n):\n    return getattr(exact, "twi" + "ce")(n)',
        "twice",
    ),
    "methodcaller": (
        'from operator import methodcaller\nfrom solvers.made_up import exact\n\nroad = methodcaller("twice", 1)\n\n'
        "def answer(n):\n    return road(exact)",
        "twice",
    ),
    "a branch not taken": (
        "from solvers.made_up import exact\n\ndef answer(n):\n    return exact.twice(n) if n > 10 ** 9 else 2 * n",
        "twice",
    ),
    "a constant that it made": (
        "from solvers.made_up.exact import POWERS\n\ndef answer(n):\n    return POWERS[0]",
        "twice",
    ),
    "another thread": (
        "from concurrent.futures import ThreadPoolExecutor\n\ndef answer(n):\n"
        '    name = "solvers.made_up.ex" + "act"\n'
        "    import importlib\n    with ThreadPoolExecutor(1) as pool:\n"
        "        return pool.submit(lambda: importlib.import_module(name).twice(n)).result()",
        "twice",
    ),
    "what the library calls": (
        "import json\nfrom solvers.made_up import exact\n\nclass Encoder(json.JSONEncoder):\n"
        "    def default(self, o):\n        return exact.twice(1)\n\n"
        "def answer(n):\n    return Encoder().encode(n)",
        "twice",
    ),
}


def says(problem: Problem) -> list[str]:
    return list(reach.dependence(problem, [problem.published, *problem.edges]))


def shared(*names: str) -> list[str]:
    return [
        f"the oracle is not independent: it reaches solvers.made_up.{name}, as solve does (or a known error does)"
        for name in names
    ]


@pytest.mark.parametrize(("oracle", "function"), THROUGH.values(), ids=THROUGH)
def test_an_oracle_that_calls_the_first_road_is_caught(made_up: MadeUp, oracle: str, function: str) -> None:
    problem = made_up({"exact": EXACT, "oracle": oracle})
    assert says(problem)
    assert {*shared(f"exact.{function}")} <= {*says(problem)}


def test_an_honest_oracle_passes(made_up: MadeUp) -> None:
    assert says(made_up({"exact": EXACT, "oracle": HONEST})) == []


def test_two_roads_may_be_lambdas_of_one_line_but_not_one_lambda(made_up: MadeUp) -> None:
    problem = made_up({"exact": EXACT, "oracle": HONEST})
    first, second = eval("(lambda p: {'answer': p.n}), (lambda p: {'answer': 2 * p.n // 2})")
    assert says(replace(problem, solve=first, oracle=second)) == []
    (message,) = says(replace(problem, oracle=problem.solve))[:1]
    assert message.startswith("the oracle is not independent: it reaches problems.made_up.<lambda>:28, as solve does")


def test_an_oracle_may_call_no_misconception(made_up: MadeUp) -> None:
    oracle = "from solvers.made_up import wrong\n\ndef answer(n):\n    return wrong.thrice(n)"
    problem = made_up({"exact": EXACT, "oracle": oracle, "wrong": "def thrice(n):\n    return 3 * n"})
    assert says(problem) == shared("wrong.thrice")


LAYERS = """
from dataclasses import dataclass, field

WIDTH = 3


@dataclass(frozen=True)
class Layer:
    n: int
    more: list = field(default_factory=list)
"""


def test_data_classes_may_be_shared(made_up: MadeUp) -> None:
    road = "from solvers.made_up.layers import Layer\n\ndef answer(n):\n    return {}"
    modules = {"layers": LAYERS, "exact": road.format("Layer(n).n"), "oracle": road.format("-Layer(-n).n")}
    assert says(made_up(modules)) == []


def test_constants_may_be_shared_if_the_record_says_why(made_up: MadeUp) -> None:
    road = "from solvers.made_up.layers import WIDTH\n\ndef answer(n):\n    return {}"
    problem = made_up({"layers": LAYERS, "exact": road.format("WIDTH * n"), "oracle": road.format("n * WIDTH")})
    assert says(problem) == shared("layers.WIDTH")
    name = "solvers.made_up.layers.WIDTH"
    assert says(replace(problem, neutral={name: "the question prints it"})) == []
    assert says(replace(problem, neutral={name: "the question prints it", "solvers.made_up.layers.N": "unused"})) == [
        "solvers.made_up.layers.N is declared neutral, but the two roads do not share it"
    ]


def test_everything_that_ran_is_named_by_the_code(made_up: MadeUp) -> None:
    problem = made_up({"exact": EXACT, "oracle": HONEST})
    found = reach.measure(problem.solve, [problem.published])
    names = {"twice", "kept", "answer", "<lambda>:35", *(f"Number.{name}" for name in ("__init__", "of", "doubled"))}
    assert {f"solvers.made_up.exact.{name}" for name in names} <= found.ran
    assert found.ran <= found.named
    assert found.below("problems") == {"problems.made_up.<lambda>:28"}
    assert found.functions == found.below("problems") | found.below("solvers")


def test_constants_and_classes_that_are_read_are_named(made_up: MadeUp) -> None:
    oracle = "from solvers.made_up.exact import POWERS as P, Number\n\ndef answer(n):\n    return Number(P[0]).n"
    problem = made_up({"exact": EXACT, "oracle": oracle})
    found = reach.measure(problem.oracle, [problem.published])
    assert found.constants == {"solvers.made_up.exact.POWERS", "solvers.made_up.exact.LIMIT"}
    assert found.classes == {"solvers.made_up.exact.Number"}


KNOWING = """
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from psetpress.answers import Integer
from psetpress.records import Part, Problem
from solvers.made_up import exact


@dataclass(frozen=True)
class Params:
    n: int

    def __post_init__(self):
        exact.kept(self.n)

    @cached_property
    def double(self):
        return exact.twice(self.n)


PROBLEM = Problem[Params](
    title="Made up",
    topics=("arithmetic",),
    source="made up",
    minutes=1,
    params=Params,
    draw=lambda rng, level: Params(1),
    published=Params(3),
    edges=(),
    solve=lambda p: {"answer": p.double},
    oracle=lambda p: {"answer": 2 * p.n},
    parts=(Part(name="one", points=Fraction(1), answers={"answer": Integer()}),),
)
"""


def test_what_parameters_know_of_themselves_counts_for_the_road_that_asks(made_up: MadeUp) -> None:
    """A value that they have kept already hides nothing, and their making is nobody's."""
    problem = made_up({"exact": EXACT}, KNOWING)
    assert problem.solve(problem.published) == {"answer": 6}
    solve = reach.measure(problem.solve, [problem.published])
    assert solve.below("solvers") == {"solvers.made_up.exact.twice"} <= solve.ran
    assert reach.measure(problem.oracle, [problem.published]).below("solvers") == frozenset()


def test_a_road_that_fails_is_an_error(made_up: MadeUp) -> None:
    problem = made_up({"exact": "def answer(n):\n    return 1 // n", "oracle": HONEST})
    with pytest.raises(ProofError, match="the road fails: ZeroDivisionError"):
        reach.measure(problem.solve, [problem.published, *problem.edges])


def test_caches_are_emptied_wherever_they_hang(made_up: MadeUp) -> None:
    problem = made_up({"exact": EXACT, "oracle": HONEST})
    problem.solve(problem.published)
    import solvers.made_up.exact as module  # pyright: ignore[reportMissingImports]

    assert module.kept.cache_info().currsize == 1
    reach.forget()
    assert module.kept.cache_info().currsize == 0


def test_a_copy_of_the_first_road_is_no_second_one(made_up: MadeUp) -> None:
    exact = "def answer(n):\n    total = n * n + 1\n    return 2 * total\n"
    oracle = 'def answer(width: int) -> int:\n    """Prove it."""\n    area = width * width + 1\n    return 2 * area\n'
    assert says(made_up({"exact": exact, "oracle": oracle})) == [
        "the oracle is not independent: solvers.made_up.oracle.answer is a copy of solvers.made_up.exact.answer"
    ]


def test_what_cannot_be_followed_is_refused(made_up: MadeUp) -> None:
    oracle = "def answer(n):\n    return eval('n * 8 * n ** 6')"
    assert says(made_up({"exact": EXACT, "oracle": oracle})) == [
        "solvers/made_up/oracle.py, line 2: a solver may not use eval(): nobody sees where it leads"
    ]
