"""What batch normalization does not see: invariances of the layer on Gaussians, and the beliefs that break them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.normalization import wrong
from solvers.normalization.exact import Gaussian, GaussianVector, batchnorm_features, batchnorm_gaussian, correlated

few = settings(max_examples=50, deadline=None)
F = Fraction

numbers = st.integers(-50, 50).map(lambda n: F(n, 10))
spreads = st.integers(1, 30).map(lambda n: F(n, 10))
scales = st.integers(-16, 16).filter(bool).map(lambda n: F(n, 4))
correlations = st.integers(-19, 19).map(lambda n: F(n, 20))
pairs, spread_pairs, scale_pairs = (st.tuples(each, each) for each in (numbers, spreads, scales))

# One feature ---------------------------------------------------------------------------------------

Road = Callable[[Fraction, Fraction, Fraction, Fraction], Gaussian]
"""From mean, standard deviation, gamma and beta to the distribution of the output."""


def input_is_forgotten(road: Road, mean: Fraction, std: Fraction, scale: Fraction, shift: Fraction) -> bool:
    """An affine change of the input, even of its sign, changes nothing: a Gaussian is its own mirror image."""
    moved = scale * mean + shift, abs(scale) * std
    return road(*moved, F(3), F(2)) == road(mean, std, F(3), F(2))


def affine_follows(road: Road, mean: Fraction, std: Fraction, scale: Fraction, shift: Fraction) -> bool:
    """gamma and beta are an affine map behind the rest: another one behind them composes with them."""
    gamma, beta = F(3), F(2)
    return road(mean, std, scale * gamma, scale * beta + shift) == road(mean, std, gamma, beta).affine(scale, shift)


def again_is_once(road: Road, mean: Fraction, std: Fraction, *_: Fraction) -> bool:
    """A second layer, without gamma and beta, finds nothing to do."""
    once = road(mean, std, F(1), F(0))
    return once.variance == 1 and road(once.mean, F(1), F(1), F(0)) == once


@few
@given(numbers, spreads, scales, numbers)
def test_the_layer_on_one_feature(mean: Fraction, std: Fraction, scale: Fraction, shift: Fraction) -> None:
    assert input_is_forgotten(batchnorm_gaussian, mean, std, scale, shift)
    assert affine_follows(batchnorm_gaussian, mean, std, scale, shift)
    assert again_is_once(batchnorm_gaussian, mean, std)


@few
@given(numbers, spreads, scales, numbers)
def test_gamma_and_beta_can_undo_the_layer(mean: Fraction, std: Fraction, scale: Fraction, shift: Fraction) -> None:
    """With gamma the standard deviation and beta the mean the input comes out again (Ioffe & Szegedy 2015, 3)."""
    before = Gaussian(mean, std**2)
    assert batchnorm_gaussian(mean, std, std, mean) == before
    assert batchnorm_gaussian(mean, std, scale * std, scale * mean + shift) == before.affine(scale, shift)


@pytest.mark.parametrize(
    ("road", "laws"),
    [
        (batchnorm_gaussian, "input is forgotten, affine follows, again is once"),
        (lambda _mean, _std, gamma, beta: wrong.swap_gamma_beta(gamma, beta), "input is forgotten"),
        (lambda mean, _, gamma, beta: wrong.keep_input_mean(mean, gamma, beta), "again is once"),
        (lambda _, std, gamma, beta: wrong.keep_input_variance(std, gamma, beta), "affine follows"),
        (wrong.affine_only, "affine follows"),
        (lambda _, std, gamma, beta: wrong.divide_by_variance(std, gamma, beta), "affine follows"),
        (lambda _mean, _std, gamma, beta: wrong.gamma_is_variance(gamma, beta), "input is forgotten, again is once"),
    ],
)
def test_which_laws_a_belief_keeps(road: Road, laws: str) -> None:
    tried = (input_is_forgotten, affine_follows, again_is_once)
    kept = [law.__name__.replace("_", " ") for law in tried if law(road, F(1), F(1, 2), F(-4), F(7))]
    assert ", ".join(kept) == laws


# Two features --------------------------------------------------------------------------------------

Pair = tuple[Fraction, Fraction]
Layer = Callable[[Pair, Pair, Fraction], GaussianVector]
"""From means, standard deviations and correlation to the distribution of the output."""


def units_play_no_part(layer: Layer, mean: Pair, stds: Pair, rho: Fraction, scales: Pair, shifts: Pair) -> bool:
    """Each feature in units and from a zero of its own: the output is the same but for signs that turn axes."""
    moved = tuple(a * m + b for a, m, b in zip(scales, mean, shifts, strict=True))
    wider = tuple(abs(a) * s for a, s in zip(scales, stds, strict=True))
    signs = tuple(F(1 if a > 0 else -1) for a in scales)
    turned = layer(moved, wider, signs[0] * signs[1] * rho)
    return turned == layer(mean, stds, rho).affine(signs, (F(0), F(0)))


def correlation_stays(layer: Layer, mean: Pair, stds: Pair, rho: Fraction, *_: Pair) -> bool:
    (a, c), (_, b) = layer(mean, stds, rho).covariance
    return c * abs(c) == rho * abs(rho) * a * b


def exchange_goes_through(layer: Layer, mean: Pair, stds: Pair, rho: Fraction, *_: Pair) -> bool:
    """The order of the features plays no part."""
    output = layer(mean, stds, rho)
    (a, c), (d, b) = output.covariance
    return layer(mean[::-1], stds[::-1], rho) == (output.mean[::-1], ((b, d), (c, a)))


LAWS = (units_play_no_part, correlation_stays, exchange_goes_through)


@few
@given(pairs, spread_pairs, correlations, scale_pairs, pairs)
def test_the_layer_on_two_features(mean: Pair, stds: Pair, rho: Fraction, scales: Pair, shifts: Pair) -> None:
    assert all(law(batchnorm_features, mean, stds, rho, scales, shifts) for law in LAWS)


@few
@given(pairs, spread_pairs, correlations)
def test_again_is_once_on_two_features(mean: Pair, stds: Pair, rho: Fraction) -> None:
    once = batchnorm_features(mean, stds, rho)
    assert batchnorm_features(once.mean, (F(1), F(1)), once.covariance[0][1]) == once


@few
@given(pairs, spread_pairs, correlations)
def test_the_volume_of_the_cloud_tells_the_correlation(mean: Pair, stds: Pair, rho: Fraction) -> None:
    """The determinant goes from (1 - rho^2) times both variances to 1 - rho^2: 1 only without correlation."""

    def volume(cloud: GaussianVector) -> Fraction:
        (a, c), (_, b) = cloud.covariance
        return a * b - c * c

    after = volume(batchnorm_features(mean, stds, rho))
    assert after == volume(correlated(mean, stds, rho)) / (stds[0] * stds[1]) ** 2 == 1 - rho**2


@few
@given(pairs, spread_pairs, correlations, scale_pairs, scales)
def test_a_combination_of_features_has_the_moments_of_the_pair(
    mean: Pair, stds: Pair, rho: Fraction, scales: Pair, gamma: Fraction
) -> None:
    """Maps feature by feature push mean and covariance like every linear map: t^T x before is t^T A x after."""
    cloud = correlated(mean, stds, rho)
    pushed = cloud.affine((scales[0] * gamma, scales[1]), (F(0), F(1)))

    def along(t: Pair, each: GaussianVector) -> tuple[Fraction, Fraction]:
        (a, c), (d, b) = each.covariance
        return t[0] * each.mean[0] + t[1] * each.mean[1], t[0] * t[0] * a + t[0] * t[1] * (c + d) + t[1] * t[1] * b

    t = F(2), F(-3)
    moments = along((t[0] * scales[0] * gamma, t[1] * scales[1]), cloud)
    assert along(t, pushed) == (moments[0] + t[1], moments[1])


@pytest.mark.parametrize(
    ("layer", "laws"),
    [
        (batchnorm_features, "units play no part, correlation stays, exchange goes through"),
        (lambda *_: wrong.whitening(), "units play no part, exchange goes through"),
        (lambda _, stds, rho: wrong.centre_only(stds, rho), "correlation stays, exchange goes through"),
        (wrong.keep_mean, "correlation stays, exchange goes through"),
        (lambda _, stds, rho: wrong.features_by_variance(stds, rho), "correlation stays, exchange goes through"),
        (lambda _, stds, rho: wrong.global_sd(stds, rho), "correlation stays, exchange goes through"),
        (lambda _mean, _stds, rho: wrong.forgot_root(rho), "units play no part, exchange goes through"),
        (lambda _mean, _stds, rho: wrong.always_plus_45(rho), "exchange goes through"),
    ],
)
def test_which_laws_a_belief_about_two_features_keeps(layer: Layer, laws: str) -> None:
    given_ = (F(2), F(1)), (F(1), F(1, 2)), F(-3, 5), (F(-2), F(3)), (F(5), F(-1))
    kept = [law.__name__.replace("_", " ") for law in LAWS if law(layer, *given_)]
    assert ", ".join(kept) == laws


@few
@given(spread_pairs, correlations, scales)
def test_one_standard_deviation_for_both_hides_a_common_unit_only(stds: Pair, rho: Fraction, scale: Fraction) -> None:
    wider = tuple(abs(scale) * s for s in stds)
    assert wrong.global_sd(wider, rho) == wrong.global_sd(stds, rho)
    apart = wrong.global_sd((stds[0] * 2, stds[1]), rho)
    assert apart != wrong.global_sd(stds, rho)
