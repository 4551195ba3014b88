"""Day 7, question 3: Figure 2 of Ioffe and Szegedy, Inception with and without BatchNorm on ImageNet."""

from __future__ import annotations

from problems._papers import figure_question, item

PROBLEM = figure_question(
    title="Figure 2 of Ioffe and Szegedy: Inception on ImageNet",
    number=3,
    experiment="ioffe_fig2",
    traps=(
        item(
            "only-lr-changed", "-0.2", "BN-x5 and BN-x30 are said to differ from BN-Baseline by the learning rate only."
        ),
        item("x30-fastest", "-0.2", "BN-x30 is said to reach 72.2\\,\\% first; that is BN-x5, and BN-x30 ends best."),
        item("sigmoid-reaches-target", "-0.2", "BN-x5-Sigmoid is said to reach 72.2\\,\\%; its best is 69.8\\,\\%."),
        item("top-5", "-0.1", "The vertical axis is read as top-5 accuracy; it is top-1."),
    ),
)
