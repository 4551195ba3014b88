"""Day 7, question 7: Figure 4 of Santurkar et al., the loss along the gradient with and without BatchNorm."""

from __future__ import annotations

from problems._papers import figure_question, item

PROBLEM = figure_question(
    title="Figure 4 of Santurkar et al.: the loss along the gradient",
    number=7,
    experiment="santurkar_fig4",
    traps=(
        item(
            "training-run",
            "-0.2",
            "Each step length is taken for a training run; it is a probe, in which nothing is trained.",
        ),
        item(
            "different-learning-rates",
            "-0.2",
            "The bands are said to come from different learning rates (right for a replication done so).",
        ),
        item(
            "hessian",
            "-0.1",
            "Effective $\\beta$ is called the largest eigenvalue of the Hessian; it is a local, directional estimate.",
        ),
        item(
            "global-claim",
            "-0.2",
            "The loss is said to be smooth everywhere with BN; the probes are local, along the trajectory.",
        ),
    ),
)
