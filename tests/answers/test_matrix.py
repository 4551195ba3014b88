"""Matrices."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from psetpress.answers import Match, Matrix, StoredValueError
from psetpress.answers.matrix import latex_matrix
from psetpress.answers.numbers import real

KIND = Matrix()
RIGHT = ((-19, -32, -29), (-30, -40, -30), (49, 72, 59))
"""HW3 Q2(d)ii."""

reals = st.one_of(
    st.integers(-(10**6), 10**6),
    st.fractions(max_denominator=10**6),
    st.floats(-1e9, 1e9),
).map(real)
matrices = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda size: st.lists(
        st.lists(reals, min_size=size[1], max_size=size[1]).map(tuple), min_size=size[0], max_size=size[0]
    ).map(tuple)
)


@given(matrices)
def test_contract(keeps_contract: Callable[..., None], value: Any) -> None:
    keeps_contract(KIND, value)


@given(matrices)
def test_printed_forms_are_read(value: Any) -> None:
    """What Python prints of exact entries, and our own LaTeX of them, comes back."""
    exact = tuple(tuple(real(Fraction(round(100 * Fraction(x)), 100)) for x in row) for row in value)
    assert KIND.parse(KIND.latex(exact)) == exact
    assert KIND.parse(str([[str(x) for x in row] for row in exact]).replace("'", "")) == exact
    assert KIND.parse("\n".join(" ".join(map(str, row)) for row in exact)) == exact


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ([[1, 2], [3, 4]], ((1, 2), (3, 4))),
        (((1, Fraction(1, 2)),), ((1, Fraction(1, 2)),)),
        (np.array([[1, 2], [3, 4]]), ((1, 2), (3, 4))),
        (np.array([[1.5, 2.0]]), ((1.5, 2.0),)),
        (torch.tensor([[1, 2], [3, 4]]), ((1, 2), (3, 4))),
        (torch.ones(1, 2, requires_grad=True), ((1.0, 1.0),)),
        ([np.array([1, 2]), np.array([3, 4])], ((1, 2), (3, 4))),
        ([1, 2, 3], ((1, 2, 3),)),
        (np.array([1, 2, 3]), ((1, 2, 3),)),
    ],
)
def test_value(raw: Any, value: Any) -> None:
    assert KIND.value(raw) == value
    assert type(KIND.value(raw)) is tuple


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (5, r"^Matrix: nested rows are wanted, not 5 \(int\)$"),
        ("1 2", r"^Matrix: nested rows are wanted, not '1 2' \(str\)$"),
        (None, "^Matrix: nested rows are wanted, not None"),
        ([], "^Matrix: there are no entries$"),
        ([[]], "^Matrix: there are no entries$"),
        ([[1, 2], [3]], "^Matrix: row 2 has length 1, row 1 has length 2$"),
        ([[1, "a"]], "^Matrix: a number is wanted, not 'a'"),
        ([[1, float("nan")]], "^Matrix: a finite number is wanted, not nan$"),
        (np.zeros((1, 1, 1)), "^Matrix: a number is wanted, not "),
    ],
)
def test_value_refuses(raw: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        KIND.value(raw)


@pytest.mark.parametrize(
    "text",
    [
        "-19, -32, -29; -30, -40, -30; 49, 72, 59",
        "-19 -32 -29; -30 -40 -30; 49 72 59",
        "-19 -32 -29\n-30 -40 -30\n49 72 59",
        "−19 −32 −29\n−30 −40 −30\n49 72 59",
        "-19, -32, -29,\n-30, -40, -30,\n49, 72, 59",
        "[[-19, -32, -29], [-30, -40, -30], [49, 72, 59]]",
        "[[-19 -32 -29]\n [-30 -40 -30]\n [ 49  72  59]]",
        "array([[-19., -32., -29.],\n       [-30., -40., -30.],\n       [ 49.,  72.,  59.]])",
        "tensor([[-19, -32, -29], [-30, -40, -30], [49, 72, 59]], dtype=torch.int64)",
        r"\begin{pmatrix} -19 & -32 & -29 \\ -30 & -40 & -30 \\ 49 & 72 & 59 \end{pmatrix}",
        r"$$\left(\begin{array}{rrr} -19 & -32 & -29 \\ -30 & -40 & -30 \\ 49 & 72 & 59 \end{array}\right)$$",
        r"-19 & -32 & -29 \\ -30 & -40 & -30 \\ 49 & 72 & 59",
        "-20+1, -32, -29; -30, -4*10, -30; 7^2, 72, 59",
    ],
)
def test_natural_forms(text: str) -> None:
    assert KIND.parse(text) == RIGHT


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", ((5,),)),
        ("1 2 3", ((1, 2, 3),)),
        ("(1, 2, 3)", ((1, 2, 3),)),
        ("1; 2; 3", ((1,), (2,), (3,))),
        (r"\begin{bmatrix} \frac12 \\ 2 \end{bmatrix}", ((Fraction(1, 2),), (2,))),
        ("0.5 1/2 ~0.5", ((Fraction(1, 2), Fraction(1, 2), 0.5),)),
        ("(1+2)*3, 4", ((9, 4),)),
    ],
)
def test_parse(text: str, value: Any) -> None:
    assert KIND.parse(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 2; 3", "row 2 has length 1, row 1 has length 2"),
        ("[[1, 2], [3]]", "row 2 has length 1, row 1 has length 2"),
        ("1, , 2", 'beside a "," an entry is missing'),
        ("[[1, 2], [3, 4]", 'a "]" is missing'),
        ("1 2; 3 b", 'in the entry "b", "b" is no number and no known function'),
        ("1 nan", 'in the entry "nan", "nan" is not a finite number'),
        ("[]", "there are no entries"),
        (";", "there are no entries"),
        ("1 2 " * 1300, "there are more than 2500 entries"),
        (r"\begin{pmatrix} 1 & \\ 3 & 4 \end{pmatrix}", "row 2 has length 2, row 1 has length 1"),
    ],
)
def test_refusals(reason: Callable[..., str], text: str, why: str) -> None:
    assert reason(KIND, text) == why


def test_hostile_responses(refuses: Callable[..., str], hostile: str) -> None:
    refuses(KIND, hostile)


def test_match_compares_shapes_first() -> None:
    assert KIND.match(RIGHT, ((1,) * 5,) * 5) == Match(False, "3 x 3 expected, read 5 x 5")
    assert KIND.match(((1, 2, 3), (4, 5, 6)), ((1, 4), (2, 5), (3, 6))).how == "2 x 3 expected, read 3 x 2"


def test_match_says_where() -> None:
    wrong = ((-19, -32, -29), (-30, -40, 30), (49, 72, -59))
    assert KIND.match(RIGHT, RIGHT) == Match(True, "all entries right")
    assert KIND.match(RIGHT, wrong) == Match(
        False, "2 of 9 entries wrong, the first in row 2, column 3, where 30 was read"
    )


def test_a_vector_may_lie_or_stand() -> None:
    row, column = ((1, 2, 3),), ((1,), (2,), (3,))
    assert KIND.match(row, column).ok
    assert KIND.match(column, row).ok
    assert not KIND.match(column, ((1, 2, 4),)).ok
    assert KIND.match(row, ((1, 2),)).how == "1 x 3 expected, read 1 x 2"
    assert not KIND.agrees(row, column), "two roads return the same shape"


def test_integers_are_exact_and_other_numbers_are_near() -> None:
    assert not KIND.match(((1000, 2),), ((1001, 2),)).ok
    assert KIND.match(((1000, Fraction(1, 2)),), ((1001, Fraction(1, 2)),)).ok
    assert KIND.match(((0.333333333, 0.0),), ((Fraction(1, 3), 0),)).ok
    assert not KIND.match(((0.333333333, 0.0),), ((Fraction(1, 3), Fraction(1, 100)),)).ok
    assert Matrix(rtol=Fraction(0), atol=Fraction(1, 10)).match(((0.5, 0.0),), ((Fraction(3, 5), Fraction(1, 10)),)).ok


def test_roads_agree_across_types() -> None:
    assert KIND.agrees(RIGHT, KIND.value(np.array(RIGHT, dtype=np.float64)))
    assert KIND.agrees(RIGHT, KIND.value(torch.tensor(RIGHT)))
    assert not KIND.agrees(RIGHT, KIND.value(np.array(RIGHT) + 1e-6))
    assert not KIND.agrees(RIGHT, RIGHT[:2])


def test_latex() -> None:
    assert KIND.latex(((1, Fraction(-1, 3)), (0.5, 2))) == r"\begin{pmatrix} 1 & -\frac{1}{3} \\ 0.5 & 2 \end{pmatrix}"


def test_wide_matrices_do_not_break_amsmath() -> None:
    assert latex_matrix([[0] * 10]).startswith(r"\begin{pmatrix}")
    assert latex_matrix([[0] * 11]) == (
        r"\left(\begin{array}{ccccccccccc} " + " & ".join("0" * 11) + r" \end{array}\right)"
    )


def test_print_and_store() -> None:
    value = ((1, Fraction(1, 3)), (0.1, -2))
    assert KIND.text(value) == "1, 1/3; ~0.1, -2"
    assert KIND.to_json(value) == [[1, "1/3"], [0.1, -2]]


@pytest.mark.parametrize("data", [None, 5, [], [[]], [5], [[1], [2, 3]], [["x"]], [["1.5"]], {"a": 1}])
def test_restore_refuses(data: Any) -> None:
    with pytest.raises(StoredValueError, match="is not a matrix as a manifest stores it"):
        KIND.from_json(data)
