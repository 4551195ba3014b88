"""Keys that quote experiments: with a result, with one that contradicts the textbook, and without one.

The results here are made up, and live in temporary folders only.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from psetpress import drawing, latex, registry, workspace
from psetpress.assignment import assemble
from psetpress.documents import Typesetter
from psetpress.figures import Gallery
from psetpress.preview import Request, as_text
from psetpress.setfile import Item, Question, SetFile
from psetpress.templates import Templates, unmark
from solvers.training import plots, results
from solvers.training.experiments import NAMES
from solvers.training.quoted import QUOTED, missing
from solvers.training.record import Claim, Provenance, Recorded

PLACE = workspace.activate()

QUOTING = {
    "dropout_effect": "dropout_experiment",
    "batchnorm_benefits": "batchnorm_benefits",
    "cifar10_cnn": "image_classifier",
    "cifar10_resnet": "image_classifier",
    "ioffe_fig1": "ioffe_figure_1",
    "ioffe_fig2": "ioffe_figure_2",
    "santurkar_fig1": "santurkar_figure_1",
    "santurkar_fig2": "santurkar_figure_2",
    "santurkar_fig3": "santurkar_figure_3",
    "santurkar_fig4": "santurkar_figure_4",
}
"""Which problem quotes an experiment."""

PARTS = {"dropout_effect": 1, "cifar10_resnet": 2}
"""In how many parts a key quotes an experiment, where that is not in all."""

PROVENANCE = Provenance(
    date="2026-11-20",
    device="cpu, 2 cores",
    data="CIFAR-10, JPEG-75 copy",
    seeds=(0, 1, 2, 3, 4),
    versions={"torch": "2.13.0"},
    seconds=60.0,
    revision="0123abc",
)

EVIDENCE: dict[str, dict[str, Any]] = {
    "memorizes": {"training": 0.961, "validation": 0.293, "gap": 0.668},
    "slower": {"epoch": 5, "dropout": 0.412, "plain": 0.587},
    "ends_lower": {"dropout": 0.924, "plain": 0.961, "difference": -0.037, "error": 0.005},
    "gap_shrinks": {"dropout": 0.622, "plain": 0.668},
    "still_overfits": {"low": 0.601, "high": 0.643, "bound": 0.1},
    "generalizes_better": {"bn": 0.571, "low": 0.031, "high": 0.082,
        "dropout": 0.302, "plain": 0.293, "difference": 0.009, "error": 0.004, "positive": 4, "seeds": 5,
        "single": 0.0144, "small": True,
    },
    "faster": {
        "rate": 0.1, "target": 0.6, "normalized": 410.0, "normalized_reached": 5, "plain": 1230.0, "plain_reached": 5,
        "seeds": 5, "ratio": 3.04, "low": 2.71, "high": 3.37,
    },
    "larger_rates": {"normalized": 1.0, "plain": 0.1},
    "better": {
        "normalized": 0.781, "normalized_rate": 0.3, "normalized_edge": None,
        "plain": 0.762, "plain_rate": 0.1, "plain_edge": None,
        "difference": 0.019, "low": 0.011, "high": 0.027,
    },
    "reaches_target": {"accuracy": 0.773, "low": 0.766, "high": 0.781, "target": 0.75},
    "overfits": {"training": 0.912, "test": 0.773, "gap": 0.139},
    "one_pair_stands_out": {"truth": "cat", "taken_for": "dog", "share": 0.171},
    "maps_driven": {"least": 2.64},
    "ends_higher": {"normalized": 0.976, "plain": 0.966, "difference": 0.01, "low": 0.008, "high": 0.012},
    "collapses_then_fans": {
        "early_step": 1000, "largest_early_spread": 0.014, "later_step": 8000, "smallest_later_spread": 1.19,
    },
    "steady_with_bn": {"growth_normalized": 2.33, "growth_plain": 402.8, "bound": 3.0},
    "gap_needs_small_steps": {"step": 8000, "gap": 0.049, "gap_large": 0.005, "scale": 0.1, "rate": 0.5},
    "dln_standard_steady": {
        "lowest_cosine": -0.132, "median_lowest_cosine": 0.998, "bound": 0.95, "steady_seeds": 4, "seeds": 5,
    },
    "dln_bn_swings": {"median_range_normalized": 1.93, "bound": 1.0, "swinging_seeds_normalized": 5, "seeds": 5},
    "dln_alike_at_larger_rate": {
        "bound": 1.0, "swinging_seeds_normalized": 3, "swinging_seeds_plain": 4, "seeds": 5,
    },
    "bn_needs_fewer_steps": {
        "bn_x1": 412.5, "bn_x1_reached": 5, "plain_x1": 1500.0, "plain_x1_reached": 5, "seeds": 5,
        "saved": 1088.4, "low": 931.0, "high": 1244.0,
    },
    "higher_rate_needs_fewer_steps": {
        "bn_x5": 301.5, "bn_x5_reached": 5, "bn_x1_reached": 5, "seeds": 5, "saved": 111.0, "low": 42.5, "high": 179.5,
    },
    "highest_rate_ends_best": {
        "bn_x1": 0.671, "bn_x5": 0.684, "bn_x30": 0.702, "lead": 0.018, "low": 0.003, "high": 0.033,
    },
    "plain_fails_at_higher_rates": {
        "plain_x5": 0.1, "plain_x5_failed": 5, "plain_x30": 0.1, "plain_x30_failed": 5, "seeds": 5, "bound": 0.15,
    },
    "sigmoid_needs_bn": {
        "plain_x5_sigmoid": 0.1, "plain_x5_sigmoid_learned": 0, "bn_x5_sigmoid": 0.531, "bn_x5_sigmoid_learned": 5,
        "seeds": 5, "bound": 0.15,
    },
    "vgg_not_reduced": {
        f"vgg_{size}_rate": {"rate": 0.1, "bn": 0.512, "plain": 0.712, "difference": -0.2, "low": -0.3, "high": -0.1}
        for size in ("larger", "smaller")
    },
    "bn_trains_better": {
        f"{kind}_{size}_rate": {"plain": 7354.5, "normalized": 2274.0, "seeds_won": 5, "seeds": 5}
        for kind in ("vgg", "dln")
        for size in ("larger", "smaller")
    },
    "trains_faster": {
        "target": 0.41, "bn_0": 120.5, "plain_0": 1012.5, "bn_0_reached": 3, "plain_0_reached": 3, "seeds": 3,
        "ratio": 8.4, "low": 6.1, "high": 10.7,
    },
    "permits_larger_rate": {
        "rate": 0.5, "bn": 0.512, "plain": 0.1, "seeds_trained_bn": 3, "seeds_trained_plain": 0, "seeds": 3,
    },
    "larger_rate_no_better": {
        "larger_rate": 0.512, "smaller_rate": 0.571, "difference": -0.059, "low": -0.081, "high": -0.037,
    },
    "equally_stable": {"bn": 0.141, "plain": 0.122, "ratio": 1.156},
    "noisy_close_to_bn": {"noisy_bn": 0.431, "bn": 0.452, "difference": -0.021, "low": -0.041, "high": -0.001},
    "noisy_ahead_of_standard": {
        "target": 0.41, "noisy_bn": 210.5, "plain": None, "noisy_bn_reached": 3, "plain_reached": 2, "seeds": 3,
        "ratio": 4.8, "low": 3.1, "high": 6.5,
    },
    "noisy_least_stable": {"bn": 0.141, "noisy_bn": 0.457, "plain": 0.122},
    "noise_stops_standard": {"noisy_plain": 0.1, "plain": 0.452, "seeds_trained": 0, "seeds": 3},
    "loss_steadier": {"bn": 0.211, "plain": 0.642, "seeds_lower": 3, "seeds": 3},
    "gradient_steadier": {"bn": 1.52, "plain": 6.31, "seeds_lower": 3, "seeds": 3},
    "smoother": {"bn": 12.4, "plain": 17.8, "seeds_lower": 3, "seeds": 3},
    "plateau_is_inverse_probe": {
        "share_bn": 0.81, "share_plain": 0.72, "median_bn": 20.1, "median_plain": 20.4, "inverse": 20.0,
    },
}  # fmt: skip

ROWS: dict[str, tuple[dict[str, Any], ...]] = {
    "rates": (
        {"rate": 0.01, "normalized": 0.71, "plain": 0.65, "normalized_failed": 0, "plain_failed": 0},
        {"rate": 0.1, "normalized": 0.77, "plain": 0.76, "normalized_failed": 0, "plain_failed": 0},
        {"rate": 1.0, "normalized": 0.74, "plain": None, "normalized_failed": 0, "plain_failed": 5},
    ),
    "layers": (
        {"name": "conv1", "shape": (16, 32, 32), "parameters": 448, "added": None},
        {"name": "pool1", "shape": (16, 16, 16), "parameters": 0, "added": 0},
        {"name": "fc", "shape": (10,), "parameters": 40970, "added": None},
    ),
    "classes": (
        {"name": "cat", "accuracy": 0.613, "taken_for": "dog", "share": 0.171},
        {"name": "ship", "accuracy": 0.874, "taken_for": "airplane", "share": 0.046},
    ),
    "maps": (
        {"layer": "conv1", "channel": 3, "field": 3, "median": 0.412, "strongest": 1.31, "synthesized": 1.62},
        {"layer": "conv3", "channel": 17, "field": 18, "median": 0.205, "strongest": 2.48, "synthesized": 6.9},
    ),
    "readings": tuple(
        {"step": step, "plain": plain, "normalized": 0.9614}
        for step, plain in (
            (1000, 0.1064),
            (2000, 0.1329),
            (4000, 0.7621),
            (8000, 0.9126),
            (12500, 0.946),
            (16000, 0.9541),
            (20000, 0.9579),
            (30000, 0.9649),
            (40000, 0.9661),
            (50000, 0.9661),
        )
    ),
    "dln": tuple(
        {
            "rate": rate,
            "network": network,
            "first_loss": 49304.0,
            "last_loss": 2274.0,
            "lowest_cosine": -0.132,
            "highest_cosine": 0.998,
        }
        for rate in ("1e-06", "1e-07")
        for network in ("plain", "normalized")
    ),
    "networks": (
        {"network": "plain_x1", "rate": 0.01, "steps": 1500, "reached": 5, "best": 0.652, "last": 0.652},
        {"network": "bn_x30", "rate": 0.3, "steps": None, "reached": 3, "best": 0.702, "last": 0.698},
        {"network": "plain_x5_sigmoid", "rate": 0.05, "steps": None, "reached": 0, "best": 0.1, "last": 0.1},
    ),
}

ROWS["vgg"] = tuple(
    {"rate": rate, "network": network, "training": 0.612, "median_distance": 0.841, "mean_cosine": 0.712}
    for rate in (0.1, 0.01)
    for network in ("bn", "plain")
)
ROWS["accuracies"] = tuple(
    {"network": network, "rate": 0.1, "training": 0.612, "test": 0.571}
    for network in ("bn", "plain", "noisy_bn", "noisy_plain")
)
KINDS = ("loss_range", "gradient_change", "smoothness")
ROWS["landscape"] = tuple(
    {"network": network, **{f"{kind}_{end}": 12.4 for kind in KINDS for end in ("median", "high")}}
    for network in ("bn", "plain")
)

rng = np.random.default_rng(7)


def rising(end: float) -> np.ndarray:
    """Return five curves over eleven points that rise to about ``end``."""
    return end * (1 - np.exp(-np.linspace(0, 4, 11))) + 0.01 * rng.standard_normal((5, 11))


ARRAYS = {
    "epoch": np.arange(11),
    "step": 100 * np.arange(11),
    "training_dropout": rising(0.924),
    "training_plain": rising(0.961),
    "validation_dropout": rising(0.302),
    "validation_plain": rising(0.293),
    "normalized": rising(0.77),
    "plain": rising(0.76),
    "training": rising(0.91),
    "test": rising(0.77),
    "quantiles_plain": rising(2)[..., None] * [-1.0, 0.0, 1.0],
    "quantiles_normalized": 1 + rising(0.5)[..., None] * [-1.0, 0.0, 1.0],
    "dln_step": 100 * np.arange(11),
    **{
        f"dln_{network}_{rate}_shift": np.stack([rising(0.9), rising(0.8)], axis=-1)[..., None] * [100.0, 1.0]
        for network in ("plain", "normalized")
        for rate in (0, 1)
    },
    **{name: rising(0.7) for name in ("plain_x1", "bn_x1", "bn_x5", "bn_x30", "bn_x5_sigmoid")},
    "confusion": np.array([[773.0, 171.0], [129.0, 812.0]]),
    **{row: np.full((2, 3, 8, 8), 90, dtype=np.uint8) for row in ("best", "worst")},
    **{name: np.array([0, 1]) for name in ("best_truth", "best_taken_for", "worst_truth")},
    "worst_taken_for": np.array([1, 0]),
    **{f"made_{place}": rng.integers(0, 256, (1, 3, 32, 32)).astype(np.uint8) for place in (1, 2, 3)},
    **{f"patches_{place}": rng.integers(0, 256, (1, 4, 3, 9, 9)).astype(np.uint8) for place in (1, 2, 3)},
    **{f"{part}_{n}_{rate}": rising(0.7) for part in ("training", "test") for n in ("bn", "plain") for rate in (0, 1)},
    **{f"training_{name}": rising(0.7) for name in ("bn", "noisy_bn", "noisy_plain")},
    "vgg_step": 100 * np.arange(11),
    **{
        f"vgg_{network}_{rate}_shift": np.stack([rising(0.9), rising(0.8)], axis=-1)[..., None] * [1.0, 1.0]
        for network in ("plain", "bn")
        for rate in (0, 1)
    },
    **{
        f"ridge_{name}": np.sort(rng.standard_normal((11, 3, 25)), axis=-1)
        for name in ("bn_0", "plain_0", "bn", "noisy_bn", "plain")
    },
    **{
        f"{kind}_{name}": 3 - rising(2)
        for kind in ("loss_low", "loss_high", "gradient_change", "smoothness")
        for name in ("bn", "plain")
    },
}


SETTINGS: dict[str, Any] = {
    **dict.fromkeys(("optimizer", "network", "loss"), "SGD"),
    "dln_rates": ("1e-06", "1e-07"),
    "dln_layers_probed": (9, 17),
    "rates": (0.1, 0.5),
    "layers": (3, 7),
    "lengths": (0.05, 0.1),
    "channels": (8, 0, 16, 0),
}
"""Settings that are no numbers."""


MEASURED: dict[str, Any] = {"target": 0.652, "baselines_that_learned": 5, "seeds": 5}
"""Measurements that are no counts of parameters."""


def made_up(experiment: str, *, holds: bool = True) -> Recorded:
    """Return a result that has exactly what keys quote."""
    quoted = QUOTED[experiment]
    settings = {name: SETTINGS.get(name, 0.5) for name in quoted.settings}
    return Recorded(
        experiment=experiment,
        scale="cpu",
        settings=settings,
        measurements={
            **{name: MEASURED.get(name, 41418) for name in quoted.measurements},
            **{name: ROWS[name] for name in quoted.rows},
        },
        claims={name: Claim(holds, EVIDENCE[name]) for name in quoted.claims},
        provenance=PROVENANCE,
        arrays={name: ARRAYS[name] for name in quoted.arrays},
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the shipped results."""
    monkeypatch.setattr(results, "RECORDED", tmp_path)
    return tmp_path


def key(problem: str) -> str:
    """Return the statement and solution of a problem as one line of text."""
    return " ".join(as_text(Request(problem, published=True, solution=True), PLACE.templates).split())


SAID = {
    "dropout_effect": (
        ("the network all but memorized its images", "dropout: dropout slowed training down", "): lower.", "it shrank,",
         "and overfitting remained, a gap above 0.1.", "dropout generalized better."),
        ("that the network memorizes its images is not shown", "that dropout slows training down is not shown",
         "not lower beyond the noise", "did not shrink beyond the noise",
         "that overfitting remains, a gap above 0.1, is not shown", "that dropout generalizes better is not shown"),
    ),
    "batchnorm_benefits": (
        ("So BN did accelerate convergence", "So BN did permit larger learning rates", "did perform better with BN"),
        ("do not show that BN accelerates convergence", "do not show that BN permits larger learning rates",
         "do not show that the network performs better with BN"),
    ),
    "cifar10_cnn": (
        ("(95 % interval 0.766 to 0.781): above the 0.75 that was aimed at",
         "a gap to test accuracy of +0.14: the network overfits. By", "One confusion stands out: cat taken for dog",
         "Every synthesized image drives its channel harder"),
        ("(95 % interval 0.766 to 0.781): that it is above the 0.75 that was aimed at is not shown",
         "a gap to test accuracy of +0.14: too little to speak of overfitting. By class",
         "No confusion stands out beyond chance; the most frequent one is cat taken for dog",
         "Not every synthesized image drives its channel harder"),
    ),
    "cifar10_resnet": (
        ("0.773 (95 % interval 0.766 to 0.781): above the 0.75", "+0.14: the network overfits."),
        ("0.773 (95 % interval 0.766 to 0.781): that it is above the", "+0.14: too little to speak of overfitting"),
    ),
    "ioffe_fig1": (
        ("BN needed fewer steps", "with BN it ended higher", "they first lay together and then fanned out",
         "the distance stayed within a factor of 3 in every seed", "less than half of the early gap was left"),
        ("that BN needs fewer steps is not shown", "that BN ends higher is not shown",
         "they did not first lie together and then fan out in every seed",
         "the distance did not stay within a factor of 3 in every seed",
         "that less than half of the early gap is left is not shown"),
    ),
    "ioffe_fig2": (
        ("BN needed fewer steps", "the higher rate saved further steps", "the highest rate was best, as in the paper",
         "the higher rates failed in every seed", "only with BN did they learn."),
        ("that BN needs fewer steps is not shown", "that the higher rate saves further steps is not shown",
         "that the highest rate is best, as in the paper, is not shown", "the higher rates did not fail in every seed",
         "that they learn with BN and only with it is not shown"),
    ),
    "santurkar_fig1": (
        ("8.4 times as many (geometric mean, 95 % interval 6.1 to 10.7): BN trained faster", ": it was higher with BN",
         "only the network with BN trained", "the larger rate was no better", "they were about as stable"),
        ("that BN trains faster is not shown", "that it is higher with BN is not shown",
         "that only BN permits this rate is not shown", "the larger rate was better", "they were less stable with BN"),
    ),
    "santurkar_fig2": (
        ("noisy BN trained nearly as well as BN", "noisy BN trained faster", "those of noisy BN were the least stable",
         "the noise stopped its training"),
        ("noisy BN stayed behind BN", "that noisy BN trains faster than the standard network is not",
         "those of noisy BN were not the least stable", "the noise did not stop its training"),
    ),
    "santurkar_fig4": (
        (": the loss is steadier with BN", ": it is steadier with BN", ": the landscape is smoother with BN",
         ": both networks had reached the plateau"),
        ("that the loss is steadier with BN is not shown", "that it is steadier with BN is not shown",
         "that the landscape is smoother with BN is not shown", "not both networks had reached the plateau"),
    ),
    "santurkar_fig3": (
        ("at no rate was it nearer to 1 with BN", ": in most seeds at every rate", ": it stayed near 1 in most seeds",
         ": it swung widely", "both networks swung widely, and looked alike"),
        ("it was nearer to 1 with BN at one of the rates", "not in most seeds at every rate", "it did not stay near 1",
         "it did not swing widely", "not both networks swung widely"),
    ),
}  # fmt: skip
"""What a key says if all claims hold, and if none does; a sentence for each claim, in the order of ``QUOTED``."""


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize("experiment", QUOTING)
def test_claims_choose_the_sentences(home: Path, experiment: str, holds: bool) -> None:
    results.record(home / experiment, made_up(experiment, holds=holds))
    text = key(QUOTING[experiment])
    said, unsaid = SAID[experiment] if holds else SAID[experiment][::-1]
    assert [sentence for sentence in said if sentence not in text] == []
    assert [sentence for sentence in unsaid if sentence in text] == []
    assert "$" not in text


@pytest.mark.parametrize("experiment", QUOTING)
def test_every_key_prints_scale_data_and_device(home: Path, experiment: str) -> None:
    results.record(home / experiment, made_up(experiment))
    text = key(QUOTING[experiment])
    parts = PARTS.get(experiment, len(registry.load(QUOTING[experiment]).parts))
    assert text.count("Our own run") == parts
    assert text.count("scale cpu; data: CIFAR-10, JPEG-75 copy; five seeds; cpu, 2 cores, 2026-11-20") == parts


@pytest.mark.parametrize("experiment", QUOTING)
def test_without_a_result_keys_say_so_and_quote_none(home: Path, experiment: str) -> None:
    text = key(QUOTING[experiment])
    assert f"not recorded yet: {experiment}" in text
    assert "Our own run" not in text
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("experiment", QUOTING)
def test_keys_quote_numbers_of_the_record(home: Path, experiment: str) -> None:
    """Another number in the record is another number in the key."""
    result = made_up(experiment)
    changed = {
        name: replace(claim, evidence={k: 0.8765 if type(v) is float else v for k, v in claim.evidence.items()})
        for name, claim in result.claims.items()
    }
    results.record(home / experiment, result)
    assert "0.8765" not in key(QUOTING[experiment])
    results.record(home / experiment, replace(result, claims=changed))
    assert key(QUOTING[experiment]).count("0.877") + key(QUOTING[experiment]).count("0.8765") >= 2


@pytest.mark.parametrize(("experiment", "claim"), [(name, claim) for name in SAID for claim in QUOTED[name].claims])
def test_a_claim_that_fails_alone_changes_its_own_sentence(home: Path, experiment: str, claim: str) -> None:
    result = made_up(experiment)
    failed = replace(result.claims[claim], holds=False)
    results.record(home / experiment, replace(result, claims={**result.claims, claim: failed}))
    text = key(QUOTING[experiment])
    for name, said, denied in zip(QUOTED[experiment].claims, *SAID[experiment], strict=True):
        expected, unexpected = (denied, said) if name == claim else (said, denied)
        assert expected in text
        assert unexpected not in text


def test_each_claim_has_its_sentences() -> None:
    assert set(SAID) == set(QUOTED)


def said_of(home: Path, experiment: str, claim: str, *, holds: bool = True, **evidence: Any) -> str:
    """Return the key of a made-up result of which one claim's evidence is another."""
    result = made_up(experiment)
    changed = Claim(holds, {**result.claims[claim].evidence, **evidence})
    results.record(home / experiment, replace(result, claims={**result.claims, claim: changed}))
    return key(QUOTING[experiment])


NOWHERE = {"ratio": None, "saved": None, "low": None, "high": None}
"""Evidence of a comparison in which the network with BN missed the target."""


def test_a_target_that_some_seeds_miss(home: Path) -> None:
    text = said_of(home, "batchnorm_benefits", "faster", plain=None, plain_reached=2)
    assert (
        "0.6 was reached after 410 steps with BN and only in 2 of 5 seeds without, seed by seed at least 3.04 times "
        "as many (geometric mean, 95 % interval 2.71 to 3.37). So BN did accelerate"
    ) in text
    text = said_of(home, "ioffe_fig1", "faster", holds=False, normalized=None, normalized_reached=3, **NOWHERE)
    assert "was reached only in 3 of 5 seeds with BN and after 1230 steps without: that BN needs fewer" in text
    text = said_of(home, "ioffe_fig2", "bn_needs_fewer_steps", plain_x1=None, plain_x1_reached=4)
    assert "and only in 4 of 5 seeds without (saved: at least 1088 steps, 95 % interval 931 to 1244): BN needed" in text
    assert "never" in text.partition("steps to target")[2]  # of the sigmoids no seed reached it
    assert "in 3 of 5 seeds" in text  # as the table says of the highest rate


def test_a_target_that_no_seed_reaches(home: Path) -> None:
    text = said_of(home, "batchnorm_benefits", "faster", plain=None, plain_reached=0)
    assert "after 410 steps with BN and in no seed without, seed by seed at least 3.04 times" in text
    text = said_of(
        home, "ioffe_fig2", "higher_rate_needs_fewer_steps", holds=False, bn_x5=None, bn_x5_reached=0, **NOWHERE
    )
    assert "With BN and five times the rate it was reached in no seed: that the higher rate saves" in text


@pytest.mark.parametrize("experiment", ["batchnorm_benefits", "ioffe_fig1"])
def test_a_baseline_that_learns_nothing_sets_no_target(home: Path, experiment: str) -> None:
    missed = {"target": None, "normalized": None, "normalized_reached": 0, "plain": None, "plain_reached": 0}
    text = said_of(home, experiment, "faster", holds=False, **missed, **NOWHERE)
    assert "so there is no target to count steps to" in text
    assert "None" not in text
    assert "was reached" not in text.partition("Our own run")[2]


def test_figure_2_without_a_target(home: Path) -> None:
    result = made_up("ioffe_fig2")
    missed = {name: replace(result.claims[name], holds=False) for name in list(result.claims)[:2]}
    measured = {**result.measurements, "target": None, "baselines_that_learned": 0}
    results.record(home / "ioffe_fig2", replace(result, claims=result.claims | missed, measurements=measured))
    text = key("ioffe_figure_2")
    assert "There is no target, because without BN no seed learned anything at the lowest rate." in text
    assert "Without a target there are no steps to count: that BN needs fewer steps is not shown" in text
    results.record(
        home / "ioffe_fig2", replace(result, measurements={**result.measurements, "baselines_that_learned": 3})
    )
    assert "At that rate only 3 of 5 seeds learned anything without BN" in key("ioffe_figure_2")


def test_seeds_that_failed_and_learned_are_counted(home: Path) -> None:
    text = said_of(home, "ioffe_fig2", "plain_fails_at_higher_rates", holds=False, plain_x5_failed=3)
    assert "Without BN 3 of 5 seeds failed at 5 times the rate (mean last accuracy 0.1) and 5 of 5 at 30 times" in text
    text = said_of(home, "ioffe_fig2", "sigmoid_needs_bn", holds=False, plain_x5_sigmoid_learned=1)
    assert "5 of 5 seeds learned with BN (mean best accuracy 0.531) and 1 of 5 without (0.1)" in text


def test_a_best_rate_at_an_end_of_the_grid(home: Path) -> None:
    assert "may lie beyond it" not in said_of(home, "batchnorm_benefits", "better")
    text = said_of(home, "batchnorm_benefits", "better", plain_edge="lowest")
    assert "The best rate without BN is the lowest of the grid: a better one may lie beyond it, and" in text
    text = said_of(home, "batchnorm_benefits", "better", normalized_edge="highest")
    assert "The best rate with BN is the highest of the grid: a better one may lie beyond it." in text


def test_the_highest_rate_that_trains(home: Path) -> None:
    text = said_of(home, "batchnorm_benefits", "larger_rates", plain=None)
    assert "all seeds train is 1 (the highest of the grid) with BN and none of the grid without." in text


@pytest.mark.parametrize(
    ("interval", "says"),
    [
        ({"low": 0.71, "high": 0.74, "accuracy": 0.725}, "0.74): short of the 0.75 that was aimed at"),
        ({"low": 0.72, "high": 0.78, "accuracy": 0.751}, "0.78): that it is above the 0.75"),
        ({"low": None, "high": None, "accuracy": 0.74}, "(no interval): short of the 0.75"),
    ],
)
def test_an_accuracy_is_short_of_its_target_with_its_whole_interval(home: Path, interval, says: str) -> None:
    assert says in said_of(home, "cifar10_cnn", "reaches_target", holds=False, **interval)


def test_a_seed_that_diverged_is_not_among_those_that_count(home: Path) -> None:
    result = made_up("cifar10_cnn")
    assert "diverged" not in key_of(home, result)
    changed = replace(result, measurements={**result.measurements, "diverged": 1})
    assert "five seeds, 1 of them diverged and not counted; cpu" in key_of(home, changed)


def key_of(home: Path, result: Recorded) -> str:
    """Return the key of a made-up result."""
    results.record(home / result.experiment, result)
    return key(QUOTING[result.experiment])


def test_what_one_pair_of_runs_could_not_show(home: Path) -> None:
    pairing = "One run of each could not have shown it"
    assert pairing in said_of(home, "dropout_effect", "generalizes_better")
    assert pairing not in said_of(home, "dropout_effect", "generalizes_better", difference=0.1, small=False)


def test_seeds_that_diverged_are_not_compared(home: Path) -> None:
    text = said_of(home, "dropout_effect", "generalizes_better", seeds=3, positive=2)
    assert "Of 5 seeds 3 are compared; in the others a network diverged." in text
    assert "higher with dropout for 2 of 3 seeds" in text
    result = made_up("dropout_effect")
    nothing = {
        name: Claim(False, {**dict.fromkeys(claim.evidence), "seeds": 0}) for name, claim in result.claims.items()
    }
    results.record(home / "dropout_effect", replace(result, claims=nothing))
    assert "so many seeds that nothing can be compared" in key("dropout_experiment")
    text = said_of(home, "ioffe_fig1", "collapses_then_fans", holds=False, smallest_later_spread=None)
    assert "Without BN a seed diverged, so they did not" in text
    assert "no bound without" in said_of(home, "ioffe_fig1", "steady_with_bn", growth_plain=None)


def test_settings_speak_for_themselves(home: Path) -> None:
    results.record(home / "batchnorm_benefits", made_up("batchnorm_benefits"))
    text = key("batchnorm_benefits")
    assert "channels of the convolutions, in order (8, pooling, 16, pooling);" in text
    assert "share of a batch in BN's running averages 0.5" in text
    assert "steps between measurements 0.5" in text


SET = {"bound", "rate", "normalized_rate", "plain_rate", "scale", "step"}
"""Numbers among the evidence that are set, not measured."""


def without_numbers(result: Recorded) -> list[tuple[str, Recorded]]:
    """Return the result once for every number that keys quote, which is none in it, and where that stands."""
    made: list[tuple[str, Recorded]] = []
    for claim, one in result.claims.items():
        for name, value in one.evidence.items():
            if type(value) is float and name not in SET and (claim, name) != ("reaches_target", "target"):
                changed = replace(one, evidence={**one.evidence, name: None})
                made.append((f"{claim}, {name}", replace(result, claims={**result.claims, claim: changed})))
    for name in QUOTED[result.experiment].rows:
        rows: Any = result.measurements[name]
        for column in (column for column, value in rows[0].items() if type(value) is float and column not in SET):
            changed = tuple({**row, column: None} for row in rows)
            made.append((f"{name}, {column}", replace(result, measurements={**result.measurements, name: changed})))
    return made


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize("experiment", QUOTING)
def test_a_number_that_could_not_be_measured_leaves_a_key(home: Path, experiment: str, holds: bool) -> None:
    for place, result in without_numbers(made_up(experiment, holds=holds)):
        results.record(home / experiment, result)
        assert "Our own run" in key(QUOTING[experiment]), place


def test_one_seed_has_no_interval(home: Path) -> None:
    result = made_up("ioffe_fig1")
    single = {"low": None, "high": None, "normalized_reached": 1, "plain_reached": 1, "seeds": 1}
    claims = {
        name: replace(claim, evidence={k: single.get(k, v) for k, v in claim.evidence.items()})
        for name, claim in result.claims.items()
    }
    results.record(home / "ioffe_fig1", replace(result, claims=claims))
    text = key("ioffe_figure_1")
    assert "interval" in text
    assert "without (difference +0.01, no interval)" in text
    assert "3.04 times as many (no interval): BN needed" in text
    assert "95" not in text.partition("An accuracy of")[2]


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize("experiment", QUOTING)
def test_keys_with_results_compile_without_an_overfull_box(home: Path, experiment: str, holds: bool) -> None:
    name = QUOTING[experiment]
    problem = registry.load(name)
    for quoted in problem.experiments:
        results.record(home / quoted, made_up(quoted, holds=holds if quoted == experiment else not holds))
    variant = drawing.given(name, problem, problem.published, "standard")
    file = SetFile(title="Recorded", question=[Question(title="Recorded", problem=[Item(use=name)])])
    typesetter = Typesetter(
        assemble("recorded", file, "recorded"), {name: variant}, Templates(PLACE.templates), Gallery(), published=True
    )
    assert latex.compile_pdf(typesetter.key()).overfull == ()
    assert typesetter.unrecorded == set()


def test_what_keys_quote_is_checked() -> None:
    for experiment in QUOTED:
        assert missing(made_up(experiment)) == ()
    result = made_up("batchnorm_benefits")
    without = replace(
        result,
        claims={"faster": Claim(True, {"rate": 0.1})},
        arrays={},
        measurements={"rates": ({"rate": 0.1},)},
    )
    gaps = missing(without)
    assert "claims, better" in gaps
    assert "claims, faster, target" in gaps
    assert "measurements, rates 1, plain_failed" in gaps
    assert "arrays, step" in gaps
    assert missing(replace(result, experiment="another")) == ()


def test_shipped_results_have_what_keys_quote() -> None:
    for name in results.names():
        result = results.load(name)
        assert missing(result) == (), name
        assert name in NAMES
        assert result.scale != "smoke"


@pytest.mark.parametrize(
    ("heights", "least", "expected"),
    [
        ((0.2, 0.8), 0.1, [0.2, 0.8]),
        ((0.5, 0.5), 0.1, [0.45, 0.55]),
        ((0.52, 0.5, 0.9), 0.1, [0.56, 0.46, 0.9]),
        ((0.3, 0.35, 0.4, 0.42), 0.1, [0.2175, 0.3175, 0.4175, 0.5175]),
        ((), 0.1, []),
    ],
)
def test_labels_keep_their_distance(heights: tuple[float, ...], least: float, expected: list[float]) -> None:
    np.testing.assert_allclose(plots.spread(heights, least), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("1e-05", "$10^{-5}$"),
        ("2.5e-07", r"$2.5\cdot 10^{-7}$"),
        ("pre-activation", "pre-activation"),
        ("one-hot, e-5", "one-hot, e-5"),
        ("SGD", "SGD"),
    ],
)
def test_a_small_setting_is_printed_as_a_power_of_ten(value: str, printed: str, tmp_path: Path) -> None:
    words = '<% from "shared/run.tex.j2" import worded %><< worded(value) >>'
    (tmp_path / "one.tex.j2").write_text(words, encoding="utf-8")
    assert unmark(Templates((tmp_path, *PLACE.templates)).page("one.tex.j2", {"value": value}))[0].strip() == printed
