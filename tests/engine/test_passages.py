"""Passages: words that several documents print, each with its own answer space."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from psetpress.passages import GAP, Passage, Space
from psetpress.targets import Slot
from psetpress.targets.latex import LatexTarget
from psetpress.templates import strip
from psetpress.tex import TeX

SPACE = Space([Slot("1.a", TeX("$y$"), "3cm")], TeX("GRID"))
HANDOUT, KEY = LatexTarget(responses=True), LatexTarget(responses=False)
MARK = "\ue000t:3\ue001"


def passage(words: str, space: Space | None = SPACE) -> Passage:
    return Passage(TeX(words), space, frozenset(), {})


def test_a_handout_leaves_the_space_and_a_key_leaves_it_out() -> None:
    asked = passage(f"What is $y$?\n\n{MARK}{GAP}")
    response = "\\begin{response}{1.a}{3cm}{$y$}\nGRID\n% write here\n\\end{response}"
    assert asked.on(HANDOUT) == f"What is $y$?\n\n{MARK}{response}"
    assert asked.on(KEY) == "What is $y$?"


def test_words_without_a_space_stay_as_they_are() -> None:
    assert passage("An intro.", None).on(HANDOUT) == "An intro."


def test_a_statement_that_is_only_a_space_is_empty_in_a_key() -> None:
    assert passage(f"{MARK}{GAP}").on(KEY) == ""


PIECES = st.lists(st.sampled_from(["words", " ", "\n", "\n\n", MARK, "%"]), max_size=6).map("".join)


@given(before=PIECES, after=PIECES)
def test_filling_the_gap_later_is_filling_it_at_once(before: str, after: str) -> None:
    for target in (HANDOUT, KEY):
        at_once = strip(before + target.respond(SPACE.slots, SPACE.inside) + after)
        assert passage(strip(before + GAP + after)).on(target) == at_once
