"""Tasks: what each stage makes of a shard, who fails at it, and what is left when its company is taken away."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import worker
from psetpress.classroom import seats, studio, tasks
from psetpress.classroom.seats import EVERYBODY, Shard
from psetpress.classroom.studio import Plan
from psetpress.classroom.tasks import Identify, Print, Printed, PrintRubric, Write, Written
from psetpress.latex import Document
from psetpress.records import DOCUMENTS
from psetpress.roster import Student
from psetpress.shards import Box, Job, Made

KEY_OF_CLASS = "key of the class"


@pytest.fixture
def plan(school: Any) -> Callable[..., Plan]:
    return lambda *documents: Plan(school.source, school.folders, KEY_OF_CLASS, documents)


@pytest.fixture
def shard() -> Shard:
    return Shard(0, tuple(seats.Seat(Student(name, name.title()), name, f"CODE-{name}") for name in ("anna", "ben")))


def writing(plan: Plan, shard: Shard) -> Write:
    """Return the task that follows on drawing for a shard."""
    return Write(plan, shard, Identify(plan, shard).run().drawn)


@pytest.fixture
def unlucky(bank: Callable[..., None], toy: SimpleNamespace) -> Callable[[str, Any], None]:
    """Let a road of the toy problem fail for one draw: ``unlucky("oracle", params)``."""

    def register(road: str, hit: Any) -> None:
        real = getattr(toy.PROBLEM, road)

        def fails(p: Any) -> Any:
            if p == hit:
                raise ValueError("no luck")
            return real(p)

        bank(toy=toy.variation(**{road: fails}))
        studio.of.cache_clear()

    return register


def test_identities_are_those_of_the_draws(plan: Callable[..., Plan], shard: Shard) -> None:
    done = Identify(plan("handout"), shard).run()
    room = studio.of(plan("handout"))
    drawn = {seat.id: room.draw(seat)["toy"].identity for seat in shard.seats}
    assert done.identities == {name: {"toy": identity} for name, identity in drawn.items()}
    assert {name: room.redraw(seat, done.drawn[name]) for seat in shard.seats for name in [seat.id]} == {
        seat.id: room.draw(seat) for seat in shard.seats
    }
    assert done.failed == {}
    assert len({*drawn.values()}) == 2


def test_who_cannot_be_drawn_for_is_said_and_the_others_are_drawn(
    plan: Callable[..., Plan], shard: Shard, unlucky: Callable[[str, Any], None]
) -> None:
    unlucky("solve", studio.of(plan("handout")).draw(shard.seats[0])["toy"].params)
    done = Identify(plan("handout"), shard).run()
    assert [*done.identities] == ["ben"]
    assert "ValueError: no luck" in done.failed["anna"]


def test_every_student_is_a_step(plan: Callable[..., Plan], shard: Shard, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that whoever loses the worker can tell whose fault it was, and a slow shard is no hung one."""
    steps: list[int] = []
    monkeypatch.setattr(worker, "step", steps.append)
    writing(plan("handout"), shard).run()
    assert steps == [0, 1, 0, 1]


def test_documents_answers_and_records_are_written(plan: Callable[..., Plan], shard: Shard) -> None:
    done = writing(plan("handout", "key"), shard).run()
    jobs: list[Job] = pickle.loads(done.jobs)
    assert [job.name for job in jobs] == ["anna/handout", "anna/key", "ben/handout", "ben/key"]
    assert r"\student{Anna}{anna}" in jobs[0].document.main
    for seat in shard.seats:
        (record,) = (json.loads(text) for text in done.variants[seat.id])
        p = record["params"]
        assert record["student"] == seat.id
        assert record["identity"] == done.identities[seat.id]["toy"]
        assert done.answers[seat.id] == {"1.a": str(p["a"] + p["b"]), "1.b": str(p["a"] * p["b"])}
    assert done.costs["1.a"]["no-work"] == {Fraction(-1)}
    assert {key for key, _ in done.spaces} == {"start", "q1", "1.a", "1.b"}
    assert done.failed == {}


@pytest.mark.parametrize(
    ("documents", "written"),
    [(("key",), {"key"}), (("source",), {"handout"}), (("rubric",), set[str]()), (DOCUMENTS, {"handout", "key"})],
)
def test_only_what_is_needed_is_written(
    plan: Callable[..., Plan], shard: Shard, documents: tuple[str, ...], written: set[str]
) -> None:
    jobs: list[Job] = pickle.loads(writing(plan(*documents), Shard(0, shard.seats[:1])).run().jobs)
    assert {job.name for job in jobs} == {f"anna/{name}" for name in written}


def test_nothing_is_written_for_a_key_that_is_not_proved(
    plan: Callable[..., Plan], shard: Shard, unlucky: Callable[[str, Any], None]
) -> None:
    unlucky("oracle", studio.of(plan("key")).draw(shard.seats[0])["toy"].params)
    done = writing(plan("key"), shard).run()
    jobs: list[Job] = pickle.loads(done.jobs)
    assert [job.name for job in jobs] == ["ben/key"]
    assert [*done.variants] == [*done.answers] == [*done.identities] == ["ben"]
    assert "student anna" in done.failed["anna"]
    assert "ValueError: no luck" in done.failed["anna"]


# --- printing ----------------------------------------------------------------------------------


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Print without LaTeX; return the jobs that come to be printed. What says BAD is refused."""
    seen: list[Job] = []

    def compile_bundle(jobs: list[Job]) -> list[Made]:
        seen.extend(jobs)
        box = Box("1.a", 1, 0.0, 0.0, 1.0, 1.0)
        return [
            Made(job.name, error=f"{job.name}: LaTeX: BAD")
            if "BAD" in job.document.main
            else Made(job.name, job.name.encode(), 2, (f"{job.name} is wide",), (box,))
            for job in jobs
        ]

    monkeypatch.setattr(tasks.shards, "compile_bundle", compile_bundle)
    return seen


def job(name: str, words: str = "") -> Job:
    return Job(name, Document(name.rpartition("/")[2], words, {}))


BOTH = [job("anna/handout"), job("anna/key"), job("ben/handout"), job("ben/key")]


def test_papers_are_printed_with_the_layout_of_the_class(
    plan: Callable[..., Plan], shard: Shard, press: list[Job]
) -> None:
    done = Print(plan("handout", "key"), shard, pickle.dumps(BOTH), b"layout").run()
    assert done.files == {f"students/{job.name}.pdf": job.name.encode() for job in BOTH}
    assert {job.name: job.document.files for job in press} == {
        job.name: {"psetlayout.tex": b"layout"} if "handout" in job.name else {} for job in BOTH
    }
    assert {name: pages for name, (pages, _) in done.places.items()} == {"anna": 2, "ben": 2}
    assert done.overfull[:2] == ["student anna: anna/handout is wide", "student anna: anna/key is wide"]


def test_of_a_student_of_whom_one_paper_is_refused_nothing_is_printed(
    plan: Callable[..., Plan], shard: Shard, press: list[Job]
) -> None:
    """No half of a student: a handout without its key would be handed out and could not be graded."""
    jobs = [job("anna/handout"), job("anna/key", "BAD"), *BOTH[2:]]
    done = Print(plan(*DOCUMENTS), shard, pickle.dumps(jobs), b"").run()
    assert done.failed == {"anna": "anna/key: LaTeX: BAD"}
    assert {*done.files} == {f"students/ben/{name}" for name in ("handout.pdf", "key.pdf", "source.zip")}
    assert [*done.places] == ["ben"]
    assert len(press) == 4


def test_a_source_is_packed_but_its_handout_only_printed_if_it_was_ordered(
    plan: Callable[..., Plan], shard: Shard, press: list[Job]
) -> None:
    done = Print(plan("source"), shard, pickle.dumps(BOTH[::2]), b"").run()
    assert {*done.files} == {"students/anna/source.zip", "students/ben/source.zip"}
    assert press == []


def test_one_alone_has_only_own_papers(plan: Callable[..., Plan], shard: Shard) -> None:
    """One folder may begin as another does."""
    jobs = [*BOTH, job("annabel/key")]
    alone = Print(plan("key"), shard, pickle.dumps(jobs), b"layout").alone()
    assert [[job.name for job in pickle.loads(task.jobs)] for task in alone] == [
        ["anna/handout", "anna/key"],
        ["ben/handout", "ben/key"],
    ]
    assert [task.shard for task in alone] == shard.alone()
    assert {task.layout for task in alone} == {b"layout"}


def test_other_tasks_alone_are_the_same_for_fewer(plan: Callable[..., Plan], shard: Shard) -> None:
    assert Identify(plan("key"), shard).alone() == [Identify(plan("key"), each) for each in shard.alone()]
    drawn = {"anna": b"a", "ben": b"b"}
    assert Write(plan("key"), shard, drawn).alone() == [Write(plan("key"), each, drawn) for each in shard.alone()]
    rubric = PrintRubric(plan("rubric"), Shard(EVERYBODY, shard.seats[:1]), {})
    assert rubric.alone() == [rubric]


def test_a_task_that_came_to_nothing_failed_for_all_of_its_students(shard: Shard) -> None:
    plan, failed = Plan(Path("sums.toml"), (), "", ()), {"anna": "gone", "ben": "gone"}
    assert tasks.failed(Identify(plan, shard), "gone") == tasks.Identified(shard, failed=failed)
    assert tasks.failed(Write(plan, shard, {}), "gone") == Written(shard, failed=failed)
    assert tasks.failed(Print(plan, shard, b"", b""), "gone") == Printed(shard, failed=failed)


def test_a_task_travels_and_does_not_show_the_key(plan: Callable[..., Plan], shard: Shard) -> None:
    task = writing(plan("key"), shard)
    assert pickle.loads(pickle.dumps(task)) == task
    assert KEY_OF_CLASS not in repr(task)
