"""Day 7, question 4: Figure 1 of Santurkar et al., accuracy and layer inputs of a VGG with and without BatchNorm."""

from __future__ import annotations

from problems._papers import figure_question, item

PROBLEM = figure_question(
    title="Figure 1 of Santurkar et al.: accuracy and distributions",
    number=4,
    experiment="santurkar_fig1",
    traps=(
        item("more-stable", "-0.5", "Panel (c) is said to show clearly more stable distributions with BN."),
        item(
            "colour-means-bn",
            "-0.1",
            "Colors in (a) and (b) are said to tell BN from standard (right for an edition where they do).",
        ),
        item("larger-is-better", "-0.1", "BN at rate 0.5 is said to beat BN at rate 0.1."),
        item(
            "disproved",
            "-0.2",
            "The figure alone is said to refute the account by covariate shift; it raises the doubt.",
        ),
    ),
)
