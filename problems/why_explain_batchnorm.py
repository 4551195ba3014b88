"""Day 7, question 9: what an explanation of BatchNorm is good for."""

from __future__ import annotations

from problems._papers import item, text_question

PROBLEM = text_question(
    title="What an explanation of BatchNorm is good for",
    number=9,
    minutes=5,
    rubric=(
        item("not-needed", "-1", "BN works, so no explanation is needed."),
        item("no-use", "-0.5", "It is not said what one would do differently with the right explanation, or with a wrong one."),
    ),
)
