"""Batches: planned over problems and levels, drawn from the seeds that `psetpress show` uses, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import drawing, interrupts, press, preview, streams, worker
from psetpress.verify import batch, printed
from psetpress.verify.batch import Batch
from psetpress.verify.checks import Finding
from psetpress.verify.survey import KEPT


@pytest.fixture(autouse=True)
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy has no template; pages have tests of their own."""
    monkeypatch.setattr(printed, "unseen", lambda variant: iter(()))


def counts(batches: list[Batch]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in batches:
        found[one.problem, one.level] += one.variants
    return found


# --- planning ----------------------------------------------------------------------------------


def test_variants_are_dealt_evenly_over_the_levels(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(toy=toy.PROBLEM, only=toy.variation(levels=("standard",)))
    plan = batch.plan(["toy", "only"], None, 0, 100)
    assert counts(plan) == {
        ("toy", "easy"): 34,
        ("toy", "standard"): 33,
        ("toy", "hard"): 33,
        ("only", "standard"): 100,
    }


def test_one_level_takes_all_and_problems_without_it_none(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(toy=toy.PROBLEM, only=toy.variation(levels=("standard",)))
    assert counts(batch.plan(["toy", "only"], "hard", 0, 100)) == {("toy", "hard"): 100}


def test_every_seed_is_planned_once_from_the_first_on() -> None:
    seeds = [seed for one in batch.plan(["toy"], "easy", 7, 120) for seed in range(one.first, one.first + one.variants)]
    assert sorted(seeds) == list(range(7, 127))


@pytest.mark.usefixtures("bank")
def test_problems_take_turns(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(a=toy.PROBLEM, b=toy.PROBLEM)
    assert [one.problem for one in batch.plan(["a", "b"], "easy", 0, 2 * batch.SIZE)] == ["a", "b", "a", "b"]


@pytest.fixture(autouse=True)
def toys(bank: Callable[..., None]) -> None:
    """The bank holds the toy."""


# --- counting ----------------------------------------------------------------------------------


def test_a_batch_counts_what_its_variants_are(toy: SimpleNamespace) -> None:
    tally = batch.survey(Batch("toy", "easy", 0, 30))
    drawn = [drawing.draw("toy", toy.PROBLEM, "easy", streams.seeded("toy", seed)) for seed in range(30)]
    assert (tally.tried, tally.failed, tally.failures) == (30, 0, [])
    assert tally.attempts == sum(variant.attempts for variant in drawn)
    assert tally.rejected == sum((Counter(variant.rejected) for variant in drawn), Counter())
    assert tally.identities == {variant.identity for variant in drawn}
    assert tally.answers["sum"] == Counter(str(variant.answers["sum"]) for variant in drawn)
    keys = Counter(f"{variant.answers['sum']}; {variant.answers['product']}" for variant in drawn)
    assert tally.keys == keys
    assert tally.guess == keys.most_common(1)[0][1] / 30
    assert len(tally.seconds) == len(tally.effort["digits"]) == 30
    assert len(tally.effort["operations"]) == len([seed for seed in range(30) if seed % batch.SAMPLE == 0])
    assert tally.slowest[0] == max(tally.seconds)


def test_a_seed_draws_what_show_draws(toy: SimpleNamespace) -> None:
    assignment = preview.alone("toy", "easy")
    order = press.Order(folder=None, seed=11)  # type: ignore[arg-type]
    shown = press.draw(assignment, order)["toy"]
    assert shown == drawing.draw("toy", toy.PROBLEM, "easy", streams.seeded("toy", 11))


def test_a_long_answer_is_cut_and_told_apart_by_its_hash() -> None:
    one, other = (batch._short("1, 2, 3, 4, 5, 6, 7, 8, 9, " + last) for last in ("10", "11"))
    assert one != other
    assert one.startswith("1, 2, 3, 4, 5, 6, 7, 8, ...")
    assert batch._short("1, 2") == "1, 2"


def test_failures_say_which_variant_and_how_to_see_it_again(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(toy=toy.variation(oracle=lambda p: {"sum": p.a + p.b + (p.a == 3), "product": p.a * p.b}))
    tally = batch.survey(Batch("toy", "easy", 1, 19))
    wrong = [seed for seed in range(20) if drawn_a(toy, seed) == 3]
    assert wrong[0] > 1
    assert [one.seed for one in tally.failures] == wrong
    assert tally.failed == len(wrong)
    first = tally.failures[0]
    assert (first.problem, first.level, first.check) == ("toy", "easy", "two roads")
    assert first.params.startswith("Params(a=3, b=")
    assert first.command == f"psetpress verify toy --level easy --seed {wrong[0]} --variants 1"


def test_with_the_first_batch_the_whole_problem_is_examined(
    bank: Callable[..., None], toy: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch.wholes, "examine", lambda name: [Finding("independence", f"{name} is no second road")])
    assert batch.survey(Batch("toy", "easy", 0, 20)).failures == []
    (failure,) = batch.survey(Batch("toy", "easy", 3, 20, whole=True)).failures
    assert (failure.check, failure.seed, failure.says) == ("independence", 3, "toy is no second road")
    plan = batch.plan(["toy"], None, 0, 300)
    assert [one for one in plan if one.whole] == [plan[0]]


def test_what_a_predicate_hides_is_found_where_one_looks_closely(
    bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    """The toy refuses a zero; where its key is wrong for one, only the rejected draws show it."""
    bank(toy=toy.variation(solve=lambda p: {"sum": p.a + p.b + (p.a == 0), "product": p.a * p.b}))
    checks = Counter(one.check for one in batch.survey(Batch("toy", "easy", 0, 4 * batch.SAMPLE)).failures)
    assert set(checks) == {"rejected"}


def drawn_a(toy: SimpleNamespace, seed: int) -> int:
    return drawing.draw("toy", toy.PROBLEM, "easy", streams.seeded("toy", seed)).params.a


def test_a_draw_that_fails_is_a_failure_and_the_batch_goes_on(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    def draw(rng: Any, level: Any) -> Any:
        params = toy.draw(rng, level)
        if params.a == 3:
            raise ValueError("three")
        return params

    bank(toy=toy.variation(draw=draw))
    tally = batch.survey(Batch("toy", "easy", 0, 40))
    assert tally.tried == 40
    assert 0 < tally.failed < 40
    assert {one.check for one in tally.failures} == {"draw"}
    assert "ValueError: three" in tally.failures[0].says


def test_a_broken_problem_does_not_fill_the_memory(bank: Callable[..., None], toy: SimpleNamespace) -> None:
    bank(toy=toy.variation(oracle=lambda p: {"sum": -1, "product": -1}))
    tally = batch.survey(Batch("toy", "easy", 0, 50))
    assert tally.failed == 50
    assert len(tally.failures) == KEPT
    assert tally.found["two roads"] == 100  # two answers each


def test_a_key_that_a_solver_pretends_was_pressed_is_its_failure(
    bank: Callable[..., None], toy: SimpleNamespace
) -> None:
    def pretends(p: Any) -> Any:
        if p.a == 3:
            raise KeyboardInterrupt
        return {"sum": p.a + p.b, "product": p.a * p.b}

    bank(toy=toy.variation(oracle=pretends))
    tally = batch.survey(Batch("toy", "easy", 1, 19))
    wrong = [seed for seed in range(1, 20) if drawn_a(toy, seed) == 3]
    assert [(one.seed, one.check) for one in tally.failures] == [(seed, "two roads") for seed in wrong]
    assert {one.says.partition("b=")[0] for one in tally.failures} == {
        "oracle fails: KeyboardInterrupt\n  given: Params(a=3, "
    }
    assert (tally.tried, tally.failed) == (19, len(wrong))


@pytest.mark.parametrize("ending", [interrupts.Interrupted, interrupts.Terminated])
def test_the_users_own_wish_ends_a_batch(
    bank: Callable[..., None], toy: SimpleNamespace, ending: type[BaseException]
) -> None:
    def interrupted(_: Any) -> Any:
        raise ending

    bank(toy=toy.variation(oracle=interrupted))
    with pytest.raises(ending):
        batch.survey(Batch("toy", "easy", 0, 20))


def test_a_batch_says_which_seed_it_is_at(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[int] = []
    monkeypatch.setattr(worker, "step", said.append)
    batch.survey(Batch("toy", "easy", 7, 3))
    assert said == [7, 8, 9]


def test_the_page_is_examined_of_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "unseen", lambda variant: iter(["hidden"]))
    tally = batch.survey(Batch("toy", "easy", 0, 2 * batch.SAMPLE))
    assert [(one.seed, one.check, one.says) for one in tally.failures] == [
        (0, "page", "hidden"),
        (batch.SAMPLE, "page", "hidden"),
    ]


def test_a_page_that_cannot_be_written_is_a_failure_of_that_variant(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(variant: Any) -> Any:
        raise KeyError("no such block")

    monkeypatch.setattr(printed, "unseen", broken)
    tally = batch.survey(Batch("toy", "easy", 0, 2))
    assert (tally.tried, tally.failed) == (2, 1)
    assert [(one.seed, one.check, one.says) for one in tally.failures] == [(0, "page", "KeyError: 'no such block'")]
