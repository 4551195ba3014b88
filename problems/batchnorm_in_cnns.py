"""Day 7, question 1: what batch normalization is in a CNN, and what it does with a single image at test time."""

from __future__ import annotations

from problems._papers import item, text_question

PROBLEM = text_question(
    title="BatchNorm in a CNN, in training and at test time",
    number=1,
    minutes=8,
    rubric=(
        item("cnn", "-0.5", "It is not said what batch normalization does in a CNN."),
        item("single-image", "-0.5", "It is not said what happens to a single image at test time."),
        item(
            "per-activation",
            "-0.2",
            "Every position of a map gets statistics of its own (right only for a fully connected layer).",
        ),
        item("no-gamma-beta", "-0.1", "The scale $\\gamma$ and the shift $\\beta$ are left out."),
        item(
            "all-training-images",
            "-0.1",
            "In training the statistics are taken over the whole training set, not over the mini-batch.",
        ),
        item("whitening", "-0.2", "Batch normalization is said to decorrelate the channels."),
        item(
            "batch-stats-at-test",
            "-0.5",
            "The test batch or the image itself supplies the statistics (right as another method, so named).",
        ),
        item("update-at-test", "-0.2", "The running averages go on moving at test time."),
    ),
)
