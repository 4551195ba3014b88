"""The workshop: what a stopped build has done is found again, whole, if it still counts; and one build at a time."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from psetpress.classroom import workshop
from psetpress.classroom.workshop import FOLDER, Workshop, alone, clear, material, put
from psetpress.errors import PsetpressError


def test_what_is_kept_is_found_by_the_next_build_of_the_same(tmp_path: Path) -> None:
    Workshop(tmp_path, "m").keep("written/0", {"a": 1})
    again = Workshop(tmp_path, "m")
    assert again.kept("written/0") == {"a": 1}
    assert again.kept("written/1") is None


def test_nothing_is_kept_for_a_build_of_something_else(tmp_path: Path) -> None:
    before = Workshop(tmp_path, "m")
    before.keep("written/0", 1)
    before.stage("students/a/key.pdf", b"key")
    other = Workshop(tmp_path, "n")
    assert other.kept("written/0") is None
    assert sorted(path.name for path in other.root.rglob("*")) == ["material"]


@pytest.mark.parametrize("left", [b"", b"\x80", b"nothing of ours"])
def test_what_a_power_cut_has_spoilt_is_not_there(tmp_path: Path, left: bytes) -> None:
    place = Workshop(tmp_path, "m")
    place.keep("jobs/0", b"documents")
    (place.root / "jobs/0").write_bytes(left)
    assert place.kept("jobs/0") is None


def test_without_its_mark_nothing_counts(tmp_path: Path) -> None:
    """So it is with what is left of a workshop that was cleared by a build that was killed."""
    before = Workshop(tmp_path, "m")
    before.keep("written/0", 1)
    (before.root / "material").unlink()
    assert Workshop(tmp_path, "m").kept("written/0") is None


def test_clearing_takes_the_mark_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Workshop(tmp_path, "m")
    place.keep("written/0", 1)

    def killed(folder: Path) -> None:
        assert not (folder / "material").exists()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(workshop.shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            clear(place.root)
    assert place.kept("written/0") == 1
    clear(place.root)
    clear(place.root)
    assert [*tmp_path.iterdir()] == []


def test_staged_files_count_if_they_are_all_there_and_whole(tmp_path: Path) -> None:
    place = Workshop(tmp_path, "m")
    digests = {name: place.stage(name, name.encode()) for name in ("students/a/key.pdf", "staff/b.csv")}
    assert digests["staff/b.csv"] == hashlib.sha256(b"staff/b.csv").hexdigest()
    assert place.staged(digests)
    (place.root / "new/staff/b.csv").write_bytes(b"other")
    assert not place.staged(digests)
    (place.root / "new/staff/b.csv").unlink()
    assert not place.staged(digests)
    assert place.staged({})


def test_a_file_is_never_seen_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a", b"whole")
    real = Path.write_bytes

    def full(self: Path, data: Any) -> int:
        real(self, data[:2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        put(tmp_path / "a", b"new and longer")
    assert (tmp_path / "a").read_bytes() == b"whole"


# --- one at a time -----------------------------------------------------------------------------


def test_a_second_build_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    with alone(out), pytest.raises(PsetpressError) as caught, alone(out):
        pass
    assert caught.value.message == (f"{out}: another build of this set is at work there; wait, or choose another --out")
    with alone(out):
        assert [path.name for path in out.iterdir()] == [".psetpress-lock"]
    assert [*out.iterdir()] == []


def test_no_lock_is_left_by_a_build_that_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), alone(tmp_path):
        raise KeyboardInterrupt
    assert [*tmp_path.iterdir()] == []


def test_the_lock_of_a_killed_build_holds_nobody(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from psetpress.classroom.workshop import alone\n"
        "with alone(Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False).returncode == -9
    assert (tmp_path / ".psetpress-lock").exists()
    with alone(tmp_path):
        pass
    assert [*tmp_path.iterdir()] == []


def test_a_lock_whose_file_was_removed_meanwhile_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The build before removes it on leaving; somebody else may have made and locked a new one by then."""

    def leaves(descriptor: int) -> bool:
        (tmp_path / ".psetpress-lock").unlink()
        return True

    monkeypatch.setattr(workshop, "_locks", leaves)
    with pytest.raises(PsetpressError, match="another build of this set is at work there"), alone(tmp_path):
        pass


@pytest.mark.parametrize(("error", "held"), [(errno.EWOULDBLOCK, False), (errno.EACCES, False), (errno.ENOLCK, True)])
def test_where_a_file_system_has_no_locks_nobody_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int, held: bool
) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(fcntl, "flock", refuse)
    entered: list[bool] = []
    try:
        with alone(tmp_path):
            entered.append(True)
    except PsetpressError:
        entered.append(False)
    assert entered == [held]


# --- material ----------------------------------------------------------------------------------


def test_the_material_is_names_contents_and_more_words(tmp_path: Path) -> None:
    (tmp_path / "bank" / "__pycache__").mkdir(parents=True)
    (tmp_path / "bank" / "a.py").write_text("1")
    (tmp_path / "set.toml").write_text("1")
    folders = [tmp_path / "bank", tmp_path / "set.toml"]
    first = material(folders, "x")
    (tmp_path / "bank" / "__pycache__" / "a.pyc").write_text("1")
    assert material(folders, "x") == first
    assert len({first, material(folders, "y"), material(folders, "x", ""), material(folders[:1], "x")}) == 4
    for name in ("bank/a.py", "set.toml"):
        (tmp_path / name).write_text("2")
        assert material(folders, "x") != first
        (tmp_path / name).write_text("1")
    (tmp_path / "bank" / "a.py").rename(tmp_path / "bank" / "b.py")
    assert material(folders, "x") != first


def test_the_name_is_hidden() -> None:
    assert FOLDER.startswith(".")
