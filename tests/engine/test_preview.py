"""One problem by itself: what `psetpress show` prints, for every shipped problem, and the PDF it writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from psetpress import preview, proving, registry, workspace
from psetpress.errors import PsetpressError
from psetpress.preview import Request
from psetpress.targets.text import WIDTH

PLACE = workspace.activate()
SET = re.compile(r"(?<![\w^_])\{[^{}\\$]*,[^{}\\$]*\}")
"""Braces that are meant: {1, 2, 3}."""
LEFTOVER = re.compile(r"\\|[{}$\ue000-\uf8ff]|\^\{|<<|>>|\bbegin\b.*\bend\b")


def shown(request: Request) -> str:
    return click.unstyle(preview.as_text(request, PLACE.templates))


@pytest.mark.parametrize("problem", PLACE.problems)
def test_every_problem_is_readable(problem: str) -> None:
    text = shown(Request(problem, seed=1, solution=True))
    lines = text.split("\n")
    assert lines[0] == registry.load(problem).title
    assert sum(line.strip() == "Solution." for line in lines) == len(registry.load(problem).parts)
    assert not [line for line in lines if LEFTOVER.search(SET.sub("", line))]
    # A long word of a figure's description may stick out, mathematics may not.
    assert not [line for line in lines if len(line) > WIDTH and " " in line.strip()]
    assert "\n\n\n" not in text


def test_a_statement_comes_without_its_solution() -> None:
    text = shown(Request("batchnorm_density", published=True))
    assert "Solution" not in text
    assert "μ = 1.5 and variance σ² = 0.16" in text
    assert "[figure: A bell curve with mean 1.5" in text
    assert "𝒩" not in text


def test_the_published_answer_in_text() -> None:
    lines = shown(Request("convolution_2d", published=True, solution=True)).split("\n")
    matrix = ["            ⎛-40  -40  -40⎞", "        y = ⎜-40  -40  -40⎟.", "            ⎝-40  -40  -40⎠"]
    assert any(lines[start : start + 3] == matrix for start in range(len(lines)))


def test_another_seed_is_another_variant_and_the_same_seed_the_same() -> None:
    first = shown(Request("batchnorm_density", seed=1))
    assert first == shown(Request("batchnorm_density", seed=1))
    assert first != shown(Request("batchnorm_density", seed=2))


def test_figures_are_not_drawn_for_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psetpress.figures.draw", lambda *_: pytest.fail("drawn"))
    assert "[figure:" in shown(Request("batchnorm_density"))


def test_an_unproved_variant_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "disagreements", lambda *_: ["sum: 7 against 8"])
    with pytest.raises(PsetpressError, match=r"the key is not proved, so nothing is printed"):
        preview.as_text(Request("batchnorm_density"), PLACE.templates)


def test_an_unknown_problem_is_named() -> None:
    with pytest.raises(PsetpressError, match=r'did you mean "batchnorm_density"'):
        preview.as_text(Request("batchnorm_densty"), PLACE.templates)


@pytest.mark.parametrize("solution", [False, True])
def test_a_pdf_is_the_handout_or_the_key(solution: bool, tmp_path: Path, words_of: Callable[[bytes], str]) -> None:
    path = tmp_path / "sub" / "x.pdf"
    preview.write_pdf(Request("batchnorm_density", published=True, solution=solution), PLACE.templates, path)
    words = words_of(path.read_bytes())
    assert "A Gaussian through BatchNorm" in words
    assert ("Solution." in words) is solution
    assert [entry.name for entry in path.parent.iterdir()] == ["x.pdf"]
