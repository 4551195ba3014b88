"""What a web of objects was comes back: attributes, containers and arrays, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from psetpress.letterless.before import Before
from psetpress.letterless.labels import Label


def web() -> dict[str, Any]:
    label = Label(0, 0, "l", 0, 8, "words")
    inner: dict[str, Any] = {"label": label, "list": [1, [2]], "set": {1}, "pair": ([3], 4)}
    inner["self"] = inner
    return {**inner, "array": np.array([1.0, 2.0]), "number": np.array(5.0), "other": memoryview(bytearray(2))}


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held.clear(),
        lambda held: held.update(new=1),
        lambda held: held.pop("list"),
        lambda held: held["list"].append(9),
        lambda held: held["list"][1].clear(),
        lambda held: held["set"].add(2),
        lambda held: held["pair"][0].extend([5, 6]),
        lambda held: held["array"].fill(7),
        lambda held: held["number"].fill(7),
        lambda held: held.update(array=None, list=None),
        lambda held: vars(held["label"]).update(x=3, y=4, note="new"),
        lambda held: vars(held["label"]).clear(),
        lambda held: held["self"].update(label=None),
    ],
)
def test_what_was_held_is_held_again(change: Any) -> None:
    held, expected = web(), web()
    things = {name: id(thing) for name, thing in held.items()}
    before = Before(held)
    for _ in range(2):
        change(held)
        before.put_back()
        assert {name: id(thing) for name, thing in held.items()} == things
        assert vars(held["label"]) == vars(expected["label"])
        for name in ("list", "set", "pair"):
            assert held[name] == expected[name]
        assert held["array"].tolist() == [1.0, 2.0]
        assert held["number"] == 5.0
        assert held["self"]["label"] is held["label"]


def test_the_order_of_a_dictionary_comes_back() -> None:
    held = {"a": 1, "b": 2}
    before = Before(held)
    held["a"] = held.pop("a")
    before.put_back()
    assert [*held] == ["a", "b"]


def test_what_belongs_to_nobody_here_is_left_alone() -> None:
    held = web()
    before = Before(held)
    held["other"][0] = 7
    before.put_back()
    assert held["other"][0] == 7


def test_arrays_that_cannot_change_need_not_come_back() -> None:
    array = np.zeros(2)
    array.flags.writeable = False
    Before([array]).put_back()
