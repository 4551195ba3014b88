"""Reports: the same survey as text, JSON, JUnit's XML and a web page, each read back."""

from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser
from xml.etree import ElementTree

import click
import pytest

from psetpress import workspace
from psetpress.verify import report
from psetpress.verify.survey import KEPT, Failure, Survey, Tally

BAD = Failure("fir", "hard", 17, "two roads", 'answer "y": solve says 1 < 2 & \x07', "Params(n=1)")


@pytest.fixture
def survey() -> Survey:
    good = Tally(
        "conv",
        "easy",
        asked=4,
        tried=4,
        attempts=8,
        busy=0.5,
        slowest=(0.004, 3),
        seconds=[0.001, 0.002, 0.003, 0.004],
        identities={"a", "b", "c"},
        rejected=Counter({"tie": 4}),
        keys=Counter({"1": 3, "2": 1}),
        answers={"size": Counter({"7": 4})},
        effort={"digits": [3, 4, 5, 9], "values": [2, 2, 2, 2], "operations": [10]},
    )
    bad = Tally("fir", "hard", asked=2, tried=2, failed=1, attempts=2, busy=0.5, failures=[BAD])
    bad.found["two roads"] = 1
    return Survey([good, bad], seconds=0.75, jobs=2)


def test_the_text_has_a_row_for_every_problem_and_level(survey: Survey) -> None:
    header, row, other, *_ = report.as_text(survey).splitlines()
    assert header.split() == " ".join(report.HEADER).split()
    assert row.split() == ["conv", "easy", "4", "3", "50%", "75.0%", "3-9", "2-2", "10-10", "2.50", "4.0", "(3)"]
    assert other.split() == ["fir", "hard", "2", "0", "100%", "-", "-", "-", "-", "0.00", "-"]


def test_the_text_ends_with_the_failures_and_a_verdict(survey: Survey) -> None:
    text = click.unstyle(report.as_text(survey))
    assert 'fir: two roads\n  answer "y": solve says 1 < 2 & \x07\n  again: psetpress verify fir --level hard' in text
    last = "6 variants of 2 problems: 1 failed (0.8 s, 6 variants a second and worker, 2 workers)"
    assert text.splitlines()[-1] == last


def test_few_problems_are_shown_with_predicates_and_commonest_answers(survey: Survey) -> None:
    text = report.as_text(survey)
    assert 'conv, easy\n 50.0% of the draws rejected: tie\n100.0% of the variants have size = "7"' in text
    many = Survey([*survey.tallies, *(Tally(name, "easy", tried=1) for name in "abc")], 1.0, 1)
    assert "of the draws rejected" not in report.as_text(many)


def test_many_failures_are_cut_to_three_a_check(survey: Survey) -> None:
    text = click.unstyle(report.as_text(broken(KEPT)))
    assert text.count("again: ") == 3
    assert f"  ... and {KEPT - 3} more" in text


def broken(variants: int) -> Survey:
    """A survey of one problem, of which every variant fails."""
    tally = Tally("fir", "hard", asked=variants, tried=variants)
    for seed in range(variants):
        tally.fail(seed, [("two roads", "differ")], "")
    return Survey([tally], 0.0, 1)


def test_failures_that_were_not_kept_count_among_those_not_shown() -> None:
    assert f"  ... and {10 * KEPT - 3} more" in click.unstyle(report.as_text(broken(10 * KEPT)))
    page = report.as_html(broken(10 * KEPT), workspace.active().templates)
    assert f"... and {9 * KEPT} more that were counted and not kept." in page
    assert "not kept" not in report.as_html(broken(KEPT), workspace.active().templates)
    assert json.loads(report.as_json(broken(10 * KEPT)))["problems"][0]["findings"] == {"two roads": 10 * KEPT}


def test_an_interrupted_run_says_so() -> None:
    survey = Survey([Tally("fir", "hard", asked=1000, tried=50)], seconds=2.0, jobs=1, interrupted=True)
    assert report.summary(survey).startswith("interrupted after 50 of 1000 variants: no failure among these")
    assert json.loads(report.as_json(survey))["interrupted"]


def test_a_problem_that_was_given_up_is_no_interruption() -> None:
    survey = Survey([Tally("fir", "hard", asked=1000, tried=50, failed=1)], seconds=2.0, jobs=1)
    assert report.summary(survey).startswith("50 of 1000 variants of 1 problem: 1 failed (")
    suite = ElementTree.fromstring(report.as_junit(survey).encode())
    assert suite.get("skipped") == "0"
    assert suite[0][0].get("message") == "1 of 50 variants failed, 950 were not tried"


def test_no_key_is_said_to_be_proved_where_there_is_none(survey: Survey) -> None:
    proved, essay = survey.tallies[0], Tally("essay", "standard", asked=4, tried=4)
    assert report.summary(Survey([proved], 1.0, 1)).startswith(
        "4 variants of 1 problem: every key proved, every check passed ("
    )
    assert report.summary(Survey([essay], 1.0, 1)).startswith(
        "4 variants of 1 problem: no key to prove, for all answers are written ones; every check passed ("
    )
    assert report.summary(Survey([proved, essay], 1.0, 1)).startswith(
        "8 variants of 2 problems: every key proved (1 of them without a key, for all answers are written ones), every"
    )
    assert [one["with_a_key"] for one in json.loads(report.as_json(Survey([proved, essay], 1.0, 1)))["problems"]] == [
        4,
        0,
    ]


def test_problems_without_the_level_are_named(survey: Survey) -> None:
    without = Survey(survey.tallies, 1.0, 1, lacking=["essay", "shape"])
    note = "note: left out, for they do not have this level: essay, shape"
    assert f"\n\n{note}\n\n" in report.as_text(without)
    assert note in report.as_html(without, workspace.active().templates)
    assert json.loads(report.as_json(without))["lacking_the_level"] == ["essay", "shape"]
    assert "left out" not in report.as_text(survey)


def test_json_holds_everything_that_was_counted(survey: Survey) -> None:
    data = json.loads(report.as_json(survey))
    assert (data["asked"], data["tried"], data["failed"], data["complete"]) == (6, 6, 1, True)
    conv, fir = data["problems"]
    assert conv["acceptance"] == 0.5
    assert conv["rejected"] == {"tie": 0.5}
    assert conv["commonest_key"] == 0.75
    assert conv["commonest_answers"] == [{"answer": "size", "value": "7", "share": 1.0}]
    assert conv["effort"]["digits"] == {"p5": 3, "p50": 5, "p95": 9}
    assert conv["slowest_seed"] == 3
    assert fir["effort"]["digits"] == {}
    assert fir["failures"][0]["seed"] == 17
    assert fir["failures"][0]["again"] == BAD.command


def test_junit_has_a_test_case_for_every_problem_and_level(survey: Survey) -> None:
    suite = ElementTree.fromstring(report.as_junit(survey).encode())
    assert suite.tag == "testsuite"
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped", "time")} == {
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
        "time": "0.750",
    }
    good, bad = suite.findall("testcase")
    assert (good.get("classname"), good.get("name"), good.get("time")) == ("problems.conv", "conv[easy]", "0.500")
    assert list(good) == []
    (failure,) = bad
    assert failure.get("message") == "1 of 2 variants failed"
    assert failure.text == f'two roads: answer "y": solve says 1 < 2 & \N{REPLACEMENT CHARACTER}\nagain: {BAD.command}'


def test_junit_skips_what_an_interruption_left_out_or_half_done() -> None:
    tallies = [Tally("fir", level, asked=10, tried=tried) for level, tried in (("easy", 0), ("standard", 9))]
    survey = Survey([*tallies, Tally("fir", "hard", asked=10, tried=10)], 0.0, 1, interrupted=True)
    suite = ElementTree.fromstring(report.as_junit(survey).encode())
    assert suite.get("skipped") == "2"
    none, some, all_done = suite
    assert none[0].tag == some[0].tag == "skipped"
    assert none[0].get("message") == "interrupted after 0 of 10 variants"
    assert some[0].get("message") == "interrupted after 9 of 10 variants"
    assert list(all_done) == []


class Reader(HTMLParser):
    """Collects the words of a page, and checks that tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_is_well_formed_and_escapes_what_solvers_say(survey: Survey) -> None:
    page = report.as_html(survey, workspace.active().templates)
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    words = " ".join(" ".join(reader.words).split())
    assert 'answer "y": solve says 1 < 2 &' in words
    assert "1 < 2 &amp; " not in page
    assert "1 &lt; 2 &amp;" in page
    assert "50.0 %: tie" in words
    assert "7 in 100.0 % of the variants" in words
    assert "3 to 9 (5th to 95th percentile), 5 in the median" in words
    assert BAD.command in words


def test_a_page_without_failures_has_no_such_heading(survey: Survey) -> None:
    page = report.as_html(Survey(survey.tallies[:1], 0.5, 1), workspace.active().templates)
    assert "Failures" not in page
    assert "every key proved, every check passed" in page
