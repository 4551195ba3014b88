"""Documents: what handout, key and rubric of a toy set say, and that a student's files give nothing away."""

from __future__ import annotations

import dataclasses
import io
import itertools
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest

from psetpress import drawing, latex, workspace
from psetpress.assignment import assemble
from psetpress.documents import Typesetter, source_zip
from psetpress.figures import Gallery
from psetpress.latex import LatexError
from psetpress.records import Figure, Reject
from psetpress.setfile import SetFile
from psetpress.templates import Origin, Templates
from solvers import plots

GOLDEN = Path(__file__).parents[1] / "golden"
SHIPPED = workspace.activate().templates

WORDS = """\
<% block intro %>
Numbers << once("numbers") >>
<% endblock %>

<% block addition %>
What is $<< p.a >>+<< p.b >>$?

<< figure("given", alt="A bell at {a}.", a=p.a) >>

<< respond(figure="grid", alt="A grid.") >>
<% endblock %>

<% block addition_solution %>
Together $<< answers.sum >>$, not $<< wrong["multiplies"].sum >>$.
<< figure("sum", alt="A bell at {sum}.", sum=answers.sum) >>
<% endblock %>

<% block multiplication %>
And what is $<< p.a >>\\cdot<< p.b >>$, after << ref("addition") >>?
<% if published %>
As published.
<% endif %>

<< respond(rows=True, space="2cm", labels={"product": "The product", "reason": "Why?"}) >>
<% endblock %>

<% block multiplication_solution %>
<< table(header=["$a$", "$b$", "50%"], rows=[[p.a, p.b, answers.product.value]], align="rrr") >>
<% endblock %>
"""

FIGURES = {
    "given": Figure[Any](
        draw=plots.density,
        data=lambda p: {"mean": float(p.a), "std": 1.0, "ticks": (0.0, float(p.a), 10.0)},
        size=(7.0, 3.0),
        xlabel="$x$",
    ),
    "grid": Figure[Any](draw=plots.blank_grid, data=lambda _: {"columns": 6, "rows": 3}, size=(6.0, 3.0)),
    "sum": Figure[Any](
        draw=plots.density,
        data=lambda p: {"mean": float(p.a + p.b), "std": 1.0, "ticks": (0.0, float(p.a + p.b), 100.0)},
        size=(7.0, 3.0),
        answer=True,
    ),
}

HEAD: dict[str, Any] = {
    "title": r"Sums & \input{/etc/passwd}",
    "course": "50% Arithmetic",
    "term": "Spring_1",
    "instructor": "Ada {L.}",
    "due": "Friday #3",
    "instructions": "Show your work, $1+1$ at most.\n",
}

Set = Callable[..., Typesetter]


@pytest.fixture
def typesetter(
    toy: SimpleNamespace, bank: Callable[..., None], set_of: Callable[..., SetFile], folder: Callable[..., Path]
) -> Set:
    """Return the typesetter of a set that asks the toy problem about the numbers ``a`` and ``b``."""

    def make(a: int = 3, b: int = 4, words: str = WORDS, *, published: bool = False, **head: Any) -> Typesetter:
        record = toy.variation(figures=FIGURES, rejects=(Reject[Any](name="never", test=lambda _: False),))
        bank(toy=record)
        files = {"problems/toy.tex.j2": words, "shared/numbers.tex.j2": "are added here."}
        item = {"use": "toy", "points": {"addition": 1.5}}
        assignment = assemble("sums", set_of(item, **(HEAD | head)), "sums")
        variants = {"toy": drawing.given("toy", record, toy.Params(a, b), "standard")}
        templates = Templates([folder("bank", files), *SHIPPED])
        return Typesetter(assignment, variants, templates, Gallery(), published=published)

    return make


@pytest.mark.parametrize("name", ["handout", "key", "rubric"])
def test_the_tex_is_the_golden_one(typesetter: Set, name: str, request: pytest.FixtureRequest) -> None:
    """If a change is meant: ``pytest tests/engine/test_documents.py --refresh-golden``, then read the difference."""
    document = getattr(typesetter(), name)()
    golden = GOLDEN / f"{name}.tex"
    if request.config.getoption("--refresh-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(document.main, encoding="utf-8")
    assert document.main == golden.read_text(encoding="utf-8")


def test_every_line_of_words_knows_its_template(typesetter: Set) -> None:
    document = typesetter().key()
    lines = document.main.split("\n")
    assert len(lines) == len(document.origins)
    where = {line: str(origin) for line, origin in zip(lines, document.origins, strict=True)}
    assert where["Together $7$, not $12$."] == "templates/problems/toy.tex.j2, line 14"
    assert where["Numbers are added here."] == "templates/shared/numbers.tex.j2, line 1"
    assert where[r"\begin{solution}"].startswith("templates/documents/key.tex.j2")
    handout = typesetter().handout()
    told = handout.origins[handout.main.split("\n").index("Show your work, $1+1$ at most.")]
    assert told == Origin("sums.toml, instructions", 1)


def test_a_latex_error_names_the_line_of_the_words(typesetter: Set) -> None:
    broken = WORDS.replace("And what is", "And \\nope what is")
    with pytest.raises(
        LatexError, match=r"^handout: LaTeX: Undefined .*\n  at templates/problems/toy\.tex\.j2, line 19: And"
    ):
        latex.compile_pdf(typesetter(words=broken).handout())
    with pytest.raises(
        LatexError, match=r"^handout: LaTeX: Undefined .*\n  at sums\.toml, instructions, line 2: \\nope"
    ):
        latex.compile_pdf(typesetter(instructions="One.\n\\nope").handout())


A, B = 123457, 765311
SECRETS = (str(A + B), str(A * B))


@pytest.fixture
def handout(typesetter: Set) -> latex.Document:
    return typesetter(A, B).handout()


def test_the_key_and_the_rubric_hold_the_answers(typesetter: Set) -> None:
    key, rubric = typesetter(A, B).key(), typesetter(A, B).rubric()
    for secret in SECRETS:
        assert secret in key.main
        assert secret in rubric.main
    assert any("toy-sum" in name for name in key.files)


def test_no_file_of_a_student_holds_an_answer(
    handout: latex.Document, words_of: Callable[[bytes], str], tmp_path: Path
) -> None:
    pdf = latex.compile_pdf(handout).pdf
    (tmp_path / "x.pdf").write_bytes(pdf)
    with zipfile.ZipFile(io.BytesIO(source_zip(handout))) as archive:
        source = b"".join(name.encode() + archive.read(name) for name in archive.namelist()).decode(errors="replace")
    with pikepdf.open(tmp_path / "x.pdf") as opened:
        inside = repr(dict(opened.docinfo)) + "".join(
            str(operand)
            for page in opened.pages
            for step in pikepdf.parse_content_stream(page)
            for operand in step.operands
        )
    read = words_of(pdf)
    assert str(A) in read
    assert "A bell at 123457." in inside, "the test reads alternative texts"
    for text in (read, inside, source):
        assert not [secret for secret in SECRETS if secret in text]
        assert "toy-sum" not in text
        assert "Together" not in text


def test_the_source_zip_is_the_same_every_time(typesetter: Set) -> None:
    first = source_zip(typesetter().handout())
    assert source_zip(typesetter().handout()) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {name.split("-")[0] for name in names} == {"figures/toy", "main.tex", "psetpress.cls"}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_source_compiles_as_it_is_and_when_filled_in(
    handout: latex.Document, words_of: Callable[[bytes], str], tmp_path: Path
) -> None:
    """As Overleaf does: plain pdflatex in a fresh folder, nothing set for it."""
    with zipfile.ZipFile(io.BytesIO(source_zip(handout))) as archive:
        archive.extractall(tmp_path)
    main = tmp_path / "main.tex"
    main.write_text(main.read_text().replace("% write here", "My response is $42$.\n\nIn two paragraphs.", 1))
    pdflatex = shutil.which("pdflatex")
    assert pdflatex is not None
    command = [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "main.tex"]
    for _ in range(2):
        clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        subprocess.run(command, cwd=tmp_path, env=clean, check=True, capture_output=True)
    words = words_of((tmp_path / "main.pdf").read_bytes())
    assert "My response is 42." in words
    assert "??" not in words


def test_words_of_the_set_file_do_nothing(typesetter: Set, words_of: Callable[[bytes], str]) -> None:
    words = words_of(latex.compile_pdf(typesetter().handout()).pdf)
    for text in (r"Sums & \input{/etc/passwd}", "50% Arithmetic", "Spring_1", "Ada {L.}", "Friday #3"):
        assert text in words
    assert "root:" not in words


def test_the_code_depends_on_the_variants_only(typesetter: Set) -> None:
    assert typesetter(3, 4).code == typesetter(3, 4, title="Another").code
    assert typesetter(3, 4).code != typesetter(4, 3).code
    assert typesetter(3, 4).code.startswith("sums-")


def test_points_are_those_of_the_set(typesetter: Set) -> None:
    made = typesetter()
    assert r"\question{1}{One}{4.5 points}" in made.handout().main
    assert r"{[1.5]}" in made.handout().main
    rubric = made.rubric().main
    assert "add up to 4.5." in rubric
    # The record deducts 1 of 2 points, the set gives 1.5; "multiplies" keeps a quarter of them,
    # and misconceptions cost whole quarters of a point.
    assert r"\deduction{$-0.75$}{no-work}{The work is missing.}" in rubric
    assert r"\deduction{$-1$}{multiplies}{multiplies the numbers}" in rubric


def test_the_rubric_of_a_class_says_what_mistakes_cost_and_nothing_of_one_students_numbers(typesetter: Set) -> None:
    costs = {"1.a": {"no-work": {Fraction(-3, 4)}, "multiplies": {Fraction(-1), Fraction(-1, 2)}}}
    rubric = typesetter(A, B).class_rubric(costs).main
    assert r"\deduction{$-0.75$}{no-work}{The work is missing.}{}" in rubric
    assert r"\deduction{$-1$}{multiplies}{multiplies the numbers}{$-0.5$ where fewer answers show it}" in rubric
    assert r"\variantcode{sums}" in rubric
    assert "rubricanswer" not in rubric
    assert all(secret not in rubric for secret in (str(A + B), str(A * B)))


def test_published_variants_may_say_so(typesetter: Set) -> None:
    assert "As published." in typesetter(published=True).handout().main
    assert "As published." not in typesetter().handout().main


def test_equal_figures_are_one_file(typesetter: Set) -> None:
    handout, key = typesetter().handout(), typesetter().key()
    assert handout.files.items() <= key.files.items()
    assert sorted(name.rsplit("-", 1)[0] for name in key.files if name.endswith(".pdf")) == [
        "figures/toy-given",
        "figures/toy-grid",
        "figures/toy-sum",
    ]


def test_points_that_are_no_decimal_are_printed(typesetter: Set, words_of: Callable[[bytes], str]) -> None:
    made = typesetter()
    part = made.assignment.questions[0].items[0].parts[0]
    object.__setattr__(part, "points", Fraction(1, 3))
    assert "points" in words_of(latex.compile_pdf(made.handout()).pdf)


ONCE = (
    WORDS.replace('Numbers << once("numbers") >>', "Numbers.")
    .replace("Together", '<< once("numbers") >> Together')
    .replace("And what", '<< once("numbers") >> And what')
)


@pytest.mark.parametrize("order", [*itertools.permutations(("handout", "key", "rubric"))], ids="-".join)
@pytest.mark.parametrize("words", [WORDS, ONCE], ids=["intro", "solution"])
def test_documents_share_words_and_stay_themselves(typesetter: Set, order: tuple[str, ...], words: str) -> None:
    """Written in any order by one typesetter, they are those that a fresh one writes."""
    shared = typesetter(words=words)
    for name in order:
        assert getattr(shared, name)() == getattr(typesetter(words=words), name)()


def test_what_a_solution_says_is_not_said_in_the_handout(typesetter: Set) -> None:
    made = typesetter(words=ONCE)
    assert "are added here. Together" in made.key().main
    assert "are added here. And what" not in made.key().main
    assert "are added here. And what" in made.handout().main


def test_intermediate_results_are_worked_out_once(typesetter: Set) -> None:
    calls: list[object] = []

    def work(params: object) -> dict[str, Any]:
        calls.append(params)
        return {}

    variant = typesetter().variants["toy"]
    counted = dataclasses.replace(variant, problem=dataclasses.replace(variant.problem, work=work))
    made = typesetter().of({"toy": counted})
    for _ in range(2):
        made.key()
        made.rubric()
    assert calls == [variant.params]


@pytest.mark.parametrize("name", ["handout", "key", "rubric"])
def test_students_of_a_class_have_documents_of_their_own(typesetter: Set, name: str) -> None:
    ada, ben = typesetter(3, 4), typesetter(8, 9)
    of_ben = ada.of(ben.variants)
    assert getattr(of_ben, name)() == getattr(ben, name)() != getattr(ada, name)()
    assert getattr(ada, name)() == getattr(typesetter(3, 4), name)()
    assert (of_ben.code, of_ben.templates, of_ben.gallery) == (ben.code, ada.templates, ada.gallery)


def test_a_class_needs_no_first_student(typesetter: Set) -> None:
    ada = typesetter(3, 4)
    of_nobody = Typesetter(ada.assignment, {}, ada.templates, ada.gallery, published=False)
    assert of_nobody.of(ada.variants).handout() == ada.handout()
