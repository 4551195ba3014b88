"""Bundles: each document as it would be alone, whatever its company does."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from psetpress import auxiliary, latex
from psetpress.owners import Owner, owned
from psetpress.shards import Job, Made, compile_bundle, measure_bundle, stage
from psetpress.templates import Origin

Jobs = Callable[..., Job]
Looks = Callable[[bytes], list[bytes]]

FIGURE = rb"\begin{picture}(10,10)\put(0,0){f}\end{picture}"
BODIES = {
    "anna": r"""\makeheader\hander{Name}{Anna}
\question{1}{Matrices}{2 points}
Let $A=\begin{pmatrix}1&-2\\0&\frac12\end{pmatrix}$ and $\begin{bmatrix}1&2&3\end{bmatrix}$ with \psetlink{https://a.b}{a.b}.
\begin{qpart}{1.a}{a}{[2]}Find \textbf{it} in \textcolor{psetaccent}{colour} \texttt{now}.
\begin{response}{1.a}{2cm}{Label}\end{response}\end{qpart}""",
    "ben": r"""\makeheader
\begin{equation}x\label{x}\end{equation} See \ref{x} on page \pageref{x}, then page \pageref{end}.
\newpage\setcounter{footnote}{7} words\footnote{A note.} \psetfigure{f}{An alt text with parentheses ( and 漢.}
\newcommand{\mine}{mine}\mine
\newpage\thispagestyle{empty} last \begin{equation}z\label{end}\end{equation}""",
    "cleo": r"""\documentkind{Answer key}\makeheader See \ref{x}. \begin{equation}y\label{x}\end{equation}
\begin{psettable}\begin{tabular}{lr}\toprule a&b\\\midrule $\begin{matrix}\begin{array}{r}1\\22\end{array}\end{matrix}$
&2\\\bottomrule\end{tabular}\end{psettable}
{\color{psetquiet}""" + "A paragraph whose colour goes on over the page. " * 200 + "}",
}  # fmt: skip

SYMBOL = [[(row + column) % 2 == 0 for column in range(21)] for row in range(21)]
OWNERS = [
    Owner("1", "Anna", "A", "AAAA", SYMBOL),
    Owner("2", "Ben", code="BBBB"),
    Owner("3", "漢 😀", "C", "CC", SYMBOL),
]


@pytest.fixture
def three(job: Jobs) -> list[Job]:
    return [job(name, body, {"figures/f.tex": FIGURE}) for name, body in BODIES.items()]


def trailer(made: Made) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(made.pdf))


def test_every_page_looks_as_if_its_document_were_alone(three: list[Job], looks: Looks) -> None:
    """Counters, labels, colours, headers and page totals start anew in each."""
    made = compile_bundle([*three, *reversed([Job(f"{job.name} again", job.document) for job in three])])
    alone = [looks(latex.compile_pdf(job.document).pdf) for job in three]
    assert [looks(each.pdf) for each in made] == [*alone, *reversed(alone)]
    assert [each.pages for each in made] == [len(pages) for pages in alone] + [len(pages) for pages in alone[::-1]]
    assert [(each.error, each.overfull) for each in made] == [("", ())] * 6


def test_equal_jobs_are_equal_bytes_with_or_without_a_format(
    three: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = compile_bundle(three)
    assert compile_bundle(three) == first
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv(auxiliary.VARIABLE, str(tmp_path / "file"))  # nothing can be kept there
    assert compile_bundle(three) == first


def test_labels_do_not_leak(job: Jobs, words_of: Callable[[bytes], str]) -> None:
    """Neither from the document before nor from the run before; a bundle without labels takes one run."""
    jobs = [
        job("anna", r"\begin{equation}x\end{equation}\begin{equation}x\label{x}\end{equation} see (\ref{x})"),
        job("ben", r"see (\ref{x})"),
    ]
    anna, ben = compile_bundle(jobs)
    assert "see (2)" in words_of(anna.pdf)
    assert "see (??)" in words_of(ben.pdf)
    assert anna.overfull == ()
    assert ben.overfull == ("handout: Reference `x' on page 1 undefined, at line 4 of main.tex",)


def test_a_document_that_latex_refuses_harms_no_other(three: list[Job], job: Jobs, looks: Looks) -> None:
    origins = [Origin("problems/toy.tex.j2", 100 + line) for line in range(1, 9)]
    bad = job("bad", "first\n\nsecond \\nope")
    bad = Job(bad.name, latex.Document("handout", bad.document.main, bad.document.files, origins))
    made = compile_bundle([three[0], bad, three[1], job("open", r"\begin{quote}"), three[2], job("brace", "}")])
    assert [each.name for each in made] == ["anna", "bad", "ben", "open", "cleo", "brace"]
    assert made[1].error == (
        "handout: LaTeX: Undefined control sequence.\n  at templates/problems/toy.tex.j2, line 106: second \\nope"
    )
    assert re.search(r"\\begin\{quote\} from line 4 .* ended by \\end\{document\}", made[3].error)
    assert [looks(made[place].pdf) for place in (0, 2, 4)] == [looks(each.pdf) for each in compile_bundle(three)]
    assert "Too many }'s" in made[5].error
    assert made[1].pdf == made[3].pdf == made[5].pdf == b""


@pytest.mark.parametrize(
    "body",
    [r"\mine", r"\gdef\mine{their}\mine", r"pages: \PreviousTotalPages", r"\newpage\tableofcontents\section{A}"],
    ids=["local", "global", "total", "contents"],
)
def test_what_needs_a_run_of_its_own_gets_one(body: str, three: list[Job], job: Jobs, looks: Looks) -> None:
    """And what one document defines is unknown in the next."""
    odd = job("odd", body, preamble="\\providecommand{\\mine}{all}\n")
    made = compile_bundle([three[1], odd, three[0], three[1]])
    assert looks(made[1].pdf) == looks(latex.compile_pdf(odd.document).pdf)
    assert looks(made[0].pdf) == looks(made[3].pdf)
    assert made[2].pages == 1


def test_a_document_that_hangs_is_stopped(three: list[Job], job: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex, "TIME_LIMIT", 6.0)
    monkeypatch.setattr(stage, "PATIENCE", 0.0)
    made = compile_bundle([three[0], job("loop", r"\def\x{\x}\x"), three[2]])
    assert made[1].error.startswith("handout: LaTeX did not finish within 6 s")
    assert [bool(each.pdf) for each in made] == [True, False, True]


def test_one_that_stops_in_a_later_run_only_is_the_one_taken_out(
    three: list[Job], job: Jobs, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has begun in the run before, as all the others have."""
    late = job(
        "late",
        r"""\makeatletter\ifcsname r@k\endcsname\errmessage{Late}\fi
\immediate\write\@auxout{\string\newlabel{k}{{1}{1}}}\makeatother x""",
    )
    alone: list[str] = []
    monkeypatch.setattr(stage, "_alone", lambda job: alone.append(job.name) or Made(job.name, error="Late"))
    made = compile_bundle([three[0], late, three[1], three[2]])
    assert alone == ["late"]
    assert [looks(made[place].pdf) for place in (0, 2, 3)] == [looks(each.pdf) for each in compile_bundle(three)]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (r"\def\x{\x\x}\x", r"^handout: LaTeX: TeX capacity exceeded, sorry \[input stack size=\d+\]\.\n  at "),
        (r"\def\x#1{\x{#1#1}}\x{words}", r"^handout: LaTeX: TeX capacity exceeded, sorry \[main memory size=\d+\]\.\n"),
        (r"\def\x{\immediate\write-1{for ever}\x}\x", r"^handout: LaTeX stopped .*it may write at most 4 MB"),
    ],
    ids=["calls", "memory", "disk"],
)
def test_a_document_that_takes_all_there_is_costs_only_itself(
    body: str, message: str, three: list[Job], job: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latex, "SIZE_LIMIT", 4)
    greedy = job("greedy", body)
    made = compile_bundle([three[0], greedy, three[2]])
    assert re.search(message, made[1].error, re.DOTALL)
    with pytest.raises(latex.LatexError) as single:
        latex.compile_pdf(greedy.document)
    assert made[1].error == single.value.message
    assert [bool(each.pdf) for each in made] == [True, False, True]


def test_a_run_that_is_killed_is_no_document_s_fault(
    three: list[Job], looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as by a machine that is out of memory: what was under way is tried again, alone."""
    execute, runs = latex.execute, [-9]
    monkeypatch.setattr(latex, "execute", lambda *args, **kwargs: runs.pop() if runs else execute(*args, **kwargs))
    made = compile_bundle(three)
    assert [looks(each.pdf) for each in made] == [looks(latex.compile_pdf(job.document).pdf) for job in three]


def test_owners_are_on_their_own_pages(three: list[Job], looks: Looks, words_of: Callable[[bytes], str]) -> None:
    """And a document without one between them has none."""
    jobs = [Job(each.name, owned(each.document, owner)) for each, owner in zip(three, OWNERS, strict=True)]
    made = compile_bundle([jobs[0], Job("nobody", three[0].document), *jobs[1:]])
    assert [looks(each.pdf) for each in made] == [
        looks(latex.compile_pdf(document).pdf)
        for document in (jobs[0].document, three[0].document, jobs[1].document, jobs[2].document)
    ]
    assert [(each.error, each.overfull) for each in made] == [("", ())] * 4
    with trailer(made[0]) as first, trailer(made[1]) as nobody, trailer(made[3]) as last:
        assert str(first.docinfo["/Title"]) == "anna: Anna (1)"
        assert str(nobody.docinfo["/Title"]) == "anna"
        assert str(last.docinfo["/Title"]) == "cleo: 漢 😀 (3)"  # it says that it is a key too late
        assert [len(page.obj.Resources.get("/XObject", {})) for page in last.pages] == [1] * len(last.pages)
        assert "/XObject" not in nobody.pages[0].obj.Resources
    assert "Anna" not in words_of(made[2].pdf)


def test_what_tex_looks_up_once_is_the_same_for_all(job: Jobs, looks: Looks) -> None:
    """The first ellipsis of a run would stand a little further from a letter such as W than all others."""
    jobs = [job(name, r"W\textellipsis{} W\textellipsis{} $\bigl(x\bigr)$ {\small $y$}") for name in ("anna", "ben")]
    made = compile_bundle(jobs)
    assert [looks(each.pdf) for each in made] == [looks(latex.compile_pdf(job.document).pdf) for job in jobs]


def test_a_pdf_tells_no_dates_and_nothing_of_its_making(three: list[Job]) -> None:
    for made in compile_bundle(three):
        with trailer(made) as pdf:
            assert {*pdf.docinfo} <= {"/Title", "/Author", "/Subject", "/Keywords"}
            assert "/Metadata" not in pdf.Root
            assert "/ID" in pdf.trailer


def test_a_document_without_pages_says_so(three: list[Job], job: Jobs) -> None:
    made = compile_bundle([job("nothing", ""), three[0]])
    assert made[0].error == "handout: LaTeX: the document has no pages"
    assert made[1].pages == 1


def test_other_classes_packages_and_files_are_no_obstacle(three: list[Job], job: Jobs, looks: Looks) -> None:
    jobs = [
        three[0],
        Job("plain", latex.Document("toy", "\\documentclass{article}\\begin{document}x\\end{document}", {})),
        job("package", "\\begin{comment}\nx\n\\end{comment}\ny", preamble="\\usepackage{verbatim}\n"),
        job("file", r"\psetfigure{f}{another}", {"figures/f.tex": FIGURE.replace(b"f", b"g")}),
        three[1],
    ]
    made = compile_bundle(jobs)
    assert [looks(each.pdf) for each in made] == [looks(latex.compile_pdf(job.document).pdf) for job in jobs]


def test_complaints_go_to_their_document(job: Jobs) -> None:
    wide = "\n\\noindent\\rule{\\dimexpr\\textwidth+9pt}{1pt}"
    jobs = [job("anna", "x"), job("ben", f"x\n\\newpage\n{wide}"), job("cleo", wide)]
    assert [made.overfull for made in compile_bundle(jobs)] == [
        (),
        ("handout: 9.0 pt too wide at line 7 of main.tex",),
        ("handout: 9.0 pt too wide at line 5 of main.tex",),
    ]


def test_references_that_never_settle_are_reported(job: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex, "MAX_RUNS", 2)
    grows = r"""\makeatletter\ifx\r@k\undefined\def\r@k{0}\fi
\immediate\write\@auxout{\string\newlabel{k}{\r@k0}}\makeatother x"""
    made = compile_bundle([job("anna", "x"), job("ben", grows)])
    assert [each.overfull for each in made] == [(), ("handout: page references still change after 2 runs",)]


def test_titles_bookmarks_and_links_are_the_document_s_own(three: list[Job], job: Jobs) -> None:
    made = compile_bundle([three[0], job("ünï (a)", r"\question{1}{É (b)}{}x\newpage\question{2}{Two}{}y"), three[1]])
    with trailer(made[0]) as anna, trailer(made[1]) as second, trailer(made[2]) as ben:
        assert str(second.docinfo["/Title"]) == "ünï (a)"
        assert [str(item.title) for item in second.open_outline().root] == ["1. É (b)", "2. Two"]
        assert second.open_outline().root[1].destination[0].objgen == second.pages[1].obj.objgen
        assert [str(item.title) for item in anna.open_outline().root] == ["1. Matrices"]
        assert str(anna.pages[0].obj.Annots[0].A.URI) == "https://a.b"
        leads = [annotation.A.D[0].objgen for annotation in ben.pages[0].obj.Annots]
        assert leads == [ben.pages[number].obj.objgen for number in (0, 0, 2)]
        assert "/Outlines" not in ben.Root


def test_a_document_holds_only_what_its_pages_use(job: Jobs) -> None:
    """No font, picture or page of its company."""
    alone, company = compile_bundle([job("a", "x"), job("b", r"$\mathbb R$ \texttt{t} " + r"y\newpage " * 20)])
    with trailer(alone) as pdf:
        fonts = {
            str(item.BaseFont)[8:]
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item
        }
        assert len(pdf.pages) == 1
        assert sum(isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Page" for item in pdf.objects) == 1
        assert not any("Blackboard" in font for font in fonts)
    assert len(alone.pdf) < len(company.pdf)


def test_nothing_to_do() -> None:
    assert compile_bundle([]) == []
    assert measure_bundle([]) == []
