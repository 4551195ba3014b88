"""Names on paper: what the fonts have is printed, the rest is read out in Latin letters, and no box is left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psetpress import latex
from psetpress.latex import Document
from psetpress.legible import LONGEST, legible, spelled

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("  Ada \t Lovelace ", "Ada Lovelace"),
        ("Łukasz Żółć", "Łukasz Żółć"),
        ("Zoe\u0308 Ångström", "Zoë Ångström"),
        ("Nguyễn Thị Ánh", "Nguyên Thi Ánh"),
        ("Hoàng Ậu", "Hoàng Âu"),
        ("Ħal Ŧibor Ɓello", "Hal Tibor Bello"),
        ("Əliyev", "Aliyev"),
        ("Oʻktam", "O‘ktam"),
        ("Иван Щербаков", "Ivan Shcherbakov"),
        ("Фёдор Юльевич", "Fyodor Yulevich"),
        ("Ελένη Παπαδοπούλου", "Eleni Papadopoulou"),
        ("Ώρα", "Ora"),
        ("דוד כהן", "Dvd Khn"),
        ("محمد علي", "Mhmd Aly"),
        ("김민준", "Gimminjun"),
        ("さくら", "Sakura"),
        ("Ana 😀 López", "Ana López"),
        ("Ana😀López", "AnaLópez"),
        ("👩‍🚀", ""),
        ("王小明", ""),
        ("٠µ", "µ"),
        ("王, 小明", ""),
        ("王小明 (Xiaoming Wang)", "Xiaoming Wang"),
        ("Wang (小明)", "Wang"),
        ("\u202eevil\u202c", "evil"),
        ("Jean-Luc (JL) O'Neil, Jr.", "Jean-Luc (JL) O'Neil, Jr."),
        ("", ""),
    ],
)
def test_a_name_is_printed_in_letters_that_there_are(name: str, printed: str) -> None:
    assert legible(name) == printed


def test_what_tex_would_read_is_only_printed() -> None:
    assert legible(r"\input{x} 100% $&#_{}~^") == (
        r"\textbackslash{}input\{x\} 100\% \$\&\#\_\{\}\textasciitilde{}\textasciicircum{}"
    )


def test_a_long_name_ends_at_a_word_or_where_it_must() -> None:
    assert legible("Maria " * 50) == "Maria " * 6 + "Maria…"
    assert legible("W" * 300) == "W" * (LONGEST - 1) + "…"
    assert legible("W" * LONGEST) == "W" * LONGEST


def test_of_a_long_id_both_ends_are_kept() -> None:
    shown = spelled("first" + "0" * 300 + "last")
    assert len(shown) == LONGEST
    assert shown.startswith("first000")
    assert shown.endswith("000last")


@pytest.mark.parametrize(
    ("identifier", "printed"),
    [
        ("z_7", r"z\_7"),
        ("../x", "../x"),
        ("漢1", "<U+6F22>1"),
        ("a\tb", "a<U+0009>b"),
        ("β", "<U+03B2>"),
        ("é", "é"),
        ("ị", "<U+1ECB>"),
        ("a\u200db", "a<U+200D>b"),
        ("😀", "<U+1F600>"),
    ],
)
def test_an_id_loses_nothing(identifier: str, printed: str) -> None:
    assert spelled(identifier) == printed


@given(TEXTS)
def test_no_name_leaves_a_box_a_question_mark_or_more_than_fits(name: str) -> None:
    for shown in (legible(name), spelled(name)):
        assert r"\unprintable" not in shown
        assert r"\texorpdfstring" not in shown
    assert legible(name).count("?") <= name.count("?") + name.count("？") + name.count("﹖")
    assert len(legible(name)) <= 20 * LONGEST


@given(st.text(st.characters(categories=["L", "M", "Zs", "P", "S"]), max_size=60))
@settings(max_examples=40)
def test_only_signs_the_class_knows_are_left(name: str) -> None:
    """Latin letters with an accent, and a few marks."""
    assert all(ord(sign) < 0x180 or sign in "ȘșȚț‘’“”–—…•€™" for sign in legible(name))


def test_all_of_them_compile(paper: Callable[..., Document], words_of: Callable[[bytes], str]) -> None:
    every = [chr(code) for code in range(0x20, 0x2FFF) if chr(code).isprintable()]
    lines = [legible(" ".join(every[start : start + 16])) for start in range(0, len(every), 16)]
    compiled = latex.compile_pdf(paper(r"\raggedright\sloppy " + "\n\n".join(lines) + "\n\nThe end"))
    assert not [line for line in compiled.overfull if "too wide" not in line]
    assert "The end" in words_of(compiled.pdf)
