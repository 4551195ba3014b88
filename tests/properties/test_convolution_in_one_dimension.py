"""The algebra of convolution on the integers, for finite and exponential responses, and the beliefs that break it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.convolution import wrong
from solvers.convolution.exact import Impulse, Samples, at, convolve, end, exponential, finite, shift

few = settings(max_examples=40, deadline=None)
WINDOW = (-12, 16)

small = st.integers(-16, 16).map(lambda n: Fraction(n, 4))
scales = small.filter(bool)
signals = st.tuples(st.integers(-3, 3), st.lists(small, min_size=1, max_size=4).map(tuple))
ratios = st.integers(-9, 9).filter(bool).map(lambda n: Fraction(n, 10))
responses = st.one_of(signals.map(finite), ratios.map(exponential))
points = st.fractions(min_value=Fraction(1, 3), max_value=3, max_denominator=3)

Road = Callable[[Samples, Impulse, int, int], Samples]


def whole(x: Samples, h: Samples) -> Samples:
    """The convolution of two finite signals on all of its support."""
    return convolve(x, finite(h), x[0] + h[0], end(x) + end(h))


def plus(x: Samples, z: Samples, scale: Fraction = Fraction(1)) -> Samples:
    """x + scale z."""
    first, last = min(x[0], z[0]), max(end(x), end(z))
    return first, tuple(at(x, n) + scale * at(z, n) for n in range(first, last + 1))


def transform(x: Samples, t: Fraction) -> Fraction:
    """The sum of x(n) t^n."""
    return sum((value * t**n for n, value in enumerate(x[1], x[0])), Fraction(0))


def moved(h: Impulse, by: int) -> Impulse:
    return Impulse(h.start + by, lambda n: h.at(n - by), h.gain)


# The laws, for any road that claims to be a convolution --------------------------------------------


def superposes(road: Road, x: Samples, z: Samples, h: Impulse, scale: Fraction) -> bool:
    parts = zip(road(x, h, *WINDOW)[1], road(z, h, *WINDOW)[1], strict=True)
    return road(plus(x, z, scale), h, *WINDOW)[1] == tuple(y + scale * w for y, w in parts)


def follows_the_input(road: Road, x: Samples, h: Impulse, by: int) -> bool:
    first, last = WINDOW
    return road(shift(x, by), h, first + by, last + by) == shift(road(x, h, first, last), by)


def follows_the_response(road: Road, x: Samples, h: Impulse, by: int) -> bool:
    first, last = WINDOW
    return road(x, moved(h, by), first + by, last + by) == shift(road(x, h, first, last), by)


def commutes(road: Road, x: Samples, h: Samples) -> bool:
    return road(x, finite(h), *WINDOW) == road(h, finite(x), *WINDOW)


@few
@given(signals, signals, responses, scales)
def test_superposition_holds_for_infinite_responses_too(x: Samples, z: Samples, h: Impulse, scale: Fraction) -> None:
    assert superposes(convolve, x, z, h, scale)


@few
@given(signals, responses, st.integers(-6, 6))
def test_a_shift_of_either_factor_shifts_the_result(x: Samples, h: Impulse, by: int) -> None:
    assert follows_the_input(convolve, x, h, by)
    assert follows_the_response(convolve, x, h, by)


@few
@given(signals, signals, ratios)
def test_associative_through_an_exponential(x: Samples, g: Samples, ratio: Fraction) -> None:
    """(x * g) * a^n = (x * a^n) * g: past the support of x * a^n the window is wide enough for g."""
    h = exponential(ratio)
    first, last = -8, 8
    inner = convolve(x, h, first, last)
    inside = range(first + max(0, end(g)), last + min(0, g[0]) + 1)  # where the cut at the window is not seen
    right = convolve(inner, finite(g), inside[0], inside[-1])
    assert convolve(whole(x, g), h, inside[0], inside[-1]) == right


@few
@given(signals, signals, signals)
def test_associative(x: Samples, g: Samples, h: Samples) -> None:
    assert whole(whole(x, g), h) == whole(x, whole(g, h))


@few
@given(signals, responses)
def test_an_impulse_is_the_identity(x: Samples, h: Impulse) -> None:
    one = (0, (Fraction(1),))
    assert whole(x, one) == x
    assert convolve(one, h, *WINDOW)[1] == tuple(h.at(n) for n in range(WINDOW[0], WINDOW[1] + 1))


@few
@given(signals, ratios)
def test_a_first_difference_undoes_an_exponential(x: Samples, ratio: Fraction) -> None:
    """The signal (1, -a) is the inverse of a^n u(n)."""
    inverse = (0, (Fraction(1), -ratio))
    assert convolve(whole(x, inverse), exponential(ratio), *WINDOW) == convolve(x, finite((0, (Fraction(1),))), *WINDOW)


@few
@given(signals, signals, points)
def test_transforms_multiply(x: Samples, h: Samples, t: Fraction) -> None:
    assert transform(whole(x, h), t) == transform(x, t) * transform(h, t)


@few
@given(signals, ratios)
def test_the_tail_of_an_exponential_completes_the_product_of_the_sums(x: Samples, ratio: Fraction) -> None:
    """Past the input the response is geometric, so what the window leaves out is y(N) a / (1 - a)."""
    last = end(x) + 3
    _, y = convolve(x, exponential(ratio), x[0], last)
    assert sum(y) + y[-1] * ratio / (1 - ratio) == sum(x[1]) * exponential(ratio).gain


@few
@given(signals, ratios)
def test_a_geometric_input_is_an_eigenfunction_of_a_finite_response(h: Samples, z: Fraction) -> None:
    """x(n) = z^n gives H(1/z) z^n wherever h sees nothing but the stretch that is given."""
    x = (-12, tuple(z**n for n in range(-12, 13)))
    first, last = -12 + max(0, end(h)), 12 + min(0, h[0])
    gain = transform(h, 1 / z)
    assert convolve(x, finite(h), first, last)[1] == tuple(gain * z**n for n in range(first, last + 1))


@few
@given(signals, signals)
def test_correlating_twice_is_convolving_with_both_factors(x: Samples, h: Samples) -> None:
    """Reversal turns the one into the other: (x corr h)(-n) is h corr x, where convolution would give itself."""
    forth = wrong.correlation(x, finite(h), -14, 14)[1]
    back = wrong.correlation(h, finite(x), -14, 14)[1]
    assert forth == back[::-1]


# What each belief breaks, and what it leaves whole --------------------------------------------------

X: Samples = (0, (Fraction(1), Fraction(3)))
Z: Samples = (2, (Fraction(2),))
H: Samples = (1, (Fraction(2), Fraction(1), Fraction(0), Fraction(5)))


def _shift_value(x: Samples, h: Impulse, first: int, last: int) -> Samples:
    return wrong.shift_value(x, h, 2, first, last)


def _starts_at_zero(x: Samples, h: Impulse, first: int, last: int) -> Samples:
    return wrong.starts_at_zero(x, h, x[0] + h.start, first, last)


def _window_cut(x: Samples, h: Impulse, first: int, last: int) -> Samples:
    return wrong.window_cut(x, h, 2, first, last)


@pytest.mark.parametrize(
    ("road", "laws"),
    [
        (convolve, "superposes, follows the input, follows the response, commutes"),
        (wrong.correlation, "superposes, follows the input"),
        (wrong.pointwise_product, "superposes, commutes"),
        (wrong.input_never_ends, "follows the input, follows the response"),
        (wrong.tail_off_by_one, "follows the input"),  # the late index is read off x alone
        (wrong.steady_state, "follows the input"),
        (wrong.centred_rect, "follows the input, follows the response"),
        (_shift_value, "follows the input, follows the response, commutes"),
        (_starts_at_zero, "commutes"),
        (_window_cut, "follows the input"),
    ],
)
def test_which_laws_a_belief_keeps(road: Road, laws: str) -> None:
    kept = {
        "superposes": superposes(road, X, Z, finite(H), Fraction(2)),
        "follows the input": follows_the_input(road, X, finite(H), 3),
        "follows the response": follows_the_response(road, X, finite(H), 3),
        "commutes": commutes(road, X, H),
    }
    assert ", ".join(law for law, holds in kept.items() if holds) == laws


@few
@given(signals, signals, responses, scales, st.integers(-4, 4))
def test_correlation_tells_itself_by_the_second_factor_only(
    x: Samples, z: Samples, h: Impulse, scale: Fraction, by: int
) -> None:
    """It is linear and follows its input, so neither law sees the missing flip; a later response comes earlier."""
    assert superposes(wrong.correlation, x, z, h, scale)
    assert follows_the_input(wrong.correlation, x, h, by)
    first, last = WINDOW
    later = wrong.correlation(x, moved(h, by), first - by, last - by)
    assert later == shift(wrong.correlation(x, h, first, last), -by)
