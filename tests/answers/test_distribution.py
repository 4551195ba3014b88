"""Normal distributions, written and sketched."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers import Distribution, Gaussian, Match, StoredValueError
from psetpress.answers.numbers import real

STATED = Distribution()
SKETCHED = Distribution(sketched=True)
PUBLISHED = Gaussian((3,), ((1,),))
"""HW3 Q1(a)."""
RHO = Fraction(3, 5)
ELLIPSE = Gaussian((0, 0), ((1, RHO), (RHO, 1)))
"""HW3 Q1(b)."""

reals = st.one_of(st.integers(-1000, 1000), st.fractions(-1000, 1000, max_denominator=1000), st.floats(-1e6, 1e6)).map(
    real
)
positives = st.one_of(st.integers(0, 1000), st.fractions(0, 1000, max_denominator=1000), st.floats(0, 1e6)).map(real)
correlations = st.fractions(Fraction(-9, 10), Fraction(9, 10), max_denominator=100)


@st.composite
def gaussians(draw: st.DrawFn) -> Gaussian:
    if draw(st.booleans()):
        return Gaussian((draw(reals),), ((draw(positives),),))
    s, t, rho = draw(st.integers(1, 20)), draw(st.fractions(1, 20, max_denominator=20)), draw(correlations)
    cross = real(rho * s * t)
    return Gaussian((draw(reals), draw(reals)), ((s * s, cross), (cross, real(t * t))))


@given(st.sampled_from([STATED, SKETCHED]), gaussians())
def test_contract(keeps_contract: Callable[..., None], kind: Distribution, value: Gaussian) -> None:
    keeps_contract(kind, value)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ((3, 1), PUBLISHED),
        ((Fraction(6, 2), Fraction(1)), PUBLISHED),
        ((3.0, 1.0), PUBLISHED),
        ((np.float64(3), np.float64(1)), PUBLISHED),
        ((torch.tensor(3), torch.tensor(1)), PUBLISHED),
        (([3], [[1]]), PUBLISHED),
        ((np.array([3]), np.array([[1]])), PUBLISHED),
        (((0, 0), ((1, RHO), (RHO, 1))), ELLIPSE),
        ((np.zeros(2), np.array([[1, 0.5], [0.5, 1]])), Gaussian((0.0, 0.0), ((1.0, 0.5), (0.5, 1.0)))),
        ((torch.zeros(2), torch.eye(2)), Gaussian((0.0, 0.0), ((1.0, 0.0), (0.0, 1.0)))),
        ((0, 0), Gaussian((0,), ((0,),))),
    ],
)
def test_value(raw: Any, value: Gaussian) -> None:
    assert STATED.value(raw) == value
    assert isinstance(STATED.value(raw), Gaussian)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (3, "cannot unpack"),
        ((3,), "not enough values"),
        ((3, 1, 2), "too many values"),
        ((3, "a"), "a number is wanted, not 'a'"),
        ((3, -1), "a variance cannot be negative, as -1 is"),
        (((0, 0), 1), "the mean has length 2, the covariance matrix is 1 x 1"),
        (((0, 0), [[1, 2], [3, 1]]), "the covariance matrix is not symmetric"),
        (((0, 0), [[1, 0.5], [0.5]]), "the mean has length 2, the covariance matrix is 2 x 2"),
        ((float("nan"), 1), "a finite number is wanted"),
    ],
)
def test_value_refuses(raw: Any, message: str) -> None:
    with pytest.raises(
        (TypeError, ValueError), match=r"^Distribution: a pair \(mean, covariance\) is wanted, not "
    ) as caught:
        STATED.value(raw)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "N(3, 4)",
        "N(3; 4)",
        "n(3,4)",
        "Normal(3, 4)",
        "y ~ N(3, 4)",
        "N(3, 2^2)",
        "N(6/2, 4)",
        r"\mathcal N(3,\,4)",
        r"$y \sim \mathcal{N}(3, 4)$",
        "N(mean=3, variance=4)",
        "N(mu=3, sigma=2)",
        "N(μ=3, σ²=4)",
        "N(3, sd=2)",
        "mean 3, variance 4",
        "mean = 3; variance = 4",
        "mean: 3\nvariance: 4",
        "Mean 3 and SD 2",
        "mean 3 with standard deviation 2",
        "mean is 3, std of 2",
        "centre 3, sd 2",
        "variance 4, mean 3",
        "mu = 3, sigma = 2",
        "μ = 3, σ = 2",
        "μ = 3, σ² = 4",
        r"\mu = 3, \sigma^2 = 4",
        "(mean 3, variance 4)",
        "N([3], [[4]])",
    ],
)
def test_natural_forms_in_one_dimension(text: str) -> None:
    assert STATED.parse(text) == Gaussian((3,), ((4,),))


@pytest.mark.parametrize(
    "text",
    [
        "N([0, 0], [[1, 0.6], [0.6, 1]])",
        "N((0, 0), ((1, 3/5), (3/5, 1)))",
        "N([0; 0], [1 0.6; 0.6 1])",
        "([0, 0], [[1, 0.6], [0.6, 1]])",
        "[0, 0], [[1, 0.6], [0.6, 1]]",
        "mean (0, 0), covariance [[1, 0.6], [0.6, 1]]",
        "mean [0, 0]; cov = [[1, 0.6], [0.6, 1]]",
        "μ = (0, 0), Σ = [[1, 0.6], [0.6, 1]]",
        "mean (0, 0), sd (1, 1), correlation 0.6",
        "mean (0, 0), variances (1, 1), rho = 0.6",
        "mean (0, 0), variance (1, 1), covariance 0.6",
        "means (0, 0), standard deviations (1, 1) and correlation 0.6",
        r"\mathcal N\left(\begin{pmatrix} 0 \\ 0 \end{pmatrix},\begin{pmatrix} 1 & 0.6 \\ 0.6 & 1 \end{pmatrix}\right)",
    ],
)
def test_natural_forms_in_two_dimensions(text: str) -> None:
    assert STATED.parse(text) == ELLIPSE


def test_correlation_is_scaled() -> None:
    expected = Gaussian((0, 0), ((4, 3), (3, 9)))
    assert STATED.parse("mean (0, 0), sd (2, 3), correlation 1/2") == expected
    assert STATED.parse("mean (0, 0), variance (4, 9), correlation 0.5") == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3, 1", '"3" has to be named, as mean, variance or sd'),
        ("(3, 1)", '"3" has to be named, as mean, variance or sd'),
        ("N(3)", '"3" has to be named, as mean, variance or sd'),
        ("N(3, 1, 2)", '"3" has to be named, as mean, variance or sd'),
        ("3", '"3" has to be named, as mean, variance or sd'),
        ("bell curve", '"bell curve" has to be named, as mean, variance or sd'),
        ("mean 3", "the variance or standard deviation is missing"),
        ("sd 3", "the mean is missing"),
        ("mean 3, mean 4, sd 1", "the mean stands twice"),
        ("N(3, -1)", "a variance cannot be negative, as -1 is"),
        ("mean 3, sd -1", "a standard deviation cannot be negative"),
        ("mean three, sd 1", '"three" is no number and no known function'),
        ("mean 3, sd", "the sd has no value"),
        ("N(3, 1", 'a ")" is missing'),
        ("N([0, 0], 1)", "the mean has length 2, the spread 1"),
        ("N([0, 0], [1, 1])", "the correlation is missing"),
        ("mean (0, 0), sd (1, 1)", "the correlation is missing"),
        ("mean 0, sd (1, 1)", "the mean has length 1, the spread 2"),
        ("N([0, 0], [[1, 2], [3, 4]])", "the covariance matrix is not symmetric"),
        ("N([0, 0, 0], [[1, 0], [0, 1]])", "the mean has length 3, the covariance matrix is 2 x 2"),
        ("N([[0, 0], [0, 0]], [[1, 0], [0, 1]])", '"[[0, 0], [0, 0]]" is no vector'),
        ("N(3, nan)", '"nan" is not a finite number'),
    ],
)
def test_refusals(reason: Callable[..., str], text: str, why: str) -> None:
    assert reason(STATED, text) == why


def test_hostile_responses(refuses: Callable[..., str], hostile: str) -> None:
    refuses(STATED, hostile)
    refuses(STATED, f"N({hostile[:9_000]}, 1)")


@pytest.mark.parametrize(
    ("value", "response", "ok"),
    [
        (PUBLISHED, "N(3, 1)", True),
        (PUBLISHED, "N(3.03, 1)", True),
        (PUBLISHED, "N(3.04, 1)", False),
        (PUBLISHED, "N(3, 1.01)", True),
        (PUBLISHED, "N(3, 1.02)", False),
        (Gaussian((0,), ((4,),)), "N(0.02, 4)", True),  # a zero mean is compared with its spread
        (Gaussian((0,), ((4,),)), "N(0.03, 4)", False),
        (Gaussian((3,), ((Fraction(9, 4),),)), "mean 3, sd 1.5", True),
        (Gaussian((3,), ((Fraction(9, 4),),)), "N(3, 1.5)", False),  # gamma taken for the variance
        (Gaussian((3,), ((0,),)), "N(3, 0)", True),
        (Gaussian((3,), ((0,),)), "N(3, 0.001)", False),
        (ELLIPSE, "mean (0, 0), sd (1, 1), correlation 0.605", True),
        (ELLIPSE, "mean (0, 0), sd (1, 1), correlation 0.62", False),
        (ELLIPSE, "N([0, 0], [[1, 0], [0, 1]])", False),
    ],
)
def test_written_numbers(value: Gaussian, response: str, ok: bool) -> None:
    assert STATED.match(value, STATED.parse(response)).ok is ok


@pytest.mark.parametrize(
    ("value", "response", "ok"),
    [
        (PUBLISHED, "mean 3.125, sd 1", True),  # half a cell of the grid, the end included
        (PUBLISHED, "mean 3.13, sd 1", False),
        (PUBLISHED, "mean 3, sd 1.125", True),
        (PUBLISHED, "mean 3, sd 0.875", True),
        (PUBLISHED, "mean 3, sd 1.13", False),
        (Gaussian((3,), ((4,),)), "mean 3.25, sd 2.25", True),  # in standard deviations of the answer
        (Gaussian((3,), ((4,),)), "mean 3.3, sd 2", False),
        (Gaussian((3,), ((Fraction(9, 4),),)), "N(3, 1.5)", False),  # gamma for the variance still shows
        (Gaussian((3,), ((Fraction(1, 4),),)), "N(3, 0.5)", False),
        (PUBLISHED, "mean 4.5, sd 1", False),  # the input's mean kept
        (PUBLISHED, "mean 3, sd 0.4", False),  # the input's spread kept
        (Gaussian((3,), ((0,),)), "N(3, 0)", True),
        (Gaussian((3,), ((0,),)), "N(3.1, 0)", False),
        (ELLIPSE, "mean (0.1, -0.1), sd (1.1, 0.9), correlation 0.7", True),
        (ELLIPSE, "mean (0, 0), sd (1, 1), correlation 0.73", False),
        (ELLIPSE, "mean (0, 0), sd (1, 1), correlation 0", False),  # whitened
        (ELLIPSE, "mean (0, 0), sd (1, 1), correlation -0.6", False),
        (ELLIPSE, "mean (0, 0), sd (1, 0.5), correlation 0.6", False),  # centred only
        (ELLIPSE, "mean (2, 1), sd (1, 1), correlation 0.6", False),  # the mean kept
    ],
)
def test_drawings(value: Gaussian, response: str, ok: bool) -> None:
    assert SKETCHED.match(value, SKETCHED.parse(response)).ok is ok


def test_semi_axes_without_the_root_show_in_a_drawing() -> None:
    """The trap forgot-root: semi-axes 1 + rho and 1 - rho instead of their roots."""
    for rho in (0.3, 0.6, 0.8, -0.5):
        value = Gaussian((0, 0), ((1, rho), (rho, 1)))
        drawn = Gaussian((0, 0), ((1 + rho**2, 2 * rho), (2 * rho, 1 + rho**2)))
        assert not SKETCHED.match(value, drawn).ok


def test_match_says_how() -> None:
    assert STATED.match(PUBLISHED, PUBLISHED) == Match(True, "equal")
    assert STATED.match(PUBLISHED, STATED.parse("N(3.01, 1)")).how == (
        "within the tolerance (mean and variance within 1 %)"
    )
    assert STATED.match(PUBLISHED, STATED.parse("N(4, 4)")) == Match(
        False, "wrong: mean, variance (read mean 4; standard deviation 2)"
    )
    assert SKETCHED.match(PUBLISHED, STATED.parse("N(3, 4)")).how == "wrong: spread (read mean 3; standard deviation 2)"
    assert SKETCHED.match(ELLIPSE, Gaussian((1, 0), ((1, 0), (0, 1)))).how == (
        "wrong: centre, correlation (read mean 1, 0; standard deviation 1, 1)"
    )
    assert STATED.match(ELLIPSE, Gaussian((0, 0), ((1, 0), (0, 1)))).how.startswith("wrong: covariance ")
    assert STATED.match(ELLIPSE, PUBLISHED) == Match(False, "2 dimensions expected, read 1 dimension")


def test_tolerances_are_told() -> None:
    assert STATED.tolerance == "mean and variance within 1 %"
    assert SKETCHED.tolerance == "centre and spread within 1/8 standard deviation, correlation within 1/8"


def test_roads_agree_across_types_and_dimensions() -> None:
    assert STATED.agrees(PUBLISHED, STATED.value((3.0, 1.0 + 1e-12)))
    assert not STATED.agrees(PUBLISHED, STATED.value((3.0, 1.0 + 1e-6)))
    assert not SKETCHED.agrees(PUBLISHED, STATED.value((3.1, 1)))
    assert not STATED.agrees(PUBLISHED, ELLIPSE)
    assert STATED.agrees(ELLIPSE, STATED.value((np.zeros(2), np.array([[1, 0.6], [0.6, 1]]))))


def test_derived_quantities() -> None:
    value = Gaussian((0, 0), ((4, 3), (3, 9)))
    assert value.deviations == (2, 3)
    assert math.isclose(value.correlation(0, 1), 0.5)
    assert Gaussian((0, 0), ((0, 0), (0, 1))).correlation(0, 1) == 0


@pytest.mark.parametrize(
    ("value", "latex"),
    [
        (PUBLISHED, r"\mathcal N(3,\,1)"),
        (Gaussian((-0.5,), ((2.25,),)), r"\mathcal N(-0.5,\,2.25)"),
        (Gaussian((Fraction(1, 3),), ((1,),)), r"\mathcal N\!\left(\frac{1}{3},\,1\right)"),
        (
            ELLIPSE,
            r"\mathcal N\!\left(\begin{pmatrix} 0 \\ 0 \end{pmatrix},\ "
            r"\begin{pmatrix} 1 & 0.6 \\ 0.6 & 1 \end{pmatrix}\right)",
        ),
    ],
)
def test_latex(value: Gaussian, latex: str) -> None:
    assert STATED.latex(value) == latex
    assert STATED.parse(latex) == value if not any(isinstance(m, float) for m in value.mean) else True


def test_print_and_store() -> None:
    assert STATED.text(PUBLISHED) == "N(3, 1)"
    assert STATED.text(ELLIPSE) == "N([0, 0], [[1, 0.6], [0.6, 1]])"
    assert STATED.to_json(ELLIPSE) == {"mean": [0, 0], "covariance": [[1, "3/5"], ["3/5", 1]]}


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"mean": [3]},
        {"covariance": [[1]]},
        {"mean": [3], "covariance": [[-1]]},
        {"mean": [3, 1], "covariance": [[1]]},
        {"mean": 3, "covariance": [[1]]},
        {"mean": ["x"], "covariance": [[1]]},
    ],
)
def test_restore_refuses(data: Any) -> None:
    with pytest.raises(StoredValueError, match="is not a normal distribution as a manifest stores it"):
        STATED.from_json(data)
