"""The batch of a question, as data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Feature:
    """One feature of a batch, and what arrives at its outputs in the backward pass."""

    x: tuple[int, ...]  # one value a sample
    dy: tuple[int, ...]  # derivatives of the loss with respect to the outputs
    gamma: Fraction
    beta: Fraction
