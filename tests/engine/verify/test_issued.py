"""Recorded builds: what is read of a manifest, and what is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from psetpress.errors import UsageError
from psetpress.verify import issued


def test_answers_are_read_with_their_part_and_whether_they_were_computed(tmp_path: Path) -> None:
    answers = {"size": {"kind": "integer", "value": None, "text": "3"}, "why": {"kind": "written"}}
    parts = [{"id": "1.a", "name": "one", "answers": answers}, {"id": "1.b", "name": "two", "answers": {}}]
    variant = {"item": "toy", "problem": "toy", "version": 2, "level": "easy", "params": {"a": 1}, "parts": parts}
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"format": 1, "variants": [variant]}))
    (record,) = issued.read(path)
    assert (record.version, record.level, record.params) == (2, "easy", {"a": 1})
    found = [(part, name, answer.kind, answer.computed) for part, name, answer in record.answers()]
    assert found == [("1.a", "size", "integer", True), ("1.a", "why", "written", False)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", r"some\.json: Invalid JSON: .*; a manifest\.json that `psetpress build` wrote is wanted$"),
        ("[]", r"some\.json: Input should be an object; a manifest"),
        ('{"variants": [], "format": 1}', r"some\.json records no variants; a manifest"),
        ('{"variants": []}', r"some\.json: format: Field required; a manifest"),
        ('{"tasks": [], "format": 99}', r"has format 99; this version reads format 1$"),
        ('{"variants": [], "format": 99}', r"has format 99; this version reads format 1$"),
        ('{"variants": [{"item": "a"}], "format": 1}', r"some\.json: variants, 1, problem: Field required; a manifest"),
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "some.json"
    path.write_text(content)
    with pytest.raises(UsageError, match=says):
        issued.read(path)
    with pytest.raises(UsageError, match=r"none\.json cannot be read: No such file or directory; a manifest"):
        issued.read(tmp_path / "none.json")
