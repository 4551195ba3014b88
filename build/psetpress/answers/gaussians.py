"""Normal distributions as data, and as students write them down."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from psetpress.answers import lists
from psetpress.answers.arithmetic import Numbers, read_number
from psetpress.answers.base import Unreadable, quote
from psetpress.answers.matrix import Rows, read_rows
from psetpress.answers.numbers import Real, agree, text_number
from psetpress.answers.plain import plain

_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("mean", "means", "mu", "center", "centre", "expectation"), "mean"),
    **dict.fromkeys(("variance", "variances", "var", "sigma^2", "sigma^(2)", "sigma**2"), "variance"),
    **dict.fromkeys(("covariance", "covariance matrix", "cov"), "covariance"),
    **dict.fromkeys(("sd", "sds", "std", "sigma", "standard deviation", "standard deviations"), "sd"),
    **dict.fromkeys(("correlation", "correlation coefficient", "corr", "rho"), "correlation"),
}
_NAME = re.compile(
    rf"({'|'.join(map(re.escape, sorted(_NAMES, key=len, reverse=True)))})\s*(?:=|:|\bis\b|\bof\b|(?=[\s\[(]|$))\s*",
    re.IGNORECASE,
)
_NORMAL = re.compile(r"(?:[A-Za-z]\w*\s*~\s*)?(?:N|normal|gaussian)\s*(?=\()", re.IGNORECASE)
_JOINING = re.compile(r"\b(?:and|with)\b", re.IGNORECASE)


class Gaussian(NamedTuple):
    """A normal distribution: mean vector and covariance matrix, both of length one in one dimension."""

    mean: tuple[Real, ...]
    covariance: Rows

    @property
    def deviations(self) -> tuple[float, ...]:
        """The standard deviation of every coordinate."""
        return tuple(math.sqrt(row[i]) for i, row in enumerate(self.covariance))

    def correlation(self, i: int, j: int) -> float:
        """Return the correlation of two coordinates, 0 where one of them is constant."""
        scale = self.deviations[i] * self.deviations[j]
        return float(self.covariance[i][j]) / scale if scale else 0.0


def checked(mean: Sequence[Real], covariance: Rows) -> Gaussian:
    """Return the distribution. Raises :class:`Unreadable`, a ValueError, if the parameters belong to none."""
    size = len(mean)
    if len(covariance) != size or any(len(row) != size for row in covariance):
        shape = f"{len(covariance)} x {len(covariance[0])}" if covariance and covariance[0] else "empty"
        raise Unreadable(f"the mean has length {size}, the covariance matrix is {shape}")
    for i, row in enumerate(covariance):
        if row[i] < 0:
            raise Unreadable(f"a variance cannot be negative, as {text_number(row[i], digits=6)} is")
        if not all(agree(entry, covariance[j][i]) for j, entry in enumerate(row)):
            raise Unreadable("the covariance matrix is not symmetric")
    return Gaussian(tuple(mean), covariance)


def read_gaussian(text: str) -> Gaussian:
    """Return the distribution that ``text`` names; the second entry of N(a, b) is the variance.

    >>> read_gaussian("N(3, 1)") == read_gaussian("mean 3, sd 1")
    True

    Raises :class:`Unreadable`.
    """
    source = plain(text)
    found = _NORMAL.match(source)
    body = lists.inside(source[found.end() :]) if found else lists.inside(source)
    pieces = lists.split(_JOINING.sub(",", body or source), ",;\n")
    named = _named([piece for piece in pieces if piece], unit=found is not None and body is not None)
    if "mean" not in named:
        raise Unreadable("the mean is missing")
    mean = _vector(named["mean"])
    return checked(mean, _covariance(named, len(mean)))


def _named(pieces: Sequence[str], *, unit: bool) -> dict[str, str]:
    """Return the pieces by name; mean and covariance may go without where they cannot be mistaken."""
    named: dict[str, str] = {}
    for place, piece in enumerate(pieces):
        found = _NAME.match(piece)
        if found is not None:
            name = "covariance" if found[1] == "Sigma" else _NAMES[found[1].lower()]
        elif place < 2 and len(pieces) == 2 and (unit or lists.is_list(pieces[1])):
            name = ("mean", "covariance")[place]
        else:
            raise Unreadable(f"{quote(piece, 30)} has to be named, as mean, variance or sd")
        if name in named:
            raise Unreadable(f"the {name} stands twice")
        named[name] = piece[found.end() if found else 0 :].strip()
        if not named[name]:
            raise Unreadable(f"the {name} has no value")
    return named


def _covariance(named: Mapping[str, str], size: int) -> Rows:
    """Return the covariance matrix from whatever describes the spread."""
    given = named.get("covariance") or named.get("variance") or ""
    if lists.is_list(given) and len(rows := read_rows(given)) > 1 and len(rows[0]) > 1:
        return rows
    variances = _variances(named)
    if len(variances) != size:
        raise Unreadable(f"the mean has length {size}, the spread {len(variances)}")
    if size == 1:
        return ((variances[0],),)
    if size > 2 or not ("correlation" in named or ({"variance", "sd"} & named.keys() and "covariance" in named)):
        raise Unreadable("the correlation is missing")
    cross = _cross(named, variances)
    return ((variances[0], cross), (cross, variances[1]))


def _variances(named: Mapping[str, str]) -> tuple[Real, ...]:
    algebra = Numbers()
    if "sd" in named:
        deviations = _vector(named["sd"])
        if any(deviation < 0 for deviation in deviations):
            raise Unreadable("a standard deviation cannot be negative")
        return tuple(algebra.binary("*", deviation, deviation) for deviation in deviations)
    if "variance" in named or "covariance" in named:
        return _vector(named.get("variance") or named["covariance"])
    raise Unreadable("the variance or standard deviation is missing")


def _cross(named: Mapping[str, str], variances: tuple[Real, ...]) -> Real:
    """Return the covariance of the two coordinates."""
    if "correlation" not in named:
        return read_number(named["covariance"])
    algebra = Numbers()
    scale = algebra.call("sqrt", algebra.binary("*", variances[0], variances[1]))
    return algebra.binary("*", read_number(named["correlation"]), scale)


def _vector(text: str) -> tuple[Real, ...]:
    """Return a number, a row or a column as a vector."""
    if not lists.is_list(text):
        return (read_number(text),)
    rows = read_rows(text)
    if len(rows) == 1:
        return rows[0]
    if any(len(row) != 1 for row in rows):
        raise Unreadable(f"{quote(text, 30)} is no vector")
    return tuple(row[0] for row in rows)
