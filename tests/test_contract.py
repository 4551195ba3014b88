"""The contract: what every registered problem keeps, before its author writes a test of his own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from psetpress import drawing, press, proving, registry, rubric, workspace
from psetpress.assignment import assemble
from psetpress.documents import Typesetter
from psetpress.drawing import Variant
from psetpress.figures import Gallery
from psetpress.preview import Request, as_text
from psetpress.records import LEVELS, Level
from psetpress.setfile import Item, Question, SetFile
from psetpress.streams import Stream
from psetpress.templates import Templates
from psetpress.verify import printed
from psetpress.verify.checks import examine
from psetpress.wording import slot_names

PLACE = workspace.activate()
proving.prepare()
NAMES = registry.names()
AT_LEVELS = [(name, level) for name in NAMES for level in registry.load(name).levels]

DRAWN = 200
"""Variants drawn of every problem at every level."""

DISTINCT = 500
"""Identities that a family must have at level standard, unless its record says why not."""

ACCEPTED = Fraction(2, 100)
"""The least share of accepted attempts."""


def stream(name: str, number: int) -> Stream:
    return Stream(f"contract {number}", "contract", "", name)


@cache
def drawn(name: str, level: Level, count: int = DRAWN) -> tuple[Variant, ...]:
    problem = registry.load(name)
    return tuple(drawing.draw(name, problem, level, stream(name, number)) for number in range(count))


@cache
def fixed(name: str) -> tuple[Variant, ...]:
    """The published variant, then the edges."""
    problem = registry.load(name)
    return tuple(drawing.given(name, problem, params, "standard") for params in (problem.published, *problem.edges))


def typesetter(*variants: Variant, published: bool = False) -> Typesetter:
    """Return a typesetter of one question that asks all ``variants``, each as an item of its own."""
    items = [Item(use=variant.name, id=f"v{number}", level=variant.level) for number, variant in enumerate(variants)]
    file = SetFile(title="Contract", question=[Question(title="Contract", problem=items)])
    named = {f"v{number}": variant for number, variant in enumerate(variants)}
    assignment = assemble("contract", file, "contract")
    return Typesetter(assignment, named, Templates(PLACE.templates), Gallery(), published=published)


@pytest.mark.parametrize("name", NAMES)
def test_a_problem_has_words_for_every_part(name: str) -> None:
    templates = Templates(PLACE.templates)
    for part in registry.load(name).parts:
        assert templates.has_block(f"problems/{name}.tex.j2", part.name)
        assert templates.has_block(f"problems/{name}.tex.j2", f"{part.name}_solution")


@pytest.mark.parametrize("name", NAMES)
def test_points_credits_and_deductions_are_possible(name: str) -> None:
    problem = registry.load(name)
    for part in problem.parts:
        assert part.points > 0
        assert all(-part.points <= item.points < 0 for item in part.rubric)
    assert all(0 <= item.credit < 1 for item in problem.misconceptions)
    assert all(item.says and item.feedback for item in problem.misconceptions)


@pytest.mark.parametrize("name", NAMES)
def test_parts_with_computed_answers_have_two_misconceptions(name: str) -> None:
    """Every proved part is hit by two misconceptions somewhere among the variants."""
    problem = registry.load(name)
    variants = [variant for level in problem.levels for variant in drawn(name, level)]
    for part in problem.parts:
        hitting = {
            misconception
            for variant in variants
            for misconception, values in variant.wrong.items()
            if values.keys() & part.kinds(variant.params).keys()
        }
        if any(kind.proved for variant in variants for kind in part.kinds(variant.params).values()):
            assert len(hitting) >= 2, f"part {part.name}: {hitting}"


@pytest.mark.parametrize("name", NAMES)
def test_every_misconception_applies_to_some_variant(name: str) -> None:
    problem = registry.load(name)
    variants = [variant for level in problem.levels for variant in drawn(name, level)]
    applying = {misconception for variant in variants for misconception in variant.wrong}
    assert {item.name for item in problem.misconceptions} == applying


@pytest.mark.parametrize("name", NAMES)
def test_published_and_edges_pass_every_check(name: str) -> None:
    for variant in fixed(name):
        assert examine(variant) == [], variant.params


@pytest.mark.parametrize(("name", "level"), AT_LEVELS)
def test_drawn_variants_pass_every_check(name: str, level: Level) -> None:
    """Two roads, misconceptions, JSON, print, responses: what `psetpress verify` demands."""
    for variant in drawn(name, level):
        assert examine(variant) == [], variant.params


@pytest.mark.parametrize(("name", "level"), AT_LEVELS)
def test_the_page_shows_what_the_key_depends_on(name: str, level: Level) -> None:
    for variant in (*drawn(name, level)[:8], *fixed(name)):
        assert list(printed.unseen(variant)) == [], variant.params


@pytest.mark.parametrize("name", NAMES)
def test_no_parameter_is_said_to_stand_there_in_another_form_for_nothing(name: str) -> None:
    """Without the declaration some page would seem to hide it: a needless one would only weaken the check."""
    problem = registry.load(name)
    for parameter in problem.printed_as:
        others = {key: value for key, value in problem.printed_as.items() if key != parameter}
        bare = replace(problem, printed_as=others)
        variants = [*fixed(name), *(variant for level in problem.levels for variant in drawn(name, level)[:8])]
        hidden = (says for variant in variants for says in printed.unseen(replace(variant, problem=bare)))
        assert any(f"depends on {parameter}" in says for says in hidden), parameter


@pytest.mark.parametrize("name", NAMES)
def test_the_record_names_what_the_published_variant_cannot_see(name: str) -> None:
    published = fixed(name)[0]
    blind = proving.blind_spots(published)
    assert sorted(blind) == sorted(published.problem.blind)


@pytest.mark.parametrize(("name", "level"), AT_LEVELS)
def test_the_same_stream_gives_the_same_variant(name: str, level: Level) -> None:
    problem = registry.load(name)
    again = drawing.draw(name, problem, level, stream(name, 0))
    assert again.params == drawn(name, level)[0].params
    assert again.answers == drawn(name, level)[0].answers


@pytest.mark.parametrize("name", NAMES)
def test_a_family_is_large_enough(name: str) -> None:
    problem = registry.load(name)
    level: Level = "standard" if "standard" in problem.levels else problem.levels[0]
    seen: set[str] = set()
    number = 0
    while len(seen) < DISTINCT and number < 3 * DISTINCT:
        seen.add(drawing.draw(name, problem, level, stream(name, number)).identity)
        number += 1
    assert len(seen) >= DISTINCT or problem.few, f"{len(seen)} identities in {number} draws"


@pytest.mark.parametrize(("name", "level"), AT_LEVELS)
def test_drawing_accepts_enough_attempts(name: str, level: Level) -> None:
    attempts = sum(variant.attempts for variant in drawn(name, level))
    assert Fraction(DRAWN, attempts) > ACCEPTED


@pytest.mark.parametrize(("name", "level"), AT_LEVELS)
def test_statement_and_solution_read_well_as_text(name: str, level: Level) -> None:
    """Alt texts are required by the templates' `figure`; markup must not show in a terminal."""
    for seed in range(3):
        text = as_text(Request(name, level, seed, solution=True), PLACE.templates)
        assert "Solution." in text
        for markup in ("\\begin", "\\end", "\\text", "\\frac", "@BLOCK", "\ue000", "<<", "<%"):
            assert markup not in text, text


@pytest.mark.parametrize("name", NAMES)
def test_documents_compile_without_an_overfull_box(name: str) -> None:
    """Two drawn variants of every level, and the published one with the edges, in one set each."""
    chosen = [variant for level in registry.load(name).levels for variant in drawn(name, level)[:2]]
    for writer in (typesetter(*chosen), typesetter(*fixed(name), published=True)):
        with ThreadPoolExecutor() as pool:
            _, complaints = press.finish(press.start(pool, press.write(writer, ("handout", "key", "rubric"))))
        assert complaints == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_has_a_response_block(name: str) -> None:
    for variant in (fixed(name)[0], *(drawn(name, level)[0] for level in registry.load(name).levels)):
        writer = typesetter(variant)
        main = writer.handout().main
        for part in next(writer.assignment.items()).parts:
            slots = slot_names(part.part.kinds(variant.params))
            for slot in [part.id] if len(slots) == 1 else [f"{part.id}.{slot}" for slot in slots]:
                assert main.count(f"\\begin{{response}}{{{slot}}}") == 1


@pytest.mark.parametrize("name", NAMES)
def test_rubric_lines_tie_misconceptions_to_points(name: str) -> None:
    for level in registry.load(name).levels:
        variant = drawn(name, level)[0]
        item = next(typesetter(variant).assignment.items())
        for part in item.parts:
            for line in rubric.lines(part, variant):
                assert -part.points <= line.points < 0


def test_levels_are_known() -> None:
    assert all(set(registry.load(name).levels) <= set(LEVELS) for name in NAMES)
