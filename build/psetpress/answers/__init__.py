"""The nine kinds of answer: what a solver's value means, how it prints, and how a response is judged.

Importing this package loads no numerical library: SymPy is imported when two formulas are compared.
"""

from __future__ import annotations

from psetpress.answers.base import Kind, Match, ResponseError, StoredValueError
from psetpress.answers.choice import Choice
from psetpress.answers.distribution import Distribution
from psetpress.answers.expression import Expression
from psetpress.answers.gaussians import Gaussian
from psetpress.answers.integer import Integer
from psetpress.answers.matrix import Matrix
from psetpress.answers.number import Number
from psetpress.answers.shape import Shape
from psetpress.answers.signal import Sampled, Signal
from psetpress.answers.written import Written

__all__ = [
    "Choice",
    "Distribution",
    "Expression",
    "Gaussian",
    "Integer",
    "Kind",
    "Match",
    "Matrix",
    "Number",
    "ResponseError",
    "Sampled",
    "Shape",
    "Signal",
    "StoredValueError",
    "Written",
]
