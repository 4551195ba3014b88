"""A run: everything asked for is examined, here or by workers, and an interruption keeps what was found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import workers
from psetpress.errors import UsageError
from psetpress.verify import campaign, printed
from psetpress.verify.campaign import Request
from psetpress.verify.survey import Survey, Tally


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
    alone, together = (run(Request(names, 120, seed=5, jobs=jobs)) for jobs in (1, 2))
    assert counted(alone) == counted(together)
    assert together.jobs == 2


@pytest.mark.usefixtures("bank")
def test_an_interruption_keeps_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(work: Callable[[Any], Any], items: list[Any], jobs: int) -> Iterator[Any]:
        yield from map(work, items[:2])
        raise KeyboardInterrupt

    monkeypatch.setattr(workers, "each", interrupted)
    survey = run(Request(["toy"], 600, level="easy"))
    assert (survey.tried, survey.asked, survey.complete) == (100, 600, False)


@pytest.mark.usefixtures("bank")
def test_an_unknown_problem_is_refused() -> None:
    with pytest.raises(UsageError, match='unknown problem "tow"'):
        run(Request(["tow"]))


def test_a_level_that_nothing_has_is_refused(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(toy=toy.variation(levels=("standard",)))
    with pytest.raises(UsageError, match=r"^no problem of toy has variants at level hard$"):
        run(Request(["toy"], level="hard"))
