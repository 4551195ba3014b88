"""Day 7, question 5: Figure 2 of Santurkar et al., BatchNorm with noise after it."""

from __future__ import annotations

from problems._papers import figure_question, item

PROBLEM = figure_question(
    title="Figure 2 of Santurkar et al.: noise after BatchNorm",
    number=5,
    experiment="santurkar_fig2",
    interpretation="-0.1",
    traps=(
        item(
            "noise-before-bn",
            "-0.2",
            "The noise is said to enter before the normalization, which would remove most of it.",
        ),
        item(
            "fixed-noise",
            "-0.2",
            "The noise is said to keep one distribution; its parameters are redrawn at every step.",
        ),
        item("test-accuracy", "-0.1", "The curves are read as test accuracy; they are training accuracy."),
        item("noisy-is-better-than-bn", "-0.2", "Noise is said to improve on BN; the two are nearly equal."),
    ),
)
