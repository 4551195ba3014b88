"""Numbers with a tolerance: exact fractions or floats."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from psetpress.answers import tolerance as near
from psetpress.answers.arithmetic import read_sides
from psetpress.answers.base import Kind, Match, Unreadable
from psetpress.answers.numbers import (
    DIGITS,
    Real,
    agree,
    json_number,
    latex_number,
    real,
    stored_number,
    text_number,
)


@dataclass(frozen=True)
class Number(Kind[Real]):
    """A number v; a response r is right if ``|r - v| <= atol + rtol * |v|``, ends included.

    A right value of zero follows the same rule: only ``atol`` counts, and without one zero must be met
    exactly. (Floats below 1e-12 are zeros with noise; see :mod:`psetpress.answers.tolerance`.)
    ``digits`` is how many significant digits of a float are printed.
    """

    name: ClassVar[str] = "number"
    noun: ClassVar[str] = "a number"

    rtol: Fraction = near.PERCENT
    atol: Fraction = Fraction(0)
    digits: int = DIGITS

    def __post_init__(self) -> None:
        near.check("Number", self.rtol, self.atol)

    @property
    def accepts(self) -> str:
        """What a response may look like."""
        return "a decimal, a fraction, a percentage or a computation, such as 0.75, 3/4, 7.5e-1, 75 % or 1 - 2^-2"

    @property
    def tolerance(self) -> str:
        """How near a right response must be."""
        return near.says(self.rtol, self.atol)

    def value(self, raw: Any) -> Real:
        """Return ``raw`` as an int, a Fraction or a finite float. Raises TypeError or ValueError."""
        try:
            return real(raw)
        except (TypeError, ValueError) as reason:
            raise type(reason)(f"Number: {reason}") from None

    def latex(self, value: Real) -> str:
        """Return the number: fractions exact, floats rounded."""
        return latex_number(value, digits=self.digits)

    def text(self, value: Real) -> str:
        """Return the number, a float marked by ``~``."""
        return text_number(value)

    def read(self, text: str) -> Real:
        """Return the first side of a chain of equations, which is not rounded yet.

        >>> Number().read("1/3 = 0.333")
        Fraction(1, 3)
        """
        first, *others = read_sides(text)
        for side in others:
            if not near.within(first, side, near.PERCENT, Fraction(0)):
                both = f"{text_number(first, digits=6)} and {text_number(side, digits=6)}"
                raise Unreadable(f'the sides of "=" differ: {both}')
        return first

    def match(self, value: Real, response: Real) -> Match:
        """Compare with the tolerance."""
        if value == response:
            return Match(True, "equal")
        if near.within(value, response, self.rtol, self.atol):
            return Match(True, f"within the tolerance ({self.tolerance})")
        return Match(False, f"{text_number(response, digits=6)} is outside the tolerance ({self.tolerance})")

    def agrees(self, value: Real, other: Real) -> bool:
        """Compare exactly, or up to float noise where a float is involved."""
        return agree(value, other)

    def perturb(self, value: Real) -> Real:
        """Return a number outside the tolerance."""
        return near.beyond(value, self.rtol, self.atol)

    def to_json(self, value: Real) -> int | float | str:
        """Return a JSON number, or a fraction as a string."""
        return json_number(value)

    def restore(self, data: Any) -> Real:
        """Return the number."""
        return stored_number(data)
