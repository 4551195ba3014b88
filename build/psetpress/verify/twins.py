"""Copied code: a function of the oracle that is written like one of ``solve`` proves nothing that it gets wrong."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator

from psetpress.verify import bank

SMALL = 12
"""Pieces of syntax below which two functions are alike by chance: ``return a + b``."""


def twins(solve: Iterable[str], oracle: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of functions, by name, whose code differs in the names of variables and in docstrings at most."""
    texts = {text: name for name in sorted(solve) for text in _texts(name)}
    for name in sorted(oracle):
        for text in _texts(name):
            if text in texts:
                yield texts[text], name


def _texts(name: str) -> Iterator[str]:
    for node in bank.syntax(name):
        if isinstance(node, ast.FunctionDef) and sum(1 for _ in ast.walk(node)) >= SMALL:
            yield ast.dump(_Bare(node).visit(copy.deepcopy(node)))


class _Bare(ast.NodeTransformer):
    """Take a function's own names, types and docstrings away: what is left is what it does."""

    def __init__(self, function: ast.FunctionDef) -> None:
        stored = (
            node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        )
        given = (node.arg for node in ast.walk(function) if isinstance(node, ast.arg))
        self._names = {name: f"v{place}" for place, name in enumerate(dict.fromkeys([*given, *stored]))}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name, node.returns, node.decorator_list = "", None, []
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg, node.annotation = self._names[node.arg], None
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._names.get(node.id, node.id)
        return node
