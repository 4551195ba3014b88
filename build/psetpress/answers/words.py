"""Words of people (labels, written answers) as LaTeX text."""

from __future__ import annotations

import re

_ESCAPES = {
    **{sign: "\\" + sign for sign in "&%#_{}"},
    **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
    **{"$": r"\$", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"},
}
_MATH = re.compile(r"(\$[^$]*\$)")


def latex_text(text: str) -> str:
    r"""Return ``text`` for LaTeX's text mode; what stands between two dollar signs is mathematics already.

    >>> latex_text("50 % of $n_1$")
    '50 \\% of $n_1$'
    """
    pieces = _MATH.split(text)
    return "".join(piece if number % 2 else escaped(piece) for number, piece in enumerate(pieces))


def escaped(text: str) -> str:
    """Return ``text`` for LaTeX's text mode with nothing in it that LaTeX would act on, on one line."""
    return "".join(_ESCAPES.get(sign, sign) for sign in re.sub(r"\s+", " ", text))
