r"""Responses: what a student wrote into the blocks of ``main.tex``.

A block is what the class calls an answer space::

    \begin{response}{2.c}{3cm}{label}
    ...
    \end{response}

The id names question, part and slot. Students may add, remove and reformat whatever they like between
the two lines, and around the blocks; a block ends at the first ``\end{response}`` that is not commented out.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from psetpress.errors import PsetpressError, UsageError

MAIN = "main.tex"
LIMIT = 5_000_000
"""Bytes of a main.tex; a handout has fewer than a hundred thousand."""

_BEGIN = re.compile(r"\\begin\s*\{response\}\s*\{([^{}]*)\}\s*\{[^{}]*\}\s*(?=\{)")
_EDGE = re.compile(r"\\(begin|end)\s*\{response\}")
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*")
_OURS = re.compile(r"^\s*\\psetfigure\{[^{}]*\}\{.*\}\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Response:
    """One block: its ``id``, its printed ``label``, and the ``text`` in it without comments and our own figures."""

    id: str
    label: str
    text: str

    @property
    def empty(self) -> bool:
        """Whether the student left it as it was."""
        return not self.text


def read(path: Path) -> dict[str, Response]:
    """Return the responses of a ``.tex`` file, or of the ``main.tex`` in a zip, by id in their order.

    Raises UsageError for a file that is neither, PsetpressError for blocks that are broken or double.
    """
    return parse(_source(path), str(path))


def _source(path: Path) -> str:
    if not path.is_file():
        raise UsageError(f"{path} does not exist; give a main.tex, or a zip that holds one")
    if not zipfile.is_zipfile(path):
        return _text(path.read_bytes(), path)
    with zipfile.ZipFile(path) as archive:
        found = [entry for entry in archive.infolist() if Path(entry.filename).name == MAIN]
        if len(found) != 1:
            raise UsageError(f"{path} holds {len(found)} files called {MAIN}; exactly one is read")
        if found[0].file_size > LIMIT:
            raise UsageError(f"{path}: {MAIN} has {found[0].file_size} bytes; at most {LIMIT} are read")
        return _text(archive.read(found[0]), path)


def _text(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text (byte {error.start})") from error


def parse(source: str, where: str) -> dict[str, Response]:
    """Return the responses in LaTeX ``source``; ``where`` names it in messages."""
    code = "\n".join(_COMMENT.sub(r"\1", line) for line in source.split("\n"))
    found: dict[str, Response] = {}
    position = 0
    while (edge := _EDGE.search(code, position)) is not None:
        place = f"{where}, line {code.count(chr(10), 0, edge.start()) + 1}"
        begin = _BEGIN.match(code, edge.start())
        if edge[1] == "end" or begin is None:
            raise PsetpressError(f"{place}: {edge[0]} does not open a response; restore its line from the source")
        label, start = _braced(code, begin.end())
        end = _EDGE.search(code, start)
        if end is None or end[1] == "begin":
            raise PsetpressError(f"{place}: response {begin[1]} has no \\end{{response}}; add it after the answer")
        if begin[1] in found:
            raise PsetpressError(f"{place}: there are two responses {begin[1]}; keep one")
        found[begin[1]] = Response(begin[1], label, _OURS.sub("", code[start : end.start()]).strip())
        position = end.end()
    return found


def _braced(code: str, start: int) -> tuple[str, int]:
    """Return the group in braces that begins at ``start``, and where it ends."""
    depth = 0
    for step in re.finditer(r"\\.|[{}]", code[start:], re.DOTALL):
        depth += {"{": 1, "}": -1}.get(step[0], 0)
        if depth == 0:
            return code[start + 1 : start + step.start()], start + step.end()
    return code[start + 1 :], len(code)
