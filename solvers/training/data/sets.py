"""The data sets: which files they are made of, what their arrays look like, and which label results print."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from solvers.training.data import batches, idx
from solvers.training.data.files import Download, Missing, Published, Unusable, fetch, folder_with, md5, unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SETS", "Images", "Missing", "Unusable", "load"]


@dataclass(frozen=True)
class Images:
    """Images of bytes, (images, channels, height, width), with labels; ``label`` is printed with every result.

    ``hashes`` are the MD5 hashes of the files that were read, empty for data that come with a package.
    """

    label: str
    training: NDArray[np.uint8]
    training_labels: NDArray[np.int64]
    test: NDArray[np.uint8]
    test_labels: NDArray[np.int64]
    classes: tuple[str, ...]
    hashes: Mapping[str, str] = field(default_factory=dict[str, str])


def load(name: str, folder: Path, meter: Any = None) -> Images:
    """Return the data set ``name`` from the files in ``folder``, fetching what is missing.

    Raises Missing if a file is not there and cannot be fetched, Unusable if one cannot be read, and KeyError for
    a name that is not in SETS.
    """
    return SETS[name](folder, meter)


# --- digits: inside the installed package ------------------------------------------------------

TEST_DIGITS = 360
"""The last of the 1797 images are for testing: other people wrote them."""


def _digits(_folder: Path, _meter: Any) -> Images:
    from sklearn.datasets import load_digits

    pixels, labels = cast("tuple[NDArray[np.float64], NDArray[np.int64]]", load_digits(return_X_y=True))
    images = np.rint(pixels * (255 / 16)).astype(np.uint8).reshape(-1, 1, 8, 8)
    cut = len(images) - TEST_DIGITS
    return Images(
        label="scikit-learn's digits",
        training=images[:cut],
        training_labels=labels[:cut].astype(np.int64),
        test=images[cut:],
        test_labels=labels[cut:].astype(np.int64),
        classes=tuple("0123456789"),
    )


# --- MNIST -------------------------------------------------------------------------------------

MNIST = (
    (Published("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"), "6bbc9ace898e44ae57da46a324031adb"),
    (Published("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"), "a25bea736e30d166cdddb491f175f624"),
    (Published("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"), "2646ac647ad5339dbf082846283269ea"),
    (Published("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"), "27ae3e4e09519cfbb04c329615203637"),
)
"""The four files with the hash of each when packed, and when unpacked."""

MNIST_HOST = "https://ossci-datasets.s3.amazonaws.com/mnist/"


def _mnist(folder: Path, meter: Any) -> Images:
    arrays: list[NDArray[np.uint8]] = []
    paths: list[Path] = []
    hashes: dict[str, str] = {}
    official = True
    for file, unpacked in MNIST:
        path = _mnist_file(file, folder, meter)
        array, digest = idx.load(path)
        arrays.append(array)
        paths.append(path)
        hashes[path.name] = f"md5:{digest}"
        official = official and digest in (file.md5, unpacked)
    for which, part in {"training": slice(0, 2), "test": slice(2, 4)}.items():
        images, labels = arrays[part]
        if images.ndim != 3 or labels.shape != images.shape[:1] or labels.max(initial=0) > 9:
            raise unusable(f"images and labels for {which} do not belong together", *paths[part])
    training, training_labels, test, test_labels = arrays
    return Images(
        label="MNIST" if official else "MNIST, unofficial copy",
        training=training[:, None],
        training_labels=training_labels.astype(np.int64),
        test=test[:, None],
        test_labels=test_labels.astype(np.int64),
        classes=tuple("0123456789"),
        hashes=hashes,
    )


def _mnist_file(file: Published, folder: Path, meter: Any) -> Path:
    """Return where a file lies, packed or not, in one of the usual places; else fetch it."""
    for place in (folder / "mnist", folder / "MNIST/raw", folder):
        for name in (file.name, file.name.removesuffix(".gz")):
            if (place / name).is_file():
                return place / name
    fetch(Download(file, MNIST_HOST + file.name), folder / "mnist", meter)
    return folder / "mnist" / file.name


# --- CIFAR -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cifar:
    """One of the two sets of 32 x 32 photographs: its batches in order, the last one for testing."""

    name: str
    archive: Download
    files: tuple[Published, ...]
    labels: bytes  # the key of the labels in a batch
    meta: Published
    names: bytes  # the key of the names in the file ``meta``
    classes: int
    label_hashes: tuple[str, str] | None = None  # of all labels as bytes, for training and for testing

    def load(self, folder: Path, meter: Any) -> Images:
        """Return the set. Raises Missing and Unusable."""
        place = self._place(folder, meter)
        read = [self._batch(place / file.name) for file in self.files]
        classes, digest = self._classes(place / self.meta.name)
        official = all(file.md5 == found for file, (_, _, found) in zip(self.files, read, strict=True))
        images = [pixels for pixels, _, _ in read]
        labels = [values for _, values, _ in read]
        training_labels, test_labels = np.concatenate(labels[:-1]), labels[-1]
        return Images(
            label=self.name if official else f"{self.name}, {self._copy(place, training_labels, test_labels)}",
            training=np.concatenate(images[:-1]),
            training_labels=training_labels,
            test=images[-1],
            test_labels=test_labels,
            classes=classes,
            hashes={file.name: f"md5:{found}" for file, (_, _, found) in zip(self.files, read, strict=True)}
            | {self.meta.name: f"md5:{digest}"},
        )

    def _place(self, folder: Path, meter: Any) -> Path:
        home = self.archive.unpacks
        names = [file.name for file in (*self.files, self.meta)]
        found = folder_with(names, (folder / home, folder))
        if found is None:
            fetch(self.archive, folder, meter)
            found = folder_with(names, (folder / home,))
        if found is None:
            raise Missing(f"{folder / home}: must hold {', '.join(names)}; {self.archive.file.name} does not")
        return found

    def _batch(self, path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64], str]:
        table, digest = batches.load(path)
        pixels, labels = table.get(b"data"), table.get(self.labels)
        if not isinstance(pixels, np.ndarray) or not isinstance(labels, list):
            raise unusable(f"is no batch of {self.name}: it must hold data and {self.labels.decode()}", path)
        pixels = cast("NDArray[Any]", pixels)
        if pixels.dtype != np.uint8 or pixels.shape != (len(cast("list[object]", labels)), 3 * 32 * 32):
            raise unusable(f"must hold bytes, 3072 for each label, not {pixels.dtype} of shape {pixels.shape}", path)
        for label in cast("list[object]", labels):
            if type(label) is not int or not 0 <= label < self.classes:
                accepted = f"whole numbers that count classes, 0 to {self.classes - 1}"
                raise unusable(f"labels must be {accepted}, not {label!r:.40}", path)
        return pixels.reshape(-1, 3, 32, 32), np.array(labels, np.int64), digest

    def _classes(self, path: Path) -> tuple[tuple[str, ...], str]:
        """Return the names of the classes, and the hash of their file."""
        meta, digest = batches.load(path)
        names = meta.get(self.names)
        found = [_text(one) for one in cast("list[object]", names)] if isinstance(names, list) else []
        if len(found) != self.classes or None in found:
            raise unusable(f"must hold the names of {self.classes} classes, in UTF-8", path)
        return cast("tuple[str, ...]", tuple(found)), digest

    def _copy(self, place: Path, training: NDArray[np.int64], test: NDArray[np.int64]) -> str:
        """Say what is known of files that are not the official ones."""
        note = place / "SOURCE.txt"
        said = note.read_text(encoding="utf-8", errors="replace") if note.is_file() else ""
        quality = re.search(r"JPEG \(quality (\d+)", said)
        kind = f"JPEG-{quality[1]} copy" if quality else "unofficial copy"
        found = tuple(md5(labels.astype(np.uint8).tobytes()) for labels in (training, test))
        return kind if self.label_hashes in (None, found) else f"{kind} with other labels"


def _text(name: object) -> str | None:
    """Return the name of a class, or None for what is none."""
    try:
        return name.decode() if isinstance(name, bytes) else name if isinstance(name, str) else None
    except UnicodeDecodeError:
        return None


CIFAR_HOST = "https://www.cs.toronto.edu/~kriz/"

CIFAR10 = Cifar(
    name="CIFAR-10",
    archive=Download(
        Published("cifar-10-python.tar.gz", "c58f30108f718f92721af3b95e74349a"),
        CIFAR_HOST + "cifar-10-python.tar.gz",
        "cifar-10-batches-py",
    ),
    files=(
        Published("data_batch_1", "c99cafc152244af753f735de768cd75f"),
        Published("data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"),
        Published("data_batch_3", "54ebc095f3ab1f0389bbae665268c751"),
        Published("data_batch_4", "634d18415352ddfa80567beed471001a"),
        Published("data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"),
        Published("test_batch", "40351d587109b95175f43aff81a1287e"),
    ),
    labels=b"labels",
    meta=Published("batches.meta", "5ff9c542aee3614f3951f8cda6e48888"),
    names=b"label_names",
    classes=10,
    label_hashes=("69c5f3349be54915edfca558b72ad888", "251f18ce75337ae9ca5d0dbd7ea62cf4"),
)

CIFAR100 = Cifar(
    name="CIFAR-100",
    archive=Download(
        Published("cifar-100-python.tar.gz", "eb9058c3a382ffc7106e4002c42a8d85"),
        CIFAR_HOST + "cifar-100-python.tar.gz",
        "cifar-100-python",
    ),
    files=(
        Published("train", "16019d7e3df5f24257cddd939b257f8d"),
        Published("test", "f0ef6b0ae62326f3e7ffdfab6717acfc"),
    ),
    labels=b"fine_labels",
    meta=Published("meta", "7973b15100ade9c7d40fb424638fde48"),
    names=b"fine_label_names",
    classes=100,
)

SETS: Mapping[str, Callable[[Path, Any], Images]] = {
    "digits": _digits,
    "mnist": _mnist,
    "cifar10": CIFAR10.load,
    "cifar100": CIFAR100.load,
}
