"""What solvers may not use, because no reading of the code could tell where it leads.

Code made from text, other processes, and objects found by their address all lead from one road to the other unseen.
Modules beside the bank, and the engine itself, would be shared by both roads without anybody comparing them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from psetpress import workspace
from psetpress.verify import bank

BUILTINS = frozenset({"exec", "eval", "compile", "__import__", "globals", "locals"})
MODULES = frozenset(
    [
        "ctypes",
        "gc",
        "importlib.machinery",
        "inspect",
        "marshal",
        "multiprocessing",
        "pickle",
        "pty",
        "runpy",
        "shelve",
        "socket",
        "subprocess",
    ]
)
ENGINE = "psetpress"


def forbidden(functions: Iterable[str]) -> Iterator[str]:
    """Yield what the modules of these functions of ``solvers`` use and must not, with the place."""
    for module in sorted({bank.home(name) for name in functions if name.startswith("solvers.")}):
        for node in ast.walk(bank.tree(bank.file(module))):
            for used in _used(node):
                place = f"{module.replace('.', '/')}.py, line {getattr(node, 'lineno', 0)}"
                yield f"{place}: a solver may not use {used}: nobody sees where it leads"


def _used(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILTINS:
        yield f"{node.func.id}()"
    elif isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if _is_forbidden(alias.name))
    elif isinstance(node, ast.ImportFrom) and not node.level and _is_forbidden(str(node.module)):
        yield str(node.module)


def _is_forbidden(module: str) -> bool:
    top = module.partition(".")[0]
    return module in MODULES or top in MODULES or top == ENGINE or _is_beside(top)


def _is_beside(top: str) -> bool:
    """Say whether a module lies in the workspace, beside the bank's packages."""
    root = workspace.active().root
    found = None if bank.ours(top) else PathFinder.find_spec(top, [str(root)])
    return found is not None and found.origin is not None and Path(found.origin).is_relative_to(root)
