"""Day 7, question 8: how to answer someone who asks why BatchNorm works."""

from __future__ import annotations

from problems._papers import item, text_question

PROBLEM = text_question(
    title="Why BatchNorm works",
    number=8,
    minutes=8,
    rubric=(
        item("ics-only", "-0.5", "BN works because it reduces internal covariate shift (right as the motive of its authors)."),
        item("smoothness-proved", "-0.2", "A smoother loss is said to be the proven, or the only, cause; it is the best supported account."),
        item("no-evidence", "-0.3", "No experiment of the two papers supports the answer."),
        item("no-account", "-0.5", "It is not said what BN does to the loss, or to the gradients, that makes training easier."),
    ),
)
