"""The bench: everything is done once, what was done before is not done again, and what is lost is taken apart."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from psetpress.classroom import seats
from psetpress.classroom.bench import Bench
from psetpress.classroom.crews import Lost
from psetpress.classroom.seats import EVERYBODY, Seat, Shard
from psetpress.classroom.studio import Plan
from psetpress.classroom.tasks import Identified, Identify, Print, Printed, PrintRubric, Result, Task, Write, Written
from psetpress.classroom.workshop import Workshop
from psetpress.errors import PsetpressError
from psetpress.roster import Student

PLAN = Plan(Path("sums.toml"), (), "key", ("handout",))
SEATS = tuple(Seat(Student(name), name, "") for name in "abcde")
ONE, TWO = Shard(0, SEATS[:3]), Shard(1, SEATS[3:])


class Crew:
    """Does as it is told: ``outcome`` makes a result of a task, or None if the task is lost."""

    def __init__(self, outcome: Callable[[Task], Result | None], ahead: int = 2) -> None:
        self.outcome, self.ahead, self.done = outcome, ahead, list[Task]()

    def perform(self, queue: deque[Task]) -> Iterator[Result | Lost]:
        while queue:
            task = queue.popleft()
            self.done.append(task)
            yield self.outcome(task) or Lost(task, "gone")

    @property
    def names(self) -> list[str]:
        return ["".join(each.id for each in task.shard.seats) for task in self.done]


def identified(task: Task) -> Identified:
    return Identified(task.shard, {each.id: {"toy": each.id} for each in task.shard.seats})


def written(task: Task) -> Written:
    return Written(task.shard, pickle.dumps([each.id for each in task.shard.seats]))


def printed(task: Task) -> Printed:
    return Printed(task.shard, {f"students/{each.id}/key.pdf": each.id.encode() for each in task.shard.seats})


@pytest.fixture(autouse=True)
def three_to_a_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "SIZE", 3)


@pytest.fixture
def told() -> list[tuple[str, int]]:
    return []


@pytest.fixture
def run(tmp_path: Path, told: list[tuple[str, int]]) -> Callable[..., list[Any]]:
    """Run one stage at a new bench in the same workshop."""

    def stage(crew: Crew, *todo: Task, made_with: str = "") -> list[Any]:
        bench = Bench(crew, Workshop(tmp_path, "m"), lambda *said: told.append(said))
        try:
            return [*bench.run("stage", todo, made_with)]
        finally:
            bench.close()

    return stage


Run = Callable[..., list[Any]]


def test_everything_is_done_once_and_told(run: Run, told: list[tuple[str, int]]) -> None:
    crew = Crew(identified)
    results = run(crew, Identify(PLAN, ONE), Identify(PLAN, TWO))
    assert [result.shard for result in results] == [ONE, TWO]
    assert crew.names == ["abc", "de"]
    assert told == [("stage", 0), ("stage", 3), ("stage", 2)]


def test_tasks_are_made_as_they_are_needed(tmp_path: Path) -> None:
    """A class of thousands is not held in memory at once: what waits is what the crew asks for."""
    made: list[int] = []

    def todo() -> Iterator[Task]:
        for number in range(6):
            made.append(number)
            yield Identify(PLAN, Shard(number, SEATS[:1]))

    bench = Bench(Crew(identified, ahead=2), Workshop(tmp_path, "m"), lambda *_: None)
    assert [len(made) for _ in bench.run("stage", todo())] == [2, 3, 4, 5, 6, 6]


def test_what_was_done_before_is_not_done_again(run: Run, told: list[tuple[str, int]]) -> None:
    first = run(Crew(identified), Identify(PLAN, ONE))
    told.clear()
    crew = Crew(identified)
    again = run(crew, Identify(PLAN, ONE), Identify(PLAN, TWO))
    assert crew.names == ["de"]
    assert again[0] == first[0]
    assert told == [("stage", 0), ("stage", 3), ("stage", 2)]


def test_it_is_done_again_if_it_was_made_with_something_else_or_for_others(run: Run) -> None:
    run(Crew(identified), Identify(PLAN, ONE), made_with="one layout")
    other = Crew(identified)
    run(other, Identify(PLAN, ONE), made_with="another")
    fewer = Crew(identified)
    run(fewer, Identify(PLAN, Shard(0, SEATS[:2])), made_with="another")
    assert (other.names, fewer.names) == (["abc"], ["ab"])


def test_documents_are_put_away_and_come_back(tmp_path: Path) -> None:
    place = Workshop(tmp_path, "m")
    bench = Bench(Crew(written), place, lambda *_: None)
    (result,) = bench.run("written", [Write(PLAN, ONE, {})])
    assert isinstance(result, Written)
    assert result.jobs == b""
    assert pickle.loads(bench.jobs([ONE])) == ["a", "b", "c"]


def test_writing_whose_documents_are_gone_is_done_again(tmp_path: Path, run: Run) -> None:
    run(Crew(written), Write(PLAN, ONE, {}))
    (Workshop(tmp_path, "m").root / "jobs" / "0").unlink()
    crew = Crew(written)
    run(crew, Write(PLAN, ONE, {}))
    assert crew.names == ["abc"]


def test_files_are_staged_and_printing_whose_files_are_gone_is_done_again(tmp_path: Path, run: Run) -> None:
    (result,) = run(Crew(printed), Print(PLAN, ONE, b"", b""))
    assert result.files == {}
    assert Workshop(tmp_path, "m").staged(result.digests)
    assert {*result.digests} == {f"students/{name}/key.pdf" for name in "abc"}
    (tmp_path / ".psetpress-class/new/students/b/key.pdf").unlink()
    crew = Crew(printed)
    run(crew, Print(PLAN, ONE, b"", b""))
    assert crew.names == ["abc"]


# --- losses ------------------------------------------------------------------------------------


def loses(name: str, make: Callable[[Task], Result]) -> Crew:
    return Crew(lambda task: None if name in {each.id for each in task.shard.seats} else make(task))


@pytest.mark.parametrize(
    ("todo", "make"),
    [
        ([Identify(PLAN, ONE), Identify(PLAN, TWO)], identified),
        ([Write(PLAN, ONE, {}), Write(PLAN, TWO, {})], written),
    ],
)
def test_a_lost_shard_is_taken_apart_and_only_the_culprit_is_reported(
    run: Run, told: list[tuple[str, int]], todo: list[Task], make: Callable[[Task], Result]
) -> None:
    crew = loses("b", make)
    results = run(crew, *todo)
    assert sorted(crew.names) == ["a", "abc", "b", "c", "de"]
    assert {each.id for result in results for each in result.shard.seats} == set("abcde")
    assert [result.failed for result in results if result.failed] == [{"b": "gone"}]
    assert sum(more for _, more in told) == 5


def test_printing_is_tried_a_second_time_in_the_same_company(run: Run) -> None:
    crew = loses("b", printed)
    results = run(crew, Print(PLAN, ONE, pickle.dumps([]), b""))
    assert crew.names == ["abc", "abc", "a", "b", "c"]
    assert [result.failed for result in results if result.failed] == [{"b": "gone"}]


def test_who_was_lost_once_is_done_in_the_end(run: Run) -> None:
    losses = iter([None])
    crew = Crew(lambda task: next(losses, printed(task)))
    (result,) = run(crew, Print(PLAN, ONE, b"", b""))
    assert (crew.names, result.failed) == (["abc", "abc"], {})


def test_one_alone_gets_a_second_try_too(run: Run) -> None:
    crew = loses("a", identified)
    (result,) = run(crew, Identify(PLAN, Shard(0, SEATS[:1])))
    assert (crew.names, result.failed) == (["a", "a"], {"a": "gone"})


def test_pieces_come_together_again(tmp_path: Path) -> None:
    """The documents of a shard that was taken apart, without those of who was lost, as if it never had been."""
    bench = Bench(loses("b", written), Workshop(tmp_path, "m"), lambda *_: None)
    shards = [result.shard for result in bench.run("written", [Write(PLAN, ONE, {})])]
    assert {shard.home for shard in shards} == {0}
    assert pickle.loads(bench.jobs(shards)) == ["a", "c"]
    (lost,) = (shard for shard in shards if shard.seats[0].id == "b")
    assert pickle.loads(bench.jobs([lost])) == []


def test_a_failure_is_tried_again_by_the_next_build_and_so_is_what_came_after(tmp_path: Path) -> None:
    """Else a student who could be written the second time would miss in what was printed the first time."""

    def fails(task: Task) -> Result:
        return Written(task.shard, pickle.dumps([]), failed={"b": "hung"})

    place = Workshop(tmp_path, "m")
    first = Bench(Crew(lambda task: fails(task) if isinstance(task, Write) else printed(task)), place, lambda *_: None)
    assert [each.failed for each in first.run("written", [Write(PLAN, ONE, {})])] == [{"b": "hung"}]
    assert len([*first.run("printed", [Print(PLAN, ONE, b"", b""), Print(PLAN, TWO, b"", b"")])]) == 2
    crew = Crew(lambda task: written(task) if isinstance(task, Write) else printed(task))
    second = Bench(crew, place, lambda *_: None)
    assert [each.failed for each in second.run("written", [Write(PLAN, ONE, {})])] == [{}]
    assert len([*second.run("printed", [Print(PLAN, ONE, b"", b""), Print(PLAN, TWO, b"", b"")])]) == 2
    assert [(type(task), task.shard.number) for task in crew.done] == [(Write, 0), (Print, 0)]


def test_what_was_printed_before_does_not_count_once_somebody_fails_at_writing(tmp_path: Path) -> None:
    """It holds a paper of the one who failed now, and fonts that show the company."""
    place = Workshop(tmp_path, "m")
    before = Bench(Crew(printed), place, lambda *_: None)
    assert len([*before.run("printed", [Print(PLAN, ONE, b"", b"")])]) == 1
    failing = Written(ONE, pickle.dumps([]), failed={"b": "hung"})
    crew = Crew(
        lambda task: failing if isinstance(task, Write) else Printed(task.shard, {"students/a/key.pdf": b"new"})
    )
    bench = Bench(crew, place, lambda *_: None)
    assert [each.failed for each in bench.run("written", [Write(PLAN, ONE, {})])] == [{"b": "hung"}]
    (again,) = bench.run("printed", [Print(PLAN, ONE, b"", b"")])
    assert isinstance(again, Printed)
    assert {*again.digests} == {"students/a/key.pdf"}


def test_a_rubric_that_is_lost_stops_the_build_and_is_no_students_fault(run: Run) -> None:
    task = PrintRubric(PLAN, Shard(EVERYBODY, SEATS[:1]), {})
    crew = Crew(lambda _: None)
    with pytest.raises(PsetpressError, match=r"^the rubric could not be printed: gone$"):
        run(crew, task)
    assert crew.names == ["a", "a"]


def test_a_rubric_is_nobodys_paper_and_is_made_in_every_build(run: Run, told: list[tuple[str, int]]) -> None:
    task = PrintRubric(PLAN, Shard(EVERYBODY, SEATS[:1]), {})
    make = Crew(lambda task: Printed(task.shard, {"staff/rubric.pdf": b"rubric"}))
    run(make, task)
    run(make, task)
    assert make.names == ["a", "a"]
    assert {more for _, more in told} == {0}
