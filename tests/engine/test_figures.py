"""Figures: drawn once, the same bytes every time, vectors only, and every text a label in its place."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
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
from matplotlib.patches import Circle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from psetpress import figures, latex, letterless, pages
from psetpress.errors import PsetpressError
from psetpress.figures import Drawing, Gallery
from psetpress.latex import Document
from psetpress.letterless import POINTS, Renderer
from psetpress.letterless.axes import blank
from psetpress.letterless.labels import Label
from psetpress.letterless.renderer import NotDrawable
from psetpress.letterless.room import reach
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


def test_a_small_gallery_forgets_what_nobody_asked_for_the_longest() -> None:
    figure = Figure[Any](draw=lambda axes, *, top: axes.plot([0, top]), data=lambda p: {"top": p})
    gallery = Gallery(most=2)
    first, second = (gallery.get("a_toy", "some_line", figure, top) for top in (1, 2))
    assert gallery.get("a_toy", "some_line", figure, 1) is first
    third = gallery.get("a_toy", "some_line", figure, 3)
    assert [*gallery.drawings.values()] == [first, third]
    again = gallery.get("a_toy", "some_line", figure, 2)
    assert again is not second
    assert again == second


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
        fitted, area = blank()
        fitted.set_size_inches(*size)
        paint_all(area)
        letterless.fit(area, Renderer(size[0] * POINTS, size[1] * POINTS))
        canvas = Canvas(figsize=size)
        paint_all(canvas.add_axes(area.get_position()))
        canvas.savefig(buffer, format="pdf")
    theirs = middles(buffer.getvalue())
    assert len(theirs) == 18
    for word, (x, y) in theirs.items():
        # The letters of the two fonts differ: words by a sixth of their width, lines by a point or two.
        assert ours[word] == (pytest.approx(x, abs=4.5), pytest.approx(y, abs=2.5)), word


def many(axes: Axes) -> None:
    """Ticks of both kinds, grids, markers, areas that shine through, a clip, dashes."""
    axes.set_xscale("log")
    axes.set_yticks([0, 2, 4, 9], labels=["0", "two", "", "nine"])
    axes.set(xlim=(1, 1000), ylim=(-1, 7))
    axes.grid(color="0.8")
    axes.grid(which="minor", color="0.9", linewidth=0.3)
    axes.plot([1, 30, 1000, 2000], [0, 5, 1, 9], "o--", color="C1", markersize=4)
    axes.fill_between([1, 1000], 1, 3, alpha=0.2, linewidth=0)
    axes.bar([10, 40], [2, 6], width=[8, 30], color="0.9", edgecolor="black")


def plain(paint: Callable[[Axes], None]) -> bytes:
    """Return what matplotlib's own backend makes of ``paint`` on axes where ours are, its letters left out."""
    with letterless.styled():
        fitted, area = blank()
        fitted.set_size_inches(4, 3)
        paint(area)
        letterless.fit(area, Renderer(4 * POINTS, 3 * POINTS))
        canvas = Canvas(figsize=(4, 3))
        paint(canvas.add_axes(area.get_position()))
        for text in canvas.findobj(Text):
            text.set_alpha(0)
        buffer = io.BytesIO()
        canvas.savefig(buffer, format="pdf")
    return buffer.getvalue()


def pixels(pdf: bytes, page: int = 0) -> np.ndarray[Any, np.dtype[np.int16]]:
    return pypdfium2.PdfDocument(pdf)[page].render(scale=2).to_numpy().astype(np.int16)


@pytest.mark.parametrize(
    "change",
    [
        lambda axes: None,
        lambda axes: axes.tick_params(which="both", direction="in", length=6, color="red", top=True),
        lambda axes: axes.tick_params(axis="y", labelright=True, labelrotation=30, width=2),
        lambda axes: axes.xaxis.get_major_ticks()[1].gridline.set_color("red"),
        lambda axes: [line.set_markersize(9) for line in axes.get_xticklines(minor=True)],
        lambda axes: [tick.tick1line.set_visible(False) for tick in axes.set_xticks([10, 100])],
        lambda axes: axes.set_xticks([10, 100, 300], labels=["a", "b", "c"], color="red"),
        lambda axes: axes.invert_xaxis(),
        lambda axes: axes.twinx().plot([1, 9], [3, 4]),
        lambda axes: axes.spines["left"].set_position(("outward", 5)),
        lambda axes: axes.set_axisbelow(True),
        lambda axes: axes.scatter([3, 30], [2, 5], s=[30, 90], c=["red", "blue"], alpha=0.5),
    ],
)
def test_lines_are_those_of_matplotlib(change: Callable[[Axes], object]) -> None:
    """Whatever is done to axes and ticks, our quick ones look as matplotlib's own."""

    def paint(axes: Axes) -> None:
        many(axes)
        change(axes)

    ours = letterless.draw(paint, 4 * POINTS, 3 * POINTS)[0]
    assert np.abs(pixels(pages.write([ours])) - pixels(plain(paint))).max() <= 2


@pytest.mark.parametrize(
    "paint",
    [
        many,
        paint_all,
        lambda axes: axes.set_title("a title"),
        lambda axes: axes.plot([-1, 2], [0, 1], "o", clip_on=False) and axes.set_xlim(0, 1),
        lambda axes: axes.add_patch(Circle((0, 0), 2, clip_path=None)) and axes.set_axis_off(),
        lambda axes: axes.set_axes_locator(lambda axes, renderer: Bbox([[0.3, 0.3], [0.7, 0.7]])),
        lambda axes: axes.patch.set_bounds(-0.1, -0.1, 1.2, 1.2),
        lambda axes: axes.inset_axes((1.1, 0.1, 0.3, 0.3)),
    ],
)
def test_room_is_what_matplotlib_measures(paint: Callable[[Axes], object]) -> None:
    with letterless.styled():
        _, axes = blank()
        paint(axes)
        renderer = Renderer(400, 300)
        theirs = axes.get_tightbbox(renderer)
        low, high = reach(axes, renderer)
    assert [*low, *high] == theirs.extents.tolist()


@pytest.mark.parametrize("change", [lambda axes: None, lambda axes: axes.patch.set_bounds(0.25, 0, 0.5, 1)])
def test_lines_are_clipped_to_the_background(change: Callable[[Axes], object]) -> None:
    def paint(axes: Axes) -> None:
        change(axes)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.plot([-1, 2], [0.5, 0.5])

    ours = letterless.draw(paint, 4 * POINTS, 3 * POINTS)[0]
    assert np.abs(pixels(pages.write([ours])) - pixels(plain(paint))).max() <= 2


def test_labels_are_those_of_matplotlib() -> None:
    """The texts that a tick is stamped with, against those of single ticks."""
    single = labels(lambda axes: (many(axes), axes.xaxis.get_major_ticks(), axes.yaxis.get_major_ticks()))
    assert labels(many) == single
    assert {"two", "$0$"} <= set(single)
    assert "nine" not in single


def test_ticks_come_when_they_are_asked_for() -> None:
    with letterless.styled():
        _, axes = blank()
        ticks = axes.set_xticks([0, 1, 2])
        texts = axes.set_yticklabels(["a", "b"]) if axes.set_yticks([0, 1]) else []
        assert (len(ticks), len(texts)) == (3, 2)
        assert [tick.get_loc() for tick in axes.xaxis.get_major_ticks()] == [0, 0, 0]
        assert [text.get_text() for text in texts] == ["a", "b"]


def test_drawings_do_not_depend_on_what_was_drawn_before() -> None:
    """In any order, and whatever an earlier function did to its axes."""

    def spoil(axes: Axes) -> None:
        axes.set(xlim=(3, 1), title="spoilt", facecolor="red")
        axes.tick_params(length=9, colors="red")
        axes.xaxis.get_major_ticks()
        axes.spines["left"].set_visible(False)
        mpl.rcParams["lines.linewidth"] = 9

    papers = [many, paint_all, lambda axes: axes.imshow([[1, 2], [3, 4]])]
    first = [drawn(paint, pixels=True) for paint in papers]
    before = mpl.rcParams["lines.linewidth"]
    drawn(spoil)
    assert [drawn(paint, pixels=True) for paint in reversed(papers)] == first[::-1]
    assert mpl.rcParams["lines.linewidth"] == before


@pytest.mark.parametrize(
    "change",
    [
        lambda axes: axes.twinx().plot([0, 5], [9, 7]),
        lambda axes: axes.inset_axes((0.5, 0.5, 0.4, 0.4)).plot([0, 1], [1, 0]),
        lambda axes: axes.secondary_xaxis("top"),
        lambda axes: axes.figure.add_axes((0, 0, 0.1, 0.1)),
        lambda axes: (axes.set_xscale("log"), axes.invert_yaxis(), axes.set_aspect("equal"), axes.grid()),
        lambda axes: (axes.set_axis_off(), axes.figure.suptitle("title"), axes.set_zorder(9), axes.set_gid("gid")),
        lambda axes: [axes.patch.set_facecolor("red"), axes.spines[:].set_visible(False), axes.spines.pop("left")],
        lambda axes: (axes.callbacks.connect("xlim_changed", print), axes.set_navigate(False), axes.margins(0.3)),
        lambda axes: axes.viewLim.set_points(np.array([[3.0, 3.0], [4.0, 5.0]])),
        lambda axes: 1 / 0,
    ],
)
def test_axes_that_were_drawn_on_are_blank_again(change: Callable[[Axes], object]) -> None:
    before = letterless.draw(many, 300, 200)
    with suppress(ZeroDivisionError, NotDrawable):
        letterless.draw(change, 300, 200)
    assert letterless.draw(many, 300, 200) == before


def test_two_threads_draw_on_axes_of_their_own() -> None:
    with letterless.styled(), ThreadPoolExecutor(1) as pool:
        assert blank()[1] is blank()[1]
        assert pool.submit(blank).result()[1] is not blank()[1]


def test_hatches_repeat_inside_their_area_only() -> None:
    def paint(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.fill([0, 0.5, 0.5, 0], [0, 0, 1, 1], facecolor="white", edgecolor="black", hatch="//")

    image = pixels(drawn(paint).pdf)[:, :, 0]
    middle = image.shape[1] // 2
    assert (image[:, 20 : middle - 10] < 128).mean() == pytest.approx(0.1, abs=0.05)
    assert (image[:, middle + 10 :] == 255).all()


def test_smooth_shading_is_refused() -> None:
    with pytest.raises(PsetpressError, match=r"figure toy: it holds colours that run into each other \(gouraud\?\)"):
        drawn(lambda axes: axes.tripcolor([0, 1, 0], [0, 0, 1], [1, 2, 3], shading="gouraud"))


def photo(axes: Axes) -> None:
    """Four pixels in colour, then four in gray of which two shine through."""
    axes.set_axis_off()
    axes.imshow(np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [9, 9, 9]]], np.uint8), interpolation="none")
    shades = np.full((2, 2, 4), 128, np.uint8)
    axes.imshow(shades, interpolation="none", extent=(1.6, 3.6, 1.5, -0.5))
    axes.set_xlim(-0.5, 3.6)


def test_pixels_keep_their_values() -> None:
    with pikepdf.open(io.BytesIO(drawn(photo, pixels=True).pdf)) as pdf:
        first, second = (pikepdf.PdfImage(image) for image in pdf.pages[0].get_images().values())
        rows = bytes([0, 0, 255, 9, 9, 9]), bytes([255, 0, 0, 0, 255, 0])  # from below: imshow counts rows downwards
        assert first.as_pil_image().tobytes() == b"".join(rows)
        assert second.obj.read_bytes() == second.obj.SMask.read_bytes() == bytes([128] * 4)


def test_drawings_are_quick() -> None:
    """Processor time, so that other work on the machine does not count; aim 4 ms, bound far above noise."""
    data = {"mean": 1.5, "std": 0.4, "ticks": (0.3, 0.7, 1.1, 1.5, 1.9, 2.3, 2.7), "mark": r"$\beta$"}
    figure = Figure[Any](draw=plots.density, data=lambda _: data, size=(7.2, 3.6), xlabel="$x$")
    figures.draw("toy", figure, data)
    took: list[float] = []
    for _ in range(5):
        start = time.process_time()
        figures.draw("toy", figure, data)
        took.append(time.process_time() - start)
    assert min(took) < 0.012, json.dumps(took)
