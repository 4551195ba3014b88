"""Day 7, question 4: Figure 1 of Santurkar et al., accuracy and layer inputs of a VGG with and without BatchNorm."""

from __future__ import annotations

from problems._papers import figure_question, item

PROBLEM = figure_question(
    title="Santurkar et al., Figure 1",
    number=4,
    experiment="santurkar_fig1",
    traps=(
        item("more-stable", "-0.5", "Panel (c) is said to show that the distributions are clearly more stable with BN."),
        item("colour-means-bn", "-0.1", "Color is said to tell BN from standard in (a) and (b); it tells the learning rates apart (right for an edition of the paper whose colors do so)."),
        item("larger-is-better", "-0.1", "BN at rate 0.5 is said to beat BN at rate 0.1."),
        item("disproved", "-0.2", "The figure alone is said to refute the account by internal covariate shift; it raises the doubt."),
    ),
)
