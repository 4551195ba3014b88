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
        item("per-activation", "-0.2", "Every position of a feature map gets statistics of its own (right for a fully connected layer only)."),
        item("no-gamma-beta", "-0.1", "The layer returns the standardized value: the scale $\\gamma$ and the shift $\\beta$ are left out."),
        item("all-training-images", "-0.1", "During training the statistics come from the whole training set, not from the mini-batch."),
        item("whitening", "-0.2", "Batch normalization is said to decorrelate the channels."),
        item("batch-stats-at-test", "-0.5", "The test batch, or the single image, supplies mean and variance (right if named as another method)."),
        item("update-at-test", "-0.2", "The running averages go on moving at test time."),
    ),
)
