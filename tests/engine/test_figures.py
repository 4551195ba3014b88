"""Figures: drawn once, the same bytes every time, vectors only, and every text a label in its place."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pikepdf
import pypdfium2
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from psetpress import figures, latex, letterless
from psetpress.errors import PsetpressError
from psetpress.figures import Drawing, Gallery
from psetpress.latex import Document
from psetpress.letterless import POINTS, Label
from psetpress.records import Figure
from solvers import plots

NO_DATA: dict[str, Any] = {}


def drawn(paint: Callable[..., None], width: float = 10, height: float = 6, **options: Any) -> Drawing:
    return figures.draw("toy", Figure(draw=paint, data=lambda _: {}, size=(width, height), **options), NO_DATA)


def labels(paint: Callable[[Axes], None]) -> dict[str, Label]:
    return {label.words: label for label in letterless.draw(paint, 280, 170)[1]}


def test_equal_content_is_drawn_once() -> None:
    times = 0

    def line(axes: Axes, *, top: float) -> None:
        nonlocal times
        times += 1
        axes.plot([0, top])

    figure = Figure[Any](draw=line, data=lambda p: {"top": p["top"]})
    gallery = Gallery()
    first = gallery.get("a_toy", "some_line", figure, {"top": 1, "student": "A"})
    assert gallery.get("a_toy", "some_line", figure, {"top": 1, "student": "B"}) is first
    assert gallery.get("a_toy", "some_line", figure, {"top": 2}) is not first
    assert times == 2
    assert re.fullmatch(r"a-toy-some-line-[0-9a-f]{8}", first.name)


def test_every_field_of_a_figure_is_content() -> None:
    def line(axes: Axes) -> None:
        axes.plot([0, 1])

    kinds: list[Mapping[str, Any]] = [{}, {"xlabel": "$n$"}, {"ylabel": "$n$"}, {"size": (5.0, 4.0)}]
    drawings = [Gallery().get("toy", "f", Figure(draw=line, data=lambda _: {}, **kind), None) for kind in kinds]
    assert len({drawing.name for drawing in drawings}) == len(kinds)


def test_unseen_figures_have_names_only() -> None:
    def fails(axes: Axes) -> None:
        raise AssertionError("drawn")

    figure = Figure[None](draw=fails, data=lambda _: {})
    assert Gallery(seen=False).get("toy", "f", figure, None).pdf == b""


@pytest.mark.parametrize("value", [np.zeros(3), {1, 2}, object()])
def test_data_are_plain_values(value: object) -> None:
    figure = Figure[None](draw=lambda axes, x: None, data=lambda _: {"x": value})
    with pytest.raises(PsetpressError, match=r'toy, figure "f": its data hold .*; accepted are numbers, strings'):
        Gallery().get("toy", "f", figure, None)


def test_fractions_are_plain_values() -> None:
    figure = Figure[None](draw=lambda axes, x: axes.plot([0, float(x)]), data=lambda _: {"x": Fraction(1, 3)})
    assert Gallery().get("toy", "f", figure, None).pdf.startswith(b"%PDF")


SCRIPT = """
import sys
from psetpress import figures
from psetpress.records import Figure
from solvers import plots
data = {"mean": 1.5, "std": 0.4, "ticks": (0.3, 1.5, 2.7), "mark": "$\\\\beta$"}
drawing = figures.draw("toy", Figure(draw=plots.density, data=lambda _: data, size=(7, 4), xlabel="$x$"), data)
sys.stdout.buffer.write(drawing.pdf + drawing.tex.encode())
"""


def test_the_same_bytes_with_other_settings_and_another_hash_seed(tmp_path: Path) -> None:
    """Neither a matplotlibrc of one's own nor Python's hash seed nor an earlier drawing shows."""
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nfont.size: 30\naxes.facecolor: red\n")
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            capture_output=True,
            check=True,
            cwd=Path(plots.__file__).parents[1],
            env={"MATPLOTLIBRC": str(tmp_path), "PYTHONHASHSEED": seed, "HOME": str(tmp_path)},
        ).stdout
        for seed in ("1", "2")
    }
    here = io.BytesIO()
    exec(SCRIPT.replace("sys.stdout.buffer", "out"), {"out": here})
    assert outputs == {here.getvalue()}


def test_no_letters_and_no_pixels_in_the_pdf() -> None:
    def everything(axes: Axes) -> None:
        axes.pcolormesh([[1, 2], [3, 4]])
        axes.set_title("a title")
        axes.annotate("a note", (1, 1), xytext=(0.5, 0.5), arrowprops={"arrowstyle": "->"})
        axes.text(0.5, 0.5, "words", bbox={"facecolor": "white"})

    pdf = pikepdf.open(io.BytesIO(drawn(everything).pdf))
    assert len(pdf.pages) == 1
    assert not dict(pdf.pages[0].Resources.get("/Font", {}))
    assert not dict(pdf.pages[0].Resources.get("/XObject", {}))
    assert not {"BT", "Tj", "TJ", "BI", "Do"} & {
        str(step.operator) for step in pikepdf.parse_content_stream(pdf.pages[0])
    }
    assert not dict(pdf.docinfo)


def test_pixels_are_refused() -> None:
    with pytest.raises(PsetpressError, match=r"figure toy: it holds pixels \(imshow\?\); draw areas"):
        drawn(lambda axes: axes.imshow([[1, 2], [3, 4]]))


def test_pixels_of_a_photograph_are_drawn() -> None:
    figure = Figure[None](
        draw=lambda axes: axes.imshow([[1, 2], [3, 4]], cmap="gray"), data=lambda _: {}, size=(4, 4), pixels=True
    )
    with pikepdf.open(io.BytesIO(figures.draw("photo", figure, {}).pdf)) as pdf:
        assert len(pdf.pages[0].get_images()) == 1


def test_labels_that_leave_no_room_are_refused() -> None:
    def wide(axes: Axes) -> None:
        axes.text(1, 1, "a text far longer than the whole drawing is wide " * 3)

    with pytest.raises(PsetpressError, match=r"figure toy: its labels leave no room .*; make it larger"):
        drawn(wide, 4, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-1.5", "$-1.5$"),
        ("2/3", "$2/3$"),
        (r"$\beta$", r"$\beta$"),
        ("50% of $x_i$ & more", r"50\% of $x_i$ \& more"),
        (r"a \$ sign", r"a \$ sign"),
        ("one $ alone", r"one \$ alone"),
        ("a_b {c}", r"a\_b \{c\}"),
        (r"$\mathdefault{10^{3}}$", "${10^{3}}$"),
    ],
)
def test_words_of_a_label(text: str, words: str) -> None:
    found = labels(lambda axes: axes.text(0.5, 0.5, text) and axes.set_axis_off())
    assert list(found) == [words]


def test_colour_and_style_of_a_label_stay() -> None:
    def paint(axes: Axes) -> None:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "a", color="#0b5c8a")
        axes.text(0.5, 0.5, "b", alpha=0.5)
        axes.text(0.5, 0.5, "c", weight="bold", style="italic", size=12)

    found = labels(paint)
    assert list(found) == [r"\color[HTML]{0B5C8A}a", r"\color[HTML]{808080}b", r"\textit{\textbf{c}}"]
    assert [label.size for label in found.values()] == [9, 9, 12]


def test_what_is_not_seen_is_no_label() -> None:
    def paint(axes: Axes) -> None:
        axes.set_xticks([-5, 0, 5, 10, 15])
        axes.set_xlim(0, 10)
        axes.set_yticks([])
        axes.text(20, 0.5, "clipped", clip_on=True)
        axes.text(5, 0.5, "invisible", visible=False)
        axes.text(5, 0.5, "")
        axes.annotate("points outside", (20, 0.5))

    assert list(labels(paint)) == ["$0$", "$5$", "$10$"]


def test_minor_ticks_and_scientific_numbers_are_labels() -> None:
    def paint(axes: Axes) -> None:
        axes.set_xscale("log")
        axes.set_xlim(1, 1000)
        axes.set_yticks([0.5], labels=["major"])
        axes.set_yticks([0.25], labels=["minor"], minor=True)

    assert {"$10^{0}$", "$10^{3}$", "major", "minor"} <= {
        words.replace("{10^", "10^").replace("}}", "}") for words in labels(paint)
    }


def paint_all(axes: Axes) -> None:
    """Texts of every alignment, single words whose middle can be found in two PDFs."""
    axes.set(xlim=(0, 10), ylim=(-1, 1), xlabel="abscissa", ylabel="ordinate")
    axes.set_xticks([0, 5, 10], labels=["zero", "five", "ten"])
    axes.set_yticks([-1, 0, 1], labels=["low", "null", "high"])
    axes.annotate("annotated", (5, 0), textcoords="offset points", xytext=(20, -15), ha="left", va="top")
    for step, (across, up) in enumerate(
        [
            ("left", "top"),
            ("center", "center"),
            ("right", "bottom"),
            ("left", "baseline"),
            ("center", "center_baseline"),
        ]
    ):
        axes.text(2 * step + 1, 0.6, f"{across[0]}{up[:3]}{step}x", ha=across, va=up)
    axes.text(3, -0.5, "turned", rotation=90, ha="center", va="center")
    axes.text(8, -0.5, "slanted", rotation=40, rotation_mode="anchor")
    axes.text(6, 0.25, "upper\nlower", ha="center", va="center")


def middles(pdf: bytes) -> dict[str, tuple[float, float]]:
    """Return the middle of every word of a page, in points from its lower left corner."""
    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage()
    string = text.get_text_range()
    found: dict[str, tuple[float, float]] = {}
    for word in re.finditer(r"\w+", string):
        boxes = np.array([text.get_charbox(index) for index in range(word.start(), word.end())])
        (left, bottom), (right, top) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        found[word[0]] = ((left + right) / 2, (bottom + top) / 2)
    return found


def test_latex_puts_every_label_where_matplotlib_would(paper: Callable[..., Document]) -> None:
    """The drawing in LaTeX against matplotlib's own PDF with its own letters, layout fixed by ours."""
    drawing = drawn(paint_all)
    files = {"figures/toy.pdf": drawing.pdf, "figures/toy.tex": drawing.tex.encode()}
    page = r"\AddToHook{shipout/background}{\put(0,-\paperheight){\input{figures/toy.tex}}}\thispagestyle{empty}~"
    ours = middles(latex.compile_pdf(paper(page, files)).pdf)
    size = (10 / 2.54, 6 / 2.54)
    buffer = io.BytesIO()
    with mpl.rc_context({**letterless.STYLE, "font.family": "serif", "pdf.fonttype": 42}):
        canvas = Canvas(figsize=size)
        axes = canvas.add_axes((0.1, 0.15, 0.85, 0.8))
        paint_all(axes)
        file = letterless.PdfFile(io.BytesIO())
        file.newPage(*size)
        width, height = size[0] * POINTS, size[1] * POINTS
        letterless._fit(axes, letterless.Renderer(file, width, height), width, height)  # pyright: ignore[reportPrivateUsage]
        canvas.savefig(buffer, format="pdf")
    theirs = middles(buffer.getvalue())
    assert len(theirs) == 18
    for word, (x, y) in theirs.items():
        # The letters of the two fonts differ: words by a sixth of their width, lines by a point or two.
        assert ours[word] == (pytest.approx(x, abs=4.5), pytest.approx(y, abs=2.5)), word


def test_drawings_are_quick() -> None:
    """Processor time, so that other work on the machine does not count; aim 15 ms, bound far above noise."""
    data = {"mean": 1.5, "std": 0.4, "ticks": (0.3, 0.7, 1.1, 1.5, 1.9, 2.3, 2.7), "mark": r"$\beta$"}
    figure = Figure[Any](draw=plots.density, data=lambda _: data, size=(7.2, 3.6), xlabel="$x$")
    figures.draw("toy", figure, data)
    took: list[float] = []
    for _ in range(5):
        start = time.process_time()
        figures.draw("toy", figure, data)
        took.append(time.process_time() - start)
    assert min(took) < 0.04, json.dumps(took)
