"""Recorded results: what is written is read back; what is broken is refused, with its place; nothing fake ships."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvers.training import results
from solvers.training.record import Broken, parse, plain
from solvers.training.results import Claim, Provenance, Recorded

PROVENANCE = Provenance(
    date="2026-11-20",
    device="cpu, 2 cores",
    data="digits",
    seeds=(0, 1, 2),
    versions={"torch": "2.13.0"},
    seconds=12.5,
    revision="0123abc",
    hashes={"digits.csv.gz": "md5:00"},
)

RESULT = Recorded(
    experiment="tiny_run",
    scale="smoke",
    settings={"learning_rate": 0.1, "widths": (4, 4), "note": "plain SGD"},
    measurements={"accuracy": {"mean": 0.75, "low": 0.5}, "steps": None, "rows": ((1, True), (2, False))},
    claims={"learns": Claim(True, {"accuracy": 0.75, "chance": 0.1})},
    provenance=PROVENANCE,
    arrays={"curve": np.array([[0.1, 0.5], [0.2, np.nan]], dtype=np.float32), "steps": np.arange(2)},
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a recorded result."""
    results.record(tmp_path / "tiny_run", RESULT)
    return tmp_path / "tiny_run"


def place(home: Path, says: str) -> str:
    """Return a pattern for a message that begins with the file and goes on with ``says``."""
    return "^" + re.escape(f"{home / 'result.json'}: {says}")


def changed(home: Path, *steps: str | int, to: Any) -> None:
    """Change one entry of the recorded JSON."""
    path = home / "result.json"
    data = json.loads(path.read_text())
    table = data
    for step in steps[:-1]:
        table = table[step]
    table[steps[-1]] = to
    path.write_text(json.dumps(data))


class TestRoundTrip:
    def test_what_is_recorded_is_found(self, tmp_path: Path):
        written = results.record(tmp_path / "tiny_run", RESULT)
        found = results.find("tiny_run", tmp_path)
        assert found == written == RESULT
        assert found is not None
        assert found.claims["learns"].evidence == {"accuracy": 0.75, "chance": 0.1}

    def test_arrays_come_back_with_their_types(self, home: Path):
        arrays = results.read(home).arrays
        assert list(arrays) == ["curve", "steps"]
        assert arrays["curve"].dtype == np.float32
        np.testing.assert_array_equal(arrays["curve"], RESULT.arrays["curve"])
        np.testing.assert_array_equal(arrays["steps"], [0, 1])

    def test_arrays_are_read_when_they_are_used(self, home: Path):
        (home / "arrays.npz").write_bytes(b"no zip")
        result = results.read(home)  # measurements do not need them
        assert len(result.arrays) == 2
        with pytest.raises(ValueError, match=r"arrays\.npz: cannot be read as NumPy arrays"):
            result.arrays["curve"]

    def test_a_result_without_arrays_is_one_file(self, tmp_path: Path):
        results.record(tmp_path / "tiny_run", replace(RESULT, arrays={}))
        assert [path.name for path in (tmp_path / "tiny_run").iterdir()] == ["result.json"]

    def test_the_same_result_gives_the_same_bytes(self, tmp_path: Path):
        for place in ("a", "b"):
            results.record(tmp_path / place / "tiny_run", RESULT)
        for name in ("result.json", "arrays.npz"):
            first, second = ((tmp_path / place / "tiny_run" / name).read_bytes() for place in ("a", "b"))
            assert first == second

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
            lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        )
    )
    def test_every_measurement_survives_json(self, value: Any):
        result = replace(RESULT, measurements={"measured": value})
        back, _ = parse(json.loads(json.dumps(plain(result, {}))))
        assert back == result


class TestFinding:
    def test_nothing_is_found_where_nothing_is(self, tmp_path: Path):
        assert results.find("tiny_run", tmp_path) is None
        assert results.names(tmp_path) == ()

    def test_names_are_sorted(self, tmp_path: Path):
        for name in ("tiny_run", "another"):
            results.record(tmp_path / name, replace(RESULT, experiment=name))
        assert results.names(tmp_path) == ("another", "tiny_run")

    def test_loading_says_how_to_go_on(self, home: Path):
        with pytest.raises(LookupError) as caught:
            results.load("dropout_effect", home.parent)
        assert str(caught.value) == (
            f'no result of the experiment "dropout_effect" is recorded in {home.parent} '
            "(recorded there: tiny_run); `psetpress train dropout_effect` makes one"
        )

    @pytest.mark.parametrize("name", ["../secret", "Tiny", "", ".hidden", "a-b"])
    def test_a_name_is_no_path(self, name: str, tmp_path: Path):
        with pytest.raises(ValueError, match="is no name of an experiment"):
            results.find(name, tmp_path)

    def test_a_folder_without_a_result_is_broken(self, tmp_path: Path):
        (tmp_path / "tiny_run").mkdir()
        with pytest.raises(ValueError, match=r"result\.json: cannot be read: No such file"):
            results.find("tiny_run", tmp_path)


class TestStrictReading:
    @pytest.mark.parametrize(
        ("steps", "value", "says"),
        [
            (("format",), 2, "format: must be 1, not 2; another version"),
            (("experiment",), "other", "experiment: is other, but the folder is named tiny_run"),
            (("scale",), "large", "scale: must be smoke or cpu or paper, not 'large'"),
            (("surplus",), 1, "surplus: is unknown; the keys are format, experiment"),
            (("settings",), [], "settings: must be a table with strings for keys, not []"),
            (("measurements", "items"), 1, "measurements: must be a name of small letters"),
            (("measurements", "top-5"), 1, "measurements: must be a name of small letters"),
            (("claims", "learns"), True, "claims, learns: must be a table"),
            (("claims", "learns", "holds"), "yes", "claims, learns, holds: must be true or false, not 'yes'"),
            (("claims", "learns", "evidence"), {}, "claims, learns, evidence: must be the numbers that decide"),
            (("claims", "learns", "odds"), 1, "claims, learns, odds: is unknown"),
            (("provenance", "date"), "20.11.2026", "provenance, date: must be a date such as 2026-11-20"),
            (("provenance", "date"), "2026-13-01", "provenance, date: must be a date"),
            (("provenance", "data"), " ", "provenance, data: must be a string that says something"),
            (("provenance", "seeds"), [], "provenance, seeds: must be one whole number or several different"),
            (("provenance", "seeds"), [1, 1], "provenance, seeds: must be one whole number or several different"),
            (("provenance", "seeds"), [1.0], "provenance, seeds: must be a whole number >= 0, not 1.0"),
            (("provenance", "seeds"), 3, "provenance, seeds: must be a list, not 3"),
            (("provenance", "seconds"), -1, "provenance, seconds: must be a number of seconds, not -1"),
            (("provenance", "versions"), {"torch": 2}, "provenance, versions, torch: must be a string"),
            (("arrays", "curve", "shape"), "2x2", "arrays, curve, shape: must be a list"),
            (("arrays",), {}, "arrays: names none, but arrays.npz exists"),
        ],
    )
    def test_the_place_and_what_is_accepted_are_named(self, home: Path, steps: tuple[str, ...], value: Any, says: str):
        changed(home, *steps, to=value)
        with pytest.raises(ValueError, match=place(home, says)):
            results.read(home)

    @pytest.mark.parametrize("key", ["format", "scale", "claims", "arrays", "provenance"])
    def test_a_missing_key_is_named(self, home: Path, key: str):
        path = home / "result.json"
        data = json.loads(path.read_text())
        del data[key]
        path.write_text(json.dumps(data))
        with pytest.raises(ValueError, match=f"result.json: {key}: (is missing|must be 1, not None)"):
            results.read(home)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "is not JSON in UTF-8"),
            ('{"format": 1', "is not JSON in UTF-8"),
            ("[" * 100_000, "is not JSON in UTF-8"),
            ("[]", "must be a table with strings for keys, not []"),
            ('{"format": 1, "format": 1}', "the key format stands twice"),
            ('{"format": NaN}', "NaN is no measurement"),
            ('{"format": -Infinity}', "-Infinity is no measurement"),
            ('{"format": 1e999}', "format: must be 1, not inf"),
        ],
    )
    def test_text_that_is_no_result(self, home: Path, text: str, says: str):
        (home / "result.json").write_text(text)
        with pytest.raises(ValueError, match=place(home, says)):
            results.read(home)

    def test_bytes_that_are_no_text(self, home: Path):
        (home / "result.json").write_bytes(b"\xff\xfe{}")
        with pytest.raises(ValueError, match="is not JSON in UTF-8"):
            results.read(home)

    def test_infinity_hides_in_no_measurement(self, home: Path):
        text = (home / "result.json").read_text().replace("0.75", "1e999", 1)
        (home / "result.json").write_text(text)
        with pytest.raises(ValueError, match="measurements, accuracy, mean: must be a finite number"):
            results.read(home)

    def test_missing_arrays_are_noticed_at_once(self, home: Path):
        (home / "arrays.npz").unlink()
        with pytest.raises(ValueError, match=r"arrays: names curve, steps, but arrays\.npz is missing"):
            results.read(home)

    def test_arrays_of_another_run_are_noticed(self, home: Path):
        np.savez(home / "arrays.npz", curve=np.zeros((2, 3), np.float32), steps=np.arange(2))
        with pytest.raises(ValueError, match=r"array curve: result\.json says float32 of shape \(2, 2\), the file has"):
            results.read(home).arrays["steps"]

    def test_an_array_too_many_is_noticed(self, home: Path):
        np.savez(home / "arrays.npz", **RESULT.arrays, surplus=np.arange(2))
        with pytest.raises(ValueError, match=r"array surplus: result\.json says nothing"):
            results.read(home).arrays["steps"]

    def test_objects_are_never_unpickled(self, home: Path):
        np.savez(home / "arrays.npz", curve=np.array([{}]), steps=np.arange(2))
        with pytest.raises(ValueError, match="cannot be read as NumPy arrays"):
            results.read(home).arrays["curve"]

    def test_an_unknown_array_is_named(self, home: Path):
        with pytest.raises(KeyError, match="holds no array 'loss'; it holds curve, steps"):
            results.read(home).arrays["loss"]


class TestRecording:
    @pytest.mark.parametrize(
        ("result", "says"),
        [
            (replace(RESULT, measurements={"loss": float("nan")}), "measurements, loss: must be a finite number"),
            (replace(RESULT, measurements={"loss": np.float32(1)}), "measurements, loss: must be a finite number"),
            (replace(RESULT, measurements={"loss": [1, {2: 3}]}), "measurements, loss 2: must be a finite number"),
            (replace(RESULT, provenance=replace(PROVENANCE, seeds=())), "provenance, seeds: must be one whole"),
            (replace(RESULT, arrays={"names": np.array(["a"])}), "arrays, names: must hold numbers, not <U1"),
            (replace(RESULT, experiment="other"), "experiment: is other, but the folder is named tiny_run"),
        ],
    )
    def test_what_could_not_be_read_is_not_written(self, tmp_path: Path, result: Recorded, says: str):
        with pytest.raises(ValueError, match=re.escape(f"{tmp_path / 'tiny_run'}: not recorded: {says}")):
            results.record(tmp_path / "tiny_run", result)
        assert list(tmp_path.iterdir()) == []

    def test_a_new_result_replaces_the_old_one_whole(self, home: Path):
        results.record(home, replace(RESULT, scale="cpu", arrays={}))
        assert results.read(home).scale == "cpu"
        assert [path.name for path in home.parent.iterdir()] == ["tiny_run"]
        assert [path.name for path in home.iterdir()] == ["result.json"]

    def test_a_result_is_read_again_only_if_its_files_have_changed(self, home: Path):
        old = results.find("tiny_run", home.parent)
        assert results.find("tiny_run", home.parent) is old
        changed(home, "settings", "learning_rate", to=0.25)
        new = results.find("tiny_run", home.parent)
        assert new is not old
        assert new is not None
        assert new.settings["learning_rate"] == 0.25

    def test_a_refused_result_leaves_the_old_one(self, home: Path):
        with pytest.raises(ValueError, match="not recorded"):
            results.record(home, replace(RESULT, measurements={"loss": float("inf")}))
        assert results.read(home) == RESULT

    def test_a_failing_disk_leaves_the_old_one(self, home: Path, monkeypatch: pytest.MonkeyPatch):
        def full(*_: object, **__: object) -> None:
            raise OSError("No space left on device")

        monkeypatch.setattr(np, "savez_compressed", full)
        with pytest.raises(OSError, match="No space left"):
            results.record(home, replace(RESULT, scale="cpu"))
        assert results.read(home) == RESULT
        assert [path.name for path in home.parent.iterdir()] == ["tiny_run"]

    def test_a_folder_of_something_else_is_not_replaced(self, tmp_path: Path):
        folder = tmp_path / "tiny_run"
        folder.mkdir()
        (folder / "thesis.tex").write_text("years of work")
        with pytest.raises(FileExistsError, match=r"holds thesis\.tex, so it is no folder of a result"):
            results.record(folder, RESULT)
        assert (folder / "thesis.tex").read_text() == "years of work"

    def test_a_file_is_not_replaced(self, tmp_path: Path):
        (tmp_path / "tiny_run").write_text("a file")
        with pytest.raises(FileExistsError, match="is a file; a result is a folder"):
            results.record(tmp_path / "tiny_run", RESULT)


def test_every_shipped_result_can_be_read():
    """None may be broken; the arrays are read too."""
    for name in results.names():
        result = results.load(name)
        assert all(array.size for array in result.arrays.values())
        assert result.scale != "smoke", f"{name}: a key must not quote a smoke test"


def test_a_record_is_refused_as_a_value_error():
    with pytest.raises(Broken):
        parse(None)
    assert issubclass(Broken, ValueError)
