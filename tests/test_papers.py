"""The questions on papers: what deductions add up to, and what keys quote once an experiment has been recorded."""

from __future__ import annotations

import re

import pytest

from psetpress import registry, workspace
from psetpress.preview import Request, as_text
from solvers.training import results
from solvers.training.quoted import QUOTED
from solvers.training.results import Claim, Provenance, Recorded

PLACE = workspace.activate()
FIGURES = {
    "ioffe_figure_1": "ioffe_fig1",
    "ioffe_figure_2": "ioffe_fig2",
    "santurkar_figure_1": "santurkar_fig1",
    "santurkar_figure_2": "santurkar_fig2",
    "santurkar_figure_3": "santurkar_fig3",
    "santurkar_figure_4": "santurkar_fig4",
}
TOLD = {name: experiment for name, experiment in FIGURES.items() if experiment not in QUOTED}
"""Keys that list the claims of a record with all their evidence; what the others quote is tested with what they say."""
FREE = ("batchnorm_in_cnns", "why_batchnorm_works", "why_explain_batchnorm")
TRAPS = {
    "batchnorm_in_cnns": "per-activation batch-stats-at-test update-at-test no-gamma-beta all-training-images "
    "whitening",
    "ioffe_figure_1": "three-distributions wall-clock train-accuracy proof-of-ICS",
    "ioffe_figure_2": "only-lr-changed x30-fastest sigmoid-reaches-target top-5",
    "santurkar_figure_1": "colour-means-bn larger-is-better disproved more-stable",
    "santurkar_figure_2": "noise-before-bn fixed-noise test-accuracy noisy-is-better-than-bn",
    "santurkar_figure_3": "row-blind reduces-ics all-layers-updated different-batch weights-not-gradient",
    "santurkar_figure_4": "training-run different-learning-rates hessian global-claim",
    "why_batchnorm_works": "ics-only smoothness-proved",
    "why_explain_batchnorm": "not-needed",
}


def recorded(experiment: str, **claims: bool) -> Recorded:
    """A result that supports these claims or not."""
    evidence = {"steps": 1250, "ratio": 3.25, "never": None, "by_network": {"bn": (0.5, 0.75)}}
    return Recorded(
        experiment=experiment,
        scale="smoke",
        settings={"learning_rate": 0.125, "data_order": "reshuffled"},
        measurements={},
        claims={name: Claim(holds, evidence) for name, holds in claims.items()},
        provenance=Provenance(
            date="2026-11-20",
            device="cpu",
            data="scikit-learn's digits",
            seeds=(0, 1),
            versions={},
            seconds=1.0,
            revision="none",
        ),
    )


def solution(name: str) -> str:
    """The text of a solution, in one line."""
    return re.sub(r"\s+", " ", as_text(Request(name, "standard", 0, solution=True), PLACE.templates))


@pytest.fixture
def results_are(monkeypatch: pytest.MonkeyPatch):
    def give(result: Recorded | None) -> None:
        monkeypatch.setattr(results, "find", lambda name: result if result and name == result.experiment else None)

    return give


@pytest.mark.parametrize("name", TRAPS)
def test_every_trap_has_its_deduction(name: str) -> None:
    (part,) = registry.load(name).parts
    assert {item.name for item in part.rubric} >= set(TRAPS[name].split())


@pytest.mark.parametrize("name", FIGURES)
def test_the_four_parts_of_a_figure_cost_the_whole_point(name: str) -> None:
    (part,) = registry.load(name).parts
    slots = part.kinds(registry.load(name).published)["response"].slots
    losses = {item.name: item.points for item in part.rubric}
    assert slots == ("context", "plotted", "observe", "interpretation")
    assert sum(losses[slot] for slot in slots) == -part.points


@pytest.mark.parametrize("name", FREE)
def test_a_free_question_can_lose_its_whole_point(name: str) -> None:
    (part,) = registry.load(name).parts
    assert sum(item.points for item in part.rubric) <= -part.points
    assert registry.load(name).experiments == {}


@pytest.mark.parametrize(("name", "experiment"), FIGURES.items())
def test_a_key_says_that_nothing_is_recorded(name: str, experiment: str, results_are) -> None:
    results_are(None)
    text = solution(name)
    assert f"[not recorded yet: {experiment}]" in text
    assert "Our own run" not in text


@pytest.mark.parametrize(("name", "experiment"), TOLD.items())
def test_a_key_quotes_what_is_recorded(name: str, experiment: str, results_are) -> None:
    results_are(recorded(experiment, made_up_claim=True, other_claim=False))
    text = solution(name)
    assert "not recorded" not in text
    assert "Our own run (scale smoke; data: scikit-learn's digits; two seeds; cpu, 2026-11-20)." in text
    evidence = "(by network: bn: 0.5, 0.75; never: none; ratio: 3.25; steps: 1250)"
    assert f"made up claim: yes {evidence}. • other claim: no {evidence}." in text
    assert "It was run with data order: reshuffled; learning rate: 0.125." in text
