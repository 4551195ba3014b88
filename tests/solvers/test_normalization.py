"""Batch normalization of Gaussians: published values, hand cases, properties, two roads, drawings."""

from __future__ import annotations

import ast
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers import plots
from solvers.normalization import exact, figures, oracle, wrong

F = Fraction

# HW3 1(a) and 1(b); the second with the values that stand in for the lost figure.
MEAN, STD, GAMMA, BETA = F("1.5"), F("0.4"), F(1), F(3)
MEANS, STDS, RHO = (F(2), F(1)), (F(1), F("0.5")), F("0.6")

ROUNDING = 1e-12
"""Floats of size 1 to 100 behind a few dozen operations: a thousand units in the last place."""

tenths = st.integers(-80, 80).map(lambda n: F(n, 10))
positive = st.integers(1, 60).map(lambda n: F(n, 20))
scales = st.integers(-40, 40).filter(bool).map(lambda n: F(n, 10))
correlations = st.integers(-95, 95).map(lambda n: F(n, 100))
pairs = st.tuples(tenths, tenths)
spreads = st.tuples(positive, positive)


def symmetric(a: str, c: str, b: str) -> exact.Matrix:
    return ((F(a), F(c)), (F(c), F(b)))


class TestOneFeature:
    def test_the_statement_prints_the_square_of_the_deviation(self):
        from problems.batchnorm_density import PROBLEM

        assert PROBLEM.published.variance == Fraction("0.16")
        assert [edge.variance == edge.std * edge.std for edge in PROBLEM.edges] == [True] * len(PROBLEM.edges)

    def test_published(self):
        assert exact.batchnorm_gaussian(MEAN, STD, GAMMA, BETA) == (3, 1)

    def test_published_landmarks(self):
        marks = exact.landmarks(exact.batchnorm_gaussian(MEAN, STD, GAMMA, BETA))
        assert marks == {"std": 1, "one_sd": (2, 4), "two_sd": (1, 5)}

    def test_negative_scale_has_positive_spread(self):
        density = exact.batchnorm_gaussian(F(-4), F("0.2"), F(-3), F("-0.5"))
        assert density == (F("-0.5"), 9)
        assert exact.landmarks(density)["one_sd"] == (F("-3.5"), F("2.5"))

    def test_affine_by_hand(self):
        assert exact.Gaussian(F(2), F(9)).affine(-2, 1) == (-3, 36)

    def test_constant_input_has_no_output(self):
        with pytest.raises(ZeroDivisionError):
            exact.batchnorm_gaussian(F(1), F(0), F(1), F(0))

    @given(tenths, positive, scales, tenths)
    def test_output_forgets_the_input(self, mean, std, gamma, beta):
        assert exact.batchnorm_gaussian(mean, std, gamma, beta) == (beta, gamma**2)

    @given(tenths, positive, st.tuples(scales, tenths), st.tuples(scales, tenths))
    def test_affine_maps_compose(self, mean, variance, first, second):
        gaussian, (a, b), (c, d) = exact.Gaussian(mean, variance), first, second
        assert gaussian.affine(a, b).affine(c, d) == gaussian.affine(c * a, c * b + d)

    @settings(deadline=None)  # the first example imports torch
    @given(tenths, positive, scales, tenths)
    def test_torch_agrees(self, mean, std, gamma, beta):
        ours = exact.batchnorm_gaussian(mean, std, gamma, beta)
        theirs = oracle.batchnorm_of_quantiles(mean, std, gamma, beta)
        # The mean is subtracted from values up to |mean| / std spreads away from it.
        noise = ROUNDING * max(1, abs(mean) / std)
        np.testing.assert_allclose(theirs, [float(v) for v in ours], rtol=1e-9, atol=float(noise))


class TestOneFeatureMisconceptions:
    @pytest.mark.parametrize(
        ("answer", "mean", "variance"),
        [
            (wrong.swap_gamma_beta(GAMMA, BETA), "1", "9"),
            (wrong.keep_input_mean(MEAN, GAMMA, BETA), "4.5", "1"),
            (wrong.keep_input_variance(STD, GAMMA, BETA), "3", "0.16"),
            (wrong.affine_only(MEAN, STD, GAMMA, BETA), "4.5", "0.16"),
            (wrong.divide_by_variance(STD, GAMMA, BETA), "3", "6.25"),
            (wrong.gamma_is_variance(GAMMA, BETA), "3", "1"),  # what the published variant cannot see
        ],
    )
    def test_published(self, answer, mean, variance):
        assert answer == (F(mean), F(variance))

    def test_gamma_is_variance_drops_the_sign(self):
        assert wrong.gamma_is_variance(F("-1.5"), F(2)) == (2, F("1.5"))

    @given(tenths, positive, scales, tenths)
    def test_coincide_exactly_where_the_table_says(self, mean, std, gamma, beta):
        right = exact.batchnorm_gaussian(mean, std, gamma, beta)
        unit = std == 1
        assert (wrong.swap_gamma_beta(gamma, beta) == right) == (gamma == beta)
        assert (wrong.keep_input_mean(mean, gamma, beta) == right) == (mean == 0)
        assert (wrong.keep_input_variance(std, gamma, beta) == right) == unit
        assert (wrong.affine_only(mean, std, gamma, beta) == right) == (unit and gamma * mean == 0)
        assert (wrong.divide_by_variance(std, gamma, beta) == right) == unit
        assert (wrong.gamma_is_variance(gamma, beta) == right) == (abs(gamma) == 1)


class TestTwoFeatures:
    def test_published_input(self):
        given_ = exact.correlated(MEANS, STDS, RHO)
        assert given_ == ((2, 1), symmetric("1", "0.3", "0.25"))

    def test_published(self):
        assert exact.batchnorm_features(MEANS, STDS, RHO) == ((0, 0), symmetric("1", "0.6", "1"))

    def test_published_landmarks(self):
        marks = exact.contour_landmarks(RHO)
        assert marks["touch"] == (F("0.6"), F("1.2"))
        assert marks["cut"] == F("0.8")
        assert marks["long"] == pytest.approx(1.264911, abs=5e-7)  # as published, six decimals
        assert marks["short"] == pytest.approx(0.632456, abs=5e-7)

    def test_affine_by_hand(self):
        cloud = exact.GaussianVector((F(1), F(2)), symmetric("4", "1", "9"))
        moved = cloud.affine((F(2), F(-1)), (F(0), F(5)))
        assert moved == ((2, 3), symmetric("16", "-2", "9"))

    def test_affine_wants_one_scale_a_feature(self):
        with pytest.raises(ValueError, match="zip"):
            exact.correlated(MEANS, STDS, RHO).affine((F(1),), (F(0),))

    def test_constant_feature_has_no_output(self):
        with pytest.raises(ZeroDivisionError):
            exact.batchnorm_features(MEANS, (F(1), F(0)), RHO)

    @given(pairs, spreads, correlations)
    def test_every_feature_is_standardized(self, means, stds, rho):
        mean, covariance = exact.batchnorm_features(means, stds, rho)
        assert mean == (0, 0)
        assert [covariance[j][j] for j in (0, 1)] == [1, 1]

    @given(pairs, spreads, correlations)
    def test_correlation_is_kept(self, means, stds, rho):
        before = exact.correlated(means, stds, rho).covariance
        after = exact.batchnorm_features(means, stds, rho).covariance
        assert before[0][1] / (stds[0] * stds[1]) == after[0][1] == after[1][0]

    @given(pairs, spreads, correlations)
    def test_output_is_a_covariance(self, means, stds, rho):
        after = exact.batchnorm_features(means, stds, rho).covariance
        assert np.linalg.eigvalsh(np.array(after, dtype=float)).min() > 0

    @given(correlations)
    def test_landmarks_lie_on_the_contour(self, rho):
        marks, r = exact.contour_landmarks(rho), float(rho)
        precision = np.linalg.inv([[1, r], [r, 1]])
        diagonal = np.array([1, 1 if rho >= 0 else -1]) / np.sqrt(2)
        points = [
            ((1, marks["touch"][0]), 1),
            ((2, marks["touch"][1]), 2),
            ((marks["cut"], 0), 1),
            (float(marks["long"]) * diagonal, 1),
            (float(marks["short"]) * diagonal * [1, -1], 1),
        ]
        for point, k in points:
            v = np.array([float(c) for c in point])
            assert v @ precision @ v == pytest.approx(k**2, rel=1e-9)  # 1 / (1 - rho^2) reaches 10

    @given(correlations)
    def test_contour_is_upright_where_it_touches(self, rho):
        touch = exact.contour_landmarks(rho)["touch"][0]
        assert -2 * rho * 1 + 2 * touch == 0  # the derivative of x^2 - 2 rho x y + y^2 along y

    @settings(deadline=None)  # the first example imports torch
    @given(pairs, spreads, correlations)
    def test_torch_agrees(self, means, stds, rho):
        ours = exact.batchnorm_features(means, stds, rho)
        mean, covariance = oracle.batchnorm_of_polygon(means, stds, rho)
        noise = float(ROUNDING * max(1, *(abs(m) / s for m, s in zip(means, stds, strict=True))))
        np.testing.assert_allclose(mean, np.array(ours.mean, dtype=float), atol=noise)
        np.testing.assert_allclose(covariance, np.array(ours.covariance, dtype=float), rtol=1e-9, atol=noise)


class TestTwoFeatureMisconceptions:
    @pytest.mark.parametrize(
        ("answer", "mean", "covariance"),
        [
            (wrong.whitening(), (0, 0), ("1", "0", "1")),
            (wrong.centre_only(STDS, RHO), (0, 0), ("1", "0.3", "0.25")),
            (wrong.keep_mean(MEANS, STDS, RHO), (2, 1), ("1", "0.6", "1")),
            (wrong.features_by_variance(STDS, RHO), (0, 0), ("1", "1.2", "4")),  # SDs 1 and 2, still 0.6
            (wrong.global_sd(STDS, RHO), (0, 0), ("1.6", "0.48", "0.4")),  # divided by 0.625
            (wrong.forgot_root(RHO), (0, 0), ("1.36", "1.2", "1.36")),
            (wrong.always_plus_45(RHO), (0, 0), ("1", "0.6", "1")),  # what the published variant cannot see
            (wrong.always_plus_45(-RHO), (0, 0), ("1", "0.6", "1")),
        ],
    )
    def test_published(self, answer, mean, covariance):
        assert answer == (mean, symmetric(*covariance))

    @given(correlations)
    def test_forgotten_root_swaps_eigenvalues_for_semi_axes(self, rho):
        covariance = np.array(wrong.forgot_root(rho).covariance, dtype=float)
        semi_axes = np.sqrt(np.linalg.eigvalsh(covariance))
        np.testing.assert_allclose(semi_axes, sorted(float(1 + sign * rho) for sign in (1, -1)), rtol=1e-9)

    @given(pairs, spreads, correlations)
    def test_coincide_exactly_where_the_table_says(self, means, stds, rho):
        right = exact.batchnorm_features(means, stds, rho)
        unit = stds == (1, 1)
        assert (wrong.whitening() == right) == (rho == 0)
        assert (wrong.centre_only(stds, rho) == right) == unit
        assert (wrong.keep_mean(means, stds, rho) == right) == (means == (0, 0))
        assert (wrong.features_by_variance(stds, rho) == right) == unit
        assert (wrong.global_sd(stds, rho) == right) == (stds[0] == stds[1])
        assert (wrong.forgot_root(rho) == right) == (rho == 0)
        assert (wrong.always_plus_45(rho) == right) == (rho >= 0)


class TestRoot:
    @given(st.fractions(min_value=0, max_value=100, max_denominator=1000))
    def test_is_exact_for_squares(self, value):
        found = exact.root(value**2)
        assert isinstance(found, Fraction)
        assert found == value

    def test_is_a_float_elsewhere(self):
        assert exact.root(F("0.36")) == F("0.6")
        assert exact.root(F("1.6")) == pytest.approx(1.2649110640673518, rel=1e-15)

    def test_refuses_negative_numbers(self):
        with pytest.raises(ValueError, match=r"square root of -1/4: a number >= 0 is needed"):
            exact.root(F("-0.25"))


@pytest.mark.parametrize(
    ("stds", "alike"), [(("1", "1"), True), (("1", "1.4"), True), (("1.5", "1"), False), (("0.5", "0.8"), False)]
)
def test_alike_standard_deviations(stds, alike):
    assert exact.alike(tuple(F(s) for s in stds)) is alike


def test_the_oracle_shares_no_code():
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert "torch" in imported
    assert not [name for name in imported if name.startswith(("solvers", "psetpress", "problems"))]


class TestFigureData:
    def test_input_density(self):
        data = figures.input_density(MEAN, STD)
        assert data["ticks"] == pytest.approx((0.3, 0.7, 1.1, 1.5, 1.9, 2.3, 2.7), rel=1e-15)
        assert not data.keys() & {"mark", "answer"}  # nothing of the answer

    def test_output_density_of_a_mirrored_input(self):
        data = figures.output_density(MEAN, STD, F(-2), F(3))
        assert data["ticks"] == (-3, -1, 1, 3, 5, 7, 9)
        assert (data["mean"], data["std"], data["mark"]) == (3, 2, r"$\beta$")

    def test_contours(self):
        data = figures.output_contours(MEANS, STDS, RHO)
        assert data["given"] == pytest.approx((2, 1, 1, 0.5, 0.6), rel=1e-15)
        assert data["answer"] == pytest.approx((0, 0, 1, 1, 0.6), rel=1e-15)
        assert "answer" not in figures.input_contours(MEANS, STDS, RHO)

    @pytest.mark.parametrize(
        ("means", "window"),
        [((2, 1), (-3, 7, -3, 5)), ((-2, 1), (-7, 3, -3, 5)), ((2, -1), (-3, 7, -5, 3)), ((-2, -1), (-7, 3, -5, 3))],
    )
    def test_the_graph_has_room_where_the_input_is(self, means, window):
        assert figures.input_contours(tuple(F(m) for m in means), STDS, RHO)["window"] == window

    @pytest.mark.parametrize(
        ("means", "stds", "leaves"),
        [
            (("4", "1"), ("1.2", "0.5"), False),  # reaches 6.4 of 7
            (("4", "1"), ("1.5", "0.5"), True),  # reaches 7
            (("-4", "1"), ("1.5", "0.5"), True),
            (("1", "2"), ("0.5", "1.2"), False),  # reaches 4.4 of 5
            (("1", "-3"), ("0.5", "0.8"), True),  # reaches -4.6
        ],
    )
    def test_leaving_the_graph(self, means, stds, leaves):
        assert figures.leaves_graph(tuple(map(F, means)), tuple(map(F, stds))) is leaves

    @given(tenths, positive, scales, tenths)
    def test_densities_are_plain_data(self, mean, std, gamma, beta):
        json.dumps([figures.input_density(mean, std), figures.output_density(mean, std, gamma, beta)])

    @given(pairs, spreads, correlations)
    def test_contours_are_plain_data(self, means, stds, rho):
        json.dumps(figures.output_contours(means, stds, rho))


@pytest.fixture
def axes():
    from matplotlib.figure import Figure

    return Figure().add_subplot()


class TestDrawings:
    def test_density_peaks_at_its_mean(self, axes):
        plots.density(axes, **figures.input_density(MEAN, STD))
        x, y = axes.lines[0].get_data()
        assert x[np.argmax(y)] == pytest.approx(1.5)
        assert len(axes.lines) == 1
        assert [label.get_text() for label in axes.get_xticklabels()][:2] == ["$0.3$", "$0.7$"]

    def test_answer_density_marks_beta(self, axes):
        plots.density(axes, **figures.output_density(MEAN, STD, GAMMA, BETA))
        assert axes.lines[0].get_color() == plots.ACCENT
        assert [(text.get_text(), text.xy) for text in axes.texts] == [(r"$\beta$", (3, 1))]

    def test_contours_lie_at_one_and_two_standard_deviations(self, axes):
        plots.contours(axes, **figures.output_contours(MEANS, STDS, -RHO))
        centers = [(2, 1), (2, 1), (0, 0), (0, 0)]
        covariances = [exact.correlated(MEANS, STDS, -RHO)] * 2 + [exact.batchnorm_features(MEANS, STDS, -RHO)] * 2
        for patch, center, cloud, k in zip(axes.patches, centers, covariances, (1, 2, 1, 2), strict=True):
            away = patch.get_xy() - np.array(center, dtype=float)
            precision = np.linalg.inv(np.array(cloud.covariance, dtype=float))
            np.testing.assert_allclose(np.einsum("ni,ij,nj->n", away, precision, away), k**2, rtol=1e-9)

    def test_question_figure_shows_the_input_alone(self, axes):
        plots.contours(axes, **figures.input_contours(MEANS, STDS, RHO))
        assert [patch.get_edgecolor() for patch in axes.patches] == [_rgba(plots.INK)] * 2
        assert not axes.texts

    def test_answer_lies_in_accent_over_a_muted_input(self, axes):
        plots.contours(axes, **figures.output_contours(MEANS, STDS, RHO))
        colours = [patch.get_edgecolor() for patch in axes.patches]
        assert colours == [_rgba(plots.MUTED)] * 2 + [_rgba(plots.ACCENT)] * 2
        assert [text.get_text() for text in axes.texts] == ["input", "output"]

    def test_the_dots_are_the_checkpoints(self, axes):
        plots.contours(axes, **figures.output_contours(MEANS, STDS, RHO))
        dots = {tuple(np.round(xy, 9)) for line in axes.lines for xy in line.get_xydata()}
        assert {(1, 0.6), (2, 1.2), (0.6, 1), (1.2, 2), (-1, -0.6), (-1.2, -2)} <= dots

    def test_names_stand_apart(self, axes):
        plots.contours(axes, **figures.output_contours((F(-1), F(-1)), STDS, RHO))
        heights = {text.get_text(): text.xy[1] for text in axes.texts}
        assert heights == {"input": -2, "output": 2}

    def test_graph_is_true_to_scale_and_ruled_at_the_integers(self, axes):
        plots.integer_graph(axes, (-3, 7, -3, 5))
        assert axes.get_aspect() == 1
        assert list(axes.get_xticks()) == list(range(-3, 8))
        assert list(axes.get_yticks()) == list(range(-3, 6))
        assert axes.get_yticklabels()[0].get_text() == "$-3$"

    def test_blank_grid_shows_nothing_but_lines(self, axes):
        plots.blank_grid(axes, columns=24, rows=10, base=1)
        assert len(axes.get_xticks()) == 25
        assert len(axes.get_yticks()) == 11
        assert not [label for label in axes.get_xticklabels() if label.get_text()]
        assert [list(line.get_ydata()) for line in axes.lines] == [[1, 1]]


def _rgba(colour: str) -> tuple[float, ...]:
    from matplotlib.colors import to_rgba

    return to_rgba(colour)
