"""Integers: counts of parameters, sizes, positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from psetpress.answers.arithmetic import read_sides
from psetpress.answers.base import Kind, Match, Unreadable
from psetpress.answers.numbers import integer, text_number


@dataclass(frozen=True)
class Integer(Kind[int]):
    """A whole number, exact; a response may be a computation of it.

    >>> Integer().parse("3×3×10×10 + 10")
    910
    """

    name: ClassVar[str] = "integer"
    noun: ClassVar[str] = "an integer"

    @property
    def accepts(self) -> str:
        """What a response may look like."""
        return "a whole number such as 910, or its computation such as 3*3*10*10 + 10"

    def value(self, raw: Any) -> int:
        """Return ``raw`` as an int. Raises TypeError, for floats too."""
        try:
            return integer(raw)
        except (TypeError, ValueError) as reason:
            raise type(reason)(f"Integer: {reason}") from None

    def latex(self, value: int) -> str:
        """Return the digits."""
        return str(value)

    def text(self, value: int) -> str:
        """Return the digits."""
        return str(value)

    def read(self, text: str) -> int:
        """Return the value of a whole number or a computation; all sides of ``=`` must agree."""
        sides = read_sides(text)
        if any(side != sides[0] for side in sides):
            both = " and ".join(text_number(side, digits=6) for side in dict.fromkeys(sides))
            raise Unreadable(f'the sides of "=" differ: {both}')
        if not float(sides[0]).is_integer() if isinstance(sides[0], float) else not isinstance(sides[0], int):
            raise Unreadable(f"its value {text_number(sides[0], digits=6)} is not whole")
        return int(sides[0])

    def match(self, value: int, response: int) -> Match:
        """Compare exactly."""
        return Match(True, "equal") if response == value else Match(False, f"{response} is not the right value")

    def agrees(self, value: int, other: int) -> bool:
        """Compare exactly."""
        return value == other

    def perturb(self, value: int) -> int:
        """Return the next integer."""
        return value + 1

    def to_json(self, value: int) -> int:
        """Return the integer."""
        return value

    def restore(self, data: Any) -> int:
        """Return the integer."""
        return integer(data)
