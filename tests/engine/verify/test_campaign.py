"""A run: everything asked for is examined, here or by workers, and an interruption keeps what was found."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Collection, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import interrupts, workers
from psetpress.errors import UsageError
from psetpress.verify import campaign, printed
from psetpress.verify.batch import Batch
from psetpress.verify.campaign import Request
from psetpress.verify.survey import Survey, Tally
from psetpress.workers import Loss


@pytest.fixture(autouse=True)
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "unseen", lambda variant: iter(()))


def run(request: Request, found: Callable[[Tally], None] = lambda _: None) -> Survey:
    return campaign.run(request, lambda _: None, found)


def counted(survey: Survey) -> list[Tally]:
    """Return the tallies without the times, which no two runs share."""
    return [dataclasses.replace(tally, busy=0.0, seconds=[], slowest=(0.0, 0)) for tally in survey.tallies]


@pytest.mark.usefixtures("bank")
def test_all_problems_are_examined_if_none_is_named(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(b=toy.PROBLEM, a=toy.variation(levels=("hard",)))
    survey = run(Request(variants=9))
    assert [(tally.problem, tally.level, tally.tried) for tally in survey.tallies] == [
        ("b", "easy", 3),
        ("b", "standard", 3),
        ("b", "hard", 3),
        ("a", "hard", 9),
    ]
    assert survey.complete
    assert survey.failed == 0


@pytest.mark.usefixtures("bank")
def test_progress_counts_every_variant_once() -> None:
    told: list[int] = []
    campaign.run(Request(["toy", "toy"], 130), told.append, lambda part: told.append(part.tried))
    assert told[0] == sum(told[1:]) == 130


def test_workers_find_what_one_process_finds() -> None:
    names = ["batchnorm_density", "pooling_shapes"]
    alone, together = (run(Request(names, 120, seed=5, jobs=jobs)) for jobs in (0, 2))
    assert counted(alone) == counted(together)
    assert together.jobs == 2


@pytest.mark.usefixtures("bank")
def test_an_interruption_keeps_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(work: Callable[[Any], Any], items: deque[Any], *_: object) -> Iterator[Any]:
        yield from (work(items.popleft()) for _ in range(2))
        raise interrupts.Interrupted

    monkeypatch.setattr(workers, "each", interrupted)
    survey = run(Request(["toy"], 600, level="easy"))
    assert (survey.tried, survey.asked, survey.complete, survey.interrupted) == (100, 600, False, True)


@pytest.mark.usefixtures("bank")
def test_an_interruption_stops_the_work_before_anything_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[bool] = []

    def endless(work: Callable[[Any], Any], items: deque[Any], *_: object) -> Iterator[Any]:
        try:
            while True:
                yield work(items.popleft())
        finally:
            stopped.append(True)

    def interrupt(_: Tally) -> None:
        raise interrupts.Interrupted

    monkeypatch.setattr(workers, "each", endless)
    assert run(Request(["toy"], 600, level="easy"), interrupt).interrupted
    assert stopped == [True]


def losing(seeds: Collection[int]) -> Callable[..., Iterator[Any]]:
    """Return workers that are lost at ``seeds`` of level easy: what dies there is never a test."""

    def each(
        work: Callable[[Batch], Tally], items: deque[Batch], _: int, lost: Callable[[Loss[Batch]], Tally], __: float
    ) -> Iterator[Tally]:
        while items:
            item = items.popleft()
            at = [seed for seed in seeds if item.level == "easy" and 0 <= seed - item.first < item.variants]
            yield lost(Loss(item, at[0], "it died")) if at else work(item)

    return each


def test_a_lost_worker_is_a_failure_of_its_variant_and_all_else_is_kept(
    bank: Callable[..., None], toy: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank(toy=toy.PROBLEM, other=toy.PROBLEM)
    monkeypatch.setattr(workers, "each", losing([60]))
    told: list[int] = []
    survey = campaign.run(Request(["toy", "other"], 600), lambda _: None, lambda part: told.append(part.tried))
    tried = {(tally.problem, tally.level): (tally.tried, tally.failed) for tally in survey.tallies}
    assert tried == {
        (name, level): (61, 1) if level == "easy" else (200, 0)
        for name in ("toy", "other")
        for level in ("easy", "standard", "hard")
    }
    assert sum(told) == survey.tried == 2 * (200 + 200 + 61)
    assert not survey.complete
    assert not survey.interrupted
    failure = survey.failures[0]
    assert failure.check == "worker"
    assert failure.says == "it died; no further variants of this level were tried"
    assert failure.command == "psetpress verify toy --level easy --seed 60 --variants 1"


def test_two_workers_lost_at_once_are_two_failures(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(toy=toy.PROBLEM)
    queue = deque([Batch("toy", "easy", 100, 50), Batch("toy", "hard", 0, 50)])
    tallies: dict[Any, Tally] = {("toy", "easy"): Tally("toy", "easy")}
    for first in (0, 50):
        loss = Loss(Batch("toy", "easy", first, 50), first + 9, "it died")
        tallies["toy", "easy"].add(campaign._lost(loss, queue, tallies))
    assert list(queue) == [Batch("toy", "easy", 50, 9), Batch("toy", "easy", 0, 9), Batch("toy", "hard", 0, 50)]
    assert [one.seed for one in tallies["toy", "easy"].failures] == [9, 59]


def test_a_worker_that_was_lost_before_its_first_variant_is_a_failure_of_that(
    bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    bank(toy=toy.PROBLEM)
    queue: deque[Batch] = deque()
    tally = campaign._lost(
        Loss(Batch("toy", "easy", 40, 50), None, "it died"), queue, {("toy", "easy"): Tally("toy", "easy")}
    )
    assert [one.seed for one in tally.failures] == [40]
    assert not queue


@pytest.mark.usefixtures("bank")
def test_an_unknown_problem_is_refused() -> None:
    with pytest.raises(UsageError, match='unknown problem "tow"'):
        run(Request(["tow"]))


def test_a_level_that_nothing_has_is_refused(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(toy=toy.variation(levels=("standard",)))
    with pytest.raises(UsageError, match=r"^toy has no level hard; it has standard$"):
        run(Request(["toy"], level="hard"))
    with pytest.raises(UsageError, match=r"^no problem has variants at level hard$"):
        run(Request(level="hard"))


def test_a_problem_named_beside_others_must_have_the_level(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(toy=toy.PROBLEM, only=toy.variation(levels=("easy", "standard")))
    with pytest.raises(UsageError, match=r"^only has no level hard; it has easy, standard$"):
        run(Request(["toy", "only"], level="hard"))


def test_of_all_problems_those_without_the_level_are_said(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(toy=toy.PROBLEM, only=toy.variation(levels=("standard",)))
    survey = run(Request(variants=3, level="hard"))
    assert survey.lacking == ["only"]
    assert survey.complete
    assert run(Request(variants=3)).lacking == []
