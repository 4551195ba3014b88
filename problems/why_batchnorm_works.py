"""Day 7, question 8: how to answer someone who asks why BatchNorm works."""

from __future__ import annotations

from problems._papers import item, text_question

PROBLEM = text_question(
    title="Two accounts of why BatchNorm works",
    number=8,
    minutes=8,
    rubric=(
        item(
            "ics-only",
            "-0.5",
            "BN is said to work because it reduces covariate shift (right as what its authors aimed at).",
        ),
        item(
            "smoothness-proved",
            "-0.2",
            "Smoothness is said to be the proven or the only cause; it is the best supported account.",
        ),
        item("no-evidence", "-0.3", "No experiment of the two papers supports the answer."),
        item(
            "no-account", "-0.5", "It is not said what BN does to the loss or its gradient that makes training easier."
        ),
    ),
)
