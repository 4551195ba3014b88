"""Jinja for TeX: delimiters that TeX does not use, loud failures, and a map from TeX lines to template lines.

Templates are searched folder by folder, so that a course overrides a shipped one by its name.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Generator, Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, overload

import jinja2
from jinja2.ext import Extension
from jinja2.lexer import TOKEN_DATA, TOKEN_VARIABLE_BEGIN, TOKEN_VARIABLE_END, Token, TokenStream

from psetpress import tex
from psetpress.errors import PsetpressError, nearest

# Marks travel through rendering: private-use characters, which no document needs.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([^{_CLOSE}]*):([0-9]+){_CLOSE}")
_LEADING = re.compile(rf"(?:\s|{_MARK.pattern})*")


class TemplateError(PsetpressError):
    """Words that cannot be written; the message names the template and the line."""


class Origin(NamedTuple):
    """Where a line of TeX came from: a template, or a text of the set file such as ``hw3.toml, instructions``."""

    source: str
    line: int

    def __str__(self) -> str:
        room = "templates/" if self.source.endswith(".j2") else ""
        return f"{room}{self.source}, line {self.line}"


class Marks(Extension):
    """Puts a mark before every line of words that says where it stands.

    It works on Jinja's tokens, whose white space has been controlled already: a mark never changes spacing.
    """

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Yield the tokens of a template with marks in and before them; none repeats the one before it."""
        before, said = "", 0
        for token in stream:
            if token.type == TOKEN_DATA:
                lines = [*_marked(token, stream.name or "", first=before != TOKEN_VARIABLE_END)]
                said = token.lineno + len(lines) - 1 if _OPEN in lines[-1] else 0
                yield Token(token.lineno, TOKEN_DATA, "\n".join(lines))
            else:
                if token.type == TOKEN_VARIABLE_BEGIN and said != token.lineno:
                    yield Token(token.lineno, TOKEN_DATA, _mark(stream.name or "", token.lineno))
                said = 0
                yield token
            before = token.type


def _marked(token: Token, template: str, *, first: bool) -> Iterator[str]:
    """Yield the lines of a token of words, marked; the first only if it does not continue a marked line."""
    for step, line in enumerate(token.value.split("\n")):
        marked = line.strip() and (step or first)
        yield _mark(template, token.lineno + step) + line if marked else line


def _mark(source: str, line: int) -> str:
    return f"{_OPEN}{source}:{line}{_CLOSE}"


def trace(code: str, source: str) -> tex.TeX:
    """Return TeX that no template wrote, with marks that say which line of ``source`` each of its lines is."""
    lines = code.strip().split("\n")
    return tex.TeX(
        "\n".join(_mark(source, number) + line if line.strip() else line for number, line in enumerate(lines, 1))
    )


def unmark(text: str) -> tuple[str, Origins]:
    """Return rendered text without its marks, and for each of its lines where it came from."""
    return _MARK.sub("", text), Origins(text)


@dataclass(frozen=True, repr=False)
class Origins(Sequence["Origin | None"]):
    """Where each line of a marked text came from. Only who explains an error asks, so it is read off only then."""

    marked: str

    @cached_property
    def _lines(self) -> list[Origin | None]:
        found: list[Origin | None] = []
        current: Origin | None = None
        for line in self.marked.split("\n"):
            for match in _MARK.finditer(line):
                current = Origin(match[1], int(match[2]))
            found.append(current)
        return found

    @overload
    def __getitem__(self, index: int) -> Origin | None: ...
    @overload
    def __getitem__(self, index: slice) -> list[Origin | None]: ...
    def __getitem__(self, index: int | slice) -> Origin | list[Origin | None] | None:
        """Return the origin of a line, or those of several."""
        return self._lines[index]

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self._lines)


def strip(text: str) -> tex.TeX:
    """Return rendered text without blank edges; marks alone are blank, that of the first words stays."""
    while (stripped := text.rstrip()).endswith(_CLOSE):
        text = stripped[: stripped.rindex(_OPEN)]
    edge = _LEADING.match(stripped)
    leading, words = (stripped[: edge.end()], stripped[edge.end() :]) if edge else ("", stripped)
    marks = list(_MARK.finditer(leading))
    return tex.TeX((marks[-1][0] if marks and words else "") + words)


class _Environment(jinja2.Environment):
    """Jinja with this project's delimiters; what macros and set blocks return is TeX, as they are written in it."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template sees besides its context: a plain copy, because every block begins by copying it."""
        return {**self.globals, **(d or {})}

    @staticmethod
    def concat(parts: Iterable[str]) -> tex.TeX:
        """Join what a block, a macro or a whole template printed."""
        return tex.TeX("".join(parts))


class Templates:
    """The templates of the active workspace, searched folder by folder.

    A file is read and compiled once, for all documents of all students; make a new one where files may have changed.
    """

    def __init__(self, folders: Sequence[Path], *, marked: bool = True) -> None:
        """Take the folders in order; ``marked`` says whether lines carry their origin, for :func:`unmark`."""
        self.folders = tuple(folders)
        self.environment = _Environment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
            extensions=[Marks] if marked else [],
            block_start_string="<%",
            block_end_string="%>",
            variable_start_string="<<",
            variable_end_string=">>",
            comment_start_string="<#",
            comment_end_string="#>",
            undefined=jinja2.StrictUndefined,
            finalize=tex.finalize,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,  # HTML's escaping; ours is `finalize`
            auto_reload=False,
        )
        self.environment.filters.update(tex.FILTERS)
        self._loaded: dict[str, jinja2.Template] = {}
        self._files: dict[str, bytes] = {}

    def block(self, template: str, block: str, context: dict[str, Any]) -> tex.TeX:
        """Return one block of a template, rendered, without blank edges.

        Raises TemplateError naming template and line.
        """
        with _explained():
            loaded = self._load(template)
            if block not in loaded.blocks:
                known = ", ".join(loaded.blocks) or "none"
                raise TemplateError(
                    f'templates/{template} has no block "{block}"{nearest(block, loaded.blocks)}; its blocks: {known}'
                )
            return strip(self.environment.concat(loaded.blocks[block](loaded.new_context(context))))

    def has_block(self, template: str, block: str) -> bool:
        """Say whether a template defines ``block``."""
        with _explained():
            return block in self._load(template).blocks

    def page(self, template: str, context: dict[str, Any]) -> tex.TeX:
        """Return a whole template, rendered. Raises TemplateError naming template and line."""
        with _explained():
            loaded = self._load(template)
            return self.environment.concat(loaded.root_render_func(loaded.new_context(context)))

    def read(self, name: str) -> bytes:
        """Return a file of the template folders as it is."""
        if name not in self._files:
            path = next((folder / name for folder in self.folders if (folder / name).is_file()), None)
            if path is None:
                raise self._missing(name)
            self._files[name] = path.read_bytes()
        return self._files[name]

    def _load(self, template: str) -> jinja2.Template:
        if template not in self._loaded:
            self._loaded[template] = self._compiled(template)
        return self._loaded[template]

    def _compiled(self, template: str) -> jinja2.Template:
        try:
            return self.environment.get_template(template)
        except jinja2.TemplateNotFound as error:
            raise self._missing(str(error.name)) from error
        except jinja2.TemplateSyntaxError as error:
            where = Origin(error.name or template, error.lineno)
            raise TemplateError(f"{where}: {error.message}") from error
        except UnicodeDecodeError as error:
            raise TemplateError(f"templates/{template} is not UTF-8 text (byte {error.start})") from error

    def _missing(self, name: str) -> PsetpressError:
        folders = ", ".join(str(path) for path in self.folders) or "no folder"
        return PsetpressError(f"templates/{name} does not exist; searched: {folders}")


@contextmanager
def _explained() -> Generator[None]:
    """Turn whatever goes wrong while a template is rendered into an error that says in which line."""
    try:
        yield
    except TemplateError:
        raise
    except Exception as error:
        where = _place(error)
        if isinstance(error, PsetpressError):
            if not where:
                raise
            raise TemplateError(f"{where}: {error.message}") from error
        if isinstance(error, jinja2.TemplateNotFound):
            raise TemplateError(f"{where}: templates/{error.name} does not exist") from error
        what = str(error) if isinstance(error, jinja2.TemplateError) else f"{type(error).__name__}: {error}"
        raise TemplateError(f"{where}: {what}" if where else what) from error


def _place(error: BaseException) -> str:
    """Return the innermost template line that raised ``error``: Jinja's code remembers its template."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        loaded = frame.f_globals.get("__jinja_template__")
        if isinstance(loaded, jinja2.Template):
            place = str(Origin(loaded.name or "?", loaded.get_corresponding_lineno(line)))
    return place
