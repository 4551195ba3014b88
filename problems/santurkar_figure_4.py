"""Day 7, question 7: Figure 4 of Santurkar et al., the loss along the gradient with and without BatchNorm."""

from __future__ import annotations

from problems._papers import figure_question, item

PROBLEM = figure_question(
    title="Santurkar et al., Figure 4",
    number=7,
    experiment="santurkar_fig4",
    traps=(
        item("training-run", "-0.2", "Each step length is taken for a training run; it is a probe, after which training goes on from where it was."),
        item("different-learning-rates", "-0.2", "The bands are said to come from networks trained at different rates (right as the description of a replication that does so)."),
        item("hessian", "-0.1", "The effective $\\beta$ is said to be the largest eigenvalue of the Hessian; it is a local estimate along one direction."),
        item("global-claim", "-0.2", "The loss is said to be smooth everywhere with BN; the figure shows it near the points that training passes."),
    ),
)
