"""The course's key is made once, by one process, is whole or not there, and does not show itself."""

from __future__ import annotations

import json
import pickle
import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress import coursekey, workspace
from psetpress.coursekey import FILE, CourseKey
from psetpress.errors import PsetpressError, UsageError
from psetpress.streams import Stream
from psetpress.workspace import Workspace

SECRET = bytes(range(32))


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def refusal(place: Workspace) -> PsetpressError:
    with pytest.raises(PsetpressError) as caught:
        coursekey.of(place)
    return caught.value


def test_a_key_is_made_once_and_then_read(place: Workspace) -> None:
    path = place.root / FILE
    first = coursekey.of(place)
    content = path.read_bytes()
    again = coursekey.of(place)
    assert first == again
    assert len(first.secret) == 32
    assert path.read_bytes() == content
    assert [entry.name for entry in place.root.iterdir()] == [FILE]
    assert first.notes == (
        f"{path} is new: the key of this course ({first.fingerprint}). Back it up, and keep it out of git",
    )
    assert again.notes == ()


def test_two_courses_have_two_keys(tmp_path: Path) -> None:
    keys = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        keys.append(coursekey.of(Workspace(tmp_path / name)))
    assert keys[0] != keys[1]
    assert keys[0].stream_key != keys[1].stream_key
    assert keys[0].fingerprint != keys[1].fingerprint


def test_the_file_says_what_it_is_and_only_its_owner_reads_it(place: Workspace) -> None:
    key = coursekey.of(place)
    path = place.root / FILE
    *head, line = path.read_text(encoding="ascii").splitlines()
    assert all(each.startswith("# ") for each in head)
    for words in ("The secret key of this course, made by psetpress", "Keep a backup", "keep it out of git"):
        assert words in " ".join(head)
    assert line == f"{key.secret.hex()}-{key.fingerprint}"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_can_read_is_said(place: Workspace, mode: int) -> None:
    coursekey.of(place)
    path = place.root / FILE
    path.chmod(mode)
    assert coursekey.of(place).notes == (
        f"{path}: other users of this machine can read or change the course's key; chmod 600 {path}",
    )


def test_what_is_derived_is_fixed_for_all_time() -> None:
    """Who changes these values changes every variant of every course, and every code."""
    key = CourseKey(SECRET)
    assert key.fingerprint == "016c53e2"
    assert key.stream_key[:8] == "bff36e76"
    assert key.mac(b"message").hex()[:8] == "04b57e14"


def swapped(text: str) -> str:
    """Swap the first two neighbouring digits of the key that differ."""
    start = text.index("\n", text.rindex("# ")) + 1
    while text[start] == text[start + 1]:
        start += 1
    return text[:start] + text[start + 1] + text[start] + text[start + 2 :]


EDITS: dict[str, tuple[Callable[[str], str], str]] = {
    "empty": (lambda text: "", "holds no key"),
    "blank": (lambda text: "\n \n", "holds no key"),
    "cut after the comments": (lambda text: text[:-74], "holds no key"),
    "shortened": (lambda text: text[:-5], "is damaged"),
    "a digit missing": (lambda text: text[:-40] + text[-39:], "is damaged"),
    "another digit": (
        lambda text: text[:-60] + ("1" if text[-60] == "0" else "0") + text[-59:],
        "has been changed: the 8 digits behind the key do not fit it",
    ),
    "two digits swapped": (swapped, "has been changed: the 8 digits behind the key do not fit it"),
    "two keys": (lambda text: text + text, "is damaged"),
    "capitals": (lambda text: text[:-74] + text[-74:].upper().replace("0", "A"), "is damaged"),
    "words": (lambda text: "correct horse battery staple\n", "is damaged"),
    "no text": (lambda text: "\0\ufffd" * 40, "is damaged"),
    "endless": (lambda text: text + "#" * 5000, "is damaged"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_file_that_was_touched_is_refused_and_stays_as_it_is(place: Workspace, edit: str) -> None:
    secret = coursekey.of(place).secret.hex()
    path = place.root / FILE
    change, message = EDITS[edit]
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    content = path.read_bytes()
    error = refusal(place)
    assert isinstance(error, UsageError)
    assert error.message.startswith(f"{path}: {message}")
    assert "Restore it from a backup; if no set was built with it yet, remove it" in error.message
    assert secret[8:24] not in error.message
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "harmless",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n# kept in the safe of room 12\n\n",
        lambda text: text[text.rindex("\n", 0, -1) :],
    ],
)
def test_what_editors_and_git_do_to_text_does_no_harm(place: Workspace, harmless: Callable[[str], str]) -> None:
    key = coursekey.of(place)
    path = place.root / FILE
    path.write_bytes(harmless(path.read_text(encoding="ascii")).encode())
    assert coursekey.of(place) == key


def test_what_cannot_be_read_is_no_reason_for_a_new_key(place: Workspace) -> None:
    path = place.root / FILE
    path.mkdir()
    assert refusal(place).message == (
        f"{path}: the course's key cannot be read: Is a directory. Nothing can be built for a class without"
    )
    path.rmdir()
    path.symlink_to(place.root / "gone")
    assert f"{path}: the course's key cannot be read: No such file or directory" in refusal(place).message
    assert path.is_symlink()
    assert [entry.name for entry in place.root.iterdir()] == [FILE]


def test_who_may_not_read_gets_no_new_key(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    coursekey.of(place)
    content = (place.root / FILE).read_bytes()

    def forbidden(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", forbidden)
        assert refusal(place).message == (
            f"{place.root / FILE}: the course's key cannot be read: Permission denied. "
            "Nothing can be built for a class without"
        )
    assert (place.root / FILE).read_bytes() == content


def test_a_full_disk_leaves_nothing(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(coursekey.os, "fsync", full)
    assert refusal(place).message == (
        f"{place.root / FILE}: the course's key cannot be kept there: No space left on device. "
        "Make the folder writable, or build in a workspace that is"
    )
    assert [*place.root.iterdir()] == []


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    assert "the course's key cannot be kept there: No such file or directory" in (
        refusal(Workspace(tmp_path / "gone")).message
    )


def test_the_bank_of_an_installation_is_no_place_for_a_key() -> None:
    error = refusal(Workspace(workspace.BUNDLED))
    assert error.message == (
        "a class needs a workspace, which keeps the course's key; make one and build there: psetpress new my-course"
    )
    assert not (workspace.BUNDLED / FILE).exists()


def test_a_file_system_without_links_keeps_a_key_too(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(link: Path, target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", unsupported)
    key = coursekey.of(place)
    assert coursekey.of(place) == key
    assert [note.partition(" is ")[2][:3] for note in key.notes] == ["new"]
    assert (place.root / FILE).stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in place.root.iterdir()] == [FILE]


@pytest.mark.parametrize("links", [True, False])
def test_whoever_comes_second_takes_the_first_ones_key(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """Another process makes its key between our look and our link."""
    rival = CourseKey(SECRET)
    content = f"{SECRET.hex()}-{rival.fingerprint}\n"
    link = Path.hardlink_to

    def late(path: Path, beside: Path) -> None:
        path.write_text(content, encoding="ascii")
        path.chmod(0o600)
        if not links:
            raise OSError(95, "Operation not supported")
        link(path, beside)

    monkeypatch.setattr(Path, "hardlink_to", late)
    key = coursekey.of(place)
    assert (key, key.notes) == (rival, ())
    assert (place.root / FILE).read_text(encoding="ascii") == content


def test_processes_that_start_together_end_with_one_key(place: Workspace) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from psetpress import coursekey; from psetpress.workspace import Workspace\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "key = coursekey.of(Workspace(Path(sys.argv[1]))); print(key.secret.hex(), len(key.notes))"
    )
    command = [sys.executable, "-c", script, str(place.root)]
    racers = [Popen(command, stdin=PIPE, stdout=PIPE, text=True) for _ in range(6)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    ends = [racer.communicate()[0].split() for racer in racers]
    assert {secret for secret, _ in ends} == {coursekey.of(place).secret.hex()}
    assert sorted(notes for _, notes in ends) == ["0"] * 5 + ["1"]


def test_a_key_does_not_show_itself() -> None:
    key = CourseKey(SECRET)
    stream = Stream(key.stream_key, "hw3", "ada", "conv")
    shown = [repr(key), str(key), f"{key}", repr([key]), repr(stream), str(stream), f"{stream}"]
    shown += [str(key.stream_key), repr(key.stream_key), f"{key.stream_key:>30}", "".join(map(str, [key.stream_key]))]
    for text in shown:
        assert not re.search("[0-9a-f]{9}", text), text
    assert repr(key) == f"<CourseKey {key.fingerprint}>"
    assert str(stream) == "hw3/conv (the course's key, student ada)"


def test_a_key_does_not_show_itself_in_a_traceback() -> None:
    key = CourseKey(SECRET)
    try:
        raise ValueError(key, key.stream_key, Stream(key.stream_key, "hw3", "ada", "conv"))
    except ValueError:
        assert not re.search("[0-9a-f]{9}", traceback.format_exc())


@given(st.binary(min_size=32, max_size=32))
def test_a_stream_is_made_of_what_its_key_hides(secret: bytes) -> None:
    """Hidden in messages, equal in numbers: also after a journey to another process."""
    key = CourseKey(secret).stream_key
    told = "".join(key)
    assert re.fullmatch("[0-9a-f]{64}", told)
    assert json.loads(json.dumps(key)) == told == key
    stream, plain = (Stream(each, "hw3", "ada", "conv") for each in (key, told))
    assert stream.generator(1).integers(0, 2**63) == plain.generator(1).integers(0, 2**63)
    sent = pickle.loads(pickle.dumps(stream))
    assert sent == stream
    assert str(sent) == "hw3/conv (the course's key, student ada)"


@given(st.binary(min_size=32, max_size=32))
def test_nothing_that_is_published_leads_back(secret: bytes) -> None:
    key = CourseKey(secret)
    told = "".join(key.stream_key)
    assert len({secret.hex(), told, key.mac(b"").hex()}) == 3
    assert key.fingerprint not in {told[:8], secret.hex()[:8], key.mac(b"").hex()[:8]}
