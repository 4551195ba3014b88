"""Day 7, question 6: Figure 3 of Santurkar et al., internal covariate shift measured by gradients."""

from __future__ import annotations

from problems._papers import figure_question, item

PROBLEM = figure_question(
    title="Figure 3 of Santurkar et al.: covariate shift of gradients",
    number=6,
    experiment="santurkar_fig3",
    traps=(
        item(
            "reduces-ics",
            "-0.5",
            "BN is said to lower the shift (right late in the VGG run at 0.01 if called convergence).",
        ),
        item(
            "row-blind",
            "-0.2",
            "The standard linear network is said to have no shift at either rate; only at $10^{-7}$ is that so.",
        ),
        item(
            "all-layers-updated",
            "-0.2",
            "The second gradient is said to see new weights in all layers; only the preceding ones are new.",
        ),
        item(
            "different-batch",
            "-0.1",
            "The two gradients are said to come from different batches; the batch is the same.",
        ),
        item("weights-not-gradient", "-0.2", "The plots are read as changes of weights, not of gradients."),
    ),
)
