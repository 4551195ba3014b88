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
from psetpress.templates import Templates
from solvers.training import plots, results
from solvers.training.quoted import QUOTED, missing
from solvers.training.record import Claim, Provenance, Recorded

PLACE = workspace.activate()

QUOTING = {
    "dropout_effect": "dropout_experiment",
    "batchnorm_benefits": "batchnorm_benefits",
    "cifar10_cnn": "image_classifier",
}
"""Which problem quotes an experiment."""

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
    "still_overfits": {"dropout": 0.622},
    "generalizes_better": {
        "dropout": 0.302, "plain": 0.293, "difference": 0.009, "error": 0.004, "positive": 4, "single": 0.0144,
    },
    "faster": {
        "rate": 0.1, "target": 0.6, "normalized": 410.0, "plain": 1230.0, "ratio": 3.04, "low": 2.71, "high": 3.37,
    },
    "larger_rates": {"normalized": 1.0, "plain": 0.1},
    "better": {
        "normalized": 0.781, "normalized_rate": 0.3, "plain": 0.762, "plain_rate": 0.1,
        "difference": 0.019, "low": 0.011, "high": 0.027,
    },
    "reaches_target": {"accuracy": 0.773, "low": 0.766, "high": 0.781, "target": 0.75},
    "overfits": {"training": 0.912, "test": 0.773, "gap": 0.139},
    "one_pair_stands_out": {"truth": "cat", "taken_for": "dog", "share": 0.171},
    "maps_driven": {"least": 2.64},
}  # fmt: skip

ROWS: dict[str, tuple[dict[str, Any], ...]] = {
    "rates": (
        {"rate": 0.01, "normalized": 0.71, "plain": 0.65, "normalized_failed": 0, "plain_failed": 0},
        {"rate": 0.1, "normalized": 0.77, "plain": 0.76, "normalized_failed": 0, "plain_failed": 0},
        {"rate": 1.0, "normalized": 0.74, "plain": None, "normalized_failed": 0, "plain_failed": 5},
    ),
    "layers": (
        {"name": "conv1", "shape": (16, 32, 32), "parameters": 448},
        {"name": "pool1", "shape": (16, 16, 16), "parameters": 0},
        {"name": "fc", "shape": (10,), "parameters": 40970},
    ),
    "classes": (
        {"name": "cat", "accuracy": 0.613, "taken_for": "dog", "share": 0.171},
        {"name": "ship", "accuracy": 0.874, "taken_for": "airplane", "share": 0.046},
    ),
    "maps": (
        {"layer": "conv1", "channel": 3, "field": 3, "median": 0.412, "strongest": 1.31, "synthesized": 1.62},
        {"layer": "conv3", "channel": 17, "field": 18, "median": 0.205, "strongest": 2.48, "synthesized": 6.9},
    ),
}

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
}


def made_up(experiment: str, *, holds: bool = True) -> Recorded:
    """Return a result that has exactly what keys quote."""
    quoted = QUOTED[experiment]
    settings = {name: "SGD" if name in {"optimizer", "network", "loss"} else 0.5 for name in quoted.settings}
    return Recorded(
        experiment=experiment,
        scale="cpu",
        settings=settings,
        measurements={**dict.fromkeys(quoted.measurements, 41418), **{name: ROWS[name] for name in quoted.rows}},
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
        ("the network all but memorized its images", "dropout slowed training down", "lower.", "it shrank",
         "and overfitting remained", "dropout generalized better"),
        ("did not memorize its images", "did not slow training down in these runs", "not lower beyond the noise",
         "did not shrink beyond the noise", "hardly any overfitting was left", "a gain of dropout is not established"),
    ),
    "batchnorm_benefits": (
        ("So BN did accelerate convergence", "So BN did permit larger learning rates", "did perform better with BN"),
        ("do not show that BN accelerates convergence", "do not show that BN permits larger learning rates",
         "do not show that the network performs better with BN"),
    ),
    "cifar10_cnn": (
        ("above the 0.75 that was aimed at", "well above test accuracy: the network overfits.",
         "One confusion stands out: cat taken for dog", "Every synthesized image drives its channel harder"),
        ("short of the 0.75 that was aimed at", "close to test accuracy: the network hardly overfits",
         "No confusion stands out; the most frequent one is cat taken for dog", "maximization failed"),
    ),
}  # fmt: skip
"""What a key says if all claims hold, and if none does."""


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize("experiment", QUOTING)
def test_claims_choose_the_sentences(home: Path, experiment: str, holds: bool) -> None:
    results.record(home / experiment, made_up(experiment, holds=holds))
    text = key(QUOTING[experiment])
    said, unsaid = SAID[experiment] if holds else SAID[experiment][::-1]
    assert [sentence for sentence in said if sentence not in text] == []
    assert [sentence for sentence in unsaid if sentence in text] == []


@pytest.mark.parametrize("experiment", QUOTING)
def test_every_key_prints_scale_data_and_device(home: Path, experiment: str) -> None:
    results.record(home / experiment, made_up(experiment))
    text = key(QUOTING[experiment])
    parts = len(registry.load(QUOTING[experiment]).parts) if experiment != "dropout_effect" else 1
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


def test_a_target_that_is_never_reached(home: Path) -> None:
    result = made_up("batchnorm_benefits")
    never = {**EVIDENCE["faster"], "plain": None, "ratio": None, "low": None, "high": None}
    nowhere = {"normalized": 0.1, "plain": None}
    claims = {**result.claims, "faster": Claim(True, never), "larger_rates": Claim(True, nowhere)}
    results.record(home / "batchnorm_benefits", replace(result, claims=claims))
    text = key("batchnorm_benefits")
    assert "was reached after 410 steps with BN, and never without" in text
    assert "up to a rate of 0.1 with BN, and at none without" in text


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize("experiment", QUOTING)
def test_keys_with_results_compile_without_an_overfull_box(home: Path, experiment: str, holds: bool) -> None:
    results.record(home / experiment, made_up(experiment, holds=holds))
    name = QUOTING[experiment]
    problem = registry.load(name)
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
        assert missing(results.load(name)) == (), name


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
