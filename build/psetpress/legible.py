"""Names as the course fonts can print them: what they lack is written in Latin letters or left out, never as a box.

People are told from each other by their ids, which stand beside their names and lose nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from psetpress import tex
from psetpress.tex import TeX

LONGEST = 48
"""Characters of a name or an id that fit into the head of a page."""


def legible(name: str) -> TeX:
    r"""Return a name as TeX that prints it readably, or nothing if no letter of it can be printed.

    Greek, Cyrillic, Hebrew, Arabic, Hangul and kana are written in Latin letters; without vowels where the
    script has none. Chinese characters do not tell how they are read, and pictures are no letters: both are left out.

    >>> legible("Łukasz & Ελένη"), legible("王小明 (Xiaoming)"), legible("王小明")
    ('Łukasz \\& Eleni', 'Xiaoming', '')
    """
    words = [_word(word) for word in unicodedata.normalize("NFC", name).split()]
    kept = " ".join(shown for shown, _ in words if shown)
    lost = any(lost for _, lost in words)
    return tex.escape(_start(kept.strip(" ,;()[]") if lost else kept))


def spelled(identifier: str) -> TeX:
    r"""Return an id as TeX from which it can be told: a character without a glyph is written as its code point.

    Of a long one the middle is left out: its beginning and its end tell more.

    >>> spelled("z_7漢")
    'z\\_7<U+6F22>'
    """
    flat = "".join(
        sign if _prints_whole(sign) else f"<U+{ord(sign):04X}>" for sign in unicodedata.normalize("NFC", identifier)
    )
    half = LONGEST // 2
    return tex.escape(flat if len(flat) <= LONGEST else f"{flat[: half - 1]}…{flat[-half:]}")


def _start(text: str) -> str:
    """Return the start of a long name, up to a whole word where one ends in its second half."""
    if len(text) <= LONGEST:
        return text
    cut = text[: LONGEST - 1]
    space = cut.rfind(" ")
    return f"{cut[:space] if space > LONGEST // 2 else cut}…"


def _word(word: str) -> tuple[str, bool]:
    """Return a word in letters that can be printed, and whether any was left out."""
    signs = [_latin(sign) for sign in word]
    shown = "".join(sign or "" for sign in signs)
    if None in signs and not any(sign.isalnum() for sign in shown):
        return "", True
    capital = shown[:1].upper()
    if word and not _prints(word[0]) and not _cased(word[0]) and all(map(_prints, capital)):  # it has no capitals
        shown = capital + shown[1:]
    return shown, None in signs


@lru_cache(maxsize=4096)
def _latin(sign: str) -> str | None:
    """Return what stands for a character; None if nothing does."""
    if _prints(sign):
        return _marked(sign)
    small = sign.lower()
    base = unicodedata.normalize("NFKD", small)[0]
    found = _ROMAN.get(small, _ROMAN.get(base))
    if found is None:
        found = _named(sign)
    return found.capitalize() if found and sign != small else found


def _marked(sign: str) -> str:
    """Return a letter with one of its accents, if the fonts have it with that one but not with all."""
    base, *marks = unicodedata.normalize("NFD", sign)
    several = (unicodedata.normalize("NFC", base + mark) for mark in marks if len(marks) > 1)
    return next((letter for letter in several if tex.escape(letter) == letter), sign)


def _named(sign: str) -> str | None:
    """Return the letters that Unicode's own name of a character tells, such as LATIN SMALL LETTER H WITH STROKE."""
    matched = _NAME.fullmatch(unicodedata.name(sign, ""))
    return next(filter(None, matched.groups())).lower() if matched else None


def _prints(sign: str) -> bool:
    """Say whether the text fonts print a character, or can do without it, such as a joiner."""
    return not tex.escape(sign).startswith(r"\texorpdfstring") and unicodedata.category(sign) != "Cc"


def _prints_whole(sign: str) -> bool:
    """Say whether a character is printed as itself, with all its accents."""
    return " " <= sign <= "~" or tex.escape(sign) == sign != ""


def _cased(sign: str) -> bool:
    return sign.lower() != sign.upper()


_NAME = re.compile(
    r"LATIN (?:SMALL|CAPITAL) LETTER (\w) WITH .*|HANGUL SYLLABLE (\w+)|(?:HIRAGANA|KATAKANA) LETTER (?:SMALL )?(\w+)"
)

_SCRIPTS = {
    "αβγδεζηθικλμνξοπρσςτυφχψω": "a v g d e z i th i k l m n x o p r s s t u f ch ps o",
    "абвгдеёжзийклмнопрстуфхцчшщ": "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch",
    "ъыьэюяіїєґўјљњћђџқғңөүұһә": "- y - e yu ya i yi ye g u j lj nj c dj dz k gh n o u u h a",
    "אבגדהוזחטיכךלמםנןסעפףצץקרשת": "a b g d h v z ch t y k k l m m n n s a p p ts ts k r sh t",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي": "a b t th j h kh d dh r z s sh s d t z a gh f q k l m n h w y",
    "ىةءپچژگکی": "a a - p ch zh g k y",
    "ŋəʻʼ": "n a ‘ ’",
}
_ROMAN = {
    sign: letters.strip("-")
    for signs, sounds in _SCRIPTS.items()
    for sign, letters in zip(signs, sounds.split(), strict=True)
}
"""Latin letters by small letter; nothing for signs that only change how another sounds."""
