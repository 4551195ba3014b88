"""Bytes to rows: the encodings, separators and habits of the programs that write CSV files."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from psetpress.errors import UsageError
from psetpress.roster import cells

LIMIT = 2**26
"""Bytes of the longest roster: 64 MiB is a row for each of half a million students."""

_NO_TEXT = {
    b"PK\x03\x04": "an Excel or OpenDocument workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
    b"{": "JSON",
    b"[": "JSON",
    b"<": "a web page or XML (perhaps a page that asks to log in)",
}
_SEPARATORS = ",;\t|"
_DECLARED = re.compile(rf'"?sep=([{_SEPARATORS}])"?(\r\n?|\n|$)', re.IGNORECASE)

_GUESSED = (
    "is not UTF-8; it was read as Windows-1252 (Western European). "
    "Check the names with accents, or export the roster as CSV (UTF-8)"
)


@dataclass(frozen=True)
class Row:
    """The cells of one row, without the empty ones at its end, and the line that it begins on."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A file's header, the rows below it that are not empty, and what should be said about the file."""

    path: Path
    header: Row
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def read(path: Path) -> Table:
    """Return the table at ``path``. Raises UsageError for what is no CSV file, saying what it is."""
    text, notes = _decoded(_content(path), path)
    declared = _DECLARED.match(text)
    separator = declared[1] if declared else _separator(text, path)
    rows = [*_rows(text, separator, path)][1 if declared else 0 :]
    filled = [row for row in rows if row.cells]
    if not filled:
        raise UsageError(f"{path}: is empty; a roster names its columns in the first line: id,name,email,section")
    return Table(path, filled[0], tuple(filled[1:]), notes)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
    except OSError as error:
        raise UsageError(f"{path}: the roster cannot be read: {error.strerror or error}") from error
    if len(content) > LIMIT:
        raise UsageError(f"{path}: is no roster: it has more than {LIMIT >> 20} MiB")
    begin = content.removeprefix(codecs.BOM_UTF8).lstrip(b" \r\n\t")
    for start, what in _NO_TEXT.items():
        if begin.startswith(start):
            raise UsageError(f"{path}: is {what}, no CSV file; open it in a spreadsheet and export it as CSV (UTF-8)")
    return content


def _decoded(content: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    """Return a file's text: UTF-16 where its mark says so ("Unicode text" of Excel), UTF-8, else Windows' own."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:  # UTF-16 without its mark, UTF-32, or no text at all
            break
        return text, (_GUESSED,) if encoding == "cp1252" else ()
    raise UsageError(f"{path}: is no text in UTF-8, UTF-16 or Windows-1252; export the roster as CSV (UTF-8)")


def _separator(text: str, path: Path) -> str:
    """Return what the header is separated by: whatever cuts it into most cells."""
    return max(_SEPARATORS, key=lambda separator: _width(text, separator, path))


def _width(text: str, separator: str, path: Path) -> int:
    """Return the number of cells in the first row that is not empty; 0 if this separator leaves a quote open."""
    try:
        return next((len(row.cells) for row in _rows(text, separator, path) if row.cells), 0)
    except UsageError:
        return 0


def _rows(text: str, separator: str, path: Path) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
    line = 1
    try:
        for row in reader:
            yield Row(line, _filled(row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"{path}: line {line}: a quotation mark is not closed, or text follows a closed one ({error}); "
            'a cell in quotes holds a quotation mark as two: "Ada ""Ace"" Lovelace"'
        ) from error


def _filled(row: list[str]) -> tuple[str, ...]:
    """Return trimmed cells without the empty ones at the end."""
    kept = [cells.trimmed(cell) for cell in row]
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)
