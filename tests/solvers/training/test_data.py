"""Data sets: official files by their hashes, copies by their label, and damaged files by a message."""

from __future__ import annotations

import gzip
import pickle
import re
import struct
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from solvers.training.data import Missing, Unusable, batches, files, idx, load, sets

PIXELS = np.random.default_rng(0).integers(0, 256, (4, 3072), np.uint8)


def packed(array: np.ndarray) -> bytes:
    """Return an idx file."""
    head = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


class TestIdx:
    ARRAY = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)

    @pytest.mark.parametrize("pack", [bytes, gzip.compress])
    def test_arrays_are_read_packed_or_not(self, tmp_path: Path, pack):
        data = pack(packed(self.ARRAY))
        (tmp_path / "a").write_bytes(data)
        array, digest = idx.load(tmp_path / "a")
        np.testing.assert_array_equal(array, self.ARRAY)
        assert digest == files.md5(data)

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "is no idx file of unsigned bytes: it begins with nothing"),
            (b"GIF89a", "is no idx file of unsigned bytes: it begins with 47 49 46 38"),
            (packed(ARRAY)[:7], "is cut off: it ends within its header, after 7 bytes"),
            (packed(ARRAY)[:-1], "is cut off or damaged: its header says 24 bytes, 23 follow"),
            (gzip.compress(packed(ARRAY))[:-9], "is cut off or damaged: "),
            (b"\x1f\x8bnothing", "is cut off or damaged: "),
        ],
    )
    def test_what_is_wrong_is_said(self, tmp_path: Path, data: bytes, says: str):
        (tmp_path / "a").write_bytes(data)
        with pytest.raises(Unusable, match=re.escape(f"{tmp_path / 'a'}: {says}")):
            idx.load(tmp_path / "a")


class Evil:
    def __reduce__(self):
        return eval, ("1/0",)


class TestBatches:
    @pytest.mark.parametrize("protocol", range(6))
    def test_arrays_and_lists_are_read(self, tmp_path: Path, protocol: int):
        (tmp_path / "a").write_bytes(pickle.dumps({"data": PIXELS, b"labels": [1, 2]}, protocol))
        if protocol in (0, 1, 2):  # bytes are written there by a function, which is not handed out
            (tmp_path / "a").write_bytes(pickle.dumps({"data": PIXELS.tolist(), "labels": [1, 2]}, protocol))
        table, _ = batches.load(tmp_path / "a")
        np.testing.assert_array_equal(np.array(table[b"data"]), PIXELS)
        assert table[b"labels"] == [1, 2]

    def test_python_2_wrote_strings_as_bytes(self, tmp_path: Path):
        (tmp_path / "a").write_bytes(b"(dp0\nS'labels'\np1\n(lp2\nI6\naI9\nas.")  # protocol 0, as cPickle wrote it
        assert batches.load(tmp_path / "a")[0] == {b"labels": [6, 9]}

    def test_code_is_refused_unrun(self, tmp_path: Path):
        (tmp_path / "a").write_bytes(pickle.dumps({"data": Evil()}))
        with pytest.raises(
            Unusable, match=r"it asks for builtins\.eval, and only arrays and plain containers are read"
        ):
            batches.load(tmp_path / "a")

    @pytest.mark.parametrize("data", [b"", b"garbage", pickle.dumps({"data": PIXELS})[:-100]])
    def test_a_damaged_file_is_refused(self, tmp_path: Path, data: bytes):
        (tmp_path / "a").write_bytes(data)
        with pytest.raises(Unusable, match="is cut off or damaged, or no batch"):
            batches.load(tmp_path / "a")

    def test_a_list_is_no_batch(self, tmp_path: Path):
        (tmp_path / "a").write_bytes(pickle.dumps([1]))
        with pytest.raises(Unusable, match="it holds a list, not a table"):
            batches.load(tmp_path / "a")


def test_digits_are_always_there(tmp_path: Path):
    digits = load("digits", tmp_path)
    assert digits.training.shape == (1437, 1, 8, 8)
    assert digits.test.shape == (360, 1, 8, 8)
    assert digits.training.max() == 255
    assert digits.training_labels[:4].tolist() == [0, 1, 2, 3]
    assert (digits.label, digits.hashes) == ("scikit-learn's digits", {})


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    """A folder with tiny files in MNIST's format."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    images = np.arange(3 * 28 * 28).reshape(3, 28, 28) % 256
    for number, (file, _) in enumerate(sets.MNIST):
        array = np.array([7, 2, 1]) if number % 2 else images
        (folder / file.name).write_bytes(gzip.compress(packed(array)))
    return folder


class TestMnist:
    def test_a_copy_is_used_and_labelled(self, mnist: Path):
        found = load("mnist", mnist.parent)
        assert found.label == "MNIST, unofficial copy"
        assert found.training.shape == (3, 1, 28, 28)
        assert found.test_labels.tolist() == [7, 2, 1]
        assert set(found.hashes) == {file.name for file, _ in sets.MNIST}

    def test_official_hashes_make_it_official(self, mnist: Path, monkeypatch: pytest.MonkeyPatch):
        hashed = [
            (replace(file, md5=files.md5((mnist / file.name).read_bytes())), unpacked) for file, unpacked in sets.MNIST
        ]
        monkeypatch.setattr(sets, "MNIST", tuple(hashed))
        assert load("mnist", mnist.parent).label == "MNIST"

    @pytest.mark.parametrize("place", ["MNIST/raw", "."])
    def test_unpacked_files_in_torchvision_s_place_are_found(self, mnist: Path, tmp_path: Path, place: str):
        home = tmp_path / "other" / place
        home.mkdir(parents=True)
        for path in mnist.iterdir():
            (home / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
        assert load("mnist", tmp_path / "other").test_labels.tolist() == [7, 2, 1]

    def test_parts_that_do_not_belong_together_are_refused(self, mnist: Path):
        (mnist / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(packed(np.array([1, 2]))))
        with pytest.raises(Unusable) as caught:
            load("mnist", mnist.parent)
        names = (mnist / f"t10k-{part}-ubyte.gz" for part in ("images-idx3", "labels-idx1"))
        assert str(caught.value) == (
            f"{' and '.join(map(str, names))}: images and labels for test do not belong together. "
            "Delete them, and what was published is fetched"
        )


def write_cifar(folder: Path, set_: sets.Cifar, **changes: object) -> None:
    """Write tiny files in the format of CIFAR."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in set_.files:
        table = {b"data": PIXELS, set_.labels: [3, 8, 8, 0]} | {key.encode(): value for key, value in changes.items()}
        (folder / file.name).write_bytes(pickle.dumps(table))
    names = [f"class {number}".encode() for number in range(set_.classes)]
    (folder / set_.meta.name).write_bytes(pickle.dumps({set_.names: names}))


class TestCifar:
    @pytest.mark.parametrize(("name", "set_"), [("cifar10", sets.CIFAR10), ("cifar100", sets.CIFAR100)])
    def test_batches_become_images(self, tmp_path: Path, name: str, set_: sets.Cifar):
        write_cifar(tmp_path / set_.archive.unpacks, set_)
        found = load(name, tmp_path)
        assert found.training.shape == (4 * (len(set_.files) - 1), 3, 32, 32)
        assert found.test_labels.tolist() == [3, 8, 8, 0]
        np.testing.assert_array_equal(found.test[1, 2, 0], PIXELS[1, 2048:2080])  # blue, first row
        assert found.classes[:2] == ("class 0", "class 1")

    def test_unofficial_pixels_are_labelled(self, tmp_path: Path):
        folder = tmp_path / "cifar-100-python"
        write_cifar(folder, sets.CIFAR100)
        assert load("cifar100", tmp_path).label == "CIFAR-100, unofficial copy"
        (folder / "SOURCE.txt").write_text("Pixels decoded from a JPEG (quality 75, 4:2:0) copy; labels are official.")
        assert load("cifar100", tmp_path).label == "CIFAR-100, JPEG-75 copy"

    def test_other_labels_are_labelled_too(self, tmp_path: Path):
        write_cifar(tmp_path, sets.CIFAR10)
        assert load("cifar10", tmp_path).label == "CIFAR-10, unofficial copy with other labels"

    def test_official_hashes_make_it_official(self, tmp_path: Path):
        write_cifar(tmp_path, sets.CIFAR100)
        hashed = [replace(file, md5=files.md5((tmp_path / file.name).read_bytes())) for file in sets.CIFAR100.files]
        assert replace(sets.CIFAR100, files=tuple(hashed)).load(tmp_path, None).label == "CIFAR-100"

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"data": None}, "is no batch of CIFAR-10: it must hold data and labels"),
            ({"data": PIXELS[:3]}, r"must hold bytes, 3072 for each label, not uint8 of shape \(3, 3072\)"),
            ({"data": PIXELS.astype(float)}, "must hold bytes, 3072 for each label, not float64"),
            ({"labels": [1, 2, 3, "4"]}, "labels must be whole numbers that count classes, 0 to 9, not '4'"),
            ({"labels": [1, 2, 57, 4]}, "labels must be whole numbers that count classes, 0 to 9, not 57"),
            ({"labels": [1, -1, 3, 4]}, "labels must be whole numbers that count classes, 0 to 9, not -1"),
            ({"labels": [1, 2, 3, 10**99]}, "labels must be whole numbers that count classes, 0 to 9, not 1000"),
        ],
    )
    def test_what_is_no_batch_is_refused(self, tmp_path: Path, changes: dict[str, object], says: str):
        write_cifar(tmp_path, sets.CIFAR10, **changes)
        with pytest.raises(Unusable, match=says):
            load("cifar10", tmp_path)

    @pytest.mark.parametrize("names", [None, 5, [], [1] * 10, ["one", "two"], ["one"] * 11, [b"\xe9t\xe9"] * 10])
    def test_classes_need_names(self, tmp_path: Path, names: object):
        write_cifar(tmp_path, sets.CIFAR10)
        path = tmp_path / "batches.meta"
        path.write_bytes(pickle.dumps({b"label_names": names}))
        says = f"{path}: must hold the names of 10 classes, in UTF-8. Delete it, and what was published is fetched"
        with pytest.raises(Unusable, match=re.escape(says)):
            load("cifar10", tmp_path)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host(tmp_path: Path):
    """A server for the files of a folder: its address, and the folder."""
    (tmp_path / "served").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "served")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", tmp_path / "served"
    server.shutdown()
    server.server_close()


class TestFetching:
    CONTENT = b"pixels" * 1000

    @pytest.fixture(autouse=True)
    def pooch(self) -> None:
        pytest.importorskip("pooch")

    def test_a_file_is_fetched_and_its_progress_told(self, host, tmp_path: Path):
        address, served = host
        (served / "a.gz").write_bytes(self.CONTENT)
        told: list[int] = []

        class Meter:
            total = 0

            def update(self, size: int) -> None:
                told.append(size)

            def reset(self) -> None: ...
            def close(self) -> None: ...

        published = files.Published("a.gz", files.md5(self.CONTENT))
        files.fetch(files.Download(published, address + "a.gz"), tmp_path / "home", Meter())
        assert (tmp_path / "home/a.gz").read_bytes() == self.CONTENT
        assert sum(told) >= len(self.CONTENT)

    def test_something_else_is_not_kept(self, host, tmp_path: Path):
        address, served = host
        (served / "a.gz").write_bytes(b"<html>moved</html>")
        published = files.Published("a.gz", files.md5(self.CONTENT))
        with pytest.raises(Missing, match=f"Put it there by hand; its MD5 hash is {published.md5}"):
            files.fetch(files.Download(published, address + "a.gz"), tmp_path / "home")
        assert not any((tmp_path / "home").iterdir())

    def test_without_a_network_file_hash_and_place_are_named(self, tmp_path: Path):
        published = files.Published("a.gz", "0" * 32)
        with pytest.raises(Missing) as caught:
            files.fetch(files.Download(published, "http://127.0.0.1:9/a.gz"), tmp_path)
        assert str(caught.value).startswith(f"{tmp_path / 'a.gz'}: is missing, and could not be fetched from http")
        assert "0" * 32 in str(caught.value)

    def test_an_archive_is_unpacked(self, host, tmp_path: Path):
        import tarfile

        address, served = host
        set_ = sets.CIFAR100
        write_cifar(tmp_path / set_.archive.unpacks, set_)
        with tarfile.open(served / "c.tar.gz", "w:gz") as archive:
            archive.add(tmp_path / set_.archive.unpacks, set_.archive.unpacks)
        published = files.Published("c.tar.gz", files.md5((served / "c.tar.gz").read_bytes()))
        download = files.Download(published, address + "c.tar.gz", set_.archive.unpacks)
        found = replace(set_, archive=download).load(tmp_path / "home", None)
        assert found.test_labels.tolist() == [3, 8, 8, 0]
        broken = tmp_path / "home" / set_.archive.unpacks / "test"
        broken.write_bytes(b"broken")
        with pytest.raises(Unusable, match="Delete it, and what was published is fetched"):
            replace(set_, archive=download).load(tmp_path / "home", None)
        broken.unlink()  # as the message says
        assert replace(set_, archive=download).load(tmp_path / "home", None).test_labels.tolist() == [3, 8, 8, 0]
