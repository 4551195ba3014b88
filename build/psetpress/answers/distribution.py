"""Gaussian distributions in one or more dimensions, written down or sketched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from psetpress.answers.base import Kind, Match
from psetpress.answers.gaussians import Gaussian, checked, read_gaussian
from psetpress.answers.matrix import latex_matrix, matrix_rows, stored_rows
from psetpress.answers.numbers import (
    AGREE_RTOL,
    Real,
    agree,
    elements,
    json_number,
    latex_number,
    real,
    stored_number,
    text_number,
)

STATED = Fraction(1, 100)
"""Tolerance of numbers that are written: twice what rounding to three digits can move them."""
SKETCHED = Fraction(1, 8)
"""Tolerance of a drawing: where a grid of 24 cells shows three standard deviations to each side, four
cells are one standard deviation, and a point can be placed and read within half a cell."""

_NOISE = 1 + Fraction(AGREE_RTOL)


@dataclass(frozen=True)
class Distribution(Kind[Gaussian]):
    """A normal distribution. In N(a, b) the second entry is the variance, never the standard deviation.

    Written numbers: a mean may be off by 1 % of itself or of its standard deviation, whichever is
    more; variances and covariances by 1 % of the product of the two standard deviations. A ``sketched``
    distribution is read off a drawing: means and standard deviations may be off by :data:`SKETCHED`
    standard deviations, correlations by :data:`SKETCHED`.

    >>> Distribution().parse("mean 3, sd 2")
    Gaussian(mean=(3,), covariance=((4,),))
    """

    name: ClassVar[str] = "distribution"
    noun: ClassVar[str] = "a normal distribution"

    sketched: bool = False

    @property
    def accepts(self) -> str:
        """What a response may look like."""
        return (
            'mean and variance such as "N(3, 1)" or "mean 3, sd 1", in two dimensions '
            '"N([0, 0], [[1, 0.6], [0.6, 1]])" or "mean (0, 0), sd (1, 1), correlation 0.6"'
        )

    @property
    def tolerance(self) -> str:
        """How near a right response must be."""
        if self.sketched:
            return f"centre and spread within {SKETCHED} standard deviation, correlation within {SKETCHED}"
        return f"mean and variance within {text_number(100 * STATED)} %"

    def value(self, raw: Any) -> Gaussian:
        """Return the pair (mean, variance), or (mean vector, covariance matrix). Raises TypeError or ValueError."""
        try:
            mean, covariance = raw
            vector = [mean] if (flat := elements(mean)) is None else flat
            spread = [covariance] if elements(covariance) is None else covariance
            return checked([real(m) for m in vector], matrix_rows(spread))
        except (TypeError, ValueError) as reason:
            raise type(reason)(f"Distribution: a pair (mean, covariance) is wanted, not {raw!r}: {reason}") from None

    def latex(self, value: Gaussian) -> str:
        r"""Return ``\mathcal N(3,\,1)``, with a column vector and a matrix in more dimensions."""
        mean, covariance = value
        if len(mean) != 1:
            return rf"\mathcal N\!\left({latex_matrix([[m] for m in mean])},\ {latex_matrix(covariance)}\right)"
        body = rf"{latex_number(mean[0])},\,{latex_number(covariance[0][0])}"
        return rf"\mathcal N\!\left({body}\right)" if r"\frac" in body else rf"\mathcal N({body})"

    def text(self, value: Gaussian) -> str:
        """Return ``N(3, 1)``, with nested lists in more dimensions."""
        if len(value.mean) == 1:
            return f"N({text_number(value.mean[0])}, {text_number(value.covariance[0][0])})"
        return f"N({_listed(value.mean)}, [{', '.join(map(_listed, value.covariance))}])"

    def read(self, text: str) -> Gaussian:
        """Return the distribution of one of the forms that :attr:`accepts` names."""
        return read_gaussian(text)

    def match(self, value: Gaussian, response: Gaussian) -> Match:
        """Compare means, spreads and correlations; says which of them are wrong."""
        if len(value.mean) != len(response.mean):
            return Match(False, f"{_count(value)} expected, read {_count(response)}")
        wrong = list(dict.fromkeys((_sketch_faults if self.sketched else _faults)(value, response)))
        if not wrong:
            return Match(True, "equal" if value == response else f"within the tolerance ({self.tolerance})")
        return Match(False, f"wrong: {', '.join(wrong)} (read {_shown(response)})")

    def agrees(self, value: Gaussian, other: Gaussian) -> bool:
        """Compare all entries exactly, or up to float noise."""
        return len(value.mean) == len(other.mean) and all(
            agree(a, b) for a, b in zip(_entries(value), _entries(other), strict=True)
        )

    def perturb(self, value: Gaussian) -> Gaussian:
        """Return the distribution shifted by more than a tolerance allows."""
        step = 1 + abs(int(value.mean[0])) + int(value.deviations[0])
        return Gaussian((value.mean[0] + step, *value.mean[1:]), value.covariance)

    def trivial(self, value: Gaussian) -> str | None:
        """Refuse a point: a distribution has a spread in every direction that is named."""
        return None if all(row[place] for place, row in enumerate(value.covariance)) else "a single point"

    def to_json(self, value: Gaussian) -> dict[str, Any]:
        """Return ``{"mean": [3], "covariance": [[1]]}``."""
        rows = [[json_number(entry) for entry in row] for row in value.covariance]
        return {"mean": [json_number(m) for m in value.mean], "covariance": rows}

    def restore(self, data: Any) -> Gaussian:
        """Return the distribution."""
        return checked([stored_number(m) for m in data["mean"]], stored_rows(data["covariance"]))


def _faults(value: Gaussian, response: Gaussian) -> Iterator[str]:
    """Name what is wrong in written numbers."""
    deviations = value.deviations
    for i, (a, b) in enumerate(zip(value.mean, response.mean, strict=True)):
        if not _near(a, b, STATED * max(abs(float(a)), deviations[i])):
            yield "mean"
    for i, row in enumerate(value.covariance):
        for j, entry in enumerate(row):
            if not _near(entry, response.covariance[i][j], STATED * deviations[i] * deviations[j]):
                yield "variance" if i == j else "covariance"


def _sketch_faults(value: Gaussian, response: Gaussian) -> Iterator[str]:
    """Name what is wrong in a drawing."""
    for i, (right, drawn) in enumerate(zip(value.deviations, response.deviations, strict=True)):
        if not _near(value.mean[i], response.mean[i], SKETCHED * right):
            yield "centre"
        if not _near(right, drawn, SKETCHED * right):
            yield "spread"
        for j in range(i):
            if not _near(value.correlation(i, j), response.correlation(i, j), float(SKETCHED)):
                yield "correlation"


def _near(value: Real, response: Real, margin: float) -> bool:
    """Compare with a margin that is a float: its ends count as inside, up to float noise."""
    if value == response or agree(value, response):
        return True
    return abs(Fraction(response) - Fraction(value)) <= Fraction(margin) * _NOISE


def _entries(value: Gaussian) -> Iterator[Real]:
    yield from value.mean
    for row in value.covariance:
        yield from row


def _listed(numbers: Sequence[Real]) -> str:
    return "[" + ", ".join(map(text_number, numbers)) + "]"


def _shown(value: Gaussian) -> str:
    means = ", ".join(text_number(m, digits=6) for m in value.mean)
    deviations = ", ".join(text_number(sd, digits=6) for sd in value.deviations)
    return f"mean {means}; standard deviation {deviations}"


def _count(value: Gaussian) -> str:
    return "1 dimension" if len(value.mean) == 1 else f"{len(value.mean)} dimensions"
