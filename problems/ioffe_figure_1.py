"""Day 7, question 2: Figure 1 of Ioffe and Szegedy, an MNIST network with and without BatchNorm."""

from __future__ import annotations

from problems._papers import figure_question, item

PROBLEM = figure_question(
    title="Figure 1 of Ioffe and Szegedy: sigmoids on MNIST",
    number=2,
    experiment="ioffe_fig1",
    traps=(
        item(
            "three-distributions",
            "-0.2",
            "The three percentile curves are taken for three distributions; they describe one.",
        ),
        item("train-accuracy", "-0.1", "Panel (a) is read as training accuracy; it is test accuracy."),
        item(
            "wall-clock", "-0.1", "BN is said to need less time; what is plotted are steps (right if a time is quoted)."
        ),
        item(
            "proof-of-ICS",
            "-0.2",
            "The figure is said to prove that less covariate shift causes the speed-up; it only agrees with that.",
        ),
    ),
)
