"""The table of an architecture: published numbers, torch as the second road, and what students write."""

from __future__ import annotations

import ast
from dataclasses import replace
from fractions import Fraction
from math import prod
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems import shape_table
from problems.shape_table import PROBLEM, Params
from psetpress import codec, drawing, proving
from psetpress.errors import UsageError
from psetpress.records import LEVELS, Level
from solvers.architecture import exact, oracle, wrong
from solvers.architecture.exact import Count, Row
from solvers.architecture.layers import Cell, Conv, Dense, Flatten, Layer, Pool

SIZE = (28, 28, 1)
NETWORK = (Conv(3, 10), Pool(2), Conv(3, 10), Pool(2), Flatten(), Dense(3))
EVERY = tuple(Cell(row, column) for row in range(1, 7) for column in exact.COLUMNS)
"""All cells blank: a student reads nothing, so a wrong shape is carried on to the end."""

TRAPS = {
    "forgot-channels": wrong.forgot_channels,
    "forgot-bias": wrong.forgot_bias,
    "no-padding": wrong.no_padding,
    "pool-has-weights": wrong.pool_has_weights,
    "pool-halves-channels": wrong.pool_halves_channels,
    "fc-forgot-channels": wrong.fc_forgot_channels,
    "bias-per-pixel": wrong.bias_per_pixel,
    "ceil": wrong.pool_rounds_up,
}


def accepted(p: Params) -> bool:
    """Say whether the engine keeps a draw."""
    return drawing.barred(PROBLEM, p) is None and not [
        *proving.blind_spots(drawing.given("shape_table", PROBLEM, p, "standard"))
    ]


def drawn(level: Level, count: int) -> list[Params]:
    """Accepted draws of a level, from fixed streams."""
    attempts = (shape_table.draw(np.random.default_rng([7, seed]), level) for seed in range(count))
    return [p for p in attempts if accepted(p)]


# --- the exact road ----------------------------------------------------------------------------


def test_the_published_table() -> None:
    assert exact.rows(SIZE, NETWORK) == (
        Row(Count(), (28, 28, 1)),
        Row(Count((3, 3, 1, 10), 10), (28, 28, 10)),
        Row(Count(), (14, 14, 10)),
        Row(Count((3, 3, 10, 10), 10), (14, 14, 10)),
        Row(Count(), (7, 7, 10)),
        Row(Count(), (490,)),
        Row(Count((490, 3), 3), (3,)),
    )


def test_the_published_counts() -> None:
    counts = [row.parameters.total for row in exact.rows(SIZE, NETWORK)]
    assert counts == [0, 100, 0, 910, 0, 0, 1473]
    assert exact.total(SIZE, NETWORK) == 2483


def test_the_published_answers() -> None:
    assert PROBLEM.solve(PROBLEM.published) == {
        "parameters_1": 100,
        "activations_3": (14, 14, 10),
        "parameters_4": 0,
        "activations_4": (7, 7, 10),
        "parameters_6": 1473,
    }


@pytest.mark.parametrize(
    ("n", "kernel", "stride", "padding", "size"),
    [(28, 3, 1, 1, 28), (28, 2, 2, 0, 14), (7, 2, 2, 0, 3), (8, 3, 3, 0, 2), (5, 5, 1, 2, 5), (3, 3, 3, 0, 1)],
)
def test_output_size_by_hand(n: int, kernel: int, stride: int, padding: int, size: int) -> None:
    assert exact.output_size(n, kernel, stride, padding) == size


def test_a_window_larger_than_its_input_is_refused() -> None:
    with pytest.raises(ValueError, match="a window of 3 does not fit on 2 pixels with padding 0"):
        exact.output_size(2, 3, 3, 0)


@pytest.mark.parametrize(
    ("layers", "blanks", "message"),
    [
        ((Flatten(), Conv(3, 4)), (), r"Conv\(kernel=3, filters=4\) is fed \(64,\); it takes 3 size"),
        ((Dense(4),), (), r"Dense\(units=4\) is fed \(8, 8, 1\); it takes 1 size"),
        ((Conv(4, 2),), (), "a kernel of 4 cannot keep the size with equal padding; odd ones are accepted"),
        ((Pool(9),), (), "a window of 9 does not fit on 8 pixels"),
        ((Pool(2),), (Cell(2, "parameters"),), "accepted are different cells of rows 1 to 1, in reading order"),
        ((Pool(2),), (Cell(1, "activations"), Cell(1, "parameters")), "in reading order"),
    ],
)
def test_impossible_parameters_are_refused(layers: tuple[Layer, ...], blanks: tuple[Cell, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Params((8, 8, 1), layers, blanks)


def test_impossible_parameters_in_a_set_file_are_an_error_for_people() -> None:
    data = codec.dump(PROBLEM.published)
    data["layers"][0]["kernel"] = 4
    with pytest.raises(UsageError, match=r"set\.toml: .*a kernel of 4 cannot keep the size"):
        codec.load(Params, data, "set.toml")


def test_width_comes_before_height() -> None:
    assert exact.rows((12, 8, 3), (Conv(5, 6), Pool(2)))[-1].activations == (6, 4, 6)


def test_pooling_rounds_down() -> None:
    network = (Conv(3, 6), Pool(2), Pool(3))
    assert exact.rows((29, 28, 3), network)[-1].activations == (4, 4, 6)
    assert exact.cut((29, 28, 3), network) == (2, 3)
    assert exact.cut((30, 36, 3), network) == ()


def test_sides_are_those_that_pooling_divides() -> None:
    network = (Pool(2), Conv(3, 4), Pool(3))
    assert exact.sides(network, 10, 20, cut=False) == [12, 18]
    assert exact.sides(network, 10, 14, cut=True) == [10, 11, 13, 14]


def test_pieces_name_each_kind_once() -> None:
    network = (Conv(5, 4), Conv(3, 8), Pool(3), Conv(5, 6), Pool(2), Flatten(), Dense(2))
    assert exact.pieces(network) == (((3, 1), (5, 2)), (2, 3))


# --- the statement's view ----------------------------------------------------------------------


def test_printed_rows_hide_the_blanks_and_number_them_in_order() -> None:
    p = PROBLEM.published
    by_name = dict(zip(range(1, 7), p.table, strict=True))
    assert [name for name, _ in p.table] == ["CONV3-10", "POOL2", "CONV3-10", "POOL2", "FLATTEN", "FC-3"]
    assert by_name[1][1] == (None, (28, 28, 10), {"parameters": 1})
    assert by_name[3][1] == (Count((3, 3, 10, 10), 10), None, {"activations": 2})
    assert by_name[4][1] == (None, None, {"parameters": 3, "activations": 4})
    assert by_name[6][1] == (None, (3,), {"parameters": 5})
    assert list(p.labels.items())[-1] == ("parameters_6", "(5)")


@pytest.mark.parametrize("level", LEVELS)
def test_no_printed_row_holds_an_answer(level: Level) -> None:
    for p in drawn(level, 40):
        for cell in p.blanks:
            assert getattr(p.table[cell.row - 1][1], cell.column) is None


def test_work_leads_to_every_blank() -> None:
    p = PROBLEM.published
    work = exact.work(p.size, p.layers, p.blanks)
    assert work["total"] == 2483
    assert [step.answer for step in work["steps"]] == list(PROBLEM.solve(p))
    assert work["steps"][-1].fed == (490,)
    assert not any(step.cut for step in work["steps"])
    assert exact.work((5, 4, 1), (Pool(2),), (Cell(1, "activations"),))["steps"][0].cut


# --- two roads ---------------------------------------------------------------------------------

shared = settings(deadline=None, max_examples=60)  # the first example pays for importing torch

maps = st.one_of(
    st.builds(Conv, kernel=st.sampled_from((1, 3, 5)), filters=st.integers(1, 5)),
    st.builds(Pool, size=st.integers(1, 3)),
)
networks = st.builds(
    lambda body, tail: (*body, Flatten(), *tail),
    st.lists(maps, max_size=4),
    st.lists(st.builds(Dense, units=st.integers(1, 6)), max_size=2),
)
sizes = st.tuples(st.integers(81, 90), st.integers(81, 90), st.integers(1, 4))
"""Large enough for four poolings by three."""


@shared
@given(sizes, networks)
def test_torch_agrees_with_every_cell(size: tuple[int, int, int], network: tuple[Layer, ...]) -> None:
    cells = tuple(Cell(row, column) for row in range(len(network) + 1) for column in exact.COLUMNS)
    assert exact.answers(size, network, cells) == oracle.entries(size, network, cells)


@shared
@given(sizes, networks)
def test_flattening_loses_nothing(size: tuple[int, int, int], network: tuple[Layer, ...]) -> None:
    table = exact.rows(size, network)
    flat = network.index(Flatten()) + 1
    assert table[flat].activations == (prod(table[flat - 1].activations),)


@shared
@given(sizes, networks)
def test_the_oracle_reads_real_modules(size: tuple[int, int, int], network: tuple[Layer, ...]) -> None:
    """The oracle's own facts, without the exact road: only convolutions and dense layers have parameters."""
    cells = tuple(Cell(row, "parameters") for row in range(1, len(network) + 1))
    for layer, count in zip(network, oracle.entries(size, network, cells).values(), strict=True):
        assert (count == 0) == isinstance(layer, (Pool, Flatten))


@pytest.mark.parametrize("p", [PROBLEM.published, *PROBLEM.edges])
def test_both_roads_agree_on_published_and_edges(p: Params) -> None:
    assert proving.disagreements(drawing.given("shape_table", PROBLEM, p, "standard")) == []


def test_the_oracle_shares_only_the_records() -> None:
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    own = {name for name in imported if name.startswith(("solvers", "problems", "psetpress"))}
    assert own == {"solvers.architecture.layers"}


def test_a_wrong_key_is_not_proved() -> None:
    variant = drawing.given("shape_table", PROBLEM, PROBLEM.published, "standard")
    (found,) = proving.disagreements(replace(variant, answers=variant.answers | {"parameters_6": 150}))
    assert found.answer == "parameters_6"


# --- misconceptions ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trap", "entries"),
    [
        ("forgot-channels", {"parameters_3": 100}),
        ("forgot-bias", {"parameters_1": 90, "parameters_3": 900, "parameters_6": 1470}),
        ("pool-has-weights", {"parameters_2": 40, "parameters_4": 40}),
        ("bias-per-pixel", {"parameters_1": 90 + 7840, "parameters_3": 900 + 1960}),
        ("fc-forgot-channels", {"activations_5": (49,), "parameters_6": 150}),
    ],
)
def test_misconceptions_change_exactly_these_cells_of_the_source(trap: str, entries: dict[str, object]) -> None:
    assert TRAPS[trap](SIZE, NETWORK, EVERY) == entries


def test_without_padding_maps_shrink_layer_by_layer() -> None:
    believed = wrong.no_padding(SIZE, NETWORK, EVERY)
    shapes = [believed[f"activations_{row}"] for row in range(1, 6)]
    assert shapes == [(26, 26, 10), (13, 13, 10), (11, 11, 10), (5, 5, 10), (250,)]


def test_pooling_that_halves_channels_starves_what_follows() -> None:
    believed = wrong.pool_halves_channels(SIZE, NETWORK, EVERY)
    assert believed["activations_2"] == (14, 14, 5)
    assert believed["parameters_3"] == 3 * 3 * 5 * 10 + 10
    assert believed["activations_4"] == (7, 7, 5)


@pytest.mark.parametrize(
    ("trap", "entries"),
    [
        ("forgot-bias", {"parameters_1": 90, "parameters_6": 1470}),
        ("no-padding", {"activations_3": (12, 12, 10), "activations_4": (6, 6, 10)}),
        ("pool-has-weights", {"parameters_4": 40}),
        ("pool-halves-channels", {"activations_4": (7, 7, 5)}),
        ("fc-forgot-channels", {"parameters_6": 150}),
        ("bias-per-pixel", {"parameters_1": 7930}),
        ("ceil", {}),
    ],
)
def test_misconceptions_on_the_published_blanks_read_what_is_printed(trap: str, entries: dict[str, object]) -> None:
    p = PROBLEM.published
    assert TRAPS[trap](p.size, p.layers, p.blanks) == entries


def test_the_published_table_hides_forgotten_channels_only() -> None:
    p = PROBLEM.published
    assert (
        tuple(proving.blind_spots(drawing.given("shape_table", PROBLEM, p, "standard")))
        == PROBLEM.blind
        == ("forgot-channels",)
    )


def test_rounding_up_counts_the_window_over_the_edge() -> None:
    blanks = (Cell(1, "activations"), Cell(2, "activations"))
    assert wrong.pool_rounds_up((7, 8, 2), (Pool(2), Flatten()), blanks) == {
        "activations_1": (4, 4, 2),
        "activations_2": (32,),
    }


def test_a_belief_that_leaves_no_pixel_makes_no_sense() -> None:
    assert wrong.no_padding((4, 4, 1), (Conv(5, 2),), (Cell(1, "activations"),)) == {}


def test_every_misconception_of_the_record_is_tested_here() -> None:
    p = PROBLEM.published
    assert {item.name: item.solve(p) for item in PROBLEM.misconceptions} == {
        name: solve(p.size, p.layers, p.blanks) for name, solve in TRAPS.items()
    }


# --- draws -------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
def test_every_misconception_is_visible_in_every_draw(level: Level) -> None:
    for p in drawn(level, 60):
        right = PROBLEM.solve(p)
        for item in PROBLEM.misconceptions:
            believed = item.solve(p)
            assert all(believed[name] != right[name] for name in believed), item.name
            assert believed or (item.name == "ceil" and not p.cut), item.name


@pytest.mark.parametrize("level", LEVELS)
def test_draws_are_as_the_level_promises(level: Level) -> None:
    for p in drawn(level, 60):
        width, height, channels = p.size
        assert width != height
        assert channels > 1
        assert p.cut == (level == "hard")
        assert p.blanks == tuple(sorted(p.blanks, key=lambda cell: (cell.row, exact.COLUMNS.index(cell.column))))
        assert len(set(p.blanks)) == len(p.blanks) == 5 + shape_table.MORE_BLANKS[level]
        assert exact.total(p.size, p.layers) <= shape_table.MOST_PARAMETERS


@pytest.mark.parametrize("level", LEVELS)
def test_most_attempts_are_accepted(level: Level) -> None:
    assert len(drawn(level, 100)) > 60


def test_a_class_gets_different_tables() -> None:
    variants = drawn("standard", 540)
    assert len({codec.identity("shape_table", PROBLEM, codec.dump(p)) for p in variants}) >= 500


@pytest.mark.parametrize("level", LEVELS)
def test_torch_proves_every_draw_and_parameters_survive_json(level: Level) -> None:
    for p in drawn(level, 40):
        assert proving.disagreements(drawing.given("shape_table", PROBLEM, p, "standard")) == []
        assert codec.load(Params, codec.dump(p), "test") == p


def test_points_can_be_shared_by_the_blanks() -> None:
    (part,) = PROBLEM.parts
    assert part.points == Fraction(5)
    assert list(part.kinds(PROBLEM.published)) == list(PROBLEM.solve(PROBLEM.published))
