"""The terminal: the same words as readable plain text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from psetpress import tex
from psetpress.targets import Blank, mathtext, reading
from psetpress.targets.boxes import columns, pad
from psetpress.targets.latex import LatexTarget
from psetpress.tex import TeX

if TYPE_CHECKING:
    from psetpress.targets import Slot, Window

WIDTH = 96
"""Columns of a line."""

_Block = Callable[[int], str]
"""A finished block, once the columns that it may take are known."""

_KEPT = re.compile("\ue010([0-9]+)\ue011")


class TextTarget:
    """Keeps finished blocks (tables, figures) aside while the words between them become text."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._paper = LatexTarget(responses=False)

    def figure(self, name: str, alt: str) -> TeX:
        """Show a figure's alt text."""
        return self._keep(lambda width: _filled(f"[figure: {alt}]", width, " "))

    def table(self, header: Sequence[Any], rows: Sequence[Sequence[Any]], align: str, rules: Sequence[int]) -> TeX:
        """Show aligned columns; the widest are wrapped where a line would be too long."""
        table = [[_cell(cell) for cell in row] for row in ([header] if header else []) + list(rows)]
        ruled = {0, *(rule + 1 for rule in rules)} if header else set(rules)
        return self._keep(lambda width: _table(table, re.sub("[^lcr]", "", align), ruled, width))

    def matrix(self, rows: Sequence[Sequence[Any]]) -> TeX:
        """Return a matrix, which becomes text with the mathematics around it."""
        return self._paper.matrix(rows)

    def signal(self, window: Window) -> TeX:
        """Show rows of times over rows of values."""
        times = [str(window.first + step) for step in range(len(window.values))]
        values = [_cell(value) for value in window.values]
        most = max(1, (WIDTH - 20) // (2 + max(map(len, [*times, *values]))))
        rows: list[list[TeX]] = []
        for start in range(0, len(values), most):
            for head, cells in (("n", times), (plain(TeX(f"${window.name}(n)$")), values)):
                line = [TeX(cell) for cell in cells[start : start + most]]
                rows.append([TeX(head), *line, *[TeX("")] * (min(most, len(values)) - len(line))])
        return self.table([], rows, "l" + "r" * (len(rows[0]) - 1), range(1, len(rows), 2))

    def unrecorded(self, experiment: str) -> TeX:
        """Say it in a line of its own."""
        return self._keep(lambda width: _filled(f"[not recorded yet: {experiment}]", width))

    def respond(self, slots: Sequence[Slot], inside: TeX) -> TeX:
        """List the labelled slots; a terminal needs no space."""
        labels = [plain(slot.label) for slot in slots if slot.label]
        return self._keep(lambda width: _filled("Answers: " + "; ".join(labels), width)) if labels else TeX("")

    def finish(self, words: TeX, indent: int = 0) -> str:
        """Return rendered TeX as text: paragraphs wrapped, displays and blocks in lines of their own."""
        blocks = "\n\n".join(_Flow(self._blocks, WIDTH - indent).blocks(reading.parse(words)))
        return textwrap.indent(blocks.replace("\u00a0", " "), " " * indent)

    def _keep(self, block: _Block) -> TeX:
        self._blocks.append(block)
        return TeX(f"\n\n\ue010{len(self._blocks) - 1}\ue011\n\n")


class _Flow:
    """Turns nodes into blocks of text: paragraphs, lists, displays."""

    def __init__(self, kept: Sequence[_Block], width: int) -> None:
        self.kept = kept
        self.width = width

    def blocks(self, nodes: Sequence[reading.Node]) -> list[str]:
        """Return the blocks of a list of nodes."""
        found: list[str] = []
        words = ""
        for node in nodes:
            block = self._block(node)
            if block is None:
                words += reading.inline([node])
            else:
                found += [*self._paragraphs(words), *block]
                words = ""
        return [*found, *self._paragraphs(words)]

    def _block(self, node: reading.Node) -> list[str] | None:
        """Return the blocks of what stands in lines of its own, or None for words."""
        kind = reading.kind(node)
        name = node.environmentname.rstrip("*") if kind == "Environment" else ""
        if (kind == "Math" and node.displaytype == "display") or name == "equation":
            return [self._display(node.nodelist)]
        if "align" in name or name == "gather":
            return [self._display([node])]
        if name in {"itemize", "enumerate"}:
            return self._list(node)
        if name:
            return self.blocks(node.nodelist)
        return [] if kind == "Macro" and node.macroname == "par" else None

    def _display(self, nodes: Sequence[reading.Node]) -> str:
        return textwrap.indent(str(mathtext.display(nodes, self.width - 4)), "    ")

    def _list(self, node: reading.Node) -> list[str]:
        """Return the items of a list, each hanging on its mark."""
        items: list[tuple[str, list[reading.Node]]] = []
        for child in node.nodelist:
            if reading.kind(child) == "Macro" and child.macroname == "item":
                number = f"{len(items) + 1}." if node.environmentname == "enumerate" else "•"
                items.append((reading.inline(reading.arguments(child)[0]) or number, []))
            elif items:
                items[-1][1].append(child)
        lines: list[str] = []
        for mark, content in items:
            room = columns(mark) + 1
            inside = "\n".join(_Flow(self.kept, self.width - room - 2).blocks(content))
            lines.append(f"  {mark} {textwrap.indent(inside, ' ' * (room + 2)).lstrip()}")
        return ["\n".join(lines)]

    def _paragraphs(self, words: str) -> list[str]:
        found: list[str] = []
        for paragraph in re.split(r"\n\s*\n", words):
            flat = " ".join(re.split(r"[ \t\n]+", paragraph)).strip(" ")
            kept = _KEPT.fullmatch(flat)
            if kept:
                found.append(textwrap.indent(self.kept[int(kept[1])](self.width - 4), "    "))
            elif flat:
                found.append(_filled(flat, self.width))
        return found


def _cell(cell: object) -> str:
    if isinstance(cell, Blank):
        return f"{cell.label} ____".strip()
    return plain(TeX(tex.finalize(cell) if isinstance(cell, str) else f"${tex.finalize(cell)}$"))


def _filled(text: str, width: int, hanging: str = "") -> str:
    return textwrap.fill(text, width, subsequent_indent=hanging, break_on_hyphens=False, break_long_words=False)


def _table(table: Sequence[Sequence[str]], align: str, ruled: set[int], room: int) -> str:
    """Return a table; a cell that is too wide goes on in the next line."""
    widths = _widths(table, room)
    lines: list[str] = []
    for number, row in enumerate(table):
        wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for pieces in zip_longest(*wrapped, fillvalue=""):
            cells = zip(pieces, widths, align, strict=True)
            lines.append("  ".join(pad(piece, width, letter) for piece, width, letter in cells).rstrip())
        if number in ruled and number + 1 < len(table):
            lines.append("─" * (sum(widths) + 2 * len(widths) - 2))
    return "\n".join(lines)


def _widths(table: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return the columns' widths: their contents', the widest cut down until the table fits."""
    widths = [max(1, *(columns(cell) for cell in column)) for column in zip(*table, strict=True)]
    while sum(widths) + 2 * len(widths) - 2 > room and max(widths) > 12:
        widths[widths.index(max(widths))] -= 1
    return widths


def plain(code: TeX) -> str:
    """Return TeX as one line of Unicode text."""
    return " ".join(reading.inline(reading.parse(code)).split())
