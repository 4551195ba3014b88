"""The studio: one for each plan, drawing by the student's own streams, and whose paper it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from psetpress import press
from psetpress.classroom import drawn, studio
from psetpress.classroom.seats import Seat
from psetpress.classroom.studio import Plan, Studio
from psetpress.latex import Document
from psetpress.roster import Student

ANNA = Seat(Student("a-1", "Anna", section="LEC 1"), "a-1", "7K3M-Q9TX-0")
BLANK = Document("key", "\\documentclass{psetpress}\n\\begin{document}\nwords\n\\end{document}\n", {})


@pytest.fixture
def plan(school: Any) -> Plan:
    return Plan(school.source, school.folders, "secret", ("handout",))


def test_a_plan_does_not_show_the_key(plan: Plan) -> None:
    assert repr(plan) == "<plan of sums>"


def test_a_plan_has_one_studio(plan: Plan) -> None:
    assert studio.of(plan) is studio.of(replace(plan))
    assert studio.of(plan) is not studio.of(replace(plan, anonymous=True))


def test_variants_are_drawn_by_the_seats_streams(plan: Plan) -> None:
    room = Studio(plan)
    (item,) = room.assignment.items()
    again = replace(ANNA, again={"toy": 1})
    assert room.draw(ANNA) == {"toy": press.variant(item, ANNA.stream("secret", "sums", "toy"))}
    assert room.draw(again) == {"toy": press.variant(item, again.stream("secret", "sums", "toy"))}
    assert room.draw(ANNA)["toy"].identity != room.draw(again)["toy"].identity
    assert Studio(replace(plan, key="other")).draw(ANNA) != room.draw(ANNA)


def test_what_was_drawn_is_not_drawn_again_unless_its_stream_is_salted_since(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, again = Studio(plan), replace(ANNA, again={"toy": 1})
    packed, other = drawn.pack(room.draw(ANNA)), room.draw(again)
    assert room.redraw(again, packed) == other
    monkeypatch.setattr(press, "variant", None)
    assert room.redraw(ANNA, packed).keys() == {"toy"}


def test_a_paper_names_its_owner(plan: Plan) -> None:
    main = Studio(plan).owned(BLANK, ANNA).main
    assert r"\student{Anna}{a-1}{LEC 1}" in main
    assert r"\studentcode{7K3M-Q9TX-0}{21}" in main


def test_an_anonymous_paper_has_an_id_and_a_code(plan: Plan) -> None:
    main = Studio(replace(plan, anonymous=True)).owned(BLANK, ANNA).main
    assert r"\student{}{a-1}{}" in main
    assert r"\studentcode{7K3M-Q9TX-0}{21}" in main
    assert "Anna" not in main
