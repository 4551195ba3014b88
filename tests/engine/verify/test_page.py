"""Which numbers stand on a page: in digits, fractions, words and the data of figures."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest

from psetpress import drawing, registry, workspace
from psetpress.verify.page import Page, held, page, written

workspace.activate()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("$3$ and $12$", ["3", "12"]),
        ("$-0.25$", ["-1/4"]),
        (r"$-\frac{2}{3}$, $\tfrac{1}{2}$", ["-2/3", "1/2"]),
        ("$x - 3$, $x + 4$", ["-3", "3", "4"]),
        ("CONV5-6", ["5", "-6", "6"]),
        ("($-7$)", ["-7"]),
        ("Three kernels of two", ["3", "2"]),
        ("often stone", []),
        (r"\begin{tabular}{ll} 1.5&2\\ \end{tabular}", ["3/2", "2"]),
    ],
)
def test_numbers_are_read_as_people_read_them(text: str, numbers: list[str]) -> None:
    assert list(written(text)) == [Fraction(number) for number in numbers]


def test_the_data_of_a_figure_are_numbers_too() -> None:
    data = {"values": (1, Fraction(1, 2), 0.25), "label": "$3$", "filled": True, "none": None, "rows": ((4,), [5])}
    assert list(held(data)) == [1, Fraction(1, 2), Fraction(1, 4), 3, 4, 5]


def test_a_page_loses_a_number_where_it_stands_less_often() -> None:
    before = Page("", Counter([Fraction(2), Fraction(2), Fraction(3)]), Counter([Fraction(5)]))
    after = Page("", Counter([Fraction(2), Fraction(3), Fraction(5)]), Counter())
    assert before.loses(after) == {2, 5}
    assert after.loses(before) == {5}


def test_the_hash_of_a_figure_is_no_number_of_the_page() -> None:
    """The published sketch of a Gaussian: its figure's name ends in digits that nobody sees."""
    problem = registry.load("batchnorm_density")
    shown = page(drawing.given("batchnorm_density", problem, problem.published, "standard"))
    assert "psetfigure" in shown.text
    assert shown.figures
    assert max(map(abs, shown.words)) < 100
