"""What keys quote of a result: the names that an experiment must record before its key can speak.

A key chooses its sentences by the claims and fills them with their evidence. Whatever else an experiment measures
is its own affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solvers.training.record import Recorded

Names = tuple[str, ...]


@dataclass(frozen=True)
class Quoted:
    """Names by where they stand: claims with their evidence, measurements (rows with their columns), arrays, settings.

    Accuracies are fractions of 1; ``low`` and ``high`` bound a 95 % interval over seeds.
    """

    claims: Mapping[str, Names]
    arrays: Names = ()
    rows: Mapping[str, Names] = field(default_factory=dict[str, Names])
    measurements: Names = ()
    settings: Names = ()


DROPOUT_EFFECT = Quoted(
    claims={
        # Without dropout the network all but memorizes its training images: means over seeds at the end.
        "memorizes": ("training", "validation", "gap"),
        # Training accuracy rises more slowly with dropout: means after `epoch` epochs.
        "slower": ("epoch", "dropout", "plain"),
        # Training accuracy ends lower with dropout: the paired difference lies beyond two standard errors.
        "ends_lower": ("dropout", "plain", "difference", "error"),
        # The gap between training and validation accuracy is smaller with dropout, beyond two standard errors.
        "gap_shrinks": ("dropout", "plain"),
        # With dropout the network still overfits: the lower end of the gap's interval is above 0.1.
        "still_overfits": ("dropout",),
        # Validation accuracy ends higher with dropout, beyond two standard errors; `positive` of the seeds say so,
        # `single` is the standard error of one accuracy on that many validation images.
        "generalizes_better": ("dropout", "plain", "difference", "error", "positive", "single"),
    },
    arrays=("epoch", "training_dropout", "training_plain", "validation_dropout", "validation_plain"),
    settings=("images", "hidden", "drop", "learning_rate", "batch", "epochs", "validation_images"),
)
"""HW3 5(c). Each array but ``epoch`` is (seeds, epochs recorded)."""

BATCHNORM_BENEFITS = Quoted(
    claims={
        # At one common rate, from the same weights and batches: steps to accuracy `target`, averaged over seeds;
        # `plain` and `ratio` (how many times fewer steps) are null if the plain network never gets there.
        "faster": ("rate", "target", "normalized", "plain", "ratio", "low", "high"),
        # The largest rate of the grid at which every seed trained; null if there is none.
        "larger_rates": ("normalized", "plain"),
        # Each network at its own best rate, chosen on validation data: mean test accuracy, paired difference.
        "better": ("normalized", "normalized_rate", "plain", "plain_rate", "difference", "low", "high"),
    },
    # Mean final accuracy over the seeds that trained (null if none did), and how many seeds failed.
    rows={"rates": ("rate", "normalized", "plain", "normalized_failed", "plain_failed")},
    arrays=("step", "normalized", "plain"),
    settings=("network", "optimizer", "batch", "steps"),
)
"""HW1 4(a)-(c). The curves of (a) are test accuracies at the common rate, (seeds, points)."""

CIFAR10_CNN = Quoted(
    claims={
        # Mean accuracy on the official test images after the last epoch, its interval, and what was aimed at.
        "reaches_target": ("accuracy", "low", "high", "target"),
        # Training accuracy, in evaluation mode, is above test accuracy by more than 0.05.
        "overfits": ("training", "test", "gap"),
        # One pair of classes is confused more often than any other, beyond chance.
        "one_pair_stands_out": ("truth", "taken_for", "share"),
        # Every chosen channel answers its synthesized image more strongly than its median test image, `least` times.
        "maps_driven": ("least",),
    },
    rows={
        "layers": ("name", "shape", "parameters"),  # recorded by hooks; the shape is (channels, height, width)
        "classes": ("name", "accuracy", "taken_for", "share"),  # what a class is most often taken for
        # `field` is the side of the receptive field; activations are those at the strongest position of an image:
        # of the median test image, the strongest test image, and the synthesized one.
        "maps": ("layer", "channel", "field", "median", "strongest", "synthesized"),
    },
    arrays=("epoch", "training", "test"),
    measurements=("parameters",),
    settings=("loss", "optimizer", "learning_rate", "schedule", "batch", "epochs", "augmentation", "normalization"),
)
"""HW1 3(a)-(c). The curves are accuracies, (seeds, epochs recorded)."""

QUOTED: Mapping[str, Quoted] = {
    "dropout_effect": DROPOUT_EFFECT,
    "batchnorm_benefits": BATCHNORM_BENEFITS,
    "cifar10_cnn": CIFAR10_CNN,
}


def missing(result: Recorded) -> tuple[str, ...]:
    """Return what keys quote and ``result`` does not have, each with its place; nothing if no key quotes it."""
    quoted = QUOTED.get(result.experiment)
    return tuple(_missing(result, quoted)) if quoted else ()


def _missing(result: Recorded, quoted: Quoted) -> list[str]:
    tables = {
        "claims": (tuple(quoted.claims), result.claims),
        "measurements": ((*quoted.measurements, *quoted.rows), result.measurements),
        "arrays": (quoted.arrays, result.arrays),
        "settings": (quoted.settings, result.settings),
    }
    for name, evidence in quoted.claims.items():
        if name in result.claims:
            tables[f"claims, {name}"] = (evidence, result.claims[name].evidence)
    for name, columns in quoted.rows.items():
        rows = result.measurements.get(name)
        for number, row in enumerate(rows if isinstance(rows, tuple) else (), 1):
            tables[f"measurements, {name} {number}"] = (columns, row if isinstance(row, Mapping) else {})
    return [f"{place}, {name}" for place, (wanted, there) in tables.items() for name in wanted if name not in there]
