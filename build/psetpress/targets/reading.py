"""TeX read back: its syntax tree, and its words as Unicode text."""

# pylatexenc ships no type information:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

Node = Any
"""A node of pylatexenc's syntax tree."""


@cache
def _library() -> tuple[Any, Any, Any]:
    """Return the module that parses, its context with the macros it lacks, and the converter of single symbols."""
    from pylatexenc import latex2text, latexwalker, macrospec

    context = latexwalker.get_default_latex_context_db()
    arguments = {"operatorname": 1, "dfrac": 2, "tfrac": 2, "boldsymbol": 1, "texorpdfstring": 2, "mathbf": 1}
    macros = [macrospec.std_macro(name, False, count) for name, count in arguments.items()]
    context.add_context_category("psetpress", prepend=True, macros=macros)
    return latexwalker, context, latex2text.LatexNodes2Text(math_mode="text", keep_comments=False)


def parse(code: str) -> list[Node]:
    """Return the syntax tree of TeX code."""
    latexwalker, context, _ = _library()
    return latexwalker.LatexWalker(code, latex_context=context).get_latex_nodes()[0]


def kind(node: Node) -> str:
    """Return what a node is: ``Chars``, ``Macro``, ``Group``, ``Environment``, ``Math``, ``Specials``, ``Comment``."""
    return type(node).__name__.removeprefix("Latex").removesuffix("Node")


def arguments(node: Node) -> list[list[Node]]:
    """Return the contents of a macro's arguments; an optional one that is missing is empty."""
    given = node.nodeargd.argnlist if node.nodeargd else []
    return [[] if item is None else item.nodelist if kind(item) == "Group" else [item] for item in given]


def symbol(node: Node) -> str:
    """Return a macro without arguments, such as a Greek letter, as Unicode."""
    return str(_library()[2].node_to_text(node)) or ""


PRINTED = frozenset(("emph", "text", "textbf", "textit", "texttt", "mathrm", "operatorname", "mbox", "textnormal"))
"""Macros whose last argument is words."""

SPACES = {
    ",": " ",
    ";": " ",
    ":": " ",
    " ": " ",
    "!": "",
    "quad": "   ",
    "qquad": "     ",
    "noindent": "",
    "hfill": " ",
}
"""Macros that are space."""

_NAMES = {"LaTeX": "LaTeX", "TeX": "TeX", "unprintable": "□", "textasciicircum": "^"}


def inline(nodes: Sequence[Node]) -> str:
    """Return words, with the mathematics between them, as text of one line."""
    return "".join(_inline(node) for node in nodes)


def _inline(node: Node) -> str:
    from psetpress.targets.mathtext import formula

    match kind(node):
        case "Chars":
            text = node.chars
        case "Math":
            text = formula(node.nodelist)
        case "Group":
            text = inline(node.nodelist)
        case "Macro":
            text = _macro(node)
        case "Comment":
            text = ""
        case _:
            text = symbol(node)
    return str(text)


def _macro(node: Node) -> str:
    name = node.macroname
    if name in PRINTED:
        return inline(arguments(node)[-1])
    if name == "texorpdfstring":
        return inline(arguments(node)[1])
    if name == "`" and not inline(arguments(node)[0]):  # an accent on nothing
        return "`"
    known = _NAMES | SPACES
    return known[name] if name in known else symbol(node)
