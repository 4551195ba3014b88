"""Delivery: all of it or none of it, and nothing of anyone else's.

Tests may run as root, whom no permission stops: what cannot be written lies below a file, or the
call fails as the system would let it fail.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from psetpress import delivery
from psetpress.delivery import check, deliver, deliver_staged, take_back, write
from psetpress.errors import PsetpressError

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
READ_ONLY = OSError(errno.EROFS, os.strerror(errno.EROFS))


def build(**files: str) -> dict[str, bytes]:
    """Return files with a manifest that lists them; ``handout="x"`` is ``handout.pdf``."""
    contents = {f"{name}.pdf": text.encode() for name, text in files.items()}
    return {"manifest.json": manifest(contents), **contents}


def manifest(files: Mapping[str, bytes]) -> bytes:
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return json.dumps({"variants": [], "files": hashes}).encode()


def contents(folder: Path) -> dict[str, bytes]:
    """Return everything below a folder, hidden files too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fail_at(monkeypatch: pytest.MonkeyPatch, method: str, name: str, error: BaseException) -> None:
    """Let a method of Path fail when the file ``name`` comes to be written, moved or linked to its place."""
    real: Callable[..., Any] = getattr(Path, method)

    def failing(self: Path, *arguments: Any, **options: Any) -> Any:
        goal = Path(arguments[0]) if method == "replace" else self
        if goal.name == name:
            monkeypatch.setattr(Path, method, real)  # the disk has room again: taking back must work
            raise error
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, method, failing)


# --- delivering --------------------------------------------------------------------------------


def test_files_arrive_in_a_new_folder(tmp_path: Path) -> None:
    files = {"a.pdf": b"a", "students/ada/b.pdf": b"b", "manifest.json": manifest({})}
    deliver(tmp_path / "new" / "folder", files)
    assert contents(tmp_path / "new" / "folder") == files


def test_nothing_else_is_left_behind(tmp_path: Path) -> None:
    deliver(tmp_path, build(a="1"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "manifest.json"]


def test_everyone_may_read_what_the_umask_allows(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        deliver(tmp_path, build(a="1"))
        write(tmp_path / "b.pdf", b"1")
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o644}


def test_the_next_build_replaces_and_removes(tmp_path: Path) -> None:
    deliver(tmp_path, build(handout="old", key="old", rubric="old"))
    deliver(tmp_path, build(handout="new"))
    assert contents(tmp_path) == build(handout="new")


def test_files_of_others_are_kept(tmp_path: Path) -> None:
    deliver(tmp_path, build(handout="1"))
    (tmp_path / "notes.txt").write_text("mine")
    deliver(tmp_path, build(handout="2"))
    assert contents(tmp_path) == {**build(handout="2"), "notes.txt": b"mine"}


def test_a_file_that_was_changed_since_is_kept(tmp_path: Path) -> None:
    """The old key is nobody's to remove once somebody has written into it."""
    deliver(tmp_path, build(handout="1", key="1"))
    (tmp_path / "key.pdf").write_text("annotated")
    deliver(tmp_path, build(handout="2"))
    assert contents(tmp_path) == {**build(handout="2"), "key.pdf": b"annotated"}


@pytest.mark.parametrize("name", ["../evil", "sub/../../evil", "{outside}", "link/evil"])
def test_nothing_outside_the_folder_is_removed(tmp_path: Path, name: str) -> None:
    outside, folder = tmp_path / "evil", tmp_path / "out"
    outside.write_bytes(b"precious")
    (folder / "sub").mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path)
    listed = {name.format(outside=outside): hashlib.sha256(b"precious").hexdigest()}
    (folder / "manifest.json").write_text(json.dumps({"variants": [], "files": listed}))
    deliver(folder, build(handout="1"))
    assert outside.read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["", ".", "sub", "sub/.."])
def test_no_folder_is_removed(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "manifest.json").write_text(json.dumps({"variants": [], "files": {name: ""}}))
    deliver(tmp_path, build(handout="1"))
    assert (tmp_path / "sub").is_dir()


def test_a_file_that_is_gone_already_is_no_trouble(tmp_path: Path) -> None:
    deliver(tmp_path, build(handout="1", key="1"))
    (tmp_path / "key.pdf").unlink()
    deliver(tmp_path, build(handout="2"))
    assert contents(tmp_path) == build(handout="2")


def test_the_manifest_arrives_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sees the new manifest sees the files that it lists, and no stale one."""
    deliver(tmp_path, build(stale="1", a="1"))
    real = Path.replace

    def watched(self: Path, target: Path) -> Path:
        if target == tmp_path / "manifest.json":
            assert (tmp_path / "a.pdf").read_bytes() == b"2"
            assert (tmp_path / "z.pdf").read_bytes() == b"2"
            assert not (tmp_path / "stale.pdf").exists()
            seen.append("manifest")
        return real(self, target)

    seen: list[str] = []
    monkeypatch.setattr(Path, "replace", watched)
    deliver(tmp_path, build(a="2", z="2"))
    assert seen == ["manifest"]


# --- failing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["write_bytes", "replace", "hardlink_to"])
@pytest.mark.parametrize("name", ["handout.pdf", "key.pdf", "manifest.json", "fresh.pdf"])
@pytest.mark.parametrize("error", [FULL, READ_ONLY, KeyboardInterrupt()], ids=["full", "read-only", "Ctrl-C"])
def test_whatever_fails_the_earlier_output_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, name: str, error: BaseException
) -> None:
    deliver(tmp_path, build(handout="old", key="old", rubric="old"))
    before = contents(tmp_path)
    files = build(handout="new", key="new", fresh="new")
    fail_at(monkeypatch, method, name, error)
    copied = method == "hardlink_to" and isinstance(error, OSError)
    linked = method == "hardlink_to" and name == "fresh.pdf"  # there was none to keep
    if copied or linked:
        deliver(tmp_path, files)  # without hard links the old file is kept as a copy
        assert contents(tmp_path) == files
        return
    with pytest.raises(PsetpressError if isinstance(error, OSError) else KeyboardInterrupt):
        deliver(tmp_path, files)
    assert contents(tmp_path) == before


def test_without_hard_links_a_failure_is_taken_back_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(tmp_path, build(handout="old", key="old"))
    before = contents(tmp_path)

    def no_links(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    fail_at(monkeypatch, "replace", "manifest.json", FULL)
    with pytest.raises(PsetpressError):
        deliver(tmp_path, build(handout="new"))
    assert contents(tmp_path) == before


def test_a_removal_that_fails_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(tmp_path, build(handout="old", rubric="old", zzz="old"))
    before = contents(tmp_path)
    fail_at(monkeypatch, "unlink", "zzz.pdf", READ_ONLY)
    with pytest.raises(PsetpressError, match="Read-only file system"):
        deliver(tmp_path, build(handout="new"))
    assert contents(tmp_path) == before


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    deliver(tmp_path, build(handout="old"))
    (tmp_path / "key.pdf").mkdir()
    before = contents(tmp_path)
    with pytest.raises(PsetpressError, match="cannot be written: Is a directory"):
        deliver(tmp_path, build(handout="new", key="new"))
    assert contents(tmp_path) == before


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_at(monkeypatch, "write_bytes", "handout.pdf", FULL)
    with pytest.raises(PsetpressError) as caught:
        deliver(tmp_path, build(handout="1"))
    assert caught.value.message == (
        f"{tmp_path}: cannot be written: No space left on device. What was there before is untouched; "
        "free some space, or choose another place."
    )
    assert caught.value.exit_code == 1
    assert contents(tmp_path) == {}


def test_what_cannot_be_taken_back_keeps_nothing_else_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(tmp_path, build(a="old", handout="old", key="old"))
    before = contents(tmp_path)
    real = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target == tmp_path / "manifest.json":
            raise FULL
        if self == tmp_path / "handout.pdf":
            raise PermissionError(errno.EACCES, "another program holds it open")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(PsetpressError):
        deliver(tmp_path, build(a="new", handout="new", key="new"))
    assert contents(tmp_path) == {**before, "handout.pdf": b"new"}


# --- staged beforehand, and killed on the way --------------------------------------------------


class KilledError(BaseException):
    """Stands for a kill: nothing is taken back on the way out."""


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    """A class of three was delivered; another one is staged: anna again, a new one, and not eve any more."""
    deliver(tmp_path / "out", class_(anna="old", eve="old", same="same"))
    for name, content in class_(anna="new", dan="new", same="same").items():
        write(tmp_path / "out/.staging/new" / name, content)
    return tmp_path / "out/.staging"


def class_(**papers: str) -> dict[str, bytes]:
    files = {f"students/{name}/key.pdf": text.encode() for name, text in papers.items()}
    return {"manifest.json": manifest(files), **files}


def delivered(folder: Path) -> dict[str, bytes]:
    """Return what lies in a folder, but for what is staged; empty folders, too."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if ".staging" not in path.parts}
    return {
        name: path.read_bytes() if path.is_file() else b""
        for name, path in found.items()
        if path.is_file() or not any(path.iterdir())
    }


def killed(monkeypatch: pytest.MonkeyPatch, function: str, time: int) -> pytest.MonkeyPatch:
    """Let the process be killed when a function of the module is called for the ``time``-th time."""
    real: Callable[..., Any] = getattr(delivery, function)
    calls: list[object] = []

    def dies(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == time:
            raise KilledError
        return real(*given)

    monkeypatch.setattr(delivery, function, dies)
    return monkeypatch


def test_what_is_staged_arrives(staging: Path) -> None:
    deliver_staged(staging.parent, staging, [*class_(anna="", dan="", same="")])
    assert delivered(staging.parent) == class_(anna="new", dan="new", same="same")


@pytest.mark.parametrize(
    ("function", "time"),
    [("_move", 1), ("_move", 2), ("_move", 3), ("_move", 4), ("_keep", 1), ("_keep", 2), ("_keep", 4), ("_prune", 1)],
)
def test_killed_on_the_way_it_is_as_before_and_staged_as_before(
    staging: Path, monkeypatch: pytest.MonkeyPatch, function: str, time: int
) -> None:
    out, names = staging.parent, [*class_(anna="", dan="", same="")]
    before, new = delivered(out), contents(staging / "new")
    with monkeypatch.context() as patch:
        killed(patch, function, time).setattr(delivery, "_undo", lambda *_: None)
        with pytest.raises(KilledError):
            deliver_staged(out, staging, names)
    take_back(out, staging)
    assert delivered(out) == before
    assert contents(staging) == {f"new/{name}": text for name, text in new.items() if name != "manifest.json"}
    write(staging / "new/manifest.json", new["manifest.json"])
    deliver_staged(out, staging, names)
    assert delivered(out) == class_(anna="new", dan="new", same="same")


@pytest.mark.parametrize(
    ("function", "time"), [("_unmove", 1), ("_unmove", 3), ("_put_back", 1), ("_put_back", 2), ("_prune", 1)]
)
def test_killed_when_it_is_taken_back_it_is_taken_back_by_the_next(
    staging: Path, monkeypatch: pytest.MonkeyPatch, function: str, time: int
) -> None:
    out = staging.parent
    before = delivered(out)
    with monkeypatch.context() as patch:
        killed(patch, "_move", 4).setattr(delivery, "_undo", lambda *_: None)
        with pytest.raises(KilledError):
            deliver_staged(out, staging, [*class_(anna="", dan="", same="")])
    with monkeypatch.context() as patch:
        killed(patch, function, time)
        with pytest.raises(KilledError):
            take_back(out, staging)
    take_back(out, staging)
    assert delivered(out) == before


def test_killed_after_the_manifest_it_stays_delivered(staging: Path) -> None:
    deliver_staged(staging.parent, staging, [*class_(anna="", dan="", same="")])
    take_back(staging.parent, staging)
    assert delivered(staging.parent) == class_(anna="new", dan="new", same="same")
    assert not (staging / "old").exists()


def test_a_paper_that_somebody_wrote_into_meanwhile_is_left(staging: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = staging.parent
    with monkeypatch.context() as patch:
        killed(patch, "_move", 4).setattr(delivery, "_undo", lambda *_: None)
        with pytest.raises(KilledError):
            deliver_staged(out, staging, [*class_(anna="", dan="", same="")])
    (out / "students/dan/key.pdf").write_text("annotated")
    take_back(out, staging)
    assert delivered(out) == {
        **class_(anna="old", eve="old", same="same"),
        "students/dan/key.pdf": b"annotated",
    }


def test_where_nothing_was_staged_there_is_nothing_to_take_back(tmp_path: Path) -> None:
    deliver(tmp_path, build(a="1"))
    take_back(tmp_path, tmp_path / ".staging")
    assert contents(tmp_path) == build(a="1")


# --- checking first ----------------------------------------------------------------------------


def test_a_folder_that_can_be_written_passes_and_is_not_made_yet(tmp_path: Path) -> None:
    check(tmp_path)
    check(tmp_path / "new" / "folder")
    assert list(tmp_path.iterdir()) == []


def test_a_relative_folder_is_checked_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    check(Path("out/hw3"))
    check(Path())


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PsetpressError, match="file: cannot be written: it is a file, not a folder"):
        check(tmp_path / "file")
    with pytest.raises(PsetpressError, match="deep: cannot be written: Not a directory"):
        check(tmp_path / "file" / "deep")
    with pytest.raises(PsetpressError, match="deep: cannot be written: Not a directory"):
        deliver(tmp_path / "file" / "deep", build(a="1"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PsetpressError, match="cannot be written: Permission denied"):
            check(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_a_read_only_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**options: Any) -> None:
        raise READ_ONLY

    monkeypatch.setattr(delivery.tempfile, "TemporaryFile", refuse)
    with pytest.raises(PsetpressError, match="cannot be written: Read-only file system"):
        check(tmp_path / "new")


@pytest.mark.parametrize(
    "text", ['{"name": "a web page", "icons": []}', "[]", "3", "", "{", '{"variants": [], "files": ["a.pdf"]}', "\x00"]
)
def test_a_manifest_of_something_else_is_not_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    expected = (
        f"{tmp_path / 'manifest.json'} was not written by psetpress and would be replaced; "
        "choose another folder with --out, or remove it"
    )
    for attempt in (lambda: check(tmp_path), lambda: deliver(tmp_path, build(a="1"))):
        with pytest.raises(PsetpressError) as caught:
            attempt()
        assert caught.value.message == expected
    assert contents(tmp_path) == {"manifest.json": text.encode()}


# --- single files ------------------------------------------------------------------------------


def test_one_file_is_written(tmp_path: Path) -> None:
    write(tmp_path / "new" / "a.pdf", b"1")
    write(tmp_path / "new" / "a.pdf", b"2")
    assert contents(tmp_path) == {"new/a.pdf": b"2"}


def test_one_file_that_fails_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.pdf", b"1")
    fail_at(monkeypatch, "write_bytes", "a.pdf", FULL)
    with pytest.raises(PsetpressError, match=r"a\.pdf: cannot be written: No space left on device"):
        write(tmp_path / "a.pdf", b"2")
    assert contents(tmp_path) == {"a.pdf": b"1"}


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    """`--pdf /dev/stdout` must not replace the device by a file."""
    target = tmp_path / "target.pdf"
    (tmp_path / "link.pdf").symlink_to(target)
    write(tmp_path / "link.pdf", b"1")
    assert (tmp_path / "link.pdf").is_symlink()
    assert target.read_bytes() == b"1"
    write(Path(os.devnull), b"1")
    assert not Path(os.devnull).is_file()


def test_a_relative_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("a.pdf"), b"1")
    assert contents(tmp_path) == {"a.pdf": b"1"}
