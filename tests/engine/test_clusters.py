"""A cluster: items go out, results come back; who is lost is told, who would give other results is refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import distributed
import pytest

from psetpress import clusters, workspace
from psetpress.clusters import Cluster
from psetpress.errors import PsetpressError, UsageError

ROOT = Path("course")


@dataclass
class Future:
    key: str
    status: str
    outcome: Any

    def result(self) -> Any:
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome

    def exception(self) -> Any:
        return self.outcome if self.status == "error" else None


@dataclass
class Client:
    """Answers every task at once, by its name."""

    answers: dict[str, tuple[str, Any]]
    threads: int = 1
    loop: object = None
    most: int = 0
    sent: list[Any] = field(default_factory=list[Any])

    def nthreads(self) -> dict[str, int]:
        return {"one": self.threads}

    def submit(self, function: Callable[..., Any], *given: Any, **_: Any) -> Future:
        assert function is clusters._perform
        self.sent.append(given)
        return Future(f"{given[-1]}-{len(self.sent)}", *self.answers[given[-1]])


class Finished(list[Future]):
    """Stands for ``distributed.as_completed``: the last one is finished first."""

    def __init__(self, loop: object) -> None:
        super().__init__()

    def add(self, future: Future) -> None:
        self.append(future)

    def __next__(self) -> Future:
        return self.pop()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "as_completed", Finished)
    monkeypatch.setattr(clusters, "makeup", lambda root, tex: {"root": str(root), **({"TeX": "one"} if tex else {})})


def work(item: str) -> str:
    return f"{item} is done"


def lost(item: str, how: str) -> str:
    return f"{item}: {how}"


def each(**answers: tuple[str, Any]) -> Iterator[Any]:
    return Cluster(Client(answers), ROOT).each(work, deque(answers), lost)


def test_what_comes_back_is_passed_on() -> None:
    assert {*each(a=("finished", 1), b=("finished", 2))} == {1, 2}


def test_every_task_takes_along_what_the_workers_must_be() -> None:
    client = Client({"a": ("finished", 1)})
    cluster = Cluster(client, ROOT)
    assert [*cluster.each(work, deque(["a"]), lost), *cluster.each(work, deque(["a"]), lost, tex=True)] == [1, 1]
    assert client.sent == [(ROOT, {"root": "course"}, work, "a"), (ROOT, {"root": "course", "TeX": "one"}, work, "a")]


def test_tasks_are_added_meanwhile() -> None:
    queue: Any = deque(["a"])
    results = Cluster(Client({"a": ("finished", 1), "b": ("finished", 2)}), ROOT).each(work, queue, lost)
    assert next(results) == 1
    queue.append("b")
    assert [*results] == [2]


def test_no_more_are_sent_than_are_needed() -> None:
    """The documents of a class are not all on their way at once."""
    client = Client({str(number): ("finished", number) for number in range(20)}, threads=3)
    results = Cluster(client, ROOT).each(work, deque(map(str, range(20))), lost)
    assert [len(client.sent) for _ in results][:3] == [6, 7, 8]


@pytest.mark.parametrize(("threads", "ahead"), [(0, 4), (1, 4), (8, 16)])
def test_nobody_waits(threads: int, ahead: int) -> None:
    assert Cluster(Client({}, threads), ROOT).ahead == ahead


def test_a_task_whose_workers_died_is_lost() -> None:
    how = "a worker of the cluster was lost: RuntimeError: 3 workers died"
    assert [*each(a=("error", RuntimeError("3 workers died")))] == [f"a: {how}"]


def test_what_concerns_everybody_is_passed_on() -> None:
    with pytest.raises(PsetpressError, match=r"^no room$"):
        [*each(a=("error", PsetpressError("no room")))]


GONE = (
    r"^the Dask scheduler does not answer any more \({}\)\. What is done is kept: "
    "start the cluster again, and give the same command$"
)


def test_a_scheduler_that_is_gone_is_nobodys_failure() -> None:
    with pytest.raises(PsetpressError, match=GONE.format("CancelledError")):
        [*each(a=("cancelled", CancelledError()))]


def test_a_scheduler_that_is_gone_between_two_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: Client) -> dict[str, int]:
        raise ConnectionResetError("reset by peer")

    monkeypatch.setattr(Client, "nthreads", closed)
    with pytest.raises(PsetpressError, match=GONE.format("ConnectionResetError")):
        _ = Cluster(Client({}), ROOT).ahead


# --- the worker's side -------------------------------------------------------------------------


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker that has done nothing yet; it is in its workspace already."""
    monkeypatch.setattr(clusters.workspace, "activate", lambda _: None)
    clusters._prepare.cache_clear()
    yield
    clusters._prepare.cache_clear()


def test_a_worker_like_the_others_works(fresh: None) -> None:
    assert clusters._perform(ROOT, {"root": "course"}, work, "a") == "a is done"
    assert clusters._perform(ROOT, {"root": "course", "TeX": "one"}, work, "b") == "b is done"


def test_a_worker_that_would_make_other_papers_is_refused(fresh: None) -> None:
    with pytest.raises(PsetpressError) as caught:
        clusters._perform(ROOT, {"root": "course", "numpy": "3.0"}, work, "a")
    assert caught.value.message == (
        "a worker of the cluster would give other results: numpy is None, not 3.0; "
        "install the same versions there, and show it the same workspace"
    )


def test_the_makeup_knows_every_file_of_a_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.undo()
    place = workspace.Workspace(tmp_path)
    monkeypatch.setattr(workspace, "active", lambda: place)
    (tmp_path / "problems").mkdir()
    before = clusters.makeup(tmp_path, tex=True)
    (tmp_path / "notes.txt").write_text("no part of it")
    assert clusters.makeup(tmp_path, tex=True) == before
    (tmp_path / "problems" / "toy.py").write_text("1")
    after = clusters.makeup(tmp_path, tex=True)
    assert [name for name in before if before[name] != after[name]] == ["workspace"]
    assert {"psetpress", "numpy", "TeX"} <= {*before}
    assert {*before} - {*clusters.makeup(tmp_path, tex=False)} == {"TeX"}


# --- finding one -------------------------------------------------------------------------------


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "WAIT", 0.2)
    with pytest.raises(UsageError, match=r"^no Dask scheduler answers at 127\.0\.0\.1:9: .*; give HOST:PORT of one"):
        clusters.connected("127.0.0.1:9", ROOT).__enter__()


def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "WAIT", 0.2)
    with pytest.raises(UsageError, match=r"^no Dask scheduler answers at nowhere at all: "):
        clusters.connected("nowhere at all", ROOT).__enter__()


def test_a_scheduler_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "WAIT", 0.2)
    with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None) as empty:
        address = empty.scheduler_address
        with pytest.raises(UsageError) as caught:
            clusters.connected(address, ROOT).__enter__()
    assert caught.value.message == f"the Dask scheduler at {address} has no worker; start one: dask worker {address}"


def test_without_dask_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(UsageError, match=r"^a cluster needs Dask: pip install 'psetpress\[cluster\]'$"):
        clusters.local(2, ROOT).__enter__()


def test_none_is_chosen_unless_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "local", lambda *given: nullcontext(("local", *given)))
    monkeypatch.setattr(clusters, "connected", lambda *given: nullcontext(("connected", *given)))
    for asked, expected in (
        ((None, None), None),
        ((None, 2), ("local", 2, ROOT)),
        (("host:1", None), ("connected", "host:1", ROOT)),
    ):
        with clusters.chosen(*asked, ROOT) as cluster:
            assert cluster == expected
