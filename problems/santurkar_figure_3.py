"""Day 7, question 6: Figure 3 of Santurkar et al., internal covariate shift measured by gradients."""

from __future__ import annotations

from problems._papers import figure_question, item

PROBLEM = figure_question(
    title="Santurkar et al., Figure 3",
    number=6,
    experiment="santurkar_fig3",
    traps=(
        item("reduces-ics", "-0.5", "BN is said to lower internal covariate shift (right for the end of the VGG run at rate 0.01, with the remark that it has converged)."),
        item("row-blind", "-0.2", "The standard deep linear network is said to have no shift at either rate; that is so at $10^{-7}$ only."),
        item("all-layers-updated", "-0.2", "The second gradient is said to use new weights in all layers; only the preceding layers have them."),
        item("different-batch", "-0.1", "The two gradients are said to come from different batches; they come from the same one."),
        item("weights-not-gradient", "-0.2", "The plots are read as changes of the weights; they compare two gradients."),
    ),
)
