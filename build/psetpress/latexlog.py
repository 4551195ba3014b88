"""What LaTeX's log says, for people: its error with the line of the template, and what it would rather keep quiet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psetpress.latex import Document

OVERFULL_LIMIT = 1.0
"""Points by which a line may stick out before it is reported: less cannot be seen."""

_ERROR = re.compile(r"^(?:!|(?:\./)?(?P<file>[^\s:]+):(?P<line>\d+):) (?P<what>.*(?:\n {8,}\S.*)*)", re.MULTILINE)
_MET = re.compile(r"^l\.\d+ ?(.*)$", re.MULTILINE)
_RUNAWAY = re.compile(r"^Runaway (?:argument|definition|text)\?\n(.*)$", re.MULTILINE)
_OUTSIDE = re.compile(r"Not (?:reading from|writing to) (.*?) \(open(?:in|out)_any = p\)")
_BEGUN = re.compile(r"on input line (\d+)")
_OVERFULL = re.compile(r"^Overfull \\([hv])box \(([\d.]+)pt too (?:wide|high)\)(?:.*?lines? (\d+))?", re.MULTILINE)
_PAGE = re.compile(r"\[(\d+)")
_LOST = re.compile(
    r"^LaTeX Warning: (?P<reference>(?:Reference|Citation) .*? undefined)(?: on input line (?P<line>\d+))?"
    r"|^Missing character: (?P<glyph>There is no .*? in font .*?)!",
    re.MULTILINE,
)


def explain(log: str, document: Document, terminal: str = "", megabytes: int = 0) -> str:
    """Return LaTeX's first error in two lines: what it says, and which line of which template it met."""
    error = _ERROR.search(log)
    if error is None:
        return _silent(log, terminal, megabytes)
    what = " ".join(error["what"].split()).removeprefix("LaTeX Error: ")
    what = _BEGUN.sub(lambda begun: f"from {_origin(int(begun[1]), document)}", what)
    outside = _OUTSIDE.search(terminal)
    if outside and "not found" in what:
        what = f"{outside[1]} lies outside the document, which may read and write its own files only"
    elif re.search(r"\.(sty|cls|def|tfm|fd)' not found", what):
        what = f"{what} This TeX installation lacks a package; `psetpress doctor` says how to get it."
    where = _where(log, error, document)
    return f"LaTeX: {what}\n  at {where}" if where else f"LaTeX: {what}"


def _silent(log: str, terminal: str, megabytes: int) -> str:
    """Explain a run that failed without an error in its log."""
    if "No pages of output" in log:
        return "LaTeX: the document has no pages"
    last = "\n".join(line[:200] for line in (log or terminal).splitlines()[-5:])
    return f"LaTeX stopped without a message (it may write at most {megabytes} MB); the last lines of its log:\n{last}"


def _where(log: str, error: re.Match[str], document: Document) -> str:
    """Return the template line of an error, with the words at which LaTeX stopped."""
    placed = error if error["line"] else next(_numbered(log, error.end()), None)
    met = _MET.search(log, error.end())
    words = f": {met[1].strip()[-60:]}" if met and met[1].strip() else ""
    if placed:
        inside = Path(placed["file"]).name == "main.tex"
        place = _origin(int(placed["line"]), document) if inside else f"{placed['file']}, line {placed['line']}"
        return place + words
    runaway = _RUNAWAY.search(log)
    return _runaway(runaway[1], document) if runaway else ""


def _numbered(log: str, start: int) -> Iterator[re.Match[str]]:
    """Yield the errors after ``start`` that come with a file and a line."""
    return (error for error in _ERROR.finditer(log, start) if error["line"])


def _runaway(argument: str, document: Document) -> str:
    """Return the template line where an argument begins that is never closed: TeX shows only its first words."""
    for words in re.split(r"\\[A-Za-z@]+ ?|[{}]", argument):
        if len(words.strip()) >= 4:
            for number, line in enumerate(document.main.splitlines(), start=1):
                if words.strip()[:20] in line:
                    return f"{_origin(number, document)}: {argument.strip()[:60]}"
    return f"an argument that is never closed: {argument.strip()[:60]}"


def _origin(line: int, document: Document) -> str:
    origin = document.origins[line - 1] if 0 < line <= len(document.origins) else None
    return str(origin) if origin else f"line {line} of main.tex"


def complaints(log: str, document: Document) -> tuple[str, ...]:
    """Return a line for every box that sticks out visibly, every lost reference and every letter without a glyph."""
    found: list[str] = []
    for box in _OVERFULL.finditer(log):
        if float(box[2]) > OVERFULL_LIMIT:
            place = _origin(int(box[3]), document) if box[3] else _page(log, box.start())
            found.append(f"{document.name}: {box[2]} pt too {'wide' if box[1] == 'h' else 'high'} at {place}")
    for loss in _LOST.finditer(log):
        place = _origin(int(loss["line"]), document) if loss["line"] else _page(log, loss.start())
        found.append(f"{document.name}: {loss['reference'] or loss['glyph']}, at {place}")
    return tuple(dict.fromkeys(found))


def _page(log: str, position: int) -> str:
    """Return the page that was being filled when the log had come to ``position``."""
    finished = [int(number) for number in _PAGE.findall(log, 0, position)]
    return f"page {max(finished, default=0) + 1}"
