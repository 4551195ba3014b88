"""The bank's code as files: whose code it is, what it is called, where a constant is made."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from psetpress import workspace


def ours(module: str | None) -> bool:
    """Say whether a module, by its name, belongs to the bank."""
    return module is not None and module.partition(".")[0] in workspace.PACKAGES


def module_of(file: str) -> str | None:
    """Return the name of the bank's module in ``file``, or None."""
    for package in workspace.PACKAGES:
        for room in getattr(sys.modules.get(package), "__path__", ()):
            if file.startswith(f"{room}/"):
                return ".".join([package, *Path(file).relative_to(room).with_suffix("").parts])
    return None


def place(code: CodeType) -> str | None:
    """Return the name of the function of the bank that ``code`` belongs to, or None.

    The code of a module, of a class and of a module's own comprehensions belongs to no function.
    """
    module, outer = module_of(code.co_filename), code.co_qualname.partition(".<locals>")[0]
    if module is None or not code.co_flags & CO_OPTIMIZED:
        return None
    if outer.endswith("<lambda>"):
        return f"{module}.{outer}:{code.co_firstlineno}"
    return None if outer.startswith("<") else f"{module}.{outer}"


@cache
def text(file: str) -> bytes:
    """Return the text of a file, as it was when it was first asked for."""
    return Path(file).read_bytes()


@cache
def tree(file: str) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(text(file), file)


class Origin(NamedTuple):
    """Where a constant is made: its module, its name there, and the statement."""

    module: str
    name: str
    statement: ast.stmt

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


def origin(module: str, name: str) -> Origin | None:
    """Return where a module's global ``name`` gets its value, through imports; None for no constant of the bank."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None or not ours(module):
        return None
    for statement in tree(file).body:
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                if name == (alias.asname or alias.name):
                    return origin(_imported(module, statement), alias.name)
        elif name in _bound(statement):
            return Origin(module, name, statement)
    return None


def _imported(module: str, statement: ast.ImportFrom) -> str:
    package = getattr(sys.modules[module], "__package__", None)
    return resolve_name("." * statement.level + (statement.module or ""), package)


def _bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement of a module assigns."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return set()
    stores = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return {node.id for node in stores if isinstance(node.ctx, ast.Store)}


def home(name: str) -> str:
    """Return the imported module that a function or class is in."""
    while name not in sys.modules:
        name = name.rpartition(".")[0]
    return name


def file(module: str) -> str:
    """Return the file of an imported module."""
    return str(sys.modules[module].__file__)


def syntax(name: str) -> list[ast.AST]:
    """Return the syntax of a function, a lambda, or the statements of a class body, by the name :func:`place` gives."""
    module = home(name)
    return definitions(module).get(name, [])


@cache
def definitions(module: str) -> dict[str, list[ast.AST]]:
    """Return the syntax of all that :func:`syntax` knows by name in a module."""
    return dict(_below(tree(file(module)), f"{module}."))


def _below(node: ast.AST, prefix: str) -> dict[str, list[ast.AST]]:
    found: dict[str, list[ast.AST]] = {}
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            found.setdefault(f"{prefix}{child.name}", []).append(child)
            continue
        if isinstance(child, ast.ClassDef):
            body = [item for item in child.body if isinstance(item, (ast.Assign, ast.AnnAssign))]
            found.setdefault(f"{prefix}{child.name}", []).extend(body)
            inner = _below(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.Lambda):
            found.setdefault(f"{prefix}<lambda>:{child.lineno}", []).append(child)
            continue
        else:
            inner = _below(child, prefix)
        for name, nodes in inner.items():
            found.setdefault(name, []).extend(nodes)
    return found


def nested(code: CodeType) -> Iterator[CodeType]:
    """Yield ``code`` and the code objects inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from nested(constant)
