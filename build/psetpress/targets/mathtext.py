"""Mathematics as text: in one line between words, in as many as it needs where it is displayed."""

# pylatexenc ships no type information:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from psetpress.targets.boxes import Box, above, beside, fenced, fraction, grid, line
from psetpress.targets.reading import PRINTED, SPACES, Node, arguments, inline, kind, symbol


def formula(nodes: Sequence[Node]) -> str:
    """Return mathematics in one line; where the line may not be broken it has no-break spaces."""
    text = Setter(flat=True).set(nodes).lines[0]
    return text.replace(" ", "\u00a0") if len(text) <= 24 else text


def display(nodes: Sequence[Node], width: int) -> Box:
    """Return displayed mathematics; before a relation it is broken into lines where it would be too wide."""
    setter = Setter(flat=False, width=width)
    atoms = setter.atoms(nodes)
    whole = setter.join(atoms)
    if whole.width <= width:
        return whole
    pieces: list[list[Atom]] = [[]]
    for atom in atoms:
        if pieces[-1] and (atom.kind == "rel" or (atom.kind == "space" and atom.box.width > 1)):
            pieces.append([])
        pieces[-1].append(atom)
    lines: list[list[Atom]] = [pieces[0]]
    for piece in pieces[1:]:
        if setter.join([*lines[-1], *piece]).width <= width:
            lines[-1] = [*lines[-1], *piece]
        else:
            lines.append(piece)
    return grid([[setter.join(each)] for each in lines], "l")


@dataclass(frozen=True)
class Atom:
    """A piece of a formula, with the class that decides about the space around it."""

    box: Box
    kind: str = "ord"


_RELATIONS = frozenset("=<>≤≥≠≈∼→←∈≡∝⇒↦∣")
_OPERATIONS = frozenset("+-±×∗*∪∩∘⊗⊙")
_LIMITS = frozenset(("∑", "∏", "max", "min", "lim", "sup", "inf", "argmax", "argmin"))
_ACCENTS = {"tilde": "\u0303", "hat": "\u0302", "bar": "\u0304", "vec": "\u20d7", "dot": "\u0307", "overline": "\u0305"}
_UP = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW⊤∘′",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵀ°′",
)
_DOWN = str.maketrans("0123456789+-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")


_INVISIBLE = frozenset(("big", "bigl", "bigr", "Big", "Bigl", "Bigr", "displaystyle", "hline", "nonumber", "phantom"))


class Setter:
    """Sets mathematics: ``flat`` in one line, otherwise with fractions, limits and matrices as they are written."""

    def __init__(self, *, flat: bool, tight: bool = False, width: int = 1000) -> None:
        self.flat = flat
        self.tight = tight
        self.width = width

    def set(self, nodes: Sequence[Node]) -> Box:
        """Return a list of nodes as a box."""
        return self.join(self.atoms(nodes))

    def join(self, atoms: Sequence[Atom]) -> Box:
        """Return atoms next to each other, with space where mathematics has it."""
        pieces: list[Box] = [line("")]
        before = "open"
        for step, atom in enumerate(atoms):
            if not atom.box.width and atom.kind == "ord":  # an empty group makes the sign after it a binary one
                before = "ord" if step == 0 else before
                continue
            after = atoms[step + 1].kind if step + 1 < len(atoms) else "close"
            binary = atom.kind == "bin" and before in {"ord", "close", "inner", "op"} and after != "close"
            spaced = not self.tight and (atom.kind == "rel" or binary)
            meets = before in {"ord", "close", "inner", "op"} and atom.kind in {"ord", "open", "inner", "op"}
            apart = not self.tight and (
                before == "punct"
                or (meets and ("inner" in (before, atom.kind) or (before == "op" and atom.kind != "open")))
            )
            blank = line(" ")
            pieces += [blank] if apart and atom.kind not in {"space", "punct", "close"} else []
            pieces += [blank, atom.box, blank] if spaced else [atom.box]
            before = "open" if spaced or atom.kind == "space" else "ord" if atom.kind == "bin" else atom.kind
        return beside(pieces)

    def atoms(self, nodes: Sequence[Node]) -> list[Atom]:
        """Return the atoms of a list of nodes, scripts attached and delimiters matched."""
        found: list[Atom] = []
        opened: list[tuple[str, list[Atom]]] = []
        tokens = iter(_tokens(nodes))
        for token in tokens:
            name = token.macroname if kind(token) == "Macro" else ""
            if name == "left":
                opened.append((_delimiter(next(tokens, None)), found))
                found = []
            elif name == "right" and opened:
                left, outer = opened.pop()
                inside = fenced(self.join(found), left, _delimiter(next(tokens, None)))
                found = [*outer, Atom(inside)]
            elif isinstance(token, str) and token in {"^", "_"}:
                self._script(found, token, next(tokens, ""))
            else:
                found.append(self._atom(token))
        for _, outer in reversed(opened):
            found = [*outer, *found]
        return found

    def _atom(self, token: Node) -> Atom:
        match kind(token):
            case "str":
                atom = character(token)
            case "Group" | "Math":
                atom = Atom(self.set(token.nodelist))
            case "Macro":
                atom = self._macro(token)
            case "Environment":
                atom = Atom(self._environment(token))
            case "Comment":
                atom = Atom(line(""), "space")
            case _:
                atom = character("" if token.specials_chars == "&" else symbol(token))
        return atom

    def _macro(self, node: Node) -> Atom:
        name, given = node.macroname, arguments(node)
        match name:
            case "frac" | "dfrac" | "tfrac":
                atom = Atom(self._fraction(*given), "inner")
            case "sqrt":
                atom = Atom(self._root(given[-1]))
            case "boldsymbol" | "mathbf":
                atom = Atom(self.set(given[-1]))
            case "operatorname":
                atom = Atom(line(inline(given[-1])), "op")
            case "underbrace" | "overbrace":
                atom = Atom(self.set(given[-1]), name)
            case _ if name in _ACCENTS:
                atom = Atom(line(unicodedata.normalize("NFC", self.set(given[-1]).lines[0] + _ACCENTS[name])))
            case _ if name in PRINTED:
                atom = Atom(line(inline(given[-1])), "text")
            case _ if name in SPACES:
                atom = Atom(line("" if self.tight else SPACES[name]), "space")
            case _ if name in _INVISIBLE:
                atom = Atom(line(""), "space")
            case _:
                atom = character(symbol(node).strip() or name)
        return atom

    def _fraction(self, top: Sequence[Node], bottom: Sequence[Node]) -> Box:
        inside = Setter(flat=True, tight=self.tight)
        over, under = inside.set(top), inside.set(bottom)
        if not self.flat:
            return fraction(over, under)
        return line(f"{_grouped(over.lines[0])}/{_grouped(under.lines[0])}")

    def _root(self, nodes: Sequence[Node]) -> Box:
        inside = Setter(flat=True, tight=self.tight).set(nodes)
        return line("√" + _grouped(inside.lines[0], always=r"[^\w.]"))

    def _environment(self, node: Node) -> Box:
        """Return a matrix, cases or aligned lines; unknown environments print their content."""
        name = node.environmentname.rstrip("*")
        lines = "align" in name or name in {"gather", "split", "equation", "multline", "eqnarray"}
        cells = Setter(flat=self.flat or not lines)
        rows = [[cells.set(cell) for cell in row] for row in _rows(node.nodelist)]
        if not rows:
            return line("")
        if self.flat:
            return line("[" + "; ".join(" ".join(cell.lines[0] for cell in row) for row in rows) + "]")
        if lines:
            joined = [[beside(row[step : step + 2]) for step in range(0, len(row), 2)] for row in _paired(rows)]
            whole = grid(joined, "l", "    ")
            return whole if whole.width <= self.width else grid([[each] for row in joined for each in row], "l")
        if name == "cases":
            return fenced(grid(rows, "l"), "{", ".")
        left, right = {"p": "()", "b": "[]", "v": "||", "B": "{}"}.get(name[0] if name.endswith("matrix") else "", "..")
        return fenced(grid(rows, "r" if name.endswith("matrix") else "c"), left, right)

    def _script(self, found: list[Atom], mark: str, token: Node) -> None:
        """Attach a sub- or superscript to the last atom of ``found``."""
        base = found.pop() if found else Atom(line(""))
        nodes = token.nodelist if kind(token) == "Group" else [token]
        if base.kind in {"underbrace", "overbrace"}:
            found.append(Atom(self._braced(base, nodes)))
            return
        script = Setter(flat=True, tight=True).set(nodes).lines[0]
        if not self.flat and base.kind == "op" and base.box.lines[base.box.base].strip() in _LIMITS:
            boxes = [line(script), base.box] if mark == "^" else [base.box, line(script)]
            found.append(Atom(above(boxes, 1 if mark == "^" else 0), "op"))
            return
        raised = line(_raised(script, mark))
        if base.box.tall and mark == "^":
            raised = Box((raised.lines[0], *[" " * raised.width] * (len(base.box.lines) - 1)), base.box.base)
        found.append(Atom(beside([base.box, raised]), base.kind))

    def _braced(self, base: Atom, label: Sequence[Node]) -> Box:
        words = Setter(flat=True).set(label)
        if self.flat:
            return line(f"{base.box.lines[0]} ({words.lines[0]})")
        return above([base.box, line("╰" + "─" * max(0, base.box.width - 2) + "╯"), words], 0)


def _tokens(nodes: Sequence[Node]) -> Iterator[Node]:
    """Yield nodes, plain characters one by one and numbers whole."""
    for node in nodes:
        if isinstance(node, str) or kind(node) != "Chars":
            yield node
        else:
            yield from re.findall(r"\d+(?:\.\d+)?|\S", node.chars)


def character(text: str) -> Atom:
    """Return a character, or the name of an operator, with its class."""
    if text in _LIMITS or (text.isalpha() and text.isascii() and len(text) > 1) or text in {"∫"}:
        return Atom(line(text), "op")
    if text in {",", ";"}:
        return Atom(line(text), "punct")
    if text in set("([⌊⌈⟨{"):
        return Atom(line(text), "open")
    if text in set(")]⌋⌉⟩}"):
        return Atom(line(text), "close")
    kinds = {"rel": _RELATIONS, "bin": _OPERATIONS}
    return Atom(
        line("′" if text == "'" else text), next((name for name, signs in kinds.items() if text in signs), "ord")
    )


def _delimiter(token: Node) -> str:
    return token if isinstance(token, str) else symbol(token).strip() if token is not None else "."


def _grouped(text: str, always: str = r"[\s+×/,=±-]") -> str:
    """Return ``text``, in parentheses if it is more than one thing."""
    return f"({text})" if re.search(always, text) else text


def _raised(script: str, mark: str) -> str:
    """Return a script in raised or lowered characters if there are such, else behind its mark."""
    table = _UP if mark == "^" else _DOWN
    if all(ord(character) in table for character in script):
        return script.translate(table)
    return f"{mark}{script}" if len(script) == 1 or script.isalnum() else f"{mark}({script})"


def _rows(nodes: Sequence[Node]) -> list[list[list[Node]]]:
    """Return the cells of an environment, row by row."""
    rows: list[list[list[Node]]] = [[[]]]
    for node in nodes:
        if kind(node) == "Macro" and node.macroname == "\\":
            rows.append([[]])
        elif kind(node) == "Specials" and node.specials_chars == "&":
            rows[-1].append([])
        else:
            rows[-1][-1].append(node)
    return [row for row in rows if any(not _blank(cell) for cell in row)]


def _blank(nodes: Sequence[Node]) -> bool:
    return all(kind(node) == "Chars" and not node.chars.strip() for node in nodes)


def _paired(rows: list[list[Box]]) -> list[list[Box]]:
    """Return the rows of an alignment with left sides padded, so that its signs stand below each other."""
    widths = [
        max((row[step].width for row in rows if step < len(row)), default=0) for step in range(max(map(len, rows)))
    ]
    return [
        [
            beside([line(" " * (widths[step] - cell.width)), cell]) if step % 2 == 0 else cell
            for step, cell in enumerate(row)
        ]
        for row in rows
    ]
