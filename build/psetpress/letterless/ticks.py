"""Ticks that cost little: one tick of an axis is drawn in place of all.

A tick takes matplotlib 0.4 ms to make and again as much to measure and draw, most of the time of a drawing.
Whoever asks for single ticks gets matplotlib's own, and they are drawn one by one.
"""

# Matplotlib's axes are partly untyped, and an axis works its ticks out in private:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false, reportIncompatibleMethodOverride=false, reportUnknownParameterType=false
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from matplotlib.axis import Axis, Tick, XAxis, XTick, YAxis, YTick
from matplotlib.colors import to_rgba
from matplotlib.ticker import NullLocator
from matplotlib.transforms import Bbox

if TYPE_CHECKING:
    from matplotlib.lines import Line2D
    from matplotlib.text import Text

    from psetpress.letterless.renderer import Renderer

T = TypeVar("T")

KEPT = 10_000
"""Layouts of tick labels that are kept at most."""

SLACK = 1e-10
"""Share of its length by which a tick may lie outside of an axis, for the errors of floating point."""


class _Stamp(Tick):
    """A tick that may be drawn at many places at once, each with a text of its own."""

    places: Any = None
    """In data units; None for a tick that stands for itself."""
    texts: Sequence[str] = ()
    along: int
    """0 if the places are on a horizontal axis, 1 on a vertical one."""

    def draw(self, renderer: Renderer) -> None:
        """Draw all grid lines, then all marks, then the labels."""
        if self.places is None:
            super().draw(renderer)
            return
        count = len(self.places)
        lines = np.repeat(self.places, 3)
        lines[2::3] = np.nan  # lifts the pen
        self._draw_line(self.gridline, lines, np.tile([0.0, 1.0, np.nan], count), renderer)
        self._draw_line(self.tick1line, self.places, np.zeros(count), renderer)
        self._draw_line(self.tick2line, self.places, np.ones(count), renderer)
        self._draw_texts(self.label1, renderer)
        self._draw_texts(self.label2, renderer)

    def _draw_line(self, line: Line2D, along: Any, away: Any, renderer: Renderer) -> None:
        if line.get_visible():
            line.set_data((away, along) if self.along else (along, away))
            line.draw(renderer)

    def _draw_texts(self, label: Text, renderer: Renderer) -> None:
        """Draw a label at every place."""
        if not label.get_visible():
            return
        gc, angle, font = renderer.new_gc(), label.get_rotation(), label.get_fontproperties()
        gc.set_foreground(to_rgba(label.get_color()), isRGBA=True)
        gc.set_alpha(label.get_alpha())
        for (x, y), (_, lines, _) in zip(self._points(label), self._layouts(label, renderer), strict=True):
            for line, _, (right, up) in lines:
                words, mathematics = label._preprocess_math(line)
                if words:
                    alone = label if len(lines) == 1 else None
                    renderer.draw_text(gc, x + right, y + up, words, font, angle, mathematics, alone)

    def boxes(self, label: Text, renderer: Renderer) -> list[Bbox]:
        """Return boxes that together reach as far as one of the two labels at all places."""
        if self.places is None:
            return [label.get_window_extent(renderer)]
        points, written = self._points(label), np.array(list(map(bool, self.texts)))
        corners = np.array([box.get_points() for box, *_ in self._layouts(label, renderer)]) + points[:, None]
        boxes = [Bbox([corners[written, 0].min(axis=0), corners[written, 1].max(axis=0)])] if written.any() else []
        empty = points[~written]  # matplotlib leaves room for them in some places, so they stay apart
        return boxes + [Bbox([end, end]) for end in ((empty.min(axis=0), empty.max(axis=0)) if len(empty) else ())]

    def _points(self, label: Text) -> Any:
        """Return where a label is put at every place, in points."""
        away = np.full(len(self.places), label.get_position()[1 - self.along])
        return label.get_transform().transform(
            np.column_stack((away, self.places) if self.along else (self.places, away))
        )

    def _layouts(self, label: Text, renderer: Any) -> list[Any]:
        """Return matplotlib's layouts of the texts of a label, extents and lines from where it is put.

        Our renderer knows no font but its size, so it keeps them for all drawings.
        """
        known: dict[Any, Any] = getattr(renderer, "layouts", {})
        if len(known) > KEPT:
            known.clear()
        look = (label.get_fontsize(), label.get_rotation(), label.get_rotation_mode(), label._linespacing)
        look += (label.get_horizontalalignment(), label.get_verticalalignment(), label.get_parse_math())
        for text in self.texts:
            if (text, look) not in known:
                label.set_text(text)
                known[text, look] = label._get_layout(renderer)
        return [known[text, look] for text in self.texts]


class _XStamp(_Stamp, XTick):
    along = 0


class _YStamp(_Stamp, YTick):
    along = 1


class _Later(Sequence[T]):
    """What is made when somebody looks at it."""

    def __init__(self, make: Callable[[], Sequence[T]]) -> None:
        self._make = make

    def __len__(self) -> int:
        return len(self._make())

    def __getitem__(self, index: Any) -> Any:
        return self._make()[index]


class _Stamped(Axis):
    """An axis that stamps its first tick at every place as long as nobody has asked for the others."""

    _hidden = False
    _known: dict[Hashable, Any] | None = None

    def settle(self) -> None:
        """Forget the ticks, and remember what is worked out from here on."""
        self._known = {}

    def _stamps(self) -> bool:
        return len(self.majorTicks) <= 1 and len(self.minorTicks) <= 1

    def _update_ticks(self) -> list[Any]:
        return self.once("ticks", self._stamped)

    def _stamped(self) -> list[Any]:
        if not self._stamps():
            for tick in (*self.majorTicks, *self.minorTicks):
                tick.places = None
            return super()._update_ticks()
        ticks: list[_Stamp] = []
        if self._seen(self.major.locator, self._major_tick_kw):
            ticks += self._placed(self.majorTicks[0], self.get_majorticklocs(), self.major.formatter)
        if self._seen(self.minor.locator, self._minor_tick_kw):
            ticks += self._placed(self.get_minor_ticks(1)[0], self.get_minorticklocs(), self.minor.formatter)
        return ticks

    def _seen(self, locator: Any, parts: Any) -> bool:
        return self._tick_group_visible(parts) and not isinstance(locator, NullLocator)

    def _placed(self, tick: Any, places: Any, formatter: Any) -> list[_Stamp]:
        """Return ``tick`` as the stamp for those ``places`` that are in view, if any are."""
        texts = formatter.format_ticks(places)
        transform = self.get_transform()
        low, high = sorted(transform.transform(self.get_view_interval()))
        places, slack = np.asarray(places, dtype=float), SLACK * (high - low)
        moved = transform.transform(places)
        inside = (low - slack <= moved) & (moved <= high + slack)
        tick.places, tick.texts = places[inside], [text for text, here in zip(texts, inside, strict=True) if here]
        if len(tick.texts) == 1:  # perhaps somebody has changed it
            tick.update_position(tick.places[0])
            tick.label1.set_text(tick.texts[0])
            tick.label2.set_text(tick.texts[0])
            tick.places = None
        return [tick] if tick.texts else []

    def _get_ticklabel_bboxes(self, ticks: Sequence[Any], renderer: Any) -> tuple[list[Bbox], list[Bbox]]:
        if not self._stamps():
            return super()._get_ticklabel_bboxes(ticks, renderer)
        return self.once("boxes", lambda: tuple(_boxes(ticks, label, renderer) for label in ("label1", "label2")))

    def once(self, what: Hashable, compute: Callable[[], Any]) -> Any:
        """Return what ``compute`` returns; since the axis settled last, it is called once."""
        if self._known is None:
            return compute()
        if what not in self._known:
            self._known[what] = compute()
        return self._known[what]

    def _update_label_position(self, renderer: Renderer) -> None:
        """Place the label, if there is one."""
        if self.label.get_text():
            super()._update_label_position(renderer)

    def _update_offset_text_position(self, bboxes: Sequence[Bbox], bboxes2: Sequence[Bbox]) -> None:
        """Place what all ticks have in common, if they have."""
        formatter: Any = self.major.formatter
        if formatter.get_offset():
            super()._update_offset_text_position(bboxes, bboxes2)

    def _get_tick(self, major: bool) -> Tick:
        tick = super()._get_tick(major)
        if hasattr(self.axes, "patch"):
            tick.set_clip_path(self.axes.patch)
        return tick

    def set_ticks(self, ticks: Any, labels: Any = None, *, minor: bool = False, **kwargs: Any) -> Sequence[Tick]:
        """Place the ticks and return them."""
        with self._unmade(not kwargs):
            super().set_ticks(ticks, labels, minor=minor, **kwargs)
        return _Later(lambda: self.get_minor_ticks() if minor else self.get_major_ticks())

    def set_ticklabels(
        self, labels: Any, *, minor: bool = False, fontdict: Any = None, **kwargs: Any
    ) -> Sequence[Text]:
        """Label the ticks and return the labels."""
        with self._unmade(not kwargs and not fontdict):
            super().set_ticklabels(labels, minor=minor, fontdict=fontdict, **kwargs)
        return _Later(lambda: self.get_ticklabels(minor=minor))

    @contextmanager
    def _unmade(self, plain: bool) -> Generator[None]:
        """Let matplotlib find no ticks where they get nothing but places and texts, which axes keep themselves."""
        before, self._hidden = self._hidden, plain and self._stamps()
        try:
            yield
        finally:
            self._hidden = before

    def get_major_ticks(self, numticks: int | None = None) -> list[Tick]:
        """Return the major ticks, which from now on are drawn one by one."""
        return [] if self._hidden else super().get_major_ticks(numticks)

    def get_minor_ticks(self, numticks: int | None = None) -> list[Tick]:
        """Return the minor ticks, which from now on are drawn one by one."""
        return [] if self._hidden else super().get_minor_ticks(numticks)


def _boxes(ticks: Sequence[_Stamp], name: str, renderer: Renderer) -> list[Bbox]:
    labels = [(tick, getattr(tick, name)) for tick in ticks]
    shown = [(tick, label) for tick, label in labels if label.get_visible() and label.get_in_layout()]
    return [box for tick, label in shown for box in tick.boxes(label, renderer)]


class QuickXAxis(_Stamped, XAxis):
    """A horizontal axis with ticks that cost little."""

    _tick_class = _XStamp


class QuickYAxis(_Stamped, YAxis):
    """A vertical axis with ticks that cost little."""

    _tick_class = _YStamp
