"""Import a problem anew, one module of the bank with other text: in this process, and undone at the end.

The changed module and all that import it are made again, so that the change reaches constants that follow
from it, defaults, class bodies, tables of functions and caches, as an edited file would. What does not
depend on the module stays as it is, with its caches.
"""

from __future__ import annotations

import ast
import importlib
import os
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import resolve_name, spec_from_file_location
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from psetpress import auxiliary, workspace
from psetpress.verify.bank import ours, tree

if TYPE_CHECKING:
    from types import CodeType, ModuleType

    from psetpress.records import Problem


@contextmanager
def changed(problem: str, module: str, source: bytes) -> Generator[Problem[Any]]:
    """Yield the record of ``problem`` with ``source`` for the text of ``module``.

    The record may have a ``Params`` of its own: parameters come over through ``codec``. What the new text
    makes the import raise is raised. Results kept on disk are not seen inside: they are kept by the file's text.
    """
    finder = _Finder(module, str(sys.modules[module].__file__), source)
    with TemporaryDirectory() as empty, _cache_in(empty), _without(dependents(module)):
        sys.meta_path.insert(0, finder)
        try:
            yield importlib.import_module(f"problems.{problem}").PROBLEM
        finally:
            sys.meta_path.remove(finder)


def dependents(module: str) -> set[str]:
    """Return the imported modules of the bank that import ``module``, directly or not, and itself."""
    direct = {name: imports(name, str(item.__file__)) for name, item in _bank().items()}
    found, before = {module}, 0
    while len(found) > before:
        before = len(found)
        found |= {name for name, imported in direct.items() if imported & found}
    return found


@cache
def imports(module: str, file: str) -> frozenset[str]:
    """Return the names of the bank that a module imports anywhere, or holds as a string."""
    package = module if file.endswith("__init__.py") else module.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            found |= {origin} | {f"{origin}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return frozenset(name for name in found if ours(name)) - {module}


def _bank() -> dict[str, ModuleType]:
    """Return the bank's modules that are imported; the two packages themselves are never made again."""
    return {
        name: module
        for name, module in sys.modules.items()
        if ours(name) and name not in workspace.PACKAGES and module.__file__ is not None
    }


@contextmanager
def _without(names: Iterable[str]) -> Generator[None]:
    """Forget modules, and at the end whatever was imported in between; then put them back."""
    before = _bank()
    held = {name: before[name] for name in names}
    _drop(held)
    try:
        yield
    finally:
        _drop([name for name, module in _bank().items() if before.get(name) is not module])
        for name, module in held.items():
            sys.modules[name] = module
        for name, module in held.items():
            parent, _, child = name.rpartition(".")
            setattr(sys.modules[parent], child, module)


def _drop(names: Iterable[str]) -> None:
    """Forget modules: ``from package import module`` asks the package first."""
    for name in names:
        parent, _, child = name.rpartition(".")
        if parent in sys.modules:
            vars(sys.modules[parent]).pop(child, None)
        sys.modules.pop(name, None)


@contextmanager
def _cache_in(folder: str) -> Generator[None]:
    before = os.environ.get(auxiliary.VARIABLE)
    os.environ[auxiliary.VARIABLE] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ[auxiliary.VARIABLE]
        else:
            os.environ[auxiliary.VARIABLE] = before


class _Loader(SourceFileLoader):
    """Load a module from other text than its file's."""

    def __init__(self, module: str, file: str, source: bytes) -> None:
        super().__init__(module, file)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Find one module with other text."""

    def __init__(self, module: str, file: str, source: bytes) -> None:
        self._module, self._file, self._source = module, file, source

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        return spec_from_file_location(fullname, self._file, loader=_Loader(fullname, self._file, self._source))
