"""Figures of results as files: all that the experiment has, of equal bytes for equal results."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from psetpress import result_figures, workspace
from psetpress.errors import PsetpressError

workspace.activate()

SOURCE = Path("dropout_effect/result.json")

CURVES = ("training_plain", "training_dropout", "validation_plain", "validation_dropout")


def made_up(height: float = 0.5) -> SimpleNamespace:
    """A result with as much as the figures take."""
    curves = {name: np.full((2, 4), height) for name in CURVES}
    return SimpleNamespace(experiment="dropout_effect", arrays={"epoch": np.arange(4), **curves})


def test_every_figure_is_a_pdf_and_a_png(tmp_path: Path):
    pdf, png = result_figures.write(made_up(), tmp_path / "new/folder", SOURCE)
    assert (pdf.name, png.name) == ("dropout_effect-curves.pdf", "dropout_effect-curves.png")
    assert pdf.read_bytes().startswith(b"%PDF-")
    pixels = np.asarray(Image.open(png).convert("L"))
    assert pixels.shape[1] > 800
    assert pixels.max() == 255
    assert pixels.min() < 60


def test_equal_results_give_equal_bytes_and_others_do_not(tmp_path: Path):
    first, again, other = (
        [path.read_bytes() for path in result_figures.write(made_up(height), tmp_path / folder, SOURCE)]
        for folder, height in (("a", 0.5), ("b", 0.5), ("c", 0.75))
    )
    assert first == again
    assert all(one != another for one, another in zip(first, other, strict=True))


def test_arrays_that_are_not_there_are_a_message(tmp_path: Path):
    result = made_up()
    del result.arrays["epoch"]
    with pytest.raises(PsetpressError, match=r"^dropout_effect/result\.json: its figures cannot be drawn: KeyError"):
        result_figures.write(result, tmp_path / "out", SOURCE)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (2, 4, 5)])
def test_arrays_of_another_shape_are_a_message(tmp_path: Path, shape: tuple[int, ...]):
    """Some are noticed when data are taken, others when they are drawn."""
    result = made_up()
    result.arrays["training_plain"] = np.full(shape, 0.5)
    with pytest.raises(PsetpressError, match=r"^dropout_effect/result\.json: its figures cannot be drawn: \w+Error: "):
        result_figures.write(result, tmp_path / "out", SOURCE)


def test_an_experiment_without_figures_says_so(tmp_path: Path):
    with pytest.raises(PsetpressError, match="fig9: this experiment has numbers only, no figure"):
        result_figures.write(SimpleNamespace(experiment="fig9"), tmp_path, SOURCE)
