"""Equal pages: what differs between students takes the space of the longest, so breaks and places are the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress import latex
from psetpress.owners import Owner, owned
from psetpress.shards import LAYOUT, Job, Made, Piece, compile_bundle, laid_out, layout, measure_bundle, merge, write

Jobs = Callable[..., Job]
Looks = Callable[[bytes], list[bytes]]

PIECES = st.lists(
    st.builds(Piece, st.sampled_from("ab"), st.integers(1, 3), st.integers(-9, 9), st.integers(1, 9)), max_size=9
)
WORDS = "Some words that fill a line or two and then a little more of the next line, too. "


def paper(job: Jobs, name: str, lines: int, responses: int = 2, answer: str = "") -> Job:
    """A handout of three questions, whose first part is ``lines`` long and has so many response blocks."""
    blocks = "\n".join(
        rf"\begin{{response}}{{1.a.{step}}}{{2cm}}{{Label}}{answer}\end{{response}}" for step in range(responses)
    )
    body = rf"""\makeheader\hander{{Name}}{{{name}}}
\begin{{instructions}}{WORDS * lines}\end{{instructions}}
\question{{1}}{{One}}{{3 points}}
{"Intro. " * lines}

\begin{{qpart}}{{1.a}}{{a}}{{[2]}}
{WORDS * lines}

{blocks}
\end{{qpart}}

\begin{{qpart}}{{1.b}}{{b}}{{[1]}}
{"Short. " * lines}
\end{{qpart}}
\directions{{{"Read. " * lines * 5}}}
\question{{2}}{{Two}}{{1 point}}
\begin{{qpart}}{{2}}{{}}{{}}
Alone: \ref{{x}} \[ x \] \begin{{response}}{{2}}{{9cm}}{{}}\end{{response}}
\end{{qpart}}
\question{{3}}{{Three}}{{}}
\begin{{qpart}}{{3.a}}{{a}}{{}} \begin{{equation}}y\label{{x}}\end{{equation}}
{"$y^{2^2}$ " * lines}\end{{qpart}}
Between parts.

\begin{{qpart}}{{3.b}}{{b}}{{}}{"last " * lines}\end{{qpart}}"""
    return job(name, body)


def planned(jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs with the layout that their class needs."""
    spaces = write(merge(measure_bundle(jobs)))
    return [Job(job.name, laid_out(job.document, spaces)) for job in jobs]


@pytest.fixture
def unlike(job: Jobs) -> list[Job]:
    return [paper(job, "anna", 2), paper(job, "ben", 23, 3), paper(job, "cleo", 11, 1), paper(job, "dan", 4, 0)]


def same(made: Sequence[Made]) -> bool:
    return len({(each.pages, each.boxes) for each in made}) == 1


# --- the whole ---------------------------------------------------------------------------------


def test_papers_of_unlike_length_have_equal_pages_and_places(unlike: list[Job]) -> None:
    assert len({made.pages for made in compile_bundle(unlike)}) > 1
    made = compile_bundle(planned(unlike))
    assert same(made)
    assert made[0].pages > 1
    assert [(each.error, each.overfull) for each in made] == [("", ())] * 4
    boxes = made[0].boxes
    assert sorted({box.part for box in boxes}) == ["1.a", "1.b", "2", "3.a", "3.b"]
    for box in boxes:
        assert 0 < box.x0 < box.x1 < 596
        assert 0 < box.y0 < box.y1 < 842
    for page in range(1, made[0].pages + 1):
        here = [box for box in boxes if box.page == page]
        assert all(upper.y0 >= lower.y1 for upper, lower in pairwise(here))


def test_a_paper_alone_has_the_pages_of_its_class(unlike: list[Job], looks: Looks) -> None:
    """From the source with its layout beside it, as a student has it; in whatever company."""
    jobs = planned(unlike)
    made = compile_bundle(jobs)
    assert [looks(each.pdf) for each in made] == [looks(latex.compile_pdf(job.document).pdf) for job in jobs]
    halves = [*compile_bundle(jobs[:2]), *compile_bundle(jobs[2:])]
    assert [(looks(each.pdf), each.boxes) for each in halves] == [(looks(each.pdf), each.boxes) for each in made]


def test_the_layout_depends_on_the_class_not_on_its_shards(unlike: list[Job]) -> None:
    whole = measure_bundle(unlike)
    parts = [measure_bundle(unlike[start : start + 1]) for start in (2, 0, 3, 1)]
    spaces: layout.Spaces = {}
    for pieces in parts:
        spaces = merge(pieces, spaces)
    assert write(spaces) == write(merge(whole))


def test_a_part_longer_than_a_page_takes_whole_pages(job: Jobs, looks: Looks) -> None:
    jobs = planned([paper(job, "anna", 2), paper(job, "ben", 80)])
    made = compile_bundle(jobs)
    assert same(made)
    assert len({box.page for box in made[0].boxes if box.part == "1.a"}) >= 2
    assert [looks(each.pdf) for each in made] == [looks(latex.compile_pdf(job.document).pdf) for job in jobs]


def test_no_page_stays_empty_for_want_of_room_for_an_answer(job: Jobs) -> None:
    """The question stands at the bottom of the page that begins with a heading, its answer space on the next."""
    body = r"""\question{1}{One}{}\hrule height 100pt
\begin{qpart}{1.a}{a}{}\hrule height 300pt
\begin{response}{1.a}{12cm}{}\end{response}\begin{response}{1.a.2}{1cm}{}\end{response}\end{qpart}"""
    (made,) = compile_bundle(planned([job("anna", body)]))
    assert [(box.part, box.page) for box in made.boxes] == [("1.a", 1), ("1.a", 2)]


def test_an_answer_that_has_been_written_flows_freely(job: Jobs, words_of: Callable[[bytes], str]) -> None:
    """Nothing is lost or refused when the student's text is longer than any space of the class."""
    empty = planned([paper(job, "anna", 2), paper(job, "ben", 3)])
    filled = paper(job, "anna", 2, answer="An answer.\\par " * 90 + "Its end.")
    compiled = latex.compile_pdf(laid_out(filled.document, empty[0].document.files[LAYOUT]))
    text = words_of(compiled.pdf)
    assert (text.count("An answer."), text.count("Its end.")) == (180, 2)
    assert compiled.overfull == ()


def test_page_breaks_by_hand_and_footnotes(job: Jobs) -> None:
    jobs = planned([job("anna", "one\\newpage two\\pagebreak[3] three\\clearpage four")])
    assert compile_bundle(jobs)[0].pages == 4
    footnote = planned([job("ben", r"words\footnote{lost}")])
    assert "have no room for footnotes" in compile_bundle(footnote)[0].error


def test_what_latex_refuses_is_not_measured(job: Jobs) -> None:
    fine = paper(job, "anna", 3)
    assert measure_bundle([job("bad", r"\nope"), fine]) == measure_bundle([fine])


# --- measuring ---------------------------------------------------------------------------------


def test_pieces_are_measured_in_sp(job: Jobs) -> None:
    body = r"\hrule height 10pt\question{1}{One}{}\begin{qpart}{1}{}{}\hrule height 30pt\end{qpart}"
    start, head, part = measure_bundle([job("anna", body)])
    assert (start, part.key, part.number, part.height) == (Piece("start", 1, 0, 655360), "1", 1, 30 * 65536)
    assert (head.key, head.lead) == ("q1", pytest.approx((7 / 25.4 * 72.27 + 5) * 65536, abs=99))


def test_a_large_class_is_measured_in_one_run(job: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """TeX gives up when a hundred documents have filled no page, unless it is told not to count."""
    execute, runs = latex.execute, []
    monkeypatch.setattr(latex, "execute", lambda *args, **kwargs: runs.append(1) or execute(*args, **kwargs))
    pieces = measure_bundle([job(f"student {number}", "words") for number in range(130)])
    assert len(pieces) == 130
    assert len(set(pieces)) == 1
    assert len(runs) <= 2  # one may be for the format


def test_an_owner_takes_no_space(job: Jobs) -> None:
    plain = paper(job, "anna", 3)
    owner = Owner("1", "Anna" * 50, "Section", "7K3M-Q9TX-4", [[True] * 21] * 21)
    known = Job("anna", owned(plain.document, owner))
    assert measure_bundle([plain, known, plain]) == measure_bundle([plain]) * 3


def test_a_piece_higher_than_a_page_is_as_high_as_its_pages(job: Jobs) -> None:
    (piece,) = measure_bundle(
        [job("anna", r"\hrule height 500pt\vskip1pt\hrule height 500pt\vskip1pt\hrule height 9pt")]
    )
    height = piece.height / 65536 / 702.78308  # of the class's page
    assert height == pytest.approx(2, abs=1e-4)


# --- merging and writing -----------------------------------------------------------------------


@given(PIECES, st.randoms(use_true_random=False))
def test_merging_depends_on_no_order(pieces: list[Piece], shuffle: random.Random) -> None:
    other = shuffle.sample(pieces, len(pieces))
    cut = len(pieces) // 2
    assert write(merge(other[cut:], merge(other[:cut]))) == write(merge(pieces))


def test_the_greatest_of_each() -> None:
    assert merge([Piece("a", 1, 5, 20), Piece("a", 1, 7, 10), Piece("b", 2, -3, 1)]) == {
        ("a", 1): (7, 20),
        ("b", 2): (-3, 1),
    }


def test_a_piece_that_nobody_has_takes_no_space() -> None:
    assert write({("1.a", 2): (3, 40)}).decode().splitlines()[1:] == [
        r"\reserve{1.a/1}{0sp}{0sp}",
        r"\reserve{1.a/2}{3sp}{40sp}",
    ]


def test_the_layout_lies_beside_the_document(job: Jobs) -> None:
    document = job("anna", "x").document
    assert laid_out(document, b"layout").files == {**document.files, "psetlayout.tex": b"layout"}
    assert laid_out(document, b"layout").main == document.main
