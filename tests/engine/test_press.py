"""The whole way: from the shipped set to files, and what stops it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from psetpress import documents, press, registry, workspace
from psetpress.errors import PsetpressError
from psetpress.latex import Document
from psetpress.press import Order
from psetpress.proving import ProofError
from psetpress.templates import TemplateError

_load = registry.load

PLACE = workspace.activate()
SET = PLACE.set_file("cs182-hw3")


def build(folder: Path, source: Path = SET, **options: Any) -> press.Report:
    return press.build(source, Order(folder, **options), PLACE.templates)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    build(folder, published=True)
    return folder


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    build(folder, seed=1)
    return folder


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def answers(folder: Path) -> dict[str, Any]:
    """Return answer text by ``item.answer``."""
    return {
        f"{variant['item']}.{name}": answer["text"]
        for variant in manifest(folder)["variants"]
        for part in variant["parts"]
        for name, answer in part["answers"].items()
        if "text" in answer
    }


def words(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir()) if path.is_file()
    }


def test_a_build_writes_what_was_ordered(drawn: Path) -> None:
    assert set(hashes(drawn)) == {"handout.pdf", "key.pdf", "rubric.pdf", "source.zip", "manifest.json"}


def test_the_manifest_lists_the_files_with_their_hashes(drawn: Path) -> None:
    found = hashes(drawn)
    found.pop("manifest.json")
    assert manifest(drawn)["files"] == found


def test_the_same_seed_gives_the_same_bytes_in_another_folder(
    drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    build(Path("elsewhere"), seed=1)
    assert hashes(tmp_path / "elsewhere") == hashes(drawn)


def test_another_seed_gives_other_numbers_everywhere(drawn: Path, tmp_path: Path) -> None:
    build(tmp_path, seed=2, documents=("source",))
    one, other = ({v["item"]: v["identity"] for v in manifest(folder)["variants"]} for folder in (drawn, tmp_path))
    same = {item for item in one if one[item] == other[item]}
    assert all(registry.load(item).few for item in same)  # written problems, in which nothing is drawn
    assert len(one) - len(same) >= 13


def test_adding_and_moving_problems_changes_no_other_variant(drawn: Path, tmp_path: Path) -> None:
    """Streams go by the item's name: the set below has the same name, fewer problems, another order."""
    source = tmp_path / SET.name
    source.write_text(
        'title = "Fewer"\n[[question]]\ntitle = "One"\n'
        'problem = ["convolution_2d", "batchnorm_density"]\n'
        '[[question]]\ntitle = "Two"\nproblem = [{use = "batchnorm_density", id = "another"}]\n',
        encoding="utf-8",
    )
    build(tmp_path / "out", source, seed=1, documents=("source",))
    before = {variant["item"]: variant["params"] for variant in manifest(drawn)["variants"]}
    after = {variant["item"]: variant["params"] for variant in manifest(tmp_path / "out")["variants"]}
    assert after["convolution_2d"] == before["convolution_2d"]
    assert after["batchnorm_density"] == before["batchnorm_density"]
    assert after["another"] != before["batchnorm_density"]


def test_the_source_zip_compiles_to_the_handout(drawn: Path, tmp_path: Path) -> None:
    """What a student opens is what the handout was made from: same words, same pages."""
    from psetpress.latex import Document, compile_pdf

    with zipfile.ZipFile(drawn / "source.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    pdf = compile_pdf(Document("source", files.pop("main.tex").decode(), files)).pdf
    assert pdf == (drawn / "handout.pdf").read_bytes()


@pytest.mark.parametrize("folder", ["published", "drawn"])
def test_nothing_a_student_receives_holds_an_answer(folder: str, request: pytest.FixtureRequest) -> None:
    """Neither page text, metadata, bookmarks and file names nor the source zip name what the key says.

    Looked for is what only a solution says: its first words in every template, and every answer of more
    than seven characters that the statement's own numbers do not contain by chance.
    """
    place: Path = request.getfixturevalue(folder)
    with zipfile.ZipFile(place / "source.zip") as archive:
        source = "\n".join(archive.read(name).decode("latin-1") for name in archive.namelist() if name.endswith(".tex"))
        names = " ".join(archive.namelist())
    with pikepdf.open(place / "handout.pdf") as pdf:
        meta = " ".join(str(value) for value in pdf.docinfo.values())
        with pdf.open_outline() as outline:
            titles = " ".join(item.title for item in outline.root)
    seen = "".join(f"{words(place / 'handout.pdf')} {source} {names} {meta} {titles}".split())
    assert "Solution" not in seen
    for name, text in answers(place).items():
        flat = "".join(text.split())
        if len(flat) > 7:
            assert flat not in seen, name


PUBLISHED = {
    "batchnorm_density.density": "N(3, 1)",
    "batchnorm_contours.contours": "N([0, 0], [[1, 0.6], [0.6, 1]])",
    "convolution_2d.unpadded": "; ".join(["-40, -40, -40"] * 3),
    "convolution_2d.case_i": "; ".join(
        ["-19, -28, -32, -36, -29", *["-30, -40, -40, -40, -30"] * 3, "49, 68, 72, 76, 59"]
    ),
    "convolution_2d.case_ii": "-19, -32, -29; -30, -40, -30; 49, 72, 59",
    "conv_layer_shapes.weights": "K^2*C*F",
    "conv_layer_shapes.biases": "F",
    "receptive_field.side": "L*(K - 1) + 1",
    "downsampling.factor": "2",
    "downsampling.ratio": "0.25",
    "shape_table.parameters_1": "100",
    "shape_table.activations_3": "14 x 14 x 10",
    "shape_table.parameters_4": "0",
    "shape_table.activations_4": "7 x 7 x 10",
    "shape_table.parameters_6": "1473",
    "circular_equivariance.g_3": "0.1; 0.7; 0.2",
    "circular_equivariance.g_4": "0.8; 0; 0.2",
}
"""EECS 182 HW3, questions 1 to 3, as the reference works them out by hand."""


def test_the_published_key_is_the_documents_key(published: Path) -> None:
    found = answers(published)
    assert {name: found[name] for name in PUBLISHED} == PUBLISHED
    assert found["fir_convolution.y"].endswith("1, 1.5, 1.75, 1.875, 1.9375, 1.96875, 1.984375, 127/128, 127/256, "
                                               "127/512, 127/1024, 127/2048, 127/4096")  # fmt: skip
    assert found["fir_convolution.y2"].endswith("0, 1, 1.5, 1.75, 1.875, 1.9375, 1.96875, 1.984375, 127/128")
    assert found["fir_convolution.property"] == "time-invariance"


def test_a_wrong_solver_cannot_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, seed=1, documents=("source",))
    before = hashes(tmp_path)
    for item in press.read(SET).items():
        name, problem = item.problem_name, item.problem
        if not any(kind.proved for kind in problem.kinds(problem.published).values()):
            continue  # a written problem has no key to get wrong
        kinds = problem.kinds

        def wrong(params: Any, problem: Any = problem, kinds: Any = kinds) -> dict[str, Any]:
            """Shift the first answer to a neighbour."""
            raw = dict(problem.solve(params))
            first = next(answer for answer, kind in kinds(params).items() if kind.proved)
            kind = kinds(params)[first]
            return {**raw, first: kind.perturb(kind.value(raw[first]))}

        broken = dataclasses.replace(problem, solve=wrong)
        monkeypatch.setattr(
            registry, "load", lambda wanted, broken=broken, name=name: broken if wanted == name else _load(wanted)
        )
        with pytest.raises(ProofError, match=rf"{name} .*seed 1.*the key is not proved") as caught:
            build(tmp_path, seed=1, documents=("source",))
        assert "solve says" in caught.value.message
        assert "the oracle says" in caught.value.message
    assert hashes(tmp_path) == before


def test_a_wrong_key_that_words_stumble_over_is_told_as_a_wrong_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents.Typesetter, "key", _stumble)
    with pytest.raises(TemplateError):
        build(tmp_path, seed=1, documents=("source", "key"))
    problem = registry.load("batchnorm_density")
    broken = dataclasses.replace(problem, solve=lambda _: {"density": (9, 9)})
    monkeypatch.setattr(registry, "load", lambda name: broken if name == "batchnorm_density" else _load(name))
    with pytest.raises(ProofError, match=r"batchnorm_density .*seed 1.*the key is not proved"):
        build(tmp_path, seed=1, documents=("source", "key"))
    assert not any(tmp_path.iterdir())


def _stumble(_: documents.Typesetter) -> Document:
    raise TemplateError("words")


def test_without_tex_a_build_stops_before_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PsetpressError, match=r"pdflatex is not installed.*apt-get install.*texlive-latex-recommended"):
        build(tmp_path / "out", seed=1)
    assert not (tmp_path / "out").exists()


def test_the_source_alone_needs_no_tex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build(tmp_path / "out", seed=1, documents=("source",)).files == ("source.zip", "manifest.json")


def test_a_given_variant_reports_what_it_cannot_see(tmp_path: Path) -> None:
    report = build(tmp_path, published=True, documents=("source",))
    assert "batchnorm_density: these given parameters cannot tell apart: gamma-is-variance" in report.warnings
