"""Day 7, question 9: what an explanation of BatchNorm is good for."""

from __future__ import annotations

from problems._papers import item, text_question

PROBLEM = text_question(
    title="The use of explaining BatchNorm",
    number=9,
    minutes=5,
    rubric=(
        item("not-needed", "-1", "BN works, so no explanation is needed."),
        item(
            "no-use",
            "-0.5",
            "It is not said what a right explanation would let one do, or what a wrong one would cost.",
        ),
    ),
)
