"""Words: a statement sees the parameters and nothing else, and what it forgets is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from psetpress import drawing
from psetpress.answers import Integer, Written
from psetpress.assignment import AskedPart, assemble
from psetpress.errors import PsetpressError
from psetpress.figures import Gallery
from psetpress.records import Figure, Part, Problem
from psetpress.setfile import SetFile
from psetpress.targets.latex import LatexTarget
from psetpress.templates import Templates, unmark
from psetpress.wording import Desk, Writer

FIGURES = {
    "input": Figure[Any](draw=lambda axes, top: axes.plot([0, top]), data=lambda p: {"top": p.a}),
    "output": Figure[Any](draw=lambda axes, top: axes.plot([top, 0]), data=lambda p: {"top": p.b}, answer=True),
}
SHARED = "<# shared #>\nSums of $<< p.a >>$."

Write = Callable[..., tuple[Writer, dict[str, AskedPart]]]


@pytest.fixture
def writer(
    toy: SimpleNamespace, bank: Callable[..., None], set_of: Callable[..., SetFile], folder: Callable[..., Path]
) -> Write:
    """Return a writer of the toy problem, its template made of ``blocks``, and the parts that it asks."""

    def make(problem: Problem[Any] | None = None, item: Mapping[str, Any] | None = None, **blocks: str):
        record = problem or toy.variation(figures=FIGURES)
        bank(toy=record)
        text = "\n".join(f"<% block {name} %>\n{words}\n<% endblock %>" for name, words in blocks.items())
        files = {"problems/toy.tex.j2": text, "shared/sums.tex.j2": SHARED}
        asked = next(assemble("toy", set_of(item or "toy"), "toy").items())
        variant = drawing.given("toy", record, record.published, "standard")
        desk = Desk(Templates([folder("bank", files)]), LatexTarget(responses=True), Gallery())
        return Writer(desk, asked, variant), {part.name: part for part in asked.parts}

    return make


def words(text: str) -> str:
    return unmark(text)[0]


SPACE = "<< respond() >>"


def test_a_statement_prints_parameters_and_its_space(writer: Write) -> None:
    write, parts = writer(addition=f"What is $<< p.a >>+<< p.b >>$?\n\n{SPACE}")
    assert words(write.statement(parts["addition"])) == (
        "What is $3+4$?\n\n\\begin{response}{1.a}{3cm}{}\n% write here\n\\end{response}"
    )


@pytest.mark.parametrize("secret", ["answers.sum", "wrong", "work.anything", 'wrong["multiplies"].sum'])
@pytest.mark.parametrize("block", ["addition", "intro"])
def test_a_statement_that_uses_answers_fails_loudly(writer: Write, secret: str, block: str) -> None:
    blocks = {"addition": SPACE} | {block: f"words\n<< {secret} >>{SPACE}"}
    write, parts = writer(**blocks)
    name = re.match(r"\w+", secret)
    assert name is not None
    message = rf"toy\.tex\.j2, line \d+: `{name[0]}` is for solutions; a statement sees the parameters `p` only"
    with pytest.raises(PsetpressError, match=message):
        write.intro() if block == "intro" else write.statement(parts["addition"])


def test_no_answer_is_within_reach_of_a_statement(writer: Write, toy: SimpleNamespace) -> None:
    """Not by any name of the context, nor by an attribute of what it holds."""
    write, parts = writer(addition=SPACE)
    context = write._sees(parts["addition"])  # pyright: ignore[reportPrivateUsage]
    plain = {name: value for name, value in context.items() if not callable(value) and name in {"p", "published"}}
    assert plain == {"p": toy.Params(3, 4), "published": False}
    assert {name for name, value in context.items() if not callable(value)} - {*plain} <= {
        "answers",
        "wrong",
        "work",
        "recorded",
    }


def test_a_solution_sees_everything(writer: Write, toy: SimpleNamespace) -> None:
    record = toy.variation(figures=FIGURES, work=lambda p: {"step": Fraction(1, 2), "values": 5})
    solution = (
        '$<< answers.sum >>$, << answers["sum"].value + 1 >>, $<< wrong["multiplies"].sum >>$, << work.step >>, '
        '<< work["values"] >>, <% if "multiplies" in wrong and "none" not in wrong %>yes<% endif %>:'
        "<% for name, answer in answers %> << name >>=<< answer >><% endfor %>"
    )
    write, parts = writer(record, addition_solution=solution)
    assert words(write.solution(parts["addition"])) == "$7$, 8, $12$, 0.5, 5, yes: sum=7 product=12"


def test_a_solution_that_names_no_answer_fails_loudly(writer: Write) -> None:
    write, parts = writer(addition_solution='<< wrong["forgets"].sum >>')
    with pytest.raises(PsetpressError, match=r"line 2: .*has no attribute 'forgets'"):
        write.solution(parts["addition"])
    write, parts = writer(addition_solution="<< answers.summ >>")
    with pytest.raises(PsetpressError, match=r"line 2: .*has no attribute 'summ'"):
        write.solution(parts["addition"])


def test_an_answer_figure_is_refused_in_a_statement(writer: Write) -> None:
    write, parts = writer(addition='<< figure("output", alt="x") >>' + SPACE)
    with pytest.raises(
        PsetpressError, match=r'line 2: figure\("output"\) shows an answer: a statement must not print it'
    ):
        write.statement(parts["addition"])
    write, parts = writer(addition='<< respond(figure="output", alt="x") >>')
    with pytest.raises(PsetpressError, match="shows an answer"):
        write.statement(parts["addition"])
    write, parts = writer(addition_solution='<< figure("output", alt="x at {b}", b=p.b) >>')
    assert re.fullmatch(r"\\psetfigure\{toy-output-\w{8}\}\{x at 4\}", words(write.solution(parts["addition"])))
    assert list(write.desk.drawings) == [re.findall(r"toy-output-\w{8}", write.solution(parts["addition"]))[0]]


def test_an_unknown_figure_is_named_with_the_nearest(writer: Write) -> None:
    write, parts = writer(addition='<< figure("inpt", alt="x") >>' + SPACE)
    with pytest.raises(PsetpressError, match=r'no such figure \(did you mean "input"\?\); known: input, output'):
        write.statement(parts["addition"])


def test_a_figure_without_alternative_text_is_refused(writer: Write) -> None:
    write, parts = writer(addition='<< figure("input") >>' + SPACE)
    with pytest.raises(PsetpressError, match=r"line 2: TypeError: .*missing 1 required keyword-only argument: 'alt'"):
        write.statement(parts["addition"])


@pytest.mark.parametrize(("statement", "calls"), [("no space", 0), (SPACE + SPACE, 2)])
def test_a_statement_has_one_answer_space(writer: Write, statement: str, calls: int) -> None:
    write, parts = writer(addition=statement)
    with pytest.raises(PsetpressError, match=rf'toy\.tex\.j2, block "addition": calls respond\(\) {calls} times'):
        write.statement(parts["addition"])


@pytest.mark.parametrize("block", ["intro", "addition_solution"])
def test_answer_spaces_belong_to_statements(writer: Write, block: str) -> None:
    write, parts = writer(**{block: SPACE})
    with pytest.raises(PsetpressError, match=r"respond\(\) belongs at the end of a part's statement, nowhere else"):
        write.intro() if block == "intro" else write.solution(parts["addition"])


TWO = '<< respond(labels={"product": "The product", "reason": "Why"}) >>'


def test_several_answers_have_an_id_and_a_label_each(writer: Write) -> None:
    write, parts = writer(multiplication=TWO)
    spaces = re.findall(r"\\begin\{response\}(.*)", write.statement(parts["multiplication"]))
    assert spaces == ["{1.b.product}{3cm}{The product}", "{1.b.reason}{3cm}{Why}"]


def test_the_height_of_spaces_and_rows(writer: Write) -> None:
    write, parts = writer(multiplication=TWO.replace("labels", 'space="5cm", rows=True, labels'))
    spaces = re.findall(r"\\begin\{response\}(.*)", write.statement(parts["multiplication"]))
    assert spaces == ["{1.b.product}{0.8cm}{The product}", "{1.b.reason}{5cm}{Why}"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (SPACE, 'part "multiplication": the answers are product, reason; unlabelled: product, reason; unknown: none'),
        (TWO.replace("Why", ""), "unlabelled: reason; unknown: none"),
        (TWO.replace('"reason"', '"reasn"'), "unlabelled: reason; unknown: reasn"),
    ],
)
def test_unlabelled_and_unknown_answers_are_refused(writer: Write, call: str, message: str) -> None:
    write, parts = writer(multiplication=call)
    with pytest.raises(PsetpressError, match=message):
        write.statement(parts["multiplication"])


def test_slots_of_a_written_answer_are_spaces_of_their_own(writer: Write, toy: SimpleNamespace) -> None:
    part = Part[Any](
        name="look", points=Fraction(1), answers={"n": Integer(), "seen": Written(slots=("before", "after"))}
    )
    record = toy.variation(parts=(part,), solve=lambda p: {"n": 1}, oracle=lambda p: {"n": 1}, misconceptions=())
    write, parts = writer(record, look='<< respond(labels={"n": "$n$", "before": "B", "after": "A"}) >>')
    found = re.findall(r"\\begin\{response\}\{(.*?)\}", write.statement(parts["look"]))
    assert found == [f"{parts['look'].id}.{name}" for name in ("n", "before", "after")]


def test_shared_words_are_printed_once(writer: Write) -> None:
    write, parts = writer(intro='<< once("sums") >>', addition='<< once("sums") >>\nAdd.\n' + SPACE)
    assert words(write.intro()) == "Sums of $3$."
    assert words(write.statement(parts["addition"])).startswith("Add.\n")
    assert write.desk.said == {"sums"}


def test_missing_shared_words_are_named(writer: Write) -> None:
    write, _ = writer(intro='one\n<< once("som") >>')
    with pytest.raises(PsetpressError, match=r"toy\.tex\.j2, line 3: templates/shared/som\.tex\.j2 does not exist"):
        write.intro()


def test_another_part_is_called_by_its_letter(writer: Write) -> None:
    write, parts = writer(addition=f'See << ref("multiplication") >>. {SPACE}')
    assert words(write.statement(parts["addition"])).startswith("See part~(b).")


def test_a_part_that_is_not_asked_cannot_be_referred_to(writer: Write) -> None:
    only = {"use": "toy", "parts": ["addition"]}
    write, parts = writer(item=only, addition=f'See << ref("multiplication") >>. {SPACE}')
    with pytest.raises(PsetpressError, match=r'line 2: ref\("multiplication"\): this set asks no such part'):
        write.statement(parts["addition"])


def test_a_problem_without_intro_has_none(writer: Write) -> None:
    assert writer(addition=SPACE)[0].intro() == ""


def test_a_block_that_is_missing_is_named(writer: Write) -> None:
    write, parts = writer(addition=SPACE)
    with pytest.raises(PsetpressError, match=r'has no block "addition_solution"'):
        write.solution(parts["addition"])


QUOTE = (
    '<% set run = recorded("probe") %><< run.notice >><% if run.exists %>'
    "$<< run.measurements.steps >>$ on << run.provenance.device >><% endif %>"
)


def test_a_result_that_is_recorded_is_quoted(writer: Write, toy: SimpleNamespace) -> None:
    result = SimpleNamespace(measurements={"steps": 120}, provenance={"device": "CPU"})
    write, parts = writer(toy.variation(experiments={"probe": lambda: result}), addition_solution=QUOTE)
    assert words(write.solution(parts["addition"])) == "$120$ on CPU"
    assert write.desk.unrecorded == set()


def test_a_result_that_is_missing_is_said_to_be_missing(writer: Write, toy: SimpleNamespace) -> None:
    """Visibly in the key, and on the desk for the build's summary."""
    write, parts = writer(toy.variation(experiments={"probe": lambda: None}), addition_solution=QUOTE)
    assert words(write.solution(parts["addition"])) == r"\unrecorded{probe}"
    assert write.desk.unrecorded == {"probe"}


def test_an_experiment_that_the_record_does_not_declare_is_refused(writer: Write) -> None:
    write, parts = writer(addition_solution=QUOTE)
    with pytest.raises(PsetpressError, match=r'recorded\("probe"\): the record declares no such experiment'):
        write.solution(parts["addition"])


def test_a_rubric_has_the_facts_of_the_variant(writer: Write) -> None:
    write, parts = writer(
        addition=SPACE, addition_rubric="The sum is $<< answers.sum >>$, not $<< wrong.multiplies.sum >>$."
    )
    assert words(write.facts(parts["addition"])) == "The sum is $7$, not $12$."
    assert write.facts(parts["multiplication"]) == ""
