"""Circular equivariance: published answers, the seam by simulation, and no variant whose claim is false."""

from __future__ import annotations

import ast
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems import circular_equivariance
from problems.circular_equivariance import PROBLEM, Params
from psetpress import codec, drawing, proving
from psetpress.records import LEVELS, Level
from solvers.equivariance import exact, figures, oracle, patterns, plots, steps, wrong
from solvers.equivariance.exact import ALL_ROUND
from solvers.equivariance.images import Network, Size, Stamp

if TYPE_CHECKING:
    from torch import Tensor

F = Fraction
SIZE = Size(7, 8)
G1 = (F("0.8"), F(0), F("0.2"))
G2 = (F("0.1"), F("0.7"), F("0.2"))
EXACT = (Network(3, 1, 1), Network(2, 1, 0))
"""Networks whose maps are as large as the image."""
COLUMNS = tuple(Stamp(("1",) * 7, 1, column) for column in range(1, 9))
ROWS = tuple(Stamp(("1" * 8,), row, 1) for row in range(1, 8))
L = ("10", "10", "11")

shared = settings(deadline=None, max_examples=40)  # the first example pays for importing torch

sizes = st.builds(Size, st.integers(5, 8), st.integers(5, 8))
bits = st.lists(st.text("01", min_size=3, max_size=3), min_size=3, max_size=3).map(tuple)
networks = st.sampled_from((*EXACT, ALL_ROUND, Network(3, 2, 0), Network(4, 1, 2)))


def column(vector: tuple[Fraction, ...]) -> tuple[tuple[Fraction], ...]:
    return tuple((entry,) for entry in vector)


def accepted(p: Params) -> bool:
    """Say whether the engine keeps a draw."""
    return drawing.barred(PROBLEM, p) is None and not [
        *proving.blind_spots(drawing.given("circular_equivariance", PROBLEM, p, "standard"))
    ]


def drawn(level: Level, count: int) -> list[Params]:
    """Accepted draws of a level, from fixed streams."""
    attempts = (circular_equivariance.draw(np.random.default_rng([11, seed]), level) for seed in range(count))
    return [p for p in attempts if accepted(p)]


# --- the published variant ---------------------------------------------------------------------


def test_the_published_lines_have_each_others_features() -> None:
    answers = PROBLEM.solve(PROBLEM.published)
    assert answers["g_3"] == column(G2)
    assert answers["g_4"] == column(G1)


def test_the_published_images_are_those_of_the_source() -> None:
    p = PROBLEM.published
    x3, x4 = (figures.pixels(p.size, query) for query in p.queries)
    assert x3 == ("00000010",) * 7
    assert x4 == ("00000000",) * 5 + ("11111111", "00000000")


@pytest.mark.parametrize("p", [PROBLEM.published, *PROBLEM.edges])
def test_random_networks_agree_on_published_and_edges(p: Params) -> None:
    assert proving.disagreements(drawing.given("circular_equivariance", PROBLEM, p, "standard")) == []


# --- the seam ----------------------------------------------------------------------------------


def test_two_by_two_with_padding_all_round_grows() -> None:
    assert exact.map_sizes(SIZE, ALL_ROUND) == (Size(8, 9), Size(9, 10))
    assert steps.seam(SIZE, ALL_ROUND) == (Size(8, 9), Size(9, 10), 90, 56, 6, 7)
    assert all(exact.map_sizes(SIZE, network) == (SIZE, SIZE) for network in EXACT)


def test_lines_inside_agree_and_lines_at_the_edge_do_not() -> None:
    inner_columns = oracle.claims(SIZE, ALL_ROUND, COLUMNS[2], COLUMNS)
    inner_rows = oracle.claims(SIZE, ALL_ROUND, ROWS[2], ROWS)
    assert inner_columns == ["open", *["same"] * 6, "open"]  # columns 2 to 7
    assert inner_rows == ["open", *["same"] * 5, "open"]  # rows 2 to 6


def test_the_exact_road_knows_the_same_seam() -> None:
    assert [exact.clear_of_seam(SIZE, ALL_ROUND, line) for line in COLUMNS] == [False, *[True] * 6, False]
    assert [exact.clear_of_seam(SIZE, ALL_ROUND, line) for line in ROWS] == [False, *[True] * 5, False]


@pytest.mark.parametrize("network", EXACT)
def test_exact_networks_have_no_seam(network: Network) -> None:
    assert oracle.claims(SIZE, network, COLUMNS[2], COLUMNS) == ["same"] * 8
    assert oracle.claims(SIZE, network, ROWS[2], ROWS) == ["same"] * 7


def test_a_dot_agrees_inside_and_nowhere_at_the_border() -> None:
    dots = [Stamp(("1",), row, column) for row in range(1, 8) for column in range(1, 9)]
    claims = oracle.claims(SIZE, ALL_ROUND, Stamp(("1",), 4, 4), dots)
    inside = [1 < dot.top < 7 and 1 < dot.left < 8 for dot in dots]
    assert [claim == "same" for claim in claims] == inside
    assert [exact.clear_of_seam(SIZE, ALL_ROUND, dot) for dot in dots] == inside


def test_the_inner_block_is_the_torus() -> None:
    """The second map of the growing network: the map of the exact 2 x 2 network, and a seam around it."""
    import torch
    from torch.nn.functional import conv2d

    generator = torch.Generator().manual_seed(1)
    x = oracle.render(SIZE, Stamp(L, 3, 4))[None, None]
    first, second = torch.randn((2, 1, 1, 2, 2), generator=generator, dtype=torch.float64)

    def run(network: Network) -> Tensor:
        middle = conv2d(oracle.around(x, network), first).relu()
        return conv2d(oracle.around(middle, network), second).relu()[0, 0]

    grown, torus = run(ALL_ROUND), run(Network(2, 1, 0))
    assert grown.shape == (9, 10)
    np.testing.assert_allclose(grown[1:-1, 1:-1], torus.roll((-1, -1), (0, 1)), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(grown[0], grown[-1])
    np.testing.assert_array_equal(grown[:, 0], grown[:, -1])


@shared
@given(sizes, networks, st.integers(1, 3), st.booleans(), st.data())
def test_the_symmetry_argument_holds_wherever_the_image_is_clear(
    size: Size, network: Network, thickness: int, across: bool, data: st.DataObject
) -> None:
    profile = data.draw(st.text("01", min_size=thickness, max_size=thickness).filter(lambda text: "1" in text))
    rows = patterns.across(size, profile) if across else patterns.down(size, profile)
    rows = data.draw(st.one_of(st.just(rows), bits))
    places = st.builds(Stamp, st.just(rows), st.integers(1, size.height), st.integers(1, size.width))
    one, other = data.draw(places), data.draw(places)
    clear = all(exact.clear_of_seam(size, network, stamp) for stamp in (one, other))
    if clear and exact.claims(size, one, [other]) == ["same"]:
        assert oracle.claims(size, network, one, [other]) == ["same"]


# --- images ------------------------------------------------------------------------------------


def test_a_stamp_goes_around_the_edges() -> None:
    assert figures.pixels(Size(3, 4), Stamp(("11", "10"), 3, 4)) == ("0001", "0000", "1001")


@shared
@given(sizes, bits, st.integers(1, 8), st.integers(1, 8))
def test_both_roads_draw_the_same_image(size: Size, rows: tuple[str, ...], top: int, left: int) -> None:
    stamp = Stamp(rows, top, left)
    rendered = oracle.render(size, stamp).int().tolist()
    assert [[int(pixel) for pixel in row] for row in figures.pixels(size, stamp)] == rendered


@given(sizes, bits, st.integers(1, 8), st.integers(1, 8), st.integers(1, 8), st.integers(1, 8))
def test_moving_a_stamp_is_a_shift(
    size: Size, rows: tuple[str, ...], top: int, left: int, down: int, right: int
) -> None:
    one, other = Stamp(rows, top, left), Stamp(rows, top + down, left + right)
    assert exact.claims(size, one, [other]) == ["same"]


@given(sizes, bits, bits)
def test_shifts_are_found_as_by_trying_all(size: Size, one: tuple[str, ...], other: tuple[str, ...]) -> None:
    first, second = (exact.ink(size, Stamp(rows, 2, 2)) for rows in (one, other))
    every = {
        frozenset(((i + down) % size.height, (j + right) % size.width) for i, j in first)
        for down in range(size.height)
        for right in range(size.width)
    }
    assert exact.is_shift(size, first, second) == (second in every)


def test_turns_and_mirrors_by_hand() -> None:
    assert patterns.turned(L, "quarter-turn") == ("111", "100")
    assert patterns.turned(L, "half-turn") == ("11", "01", "01")
    assert patterns.turned(L, "three-quarter-turn") == ("001", "111")
    assert patterns.mirrored(L, "left-right") == ("01", "01", "11")
    assert patterns.mirrored(L, "up-down") == ("11", "10", "10")


@pytest.mark.parametrize("rows", patterns.ASYMMETRIC)
def test_the_patterns_are_asymmetric(rows: tuple[str, ...]) -> None:
    assert len(set(patterns.forms(rows))) == 8
    assert patterns.altered(rows)
    ink = sum(row.count("1") for row in rows)
    assert all(sum(row.count("1") for row in other) == ink for other in patterns.altered(rows))


def test_relations_are_named() -> None:
    one = Stamp(L, 2, 2)
    others = {
        "shift": L,
        "quarter-turn": ("111", "100"),
        "half-turn": ("11", "01", "01"),
        "three-quarter-turn": ("001", "111"),
        "left-right": ("01", "01", "11"),
        "up-down": ("11", "10", "10"),
        "altered": ("11", "10", "01"),
    }
    assert {name: patterns.relation(SIZE, one, Stamp(rows, 3, 4)) for name, rows in others.items()} == {
        name: name for name in others
    }


@pytest.mark.parametrize(
    ("network", "around", "tops", "lefts"),
    [(ALL_ROUND, True, 3, 5), (Network(3, 1, 1), False, 5, 7), (Network(3, 1, 1), True, 7, 8)],
)
def test_places_of_a_pattern(network: Network, around: bool, tops: int, lefts: int) -> None:
    places = exact.places(SIZE, network, L, around=around)
    assert len(places) == len(set(places)) == tops * lefts
    assert places == sorted(places)
    assert all(exact.clear_of_seam(SIZE, network, Stamp(L, *place)) for place in places)


def test_a_line_is_moved_across_itself_only() -> None:
    for line, inner in ((("1" * 8,), ROWS[1:-1]), (("1",) * 7, COLUMNS[1:-1])):
        found = [Stamp(line, *place) for place in exact.places(SIZE, ALL_ROUND, line, around=False)]
        assert found == list(inner)


# --- claims ------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", [Network(2, 2, 0), Network(3, 1, 0), Network(3, 2, 2), Network(2, 0, 0)])
def test_other_networks_are_refused(network: Network) -> None:
    with pytest.raises(ValueError, match=r"accepted are before \+ after = kernel - 1, and Network\(kernel=2"):
        Params(**{**vars(PROBLEM.published), "network": network})


def test_a_query_must_be_a_shift_of_one_reference() -> None:
    with pytest.raises(ValueError, match="a shift of 0 of the references; exactly 1 is accepted"):
        exact.twin(SIZE, (ROWS[2], COLUMNS[2]), Stamp(L, 2, 2))
    with pytest.raises(ValueError, match="a shift of 2 of the references"):
        exact.twin(SIZE, (ROWS[2], ROWS[3]), ROWS[5])


def test_the_oracle_refuses_a_line_on_the_seam() -> None:
    p = PROBLEM.published
    claimed = exact.features(p.size, p.references, p.known, [COLUMNS[7]])
    simulated = oracle.features(p.size, p.network, p.references, p.known, [COLUMNS[7]])
    assert claimed == [G2]  # what the symmetry argument alone would print
    assert simulated == [(oracle.NONE,) * 3]


def test_a_pinned_variant_on_the_seam_is_not_proved() -> None:
    published = PROBLEM.published
    p = Params(**{**vars(published), "queries": (COLUMNS[7], published.queries[1])})
    assert [
        found.answer for found in proving.disagreements(drawing.given("circular_equivariance", PROBLEM, p, "standard"))
    ] == ["g_3"]
    assert drawing.barred(PROBLEM, p) == "ink on the seam"


def test_the_oracle_shares_only_the_records() -> None:
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    own = {name for name in imported if name.startswith(("solvers", "problems", "psetpress"))}
    assert own == {"solvers.equivariance.images"}


def test_the_oracle_does_not_round_a_difference_away() -> None:
    import torch

    one = torch.zeros(3, dtype=torch.float64)
    assert oracle.same(one, one + 1e-13)
    assert not oracle.same(one, one + 1e-3)
    with pytest.raises(ArithmeticError, match="neither rounding nor a real difference"):
        oracle.same(one, one + 1e-7)


def test_a_witness_counts_the_patch_by_hand() -> None:
    found = exact.witness(SIZE, 2, Stamp(L, 2, 2), Stamp(("01", "01", "11"), 3, 3))
    assert found == (((1, 0), (1, 1)), 1, 0)
    assert exact.has_witness(SIZE, 2, Stamp(L, 2, 2), Stamp(("01", "01", "11"), 3, 3))
    assert exact.witness(SIZE, 2, Stamp(L, 2, 2), Stamp(L, 4, 5)) is None
    assert not exact.has_witness(SIZE, 2, Stamp(L, 2, 2), Stamp(L, 4, 5))


@given(sizes, st.integers(1, 3), bits, bits)
def test_patches_are_counted_as_by_reading_the_whole_image(
    size: Size, kernel: int, one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    """Every patch is read off the rendered image, whose edges touch; the fullest of those in excess is the witness."""

    def patches(stamp: Stamp) -> Counter[tuple[tuple[int, ...], ...]]:
        image = oracle.render(size, stamp).int().tolist()
        return Counter(
            tuple(
                tuple(image[(i + a) % size.height][(j + b) % size.width] for b in range(kernel)) for a in range(kernel)
            )
            for i in range(size.height)
            for j in range(size.width)
        )

    first, second = Stamp(one, 1, 1), Stamp(other, 2, 3)
    here, there = patches(first), patches(second)
    more = [patch for patch in here if any(map(any, patch)) and here[patch] > there[patch]]
    found = exact.witness(size, kernel, first, second)
    assert exact.has_witness(size, kernel, first, second) == bool(more)
    if found is None:
        assert not more
    else:
        best = max(more, key=lambda patch: (there[patch] == 0, sum(map(sum, patch)), patch))
        assert found == (best, here[best], there[best])


@pytest.mark.parametrize("network", [*EXACT, ALL_ROUND])
def test_the_filter_of_a_witness_gives_other_features(network: Network) -> None:
    """The key's argument, run: GAP of this network is the number of patches over the number of positions."""
    import torch
    from torch.nn.functional import conv2d

    one, other = Stamp(("111", "100"), 2, 2), Stamp(("111", "001"), 3, 4)
    found = exact.witness(SIZE, network.kernel, one, other)
    assert found is not None
    patch = torch.tensor(found.patch, dtype=torch.float64)
    passes = torch.zeros_like(patch)
    passes[0, 0] = 1
    x = torch.stack([oracle.render(SIZE, stamp) for stamp in (one, other)])[:, None]
    bias = 1 - patch.sum(dim=(0, 1), keepdim=False)[None]
    middle = (conv2d(oracle.around(x, network), (2 * patch - 1)[None, None], bias)).relu()
    out = conv2d(oracle.around(middle, network), passes[None, None]).relu()
    positions = out.shape[2] * out.shape[3]
    assert (out.mean(dim=(1, 2, 3)) * positions).round(decimals=9).tolist() == [found.here, found.there]
    assert found.here > found.there


# --- misconceptions ----------------------------------------------------------------------------


def test_misconceptions_on_the_published_variant() -> None:
    p = PROBLEM.published
    believed = {item.name: dict(item.solve(p)) for item in PROBLEM.misconceptions}
    assert believed == {
        "orientation-swap": {"g_3": column(G1), "g_4": column(G2)},
        "shift-the-vector": {"g_3": column((F("0.2"), F("0.1"), F("0.7"))), "g_4": column(G1)},
        "position-matters": {"z_1": "open"},
        "rotation-invariance": {"z_2": "same"},
        "reflection-invariance": {"z_3": "same"},
        "arrangement-forgotten": {"z_2": "same", "z_3": "same"},
    }


def test_the_published_variant_sees_every_misconception() -> None:
    p = PROBLEM.published
    assert (
        tuple(proving.blind_spots(drawing.given("circular_equivariance", PROBLEM, p, "standard")))
        == PROBLEM.blind
        == ()
    )


def test_a_symmetric_pattern_is_its_own_mirror_image() -> None:
    tee = Stamp(("111", "010"), 2, 2)
    assert wrong.reflection_invariance(SIZE, tee, [Stamp(("111", "010"), 3, 4)]) == {}
    assert wrong.rotation_invariance(SIZE, tee, [Stamp(("010", "111"), 3, 4)]) == {0: "same"}


def test_ink_alone_does_not_tell_another_amount() -> None:
    assert wrong.arrangement_forgotten(SIZE, Stamp(L, 2, 2), [Stamp(("11", "11", "10"), 3, 3)]) == {}


# --- draws -------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
def test_no_drawn_claim_is_false(level: Level) -> None:
    """Shifts have equal features in all random networks; images that are none differ in at least one."""
    for p in drawn(level, 120):
        assert proving.disagreements(drawing.given("circular_equivariance", PROBLEM, p, "standard")) == [], p
        assert all(exact.clear_of_seam(p.size, p.network, stamp) for stamp in p.stamps)


@pytest.mark.parametrize("level", LEVELS)
def test_no_drawn_ink_is_where_the_source_network_fails(level: Level) -> None:
    """The rule read off the reference, without the solver: only lines reach the edge, and at right angles."""
    for p in drawn(level, 120):
        if p.network != ALL_ROUND:
            continue
        height, width = p.size.height, p.size.width
        for stamp in p.stamps:
            bottom, right = stamp.top + len(stamp.rows) - 1, stamp.left + len(stamp.rows[0]) - 1
            assert (stamp.top > 1 and bottom < height) or len(stamp.rows) == height
            assert (stamp.left > 1 and right < width) or len(stamp.rows[0]) == width


@pytest.mark.parametrize("level", LEVELS)
def test_features_of_drawn_variants_can_be_features(level: Level) -> None:
    for p in drawn(level, 80):
        assert all(entry >= 0 and entry * 10 == int(entry * 10) for vector in p.known for entry in vector)
        assert not exact.is_rolled(*p.known)
        assert all(len(set(vector)) > 1 for vector in p.known)


@pytest.mark.parametrize("level", LEVELS)
def test_every_open_claim_has_a_witness(level: Level) -> None:
    for p in drawn(level, 80):
        work = PROBLEM.work(p)
        for seen, other in zip(work["comparisons"], p.others, strict=True):
            assert (seen.relation == "shift") == (seen.witness is None)
            assert (exact.claims(p.size, p.pattern, [other]) == ["same"]) == (seen.relation == "shift")


@pytest.mark.parametrize("level", ["standard", "hard"])
def test_every_misconception_applies_beyond_level_easy(level: Level) -> None:
    for p in drawn(level, 60):
        assert all(item.solve(p) for item in PROBLEM.misconceptions)


def test_moves_of_the_key_take_one_image_to_the_other() -> None:
    for p in drawn("hard", 40):
        for twin, query in zip(PROBLEM.work(p)["twins"], p.queries, strict=True):
            start = p.references[twin.reference - 1]
            moved = Stamp(start.rows, start.top + twin.move.down, start.left + twin.move.right)
            assert exact.ink(p.size, moved) == exact.ink(p.size, query)


@pytest.mark.parametrize("level", LEVELS)
def test_most_attempts_are_accepted(level: Level) -> None:
    assert len(drawn(level, 100)) > 60


def test_a_class_gets_different_variants() -> None:
    variants = drawn("standard", 700)
    assert len({codec.identity("circular_equivariance", PROBLEM, codec.dump(p)) for p in variants}) >= 500


def test_parameters_survive_json() -> None:
    for p in (PROBLEM.published, *PROBLEM.edges, *drawn("hard", 20)):
        assert codec.load(Params, codec.dump(p), "test") == p


# --- figures -----------------------------------------------------------------------------------


def test_a_figure_draws_every_black_pixel_and_label() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import PolyCollection
    from matplotlib.figure import Figure

    canvas = Figure()
    FigureCanvasAgg(canvas)
    axes = canvas.add_subplot()
    p = PROBLEM.published
    data = figures.images(p.size, p.queries, ["$x_3$", "$x_4$"])
    plots.pixel_grids(axes, **data)
    squares = next(item for item in axes.collections if isinstance(item, PolyCollection))
    assert len(squares.get_paths()) == 7 + 8
    assert [text.get_text() for text in axes.texts] == ["$x_3$", "$x_4$"]
    canvas.canvas.draw()


def test_figure_data_of_the_record_are_plain_and_labelled() -> None:
    p = PROBLEM.published
    shown = {name: figure.data(p) for name, figure in PROBLEM.figures.items()}
    assert shown["given"]["labels"] == ("$x_1$", "$x_2$")
    assert shown["queries"]["labels"] == ("$x_3$", "$x_4$")
    assert shown["judged"]["labels"] == ("$z_0$", "$z_1$", "$z_2$", "$z_3$")
    assert all(isinstance(row, str) for data in shown.values() for image in data["images"] for row in image)
