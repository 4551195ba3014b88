"""Averaging and Laplacian filters: published values, hand cases, properties, two roads, photographs, drawings."""

from __future__ import annotations

import ast
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.filters import exact, figures, oracle, photo, plots, wrong
from solvers.filters.exact import Laplacian
from solvers.filters.patches import Patch
from solvers.filters.photo import Window

F = Fraction
SIZES = (3, 6, 9)
FOUR, EIGHT = Laplacian(F(1), F(0)), Laplacian(F(1), F(1))
WINDOW = Window("china", 20, 50, 2)

grids = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda size: st.tuples(*[st.tuples(*[st.integers(0, 255)] * size[1])] * size[0])
)
large_grids = st.tuples(st.integers(3, 6), st.integers(3, 6)).flatmap(
    lambda size: st.tuples(*[st.tuples(*[st.integers(0, 255)] * size[1])] * size[0])
)
borders = st.sampled_from(list(exact.SOURCES))
weights = st.fractions(-4, 4, max_denominator=12)


def line(*values: int | str) -> tuple[Fraction, ...]:
    return tuple(F(value) for value in values)


class TestAveraging:
    def test_published_weights(self):
        assert exact.weights(SIZES) == line("1/9", "1/36", "1/81")

    @given(st.integers(1, 12))
    def test_entries_add_up_to_one(self, size):
        assert exact.weights((size,))[0] * size**2 == 1

    @pytest.mark.parametrize(
        ("size", "offsets"),
        [(1, [0]), (2, [0, 1]), (3, [-1, 0, 1]), (6, [-2, -1, 0, 1, 2, 3]), (9, [*range(-4, 5)])],
    )
    def test_reach(self, size, offsets):
        assert list(exact.reach(size)) == offsets

    def test_an_impulse_becomes_a_block_that_is_shifted_for_even_sizes(self):
        dot = tuple(tuple(36 * (i == j == 5) for j in range(11)) for i in range(11))
        assert exact.blurred_row(dot, 6, 5, "zero") == (0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0)  # offsets -3 ... 2
        assert exact.blurred_row(dot, 3, 5, "zero") == (0, 0, 0, 0, 4, 4, 4, 0, 0, 0, 0)

    @pytest.mark.parametrize(
        ("border", "row"),
        [
            ("zero", ("1", "2", "5/3")),  # of 1, 2, 3, averaged over three columns of three rows that are alike
            ("reflect", ("4/3", "2", "8/3")),
            ("nearest", ("4/3", "2", "8/3")),
            ("mirror", ("5/3", "2", "7/3")),
            ("wrap", ("2", "2", "2")),
        ],
    )
    def test_borders_by_hand(self, border, row):
        image = ((1, 2, 3),) * 3
        assert exact.blurred_row(image, 3, 1, border) == line(*row)

    @given(st.integers(0, 255), st.integers(1, 9), st.sampled_from(("reflect", "mirror", "nearest", "wrap")))
    def test_a_constant_image_stays_constant(self, value, size, border):
        assert exact.blurred_row(((value,) * 4,) * 5, size, 2, border) == (value,) * 4

    @given(grids, st.sampled_from((1, 3, 5)))
    def test_reflection_keeps_the_mean_for_odd_sizes(self, image, size):
        blurred = [exact.blurred_row(image, size, i, "reflect") for i in range(len(image))]
        assert sum(map(sum, blurred)) == sum(map(sum, image))

    @given(grids, st.integers(1, 7), borders, st.data())
    def test_scipy_agrees(self, image, size, border, data):
        row = data.draw(st.integers(0, len(image) - 1))
        ours = exact.blurred_row(image, size, row, border)
        theirs = oracle.blurred_row(image, size, row, border)
        # sums of at most 49 gray values up to 255, each rounded once
        np.testing.assert_allclose(theirs, np.array(ours, dtype=float), rtol=1e-12, atol=1e-11)

    @given(st.lists(st.integers(1, 12), min_size=1, max_size=3))
    def test_weights_are_what_scipy_uses(self, sizes):
        np.testing.assert_allclose(oracle.weights(sizes), np.array(exact.weights(sizes), dtype=float), rtol=1e-12)


class TestCounts:
    PATCH = Patch(5, 6, 1, 3, 1, 4, ground=10, lift=6)

    @given(st.integers(1, 6), borders, st.integers(0, 4))
    def test_the_counts_explain_the_row(self, size, border, row):
        found = exact.counts(self.PATCH, size, row, border)
        assert all(each.bright + each.dark + each.outside == size**2 for each in found)
        row_again = tuple(F(16 * each.bright + 10 * each.dark, size**2) for each in found)
        assert row_again == exact.blurred_row(self.PATCH.image, size, row, border)

    @pytest.mark.parametrize(("row", "size", "unseen"), [(4, 3, True), (3, 3, False), (4, 5, False), (3, 2, True)])
    def test_unseen_rectangles(self, row, size, unseen):
        assert exact.unseen(self.PATCH, size, row, "zero") is unseen

    def test_steps(self):
        steps = exact.row_steps(self.PATCH, 4, 3, "zero")
        assert (steps["indices"], steps["reach"], steps["rows"], steps["area"]) == ((-2, 1), (-1, 2), (2, 5), 16)


class TestPatch:
    def test_image(self):
        patch = Patch(3, 3, 0, 2, 1, 3, ground=5, lift=3, down=1, across=-1)
        assert patch.image == ((5, 7, 6), (6, 8, 7), (7, 6, 5))
        assert patch.bright == 8

    @pytest.mark.parametrize("rectangle", [(0, 3, 0, 3), (1, 1, 0, 2), (0, 4, 0, 2), (-1, 1, 0, 2), (0, 1, 2, 4)])
    def test_refuses_rectangles_that_are_no_part(self, rectangle):
        with pytest.raises(ValueError, match="must be a part of the image of 3 rows and 3 columns"):
            Patch(3, 3, *rectangle, ground=0, lift=1)


class TestAveragingMisconceptions:
    IMAGE = ((0, 9, 9, 9), (0, 9, 9, 9), (0, 0, 0, 0))

    def test_published_weights(self):
        assert wrong.ones(SIZES) == (1, 1, 1)
        assert wrong.reciprocals(SIZES) == line("1/3", "1/6", "1/9")

    def test_rows_by_hand(self):
        right = exact.blurred_row(self.IMAGE, 3, 1, "reflect")
        assert right == (2, 4, 6, 6)
        assert wrong.unnormalized_row(self.IMAGE, 3, 1, "reflect") == (18, 36, 54, 54)
        assert wrong.row_over_side(self.IMAGE, 3, 1, "reflect") == (6, 12, 18, 18)
        assert wrong.zero_border_row(self.IMAGE, 3, 1) == (2, 4, 6, 4)
        assert wrong.other_mirror_row(self.IMAGE, 3, 1, "reflect") == (4, 4, 6, 6)
        assert wrong.inside_only_row(self.IMAGE, 3, 1) == (3, 4, 6, 6)

    def test_truncation_goes_towards_zero(self):
        assert exact.blurred_row(((1, 1, 0),), 3, 0, "nearest") == line("1", "2/3", "1/3")
        assert wrong.truncated_row(((1, 1, 0),), 3, 0, "nearest") == (1, 0, 0)

    def test_shift_by_hand(self):
        image = ((0, 0, 8, 0, 0),)
        assert exact.blurred_row(image, 2, 0, "nearest") == (0, 4, 4, 0, 0)
        assert wrong.shifted_row(image, 2, 0, "nearest") == (0, 0, 4, 4, 0)

    @given(grids, st.sampled_from((1, 3, 5)), borders)
    def test_odd_sizes_hide_the_shift(self, image, size, border):
        assert wrong.shifted_row(image, size, 0, border) == exact.blurred_row(image, size, 0, border)

    @given(grids, st.integers(1, 6))
    def test_even_sizes_are_mirror_images(self, image, half):
        """Reading i + k instead of i - k is the same filter on the mirrored image."""
        turned = tuple(row[::-1] for row in image[::-1])
        again = exact.blurred_row(turned, 2 * half, len(image) - 1, "reflect")[::-1]
        assert wrong.shifted_row(image, 2 * half, 0, "reflect") == again

    def test_zeros_hide_that_zeros_are_wrong(self):
        assert wrong.zero_border_row(self.IMAGE, 3, 1) == exact.blurred_row(self.IMAGE, 3, 1, "zero")


class TestLaplacian:
    def test_published(self):
        assert exact.laplacian(FOUR) == ((0, 1, 0), (1, -4, 1), (0, 1, 0))

    def test_eight_neighbors(self):
        assert exact.laplacian(EIGHT) == ((1, 1, 1), (1, -8, 1), (1, 1, 1))

    def test_isotropic(self):
        sixth, two_thirds = F(1, 6), F(2, 3)
        rows = exact.laplacian(Laplacian(two_thirds, sixth))
        assert rows == (
            (sixth, two_thirds, sixth),
            (two_thirds, F(-10, 3), two_thirds),
            (sixth, two_thirds, sixth),
        )

    @given(weights, weights)
    def test_entries_add_up_to_zero(self, sides, corners):
        assert sum(map(sum, exact.laplacian(Laplacian(sides, corners)))) == 0

    @given(weights, weights, *[st.integers(-9, 9)] * 3)
    def test_ramps_give_zero(self, sides, corners, start, down, across):
        ramp = tuple(tuple(start + down * i + across * j for j in range(5)) for i in range(4))
        assert exact.respond(ramp, exact.laplacian(Laplacian(sides, corners))) == ((0, 0, 0),) * 2

    def test_a_bowl_gives_four(self):
        bowl = tuple(tuple(i * i + j * j for j in range(5)) for i in range(4))
        assert exact.respond(bowl, exact.laplacian(FOUR)) == ((4, 4, 4),) * 2

    def test_a_step_gives_both_signs(self):
        step = ((0, 0, 0, 1, 1, 1),) * 3
        assert exact.respond(step, exact.laplacian(FOUR)) == ((0, 1, -1, 0),)

    def test_convolution_flips_the_kernel(self):
        assert exact.respond(((1, 2, 4),) * 3, wrong.gradient(FOUR)) == ((3,),)  # x[j+1] - x[j-1]

    @given(large_grids, weights, weights)
    def test_second_differences_agree(self, image, sides, corners):
        kernel = exact.laplacian(Laplacian(sides, corners))
        # sums of nine products up to 255 * 32, each rounded once or twice
        np.testing.assert_allclose(oracle.kernel(sides, corners), np.array(kernel, dtype=float), atol=1e-13)
        np.testing.assert_allclose(
            oracle.response(image, sides, corners), np.array(exact.respond(image, kernel), dtype=float), atol=1e-10
        )

    @pytest.mark.parametrize(
        ("stencil", "side"),
        [(FOUR, "dark"), (EIGHT, "dark"), (Laplacian(F(-1), F(0)), "bright"), (Laplacian(F(-2), F(-1)), "bright")],
    )
    def test_outlines_are_where_the_response_is_positive(self, stencil, side):
        assert exact.outline(stencil) == side
        assert oracle.outline(*stencil) == side

    def test_strongest_response_by_hand(self):
        spot = exact.strongest(((0, 0, 0, 0), (0, 5, 0, 1), (0, 0, 0, 0)), FOUR)
        assert (spot["row"], spot["column"], spot["pixel"], spot["value"]) == (1, 1, 5, -20)
        assert spot["sides"] == spot["corners"] == (0, 0, 0, 0)


class TestLaplacianMisconceptions:
    def test_kernels(self):
        assert exact.laplacian(wrong.opposite_sign(FOUR)) == ((0, -1, 0), (-1, 4, -1), (0, -1, 0))
        assert exact.laplacian(wrong.eight_neighbors(FOUR))[1] == (1, -8, 1)
        assert exact.laplacian(wrong.four_neighbors(EIGHT)) == exact.laplacian(FOUR)
        assert wrong.center_of_four(EIGHT) == ((1, 1, 1), (1, -4, 1), (1, 1, 1))
        assert wrong.gradient(Laplacian(F(-2), F(0))) == ((0, 0, 0), (2, 0, -2), (0, 0, 0))

    @given(weights.filter(bool), weights.filter(bool))
    def test_a_wrong_center_is_not_black_on_flat_areas(self, sides, corners):
        flat = ((3,) * 3,) * 3
        assert exact.respond(flat, wrong.center_of_four(Laplacian(sides, corners))) != ((0,),)

    def test_gradients_see_one_direction(self):
        horizontal = ((0, 0, 0), (0, 0, 0), (1, 1, 1))
        assert exact.respond(horizontal, wrong.gradient(FOUR)) == ((0,),)
        assert exact.respond(horizontal, exact.laplacian(FOUR)) == ((1,),)


class TestPhotograph:
    def test_gray_values(self):
        whole = photo.gray("china")
        assert whole.shape == (427, 640)
        assert 0 <= whole.min() < whole.max() <= 1

    def test_cut_out(self):
        cut = photo.cut(WINDOW)
        assert cut.shape == (photo.SIDE, photo.SIDE)
        assert (WINDOW.last_row, WINDOW.last_column) == (338, 368)
        assert cut[-1, -1] == photo.gray("china")[338, 368]

    def test_refuses_to_leave_the_photograph(self):
        with pytest.raises(ValueError, match="leaves the photograph, which has 427 rows and 640 columns"):
            photo.cut(Window("flower", 120, 0, 2))

    def test_averages_are_what_the_exact_road_says(self):
        """A corner of the photograph in integers, far from its other borders."""
        corner = (1000 * photo.cut(WINDOW)[:20, :20]).astype(int)
        image = tuple(map(tuple, corner.tolist()))
        for size in SIZES:
            row = exact.blurred_row(image, size, 4, "reflect")[:10]
            near = photo.blurred(WINDOW, size, "reflect")[4, :10]
            np.testing.assert_allclose(near, np.array(row, dtype=float) / 1000, atol=1e-3)  # integers cut off less

    def test_blur_keeps_the_mean_and_shrinks_the_spread(self):
        facts = photo.blur_facts(WINDOW, (3, 5, 9), "reflect")
        assert facts["means"] == pytest.approx([facts["means"][0]] * 4, rel=1e-12)  # odd sizes, reflected border
        assert list(facts["spreads"]) == sorted(facts["spreads"], reverse=True)

    def test_display_cuts_off_and_truncates(self):
        shown = photo.displayed(np.array([-0.5, 0.0, 0.5, 1.0, 7.0]))
        assert shown.tolist() == [0, 0, 127, 255, 255]

    def test_negative_responses_of_opposite_filters_complete_each_other(self):
        kernels = (exact.laplacian(stencil) for stencil in (FOUR, wrong.opposite_sign(FOUR)))
        shares = [photo.edge_facts(WINDOW, kernel, "reflect")["negative"] for kernel in kernels]
        zero = 100 * (photo.edges(WINDOW, exact.laplacian(FOUR), "reflect") == 0).mean()
        assert sum(shares) + zero == pytest.approx(100)

    @pytest.mark.parametrize("sizes", [SIZES, (2, 5, 8)])
    def test_figures_are_plain_data(self, sizes):
        kernel = exact.laplacian(FOUR)
        found = [
            figures.original(WINDOW),
            figures.averages(WINDOW, sizes, "zero"),
            figures.outlines(WINDOW, kernel, "zero"),
        ]
        assert [len(each["rows"]) for each in found] == [1, 4, 2]
        assert all(len(row) == 2 * photo.SIDE for each in found for picture in each["rows"] for row in picture)
        json.dumps(found)

    def test_pictures_stand_side_by_side(self):
        from matplotlib.figure import Figure

        axes = Figure().add_subplot()
        plots.pictures(axes, rows=(("00ff", "8000"), ("ffff", "0000")), labels=("a", "b"))
        first, second = axes.images
        assert first.get_array().tolist() == [[0, 255], [128, 0]]
        assert list(second.get_extent()) == [2 + plots.GAP, 4 + plots.GAP, 2, 0]
        assert [text.get_text() for text in axes.texts] == ["a", "b"]


def test_the_oracle_shares_no_code():
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert "scipy" in imported
    assert not [name for name in imported if name.startswith(("solvers", "psetpress", "problems"))]


@settings(max_examples=20)
@given(st.integers(-30, 30), st.integers(1, 6))
def test_sources_agree_with_numpy_padding(index, size):
    modes = {"reflect": "symmetric", "mirror": "reflect", "nearest": "edge", "wrap": "wrap"}
    for border, mode in modes.items():
        padded = np.pad(np.arange(size), 30, mode=mode)
        assert exact.SOURCES[border](index, size) == padded[index + 30] or not 0 <= index + 30 < len(padded)
    assert exact.SOURCES["zero"](index, size) == (index if 0 <= index < size else None)


@pytest.mark.parametrize("name", ["china", "flower"])
def test_the_photographs_are_those_of_scikit_learn(name: str) -> None:
    from sklearn.datasets import load_sample_image

    colors = np.asarray(load_sample_image(f"{name}.jpg"), dtype=np.float64)
    np.testing.assert_array_equal(photo.gray(name), colors @ (np.array(photo.GRAY) / 255))
