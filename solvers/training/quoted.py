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


RATIO = ("seeds", "ratio", "low", "high")
"""How many times fewer steps: over how many seeds, and the interval."""

RACE = ("target", "normalized", "normalized_reached", "plain", "plain_reached", *RATIO)
"""Steps to a target: means over seeds, null if a seed misses it; how many of the seeds reached it; how many times fewer
steps, at least, null if a seed with BN misses the target. The target is null if no seed without BN learned anything."""

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
        "still_overfits": ("low", "high", "bound"),
        # Validation accuracy ends higher with dropout, beyond two standard errors; `positive` of the `seeds` say so,
        # those of which no network diverged (0 if they are too few, and then there are no numbers). `single` is the
        # standard error of one accuracy on that many validation images; next to it the difference may be `small`.
        "generalizes_better": ("dropout", "plain", "difference", "error", "positive", "seeds", "single", "small"),
    },
    arrays=("epoch", "training_dropout", "training_plain", "validation_dropout", "validation_plain"),
    settings=(
        *("hidden", "drop", "initialization", "scale", "inputs", "images", "validation_images", "sampling", "batch"),
        *("optimizer", "learning_rate", "epochs"),
    ),
)
"""HW3 5(c). Each array but ``epoch`` is (seeds, epochs recorded)."""

BATCHNORM_BENEFITS = Quoted(
    claims={
        # At one common rate, from the same weights and batches: steps to accuracy `target`.
        "faster": ("rate", *RACE),
        # The largest rate of the grid at which every seed trained; null if there is none.
        "larger_rates": ("normalized", "plain"),
        # Each network at its own best rate, chosen on validation data: mean test accuracy, paired difference.
        # An `edge` says at which end of the grid such a rate lies, null inside.
        "better": (
            *("normalized", "normalized_rate", "normalized_edge", "plain", "plain_rate", "plain_edge"),
            *("difference", "low", "high"),
        ),
    },
    # Mean final accuracy over the seeds that trained (null if none did), and how many seeds failed.
    rows={"rates": ("rate", "normalized", "plain", "normalized_failed", "plain_failed")},
    arrays=("step", "normalized", "plain"),
    settings=(
        *("network", "channels", "initialization", "inputs", "optimizer", "rates", "batch", "steps", "measured_every"),
        *("precision", "validation_images", "test_images_on_the_way", "bn_epsilon", "bn_share_of_batch"),
    ),
)
"""HW1 4(a)-(c). The curves of (a) are test accuracies at the common rate, (seeds, points)."""

PICTURES = ("made", "patches")

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
        # Recorded by hooks; the shape is (channels, height, width), `added` the place of a layer whose output is added.
        "layers": ("name", "shape", "parameters", "added"),
        "classes": ("name", "accuracy", "taken_for", "share"),  # what a class is most often taken for
        # `field` is the side of the receptive field; activations are those at the strongest position of an image:
        # of the median test image, the strongest test image, and the synthesized one.
        "maps": ("layer", "channel", "field", "median", "strongest", "synthesized"),
    },
    # Of the places 1, 2, 3 in `maps`: pictures that were made for a layer's channels, and their strongest patches.
    arrays=(
        *("epoch", "training", "test", "confusion"),
        *(f"{row}{part}" for row in ("best", "worst") for part in ("", "_truth", "_taken_for")),
        *(f"{one}_{place}" for one in PICTURES for place in (1, 2, 3)),
    ),
    measurements=("parameters",),
    settings=(
        *("loss", "label_smoothing", "optimizer", "momentum", "learning_rate", "schedule", "weight_decay", "batch"),
        *("epochs", "augmentation", "shift", "normalization", "initialization", "precision"),
    ),
)
"""HW1 3(a)-(c). The curves are accuracies, (seeds, epochs recorded)."""

CIFAR10_RESNET = Quoted(
    claims={name: CIFAR10_CNN.claims[name] for name in ("reaches_target", "overfits")},
    rows={"layers": CIFAR10_CNN.rows["layers"]},
    arrays=("epoch", "training", "test"),
    measurements=("parameters",),
    settings=CIFAR10_CNN.settings,
)
"""The same again with a residual network."""

IOFFE_FIG1 = Quoted(
    claims={
        # Steps to accuracy `target`; bounds are null for one seed.
        "faster": RACE,
        # Accuracy at the end, and the paired difference.
        "ends_higher": ("normalized", "plain", "difference", "low", "high"),
        # Distance of the outer percentiles without BN: the largest over seeds early, the smallest later;
        # null if one diverged.
        "collapses_then_fans": ("early_step", "largest_early_spread", "later_step", "smallest_later_spread"),
        # The largest distance as a multiple of the smallest, in the seed where that is most; null without a bound.
        "steady_with_bn": ("growth_normalized", "growth_plain", "bound"),
        # Accuracy with BN less accuracy without, as set up and with larger weights and rate.
        "gap_needs_small_steps": ("step", "gap", "gap_large", "scale", "rate"),
    },
    rows={"readings": ("step", "plain", "normalized")},
    arrays=("step", "plain", "normalized", "quantiles_plain", "quantiles_normalized"),
    settings=(
        *("learning_rate", "scale", "hidden", "activation", "initialization", "optimizer", "batch", "steps"),
        *("threshold", "unit", "unit_images", "bn_epsilon", "bn_share_of_batch"),
    ),
)
"""Day 7, question 2. Accuracies are (seeds, points), quantiles (seeds, points, 3)."""

IOFFE_FIG2 = Quoted(
    claims={
        # Steps to the best accuracy of the network without BN, by network (null if a seed misses it), how many of the
        # seeds reached it, and how many steps are saved, at least (null if a seed of the first network misses it).
        "bn_needs_fewer_steps": (
            *("bn_x1", "bn_x1_reached", "plain_x1", "plain_x1_reached"),
            *("seeds", "saved", "low", "high"),
        ),
        "higher_rate_needs_fewer_steps": ("bn_x5", "bn_x5_reached", "bn_x1_reached", "seeds", "saved", "low", "high"),
        # Best accuracies with BN at the three rates, and the lead of the highest over the better of the others.
        "highest_rate_ends_best": ("bn_x1", "bn_x5", "bn_x30", "lead", "low", "high"),
        # Last accuracies without BN, and best accuracies with sigmoids: means, and how many seeds are at most at the
        # bound, or above it.
        "plain_fails_at_higher_rates": (
            *("plain_x5", "plain_x5_failed", "plain_x30", "plain_x30_failed"),
            *("seeds", "bound"),
        ),
        "sigmoid_needs_bn": (
            *("plain_x5_sigmoid", "plain_x5_sigmoid_learned", "bn_x5_sigmoid", "bn_x5_sigmoid_learned"),
            *("seeds", "bound"),
        ),
    },
    # `reached` counts the seeds that reached the target.
    rows={"networks": ("network", "rate", "steps", "reached", "best", "last")},
    arrays=("step", "plain_x1", "bn_x1", "bn_x5", "bn_x30", "bn_x5_sigmoid"),
    measurements=("target", "baselines_that_learned", "seeds"),
    settings=(
        *("channels", "initialization", "inputs", "optimizer", "momentum", "base_rate", "batch", "steps"),
        *("measured_every", "test_images", "bn_epsilon", "bn_share_of_batch"),
    ),
)
"""Day 7, question 3. The curves are accuracies, (seeds, points); a name is a network with its multiple of the rate."""

VGG = (
    *("channels", "initialization", "inputs", "optimizer", "weight_decay", "batch", "steps"),
    *("measured_every", "images_evaluated", "bn_epsilon", "bn_share_of_batch"),
)
"""Settings of the VGG."""

SANTURKAR_FIG3 = Quoted(
    claims={
        # Mean cosines of the VGG until it had converged, and their paired difference, at both rates.
        "vgg_not_reduced": ("vgg_larger_rate", "vgg_smaller_rate"),
        # Final training accuracies of the VGG and losses of the linear networks, and seeds won, at all rates.
        "bn_trains_better": ("vgg_larger_rate", "vgg_smaller_rate", "dln_larger_rate", "dln_smaller_rate"),
        # At the smaller rate, the lowest cosine without BN: of all seeds, the median, in how many it is above `bound`.
        "dln_standard_steady": ("lowest_cosine", "median_lowest_cosine", "bound", "steady_seeds", "seeds"),
        # How far the cosines range, in the median seed, and in how many seeds by more than `bound`: with BN at the
        # smaller rate, of both networks at the larger one.
        "dln_bn_swings": ("median_range_normalized", "bound", "swinging_seeds_normalized", "seeds"),
        "dln_alike_at_larger_rate": ("bound", "swinging_seeds_normalized", "swinging_seeds_plain", "seeds"),
    },
    rows={
        "vgg": ("rate", "network", "training", "median_distance", "mean_cosine"),
        "dln": ("rate", "network", "first_loss", "last_loss", "lowest_cosine", "highest_cosine"),
    },
    arrays=(
        "dln_step",
        *(f"dln_{network}_{rate}_shift" for network in ("plain", "normalized") for rate in (0, 1)),
        "vgg_step",
        *(f"vgg_{network}_{rate}_shift" for network in ("plain", "bn") for rate in (0, 1)),
    ),
    settings=(
        *VGG,
        *("rates", "layers", "dln_rates", "dln_layers_probed", "dln_depth", "dln_width", "dln_inputs", "dln_loss"),
        *("dln_optimizer", "dln_initialization", "dln_bn", "dln_bn_epsilon", "dln_steps"),
    ),
)
"""Day 7, question 6. Shifts are (seeds, points, layers, 2): distances and cosines."""

SANTURKAR_FIG1 = Quoted(
    claims={
        # At the smaller rate, steps to a training accuracy, null if one of the `seeds` misses it, and how many do not.
        "trains_faster": ("target", "bn_0", "bn_0_reached", "plain_0", "plain_0_reached", *RATIO),
        # Test accuracies, means of the last evaluations; at the smaller rate, and of BN at both rates.
        "generalizes_better": ("bn", "plain", "difference", "low", "high"),
        "permits_larger_rate": ("rate", "bn", "plain", "seeds_trained_bn", "seeds_trained_plain", "seeds"),
        "larger_rate_no_better": ("larger_rate", "smaller_rate", "difference", "low", "high"),
        # How far distributions move between measurements, as a part of their spread.
        "equally_stable": ("bn", "plain", "ratio"),
    },
    rows={"accuracies": ("network", "rate", "training", "test")},
    arrays=(
        "step",
        *(f"{part}_{name}_{rate}" for part in ("training", "test") for name in ("bn", "plain") for rate in (0, 1)),
        *(f"ridge_{name}_0" for name in ("bn", "plain")),
    ),
    settings=(*VGG, "rates", "layers", "distributions"),
)
"""Day 7, question 4. Accuracies are (seeds, points), ridges are quantiles of one seed, (points, layers, quantiles)."""

SANTURKAR_FIG2 = Quoted(
    claims={
        # Training accuracies: means over the training, and steps to a target as in question 4.
        "noisy_close_to_bn": ("noisy_bn", "bn", "difference", "low", "high"),
        "noisy_ahead_of_standard": ("target", "noisy_bn", "noisy_bn_reached", "plain", "plain_reached", *RATIO),
        # How far distributions move between measurements, as a part of their spread.
        "noisy_least_stable": ("bn", "noisy_bn", "plain"),
        # Final training accuracies, and how many seeds learned anything under the noise.
        "noise_stops_standard": ("noisy_plain", "plain", "seeds_trained", "seeds"),
    },
    rows={"accuracies": ("network", "training", "test")},
    arrays=(
        "step",
        *(f"training_{name}" for name in ("bn", "noisy_bn", "plain", "noisy_plain")),
        *(f"ridge_{name}" for name in ("bn", "noisy_bn", "plain")),
    ),
    settings=(*VGG, "rate", "layers", "noise", "accuracy", "distributions"),
)
"""Day 7, question 5; arrays as of question 4."""

SANTURKAR_FIG4 = Quoted(
    claims={
        # Medians over the training, means over seeds; in how many seeds BN has the lower one.
        "loss_steadier": ("bn", "plain", "seeds_lower", "seeds"),
        "gradient_steadier": ("bn", "plain", "seeds_lower", "seeds"),
        "smoother": ("bn", "plain", "seeds_lower", "seeds"),
        # Late in the training: shares of measurements at the inverse of the shortest length.
        "plateau_is_inverse_probe": ("share_bn", "share_plain", "inverse"),
    },
    rows={
        "landscape": (
            "network",
            *(
                f"{kind}_{end}"
                for kind in ("loss_range", "gradient_change", "smoothness")
                for end in ("median", "high")
            ),
        )
    },
    arrays=(
        "step",
        *(
            f"{kind}_{name}"
            for name in ("bn", "plain")
            for kind in ("loss_low", "loss_high", "gradient_change", "smoothness")
        ),
    ),
    measurements=("inverse_of_shortest_length",),
    settings=(*VGG, "rate", "lengths", "probed_loss"),
)
"""Day 7, question 7. Arrays are (seeds, points); what is no number is infinite."""

QUOTED: Mapping[str, Quoted] = {
    "ioffe_fig1": IOFFE_FIG1,
    "ioffe_fig2": IOFFE_FIG2,
    "santurkar_fig1": SANTURKAR_FIG1,
    "santurkar_fig2": SANTURKAR_FIG2,
    "santurkar_fig3": SANTURKAR_FIG3,
    "santurkar_fig4": SANTURKAR_FIG4,
    "dropout_effect": DROPOUT_EFFECT,
    "batchnorm_benefits": BATCHNORM_BENEFITS,
    "cifar10_cnn": CIFAR10_CNN,
    "cifar10_resnet": CIFAR10_RESNET,
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
