"""Parameters as JSON and back: nothing lost, nothing guessed, errors that name the place."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress import codec
from psetpress.errors import PsetpressError, UsageError


@dataclass(frozen=True)
class Conv:
    kernel: int
    filters: int = 1


@dataclass(frozen=True)
class Pool:
    """The same fields as Conv: only the class tells them apart."""

    kernel: int
    filters: int = 1


@dataclass(frozen=True)
class Flatten:
    pass


@dataclass(frozen=True)
class Size:
    height: int
    width: int

    def __post_init__(self) -> None:
        if self.height < 1:
            raise ValueError(f"height must be positive, not {self.height}")


@dataclass(frozen=True)
class Params:
    count: int
    mean: Fraction
    flag: bool
    name: str
    mode: Literal["same", "valid"]
    base: Literal[2, 10]
    shape: tuple[int, int]
    values: tuple[Fraction, ...]
    grid: tuple[tuple[int, ...], ...]
    size: Size
    layers: tuple[Conv | Pool | Flatten, ...]
    extra: Size | None
    number: int | Fraction
    either: int | tuple[int, ...]


EXAMPLE = Params(
    count=-3,
    mean=Fraction(3, 2),
    flag=True,
    name="é \\ \u2028",
    mode="same",
    base=10,
    shape=(2, 3),
    values=(Fraction(1), Fraction(-1, 3)),
    grid=((1, 2), ()),
    size=Size(4, 5),
    layers=(Conv(3), Pool(3), Flatten()),
    extra=None,
    number=Fraction(1, 2),
    either=(1, 2),
)

INTS = st.integers(-(10**30), 10**30)
SIZES = st.builds(Size, st.integers(1, 99), INTS)
LAYERS = st.one_of(st.builds(Conv, INTS, INTS), st.builds(Pool, INTS, INTS), st.just(Flatten()))
PARAMS = st.builds(
    Params,
    count=INTS,
    mean=st.fractions(),
    flag=st.booleans(),
    name=st.text(st.characters(exclude_categories=["Cs"])),
    mode=st.sampled_from(["same", "valid"]),
    base=st.sampled_from([2, 10]),
    shape=st.tuples(INTS, INTS),
    values=st.lists(st.fractions(), max_size=4).map(tuple),
    grid=st.lists(st.lists(INTS, max_size=3).map(tuple), max_size=3).map(tuple),
    size=SIZES,
    layers=st.lists(LAYERS, max_size=4).map(tuple),
    extra=st.none() | SIZES,
    number=INTS | st.fractions().filter(lambda x: x.denominator > 1),
    either=INTS | st.lists(INTS, max_size=3).map(tuple),
)


def through_json(data: object) -> Any:
    return json.loads(json.dumps(data, allow_nan=False))


def data(**changes: Any) -> dict[str, Any]:
    """The example as a set file would give it, with changes."""
    return {**codec.dump(EXAMPLE), **changes}


def refusal(**changes: Any) -> str:
    with pytest.raises(UsageError) as caught:
        codec.load(Params, data(**changes), "hw.toml")
    return caught.value.message


# --- round trips -------------------------------------------------------------------------------


@given(PARAMS)
def test_parameters_survive_json(params: Params) -> None:
    loaded = codec.load(Params, through_json(codec.dump(params)), "test")
    assert loaded == params
    assert list(map(type, loaded.layers)) == list(map(type, params.layers))
    assert type(loaded.number) is type(params.number)


def test_the_json_of_every_type() -> None:
    assert codec.dump(EXAMPLE) == {
        "count": -3,
        "mean": "3/2",
        "flag": True,
        "name": "é \\ \u2028",
        "mode": "same",
        "base": 10,
        "shape": [2, 3],
        "values": ["1", "-1/3"],
        "grid": [[1, 2], []],
        "size": {"height": 4, "width": 5},
        "layers": [
            {"class": "Conv", "kernel": 3, "filters": 1},
            {"class": "Pool", "kernel": 3, "filters": 1},
            {"class": "Flatten"},
        ],
        "extra": None,
        "number": "1/2",
        "either": [1, 2],
    }


def test_defaults_and_what_may_be_none_can_be_left_out() -> None:
    given = data(layers=[{"class": "Conv", "kernel": 5}])
    del given["extra"]
    loaded = codec.load(Params, given, "test")
    assert loaded.layers == (Conv(5, 1),)
    assert loaded.extra is None


def test_one_possible_class_may_be_named_or_not() -> None:
    for size in ({"height": 1, "width": 2}, {"class": "Size", "height": 1, "width": 2}):
        assert codec.load(Params, data(extra=size), "test").extra == Size(1, 2)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (0.1, Fraction(1, 10)),
        (1e-7, Fraction(1, 10**7)),
        (3, Fraction(3)),
        ("3/2", Fraction(3, 2)),
        ("-1.25", Fraction(-5, 4)),
        ("+7", Fraction(7)),
        ("1/010", Fraction(1, 10)),
    ],
)
def test_numbers_are_taken_as_they_are_written(written: object, value: Fraction) -> None:
    assert codec.exact(written) == value
    assert codec.load(Params, data(mean=written), "test").mean == value


@pytest.mark.parametrize(
    "written", ["1/0", "3 / 2", "1e400000000", "half", "", "1_000", float("nan"), float("inf"), True, None, [1]]
)
def test_what_is_no_number_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="is not a number or a fraction such as"):
        codec.exact(written)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_reads_back(number: float) -> None:
    assert float(codec.exact(number)) == number


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"count": "3"}, 'count: must be a whole number, not "3"'),
        ({"count": 3.0}, "count: must be a whole number, not 3.0"),
        ({"count": True}, "count: must be a whole number, not true"),
        ({"mean": "x"}, 'mean: must be a number or a fraction such as "3/2", not "x"'),
        ({"mean": False}, 'mean: must be a number or a fraction such as "3/2", not false'),
        ({"flag": 1}, "flag: must be true or false, not 1"),
        ({"name": 4}, "name: must be a string, not 4"),
        ({"name": datetime.date(2023, 2, 1)}, "name: must be a string, not 2023-02-01"),
        ({"mode": "full"}, 'mode: must be "same" or "valid", not "full"'),
        ({"base": 10.0}, "base: must be 2 or 10, not 10.0"),
        ({"shape": [1, 2, 3]}, "shape: must be an array of 2, not [1, 2, 3]"),
        ({"shape": 1}, "shape: must be an array of 2, not 1"),
        ({"shape": "12"}, 'shape: must be an array of 2, not "12"'),
        ({"values": [1, "x"]}, 'values 2: must be a number or a fraction such as "3/2", not "x"'),
        ({"grid": [[1], [2, "3"]]}, 'grid 2 2: must be a whole number, not "3"'),
        ({"grid": [1]}, "grid 1: must be an array, not 1"),
        ({"size": {"height": 1, "width": "2"}}, 'size, width: must be a whole number, not "2"'),
        ({"size": 3}, "size: must be a table of height, width, not 3"),
        ({"size": {"height": 0, "width": 1}}, "size: height must be positive, not 0"),
        ({"size": {"height": 1}}, "size: parameter width is missing; the parameters are height, width"),
        (
            {"size": {"height": 1, "widht": 1}},
            'size: unknown parameter "widht" (did you mean "width"?); known are height, width',
        ),
        (
            {"layers": [{"kernel": 3}]},
            'layers 1: the key "class" must be "Conv" or "Pool" or "Flatten", but is missing',
        ),
        (
            {"layers": [{"class": "Conv", "kernel": 1}, {"class": "conv"}]},
            'layers 2: the key "class" must be "Conv" or "Pool" or "Flatten", not "conv"',
        ),
        (
            {"layers": [{"class": ["Conv"]}]},
            'layers 1: the key "class" must be "Conv" or "Pool" or "Flatten", not ["Conv"]',
        ),
        ({"layers": [{"class": "Conv", "kernel": None}]}, "layers 1, kernel: must be a whole number, not null"),
        ({"layers": [{"class": "Flatten", "n": 1}]}, 'layers 1: unknown parameter "n"; known are none'),
        ({"extra": "none"}, 'extra: must be a table of height, width or null, not "none"'),
        ({"either": "x"}, 'either: must be a whole number or an array, not "x"'),
        ({"maen": 1}, 'unknown parameter "maen" (did you mean "mean"?); known are count, mean, '),
        ({"class": "Params"}, 'unknown parameter "class"; known are count, mean, '),
        ({"name": ["x" * 100]}, 'name: must be a string, not ["' + "x" * 58 + "..."),
    ],
)
def test_bad_data_is_named_with_its_place(changes: dict[str, Any], expected: str) -> None:
    message = refusal(**changes)
    assert message.startswith(f"hw.toml: {expected}")
    assert expected.endswith(", ") or message == f"hw.toml: {expected}"


def test_all_missing_parameters_are_named() -> None:
    with pytest.raises(UsageError, match=r"^hw: parameter height, width is missing; the parameters are height, width$"):
        codec.load(Size, {}, "hw")


def test_fresh_parameters_are_equal_and_remember_nothing(toy: SimpleNamespace) -> None:
    noted = toy.Params(3, 4, Fraction(2, 3), "words", (5, 6))
    vars(noted)["note"] = 12
    again = codec.fresh(noted)
    assert again == noted
    assert "note" not in vars(again)


@given(PARAMS)
def test_fresh_parameters_share_no_record(params: Params) -> None:
    again = codec.fresh(params)
    assert again == params
    assert codec.dump(again) == codec.dump(params)
    assert again is not params
    assert all(one is not other for one, other in zip(again.layers, params.layers, strict=True))


def test_one_field_is_read_as_all_are() -> None:
    assert codec.load_field(Params, "shape", [1, 2], "hw") == (1, 2)
    with pytest.raises(UsageError, match=r'^hw: shape: must be an array of 2, not "x"$'):
        codec.load_field(Params, "shape", "x", "hw")
    with pytest.raises(
        UsageError, match=r'^hw: unknown parameter "shap" \(did you mean "shape"\?\); known are count, '
    ):
        codec.load_field(Params, "shap", [1, 2], "hw")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"count": np.int64(3)}, "Params.count is np.int64(3) (int64), but is annotated as int"),
        ({"mean": 2}, "Params.mean is 2 (int), but is annotated as Fraction"),
        ({"count": True}, "Params.count is True (bool), but is annotated as int"),
        ({"mode": "full"}, "Params.mode is 'full' (str), but is annotated as Literal['same', 'valid']"),
        ({"shape": [1, 2]}, "Params.shape is [1, 2] (list), but is annotated as tuple[int, int]"),
        ({"shape": (1, 2, 3)}, "Params.shape is (1, 2, 3) (tuple), but is annotated as tuple[int, int]"),
        ({"values": (0.5,)}, "Params.values is 0.5 (float), but is annotated as Fraction"),
        ({"size": Conv(1)}, "Params.size is Conv(kernel=1, filters=1) (Conv), but is annotated as Size"),
    ],
)
def test_a_value_of_another_type_cannot_be_stored(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(PsetpressError) as caught:
        codec.dump(replace(EXAMPLE, **changes))
    assert caught.value.message == expected


# --- identity ----------------------------------------------------------------------------------


def test_the_identity_is_of_problem_version_and_parameters(toy: SimpleNamespace) -> None:
    data = codec.dump(toy.Params(1, 2))
    one = codec.identity("toy", toy.PROBLEM, data)
    assert one == "e1d5e8ccfb8baf32"
    assert one == codec.identity("toy", toy.PROBLEM, codec.dump(toy.Params(1, 2)))
    others = [
        codec.identity("other", toy.PROBLEM, data),
        codec.identity("toy", toy.variation(version=2), data),
        codec.identity("toy", toy.PROBLEM, codec.dump(toy.Params(2, 1))),
    ]
    assert len({one, *others}) == 4


@given(PARAMS, PARAMS)
def test_identities_are_equal_only_for_equal_parameters(one: Params, other: Params) -> None:
    problem: Any = SimpleNamespace(version=1)
    first, second = (codec.identity("x", problem, codec.dump(params)) for params in (one, other))
    assert (first == second) is (one == other)
