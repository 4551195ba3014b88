r"""Typographic and LaTeX ways of writing mathematics, turned into plain text for the readers.

``plain(r"\frac{W+2P-K}{S}")`` is ``((W+2P-K)/(S))``. Only notation is translated; whatever is not
known stays as it stands, and the reader of the plain text refuses it by name.
"""

from __future__ import annotations

import re

from psetpress.answers.base import Unreadable, quote

MAX_DEPTH = 50
"""Brackets inside one another: beyond all honest answers, far below Python's recursion limit."""

_LETTERS = {
    **{"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta"},
    **{"ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma"},
    **{"τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "ϵ": "epsilon", "µ": "mu", "Σ": "Sigma"},
}
GREEK = frozenset(_LETTERS.values())
"""Names of Greek letters, which LaTeX prints as the letters."""
_SIGNS = {
    **dict.fromkeys("−–‐‑﹣－", "-"),
    **dict.fromkeys("×✕⨯", " × "),
    **dict.fromkeys("·⋅∙•∗＊", "*"),
    **dict.fromkeys("÷∕⁄／", "/"),
    **dict.fromkeys("\u00a0\u2009\u202f\u2002\u2003\u2005\u2008\t\r", " "),
    **dict.fromkeys("\u200b\u2061\u2062\ufeff", ""),
    **{"⌊": " floor(", "⌋": ")", "⌈": " ceil(", "⌉": ")", "≈": "~", "＝": "=", "＋": "+", "∞": " infinity "},
    **{"𝒩": "N", "′": "'", "…": "..."},
}
_TRANSLATION = str.maketrans(_LETTERS | _SIGNS)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_COMMANDS = {
    **{"cdot": "*", "ast": "*", "times": " × ", "div": "/", "approx": "~", "pm": "±", "infty": " infinity "},
    **{"lfloor": " floor(", "rfloor": ")", "lceil": " ceil(", "rceil": ")", "lbrace": "{", "rbrace": "}"},
    **{
        "ln": " log",
        "varepsilon": "epsilon",
        "varphi": "phi",
        "dots": "...",
        "ldots": "...",
        "cdots": "...",
        "sim": "~",
    },
    **dict.fromkeys(("left", "right", "quad", "qquad", "displaystyle", "textstyle", "limits"), " "),
    **dict.fromkeys(("big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg", "Bigg"), " "),
    **dict.fromkeys(("mathrm", "text", "operatorname", "mathbf", "mathit", "mathcal", "boxed", "mathop"), ""),
}

_MATRIX = re.compile(
    r"\\begin\{([pbBvV]?matrix|smallmatrix|array)\}(?:\{[^{}]*\})?((?:(?!\\begin).)*?)\\end\{\1\}", re.DOTALL
)
_FRACTION = re.compile(r"\\[td]?frac\s*(?=\{)")


def plain(text: str) -> str:
    r"""Return ``text`` in plain characters: signs, Greek letters, superscripts and LaTeX translated.

    >>> plain(r"$3·3^{2} − \frac{1}{2}$"), plain("⌊W/S⌋ + K²")
    ('3*3^(2) - ((1)/(2))', 'floor(W/S) + K^(2)')

    Runs of spaces become one space, so that no later search can be made slow by them.

    Raises :class:`Unreadable` for a LaTeX group that is not closed.
    """
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda run: f"^({run[0].translate(_SUPERSCRIPTS)})", text)
    text = re.sub(r"√\s*([0-9]+)", r"sqrt(\1)", text).replace("√", "sqrt")
    text = text.translate(_TRANSLATION)
    if "\\" in text or "$" in text or "{" in text:
        text = _from_latex(text)
    return re.sub(r" ?\n[ \n]*", "\n", re.sub(" +", " ", text)).strip()


def closing(text: str, start: int) -> int:
    """Return where the bracket that opens at ``start`` closes. Raises :class:`Unreadable`."""
    open_, close = text[start], {"(": ")", "[": "]", "{": "}"}[text[start]]
    depth = 0
    for position in range(start, len(text)):
        depth += (text[position] == open_) - (text[position] == close)
        if depth > MAX_DEPTH:
            raise Unreadable(f"brackets are nested deeper than {MAX_DEPTH}")
        if depth == 0:
            return position
    raise Unreadable(f'a "{open_}" is not closed')


def _from_latex(text: str) -> str:
    text = _MATRIX.sub(lambda found: _brackets(found[2]), text)  # first: a row ends with backslashes
    text = text.replace(r"\\", "\n")
    text = re.sub(r"\$|\\[()\[\],;:!> ]", " ", text)
    text = _fractions(text)
    text = re.sub(r"_\{([A-Za-z0-9]+)\}|_\{\\(?:mathrm|text)\{([A-Za-z0-9]+)\}\}", r"_\1\2", text)
    text = re.sub(r"\\(?:mathrm|text|operatorname|mathbf|mathit|mathcal)\s*\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\([A-Za-z]+)", lambda found: _COMMANDS.get(found[1], found[1]), text)
    text = text.replace(r"\%", "%").replace(r"\{", "[").replace(r"\}", "]").replace("{,}", ",")
    return text.replace("{", "(").replace("}", ")")


def _brackets(body: str) -> str:
    """Return the body of a LaTeX matrix as nested brackets."""
    rows = [row for row in re.split(r"\\\\(?:\[[^\]]*\])?", body.strip()) if row.strip()]
    return "[" + ", ".join("[" + ", ".join(row.split("&")) + "]" for row in rows) + "]"


def _fractions(text: str) -> str:
    r"""Return ``text`` with every ``\frac{a}{b}`` written ``((a)/(b))``, the outermost first."""
    text = re.sub(r"\\[td]?frac\s*([0-9])\s*([0-9])", r"((\1)/(\2))", text)
    start = 0
    while found := _FRACTION.search(text, start):
        start = found.start()
        top = closing(text, found.end())
        gap = re.compile(r"\s*(?=\{)").match(text, top + 1)
        if gap is None:
            raise Unreadable(rf"{quote(text[found.start() : top + 1])} has no denominator in braces")
        bottom = closing(text, gap.end())
        above, below = text[found.end() + 1 : top], text[gap.end() + 1 : bottom]
        text = f"{text[: found.start()]}(({above})/({below})){text[bottom + 1 :]}"
    return text
