"""Results in words: numbers short, names without underscores."""

from __future__ import annotations

from typing import Any

import pytest

from psetpress import experiment_words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (0.125, "0.125"),
        ((1, 2.5), "1, 2.5"),
        ({"plain": 0.5, "steps_made": None}, "plain 0.5; steps made none"),
        (True, "True"),
    ],
)
def test_values_in_words(value: Any, text: str):
    assert experiment_words._shown(value) == text
