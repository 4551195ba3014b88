"""Golden streams: what five fixed streams of every problem draw and answer, level by level.

A change in drawing or solving shows here as a diff. It is meant or it is a defect: whoever means it raises the
problem's `version` (manifests record it) and runs `pytest tests/test_golden_streams.py --refresh-golden`. What the
version is compared with is the last commit, not the file on disk, which anybody may delete or edit. Where there is no
git it is the file; one that is missing can be written at version 1 only.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from psetpress import codec, drawing, registry
from psetpress.answers.numbers import AGREE_ATOL, AGREE_RTOL
from psetpress.drawing import Variant
from psetpress.streams import Stream

GOLDEN = Path(__file__).parent / "golden" / "streams"
STREAMS = 5


def recorded(variant: Variant) -> dict[str, Any]:
    """Return what of a variant must not change: parameters and answers, in the types of a manifest."""
    answers = {name: variant.kinds[name].to_json(value) for name, value in variant.answers.items()}
    return {"params": codec.dump(variant.params), "answers": answers}


def today(name: str) -> dict[str, Any]:
    problem = registry.load(name)
    levels = {
        level: [
            recorded(drawing.draw(name, problem, level, Stream(f"golden {number}", "golden", "", name)))
            for number in range(STREAMS)
        ]
        for level in problem.levels
    }
    return json.loads(json.dumps({"version": problem.version, "levels": levels}))


def stored(name: str) -> dict[str, Any] | None:
    path = GOLDEN / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def committed(path: Path) -> dict[str, Any] | None:
    """Return what the last commit has at ``path``, None if nothing. Raises LookupError where git cannot say."""

    def git(*arguments: str) -> str:
        try:
            command = ["git", "-C", str(path.parent), *arguments]
            return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
        except (OSError, subprocess.CalledProcessError) as error:
            raise LookupError(f"no git, or no commit: {error}") from error

    entry = git("ls-tree", "HEAD", path.name).split()  # mode, type, hash, name
    return json.loads(git("cat-file", "blob", entry[2])) if entry else None


def refusal(name: str, now: dict[str, Any]) -> str | None:
    """Say why the golden file of ``name`` may not be written, or return None."""
    GOLDEN.mkdir(parents=True, exist_ok=True)  # git looks from inside it, also after somebody has deleted it
    try:
        return verdict(committed(GOLDEN / f"{name}.json"), now)
    except LookupError:
        before = stored(name)
    if before is None and now["version"] > 1:
        return f"it is missing, the version is {now['version']}, and no git knows what was drawn before: restore it"
    return verdict(before, now)


def written(data: dict[str, Any]) -> str:
    """Return the text of a golden file: a line for each stream, so that a diff shows which ones changed."""
    levels = [
        f'"{level}": [\n' + ",\n".join(json.dumps(stream, ensure_ascii=False) for stream in streams) + "\n]"
        for level, streams in data["levels"].items()
    ]
    return f'{{"version": {data["version"]}, "levels": {{\n' + ",\n".join(levels) + "\n}}\n"


def same(a: Any, b: Any) -> bool:
    """Compare JSON exactly, floats up to the noise of another processor's arithmetic (as two roads are compared)."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=AGREE_RTOL, abs_tol=AGREE_ATOL)
    return type(a) is type(b) and a == b


def verdict(before: dict[str, Any] | None, now: dict[str, Any]) -> str | None:
    """Say why a golden file may not be replaced, or return None: a new version may draw what it likes."""
    if before is None or before["version"] < now["version"] or same(before, now):
        return None
    return f"its streams changed, but its version is still {now['version']}: raise `version` in the problem's record"


@pytest.mark.parametrize("name", registry.names())
def test_streams_draw_what_they_always_drew(name: str, request: pytest.FixtureRequest) -> None:
    before, now = stored(name), today(name)
    if request.config.getoption("--refresh-golden"):
        assert refusal(name, now) is None, refusal(name, now)
        (GOLDEN / f"{name}.json").write_text(written(now), encoding="utf-8")
    else:
        assert same(before, now), f"{name}: {verdict(before, now) or 'refresh its golden streams'}"


def test_no_golden_file_is_left_of_a_problem_that_is_gone() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.json")) == sorted(registry.names())


def test_a_golden_file_reads_back_as_it_was_written() -> None:
    data = today(registry.names()[0])
    assert json.loads(written(data)) == data


@pytest.mark.parametrize(
    ("before", "now", "allowed"),
    [
        (None, {"version": 1, "levels": {}}, True),
        ({"version": 1, "levels": {"easy": [1]}}, {"version": 1, "levels": {"easy": [1]}}, True),
        ({"version": 1, "levels": {"easy": [1]}}, {"version": 2, "levels": {"easy": [2]}}, True),
        ({"version": 1, "levels": {"easy": [1]}}, {"version": 1, "levels": {"easy": [2]}}, False),
        ({"version": 2, "levels": {"easy": [1]}}, {"version": 1, "levels": {"easy": [2]}}, False),
    ],
)
def test_a_refresh_needs_a_new_version(before: dict[str, Any] | None, now: dict[str, Any], allowed: bool) -> None:
    assert (verdict(before, now) is None) is allowed


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Commit golden files by name in a repository of their own, which the tests of this module then read."""
    folder = tmp_path / "streams"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)  # a hook of git names the repository in which it runs
    monkeypatch.setattr(f"{__name__}.GOLDEN", folder)

    def git(*arguments: str) -> None:
        author = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(tmp_path), *author, *arguments], check=True, capture_output=True)

    def commit(**files: dict[str, Any]) -> None:
        for name, data in files.items():
            (folder / f"{name}.json").write_text(written(data))
        git("init", "--quiet")
        git("add", ".")
        git("commit", "--quiet", "--allow-empty", "--message", "golden")

    return commit


def streams(version: int, drawn: int) -> dict[str, Any]:
    return {"version": version, "levels": {"easy": [drawn]}}


def test_a_golden_file_that_was_deleted_is_written_again_only_as_it_was(repository: Callable[..., None]) -> None:
    repository(toy=streams(1, drawn=7))
    (GOLDEN / "toy.json").unlink()
    assert refusal("toy", streams(1, drawn=7)) is None
    assert refusal("toy", streams(2, drawn=8)) is None
    says = "its streams changed, but its version is still 1: raise `version` in the problem's record"
    assert refusal("toy", streams(1, drawn=8)) == says


def test_all_golden_files_may_be_deleted_to_no_avail(repository: Callable[..., None]) -> None:
    repository(toy=streams(1, drawn=7))
    shutil.rmtree(GOLDEN)
    assert refusal("toy", streams(1, drawn=8)) is not None


def test_a_golden_file_whose_version_was_lowered_by_hand_counts_as_it_was_committed(
    repository: Callable[..., None],
) -> None:
    repository(toy=streams(1, drawn=7))
    (GOLDEN / "toy.json").write_text(written(streams(0, drawn=7)))
    assert refusal("toy", streams(1, drawn=8)) is not None


def test_before_a_new_version_is_committed_it_may_draw_what_it_likes(repository: Callable[..., None]) -> None:
    repository(toy=streams(1, drawn=7))
    (GOLDEN / "toy.json").write_text(written(streams(2, drawn=8)))
    (GOLDEN / "new.json").write_text(written(streams(1, drawn=1)))
    assert refusal("toy", streams(2, drawn=9)) is None
    assert refusal("new", streams(1, drawn=2)) is None


def test_without_git_the_file_counts_and_a_missing_one_is_for_version_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.GOLDEN", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert refusal("toy", streams(1, drawn=8)) is None
    assert "no git knows what was drawn before" in str(refusal("toy", streams(2, drawn=8)))
    (tmp_path / "toy.json").write_text(written(streams(1, drawn=7)))
    assert refusal("toy", streams(1, drawn=8)) is not None
    assert refusal("toy", streams(2, drawn=8)) is None


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ({"x": [0.1, "3/2"]}, {"x": [0.1 + 1e-16, "3/2"]}, True),
        ({"x": [0.1]}, {"x": [0.1001]}, False),
        ([1, 2], [1], False),
        ({"x": 1}, {"y": 1}, False),
        (1, 1.0, False),
        (True, 1, False),
    ],
)
def test_only_the_noise_of_floats_is_forgiven(a: Any, b: Any, expected: bool) -> None:
    assert same(a, b) is expected
