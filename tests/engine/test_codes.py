"""Codes: what is on the paper finds the student, and a slip of the pen finds nobody."""

from __future__ import annotations

import itertools
import re
import sys
from contextlib import suppress
from subprocess import run

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress import codes
from psetpress.codes import ALPHABET, assign, modules, parse
from psetpress.coursekey import CourseKey
from psetpress.errors import UsageError

KEY = CourseKey(bytes(range(32)))
IDS = st.lists(st.text(max_size=12), unique=True, max_size=20)
CODES = st.text(min_size=1, max_size=12).map(lambda student: assign(KEY, "hw3", [student])[student])


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse(text)
    return caught.value.message


def test_the_codes_are_fixed_for_all_time() -> None:
    """Who changes these loses every paper that was handed out."""
    assert assign(KEY, "hw3", ["ada", "alan", "山田"]) == {
        "ada": "ZEND-M71G-R",
        "alan": "GB93-0N4M-X",
        "山田": "T1R2-36ZH-J",
    }


def test_a_code_depends_on_key_set_and_student() -> None:
    other = CourseKey(bytes(32))
    found = [assign(*names, ["ada", "alan"]) for names in ((KEY, "hw3"), (KEY, "hw4"), (other, "hw3"))]
    assert len({code for each in found for code in each.values()}) == 6


@given(IDS, st.text(max_size=8))
def test_codes_come_in_the_order_of_the_class_and_read_back(students: list[str], name: str) -> None:
    found = assign(KEY, name, students)
    assert list(found) == students
    assert len(set(found.values())) == len(students)
    assert [parse(code) for code in found.values()] == [*found.values()]


@given(IDS, IDS)
def test_a_class_that_grows_keeps_its_codes(students: list[str], more: list[str]) -> None:
    before = assign(KEY, "hw3", students)
    after = assign(KEY, "hw3", dict.fromkeys([*students, *more]))
    assert {student: after[student] for student in students} == before


def test_of_two_equal_codes_the_later_one_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 4 bits instead of 40 codes meet all the time: sixteen students share out sixteen codes."""
    mac = CourseKey.mac
    monkeypatch.setattr(CourseKey, "mac", lambda key, message: bytes([0, 0, 0, 0, mac(key, message)[0] & 15]))
    students = [f"s{number}" for number in range(16)]
    found = assign(KEY, "hw3", students)
    assert sorted(found.values()) == sorted(parse(code) for code in found.values())
    assert len(set(found.values())) == 16
    for size in range(16):
        assert assign(KEY, "hw3", students[:size]) == dict(itertools.islice(found.items(), size))


@given(CODES)
def test_the_check_character_is_a_sum_in_the_field_of_32_elements(code: str) -> None:
    """By tables of powers and logarithms: 37 is x^5 + x^2 + 1, and x has all other elements as its powers."""
    powers = [1]
    while len(powers) < 31:
        double = powers[-1] * 2
        powers.append(double ^ 37 if double > 31 else double)
    assert sorted(powers) == list(range(1, 32))
    total = 0
    for weight, sign in zip(range(8, 0, -1), code.replace("-", ""), strict=False):
        element = ALPHABET.index(sign)
        total ^= powers[(powers.index(element) + weight) % 31] if element else 0
    assert ALPHABET[total] == code[-1]


@given(CODES)
def test_every_single_wrong_character_is_noticed(code: str) -> None:
    digits = code.replace("-", "")
    for place, sign in itertools.product(range(len(digits)), ALPHABET):
        if digits[place] != sign:
            assert "the last one does not fit the others" in refusal(digits[:place] + sign + digits[place + 1 :])


@given(CODES)
def test_every_two_characters_that_changed_places_are_noticed(code: str) -> None:
    digits = code.replace("-", "")
    for one, other in itertools.combinations(range(len(digits)), 2):
        if digits[one] != digits[other]:
            swapped = list(digits)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            assert "two have changed places" in refusal("".join(swapped))


@given(CODES)
def test_a_code_may_be_written_in_many_ways(code: str) -> None:
    for look in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        f"  {code}\n",
        code.replace("-", "\N{EN DASH}"),
        code.replace("-", "\N{NON-BREAKING HYPHEN}"),
        code.replace("0", "O"),
        code.replace("0", "o").replace("1", "l"),
        code.replace("1", "I"),
        code.replace("1", "i"),
        "\N{ZERO WIDTH SPACE}".join(code),
        "".join(chr(ord(sign) + 0xFEE0) for sign in code),  # full width
        "-".join(code.replace("-", "")),
    ):
        assert parse(look) == code


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            '"" is no code: it has 0 characters; a code has 9 characters and stands on every page, such as 7K3M-Q9TX-',
        ),
        ("7K3M-Q9TX", "it has 8 characters"),
        ("7K3M-Q9TX-44", "it has 10 characters"),
        ("7K3M-Q9TU-4", '"U" is in no code'),
        ("7K3M_Q9TX_4", '"_" is in no code'),
        ("cs182-hw3/ada", '"/" is in no code'),
        ("\x1b[31mred", '"\N{REPLACEMENT CHARACTER}[31mred" is no code'),
        ("x" * 100, f'"{"x" * 40}" is no code: it has 100 characters'),
    ],
)
def test_what_is_no_code_says_why(text: str, message: str) -> None:
    assert message in refusal(text)


def test_the_example_in_messages_is_a_code() -> None:
    example = refusal("").rsplit(" ", 1)[1]
    assert parse(example) == example


@given(st.one_of(st.text(max_size=20), st.text(ALPHABET + "-oil", min_size=8, max_size=11)))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    with suppress(UsageError):
        code = parse(text)
        assert parse(code) == code
        assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]", code)


def test_no_character_is_easily_mistaken_for_another() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]


def test_a_symbol_is_a_square_of_21_modules_with_its_three_corners() -> None:
    symbol = modules(codes._EXAMPLE)
    assert [len(row) for row in symbol] == [21] * 21
    rows = ["".join("01"[dark] for dark in row) for row in symbol]
    for top, left in ((0, 0), (0, 14), (14, 0)):
        assert [row[left : left + 7] for row in rows[top : top + 7]] == FINDER


def data_bits(symbol: codes.Modules) -> str:
    """Return the bits of a version-1 symbol with mask 0, up and down in pairs of columns from the lower right."""
    bits = ""
    for pair, right in enumerate([20, 18, 16, 14, 12, 10, 8, 5, 3, 1]):
        rows = range(21) if pair % 2 else range(20, -1, -1)
        for row, column in ((row, column) for row in rows for column in (right, right - 1)):
            corner = (row < 9 and (column < 9 or column > 12)) or (row > 12 and column < 9)
            if not corner and row != 6:
                bits += "01"[symbol[row][column] ^ ((row + column) % 2 == 0)]
    return bits


def read_alphanumeric(bits: str) -> str:
    """Return the text of a symbol's bits: mode, length, two characters in 11 bits each, a last one in 6."""
    table = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    assert bits[:4] == "0010"
    length, rest = int(bits[4:13], 2), bits[13:]
    pairs = [divmod(int(rest[start : start + 11], 2), 45) for start in range(0, length // 2 * 11, 11)]
    last = [int(rest[length // 2 * 11 :][:6], 2)] if length % 2 else []
    return "".join(table[place] for place in [*(each for pair in pairs for each in pair), *last])


@given(CODES)
def test_a_symbol_says_its_code(code: str) -> None:
    symbol = modules(code)
    assert [int(dark) for dark in symbol[8][:5]] == [0, 1, 1, 0, 1]  # level Q (11) and mask 000, flipped by 10101
    assert read_alphanumeric(data_bits(symbol)) == code


def test_symbols_differ_and_are_the_same_every_time() -> None:
    found = [modules(code) for code in assign(KEY, "hw3", map(str, range(20))).values()]
    assert len(set(found)) == 20
    assert found == [modules(code) for code in assign(KEY, "hw3", map(str, range(20))).values()]


def test_the_library_of_symbols_is_imported_late() -> None:
    code = "import sys, psetpress.codes; sys.exit('segno' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0
