"""Templates: what fails fails loudly, with its line, and every line of TeX knows where it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psetpress.errors import PsetpressError
from psetpress.templates import Origin, TemplateError, Templates, strip, trace, unmark
from psetpress.tex import TeX

Folder = Callable[[str, Mapping[str, str]], Path]
TOY = "problems/toy.tex.j2"


@pytest.fixture
def toy(folder: Folder) -> Callable[..., Templates]:
    """Return the templates of one folder in which the toy's template is ``text``."""

    def make(text: str, *, marked: bool = True, **shared: str) -> Templates:
        files = {TOY: text} | {f"shared/{name}.tex.j2": words for name, words in shared.items()}
        return Templates([folder("bank", files)], marked=marked)

    return make


def rendered(templates: Templates, block: str = "a", **context: object) -> str:
    return unmark(templates.block(TOY, block, context))[0]


def test_delimiters_are_none_of_tex(toy: Callable[..., Templates]) -> None:
    text = "<% block a %>\n{{ x }} {% y %} #1 <# not printed #>$a < b$ << n >>\n<% endblock %>"
    assert rendered(toy(text), n=3) == "{{ x }} {% y %} #1 $a < b$ 3"


def test_strings_are_escaped_and_tex_is_not(toy: Callable[..., Templates]) -> None:
    text = "<% block a %><< plain >> << code >> << 'a_b' >><% endblock %>"
    assert rendered(toy(text), plain="50%", code=TeX("$x_1$")) == r"50\% $x_1$ a\_b"


def test_macros_and_set_blocks_are_tex(toy: Callable[..., Templates]) -> None:
    text = (
        "<% block a %><% macro m(x) %>$x_<< x >>$<% endmacro %>"
        "<% set s %>\\emph{<< n >>}<% endset %><< m(n) >> << s >><% endblock %>"
    )
    assert rendered(toy(text), n=7) == r"$x_7$ \emph{7}"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("<< nope >>", "'nope' is undefined"),
        ("<< p.nope >>", "has no attribute 'nope'"),
        ("<% if nope %>x<% endif %>", "'nope' is undefined"),
        ("<< [1, 2] >>", r"a template prints \[1, 2\], a list; it can print numbers"),
        ("<< none >>", "a template prints None"),
        ("<< 1 / 0 >>", "ZeroDivisionError: division by zero"),
        ("<< f() >>", "TypeError: .*missing 1 required keyword-only argument: 'alt'"),
        ("<< 'x'|decimal >>", "TypeError: a number is wanted, not 'x'"),
        ("<% include 'shared/none.tex.j2' %>", "templates/shared/none.tex.j2 does not exist"),
    ],
)
def test_a_failure_names_template_and_line(toy: Callable[..., Templates], line: str, message: str) -> None:
    def needs_alt(*, alt: str) -> str:
        return alt

    templates = toy(f"<# one #>\n<% block a %>\nwords\n{line}\n<% endblock %>\n")
    with pytest.raises(TemplateError, match=rf"^templates/problems/toy\.tex\.j2, line 4: .*{message}"):
        templates.block(TOY, "a", {"p": object(), "f": needs_alt})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<% block a %>\n<% if x %>\n<% endblock %>", r"line 3: Encountered unknown tag 'endblock'"),
        ("<% block a %>\n<< x | >>\n<% endblock %>", r"line 2: expected token 'name'"),
        ("<% block a %>\n<< x|nofilter >>\n<% endblock %>", r"line 2: No filter named 'nofilter'"),
        ("<% block a %>\nno end", r"line 2: Unexpected end of template"),
    ],
)
def test_a_syntax_error_names_template_and_line(toy: Callable[..., Templates], text: str, message: str) -> None:
    with pytest.raises(TemplateError, match=rf"^templates/problems/toy\.tex\.j2, {message}"):
        toy(text).has_block(TOY, "a")


def test_a_failure_inside_a_shared_fragment_names_the_fragment(toy: Callable[..., Templates]) -> None:
    templates = toy("<% block a %>\n<< once() >>\n<% endblock %>", common="one\n<< nope >>")
    with pytest.raises(TemplateError, match=r"^templates/shared/common\.tex\.j2, line 2: 'nope' is undefined"):
        templates.block(TOY, "a", {"once": lambda: templates.page("shared/common.tex.j2", {})})


def test_a_missing_block_names_the_nearest(toy: Callable[..., Templates]) -> None:
    with pytest.raises(PsetpressError, match=r'toy\.tex\.j2 has no block "respons" \(did you mean "response"\?\)'):
        toy("<% block response %>x<% endblock %>").block(TOY, "respons", {})
    assert not toy("<% block b %>x<% endblock %>").has_block(TOY, "a")


def test_a_missing_template_names_the_folders(toy: Callable[..., Templates], tmp_path: Path) -> None:
    templates = toy("")
    with pytest.raises(PsetpressError, match=r"templates/problems/other\.tex\.j2 does not exist; searched: .*bank"):
        templates.has_block("problems/other.tex.j2", "a")
    with pytest.raises(PsetpressError, match=r"templates/latex/none\.cls does not exist"):
        templates.read("latex/none.cls")


def test_a_template_that_is_not_utf8_is_named(folder: Folder) -> None:
    bank = folder("bank", {TOY: ""})
    (bank / TOY).write_bytes(b"caf\xe9")
    with pytest.raises(TemplateError, match=r"templates/problems/toy\.tex\.j2 is not UTF-8 text \(byte 3\)"):
        Templates([bank]).has_block(TOY, "a")


def test_a_workspace_overrides_the_bank(folder: Folder) -> None:
    bank = folder("bank", {TOY: "<% block a %>theirs<% endblock %>", "latex/x.cls": "theirs"})
    own = folder("own", {TOY: "<% block a %>ours<% endblock %>"})
    assert rendered(Templates([own, bank])) == "ours"
    assert rendered(Templates([bank, own])) == "theirs"
    assert Templates([own, bank]).read("latex/x.cls") == b"theirs"


MAPPED = """\
<# a comment #>
<% block a %>
<% set twice = 2 %>

L5 plain
<% for k in range(2) %>
  L7 << k >>
<% if k %>L8 <% endif %>.
<% endfor %>
<< call("L10",
        more="words") >>
L12 << call("inside") >> L12
<< multi >>
<# gone #>L14
<% if false %>
L16
<% endif %>
<< once() >>
<< "L19" >>
<% endblock %>
"""


def test_every_line_maps_to_its_template_line(toy: Callable[..., Templates]) -> None:
    templates = toy(MAPPED, common="\n<# shared #>\nL3 of shared\n\nL5 of shared")
    context = {
        "call": lambda text, more="": TeX(text),
        "multi": TeX("L13\nL13 again"),
        "once": lambda: templates.page("shared/common.tex.j2", {}),
    }
    text, origins = unmark(templates.block(TOY, "a", context))
    seen = 0
    for line, origin in zip(text.split("\n"), origins, strict=True):
        number = re.search(r"L(\d+)", line)
        if number and origin:
            template = "shared/common.tex.j2" if "shared" in line else TOY
            assert origin == Origin(template, int(number[1])), line
            seen += 1
    assert seen == 12
    assert str(origins[0]) == f"templates/{TOY}, line 5"


PIECES = st.sampled_from(
    ["<< v >>", "<< e >>", "<% if t %>", "<% endif %>", "words", "\\x{", "}", " ", "  ", "\n", "\n\n", "<# c #>", "&"]
)


@given(pieces=st.lists(PIECES, max_size=14))
def test_marks_change_nothing_but_the_map(tmp_path_factory: pytest.TempPathFactory, pieces: list[str]) -> None:
    """A block of any shape renders the same words and spaces with marks and without."""
    depth, body = 0, ""
    for piece in pieces:
        if piece == "<% endif %>" and not depth:
            continue
        depth += {"<% if t %>": 1, "<% endif %>": -1}.get(piece, 0)
        body += piece
    body += "<% endif %>" * depth
    bank = tmp_path_factory.mktemp("bank")
    (bank / "t").write_text(f"<% block a %>\n{body}\n<% endblock %>", encoding="utf-8")
    context = {"v": TeX("value"), "e": TeX(""), "t": True}
    marked, origins = unmark(Templates([bank]).block("t", "a", context))
    assert marked == Templates([bank], marked=False).block("t", "a", context)
    assert marked == marked.strip()
    assert len(origins) == marked.count("\n") + 1
    assert not marked or all(origins)


def test_a_block_of_marks_alone_is_empty(toy: Callable[..., Templates]) -> None:
    templates = toy("<% block a %>\n<< nothing >>\n\n<< nothing >>\n<% endblock %>")
    assert templates.block(TOY, "a", {"nothing": TeX("")}) == ""
    assert strip("  \n ") == ""


def test_words_of_the_set_file_are_traced_too() -> None:
    text, origins = unmark("before\n" + trace("\none\n\ntwo\n", "hw.toml, instructions"))
    assert text == "before\none\n\ntwo"
    assert [str(origin) for origin in origins[1:]] == [f"hw.toml, instructions, line {line}" for line in (1, 1, 3)]


def test_unmarked_text_has_no_origin() -> None:
    text, origins = unmark("a\nb")
    assert (text, [*origins]) == ("a\nb", [None, None])


def test_origins_are_a_sequence() -> None:
    _, origins = unmark("before\n" + trace("one\ntwo", "hw.toml") + "\nafter")
    one, two = Origin("hw.toml", 1), Origin("hw.toml", 2)
    assert len(origins) == 4
    assert [*origins] == [None, one, two, two]
    assert (origins[1], origins[-1], origins[2:]) == (one, two, [two, two])
    assert origins == unmark("before\n" + trace("one\ntwo", "hw.toml") + "\nafter")[1]
    assert origins != unmark("before")[1]


def test_no_mark_repeats_the_one_before(toy: Callable[..., Templates]) -> None:
    templates = toy("<% block a %>\none << n >>, << n >>\n<< n >>\n<% endblock %>")
    marked = templates.block(TOY, "a", {"n": 1})
    assert re.findall(r"\ue000[^:]*:(\d)\ue001", marked) == ["2", "2", "3"]
    assert unmark(marked)[0] == "one 1, 1\n1"


def test_files_are_read_once_for_all_documents(folder: Folder) -> None:
    bank = folder("bank", {TOY: "<% block a %>old<% endblock %>", "latex/x.cls": "old"})
    templates = Templates([bank])
    assert (rendered(templates), templates.read("latex/x.cls")) == ("old", b"old")
    folder("bank", {TOY: "<% block a %>new<% endblock %>", "latex/x.cls": "new"})
    assert (rendered(templates), templates.read("latex/x.cls")) == ("old", b"old")
    assert (rendered(Templates([bank])), Templates([bank]).read("latex/x.cls")) == ("new", b"new")
